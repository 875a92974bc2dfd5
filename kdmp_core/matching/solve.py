"""The one place that knows highspy: fill columns under shared limits so that the total gain is greatest.

Goods and trucks are both such a *packing*. The solver works in doubles; what leaves here is whole kilograms that
keep every limit exactly, and prices that are only proposals: `certify` proves what they are worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from kdmp_core.errors import Trouble

PRICE_SCALE = 5040
"""Prices leave in 1/5040 of a gain unit: exact for every denominator up to ten."""

MOST_NODES = 10_000
"""Where whole kilograms need a search, it ends by nodes, never by seconds: no clock is deterministic."""

OPTIONS: dict[str, int | float | str] = {
    "threads": 1,
    "random_seed": 0,
    "parallel": "off",
    "mip_rel_gap": 0.0,
    "mip_max_nodes": MOST_NODES,
}
"""Same bytes in, same bytes out (matching.md §5.3). HiGHS keeps one scheduler a process: all must say one thread."""

NEAR_WHOLE = 1e-4
"""A kilogram this near to a whole one is that one; the limits are checked again afterwards in integers."""


@dataclass(frozen=True)
class Packing:
    """`gains[c]` per kg of column c, `touches[c]` the limits it uses, `least[r]` ≤ kg on limit r ≤ `most[r]`."""

    gains: tuple[int, ...]
    touches: tuple[tuple[int, ...], ...]
    most: tuple[int, ...]
    least: tuple[int, ...]


@dataclass(frozen=True)
class Solution:
    """Whole `kg` per column; `prices` per limit in 1/PRICE_SCALE gain units (negative where `least` binds)."""

    kg: tuple[int, ...]
    prices: tuple[int, ...]


class Quiet(highspy.Highs):
    """HiGHS that prints nothing: it greets on standard output while callbacks are enabled, before any option."""

    def __init__(self) -> None:
        """Open a solver without a greeting."""
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802
        """Be quiet first."""
        self.setOptionValue("output_flag", False)  # noqa: FBT003
        super().enableCallbacks()  # type: ignore[no-untyped-call]


class Solver:
    """One packing in one solver, kept warm for questions about one more kilogram."""

    def __init__(self, packing: Packing) -> None:
        """Hand the packing over, single-threaded, with a fixed seed."""
        self.packing = packing
        self._base = 0
        self._highs = Quiet()
        for name, value in OPTIONS.items():
            self._highs.setOptionValue(name, value)
        self._highs.passModel(_model(packing))

    def best(self) -> Solution | None:
        """Give a best filling, or None when the limits contradict one another. Raises Trouble when it breaks."""
        if not self.packing.gains:
            return None if any(self.packing.least) else Solution((), (0,) * len(self.packing.most))
        self._highs.run()
        status = self._highs.getModelStatus()
        if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise Trouble("matching.solver", status=status.name)
        answer = self._highs.getSolution()
        prices = tuple(-round(value * PRICE_SCALE) for value in answer.row_dual)
        self._base = self._value()
        kg = _whole(self.packing, answer.col_value)
        return Solution(kg if kg is not None else self._searched(), prices)

    def one_more(self, limit: int) -> int:
        """Give what one more kg of a limit adds, exactly, in gain units: the right-hand price.

        The basis found last is the start; the limit is put back afterwards. Call only after `best`.
        """
        if not self.packing.gains:
            return 0
        least, most = float(self.packing.least[limit]), float(self.packing.most[limit])
        self._highs.changeRowBounds(limit, least, most + 1)
        self._highs.run()
        more = self._value() - self._base
        self._highs.changeRowBounds(limit, least, most)
        return more

    def _value(self) -> int:
        """Give the value of the linear answer, exactly where it is whole."""
        values = np.array(self._highs.getSolution().col_value)
        whole = np.rint(values)
        if np.abs(values - whole).max() > NEAR_WHOLE:
            return round(-self._highs.getInfo().objective_function_value)
        return sum(self.packing.gains[column] * int(whole[column]) for column in np.flatnonzero(whole).tolist())

    def _searched(self) -> tuple[int, ...]:
        """Search for whole kilograms where the linear answer is not whole (matching.md §2.1f)."""
        columns = len(self.packing.gains)
        kinds = np.full(columns, highspy.HighsVarType.kInteger)
        self._highs.changeColsIntegrality(columns, np.arange(columns, dtype=np.int32), kinds)
        self._highs.run()
        kg = _whole(self.packing, self._highs.getSolution().col_value)
        kinds[:] = highspy.HighsVarType.kContinuous
        self._highs.changeColsIntegrality(columns, np.arange(columns, dtype=np.int32), kinds)
        self._highs.run()
        if kg is None:
            raise Trouble("matching.not_whole")
        return kg


def _model(packing: Packing) -> highspy.HighsLp:
    columns, rows = len(packing.gains), len(packing.most)
    lengths = [len(touched) for touched in packing.touches]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, rows
    model.col_cost_ = -_doubles(packing.gains)
    model.col_lower_ = np.zeros(columns)
    model.col_upper_ = np.full(columns, highspy.kHighsInf)
    model.row_lower_ = np.array([value or -highspy.kHighsInf for value in packing.least], dtype=np.float64)
    model.row_upper_ = _doubles(packing.most)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))).astype(np.int32)
    model.a_matrix_.index_ = np.array([row for touched in packing.touches for row in touched], dtype=np.int32)
    model.a_matrix_.value_ = np.ones(sum(lengths))
    return model


def _doubles(values: Sequence[int]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


def _whole(packing: Packing, values: Sequence[float]) -> tuple[int, ...] | None:
    """Give the whole kilograms, or None when one is not whole or a limit would break."""
    kg = tuple(round(value) for value in values)
    if any(abs(value - whole) > NEAR_WHOLE for value, whole in zip(values, kg, strict=True)):
        return None
    return kg if keeps_limits(packing, kg) else None


def keeps_limits(packing: Packing, kg: Sequence[int]) -> bool:
    """Say, in integers, whether a filling is at least 0 and keeps every limit."""
    used = on_limits(packing, kg)
    bounds = zip(packing.least, used, packing.most, strict=True)
    return min(kg, default=0) >= 0 and all(least <= value <= most for least, value, most in bounds)


def on_limits(packing: Packing, kg: Sequence[int]) -> list[int]:
    """Give the kg on every limit."""
    used = [0] * len(packing.most)
    for column, amount in enumerate(kg):
        if amount:
            for limit in packing.touches[column]:
                used[limit] += amount
    return used


def filling(packing: Packing) -> Solution | None:
    """Give a best filling of a packing without keeping the solver; None when the limits contradict one another."""
    return Solver(packing).best()

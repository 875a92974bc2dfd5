"""Two engines behind one function: HiGHS, always there, and the flow solver of ortools where it is installed.

What leaves here is whole kilograms an arc; what they are worth is proven by `certify`, never believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib.metadata import version
from importlib.util import find_spec

import highspy
import numpy as np
from numpy.typing import NDArray

from kdmp_core.errors import Trouble
from kdmp_core.matching.area.model import Ints, Truths
from kdmp_core.matching.area.network import Arcs
from kdmp_core.matching.area.prices import residual_prices
from kdmp_core.matching.solve import OPTIONS, Quiet

SIGNED_BONUS = 20_000_000
"""Rp per tonne that the kilograms of a signed agreement gain besides, so that all that can flow do."""

TIE_SCALE, TIES = 1 << 16, 1 << 10
"""The flow solver sees gains times the first plus a number below the second from the codes: ties fall by code."""


class Engine(StrEnum):
    """Which solver."""

    HIGHS = "highspy"
    FLOW = "ortools"

    @property
    def installed(self) -> bool:
        """Say whether it is there; highspy always is."""
        return find_spec(self.value) is not None

    @property
    def label(self) -> str:
        """Give the name with its version, for the record of a run."""
        return f"{self.value} {version(self.value)}"


def engine_at_hand() -> Engine:
    """Give the faster engine that is installed."""
    return Engine.FLOW if Engine.FLOW.installed else Engine.HIGHS


def solve(arcs: Arcs, engine: Engine, *, belt: bool = False, priced: bool = True) -> tuple[Ints, Ints]:
    """Give whole kg an arc and the price of one more kg at every node, in Rp per tonne.

    With `belt` the flow solver lets ties fall by code; it takes twice as long. HiGHS relies on the order alone.
    Not `priced`, it leaves the prices out.
    Raises Trouble `matching.solver` when the engine breaks.
    """
    if not len(arcs):
        return np.empty(0, np.int64), np.zeros(len(arcs.supplies), np.int64)
    return _by_flow(arcs, belt=belt, priced=priced) if engine is Engine.FLOW else _by_highs(arcs)


def _by_flow(arcs: Arcs, *, belt: bool, priced: bool) -> tuple[Ints, Ints]:
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415  (an extra: only who has it may load it)

    flow = min_cost_flow.SimpleMinCostFlow()
    costs = -arcs.gains * TIE_SCALE + _ties(arcs) if belt else -arcs.gains
    places = flow.add_arcs_with_capacity_and_unit_cost(
        arcs.tails.astype(np.int32), arcs.heads.astype(np.int32), arcs.most, costs
    )
    flow.set_nodes_supplies(np.arange(len(arcs.supplies), dtype=np.int32), arcs.supplies)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise Trouble("matching.solver", status=status.name)
    kg = np.asarray(flow.flows(places), np.int64)
    return kg, residual_prices(arcs, kg) if priced else np.zeros(len(arcs.supplies), np.int64)


def _ties(arcs: Arcs) -> Ints:
    names = arcs.names.astype(np.uint64)
    mixed = names[arcs.tails] * np.uint64(0x9E3779B97F4A7C15) ^ names[arcs.heads] * np.uint64(0xC2B2AE3D27D4EB4F)
    return (mixed >> np.uint64(40)).astype(np.int64) % TIES


def _by_highs(arcs: Arcs) -> tuple[Ints, Ints]:
    return Growing(Engine.HIGHS).solve(arcs)


class Growing:
    """Answers for arrays that only gain arcs from one question to the next: HiGHS goes on from the basis found last.

    After the first round of column generation that costs a tenth (Jawa Barat: 0.1 to 2 s a round, cold 5 to 7).
    """

    def __init__(self, engine: Engine) -> None:
        """Begin with nothing solved."""
        self.engine = engine
        self._warm: Warm | None = None
        self._keys = np.empty(0, np.int64)

    def solve(self, arcs: Arcs) -> tuple[Ints, Ints]:
        """Give whole kg an arc and prices, as `solve` does. Raises Trouble `matching.solver`."""
        if self.engine is Engine.FLOW or not len(arcs):
            return solve(arcs, self.engine)
        keys = arcs.tails * len(arcs.supplies) + arcs.heads
        fresh = ~np.isin(keys, self._keys)
        if self._warm is None or len(keys) - fresh.sum() != len(self._keys) or len(np.unique(keys)) < len(keys):
            self._warm, self._keys = Warm(arcs), keys
            self._warm.cold()
        elif fresh.any():
            self._warm.add(arcs, fresh)
            self._keys = np.concatenate((self._keys, keys[fresh]))
            self._warm.again()
        order = np.argsort(self._keys, kind="stable")
        kg = self._warm.kg()[order[np.searchsorted(self._keys[order], keys)]]
        return kg, residual_prices(arcs, kg)


class Warm:
    """An area in HiGHS: solved cold once, then again from the last basis after a change."""

    def __init__(self, arcs: Arcs) -> None:
        """Hand the arrays over, single-threaded, with a fixed seed."""
        self.highs = Quiet()
        for name, value in OPTIONS.items():
            self.highs.setOptionValue(name, value)
        self.highs.passModel(_model(arcs))

    def cold(self) -> None:
        """Solve by interior points and cross over to a vertex, whose kilograms are whole."""
        self._run("ipm")

    def again(self) -> None:
        """Solve from the basis that was found last."""
        self._run("simplex")

    def _run(self, solver: str) -> None:
        self.highs.setOptionValue("solver", solver)
        self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise Trouble("matching.solver", status=status.name)

    def kg(self) -> Ints:
        """Give whole kg a column."""
        return _rounded(self.highs.getSolution().col_value)

    def answer(self) -> tuple[Ints, Ints]:
        """Give kg and prices as whole numbers, which `certify` then proves or refuses."""
        return self.kg(), np.append(-_rounded(self.highs.getSolution().row_dual), 0)

    def add(self, arcs: Arcs, chosen: Truths) -> None:
        """Add some arcs of the same nodes as columns at the end."""
        ends = np.stack((arcs.tails[chosen], arcs.heads[chosen]), axis=1)
        self._append(ends, arcs.most[chosen], arcs.gains[chosen], len(arcs.supplies) - 1)

    def _append(self, ends: Ints, most: Ints, gains: Ints, sink: int) -> None:
        """Add columns for arcs, +1 at the tail and -1 at the head; the sink has no row."""
        starts, index, values = _columns(ends, sink)
        least = np.zeros(len(most))
        self.highs.addCols(
            len(most), -gains.astype(float), least, most.astype(float), len(index), starts[:-1], index, values
        )

    def reprice(self, gains: Ints, most: Ints) -> None:
        """Set gain and most kg of every arc."""
        columns = np.arange(len(gains), dtype=np.int32)
        self.highs.changeColsCost(len(gains), columns, -gains.astype(np.float64))
        self.highs.changeColsBounds(len(gains), columns, np.zeros(len(gains)), most.astype(np.float64))

    def change(self, column: int, most: int) -> None:
        """Set the most kg of one arc."""
        self.highs.changeColBounds(column, 0.0, float(most))

    @contextmanager
    def grown(self, arcs: tuple[Ints, ...], sink: int) -> Iterator[None]:
        """Solve with two nodes more, numbered after the sink, and arcs (tails, heads, most, gains) between all."""
        rows, columns = self.highs.getNumRow(), self.highs.getNumCol()
        tails, heads, most, gains = arcs
        for _ in range(2):
            self.highs.addRow(0.0, 0.0, 0, np.empty(0, np.int32), np.empty(0))
        ends = np.stack((tails, heads), axis=1)
        self._append(ends - (ends > sink), most, gains, rows + 2)
        try:
            self.again()
            yield
        finally:
            self.highs.deleteCols(len(tails), np.arange(columns, columns + len(tails), dtype=np.int32))
            self.highs.deleteRows(2, np.arange(rows, rows + 2, dtype=np.int32))


def _rounded(values: object) -> Ints:
    return np.rint(np.asarray(values, np.float64)).astype(np.int64)


def _model(arcs: Arcs) -> highspy.HighsLp:
    sink = len(arcs.supplies) - 1
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(arcs), sink
    model.col_cost_ = -arcs.gains.astype(np.float64)
    model.col_lower_, model.col_upper_ = np.zeros(len(arcs)), arcs.most.astype(np.float64)
    model.row_lower_ = model.row_upper_ = arcs.supplies[:-1].astype(np.float64)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    ends = np.stack((arcs.tails, arcs.heads), axis=1)
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = _columns(ends, sink)
    return model


def _columns(ends: Ints, sink: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Give the columns: +1 at the tail, -1 at the head unless that is the sink, which has no row."""
    there = ends < sink
    starts = np.concatenate(([0], np.cumsum(there.sum(axis=1)))).astype(np.int32)
    values = np.broadcast_to(np.array([1.0, -1.0]), ends.shape)
    return starts, ends[there].astype(np.int32), values[there]

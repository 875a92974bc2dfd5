"""Gates: columns that carry nothing together or enough, at a cost, and of which so many may be open; for `refine`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from kdmp_core.matching.solve import OPTIONS, Packing, Quiet, doubles, model_of

SEARCH: dict[str, int | float | bool] = {
    "mip_max_nodes": 1,
    "mip_rel_gap": 1e-3,
    "mip_allow_restart": False,
    "mip_heuristic_run_rins": False,
}
"""How far the search goes: by nodes, never by seconds. What it leaves is told by the certificate, never hidden.

Measured on Cianjur over eleven sets of rules, from a filling of `refine`: half the time of five nodes with every
heuristic, and no answer is worth less.
"""

HALF = 0.5


@dataclass(frozen=True)
class Gate:
    """Columns that carry nothing together, or between `least` and `most` kg at a `cost` (gain units times kg).

    A `promised` one is the last to be closed.
    """

    columns: tuple[int, ...]
    least: int
    most: int
    cost: int = 0
    promised: bool = False


@dataclass(frozen=True)
class Group:
    """Gates of which at most `most` may be open."""

    gates: tuple[int, ...]
    most: int


class Gates:
    """A packing with gates, in tonnes, so that the solver's tolerance stays below a kilogram."""

    def __init__(self, packing: Packing, gates: Sequence[Gate], groups: Sequence[Group]) -> None:
        """Hand it over: a column of its own per gate, 1 when open."""
        self._gates, self._groups, self._columns = gates, groups, len(packing.gains)
        self._highs = Quiet()
        for name, value in {**OPTIONS, **SEARCH}.items():
            self._highs.setOptionValue(name, value)
        tonnes = model_of(packing)
        tonnes.row_lower_, tonnes.row_upper_ = (
            np.array(bounds) / 1000 for bounds in (tonnes.row_lower_, tonnes.row_upper_)
        )
        self._highs.passModel(tonnes)
        for number, gate in enumerate(gates):
            self._gate(self._columns + number, gate)
        for group in groups:
            self._row(-highspy.kHighsInf, [self._columns + gate for gate in group.gates], [], float(group.most))

    def _gate(self, column: int, gate: Gate) -> None:
        self._highs.addVar(0.0, 1.0)
        self._highs.changeColCost(column, gate.cost / 1000)
        self._row(-highspy.kHighsInf, gate.columns, [(column, -gate.most / 1000)], 0.0)
        if gate.least:
            self._row(0.0, gate.columns, [(column, -gate.least / 1000)], highspy.kHighsInf)

    def _row(self, least: float, ones: Sequence[int], others: Sequence[tuple[int, float]], most: float) -> None:
        columns = [*ones, *(column for column, _ in others)]
        values = [*(1.0 for _ in ones), *(value for _, value in others)]
        self._highs.addRow(least, most, len(columns), np.array(columns, dtype=np.int32), doubles(values))

    def worth(self) -> tuple[int, ...]:
        """Give what one gate more is worth in each group where gates open by parts (gain units times kg)."""
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return (0,) * len(self._groups)
        duals = self._highs.getSolution().row_dual
        return tuple(max(0, -round(1000 * value)) for value in duals[len(duals) - len(self._groups) :])

    def searched(self, start: Sequence[int] | None) -> frozenset[int] | None:
        """Give the gates that a search leaves open, begun at a filling in kg; None when it finds nothing."""
        first, last = self._columns, self._columns + len(self._gates)
        kinds = np.full(last - first, highspy.HighsVarType.kInteger)
        self._highs.changeColsIntegrality(last - first, np.arange(first, last, dtype=np.int32), kinds)
        if start is not None:
            given = highspy.HighsSolution()
            opened = (float(any(start[column] for column in gate.columns)) for gate in self._gates)
            given.col_value = [*(kg / 1000 for kg in start), *opened]
            self._highs.setSolution(given)
        self._highs.run()
        if self._highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        values = self._highs.getSolution().col_value
        return frozenset(gate for gate, value in enumerate(values[first:last]) if value > HALF)

"""The second step: which links stay open, guided by the flow (matching.md §3.5).

The flow without gates tells which links could matter: their costs are spread over what flowed last, again and again,
and links below their lot or beyond the limit on partners are closed one round after another. The search then works
on those links alone, from that filling. It ends by nodes, and its answer is filled and proven in whole kilograms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kdmp_core.matching.certify import Certificate, certify_gates, charged
from kdmp_core.matching.gates import Gate, Gates, Group
from kdmp_core.matching.solve import Packing, Solution, Solver, filling

ROUNDS = 12
"""How often link costs are spread anew; how often links close one by one before parties keep what they have."""


class Refinement:
    """A packing with gates: the best filling found, the solver that found it, and the proof."""

    def __init__(self, packing: Packing, gates: Sequence[Gate], groups: Sequence[Group]) -> None:
        """Guide, search, fill and prove; `solver` is None when nothing keeps all lots and limits."""
        self.packing, self.gates, self.groups = packing, gates, groups
        self.behind: list[list[int]] = [[] for _ in packing.gains]
        for number, gate in enumerate(gates):
            for column in gate.columns:
                self.behind[column].append(number)
        worth = Gates(packing, gates, groups).worth()
        bearing = filling(charged(packing, gates, groups, worth))
        self.solver: Solver | None = None
        self.kg: tuple[int, ...] = ()
        best = self._best(self._used(bearing.kg)) if bearing is not None else None
        if best is None or bearing is None:
            return
        self.kg, self.solver, self.packing_left = best
        proven = Solution(self.kg, bearing.prices)
        self.certificate: Certificate = certify_gates(packing, gates, groups, proven, worth)

    def _used(self, kg: Sequence[int]) -> set[int]:
        return {number for number, gate in enumerate(self.gates) if any(kg[column] for column in gate.columns)}

    def _best(self, useful: set[int]) -> tuple[tuple[int, ...], Solver, Packing] | None:
        start, seen = self._guided()
        useful |= seen | {number for number, gate in enumerate(self.gates) if not gate.cost and not gate.least}
        opened = self._searched(useful, start)
        if opened is None:
            opened = self._searched(set(range(len(self.gates))), start)
        tried = [frozenset[int](), *([] if opened is None else [opened])]
        tried += [] if start is None else [frozenset(self._used(start))]
        found = [filled for gates in tried if (filled := self._filled(gates)) is not None]
        return max(found, key=lambda one: self._value(one[0]), default=None)

    def _guided(self) -> tuple[tuple[int, ...] | None, set[int]]:
        """Give a filling that keeps every gate and group, or None, and all gates that were of use on the way."""
        seen, closed = set[int](), set[int]()
        carried = [gate.most for gate in self.gates]
        best: tuple[int, ...] | None = None
        for turn in range(2 * ROUNDS):
            solution = self._open(self._bearing(carried), closed)
            if solution is None:
                break
            used = self._used(solution)
            seen |= used
            before, carried = carried, [sum(solution[column] for column in gate.columns) for gate in self.gates]
            worse = self._offending(carried, used)
            if not worse and (best is None or self._value(solution) > self._value(best)):
                best = solution
            if not worse and before == carried:
                break
            closed |= worse
            if turn >= ROUNDS:
                closed |= self._beyond(used - worse)
        return best, seen

    def _beyond(self, kept: set[int]) -> set[int]:
        """Give the gates of groups that are full with what is kept; closing them lets the rounds come to an end."""
        full = (group for group in self.groups if len(kept.intersection(group.gates)) >= group.most)
        return {number for group in full for number in group.gates} - kept

    def _bearing(self, carried: Sequence[int]) -> Packing:
        """Give the packing whose gains bear the gates' costs, spread over what was carried last."""
        gains = list(self.packing.gains)
        for gate, kg in zip(self.gates, carried, strict=True):
            for column in gate.columns:
                gains[column] -= gate.cost // (kg or gate.most)
        return replace(self.packing, gains=tuple(gains))

    def _offending(self, carried: Sequence[int], used: set[int]) -> set[int]:
        low = {number for number in used if carried[number] < self.gates[number].least}

        def place(number: int) -> tuple[bool, int]:
            return (not self.gates[number].promised, -carried[number])

        for group in self.groups:
            mine = sorted((number for number in group.gates if number in used), key=place)
            low |= set(mine[group.most :])
        return low

    def _open(self, packing: Packing, closed: set[int]) -> tuple[int, ...] | None:
        """Fill only the columns none of whose gates is closed."""
        left = [column for column, gates in enumerate(self.behind) if closed.isdisjoint(gates)]
        solution = filling(_part(packing, left))
        return None if solution is None else _spread(solution.kg, left, len(self.behind))

    def _searched(self, useful: set[int], start: tuple[int, ...] | None) -> frozenset[int] | None:
        numbers = sorted(useful)
        left = [column for column, gates in enumerate(self.behind) if useful.issuperset(gates)]
        if not left:
            return frozenset()
        place = {column: at for at, column in enumerate(left)}
        gates = [
            replace(
                self.gates[number],
                columns=tuple(place[column] for column in self.gates[number].columns if column in place),
            )
            for number in numbers
        ]
        rank = {number: at for at, number in enumerate(numbers)}
        groups = [
            Group(tuple(rank[number] for number in group.gates if number in rank), group.most) for group in self.groups
        ]
        given = None if start is None else tuple(start[column] for column in left)
        opened = Gates(_part(self.packing, left), gates, groups).searched(given)
        return None if opened is None else frozenset(numbers[at] for at in opened)

    def _filled(self, opened: set[int] | frozenset[int]) -> tuple[tuple[int, ...], Solver, Packing] | None:
        """Fill what is open in whole kilograms, each open lot at least once."""
        left = [column for column, gates in enumerate(self.behind) if opened.issuperset(gates)]
        lots = [number for number in sorted(opened) if self.gates[number].least]
        part = _part(self.packing, left)
        limits = len(part.most)
        extra: dict[int, tuple[int, ...]] = {}
        for at, column in enumerate(left):
            extra[at] = tuple(limits + lots.index(number) for number in self.behind[column] if number in lots)
        part = replace(
            part,
            touches=tuple((*touched, *extra[at]) for at, touched in enumerate(part.touches)),
            most=(*part.most, *(self.gates[number].most for number in lots)),
            least=(*part.least, *(self.gates[number].least for number in lots)),
        )
        solver = Solver(part)
        solution = solver.best()
        if solution is None:
            return None
        return _spread(solution.kg, left, len(self.behind)), solver, part

    def _value(self, kg: Sequence[int]) -> int:
        value = sum(gain * amount for gain, amount in zip(self.packing.gains, kg, strict=True))
        return value - sum(self.gates[number].cost for number in self._used(kg))


def _part(packing: Packing, left: Sequence[int]) -> Packing:
    return replace(
        packing,
        gains=tuple(packing.gains[column] for column in left),
        touches=tuple(packing.touches[column] for column in left),
    )


def _spread(kg: Sequence[int], left: Sequence[int], size: int) -> tuple[int, ...]:
    whole = [0] * size
    for column, amount in zip(left, kg, strict=True):
        whole[column] = amount
    return tuple(whole)

"""What became of every row in kilograms, and what each party still has: the figures behind the reasons."""

from __future__ import annotations

from collections import Counter, defaultdict

from kdmp_core.matching.gains import rice_of
from kdmp_core.matching.model import Goods, Row, RowKind
from kdmp_core.matching.network import LimitKind, Network, Path
from kdmp_core.matching.plan import Plan
from kdmp_core.matching.result import Transport
from kdmp_core.matching.transport import loads

Line = tuple[str, RowKind, Goods | None]
"""Rows of one party, field, direction and goods, which share what the party gets."""


Grown = tuple[str, int | None]
"""An offered row and the period of its harvest."""


def _line(row: Row) -> Line:
    return (row.party, row.kind, row.goods)


def branch_of(path: Path) -> tuple[str, str]:
    """Give the party and branch of its rice that a path belongs to: a market row's key, or the free goods."""
    return (path.source.party, path.wish.key if path.wish else path.goods)


def grown_of(path: Path) -> Grown:
    """Give the offered row and the period of harvest that a path begins with."""
    return path.source.key, path.harvested


class Ledger:
    """Sums over a plan and its transport, kg by party, row or branch."""

    def __init__(self, plan: Plan, transport: Transport) -> None:
        """Count everything once."""
        self.plan, self.network = plan, plan.network
        self.offered, self.sent = Counter[str](), Counter[tuple[str, str]]()
        self.lifted, self.carried, self.loads = Counter[str](), Counter[str](), Counter[str]()
        self.asked, self._before = Counter[Line](), dict[str, int]()
        self._rows(self.network)
        for path, kg in plan.flowing:
            if path.mill is not None:
                self.sent[branch_of(path)] += kg
        for lift in transport.lifts:
            self.lifted[lift.truck] += lift.kg
            self.carried[lift.owner] += lift.kg
        for load in loads(self.network, plan.kg):
            self.loads[load.owner] += load.kg
        self.worst_use = self._worst_uses()

    def _rows(self, network: Network) -> None:
        for row in sorted(network.problem.rows, key=lambda row: row.key):
            if not row.rejected:
                self._before[row.key] = self.asked[_line(row)]
                self.asked[_line(row)] += row.kg
                if row.is_supply:
                    self.offered[row.party] += row.kg

    def _worst_uses(self) -> dict[Grown, int]:
        """Give, per offered row and period, the gain of its worst present use: 0 while some of it is kept."""
        uses: dict[Grown, list[int]] = defaultdict(list)
        for path, _ in self.plan.flowing:
            uses[grown_of(path)].append(path.gain)
        for limit, used in zip(self.network.limits, self.plan.used, strict=True):
            if limit.kind is LimitKind.SUPPLY and used < limit.most:
                uses[limit.rows[0], limit.period].append(0)
        return {key: min(gains) for key, gains in uses.items()}

    def met(self, row: Row) -> int:
        """Give the kg of a row's own goods that are met. Rows of one line share in the order of their keys."""
        if row.kind is RowKind.TRANSPORT_OFFER:
            return self._share(row, self.lifted[row.party])
        if row.kind is RowKind.TRANSPORT_NEED:
            return self._share(row, self.carried[row.party])
        paddy = sum(self.plan.kg[index] for index in self.network.paths_of_row.get(row.key, ()))
        if row.goods is not None and row.goods.is_rice:
            return min(row.kg, rice_of(self.network.problem.parameters, paddy))
        if row.kind in {RowKind.MILLING_NEED, RowKind.MARKET_NEED}:
            return self._share(row, paddy)
        return paddy

    def _share(self, row: Row, total: int) -> int:
        return max(0, min(row.kg, total - self._before[row.key]))

    def has_more_rice(self, path: Path) -> bool:
        """Say whether the owner could send more down a rice path: neither paddy nor its own wishes are used up."""
        own = {LimitKind.MILLING_WISH, LimitKind.RICE_WISH}
        if any(self.network.limits[index].kind in own and self.plan.is_full(index) for index in path.limits):
            return False
        return self.sent[branch_of(path)] < self.offered[path.source.party]

    def lacks_truck(self, row: Row) -> bool:
        """Say whether a party that asked for transport has more to lift than was carried."""
        return self.carried[row.party] < min(self.asked[_line(row)], self.loads[row.party])

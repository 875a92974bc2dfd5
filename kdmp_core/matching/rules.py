"""Which rule of people stands in a path's way: a least lot, the limit on partners, a link's cost, a buyer's share."""

from __future__ import annotations

from collections import Counter

from kdmp_core.matching.columns import offers
from kdmp_core.matching.links import Link, partner_limit, unborn
from kdmp_core.matching.network import LimitKind, Path
from kdmp_core.matching.plan import Plan
from kdmp_core.matching.result import Detail, Reason, ReasonCode

ENDS = {LimitKind.SUPPLY, LimitKind.MILL, LimitKind.BUYER}


class Rules:
    """The links of a plan: open or closed, and how many each party has."""

    def __init__(self, plan: Plan) -> None:
        """Look at every link once."""
        self.plan, self.network = plan, plan.network
        self.at = {(link.party, link.counterpart): link for link in plan.links}
        gainful = [index for index, path in enumerate(plan.network.paths) if path.gain > 0]
        self.unborn = {(link.party, link.counterpart): link.lot for link in unborn(plan.network, gainful)}
        self.has = Counter(link.party for link in plan.links if plan.carries(link))
        self.offered = offers(plan.network)

    def stands_in_the_way(self, path: Path) -> Reason | None:
        """Give the rule that keeps a path empty though nothing on it is full; None when there is none."""
        lost = [lot for other in path.counterparts if (lot := self.unborn.get((path.source.party, other)))]
        if lost:
            return self._below(path, max(lost))
        closed, party = self._closed(path), path.source.party
        limit = partner_limit(self.network, party)
        if closed and limit and self.has[party] + len(closed) > limit:
            return Reason(ReasonCode.PARTNER_LIMIT, Detail.PARTNERS_FULL, partners=limit)
        lots = [link.lot for link in closed if link.lot]
        lots += [lot.kg for lot in self.network.problem.commitments.lots if lot.counterpart in path.counterparts]
        if lots and (closed or not self._to(path)):
            return self._below(path, max(lots))
        if closed:
            return Reason(ReasonCode.PRICE, Detail.LINK_TOO_DEAR)
        if self.network.problem.parameters.share_percent < 100:  # noqa: PLR2004 (percent)
            return Reason(ReasonCode.PARTNER_LIMIT, Detail.SHARE_REACHED)
        return None

    def _closed(self, path: Path) -> list[Link]:
        pairs = ((path.source.party, other) for other in dict.fromkeys(path.counterparts))
        links = (self.at[pair] for pair in pairs if pair in self.at)
        return [link for link in links if not self.plan.carries(link)]

    def _to(self, path: Path) -> int:
        return sum(kg for other, kg in self.plan.flowing if other.buyer is path.buyer)

    def _below(self, path: Path, lot: int) -> Reason:
        """Give the kg that are missing: of the lot, less what the ends of the path still have free."""
        free = min(
            self.network.limits[index].most - self.plan.used[index]
            for index in path.limits
            if self.network.limits[index].kind in ENDS
        )
        return Reason(ReasonCode.LOT, Detail.BELOW_LOT, missing=max(1, lot - free))

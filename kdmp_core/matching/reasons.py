"""Every row ends in a flow or in exactly one reason, by tests in a fixed order (matching.md, rule 12).

Only the unmet rest of a row is asked about. Its *paths* are the admissible ones that use it. First that holds:
data · no path: another period, forbidden, distance or price, else nobody there · price: the best path gains nothing ·
capacity: a path gains more than the worst present use of the same paddy, and its owner could still send rice; lot,
partner limit or price where it is not full but its link closed · price: unmilled paddy earns at least as much ·
supply: nothing is left on the other side. Transport rows follow the lifts. With periods only paths count on which the
row itself is not full; the store is among what may be.
"""

from __future__ import annotations

from kdmp_core.matching.gains import break_even
from kdmp_core.matching.ledger import Ledger, grown_of
from kdmp_core.matching.model import Goods, Row, RowKind
from kdmp_core.matching.network import Block, LimitKind, Path, is_buyer
from kdmp_core.matching.plan import Plan
from kdmp_core.matching.result import Detail, Full, Outcome, Reason, ReasonCode, Transport
from kdmp_core.matching.rules import Rules

ROUNDING = 1
"""A rest of rice up to this many kg counts as met: yields are fractions, kilograms are whole."""

LAST = 10**9
"""Where a row without a known party stands."""

NAMED = {RowKind.PRODUCTION_OFFER, RowKind.MARKET_NEED, RowKind.MARKET_OFFER}
GROWN = {RowKind.PRODUCTION_OFFER}
OWN = (RowKind.MILLING_NEED, RowKind.MARKET_NEED)
COUNTERPART = (LimitKind.MILL, LimitKind.BUYER, LimitKind.PIN, LimitKind.STORE)
MOST_FULL = 3


def outcomes(plan: Plan, transport: Transport) -> tuple[Outcome, ...]:
    """Give one outcome per row of the problem, rejected rows too, in canonical order and then by row key."""
    return _Reasons(plan, transport).all()


class _Reasons:
    def __init__(self, plan: Plan, transport: Transport) -> None:
        self.plan, self.network = plan, plan.network
        self.parameters = self.network.problem.parameters
        self.ledger = Ledger(plan, transport)
        self.rules = Rules(plan)

    def all(self) -> tuple[Outcome, ...]:
        def place(row: Row) -> tuple[int, str, str, str, str]:
            party = self.network.parties.get(row.party)
            return (party.number if party else LAST, row.party, row.kind, row.goods or "", row.key)

        return tuple(self._outcome(row) for row in sorted(self.network.problem.rows, key=place))

    def _outcome(self, row: Row) -> Outcome:
        detail = self._unusable(row)
        if detail:
            reason: Reason | None = Reason(ReasonCode.DATA, detail)
            return Outcome(row.key, row.party, row.kind, row.goods, row.kg, 0, row.kg, reason)
        met = self.ledger.met(row)
        slack = ROUNDING if row.goods and row.goods.is_rice else 0
        reason = self._reason(row) if row.kg - met > slack else None
        return Outcome(row.key, row.party, row.kind, row.goods, row.kg, met, row.kg - met, reason)

    def _unusable(self, row: Row) -> Detail | None:
        """Name what keeps a row out of the network altogether, or give None."""
        if row.rejected:
            return Detail.REJECTED
        party = self.network.parties[row.party]
        if party.point is None:
            return Detail.NO_PLACE
        if row.kind is RowKind.PRODUCTION_NEED:
            return Detail.NOT_MATCHED
        if row.kind in NAMED and (row.goods is None or (row.kind in GROWN and row.goods is not Goods.GKP)):
            return Detail.GOODS
        if row.kind is RowKind.MARKET_OFFER and not is_buyer(row, party):
            return Detail.OWN_OUTLET if party.kind.is_village and not row.confirmed else Detail.NO_PRICE
        return Detail.OUTSIDE_PERIODS if self.network.problem.is_outside(row) else None

    def _reason(self, row: Row) -> Reason:
        if row.kind is RowKind.TRANSPORT_OFFER:
            return Reason(ReasonCode.SUPPLY, Detail.IDLE_TRUCK)
        if row.kind is RowKind.TRANSPORT_NEED:
            lacks = self.ledger.lacks_truck(row)
            return (
                Reason(ReasonCode.TRANSPORT, Detail.NO_TRUCK_LEFT)
                if lacks
                else Reason(ReasonCode.SUPPLY, Detail.NO_MORE_LOAD)
            )
        paths = [self.network.paths[index] for index in self.network.paths_of_row.get(row.key, ())]
        if not paths:
            return self._no_path(row)
        left = [path for path in paths if not self._used_up(row, path)]
        return self._rest(row, left) if left else _not_then(row)

    def _used_up(self, row: Row, path: Path) -> bool:
        """Say whether a row has no more in the period of a path, so that the path says nothing of what is left."""
        mine = (index for index in path.limits if self.network.limits[index].rows == (row.key,))
        return path.harvested is not None and any(self.plan.is_full(index) for index in mine)

    def _no_path(self, row: Row) -> Reason:
        if row.kind in OWN and not self.ledger.offered[row.party]:
            return Reason(ReasonCode.SUPPLY, Detail.NOTHING_OF_OWN)
        blocked = self.network.blocked.get(row.key, set())
        if Block.PERIOD in blocked:
            return _not_then(row)
        if Block.FORBIDDEN in blocked:
            return Reason(ReasonCode.FORBIDDEN, Detail.FORBIDDEN_PAIR)
        if blocked:
            return self._too_dear(row) if Block.DISTANCE not in blocked else Reason(ReasonCode.DISTANCE, Detail.TOO_FAR)
        if row.kind in {RowKind.MILLING_OFFER, RowKind.MARKET_OFFER}:
            return Reason(ReasonCode.SUPPLY, Detail.NOBODY_OFFERS)
        return Reason(ReasonCode.CAPACITY, Detail.NOBODY_TAKES)

    def _too_dear(self, row: Row) -> Reason:
        """Give the row's own ask (a milling need's: that of its owner's rice) beside the best price there is."""
        asking = [row]
        if row.kind is RowKind.MILLING_NEED:
            wishes = [other for other in self.network.problem.rows if other.party == row.party]
            asking = [other for other in wishes if other.kind is RowKind.MARKET_NEED and not other.rejected]
        goods = {other.goods for other in asking}
        asks = [other.price for other in asking if other.price is not None]
        return Reason(
            ReasonCode.PRICE, Detail.ASK_ABOVE_BUYERS, offered=self._offered(goods), ask=min(asks, default=None)
        )

    def _offered(self, goods: set[Goods | None]) -> int | None:
        prices = [
            offer.price
            for offer in self.network.problem.rows
            if offer.goods in goods
            and not offer.rejected
            and offer.price is not None
            and is_buyer(offer, self.network.parties[offer.party])
        ]
        return max(prices, default=None)

    def _rest(self, row: Row, paths: list[Path]) -> Reason:
        best = _best(paths)
        if best.gain <= 0:
            return self._price(Detail.NO_GAIN, row, best, 0)
        sendable = [path for path in paths if path.mill is None or self.ledger.has_more_rice(path)]
        better = [path for path in sendable if path.gain > self.ledger.worst_use[grown_of(path)]]
        if better:
            return self._better(better)
        rice = [path for path in sendable if path.mill is not None]
        if row.kind in OWN and rice:
            best = _best(rice)
            return self._price(Detail.UNMILLED_EARNS_MORE, row, best, self.ledger.worst_use[grown_of(best)])
        if row.kind is RowKind.PRODUCTION_OFFER:
            return Reason(ReasonCode.CAPACITY, Detail.COUNTERPART_FULL, full=self.plan.full(best))
        return Reason(ReasonCode.SUPPLY, Detail.NOTHING_LEFT)

    def _better(self, better: list[Path]) -> Reason:
        """Say why paths that gain more than what is done now stay empty: one closed by a rule, or all full."""
        free = [path for path in better if not self.plan.full(path, COUNTERPART)]
        rule = self.rules.stands_in_the_way(_best(free)) if free else None
        return rule or Reason(ReasonCode.CAPACITY, Detail.COUNTERPART_FULL, full=self._full(better))

    def _full(self, better: list[Path]) -> tuple[Full, ...]:
        """Give what is full on the best path; with periods on all like it, what is worth most of it first."""
        best = _best(better)
        if best.harvested is None:
            return self.plan.full(best, COUNTERPART)
        like = (path for path in better if path.rows == best.rows)
        full = dict.fromkeys(one for path in like for one in self.plan.full(path, COUNTERPART))
        ordered = sorted(full, key=lambda one: -one.rp_per_t)
        return tuple(one for one in ordered if one.rp_per_t or not ordered[0].rp_per_t)[:MOST_FULL]

    def _price(self, detail: Detail, row: Row, best: Path, wanted: int) -> Reason:
        price = best.buyer.price or 0
        even = break_even(self.parameters, price, wanted - best.gain, rice=best.mill is not None)
        return Reason(ReasonCode.PRICE, detail, break_even=even, offered=price, ask=row.price)


def _not_then(row: Row) -> Reason:
    """Say that nothing is offered, or that nobody takes, in the periods in which the row has something left."""
    if row.kind in {RowKind.MILLING_OFFER, RowKind.MARKET_OFFER}:
        return Reason(ReasonCode.SUPPLY, Detail.NOTHING_THEN)
    return Reason(ReasonCode.CAPACITY, Detail.NOBODY_TAKES_THEN)


def _best(paths: list[Path]) -> Path:
    return max(paths, key=lambda path: path.gain)

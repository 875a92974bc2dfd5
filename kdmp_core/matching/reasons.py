"""Every row ends in a flow or in exactly one reason, by tests in a fixed order (matching.md, rule 12).

Only the unmet rest of a row is asked about. Its *paths* are the admissible ones that use it. First that holds:
data · no path: forbidden, distance or price, else nobody there · price: the best path gains nothing · capacity: a
path gains more than the worst present use of the same paddy, and its owner could still send rice · price: unmilled
paddy earns at least as much · supply: nothing is left on the other side. Transport rows follow the lifts.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from kdmp_core.matching.gains import rice_of, rice_worth
from kdmp_core.matching.model import Goods, Parameters, Row, RowKind
from kdmp_core.matching.network import Block, LimitKind, Path, is_buyer
from kdmp_core.matching.plan import Plan
from kdmp_core.matching.result import Outcome, Reason, ReasonCode, Transport
from kdmp_core.matching.transport import loads

ROUNDING = 1
"""A rest of rice up to this many kg counts as met: yields are fractions, kilograms are whole."""

OWN = (RowKind.MILLING_NEED, RowKind.MARKET_NEED)
COUNTERPART = (LimitKind.MILL, LimitKind.BUYER)


def outcomes(plan: Plan, transport: Transport) -> tuple[Outcome, ...]:
    """Give one outcome per row of the problem, rejected rows too, in canonical order and then by row key."""
    return _Reasons(plan, transport).all()


class _Reasons:
    def __init__(self, plan: Plan, transport: Transport) -> None:
        self.plan, self.network = plan, plan.network
        self.parameters: Parameters = self.network.problem.parameters
        self.worst = self._worst_uses()
        self.sent = Counter[tuple[str, str]]()
        for path, kg in plan.flowing():
            if path.mill is not None:
                self.sent[path.source.party, path.wish.key if path.wish else path.goods] += kg
        self.offered = Counter[str]()
        for row in self.network.problem.rows:
            if row.kind is RowKind.PRODUCTION_OFFER and row.goods is Goods.GKP:
                self.offered[row.party] += row.kg
        self.lifted = Counter[str]()
        self.carried = Counter[str]()
        for lift in transport.lifts:
            self.lifted[lift.truck] += lift.kg
            self.carried[lift.owner] += lift.kg
        self.loads = Counter[str]()
        for load in loads(self.network, plan.kg):
            self.loads[load.owner] += load.kg

    def _worst_uses(self) -> dict[str, int]:
        """Give, per offered row, the gain of its worst present use: 0 while some of it is kept."""
        uses: dict[str, list[int]] = defaultdict(list)
        for path, _ in self.plan.flowing():
            uses[path.source.key].append(path.gain)
        for limit, used in zip(self.network.limits, self.plan.used, strict=True):
            if limit.kind is LimitKind.SUPPLY and used < limit.most:
                uses[limit.rows[0]].append(0)
        return {key: min(gains) for key, gains in uses.items()}

    def all(self) -> tuple[Outcome, ...]:
        def place(row: Row) -> tuple[int, str, str, str, str]:
            party = self.network.parties.get(row.party)
            return (party.number if party else 10**9, row.party, row.kind, row.goods or "", row.key)

        return tuple(self._outcome(row) for row in sorted(self.network.problem.rows, key=place))

    def _outcome(self, row: Row) -> Outcome:
        detail = self._unusable(row)
        if detail:
            reason: Reason | None = Reason(ReasonCode.DATA, detail)
            return Outcome(row.key, row.party, row.kind, row.goods, row.kg, 0, row.kg, reason)
        met = self._met(row)
        rest = row.kg - met
        slack = ROUNDING if row.goods and row.goods.is_rice else 0
        reason = self._reason(row, met) if rest > slack else None
        return Outcome(row.key, row.party, row.kind, row.goods, row.kg, met, rest, reason)

    def _unusable(self, row: Row) -> str:
        """Name what keeps a row out of the network altogether, or give an empty string."""
        if row.rejected:
            return "rejected"
        party = self.network.parties[row.party]
        if party.point is None:
            return "no_place"
        if row.kind is RowKind.PRODUCTION_NEED:
            return "not_matched"
        named = row.kind in {RowKind.PRODUCTION_OFFER, RowKind.MARKET_NEED, RowKind.MARKET_OFFER}
        if named and (row.goods is None or (row.kind is RowKind.PRODUCTION_OFFER and row.goods is not Goods.GKP)):
            return "goods"
        if row.kind is RowKind.MARKET_OFFER and not is_buyer(row, party):
            return "own_outlet" if party.kind.is_village and not row.confirmed else "no_price"
        return ""

    def _met(self, row: Row) -> int:
        if row.kind is RowKind.TRANSPORT_OFFER:
            return self._share(row, self.lifted)
        if row.kind is RowKind.TRANSPORT_NEED:
            return self._share(row, self.carried)
        paddy = sum(self.plan.kg[index] for index in self.network.paths_of_row.get(row.key, ()))
        if row.kind in OWN and row.goods is not Goods.MEDIUM and row.goods is not Goods.PREMIUM:
            return self._share(row, Counter({row.party: paddy}))
        return min(row.kg, rice_of(self.parameters, paddy) if row.goods and row.goods.is_rice else paddy)

    def _share(self, row: Row, totals: Counter[str]) -> int:
        """Split what a party got over its rows of one kind, in the order of their keys."""
        earlier = sum(
            other.kg
            for other in self.network.problem.rows
            if (other.party, other.kind, other.goods) == (row.party, row.kind, row.goods)
            and not other.rejected
            and other.key < row.key
        )
        return max(0, min(row.kg, totals[row.party] - earlier))

    def _reason(self, row: Row, met: int) -> Reason:
        if row.kind is RowKind.TRANSPORT_OFFER:
            return Reason(ReasonCode.SUPPLY, "idle_truck")
        if row.kind is RowKind.TRANSPORT_NEED:
            return self._no_truck(row, met)
        paths = [self.network.paths[index] for index in self.network.paths_of_row.get(row.key, ())]
        return self._rest(row, paths) if paths else self._no_path(row)

    def _no_truck(self, row: Row, met: int) -> Reason:
        asked = sum(
            other.kg
            for other in self.network.problem.rows
            if other.party == row.party and other.kind is row.kind and not other.rejected
        )
        if met < row.kg and self.carried[row.party] < min(asked, self.loads[row.party]):
            return Reason(ReasonCode.TRANSPORT, "no_truck_left")
        return Reason(ReasonCode.SUPPLY, "no_more_load")

    def _no_path(self, row: Row) -> Reason:
        blocked = self.network.blocked.get(row.key, set())
        if Block.FORBIDDEN in blocked:
            return Reason(ReasonCode.FORBIDDEN, "forbidden_pair")
        if Block.DISTANCE in blocked:
            return Reason(ReasonCode.DISTANCE, "too_far")
        if Block.PRICE in blocked:
            return Reason(ReasonCode.PRICE, "ask_above_buyers", offered=self._offered(row), ask=row.price)
        if row.kind in {RowKind.MILLING_OFFER, RowKind.MARKET_OFFER}:
            return Reason(ReasonCode.SUPPLY, "nobody_offers")
        return Reason(ReasonCode.CAPACITY, "nobody_takes")

    def _offered(self, row: Row) -> int | None:
        """Give the best price for the goods of a row: to a milling need, of what its owner's rice is."""
        wanted = {row.goods or Goods.MEDIUM}
        if row.kind is RowKind.MILLING_NEED:
            wanted = {
                wish.goods
                for wish in self.network.problem.rows
                if wish.party == row.party and wish.kind is RowKind.MARKET_NEED and wish.goods
            } or wanted
        prices = [
            offer.price
            for offer in self.network.problem.rows
            if not offer.rejected
            and offer.goods in wanted
            and offer.price is not None
            and is_buyer(offer, self.network.parties[offer.party])
        ]
        return max(prices, default=None)

    def _rest(self, row: Row, paths: list[Path]) -> Reason:
        best = max(paths, key=lambda path: path.gain)
        if best.gain <= 0:
            return Reason(ReasonCode.PRICE, "no_gain", self._break_even(best, 1), best.buyer.price, row.price)
        better = [path for path in paths if path.gain > self.worst[path.source.key] and self._open(path)]
        if better:
            best = max(better, key=lambda path: path.gain)
            return Reason(ReasonCode.CAPACITY, "counterpart_full", full=self.plan.full(best, COUNTERPART))
        rice = [path for path in paths if path.mill is not None and self._open(path)]
        if row.kind in OWN and rice:
            best = max(rice, key=lambda path: path.gain)
            even = self._break_even(best, self.worst[best.source.key])
            return Reason(ReasonCode.PRICE, "unmilled_earns_more", even, best.buyer.price, row.price)
        if row.kind is RowKind.PRODUCTION_OFFER:
            return Reason(ReasonCode.CAPACITY, "counterpart_full", full=self.plan.full(best))
        return Reason(ReasonCode.SUPPLY, "nothing_left")

    def _open(self, path: Path) -> bool:
        """Say whether a path's owner could send more: paddy always, rice while its branch is not used up."""
        if path.mill is None:
            return True
        party = path.source.party
        own = {LimitKind.MILLING_WISH, LimitKind.RICE_WISH}
        if any(self.network.limits[index].kind in own and self.plan.is_full(index) for index in path.limits):
            return False
        branch = self.sent[party, path.wish.key if path.wish else path.goods]
        return branch < self.offered[party]

    def _break_even(self, path: Path, wanted: int) -> int:
        """Give the least Rp/kg of the path's goods at which it gains `wanted` Rp per tonne paddy."""
        missing = wanted - path.gain
        price = path.buyer.price or 0
        if path.mill is None:
            return price + -(-missing // 1000)
        target = rice_worth(self.parameters, price) + missing
        per_kg = self.parameters.rho * 1000
        reached = target * per_kg.denominator // per_kg.numerator
        while rice_worth(self.parameters, reached) < target:
            reached += 1
        return reached

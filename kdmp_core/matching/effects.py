"""Before and after: what working together changes (matching.md §4), beside everyone alone and best margin first.

Alone a cooperative takes its own paddy, or the rice of its own mill, to the buyer that is best for itself; what it
gets there is no more than the baseline, since all others come with the same in mind. Whole numbers only: kg paddy,
Rp per tonne, shares per 10,000, links in hundredths.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kdmp_core.matching.columns import offers
from kdmp_core.matching.distance import metres
from kdmp_core.matching.gains import haul, rice_haul
from kdmp_core.matching.greedy import Taken, by_hand, worth
from kdmp_core.matching.measures import NEAR, concentration, mean, median, share
from kdmp_core.matching.model import Goods, Parameters, Problem, RowKind
from kdmp_core.matching.network import Network, Path
from kdmp_core.matching.paths import build
from kdmp_core.matching.result import Result


@dataclass(frozen=True)
class Measures:
    """One way to work; None where a figure says nothing of it.

    `reach` and `near` count the buyers that gainful ways lead a grower to, in the middle (`near`: within 20 km);
    `fewest` is the least of them. `sharing` are growers that sell the same goods to the same buyer as another,
    `short` those whose best choice is taken by others, `one_buyer` is the share of sellers that have one buyer only,
    `largest` that of the buyer who takes most. `uncovered` are growers that no gainful way leads to anybody,
    `left_out` those that sell nothing.
    """

    sold: int | None
    served: int | None
    gain_per_t: int
    lot_at_mill: int
    lot_at_buyer: int
    near: int
    reach: int
    fewest: int
    transport_per_t: int | None
    milling_per_t: int | None
    mill_use: int
    truck_use: int | None
    links: int
    sharing: int
    short: int
    concentration: int | None
    one_buyer: int | None
    largest: int | None
    uncovered: int
    left_out: int | None


@dataclass(frozen=True)
class Alone:
    """What one party is promised when everyone takes his best, and what of it can be, thousandths of a rupiah."""

    party: str
    promised_milli: int
    deliverable_milli: int


@dataclass(frozen=True)
class Effects:
    """Three ways to work side by side, and what each party had for itself."""

    growers: int
    lot: int
    alone: Measures
    greedy: Measures
    plan: Measures
    by_party: tuple[Alone, ...]


def effects(problem: Problem, result: Result) -> Effects:
    """Give before and after of a plan, from its question and its answer."""
    network = build(problem.decided)
    seen = _Seen(network)
    ways = {path.rows: path for path in network.paths}
    plan: Taken = tuple((ways[flow.rows], flow.kg_gkp) for flow in result.flows)
    hand = by_hand(network)
    promised, deliverable = worth(hand.promised), worth(hand.deliverable)
    trucks = share(result.transport.kg_carried, result.transport.kg_offered)
    return Effects(
        growers=len(seen.offered),
        lot=seen.lot,
        alone=seen.alone(hand.promised, hand.deliverable),
        greedy=seen.together(hand.best_margin, worth(hand.best_margin).total(), None),
        plan=seen.together(plan, result.value_milli, trucks if result.transport.kg_offered else None),
        by_party=tuple(Alone(party, promised[party], deliverable[party]) for party in seen.offered),
    )


def transport_of(parameters: Parameters, path: Path) -> int:
    """Give what carrying costs on a path, Rp per tonne paddy."""
    first, second = path.metres
    onward = rice_haul(parameters, second) if path.mill is not None else 0
    return haul(parameters, first, parameters.paddy_rate) + onward


def fee_of(parameters: Parameters, path: Path) -> int:
    """Give the fee of the path's mill, Rp per kg paddy; 0 without one."""
    if path.mill is None:
        return 0
    return parameters.default_fee if path.mill.price is None else path.mill.price


class _Seen:
    """What all ways to work have in common: who offers, and whom gainful ways reach."""

    def __init__(self, network: Network) -> None:
        self.network, self.parameters = network, network.problem.parameters
        self.offered = offers(network)
        self.lot = mean(sum(self.offered.values()), len(self.offered))
        self.room = Counter[str]()
        for row in network.rows:
            if row.kind is RowKind.MILLING_OFFER:
                self.room[row.party] += row.kg
        gainful = [path for path in network.paths if path.gain > 0]
        self.by_all = self._buyers(gainful)
        self.by_own = self._buyers(
            path for path in gainful if path.mill is None or path.mill.party == path.source.party
        )

    def alone(self, promised: Taken, deliverable: Taken) -> Measures:
        own = sum(min(kg, self.offered.get(mill, 0)) for mill, kg in self.room.items())
        wanted, got = _sums(promised, _source), _sums(deliverable, _source)
        return Measures(
            sold=None,
            served=None,
            gain_per_t=0,
            lot_at_mill=self.lot,
            lot_at_buyer=self.lot,
            **self._reach(self.by_own),
            transport_per_t=None,
            milling_per_t=None,
            mill_use=share(own, self.room.total()),
            truck_use=None,
            links=0,
            sharing=_sharing(promised),
            short=sum(got[party] < kg for party, kg in wanted.items()),
            concentration=None,
            one_buyer=None,
            largest=None,
            left_out=None,
        )

    def together(self, given: Taken, value_milli: int, truck_use: int | None) -> Measures:
        taken = tuple((path, kg) for path, kg in given if kg)
        milled = tuple((path, kg) for path, kg in taken if path.mill is not None)
        sold, at_buyer = _sums(taken, _source), _sums(taken, lambda path: path.buyer.party)
        at_mill = _sums(milled, lambda path: path.mill.party if path.mill else "")
        partners = {(path.source.party, other) for path, _ in taken for other in path.counterparts}
        links = sum(party != other for party, other in partners)
        shares = _shares(taken)
        return Measures(
            sold=sold.total(),
            served=len(sold),
            gain_per_t=mean(value_milli, sold.total()),
            lot_at_mill=mean(at_mill.total(), len(at_mill)),
            lot_at_buyer=mean(at_buyer.total(), len(at_buyer)),
            **self._reach(self.by_all),
            transport_per_t=mean(sum(kg * transport_of(self.parameters, path) for path, kg in taken), sold.total()),
            milling_per_t=mean(sum(1000 * kg * fee_of(self.parameters, path) for path, kg in milled), at_mill.total()),
            mill_use=share(at_mill.total(), self.room.total()),
            truck_use=truck_use,
            links=mean(100 * links, len(sold)),
            sharing=_sharing(taken),
            short=0,
            concentration=median(sorted(concentration(sum(kg * kg for kg in one), sum(one)) for one in shares)),
            one_buyer=share(sum(len(one) == 1 for one in shares), len(shares)),
            largest=share(max(at_buyer.values(), default=0), at_buyer.total()),
            left_out=len(self.offered) - len(sold),
        )

    def _buyers(self, paths: Iterable[Path]) -> dict[str, set[str]]:
        reached: dict[str, set[str]] = {party: set() for party in self.offered}
        for path in paths:
            reached[path.source.party].add(path.buyer.party)
        return reached

    def _reach(self, reached: dict[str, set[str]]) -> dict[str, int]:
        near = [sum(self._away(party, buyer) <= NEAR for buyer in buyers) for party, buyers in reached.items()]
        counts = [len(buyers) for buyers in reached.values()]
        return {
            "near": median(near),
            "reach": median(counts),
            "fewest": min(counts, default=0),
            "uncovered": counts.count(0),
        }

    def _away(self, one: str, other: str) -> int:
        first, second = self.network.parties[one].point, self.network.parties[other].point
        if first is None or second is None:  # rows of parties without a place have no path
            raise LookupError(one, other)
        return metres(first, second)


def _source(path: Path) -> str:
    return path.source.party


def _sums(taken: Taken, by: Callable[[Path], str]) -> Counter[str]:
    sums = Counter[str]()
    for path, kg in taken:
        sums[by(path)] += kg
    return sums


def _sharing(taken: Taken) -> int:
    """Give how many growers sell the same goods to the same buyer as another grower."""
    sellers: dict[tuple[str, Goods], set[str]] = defaultdict(set)
    for path, kg in taken:
        if kg:
            sellers[path.buyer.party, path.goods].add(path.source.party)
    return len(set().union(*(parties for parties in sellers.values() if len(parties) > 1)))


def _shares(taken: Taken) -> list[tuple[int, ...]]:
    """Give each seller's kg by buyer."""
    kg: dict[str, Counter[str]] = defaultdict(Counter)
    for path, amount in taken:
        kg[path.source.party][path.buyer.party] += amount
    return [tuple(by_buyer.values()) for by_buyer in kg.values()]

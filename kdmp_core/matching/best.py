"""Which additions bring most: guessed by the prices of the plan, then solved again, best guess first.

The prices of the certificate bound what an addition can bring: buy paddy at its price, sell at the buyer's, no more
than it holds (weak duality). So the search may stop once nothing left can beat what was solved, and its order is that
of solving them all. Lots, limits on partners, shares, fairness and bonuses are left aside, as in the curve of fairness;
pairs that are refused, pinned or signed stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from kdmp_core.matching import transport
from kdmp_core.matching.additions import Added, Addition, extended, key_of, mills_of
from kdmp_core.matching.certify import Certificate, certify
from kdmp_core.matching.checks import check
from kdmp_core.matching.match import rupiah
from kdmp_core.matching.model import Point, Problem, Row, RowKind
from kdmp_core.matching.network import LimitKind, Network, Path, is_buyer, ordered_rows
from kdmp_core.matching.paths import build
from kdmp_core.matching.plan import flow
from kdmp_core.matching.solve import PRICE_SCALE

SHOWN = 5


@dataclass(frozen=True)
class Ranked:
    """An addition, what the prices say it brings at most, and what it brings when solved again (rupiah)."""

    addition: Addition
    estimate: int
    value: int


@dataclass(frozen=True)
class Best:
    """The best additions, what they bring together, how many were thought of and solved, and the best truck.

    A truck brings no rupiah here, because every leg is priced as if hired: `truck_kg` is what it carries more.
    """

    value: int
    ranked: tuple[Ranked, ...]
    together: int
    candidates: int
    solved: int
    truck: Addition | None = None
    truck_kg: int = 0


def best(problem: Problem, places: Iterable[str], kinds: Collection[Added] = tuple(Added), shown: int = SHOWN) -> Best:
    """Give the best additions of some kinds at the places of some parties (by key), of middling size, best first.

    Raises like `match`.
    """
    check(problem)
    question, stand = plain(problem), tuple(places)
    now = _solved(question)
    thought = [one for one in candidates(now.network, now.prices, stand) if one.kind in kinds]
    guessed = sorted(
        zip(_estimates(question, now, thought), thought, strict=True), key=lambda pair: (-pair[0], _place(pair[1]))
    )
    tried: list[tuple[int, int, Addition]] = []
    for estimate, addition in guessed:
        if len(tried) >= shown and sorted(one[0] for one in tried)[-shown] >= estimate:
            break
        tried.append((_solved(extended(question, [addition])).value - now.value, estimate, addition))
    ranked = sorted((one for one in tried if one[0] > 0), key=lambda one: (-one[0], _place(one[2])))[:shown]
    together = _solved(extended(question, [one[2] for one in ranked])).value - now.value if ranked else 0
    truck, truck_kg = _truck(now, stand) if Added.TRUCK in kinds else (None, 0)
    return Best(
        rupiah(now.value),
        tuple(Ranked(addition, rupiah(estimate), rupiah(gain)) for gain, estimate, addition in ranked),
        rupiah(together),
        len(thought),
        len(tried),
        truck,
        truck_kg,
    )


def plain(problem: Problem) -> Problem:
    """Give the question without rules on links, shares and fairness, and without what only weighs."""
    parameters = replace(
        problem.parameters, lot=0, soe_lot=0, link_cost=0, partners=0, share_percent=100, fairness_percent=0
    )
    settled = replace(problem.commitments, partners=(), lots=(), living=frozenset(), former=frozenset())
    return replace(problem, parameters=parameters, commitments=settled)


def candidates(network: Network, prices: Sequence[int], places: Iterable[str]) -> Iterator[Addition]:
    """Give what is worth thinking of: mills and villages at the places, dryers at mills, buyers where buyers are full.

    Sizes, fees and asks are the middle ones of those present.
    """
    rows = network.rows
    mills = [row for row in rows if row.kind is RowKind.MILLING_OFFER]
    growers = [row for row in rows if row.is_supply]
    stand = _points(network, places)
    for kind, present in ((Added.MILL, mills), (Added.VILLAGE, growers)):
        if present:
            yield from (Addition(kind, _kg(present), point, price=_price(present)) for point in stand)
    if mills:
        yield from (Addition(Added.DRYER, _kg(mills), at=party) for party in mills_of(network.problem))
    buyers = {row.key: row for row in rows if is_buyer(row, network.parties[row.party])}
    short = (limit for limit, price in zip(network.limits, prices, strict=False) if price > 0)
    for key in dict.fromkeys(limit.rows[0] for limit in short if limit.kind is LimitKind.BUYER):
        full = buyers[key]
        kg = _kg([row for row in buyers.values() if row.goods is full.goods])
        point = network.parties[full.party].point
        yield Addition(Added.BUYER, kg, point, price=full.price, goods=full.goods)


def _points(network: Network, places: Iterable[str]) -> list[Point]:
    points = (network.parties[key].point for key in places)
    return [point for point in dict.fromkeys(points) if point is not None]


def _kg(rows: Sequence[Row]) -> int:
    return median_low(row.kg for row in rows)


def _price(rows: Sequence[Row]) -> int | None:
    prices = [row.price for row in rows if row.price is not None]
    return median_low(prices) if prices else None


def _place(addition: Addition) -> tuple[object, ...]:
    """Give a fixed order among equals."""
    point = addition.point
    return (addition.kind, addition.at, (point.latitude, point.longitude) if point else (0, 0), addition.goods or "")


@dataclass(frozen=True)
class _Solved:
    """A plain question's network, its proven filling by path, the prices of its limits, and its certificate."""

    network: Network
    kg: tuple[int, ...]
    prices: tuple[int, ...]
    certificate: Certificate

    @property
    def value(self) -> int:
        """Give thousandths of a rupiah."""
        return self.certificate.value


def _solved(question: Problem) -> _Solved:
    network = build(question.decided)
    packing, columns, _, solution = flow(network)
    kg = [0] * len(network.paths)
    for column, amount in zip(columns, solution.kg, strict=True):
        kg[column] += amount
    return _Solved(network, tuple(kg), solution.prices, certify(packing, solution))


def _estimates(question: Problem, now: _Solved, thought: Sequence[Addition]) -> list[int]:
    """Give what each addition brings at most, in thousandths of a rupiah, from one network that holds them all."""
    network = build(extended(question, thought, most=len(thought)).decided)
    prices = {
        (limit.kind, limit.party, limit.rows, limit.period): price if price > 0 or limit.least else 0
        for limit, price in zip(now.network.limits, now.prices, strict=False)
    }
    worth = [prices.get((limit.kind, limit.party, limit.rows, limit.period), 0) for limit in network.limits]
    position = {key_of(number): number for number in range(len(thought))}
    ways: list[list[tuple[int, Path]]] = [[] for _ in thought]
    for path in network.paths:
        new = [position[row] for row in path.rows if row in position]
        margin = PRICE_SCALE * path.gain - sum(worth[limit] for limit in path.limits)
        if len(new) == 1 and margin > 0:
            ways[new[0]].append((margin, path))
    return [
        now.certificate.gap + _filled(network, ways[number], addition.kg) // PRICE_SCALE + 1 if ways[number] else 0
        for number, addition in enumerate(thought)
    ]


def _filled(network: Network, ways: list[tuple[int, Path]], kg: int) -> int:
    """Fill the best ways first, each as far as its limits and its grower's paddy go, up to the kg in all."""
    kg = min(kg, sum(limit.most for limit in network.limits))
    left: dict[tuple[str, int | None], int] = {}
    total = 0
    for margin, path in sorted(ways, key=lambda way: (-way[0], way[1].rows)):
        most = [network.limits[limit].most for limit in path.limits]
        grown = path.source.key, path.harvested
        room = left.setdefault(grown, network.limits[path.limits[0]].most)
        amount = min(kg, room, *most)
        kg, left[grown] = kg - amount, room - amount
        total += margin * amount
    return total


def _truck(now: _Solved, places: Sequence[str]) -> tuple[Addition | None, int]:
    """Give the truck that lets most be carried, and how many kg more."""
    trucks = [row for row in now.network.rows if row.kind is RowKind.TRANSPORT_OFFER]
    if not trucks:
        return None, 0
    carried = transport.assign(now.network, now.kg).kg_carried
    found: list[tuple[int, Addition]] = []
    for point in _points(now.network, places):
        truck = Addition(Added.TRUCK, _kg(trucks), point)
        grown = extended(now.network.problem, [truck])
        network = replace(now.network, rows=ordered_rows(grown), parties={one.key: one for one in grown.parties})
        found.append((transport.assign(network, now.kg).kg_carried - carried, truck))
    if not found:
        return None, 0
    more, best_of = min(found, key=lambda one: (-one[0], _place(one[1])))
    return (best_of, more) if more else (None, 0)

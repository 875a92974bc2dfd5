"""The one door: a problem in, a proven result out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version

from kdmp_core.matching import transport
from kdmp_core.matching.checks import check
from kdmp_core.matching.columns import offers
from kdmp_core.matching.gains import rice_of
from kdmp_core.matching.greedy import Greedy, baselines
from kdmp_core.matching.ledger import Grown, grown_of
from kdmp_core.matching.model import TIMED, Goods, Problem, RowKind
from kdmp_core.matching.network import LimitKind, Network, Path, is_buyer
from kdmp_core.matching.paths import build
from kdmp_core.matching.plan import Plan, fairest, packing_of, solve
from kdmp_core.matching.reasons import outcomes
from kdmp_core.matching.result import (
    Alternative,
    Assumed,
    Flow,
    Kept,
    Milled,
    Pair,
    Result,
    Shadow,
    Sold,
    Standing,
    Stored,
)
from kdmp_core.matching.solve import filling

ALTERNATIVES = 2


def match(problem: Problem) -> Result:
    """Give the proven best plan of one event: goods, trucks, baselines, and a reason for all that is left.

    The same problem gives the same bytes whatever the order of its parties and rows.
    Raises InvalidInput `matching.unusable` (every fault named), Conflict (`matching.infeasible` with the agreements,
    pins and capacities that contradict, `matching.unfair`, `matching.lots`), TooLarge `matching.too_large`, Trouble
    when the solver breaks or nothing is proven.
    """
    check(problem)
    network = build(problem.decided)
    plan = solve(network)
    carried = transport.assign(network, plan.kg)
    greedy = baselines(network)
    return Result(
        baseline=problem.baseline,
        value=rupiah(plan.value),
        value_milli=plan.value,
        upper_bound_milli=plan.value + plan.certificate.gap,
        best_margin=rupiah(greedy.best_margin),
        nearest=rupiah(greedy.nearest),
        promised=rupiah(greedy.promised),
        deliverable=rupiah(greedy.deliverable),
        paths_admissible=len(network.paths),
        paths_with_gain=sum(path.gain > 0 for path in network.paths),
        flows=_flows(plan),
        sold=_sold(plan),
        milled=_milled(plan),
        kept=_kept(network, plan),
        pairs=_pairs(plan),
        shadows=_shadows(plan),
        transport=carried,
        outcomes=outcomes(plan, carried),
        solver=f"highspy {version('highspy')}",
        standings=_standings(plan, greedy),
        links=sum(plan.carries(link) > 0 for link in plan.links),
        periods=problem.timing.periods if problem.timing else (),
        stored=_stored(plan),
        assumed=tuple(_assumed(network)),
    )


def fairness(problem: Problem, percents: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Give the curve of fairness: (percent of every servable offer that is sold, value in rupiah), lots aside.

    Only percents that can be; the greatest possible one stands last.
    """
    check(problem)
    network = build(problem.decided)
    most = fairest(network)
    curve = []
    for percent in sorted({*(percent for percent in percents if percent < most), most}):
        packing, columns = packing_of(network, percent)
        found = filling(packing)
        if found is not None:
            milli = sum(network.paths[path].gain * kg for path, kg in zip(columns, found.kg, strict=True))
            curve.append((percent, rupiah(milli)))
    return tuple(curve)


def rupiah(milli: int) -> int:
    """Round thousandths of a rupiah to whole rupiah, halves upward."""
    return (milli + 500) // 1000


def _flows(plan: Plan) -> tuple[Flow, ...]:
    by_source: dict[Grown, list[Path]] = {}
    for path in plan.network.paths:
        by_source.setdefault(grown_of(path), []).append(path)
    flows = (_flow(plan, path, kg, by_source[grown_of(path)]) for path, kg in plan.flowing)
    return tuple(flows)


def _flow(plan: Plan, path: Path, kg: int, others: list[Path]) -> Flow:
    parameters = plan.network.problem.parameters
    price = path.buyer.price or 0
    floor = max(path.source.price or 0, parameters.paddy_floor)
    best = sorted(_others(path, others), key=lambda other: (-other.gain, other.rows))
    return Flow(
        party=path.source.party,
        mill=path.mill.party if path.mill else None,
        buyer=path.buyer.party,
        goods=path.goods,
        kg_gkp=kg,
        kg_goods=_kg_goods(plan, path.goods, kg),
        price=price,
        gain_per_t=path.gain,
        net_per_t=path.net,
        net_below_ask=path.mill is None and path.net < 1000 * floor,
        metres=path.metres,
        rows=path.rows,
        alternatives=tuple(_alternative(plan, other) for other in best[:ALTERNATIVES]),
        harvested=path.harvested,
        delivered=path.delivered,
        store=path.store,
    )


def _others(path: Path, paths: list[Path]) -> Iterable[Path]:
    """Give the other ways; where several differ in nothing but the store, the cheapest and first of them."""
    if path.harvested is None:
        return (other for other in paths if other is not path)
    ways = {(other.rows, other.delivered): other for other in reversed(paths)}
    return (other for way, other in ways.items() if way != (path.rows, path.delivered))


def _alternative(plan: Plan, path: Path) -> Alternative:
    mill = path.mill.party if path.mill else None
    return Alternative(mill, path.buyer.party, path.goods, path.net, plan.full(path), path.delivered)


def _kg_goods(plan: Plan, goods: Goods, kg: int) -> int:
    return rice_of(plan.network.problem.parameters, kg) if goods.is_rice else kg


def _standings(plan: Plan, greedy: Greedy) -> tuple[Standing, ...]:
    """Give one line per party that offers paddy, in canonical order; each bears the cost of its own links."""
    cost = 1000 * plan.network.problem.parameters.link_cost
    sold, value, dealt = Counter[str](), Counter[str](), defaultdict[str, set[str]](set)
    for path, kg in plan.flowing:
        sold[path.source.party] += kg
        value[path.source.party] += kg * path.gain
        dealt[path.source.party].update(path.counterparts)
    for link in plan.links:
        value[link.party] -= cost if plan.carries(link) else 0
    return tuple(
        Standing(party, offered, sold[party], len(dealt[party] - {party}), value[party], greedy.by_party.get(party, 0))
        for party, offered in offers(plan.network).items()
    )


def _sold(plan: Plan) -> tuple[Sold, ...]:
    """Give every buyer's total per goods, with 0 where nothing goes there."""
    totals = Counter[tuple[str, Goods]]()
    for row in plan.network.rows:
        if row.goods is not None and is_buyer(row, plan.network.parties[row.party]):
            totals[row.party, row.goods] += 0
    for path, kg in plan.flowing:
        totals[path.buyer.party, path.goods] += kg
    return tuple(Sold(buyer, goods, kg, _kg_goods(plan, goods, kg)) for (buyer, goods), kg in totals.items())


def _milled(plan: Plan) -> tuple[Milled, ...]:
    capacities, milled = Counter[str](), Counter[str]()
    for row in plan.network.rows:
        if row.kind is RowKind.MILLING_OFFER:
            capacities[row.party] += row.kg
    for path, kg in plan.flowing:
        if path.mill is not None:
            milled[path.mill.party] += kg
    return tuple(Milled(mill, milled[mill], capacity) for mill, capacity in capacities.items())


def _kept(network: Network, plan: Plan) -> tuple[Kept, ...]:
    kept = Counter[str]()
    for row in network.rows:
        if row.is_supply:
            kept[row.party] += row.kg
    for path, kg in plan.flowing:
        kept[path.source.party] -= kg
    return tuple(Kept(party, kg) for party, kg in kept.items() if kg)


def _pairs(plan: Plan) -> tuple[Pair, ...]:
    pairs = Counter[tuple[str, str]]()
    for path, kg in plan.flowing:
        if path.mill is not None and path.mill.party != path.source.party:
            pairs[path.mill.party, path.source.party] += kg
    rank = {party.key: (party.number, party.key) for party in plan.network.problem.parties}
    ordered = sorted(pairs.items(), key=lambda item: (rank[item[0][0]], rank[item[0][1]]))
    return tuple(Pair(mill, party, kg) for (mill, party), kg in ordered)


def _shadows(plan: Plan) -> tuple[Shadow, ...]:
    return tuple(
        Shadow(limit.kind, limit.party, limit.rows, price, limit.period)
        for limit, price in zip(plan.network.limits, plan.prices, strict=True)
        if price
    )


def _stored(plan: Plan) -> tuple[Stored, ...]:
    return tuple(
        Stored(limit.party, limit.period or 0, used, limit.most, price)
        for limit, used, price in zip(plan.network.limits, plan.used, plan.prices, strict=True)
        if limit.kind is LimitKind.STORE
    )


def _assumed(network: Network) -> Iterator[Assumed]:
    """Give what was assumed of when the rows lie; those outside all periods have that as their reason."""
    timing = network.problem.timing
    if timing is None:
        return
    given, seasons = {spread.row for spread in timing.spreads}, {one.season for one in timing.harvests}
    rows = [row for row in network.rows if row.kind in TIMED]
    words = Counter(
        "given" if row.key in given else "harvest" if row.is_supply else "season" if row.period in seasons else "even"
        for row in rows
        if row.is_supply or row.kind is not RowKind.PRODUCTION_OFFER
    )
    yield from (Assumed(word, count) for word, count in sorted(words.items()))

"""Lots, link costs and limits on partners of an area: known optima, every rule kept, no plan above the bound."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import highspy
import numpy as np
import pytest
from hypothesis import given, settings

from kdmp_core.errors import Conflict, InvalidInput, Trouble
from kdmp_core.matching.area import (
    AreaProblem,
    Engine,
    Forbidden,
    Kind,
    LinkRules,
    LotsResult,
    Rates,
    Signed,
    match_area,
    with_lots,
)
from kdmp_core.matching.area.lots import check_rules
from kdmp_core.matching.area.network import Network
from kdmp_core.matching.solve import Quiet
from tests.places import everything, hubs, made, mills, permuted, rice, villages
from tests.regions import region
from tests.unit.test_area_certificate import areas

NONE = LinkRules(lot=0, hub_lot=0, link_cost=0, partners=0, mill_partners=0)
FREE = replace(Rates(), paddy_rate=0, rice_rate=0, load=0, baseline=6_500)
"""Ways cost nothing, and a hub that pays 6,540 for paddy is worth Rp40 a kilogram."""

TOWN = "11.01.01.2000"


def paddy(kg: list[int], *prices: int, most: int = 100_000) -> AreaProblem:
    """Growers at one place, some kilometres from hubs that buy paddy."""
    stores = hubs([f"11.{number:02d}" for number in range(1, len(prices) + 1)], paddy=most)
    stores = replace(stores, paddy_prices=np.array(prices), latitudes=np.full(len(prices), 2_000))
    return replace(made(villages(len(kg), kg), mills([], 0), rice([], 0, 0), stores), rates=FREE)


def lots(problem: AreaProblem, **rules: int) -> LotsResult:
    found = {with_lots(match_area(problem, engine=one), replace(NONE, **rules), one).value for one in Engine}
    assert len(found) == 1
    return with_lots(match_area(problem), replace(NONE, **rules))


def milled(kg: list[int], east: list[int], at: list[int]) -> AreaProblem:
    """Growers, mills for nothing with some of them, and one hub, at the first, that pays 100 more for rice."""
    store = replace(hubs(["11.01"]), rice=np.array([200_000]), rice_prices=np.array([round(6_600 / 0.5292)]))
    some = made(villages(len(kg), kg, east=east), mills(at, 200_000, fee=250), rice([], 0, 0), store)
    return replace(some, rates=replace(FREE, radii=(60_000, 0, 0, 200_000, 0, 0)))


def test_7_what_is_too_small_for_a_lot_alone_reaches_it_through_a_mill() -> None:
    alone = lots(paddy([20_000] * 3, 6_600), hub_lot=50_000)
    assert (alone.value, alone.links) == (0, 0)
    joined = lots(milled([20_000] * 3, [0] * 3, [0]), hub_lot=50_000)
    assert joined.value == pytest.approx(6_000_000, rel=1e-2)
    assert joined.flows(Kind.DELIVERY).kg.tolist() == [60_000]


def test_8_a_lot_is_met_exactly_where_that_is_best() -> None:
    """A hub takes 40 t or none: 30 t are worth 100 there, 15 t 40 (a way of 60 to the mill), or 70 at home."""
    problem = milled([30_000, 15_000], [0, 39_970], [0, 1])
    home = rice([1], 200_000, round(6_570 / 0.5292))
    ban = Forbidden(Kind.DELIVERY, "11.01.01.2001", "11.01")
    problem = replace(problem, demands=home, forbidden=(ban,), rates=replace(problem.rates, paddy_rate=1_000))
    assert lots(problem).value == pytest.approx(4_050_000, rel=5e-3)
    met = lots(problem, hub_lot=40_000)
    assert met.value == pytest.approx(3_750_000, rel=5e-3)
    assert met.flows(Kind.DELIVERY).kg.tolist() == [40_000]
    assert lots(problem, hub_lot=46_000).value < met.value


def test_9_with_one_partner_only_the_better_buyer_is_served() -> None:
    problem = paddy([30_000], 6_600, 6_560, most=20_000)
    assert (lots(problem).value, lots(problem, partners=1).value) == (2_600_000, 2_000_000)
    signed = replace(problem, signed=(Signed(Kind.PADDY, TOWN, "11.02", 5_000, "K-1"),))
    kept = lots(signed, partners=1, hub_lot=10_000, link_cost=1_000)
    assert dict(
        zip(kept.flows(Kind.PADDY).buyers.tolist(), kept.flows(Kind.PADDY).kg.tolist(), strict=True)
    ).keys() == {"11.02"}
    assert (kept.value, kept.links) == (20_000 * 60 - 1_000, 1)
    banned = replace(problem, forbidden=(Forbidden(Kind.PADDY, TOWN, "11.01"),))
    assert lots(banned, partners=1).value == 1_200_000


def test_14_a_link_is_used_where_it_pays() -> None:
    small, large = (lots(paddy([kg], 6_540), link_cost=500_000) for kg in (10_000, 20_000))
    assert (small.value, small.links, small.gap_milli) == (0, 0, 0)
    assert (large.value, large.links, large.link_costs, large.gap_milli) == (300_000, 1, 500_000, 0)


@pytest.mark.parametrize("code", ["18.05", "32.03"])
def test_every_rule_is_kept_within_half_a_percent_of_the_bound(code: str) -> None:
    result = match_area(region(code))
    before = result.fingerprint()
    found = with_lots(result)
    assert 200 * found.gap_milli <= found.value_milli
    links, partners = 0, Counter[tuple[str, str]]()
    worth = 0
    for kind in Kind:
        flows = found.flows(kind)
        for seller, buyer, kg in zip(flows.sellers.tolist(), flows.buyers.tolist(), flows.kg.tolist(), strict=True):
            if seller == buyer:
                continue
            assert kg >= (10_000 if kind in {Kind.PADDY, Kind.DELIVERY, Kind.TRANSFER} else 2_000)
            side = "grower" if kind in {Kind.MILLING, Kind.PADDY} else "mill"
            partners[side, seller] += kind not in {Kind.TRANSFER, Kind.SUPPLY}
            links += 1
    worth = int((found.arcs.gains * found.kg).sum()) - 150_000_000 * links
    assert (found.links, found.value_milli) == (links, worth)
    assert all(number <= (3 if side == "grower" else 15) for (side, _), number in partners.items())
    assert result.fingerprint() == before
    assert found.value < result.value


def test_the_order_of_the_input_changes_no_byte() -> None:
    found = {with_lots(match_area(permuted(region("18.05"), seed))).fingerprint() for seed in range(2)}
    assert len(found) == 1


def test_without_rules_it_is_the_flow_itself() -> None:
    result = match_area(region("18.05"))
    free = with_lots(result, NONE)
    assert (free.value_milli, free.link_costs) == (result.value_milli, 0)


def exact(problem: AreaProblem, rules: LinkRules) -> int:
    """Give a value within 0.1 % of the best by a MILP over all pairs, written down from the rules alone."""
    network = Network(problem)
    everything(network)
    arcs = network.arcs()
    model = Quiet()
    model.setOptionValue("mip_rel_gap", 1e-3)
    inf = highspy.kHighsInf
    for most, gain in zip(arcs.most.tolist(), arcs.gains.tolist(), strict=True):
        model.addCol(-gain / 1000, 0.0, most, 0, [], [])
    for node, supply in enumerate(arcs.supplies.tolist()[:-1]):
        out, into = np.flatnonzero(arcs.tails == node), np.flatnonzero(arcs.heads == node)
        model.addRow(supply, supply, len(out) + len(into), np.append(out, into), [1.0] * len(out) + [-1.0] * len(into))
    leaving: dict[int, list[int]] = {}
    for kind in Kind:
        first = network.offset(kind)
        for arc in range(first, first + len(network.model[kind])):
            tail, head = int(arcs.tails[arc]), int(arcs.heads[arc])
            if network.code(tail) == network.code(head):
                continue
            used = model.getNumCol()
            model.addCol(rules.link_cost, 0.0, 1.0, 0, [], [])
            model.changeColIntegrality(used, highspy.HighsVarType.kInteger)
            model.addRow(0.0, inf, 2, [arc, used], [1.0, -float(rules.lot_of(kind))])
            model.addRow(-inf, 0.0, 2, [arc, used], [1.0, -float(problem.villages.paddy.sum())])
            if rules.partners_of(kind):
                leaving.setdefault(tail, []).append(used)
    for tail, links in leaving.items():
        limit = rules.partners if tail < network.layers.paddy.stop else rules.mill_partners
        model.addRow(-inf, float(limit), len(links), links, [1.0] * len(links))
    model.run()
    return round(-1000 * model.getObjectiveValue())


@settings(max_examples=10, deadline=None)
@given(problem=areas())
def test_no_plan_passes_the_bound_and_ours_is_a_plan(problem: AreaProblem) -> None:
    rules = LinkRules(lot=4_000, hub_lot=15_000, link_cost=400_000, partners=2, mill_partners=2)
    found, best = with_lots(match_area(problem), rules), exact(problem, rules)
    doubles = 10_000 + best // 10**6
    assert found.value_milli <= best + best // 900 + doubles
    assert best <= found.certificate.upper_bound + doubles


def test_rules_and_agreements_that_cannot_be_kept_are_named() -> None:
    with pytest.raises(InvalidInput) as unusable:
        with_lots(match_area(paddy([30_000], 6_600)), replace(NONE, lot=-1))
    assert unusable.value.code == "matching.unusable"
    some = made(
        villages(4, [0, 1_000, 1_000, 1_000], east=[0, 200, 400, 600]), mills([0], 9_000), rice([0], 9_000, 14_000)
    )
    signed = (Signed(Kind.RETAIL, TOWN, TOWN, 3_000, "K-1"),)
    with pytest.raises(Conflict) as refused:
        with_lots(match_area(replace(some, signed=signed)))
    assert refused.value.code == "matching.infeasible"
    assert "K-1" in str(refused.value.values["agreements"])


def test_a_result_that_breaks_a_rule_is_none() -> None:
    found = with_lots(match_area(region("18.05")))
    for rules in (replace(found.rules, lot=10**6), replace(found.rules, partners=1), replace(found.rules, link_cost=0)):
        with pytest.raises(Trouble):
            check_rules(replace(found, rules=rules))

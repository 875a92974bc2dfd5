"""What people see of a plan: figures reckoned by hand on a tiny one, and kilograms that balance on all others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from kdmp_core.matching import Goods, PartyKind, Point, Problem, RowKind, match
from kdmp_core.matching.effects import Alone, Measures, effects, fee_of, transport_of
from kdmp_core.matching.gains import rice_worth
from kdmp_core.matching.measures import concentration
from kdmp_core.matching.own import own_part
from kdmp_core.matching.paths import build
from kdmp_core.matching.views import legs, matrix, roles, streams
from tests.cianjur import cianjur
from tests.villages import buys, event, grows, mills, party, regency, row

FIVE = [regency(seed, villages=24) for seed in range(4)] + [cianjur()]
"""Four made events and the Cianjur sheet."""


def tiny() -> Problem:
    """A beside the paddy buyer X; B has the mill, beside the rice buyer Y, 10 km away; C asks too much, far off.

    A kilogram is worth 200 at X from A (190 from B), 300 at Y from B (290 from A): B fills its mill of 15 t and brings
    its other 5 t to X with the truck of A, where A sells its 30 t. C keeps 10 t.
    """
    village, buyer = PartyKind.KDMP, PartyKind.SOE
    east = [("A", village, 0), ("B", village, 8_993), ("C", village, 89_930), ("X", buyer, 0), ("Y", buyer, 8_993)]
    places = [party(key, at, kind, Point(0, 10_900_000 + away)) for at, (key, kind, away) in enumerate(east, 1)]
    rows = [
        grows("A", 30),
        row("A", RowKind.TRANSPORT_OFFER, 4),
        grows("B", 20),
        mills("B", 15, 300),
        row("B", RowKind.TRANSPORT_NEED, 8),
        grows("C", 10, 9_000),
        buys("X", 40, 6_700),
        buys("Y", 10, 14_200, Goods.MEDIUM),
    ]
    return event(rows, places)


def test_before_and_after_of_a_tiny_plan_are_what_a_person_reckons() -> None:
    result = match(tiny())
    seen = effects(tiny(), result)
    assert result.value == 15_000 * 300 + 5_000 * 190 + 30_000 * 200
    assert (seen.growers, seen.lot) == (3, 20_000)
    assert seen.plan == Measures(
        sold=50_000, served=2, gain_per_t=229_000,  # 11.45 million rupiah on 50 t
        lot_at_mill=15_000, lot_at_buyer=25_000,  # 15 t at B; 35 t at X and 15 t at Y
        near=2, reach=2, fewest=0,
        transport_per_t=1_000,  # 5 of 50 t go 10 km at 1 rupiah a kg
        milling_per_t=300_000, mill_use=10_000, truck_use=10_000,
        links=150,  # A with X; B with X and Y, its own mill is none
        sharing=2, short=0,
        concentration=6_250, one_buyer=5_000, largest=7_000,  # B: (15² + 5²) / 20²; X takes 35 of 50 t
        uncovered=1, left_out=1,
    )  # fmt: skip
    assert seen.greedy == replace(seen.plan, truck_use=None)  # here the best margin first finds the best plan
    assert seen.alone == Measures(
        sold=None, served=None, gain_per_t=0, lot_at_mill=20_000, lot_at_buyer=20_000,
        near=1, reach=1, fewest=0,  # A has X, B with its mill both, C none
        transport_per_t=None, milling_per_t=None, mill_use=10_000, truck_use=None,
        links=0, sharing=2, short=2,  # A and B both want the mill for all they have
        concentration=None, one_buyer=None, largest=None, uncovered=1, left_out=None,
    )  # fmt: skip
    assert seen.by_party[:2] == (
        Alone("A", 30_000 * 290_000, 15_000 * 290_000),  # A comes first and takes the mill
        Alone("B", 20_000 * 300_000, 0),
    )


def test_what_a_tiny_plan_is_for_each_party() -> None:
    result = match(tiny())
    seen = effects(tiny(), result)
    grower, buyer = own_part(result, seen, "B"), own_part(result, seen, "Y")
    assert [(flow.mill, flow.buyer, flow.kg_gkp) for flow in grower.sells] == [(None, "X", 5_000), ("B", "Y", 15_000)]
    assert [(lift.truck, lift.kg) for lift in grower.carried] == [("A", 4_000)]
    assert (grower.mills, grower.buys, grower.carries) == ((), (), ())
    assert [(flow.party, flow.kg_goods) for flow in buyer.buys] == [("B", 7_500)]
    assert (buyer.sells, buyer.standing, buyer.alone) == ((), None, None)
    assert [lift.kg for lift in own_part(result, seen, "A").carries] == [4_000]
    (left,) = own_part(result, seen, "C").left
    assert left.rest == 10_000


def test_one_buyer_is_all_and_two_alike_are_half() -> None:
    assert (concentration(25, 5), concentration(50, 10), concentration(0, 0)) == (10_000, 5_000, 0)


@pytest.mark.parametrize("problem", FIVE, ids=["0", "1", "2", "3", "cianjur"])
def test_kilograms_of_every_view_are_those_of_the_flows(problem: Problem) -> None:
    result = match(problem)
    flowing = streams(result)
    sold, offered = sum(flow.kg_gkp for flow in result.flows), sum(one.offered for one in result.standings)
    assert sum(one.kg for one in flowing) == offered == sold + sum(kept.kg for kept in result.kept)
    several = roles(problem, result)
    assert (sum(one.grows for one in several), sum(one.sells for one in several)) == (offered, sold)
    assert sum(one.buys for one in several) == sold
    milled = Counter({one.mill: one.kg for one in result.milled})
    assert {one.party: one.mills for one in several if one.mills} == +milled
    assert sum(one.carries for one in several) == result.transport.kg_carried

    cells = matrix(flowing)
    assert sum(cell.kg for cell in cells if cell.bought) == sold
    assert sum(cell.kg for cell in cells if not cell.bought) == milled.total()

    into, out = Counter[str](), Counter[str]()
    for leg in legs(flowing):
        into[leg.target] += leg.kg
        out[leg.source] += leg.kg
    for one in several:  # what comes in and was grown here goes out, was bought, or stays
        assert into[one.party] + one.grows == out[one.party] + one.buys + (one.grows - one.sells)

    together = streams(result, lambda party: party[:5])
    assert sum(one.kg for one in together) == offered
    seen = effects(problem, result)
    assert (seen.plan.sold, seen.plan.left_out) == (sold, sum(not one.sold for one in result.standings))
    assert sum(one.deliverable_milli for one in seen.by_party) // 1000 == pytest.approx(result.deliverable, abs=1)


def test_price_less_every_cost_is_what_a_grower_nets() -> None:
    problem = cianjur()
    ways = {path.rows: path for path in build(problem).paths}
    for flow in match(problem).flows:
        path = ways[flow.rows]
        worth = rice_worth(problem.parameters, flow.price) if flow.mill else 1000 * flow.price
        byproduct = 1000 * problem.parameters.byproduct if flow.mill else 0
        costs = transport_of(problem.parameters, path) + 1000 * fee_of(problem.parameters, path)
        assert worth + byproduct - costs == flow.net_per_t

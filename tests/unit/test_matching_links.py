"""Lots, link costs, limits on partners, shares and fairness: the instances of matching.md §5.1, and Cianjur."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdmp_core.errors import Conflict, InvalidInput, Trouble
from kdmp_core.matching import (
    CUSTOMARY,
    Commitment,
    Commitments,
    Detail,
    Goods,
    Lot,
    Parameters,
    Party,
    PartyKind,
    Pin,
    Point,
    Problem,
    Reason,
    ReasonCode,
    Result,
    fairness,
    match,
)
from kdmp_core.matching.certify import certify_gates
from kdmp_core.matching.gates import Gate, Group
from kdmp_core.matching.solve import Packing, Solution
from tests.cianjur import cianjur
from tests.unit.test_matching_properties import events
from tests.villages import SIMPLE, buys, event, grows, mills, party, shuffled

THOUSAND = 1_000
KILOMETRE = 899.32
"""Hundred-thousandths of a degree of longitude on the equator; by SIMPLE it costs one rupiah a kilogram."""


def at(key: str, number: int, kind: PartyKind, kilometres: int) -> Party:
    return party(key, number, kind, Point(0, 10_900_000 + round(KILOMETRE * kilometres)))


def tonnes(result: Result) -> dict[tuple[str, str], float]:
    sums = Counter[tuple[str, str]]()
    for flow in result.flows:
        sums[flow.party, flow.buyer] += flow.kg_gkp
    return {pair: kg / THOUSAND for pair, kg in sums.items()}


def reason(result: Result, owner: str) -> Reason:
    found = next(line.reason for line in result.outcomes if line.party == owner)
    assert found is not None
    return found


def test_7_a_hub_gathers_what_is_too_small_for_the_state_s_lot() -> None:
    rows = [*(grows(key, 20) for key in "ABC"), buys("X", 100, 6_600)]
    parameters = replace(SIMPLE, soe_lot=50 * THOUSAND)
    alone = match(event(rows, parameters=parameters))
    assert (alone.value, alone.flows) == (0, ())
    hub = party("H", 9, PartyKind.SECONDARY)
    contract = Commitments(lots=(Lot("H", 60 * THOUSAND),))
    joined = match(event([*rows, buys("H", 60, 6_580)], [hub], parameters, contract))
    assert joined.value == 4_800 * THOUSAND
    assert reason(alone, "A") == Reason(ReasonCode.LOT, Detail.BELOW_LOT, missing=30 * THOUSAND)


def test_8_a_lot_in_total_is_met_exactly_where_that_is_best() -> None:
    """A 30 t, B 15 t; X pays A 100 and B 40 with a lot of 40 t in all, Y pays both 70."""
    rows = [grows("A", 30), grows("B", 15), buys("X", 100, 6_600), buys("Y", 100, 6_600)]
    places = [at("A", 1, PartyKind.KDMP, 0), at("B", 2, PartyKind.KDMP, 60), at("X", 3, PartyKind.SOE, 0)]
    places.append(at("Y", 4, PartyKind.SOE, 30))
    lots = Commitments(lots=(Lot("X", 40 * THOUSAND),))
    apart = match(event(rows, places, commitments=lots))
    assert tonnes(apart) == {("A", "X"): 30, ("B", "X"): 10, ("B", "Y"): 5}
    assert apart.value == pytest.approx(3_750 * THOUSAND, rel=1e-4)
    assert match(event(rows, places)).value == pytest.approx(4_050 * THOUSAND, rel=1e-4)


def test_9_with_one_partner_only_the_better_buyer_is_served() -> None:
    rows = [grows("A", 30), buys("X", 20, 6_600), buys("Y", 20, 6_560)]
    result = match(event(rows, parameters=replace(SIMPLE, partners=1)))
    assert (result.value, result.gap_milli, result.links) == (2_000 * THOUSAND, 0, 1)
    assert reason(result, "A") == Reason(ReasonCode.PARTNER_LIMIT, Detail.PARTNERS_FULL, partners=1)
    one = match(event(rows, parameters=SIMPLE, commitments=Commitments(partners=(("A", 1),))))
    assert one.value == 2_000 * THOUSAND
    two = match(event(rows, parameters=replace(SIMPLE, partners=1), commitments=Commitments(partners=(("A", 2),))))
    assert two.value == 2_600 * THOUSAND


def test_9_a_mill_and_a_buyer_are_two_partners_and_the_own_mill_is_none() -> None:
    rows = [grows("A", 10), mills("M", 20, 300), buys("X", 20, 14_000, Goods.MEDIUM)]
    assert match(event(rows, parameters=replace(SIMPLE, partners=1))).flows == ()
    assert match(event(rows, parameters=replace(SIMPLE, partners=2))).value == 2_000 * THOUSAND
    own = [grows("A", 10), mills("A", 20, 300), rows[2]]
    assert match(event(own, parameters=replace(SIMPLE, partners=1))).value == 2_000 * THOUSAND


def test_12_half_of_every_offer_costs_what_it_costs() -> None:
    second = at("B", 2, PartyKind.KDMP, 10)
    rows = [grows("A", 10), grows("B", 10), buys("X", 10, 6_600)]
    free = match(event(rows, [at("X", 3, PartyKind.SOE, 0), at("A", 1, PartyKind.KDMP, 0), second]))
    assert free.value == 1_000 * THOUSAND
    shared = match(
        event(
            rows,
            [at("X", 3, PartyKind.SOE, 0), at("A", 1, PartyKind.KDMP, 0), second],
            replace(SIMPLE, fairness_percent=50),
        )
    )
    assert shared.value == pytest.approx(950 * THOUSAND, rel=1e-3)
    assert tonnes(shared) == {("A", "X"): 5, ("B", "X"): 5}
    assert [
        percent
        for percent, _ in fairness(
            event(rows, [at("X", 3, PartyKind.SOE, 0), at("A", 1, PartyKind.KDMP, 0), second]), (0, 25, 75)
        )
    ] == [0, 25, 50]
    with pytest.raises(Conflict) as refused:
        match(
            event(
                rows,
                [at("X", 3, PartyKind.SOE, 0), at("A", 1, PartyKind.KDMP, 0), second],
                replace(SIMPLE, fairness_percent=51),
            )
        )
    assert (refused.value.code, refused.value.values) == ("matching.unfair", {"percent": 51, "most": 50})


@pytest.mark.parametrize(("offered", "value"), [(10, 0), (20, 300)])
def test_14_a_link_is_made_only_where_it_pays(offered: int, value: int) -> None:
    rows = [grows("A", offered), buys("X", 40, 6_540)]
    result = match(event(rows, parameters=replace(SIMPLE, link_cost=500 * THOUSAND)))
    assert (result.value, result.gap_milli) == (value * THOUSAND, 0)
    if not value:
        assert reason(result, "A").detail is Detail.LINK_TOO_DEAR


def test_one_buyer_takes_more_than_its_soft_share_only_where_nothing_else_pays() -> None:
    parameters = replace(SIMPLE, share_percent=70)
    near = match(event([grows("A", 10), buys("X", 20, 6_600), buys("Y", 20, 6_595)], parameters=parameters))
    assert tonnes(near) == {("A", "X"): 7, ("A", "Y"): 3}
    far = match(event([grows("A", 10), buys("X", 20, 6_600), buys("Y", 20, 6_550)], parameters=parameters))
    assert tonnes(far) == {("A", "X"): 10}
    assert far.value == 1_000 * THOUSAND


def test_what_was_signed_or_pinned_stays_below_the_lot_and_beyond_the_limit_on_partners() -> None:
    rows = [grows("A", 30), buys("X", 20, 6_600), buys("Y", 20, 6_560), buys("Z", 20, 6_510)]
    settled = Commitments(signed=(Commitment("K-1", "A", "Z", 500),), pinned=(Pin("A", "Y", 1_000),))
    result = match(event(rows, parameters=replace(SIMPLE, partners=1, lot=2_000, soe_lot=2_000), commitments=settled))
    flows = tonnes(result)
    assert flows["A", "Z"] >= 0.5
    assert flows["A", "Y"] >= 1
    assert ("A", "X") not in flows


def test_a_pin_is_at_least_or_exactly_what_was_said() -> None:
    rows = [grows("A", 10), buys("X", 20, 6_600), buys("Y", 20, 6_560)]
    least = match(event(rows, commitments=Commitments(pinned=(Pin("A", "Y", 4_000, Goods.GKP),))))
    assert tonnes(least) == {("A", "X"): 6, ("A", "Y"): 4}
    exact = match(event(rows, commitments=Commitments(pinned=(Pin("A", "X", 3_000, exact=True),))))
    assert tonnes(exact) == {("A", "X"): 3, ("A", "Y"): 7}
    assert exact.gap_milli == 0


def test_an_infeasible_pin_is_named_with_the_capacity_it_breaks() -> None:
    rows = [grows("A", 10), grows("B", 10), buys("X", 5, 6_600)]
    settled = Commitments(pinned=(Pin("A", "X", 4_000), Pin("B", "X", 4_000)))
    with pytest.raises(Conflict) as refused:
        match(event(rows, commitments=settled))
    assert refused.value.code == "matching.pinned_infeasible"
    assert refused.value.values["capacities"] == "X-market_offer-gkp"
    assert ">X:-" in str(refused.value.values["promises"])


def test_a_changed_quantity_counts_as_if_it_had_been_written() -> None:
    rows = [grows("A", 10), buys("X", 20, 6_600)]
    problem = event(rows, commitments=Commitments(quantities=((rows[0].key, 4_000),)))
    result = match(problem)
    assert result.value == 400 * THOUSAND
    assert next(line.kg for line in result.outcomes if line.row == rows[0].key) == 4_000
    assert problem.rows[0].kg == 10_000


@pytest.mark.parametrize(
    ("settled", "code"),
    [
        (Commitments(pinned=(Pin("A", "nobody", 1),)), "matching.party_unknown"),
        (Commitments(pinned=(Pin("A", "X", 0),)), "matching.quantity"),
        (Commitments(pinned=(Pin("A", "X", 1), Pin("A", "X", 2))), "matching.pin_twice"),
        (Commitments(pinned=(Pin("A", "X", 1),), forbidden=frozenset({("X", "A")})), "matching.pin_forbidden"),
        (Commitments(quantities=(("no row", 5),)), "matching.row_unknown"),
        (Commitments(quantities=(("A-production_offer-gkp", -5),)), "matching.quantity"),
        (Commitments(partners=(("A", -1),)), "matching.rule"),
        (Commitments(lots=(Lot("nobody", 1_000),)), "matching.party_unknown"),
    ],
)
def test_what_cannot_be_decided_is_refused_by_name(settled: Commitments, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        match(event([grows("A", 10), buys("X", 10, 6_600)], commitments=settled))
    assert {fault.code for fault in refused.value.problems} == {code}


@pytest.mark.parametrize("rule", [{"lot": -1}, {"partners": -1}, {"fairness_percent": 101}, {"share_percent": -1}])
def test_rules_outside_their_bounds_are_refused(rule: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        match(event([grows("A", 10), buys("X", 10, 6_600)], parameters=replace(SIMPLE, **rule)))


LINKED = st.fixed_dictionaries(
    {
        "lot": st.sampled_from([0, 2_000, 15_000]),
        "soe_lot": st.sampled_from([0, 10_000, 40_000]),
        "partners": st.integers(0, 3),
        "link_cost": st.sampled_from([0, 150_000, 2_000_000]),
        "share_percent": st.sampled_from([70, 100]),
    }
)


@given(events(), LINKED)
def test_with_rules_every_link_keeps_them_and_the_bound_stands_above_the_value(
    problem: Problem, rules: dict[str, int]
) -> None:
    plain = match(problem)
    result = match(replace(problem, parameters=replace(problem.parameters, **rules)))
    kind = {one.key: one.kind for one in problem.parties}
    links, partners = Counter[tuple[str, str]](), Counter[str]()
    for flow in result.flows:
        for other in {flow.mill, flow.buyer} - {None, flow.party}:
            links[flow.party, str(other)] += flow.kg_gkp
    for (owner, other), kg in links.items():
        lot = rules["soe_lot"] if kind[other] is PartyKind.SOE and rules["soe_lot"] else rules["lot"]
        assert kg >= lot
        partners[owner] += 1
    assert not rules["partners"] or all(count <= rules["partners"] for count in partners.values())
    assert 0 <= result.value_milli <= plain.value_milli
    assert result.gap_milli >= 0
    gains = sum(flow.kg_gkp * flow.gain_per_t for flow in result.flows)
    assert result.value_milli == gains - 1000 * rules["link_cost"] * len(links)
    assert sum(standing.value_milli for standing in result.standings) == result.value_milli
    assert all((line.rest > 1) <= (line.reason is not None) for line in result.outcomes)


@given(events(), LINKED, st.integers(0, 99))
def test_with_rules_too_the_order_of_rows_changes_no_byte(problem: Problem, rules: dict[str, int], seed: int) -> None:
    ruled = replace(problem, parameters=replace(problem.parameters, **rules))
    assert match(shuffled(ruled, seed)).to_json() == match(ruled).to_json()


@given(events(), st.integers(0, 100))
def test_with_fairness_everyone_who_can_sells_his_share(problem: Problem, percent: int) -> None:
    most = fairness(problem, ())[-1][0]
    ruled = replace(problem, parameters=replace(problem.parameters, fairness_percent=percent))
    if percent > most:
        with pytest.raises(Conflict):
            match(ruled)
        return
    result, plain = match(ruled), match(problem)
    assert result.value_milli <= plain.value_milli
    served = {flow.party for flow in plain.flows}
    assert all(100 * one.sold >= percent * one.offered for one in result.standings if one.party in served)


@given(events(), st.data())
def test_a_pin_is_kept_or_refused_by_name(problem: Problem, data: st.DataObject) -> None:
    plain = match(problem)
    if not plain.flows:
        return
    flow = data.draw(st.sampled_from(plain.flows))
    pin = Pin(flow.party, flow.buyer, data.draw(st.integers(1, 80_000)), Goods.GKP if flow.mill is None else None)
    pinned = replace(problem, commitments=Commitments(pinned=(pin,)))
    try:
        result = match(pinned)
    except Conflict as refused:
        assert pin.key in str(refused.values["promises"])  # noqa: PT017
        return
    assert result.value_milli <= plain.value_milli
    held = [one for one in result.flows if (one.party, one.buyer) == (flow.party, flow.buyer)]
    assert sum(one.kg_gkp for one in held) >= pin.kg


def test_a_filling_that_breaks_a_gate_or_a_group_is_caught() -> None:
    packing = Packing(gains=(5, 4), touches=((0,), (1,)), most=(10, 10), least=(0, 0))
    gates = [Gate((0,), 4, 10, 7), Gate((1,), 4, 10, 7)]
    prices = (5 * 5040, 4 * 5040)
    honest = certify_gates(packing, gates, [], Solution((10, 10), prices), ())
    assert (honest.value, honest.upper_bound) == (90 - 14, 90)
    with pytest.raises(Trouble):
        certify_gates(packing, gates, [], Solution((3, 10), prices), ())
    with pytest.raises(Trouble):
        certify_gates(packing, gates, [Group((0, 1), 1)], Solution((10, 10), prices), (0,))
    spread = certify_gates(packing, gates, [Group((0, 1), 1)], Solution((10, 0), prices), (40,))
    assert spread.upper_bound >= spread.value == 43


def test_on_cianjur_the_customary_rules_cost_next_to_nothing_and_are_proven_to_half_a_percent() -> None:
    problem = cianjur()
    plain = match(problem)
    ruled = replace(problem, parameters=replace(Parameters(), **CUSTOMARY, link_cost=150_000, fairness_percent=15))
    result = match(ruled)
    assert result.gap_milli <= result.value_milli // 200
    assert 0.99 * plain.value < result.value < plain.value
    assert max(standing.partners for standing in result.standings) <= 3
    assert all(100 * standing.sold >= 15 * standing.offered for standing in result.standings)

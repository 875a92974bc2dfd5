"""The Cianjur sheet, figure for figure (matching.md; tests/data/cianjur_expected.json)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from kdmp_core.matching import Detail, Goods, LimitKind, Parameters, Reason, ReasonCode, Result, RowKind, match
from tests.cianjur import cianjur, expected
from tests.villages import shuffled

PROBLEM = cianjur()
NUMBER = {party.key: party.number for party in PROBLEM.parties}
KEY = {party.number: party.key for party in PROBLEM.parties}
EXPECTED: dict[str, Any] = expected()
GOODS = EXPECTED["goods"]
NAMES = {"GKP": Goods.GKP, "Beras medium": Goods.MEDIUM, "Beras premium": Goods.PREMIUM}
REASONS = {
    "angkutan": ReasonCode.TRANSPORT,
    "data": ReasonCode.DATA,
    "harga": ReasonCode.PRICE,
    "kapasitas": ReasonCode.CAPACITY,
    "pasokan": ReasonCode.SUPPLY,
}
KINDS = {
    "distribusi Kebutuhan": RowKind.TRANSPORT_NEED,
    "pemasaran Kebutuhan": RowKind.MARKET_NEED,
    "pemasaran Potensi": RowKind.MARKET_OFFER,
    "pengolahan Kebutuhan": RowKind.MILLING_NEED,
    "produksi Potensi": RowKind.PRODUCTION_OFFER,
}


@pytest.fixture(scope="module")
def result() -> Result:
    return match(PROBLEM)


def test_the_value_is_proven_best_to_the_rupiah(result: Result) -> None:
    assert result.value == GOODS["V_optimum_rp"]
    assert result.value_milli == GOODS["V_exact_milli_rp"]
    assert result.upper_bound_milli == GOODS["upper_bound_milli_rp"]
    assert result.gap_milli == 0
    assert result.baseline == EXPECTED["parameters"]["f_rp_per_kg_gkp"]


def test_all_admissible_paths_are_in_the_model(result: Result) -> None:
    assert (result.paths_admissible, result.paths_with_gain) == (GOODS["paths_admissible"], GOODS["paths_with_gain"])


def test_what_hands_reach_stands_beside_it(result: Result) -> None:
    assert result.best_margin == GOODS["V_best_margin_greedy_rp"]
    assert result.nearest == GOODS["V_nearest_first_rp"]
    assert result.promised == GOODS["everyone_his_best"]["promised_rp"]
    assert result.deliverable == GOODS["everyone_his_best"]["deliverable_in_party_order_rp"]


def test_every_buyer_takes_what_is_expected_and_ties_stay_in_their_range(result: Result) -> None:
    sold = {(NUMBER[line.buyer], line.goods): line for line in result.sold}
    assert len(sold) == len(GOODS["sold_kg_goods"])
    loose = EXPECTED["tolerance"]["loose_buyers_min_max_kg_gkp"]
    for name, kg in GOODS["sold_kg_gkp_equivalent"].items():
        number, goods = name.split(" ", 1)
        line = sold[int(number), NAMES[goods]]
        least, most = loose.get(name, (kg, kg))
        assert least <= line.kg_gkp <= most, name
        if name not in loose:
            assert line.kg_goods == GOODS["sold_kg_goods"][name]
    for goods, kg in GOODS["sold_kg_gkp_equivalent_by_goods"].items():
        assert sum(line.kg_gkp for line in result.sold if line.goods is NAMES[goods]) == kg


def test_every_mill_is_full_and_every_party_mills_what_is_expected(result: Result) -> None:
    assert {str(NUMBER[line.mill]): line.kg for line in result.milled} == GOODS["milled_kg_gkp_per_mill"]
    assert all(line.kg == line.capacity for line in result.milled)
    milled = Counter[str]()
    for flow in result.flows:
        milled[str(NUMBER[flow.party])] += flow.kg_gkp if flow.mill else 0
    assert dict(milled) == GOODS["milled_kg_gkp_per_party"]
    assert sum(milled.values()) == GOODS["milled_kg_gkp_total"]


def test_flows_that_are_no_tie_are_the_expected_ones(result: Result) -> None:
    found = {
        (NUMBER[flow.party], flow.mill and NUMBER[flow.mill], NUMBER[flow.buyer], flow.goods): flow
        for flow in result.flows
    }
    loose = {
        (party, mill, buyer, NAMES[goods]): (least, most)
        for party, mill, buyer, goods, least, most in EXPECTED["tolerance"]["loose_flows"]
    }
    for party, mill, buyer, goods, kg, gain in GOODS["every_flow"]:
        key = (party, mill, buyer, NAMES[goods])
        if key not in loose:
            assert (found[key].kg_gkp, found[key].gain_per_t) == (kg, gain)
    for key, flow in found.items():
        least, most = loose.get(key, (flow.kg_gkp, flow.kg_gkp))
        assert least <= flow.kg_gkp <= most
    assert len({key[0] for key in found}) == GOODS["parties_served"]
    for party, mill, buyer, goods, kg, gain in GOODS["top5_unique_flows"]:
        flow = found[party, mill, buyer, NAMES[goods]]
        assert (flow.kg_gkp, flow.gain_per_t) == (kg, gain)


def test_nothing_is_kept(result: Result) -> None:
    assert sum(line.kg for line in result.kept) == GOODS["kept_kg"]
    assert sum(flow.kg_gkp for flow in result.flows) == EXPECTED["sheet_totals_kg"]["paddy offered"]


def test_the_value_of_one_more_tonne_is_known_for_every_mill(result: Result) -> None:
    shadows = {f"mill {NUMBER[line.party]}": line.rp_per_t for line in result.shadows if line.kind is LimitKind.MILL}
    assert shadows == GOODS["shadow_rp_per_t_gkp"]


def test_bilateral_pairs_come_out_of_the_milling_flows(result: Result) -> None:
    pairs = sorted(sorted((NUMBER[pair.mill], NUMBER[pair.party])) for pair in result.pairs)
    assert pairs == GOODS["bilateral_pairs_by_milling"]


def test_every_row_ends_in_a_flow_or_in_exactly_one_reason(result: Result) -> None:
    assert sorted(line.row for line in result.outcomes) == sorted(row.key for row in PROBLEM.rows)
    unmet = EXPECTED["unmet"]
    codes = Counter(line.reason.code for line in result.outcomes if line.reason)
    assert codes == {REASONS[name]: count for name, count in unmet["rows_by_reason"].items()}
    assert sum(line.reason is None for line in result.outcomes) == unmet["rows_fully_met"]
    assert all(line.met + line.rest == line.kg for line in result.outcomes)


@pytest.mark.parametrize("name", sorted(EXPECTED["unmet"]["by_kind"]))
def test_the_reasons_of_each_field_hold_the_expected_kilograms(result: Result, name: str) -> None:
    found = Counter[str]()
    names = {code: word for word, code in REASONS.items()}
    for line in result.outcomes:
        if line.kind is KINDS[name] and line.reason:
            found[names[line.reason.code]] += 1
            found["kg_" + names[line.reason.code]] += line.rest
    assert found == EXPECTED["unmet"]["by_kind"][name]


def test_a_reason_names_what_would_free_it(result: Result) -> None:
    by_row = {line.row: line.reason for line in result.outcomes}
    asks_too_much = by_row["r004"]
    assert asks_too_much == Reason(ReasonCode.PRICE, Detail.ASK_ABOVE_BUYERS, offered=13_300, ask=13_500)
    bulog_rice = by_row["r124"]
    assert bulog_rice is not None
    assert (bulog_rice.code, bulog_rice.offered) == (ReasonCode.PRICE, 12_000)
    assert bulog_rice.break_even is not None
    assert bulog_rice.break_even > 12_283  # the break-even at f without any haul
    rancagoong = by_row["r012"]
    assert rancagoong is not None
    assert {(full.kind, NUMBER[full.party], full.rp_per_t) for full in rancagoong.full} == {
        (LimitKind.MILL, 2, 154_723)
    }
    for line in result.outcomes:
        if line.reason and line.reason.code is ReasonCode.CAPACITY:
            assert line.reason.full, line.row


def test_paid_at_its_break_even_price_the_unprofitable_rice_gains(result: Result) -> None:
    reason = next(line.reason for line in result.outcomes if line.row == "r124")
    assert reason is not None
    even = reason.break_even
    assert even is not None

    def best_gain(price: int) -> int:
        rows = tuple(replace(row, price=price) if row.key == "r124" else row for row in PROBLEM.rows)
        alone = tuple(row for row in rows if row.kind is not RowKind.MARKET_OFFER or row.key == "r124")
        return match(replace(PROBLEM, rows=alone)).value

    assert best_gain(even + 1) > 0
    assert best_gain(even - 1) == 0


def test_the_scarce_trucks_carry_all_they_can_with_the_least_empty_way(result: Result) -> None:
    transport, wanted = result.transport, EXPECTED["transport"]
    assert transport.proven
    assert transport.loads == wanted["loads"]
    assert transport.kg_to_lift == wanted["kg_to_lift"]
    assert transport.kg_offered == wanted["offered_kg"]
    assert transport.kg_asked == wanted["asked_kg"]
    assert transport.kg_carried == wanted["carried_kg"]
    assert transport.empty_kg_metres == wanted["empty_kg_m"]
    used = Counter[str]()
    for lift in transport.lifts:
        used[str(NUMBER[lift.truck])] += lift.kg
        assert lift.empty_metres <= EXPECTED["parameters"]["radius_m"]["truck home to origin of the load"]
        assert lift.trips == -(-lift.kg // 4_000)
    assert used == wanted["used_kg_per_truck_party"]


@pytest.mark.parametrize(("baseline", "value"), sorted(EXPECTED["sensitivity"]["V_at_f_rp"].items()))
def test_the_value_moves_with_its_baseline(baseline: str, value: int) -> None:
    assert match(cianjur(int(baseline))).value == value


def test_unbound_market_rows_bring_what_was_measured() -> None:
    unbound = match(cianjur(parameters=Parameters(market_rows_bind=False)))
    assert unbound.value == EXPECTED["sensitivity"]["V_if_market_rows_do_not_bind_rp"]


def test_rows_in_any_order_give_the_same_bytes(result: Result) -> None:
    content = result.to_json()
    assert all(match(shuffled(PROBLEM, seed)).to_json() == content for seed in range(20))


def test_a_result_survives_its_own_bytes(result: Result) -> None:
    again = Result.from_json(result.to_json())
    assert again == result
    assert again.to_json() == result.to_json()
    assert not _fractions(json.loads(result.to_json()))


def _fractions(value: object) -> list[float]:
    if isinstance(value, dict):
        return [found for item in value.values() for found in _fractions(item)]
    if isinstance(value, list):
        return [found for item in value for found in _fractions(item)]
    return [value] if isinstance(value, float) else []


def test_each_flow_tells_what_else_was_possible(result: Result) -> None:
    for flow in result.flows:
        assert len(flow.alternatives) <= 2
        assert all(other.full for other in flow.alternatives if other.net_per_t > flow.net_per_t)
        assert flow.net_per_t == flow.gain_per_t + 1000 * result.baseline
    munjul = next(flow for flow in result.flows if flow.party == KEY[6])
    assert munjul.alternatives[0].mill == KEY[15]


def test_no_flow_goes_to_bulog_rice_and_none_below_the_floor(result: Result) -> None:
    assert all(flow.goods is Goods.GKP for flow in result.flows if NUMBER[flow.buyer] == 33)
    assert all(flow.price >= 6_500 for flow in result.flows if flow.goods is Goods.GKP)

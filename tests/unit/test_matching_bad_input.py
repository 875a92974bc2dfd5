"""What matching refuses by name, what it reads in a named way, and what it never does silently."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from kdmp_core.errors import InvalidInput, TooLarge
from kdmp_core.matching import (
    Commitment,
    Commitments,
    Detail,
    Goods,
    LimitKind,
    Parameters,
    PartyKind,
    Problem,
    ReasonCode,
    Result,
    Row,
    RowKind,
    match,
)
from kdmp_core.matching import network as network_room
from kdmp_core.texts import catalogue, has, text
from tests.villages import HERE, SIMPLE, buys, event, grows, mills, party, row, wishes


def faults(problem: Problem) -> set[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        match(problem)
    assert refused.value.code == "matching.unusable"
    return {(fault.code, fault.place) for fault in refused.value.problems}


def details(result: Result) -> dict[str, str]:
    return {line.row: line.reason.detail for line in result.outcomes if line.reason}


@pytest.mark.parametrize("kg", [0, -1, -10_000, 100_000_001, 10**18])
def test_a_negative_zero_or_absurd_quantity_is_refused_by_its_row(kg: int) -> None:
    bad = replace(grows("A", 1), kg=kg)
    assert faults(event([bad, buys("X", 1, 6_600)])) == {("matching.quantity", bad.key)}


@pytest.mark.parametrize("price", [0, -6_500, 1_000_001])
def test_a_negative_zero_or_absurd_price_is_refused_by_its_row(price: int) -> None:
    bad = buys("X", 1, price)
    assert faults(event([grows("A", 1), bad])) == {("matching.price", bad.key)}


def test_a_negative_fee_is_refused_so_that_no_mill_pays_for_milling() -> None:
    bad = mills("M", 10, -5_000)
    assert faults(event([grows("A", 1), bad, buys("X", 1, 13_000, Goods.MEDIUM)])) == {("matching.price", bad.key)}


def test_all_faults_are_named_at_once() -> None:
    first, second = replace(grows("A", 1), kg=0), replace(grows("B", 1), party="nobody")
    problem = event([first, buys("X", 1, 0)])
    problem = replace(problem, rows=(*problem.rows, second, second), baseline=0)
    assert faults(problem) == {
        ("matching.quantity", first.key),
        ("matching.price", "X-market_offer-gkp"),
        ("matching.party_unknown", second.key),
        ("matching.row_twice", second.key),
        ("matching.price", "baseline"),
    }


@pytest.mark.parametrize("kg", [0, -5, 10**12])
def test_an_absurd_agreement_is_refused(kg: int) -> None:
    signed = Commitments((Commitment("K-1", "A", "X", kg), Commitment("K-2", "A", "nobody", 1_000)))
    problem = event([grows("A", 1), buys("X", 1, 6_600)], commitments=signed)
    assert faults(problem) == {("matching.quantity", "K-1"), ("matching.party_unknown", "K-2")}


@pytest.mark.parametrize(
    "parameters",
    [
        replace(SIMPLE, rho=Fraction(0)),
        replace(SIMPLE, rho=Fraction(-1, 2)),
        replace(SIMPLE, rho=Fraction(3, 2)),
        replace(SIMPLE, paddy_rate=-1),
        replace(SIMPLE, load=-40_000),
        replace(SIMPLE, road_factor=Fraction(1, 2)),
        replace(SIMPLE, truck_payload=0),
    ],
)
def test_a_reference_table_that_makes_money_by_driving_is_refused(parameters: Parameters) -> None:
    assert faults(event([grows("A", 1), buys("X", 1, 6_600)], parameters=parameters))


def test_two_who_buy_dearer_from_each_other_than_they_sell_are_no_free_lunch() -> None:
    """Both offer paddy and buy paddy far above it; round and round it would gain without end."""
    parties = [party("A", 1, PartyKind.EXISTING), party("B", 2, PartyKind.EXISTING)]
    rows = [grows("A", 10), grows("B", 10), buys("A", 1_000, 9_000), buys("B", 1_000, 9_000)]
    result = match(event(rows, parties))
    assert result.value == 2 * 10_000 * 2_500
    assert sum(flow.kg_gkp for flow in result.flows) == 20_000


def test_a_party_never_sells_to_itself() -> None:
    rows = [grows("A", 10), buys("A", 10, 9_000)]
    result = match(event(rows, [party("A", 1, PartyKind.EXISTING)]))
    assert result.flows == ()
    assert details(result) == {rows[0].key: "nobody_takes", rows[1].key: "nobody_offers"}


def test_a_party_never_sells_its_rice_to_its_own_outlet() -> None:
    outlet = replace(buys("A", 100, 14_000, Goods.MEDIUM), confirmed=True)
    result = match(event([grows("A", 10), mills("M", 100, 300), outlet]))
    assert result.flows == ()
    assert details(result)[outlet.key] == "nobody_offers"


def test_paddy_without_gain_is_kept() -> None:
    result = match(event([grows("A", 10), buys("X", 10, 6_500)]))
    assert (result.flows, [kept.kg for kept in result.kept]) == ((), [10_000])
    assert set(details(result).values()) == {"no_gain"}


def test_a_party_never_lifts_its_own_load_by_need() -> None:
    rows = [grows("A", 10), buys("X", 10, 6_900), row("A", RowKind.TRANSPORT_NEED, 5)]
    rows.append(row("A", RowKind.TRANSPORT_OFFER, 5))
    far = party("X", 9, PartyKind.SOE, replace(HERE, longitude=HERE.longitude + 5_000))
    result = match(event(rows, [far]))
    assert result.transport.lifts == ()
    assert result.transport.kg_to_lift == 10_000
    assert details(result)["A-transport_need-"] == "no_truck_left"
    assert details(result)["A-transport_offer-"] == "idle_truck"


def test_an_event_without_rows_is_an_empty_plan() -> None:
    result = match(Problem((), (), 6_300))
    assert (result.value, result.flows, result.outcomes, result.gap_milli) == (0, (), (), 0)
    assert Result.from_json(result.to_json()) == result


def test_an_empty_side_leaves_each_row_with_its_reason() -> None:
    sellers = [grows("A", 10), wishes("A", 2, Goods.MEDIUM), row("A", RowKind.MILLING_NEED, 5)]
    assert set(details(match(event(sellers))).values()) == {"nobody_takes"}
    takers = [buys("X", 10, 6_600), buys("X", 10, 13_000, Goods.MEDIUM), mills("M", 5)]
    assert set(details(match(event(takers))).values()) == {"nobody_offers"}


def test_a_need_without_paddy_of_its_own_says_so() -> None:
    rows = [wishes("A", 2, Goods.MEDIUM), row("A", RowKind.MILLING_NEED, 5), buys("X", 9, 13_000, Goods.MEDIUM)]
    found = details(match(event([*rows, mills("M", 9), grows("B", 1)])))
    assert (found[rows[0].key], found[rows[1].key]) == ("nothing_of_own", "nothing_of_own")


def test_a_party_nobody_can_place_keeps_its_rows_out_and_says_so() -> None:
    rows = [grows("A", 10), buys("X", 10, 6_600)]
    result = match(event(rows, [party("A", 1, point=None)]))
    assert details(result) == {rows[0].key: "no_place", rows[1].key: "nobody_offers"}


def test_a_partner_out_of_reach_is_called_too_far() -> None:
    rows = [grows("A", 10), buys("X", 10, 6_900)]
    far = party("X", 2, PartyKind.SOE, replace(HERE, longitude=HERE.longitude + 200_000))
    assert set(details(match(event(rows, [far]))).values()) == {"too_far"}


def test_rice_is_no_production_here_and_a_buyer_without_price_is_asked() -> None:
    rice = row("A", RowKind.PRODUCTION_OFFER, 5, Goods.MEDIUM)
    unknown = replace(grows("B", 5), goods=None)
    silent = replace(buys("X", 5, 1), price=None)
    need = row("A", RowKind.PRODUCTION_NEED, 5, Goods.GKP)
    found = details(match(event([rice, unknown, silent, need])))
    assert found == {rice.key: "goods", unknown.key: "goods", silent.key: "no_price", need.key: "not_matched"}


def test_an_own_outlet_buys_from_others_only_once_confirmed_with_a_price() -> None:
    outlet = buys("B", 100, 14_000, Goods.MEDIUM)
    rows = [grows("A", 10), mills("M", 100, 300), outlet]
    closed = match(event(rows))
    assert closed.value == 0
    assert details(closed)[outlet.key] == "own_outlet"
    opened = match(event([*rows[:2], replace(outlet, confirmed=True)]))
    assert opened.value == 10_000 * 200
    unpriced = match(event([*rows[:2], replace(outlet, confirmed=True, price=None)]))
    assert details(unpriced)[outlet.key] == "no_price"


def test_more_paths_than_an_event_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_room, "MOST_PATHS", 3)
    rows: list[Row] = [grows("A", 1), grows("B", 1), buys("X", 1, 6_600), buys("Y", 1, 6_600)]
    with pytest.raises(TooLarge) as refused:
        match(event(rows))
    assert refused.value.code == "matching.too_large"


@pytest.mark.parametrize("detail", list(Detail))
def test_every_detail_has_its_sentence(detail: Detail) -> None:
    assert text(f"matching.why.{detail}", offered="1", break_even="2", full="gilingan X", missing="3", partners="4")


def test_every_reason_limit_and_refusal_has_its_words() -> None:
    assert all(has(f"matching.reason.{code}") for code in ReasonCode)
    assert all(has(f"matching.limit.{kind}") for kind in LimitKind if kind is not LimitKind.AGREEMENT)
    refusals = [key for key in catalogue("id") if key.startswith("errors.matching.")]
    assert refusals
    assert all(has(key, "en") for key in refusals)

"""The instances of matching.md §5.1 by their numbers; those of lots, partners, fairness and links are in `_links`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from kdmp_core.errors import Conflict
from kdmp_core.matching import (
    Commitment,
    Commitments,
    Goods,
    LimitKind,
    Parameters,
    Party,
    PartyKind,
    Point,
    ReasonCode,
    Result,
    match,
)
from tests.villages import SIMPLE, buys, event, grows, mills, party

THOUSAND = 1_000


def worth(result: Result, kind: LimitKind, owner: str) -> int:
    return sum(line.rp_per_t for line in result.shadows if (line.kind, line.party) == (kind, owner))


def test_1_one_seller_one_buyer() -> None:
    result = match(event([grows("A", 10), buys("X", 10.001, 6_550)]))
    assert result.value == 500 * THOUSAND
    assert worth(result, LimitKind.SUPPLY, "A") == 50_000
    assert result.gap_milli == 0


def test_2_a_loss_is_not_sold_and_its_break_even_is_named() -> None:
    parameters = replace(SIMPLE, paddy_floor=6_000)
    result = match(event([grows("A", 10), buys("X", 10, 6_480)], parameters=parameters))
    assert (result.value, result.flows) == (0, ())
    for line in result.outcomes:
        assert line.reason is not None
        assert (line.reason.code, line.reason.break_even) == (ReasonCode.PRICE, 6_500)


def places() -> list[Party]:
    """A and X at one place, B 20 km and Y 10 km away on either side: AX 100, AY 90, BX 80 Rp/kg, BY too far."""
    village, buyer = PartyKind.KDMP, PartyKind.SOE
    east = [("A", village, 0), ("B", village, 17_986), ("X", buyer, 0), ("Y", buyer, -8_993)]
    return [party(key, at, kind, Point(0, 10_900_000 + away)) for at, (key, kind, away) in enumerate(east)]


def test_3_the_best_plan_gives_the_best_pair_up_where_greedy_takes_it() -> None:
    rows = [grows("A", 10), grows("B", 10), buys("X", 10, 6_600), buys("Y", 10, 6_600)]
    result = match(event(rows, places(), replace(SIMPLE, paddy_radius=25_000)))
    assert result.value == pytest.approx(1_700 * THOUSAND, abs=20)
    assert result.best_margin == pytest.approx(1_000 * THOUSAND, abs=20)
    assert result.gap_milli == 0


def test_4_the_second_buyer_sets_the_price_of_one_more_tonne() -> None:
    result = match(event([grows("A", 30), buys("X", 20, 6_600), buys("Y", 20, 6_560)]))
    assert result.value == 2_600 * THOUSAND
    assert worth(result, LimitKind.SUPPLY, "A") == 60_000
    assert worth(result, LimitKind.BUYER, "X") == 40_000
    assert worth(result, LimitKind.BUYER, "Y") == 0


def test_5_a_full_mill_is_worth_what_milling_adds() -> None:
    rows = [grows("A", 10), grows("B", 10), mills("M", 12, 300), buys("X", 100, 14_000, Goods.MEDIUM)]
    result = match(event([*rows, buys("Y", 100, 6_550)]))
    assert result.value == 2_800 * THOUSAND
    assert worth(result, LimitKind.MILL, "M") == 150_000


@pytest.mark.parametrize(("tonnes", "value"), [(1_000, 19_960_000), (40, 75_585 * 199_600 // 1000)])
def test_6_rice_after_fee_and_byproduct(tonnes: int, value: int) -> None:
    parameters = Parameters(rho=Fraction(1323, 2500))
    rows = [grows("A", 100), mills("A", 100, 430), buys("X", tonnes, 13_000, Goods.MEDIUM)]
    result = match(event(rows, parameters=parameters))
    assert result.value == value
    assert value == pytest.approx(19_960_000 if tonnes > 50 else 15_086_920, abs=200)


def test_10_a_forbidden_pair_never_meets() -> None:
    rows = [grows("A", 10), grows("B", 10), buys("X", 10, 6_600), buys("Y", 10, 6_600)]
    forbidden = Commitments(forbidden=frozenset({("Y", "A")}))
    result = match(event(rows, places(), replace(SIMPLE, paddy_radius=25_000), forbidden))
    assert result.value == pytest.approx(1_000 * THOUSAND, abs=20)
    assert all((flow.party, flow.buyer) != ("A", "Y") for flow in result.flows)


def test_a_row_whose_only_partner_is_forbidden_says_so() -> None:
    forbidden = Commitments(forbidden=frozenset({("A", "X")}))
    result = match(event([grows("A", 10), buys("X", 10, 6_600)], commitments=forbidden))
    assert {line.reason.code for line in result.outcomes if line.reason} == {ReasonCode.FORBIDDEN}


def test_11_a_signed_agreement_is_kept_even_without_gain() -> None:
    signed = Commitments((Commitment("K-2026-000007", "A", "Y", 5_000),))
    result = match(event([grows("A", 10), buys("X", 10, 6_600), buys("Y", 10, 6_500)], commitments=signed))
    assert result.value == 500 * THOUSAND
    assert {flow.buyer: flow.kg_gkp for flow in result.flows} == {"X": 5_000, "Y": 5_000}
    assert result.gap_milli == 0


def test_11_an_agreement_that_cannot_be_kept_is_named_with_what_breaks_it() -> None:
    signed = Commitments((Commitment("K-2026-000007", "A", "Y", 5_000), Commitment("K-2026-000008", "A", "X", 1_000)))
    with pytest.raises(Conflict) as refused:
        match(event([grows("A", 10), buys("X", 10, 6_600), buys("Y", 3, 6_500)], commitments=signed))
    assert refused.value.code == "matching.infeasible"
    assert refused.value.values == {"agreements": "K-2026-000007", "capacities": "Y-market_offer-gkp"}


def test_an_agreement_no_path_can_keep_is_named() -> None:
    signed = Commitments((Commitment("K-2026-000009", "A", "Y", 5_000, Goods.PREMIUM),))
    with pytest.raises(Conflict) as refused:
        match(event([grows("A", 10), buys("Y", 10, 6_600)], commitments=signed))
    assert refused.value.values["agreements"] == "K-2026-000009"


def test_13_a_tie_is_broken_the_same_way_every_time() -> None:
    rows = [grows("A", 10), buys("X", 10, 6_600), buys("Y", 10, 6_600)]
    first, second = match(event(rows)), match(event(reversed(rows)))
    assert first.value == 1_000 * THOUSAND
    assert first.to_json() == second.to_json()


def test_ten_thousand_ties_end_soon() -> None:
    rows = [grows(f"A{number:03d}", 10) for number in range(100)]
    rows += [buys(f"X{number:03d}", 10, 6_600) for number in range(100)]
    result = match(event(rows))
    assert result.paths_with_gain == 10_000
    assert result.value == 100 * 1_000 * THOUSAND
    assert result.gap_milli == 0

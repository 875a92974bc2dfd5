"""The properties of matching.md §5.2 that hold without lots, on random events.

Villages lie a few kilometres apart, so every haul counts. Splitting and scaling would fail with lots, partner limits
or link costs; they are not tested there.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kdmp_core.errors import Trouble
from kdmp_core.matching import Commitments, Goods, Parameters, PartyKind, Point, Problem, Row, RowKind, match
from kdmp_core.matching import certify as certify_room
from kdmp_core.matching.certify import certify, upper_bound
from kdmp_core.matching.paths import build
from kdmp_core.matching.plan import packing_of
from kdmp_core.matching.solve import Packing, Solution, Solver
from tests.villages import BASELINE, HERE, SIMPLE, buys, grows, mills, party, row, shuffled, wishes

REAL = replace(Parameters(), rho=SIMPLE.rho)
"""The reference table with one kg rice from two kg paddy, so that quantities scale without rounding."""

tonnes = st.integers(1, 60)


@st.composite
def events(draw: st.DrawFn, *, bound: bool = True) -> Problem:
    villages, partners = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    parties, rows = [], list[Row]()
    for number in range(villages + partners):
        east, north = draw(st.integers(-20, 20)), draw(st.integers(-20, 20))
        point = Point(HERE.latitude + 1_000 * north, HERE.longitude + 1_000 * east)
        kind = PartyKind.KDMP if number < villages else PartyKind.SOE
        parties.append(party(f"P{number}", number, kind, point))
        key = parties[-1].key
        rows += draw(_village(key, bound=bound)) if number < villages else draw(_partner(key))
    return Problem(tuple(parties), tuple(rows), BASELINE, REAL)


@st.composite
def _village(draw: st.DrawFn, key: str, *, bound: bool) -> list[Row]:
    rows = [grows(key, draw(tonnes), draw(st.sampled_from([None, 6_600, 6_900])))]
    if draw(st.booleans()):
        rows.append(mills(key, draw(tonnes), draw(st.sampled_from([None, 300, 600]))))
    elif draw(st.booleans()):
        rows.append(row(key, RowKind.MILLING_NEED, draw(tonnes)))
    if bound and draw(st.booleans()):
        goods = draw(st.sampled_from([Goods.MEDIUM, Goods.PREMIUM]))
        rows.append(wishes(key, draw(tonnes), goods, draw(st.sampled_from([None, 13_500, 15_000]))))
    kind = RowKind.TRANSPORT_OFFER if draw(st.booleans()) else RowKind.TRANSPORT_NEED
    return [*rows, row(key, kind, draw(tonnes))]


@st.composite
def _partner(draw: st.DrawFn, key: str) -> list[Row]:
    prices = {Goods.GKP: (6_400, 7_200), Goods.MEDIUM: (12_500, 15_500), Goods.PREMIUM: (13_500, 16_500)}
    chosen = draw(st.lists(st.sampled_from(list(Goods)), min_size=1, max_size=3, unique=True))
    return [buys(key, draw(tonnes), draw(st.integers(*prices[goods])), goods) for goods in chosen]


def solved(problem: Problem) -> tuple[Packing, Solution]:
    packing, _ = packing_of(build(problem))
    solution = Solver(packing).best()
    assert solution is not None
    return packing, solution


def grown(problem: Problem, key: str, more: int) -> Problem:
    rows = tuple(replace(one, kg=one.kg + more) if one.key == key else one for one in problem.rows)
    return replace(problem, rows=rows)


@given(events())
def test_value_and_bound_meet_and_every_kilogram_is_accounted_for(problem: Problem) -> None:
    result = match(problem)
    assert result.gap_milli == 0
    assert result.value_milli == sum(flow.kg_gkp * flow.gain_per_t for flow in result.flows)
    assert result.best_margin <= result.value
    assert result.nearest <= result.value
    assert result.deliverable <= result.value
    offered = sum(one.kg for one in problem.rows if one.kind is RowKind.PRODUCTION_OFFER)
    assert offered == sum(flow.kg_gkp for flow in result.flows) + sum(kept.kg for kept in result.kept)
    assert sum(sold.kg_gkp for sold in result.sold) == sum(flow.kg_gkp for flow in result.flows)
    assert all(milled.kg <= milled.capacity for milled in result.milled)
    assert all(line.met + line.rest == line.kg and line.met >= 0 <= line.rest for line in result.outcomes)
    assert all((line.rest > 1) <= (line.reason is not None) for line in result.outcomes)
    assert all(flow.gain_per_t > 0 for flow in result.flows)


@given(events(), st.data())
def test_any_prices_bound_the_value_from_above(problem: Problem, data: st.DataObject) -> None:
    packing, solution = solved(problem)
    size = len(packing.most)
    prices = data.draw(st.lists(st.integers(-(10**9), 10**10), min_size=size, max_size=size))
    assert upper_bound(packing, tuple(prices)) >= certify(packing, solution).value


@given(events(), st.data())
def test_more_of_anything_that_is_offered_or_bought_never_lowers_the_value(
    problem: Problem, data: st.DataObject
) -> None:
    kinds = {RowKind.PRODUCTION_OFFER, RowKind.MILLING_OFFER, RowKind.MARKET_OFFER}
    chosen = data.draw(st.sampled_from([one for one in problem.rows if one.kind in kinds]))
    assert match(grown(problem, chosen.key, 7_000)).value_milli >= match(problem).value_milli


@given(events(), st.data())
def test_the_next_kilogram_is_worth_exactly_its_price(problem: Problem, data: st.DataObject) -> None:
    result = match(problem)
    kinds = {RowKind.PRODUCTION_OFFER, RowKind.MILLING_OFFER}
    chosen = data.draw(st.sampled_from([one for one in problem.rows if one.kind in kinds]))
    price = next((shadow.rp_per_t for shadow in result.shadows if chosen.key in shadow.rows), 0)
    assert match(grown(problem, chosen.key, 1)).value_milli - result.value_milli == price


@given(events())
def test_three_times_the_kilograms_is_three_times_the_value(problem: Problem) -> None:
    rows = tuple(replace(one, kg=3 * one.kg) for one in problem.rows)
    assert match(replace(problem, rows=rows)).value_milli == 3 * match(problem).value_milli


@given(events())
def test_five_times_the_gains_is_five_times_the_value(problem: Problem) -> None:
    packing, solution = solved(problem)
    dearer = replace(packing, gains=tuple(5 * gain for gain in packing.gains))
    again = Solver(dearer).best()
    assert again is not None
    assert certify(dearer, again).value == 5 * certify(packing, solution).value


@given(events(), st.integers(0, 99))
def test_the_order_of_rows_and_parties_changes_no_byte(problem: Problem, seed: int) -> None:
    assert match(shuffled(problem, seed)).to_json() == match(problem).to_json()


@given(events(bound=False))
def test_a_party_split_at_its_place_changes_no_value(problem: Problem) -> None:
    first = next(one for one in problem.rows if one.kind is RowKind.PRODUCTION_OFFER)
    own = {one.kind for one in problem.rows if one.party == first.party}
    assume(own.isdisjoint({RowKind.MILLING_NEED, RowKind.MILLING_OFFER}))
    owner = next(one for one in problem.parties if one.key == first.party)
    half = first.kg // 2
    twin = replace(owner, key="twin", number=99)
    rows = [replace(one, kg=half) if one is first else one for one in problem.rows]
    rows.append(replace(first, key="twin", party="twin", kg=first.kg - half))
    split = replace(problem, parties=(*problem.parties, twin), rows=tuple(rows))
    assert match(split).value_milli == match(problem).value_milli


@given(events(), st.data())
def test_a_forbidden_pair_or_dearer_transport_never_raises_the_value(problem: Problem, data: st.DataObject) -> None:
    value = match(problem).value_milli
    one, other = data.draw(st.sampled_from(problem.parties)), data.draw(st.sampled_from(problem.parties))
    forbidden = Commitments(forbidden=frozenset({(one.key, other.key)}))
    assert match(replace(problem, commitments=forbidden)).value_milli <= value
    dearer = replace(REAL, paddy_rate=4_000, rice_rate=3_000, load=50_000)
    assert match(replace(problem, parameters=dearer)).value_milli <= value


@given(events(), events())
def test_two_districts_out_of_reach_add_up(one: Problem, other: Problem) -> None:
    far = 500_000  # five degrees
    parties = [
        replace(
            party,
            key=f"far-{party.key}",
            number=100 + party.number,
            point=party.point and Point(party.point.latitude, party.point.longitude + far),
        )
        for party in other.parties
    ]
    rows = [replace(row, key=f"far-{row.key}", party=f"far-{row.party}") for row in other.rows]
    moved = replace(other, parties=tuple(parties), rows=tuple(rows))
    both = replace(one, parties=(*one.parties, *parties), rows=(*one.rows, *rows))
    assert match(both).value_milli == match(one).value_milli + match(moved).value_milli


@given(events(), st.data())
def test_a_flow_changed_by_one_kilogram_is_caught(problem: Problem, data: st.DataObject) -> None:
    packing, solution = solved(problem)
    assume(packing.gains)
    column = data.draw(st.integers(0, len(packing.gains) - 1))
    change = data.draw(st.sampled_from([-1, 1]))
    kg = list(solution.kg)
    kg[column] += change
    try:
        certificate = certify(packing, replace(solution, kg=tuple(kg)))
    except Trouble as caught:
        assert caught.code == "matching.uncertified"  # noqa: PT017
    else:
        assert certificate.gap > 0


def test_prices_that_prove_too_little_are_caught() -> None:
    packing = Packing(gains=(5,), touches=((0,),), most=(10,), least=(0,))
    honest = Solution((10,), (5 * 5040,))
    assert certify(packing, honest).gap == 0
    with pytest.raises(Trouble):
        certify(packing, replace(honest, kg=(11,)))
    assert certify(packing, replace(honest, prices=(0,))).gap == 0
    assert certify(packing, replace(honest, prices=(7 * 5040,))).gap == 20


def test_a_value_above_its_own_bound_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    packing = Packing(gains=(5,), touches=((0,),), most=(10,), least=(0,))
    monkeypatch.setattr(certify_room, "upper_bound", lambda *_: 49)
    with pytest.raises(Trouble):
        certify(packing, Solution((10,), (0,)))


def test_where_the_linear_answer_is_not_whole_whole_kilograms_are_searched_and_the_gap_is_told() -> None:
    triangle = Packing(gains=(2, 2, 2), touches=((0, 1), (1, 2), (0, 2)), most=(1, 1, 1), least=(0, 0, 0))
    solution = Solver(triangle).best()
    assert solution is not None
    certificate = certify(triangle, solution)
    assert (certificate.value, certificate.upper_bound) == (2, 3)

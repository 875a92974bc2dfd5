"""Periods and stores: known optima, what binds is named, and what holds for every event."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdmp_core.errors import InvalidInput
from kdmp_core.matching import (
    SHARED,
    Added,
    Full,
    Goods,
    Harvest,
    LimitKind,
    Problem,
    Reason,
    ReasonCode,
    Result,
    RowKind,
    Solved,
    Spread,
    Store,
    Timing,
    Why,
    best,
    compare,
    match,
)
from kdmp_core.matching.canonical import revive
from kdmp_core.matching.result import Detail
from tests.cianjur import cianjur
from tests.unit.test_matching_properties import events
from tests.villages import BASELINE, buys, event, grows, mills, row, shuffled

HALVES = ((1, 2, 3, 4, 5, 6), (7, 8, 9, 10, 11, 12))
FIRST = Timing(HALVES, (Harvest("season_1", (1, 2, 3)), Harvest("season_2", (8,))), "season_1")
"""Two periods; all that names no season is harvested in the first."""

HALF_WANTED = event([grows("A", 20), buys("X", 20, 6_600)])
"""All in the first half, wanted evenly: 100 Rp/kg above the baseline."""


def timed(problem: Problem, timing: Timing = FIRST, *stores: Store, cost: int = 0) -> Problem:
    return replace(problem, timing=replace(timing, stores=stores, store_cost=cost))


def reason(result: Result, kind: RowKind) -> Reason:
    found = next(line.reason for line in result.outcomes if line.kind is kind)
    assert found is not None
    return found


def test_without_a_store_half_is_sold_and_with_one_exactly_so_much_more_at_its_cost() -> None:
    bare = match(timed(HALF_WANTED))
    assert (bare.value, bare.gap_milli, bare.kept[0].kg) == (1_000_000, 0, 10_000)
    short = reason(bare, RowKind.PRODUCTION_OFFER)
    assert (short.code, short.detail) == (ReasonCode.CAPACITY, Detail.COUNTERPART_FULL)
    assert set(short.full) == {
        Full(LimitKind.BUYER, "X", 100_000, 0),
        Full(LimitKind.STORE, SHARED, 100_000, 0),
    }
    assert reason(bare, RowKind.MARKET_OFFER).full == (Full(LimitKind.STORE, SHARED, 100_000, 0),)

    some = match(timed(HALF_WANTED, FIRST, Store("A", 4_000), cost=30_000))
    assert (some.value, some.gap_milli) == (1_000_000 + 4 * 70_000, 0)
    waits = next(flow for flow in some.flows if flow.store is not None)
    assert (waits.harvested, waits.delivered, waits.store, waits.kg_gkp) == (0, 1, "A", 4_000)
    assert (waits.gain_per_t, waits.net_per_t) == (70_000, 6_570_000)
    assert [(one.party, one.kg, one.capacity, one.rp_per_t) for one in some.stored] == [
        (SHARED, 0, 0, 70_000),
        ("A", 4_000, 4_000, 70_000),
    ]
    assert Full(LimitKind.STORE, "A", 70_000, 0) in reason(some, RowKind.PRODUCTION_OFFER).full

    enough = match(timed(HALF_WANTED, FIRST, Store(SHARED, 50_000), cost=30_000))
    assert (enough.value, enough.kept) == (1_700_000, ())
    assert match(timed(HALF_WANTED, FIRST, Store(SHARED, 50_000), cost=100_000)).value == 1_000_000


def test_a_mill_keeps_what_it_will_mill_and_mills_it_when_it_is_delivered() -> None:
    rice = event([grows("A", 20), mills("M", 20, 300), buys("X", 20, 14_000, Goods.MEDIUM)])
    assert match(timed(rice)).value == 10 * 200_000
    kept = match(timed(rice, FIRST, Store("M", 3_000), cost=50_000))
    assert (kept.value, kept.milled[0].kg) == (10 * 200_000 + 3 * 150_000, 13_000)
    assert match(timed(rice, FIRST, Store("X", 3_000))).value == 10 * 200_000


def test_what_is_outside_or_too_late_has_its_reason_and_a_word_of_its_own_row_counts() -> None:
    rows = [replace(grows("A", 20), period="season_2"), buys("X", 20, 6_600)]
    early = timed(event(rows), replace(FIRST, spreads=(Spread(rows[1].key, (1, 0)),)))
    found = match(early)
    assert found.flows == ()
    assert reason(found, RowKind.PRODUCTION_OFFER).detail is Detail.NOBODY_TAKES_THEN
    assert reason(found, RowKind.MARKET_OFFER).detail is Detail.NOTHING_THEN
    found = match(timed(event(rows), replace(FIRST, periods=HALVES[:1])))
    assert reason(found, RowKind.PRODUCTION_OFFER).detail is Detail.OUTSIDE_PERIODS
    assert {(one.word, one.rows) for one in match(early).assumed} == {("given", 1), ("harvest", 1)}


def test_trucks_carry_what_lies_in_their_period() -> None:
    rows = [grows("A", 20), row("A", RowKind.TRANSPORT_NEED, 20), row("B", RowKind.TRANSPORT_OFFER, 20)]
    away = event([*rows, buys("X", 40, 6_600)])
    far = replace(away.parties[-1], point=replace(away.parties[-1].point, latitude=-767_100))  # type: ignore[type-var]
    away = replace(away, parties=(*away.parties[:-1], far))
    assert match(away).transport.kg_carried == 20_000
    found = match(timed(away)).transport
    assert (found.kg_to_lift, found.kg_carried, found.lifts[0].period) == (20_000, 10_000, 0)


def test_changes_name_the_periods_and_the_store() -> None:
    bare, store = timed(HALF_WANTED), timed(HALF_WANTED, FIRST, Store(SHARED, 20_000), cost=1_000)
    answers = [Solved(problem, match(problem)) for problem in (HALF_WANTED, bare, store)]
    assert [one.why for one in compare(answers[0], answers[1]).flows] == [Why.PERIODS]
    (more,) = compare(answers[1], answers[2]).flows
    assert (more.why, more.before, more.after) == (Why.FREER, 10_000, 20_000)


def test_what_cannot_be_is_refused_by_name() -> None:
    wrong = replace(FIRST, periods=((1, 2), (2, 3)), stores=(Store("Z", 0),), spreads=(Spread("?", (1,)),))
    with pytest.raises(InvalidInput) as refusal:
        match(replace(HALF_WANTED, timing=replace(wrong, store_cost=-1)))
    codes = {problem.code.partition(".")[2] for problem in refusal.value.problems}
    assert codes == {"periods", "party_unknown", "quantity", "store_cost", "row_unknown", "spread"}


@st.composite
def timings(draw: st.DrawFn) -> Timing:
    size = draw(st.sampled_from([2, 3, 4]))
    harvest = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True))
    months = tuple(range(1, 13))
    periods = tuple(months[at : at + 12 // size] for at in range(0, 12, 12 // size))
    return Timing(periods, (Harvest("season_1", tuple(harvest)),), "season_1")


@settings(max_examples=25)
@given(events(), timings(), st.integers(1, 60), st.integers(0, 80_000), st.integers(0, 9))
def test_periods_never_raise_the_value_and_more_store_never_lowers_it(
    problem: Problem, timing: Timing, tonnes: int, cost: int, seed: int
) -> None:
    whole, bare = match(problem), match(timed(problem, timing))
    one = replace(timing, periods=(tuple(range(1, 13)),))
    merged = replace(timing, periods=(timing.periods[0] + timing.periods[1], *timing.periods[2:]))
    assert match(timed(problem, one)).value_milli == whole.value_milli
    assert bare.value_milli <= match(timed(problem, merged)).value_milli <= whole.value_milli
    stores = [timed(problem, timing, Store(SHARED, size * 1_000), cost=cost) for size in (tonnes, 2 * tonnes)]
    some, more = (match(stored) for stored in stores)
    assert bare.value_milli <= some.value_milli <= more.value_milli <= whole.value_milli
    for result in (bare, some, more):
        assert result.gap_milli == 0
        assert result.best_margin <= result.value
        assert result.value_milli == sum(flow.kg_gkp * flow.gain_per_t for flow in result.flows)
        assert all(line.met + line.rest == line.kg and line.met >= 0 <= line.rest for line in result.outcomes)
        assert all((line.rest > 1) <= (line.reason is not None) for line in result.outcomes)
        assert all(one.kg <= one.capacity for one in result.stored)
    assert match(shuffled(stores[0], seed)).to_json() == some.to_json()


def test_cianjur_in_three_periods_with_stores_is_proven_kept_and_asked_what_if() -> None:
    seasons = tuple(Harvest(f"season_{at + 1}", tuple(range(4 * at + 1, 4 * at + 5))) for at in range(3))
    timing = Timing(tuple(one.months for one in seasons), seasons, "season_1", (Store(SHARED, 500_000),), 20_000)
    problem = replace(cianjur(), timing=timing)
    found = match(problem)
    assert (found.gap_milli, found.baseline) == (0, BASELINE - 200)
    assert match(replace(problem, timing=replace(timing, stores=()))).value < found.value < 1_569_887_130
    assert sum(flow.kg_gkp * ((flow.delivered or 0) - (flow.harvested or 0)) for flow in found.flows) == sum(
        one.kg for one in found.stored
    )
    assert Result.from_json(found.to_json()) == found
    assert "stored" not in json.loads(match(cianjur()).to_json())
    plain = best(problem, [problem.parties[0].key], [Added.MILL])
    assert plain.value == found.value
    assert 0 < plain.ranked[0].value <= plain.ranked[0].estimate
    assert revive(Timing, json.loads(json.dumps(timing, default=vars))) == timing

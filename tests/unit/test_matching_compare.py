"""What changed and why, from one answer to the next."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kdmp_core.errors import Conflict
from kdmp_core.matching import (
    CUSTOMARY,
    Changes,
    Commitments,
    LimitKind,
    Pin,
    Problem,
    Result,
    Solved,
    Turn,
    Why,
    compare,
    match,
)
from kdmp_core.texts import has
from tests.cianjur import cianjur
from tests.unit.test_matching_properties import events
from tests.villages import SIMPLE, buys, event, grows

ROWS = [grows("A", 10), grows("B", 10), buys("X", 10, 6_600), buys("Y", 10, 6_560)]


def changed(before: Problem, after: Problem) -> Changes:
    return compare(Solved(before, match(before)), Solved(after, match(after)))


def settled(problem: Problem, **what: object) -> Problem:
    former = frozenset((flow.party, flow.buyer) for flow in match(problem).flows)
    return replace(problem, commitments=replace(problem.commitments, former=former, **what))  # type: ignore[arg-type]


def test_nothing_changes_between_the_same() -> None:
    problem = event(ROWS)
    assert changed(problem, problem).flows == ()
    assert changed(problem, problem).gained == ()


def test_a_forbidden_pair_is_gone_and_the_others_move_for_a_price() -> None:
    problem = event([grows("A", 10), buys("X", 10, 6_600), buys("Y", 10, 6_560)])
    found = changed(problem, settled(problem, forbidden=frozenset({("A", "X")})))
    assert [(one.buyer, one.turn, one.why) for one in found.flows] == [
        ("X", Turn.GONE, Why.FORBIDDEN),
        ("Y", Turn.NEW, Why.FREER),
    ] or found.flows[1].why is Why.EQUAL
    assert found.value_after - found.value_before == -400_000
    assert [(one.party, one.milli) for one in found.gained] == [("A", -400_000_000)]


def test_a_pin_says_so_and_who_gave_way_to_it() -> None:
    problem = event(ROWS)
    loser = next(flow.party for flow in match(problem).flows if flow.buyer == "Y")
    found = changed(problem, settled(problem, pinned=(Pin(loser, "X", 4_000),)))
    assert {(one.party, one.buyer): one.why for one in found.flows}[loser, "X"] is Why.PINNED
    assert found.value_after == found.value_before


def test_a_changed_quantity_is_the_cause_of_what_it_touches() -> None:
    problem = event(ROWS[:1] + ROWS[2:])
    found = changed(problem, settled(problem, quantities=((ROWS[0].key, 4_000),)))
    assert {one.why for one in found.flows} == {Why.QUANTITY}
    assert (found.sold_before, found.sold_after) == (10_000, 4_000)


def test_rules_that_leave_somebody_out_are_told() -> None:
    problem = event([grows("A", 1), buys("X", 10, 6_600)])
    found = changed(problem, replace(problem, parameters=replace(SIMPLE, lot=2_000)))
    assert (found.left_out_before, found.left_out_after) == ((), ("A",))
    assert [(one.turn, one.why) for one in found.flows] == [(Turn.GONE, Why.RULES)]


def test_the_former_plan_is_held_where_all_else_is_equal() -> None:
    problem = cianjur()
    plain: Result = match(problem)
    former = frozenset((flow.party, other) for flow in plain.flows for other in (flow.mill, flow.buyer) if other)
    flow = plain.flows[0]
    forbidden = Commitments(forbidden=frozenset({(flow.party, flow.buyer)}))
    loose = compare(Solved(problem, plain), solved(replace(problem, commitments=forbidden)))
    held = compare(Solved(problem, plain), solved(replace(problem, commitments=replace(forbidden, former=former))))
    assert len(held.flows) < len(loose.flows)
    assert held.value_after == loose.value_after


def solved(problem: Problem) -> Solved:
    return Solved(problem, match(problem))


def test_on_cianjur_every_change_has_a_cause_and_values_add_up() -> None:
    problem = cianjur()
    ruled = replace(problem, parameters=replace(problem.parameters, **CUSTOMARY))
    found = changed(problem, ruled)
    assert found == changed(problem, ruled)
    gained = sum(one.milli for one in found.gained)
    assert abs(gained - 1000 * (found.value_after - found.value_before)) <= 1000
    assert Counter(one.why for one in found.flows)[Why.RULES]
    assert all(one.limit is None or isinstance(one.limit, LimitKind) for one in found.flows)


@given(events(), st.data())
def test_kilograms_before_and_after_are_those_of_the_two_answers(problem: Problem, data: st.DataObject) -> None:
    one, other = data.draw(st.sampled_from(problem.parties)), data.draw(st.sampled_from(problem.parties))
    after = replace(problem, commitments=Commitments(forbidden=frozenset({(one.key, other.key)})))
    try:
        found = changed(problem, after)
    except Conflict:
        return
    moved = sum(change.after - change.before for change in found.flows)
    assert moved == found.sold_after - found.sold_before
    assert all(change.before != change.after for change in found.flows)


def test_every_cause_and_turn_has_its_words() -> None:
    assert all(has(f"desk.changes.why.{why}") for why in Why)
    assert all(has(f"desk.changes.turn.{turn}") for turn in Turn)

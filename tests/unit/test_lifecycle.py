"""The two tables of moves against lists written by hand from the design, and who is enough by its properties."""

from __future__ import annotations

import runpy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kdmp_core import lifecycle
from kdmp_core.agreements import policy
from kdmp_core.agreements.policy import Answer, SigningPolicy
from kdmp_core.errors import InvalidInput
from kdmp_core.lifecycle import MOVES, Actor, SignatoryState, State, find
from tests.source import ROOT

# source(s) | move | actors | target, "same" where the state stays, "!" where a reason is asked, "+" a new round.
# From the design's table, with five readings of it: `annul_record (coordinator, then second)` is two rows, the first
# of them ask_annul; the system endorses and approves where a level is skipped and never returns or rejects by
# itself; only a person extends a deadline; once somebody has signed, a recall is refused and a void is asked for; a
# coordinator may edit what another drafted, and is a drafter from then on.
EXPECTED = """
- | propose | coordinator pendamping | draft
draft returned | edit | drafter coordinator | same
draft returned | submit | drafter | submitted +
draft returned | withdraw | drafter | withdrawn
draft returned | record | coordinator | recorded +
recorded | confirm | second | in_force
recorded | refuse_record | second | draft !
submitted | endorse | reviewer system | endorsed
submitted | return | reviewer | returned !
submitted | reject | reviewer | rejected !
endorsed | approve | ministry system | approved
endorsed | return | ministry | returned !
endorsed | reject | ministry | rejected !
submitted endorsed | recall | drafter | returned
submitted endorsed approved drawn_up returned | remark | party reviewer ministry | same
submitted endorsed approved drawn_up returned | answer | drafter | same
approved | draw_up | system | drawn_up
approved | refuse | system | returned !
drawn_up | send | coordinator | signing
drawn_up | redraw | coordinator | approved +
drawn_up | revise | coordinator | returned
signing | sign | signatory provider staff | same
signing | decline | signatory provider staff | same !
signing | remind | coordinator clock | same
signing | extend | coordinator | same !
signing | drop | system coordinator | same !
signing | complete | system | signed
signing | close | coordinator clock | signed
signing | fail | system | declined
signing | lapse | clock | lapsed
signing | recall | coordinator | returned !
approved drawn_up declined lapsed | void | coordinator | void !
signing signed | ask_void | coordinator | same !
signing signed | void | second | void
declined lapsed | reopen | coordinator | approved +
declined lapsed | revise | coordinator | returned
signed | seal | system | in_force
in_force | remind | clock | same
in_force | expire | clock | ended
in_force | terminate | coordinator | terminated !
in_force | supersede | system | superseded
in_force | ask_annul | coordinator | same !
in_force | annul_record | second | void
"""
FINAL = {"withdrawn", "rejected", "void", "ended", "terminated", "superseded"}
OWED_BY = {
    "draft": "drafter",
    "returned": "drafter",
    "recorded": "second",
    "submitted": "reviewer system",
    "endorsed": "ministry system",
    "approved": "system",
    "drawn_up": "coordinator",
    "signing": "signatory provider staff",
    "signed": "system",
    "declined": "coordinator",
    "lapsed": "coordinator",
}
SIGNATORY = """
waiting | invite | invited
invited | sign | signed
invited | decline | declined
invited | delegate | delegated
invited | choose_paper | on_paper
invited | drop | dropped
on_paper | sign | signed
on_paper | decline | declined
on_paper | drop | dropped
"""

Row = tuple[frozenset[str], str, bool, bool]


def _expected() -> dict[tuple[str, str], Row]:
    rows: dict[tuple[str, str], Row] = {}
    for line in EXPECTED.strip().splitlines():
        sources, move, actors, ending = (part.strip() for part in line.split("|"))
        target, *marks = ending.split()
        for source in sources.split():
            assert (source, move) not in rows, line
            lands = source if target == "same" else target
            rows[source, move] = (frozenset(actors.split()), lands, "!" in marks, "+" in marks)
    return rows


ROWS = _expected()
NAMES = sorted({move for _, move in ROWS} | {"seal_again", ""})


@pytest.mark.parametrize("source", [None, *State], ids=str)
def test_every_move_from_every_state_by_every_actor_is_as_the_design_has_it(source: State | None) -> None:
    for name in NAMES:
        row, expected = find(source, name), ROWS.get((str(source or "-"), name))
        for actor in Actor:
            wanted = expected[1] if expected and actor.value in expected[0] else None
            found = row.lands if row and actor in row.actors else None
            assert found == wanted, f"{source} × {name} × {actor}"


def test_reasons_and_new_rounds_are_asked_where_the_design_asks_them() -> None:
    flags = {(str(row.source or "-"), row.name): (row.reason, row.new_round) for row in MOVES}
    assert flags == {key: (reason, new_round) for key, (_, _, reason, new_round) in ROWS.items()}


def test_no_row_stands_twice() -> None:
    assert len({(row.source, row.name) for row in MOVES}) == len(MOVES)


def test_from_a_final_state_no_row_leads_and_every_other_state_has_a_way_to_one() -> None:
    assert {state.value for state in lifecycle.FINAL} == FINAL
    ends = set(FINAL)
    while grown := {s for (s, _), (_, lands, *_) in ROWS.items() if lands in ends} - ends:
        ends |= grown
    assert {state.value for state in State} <= ends


def test_every_state_is_reached() -> None:
    assert {row.lands for row in MOVES} == set(State)


@pytest.mark.parametrize("state", State)
def test_who_owes_the_next_move_of_a_state_is_as_written(state: State) -> None:
    assert {actor.value for actor in lifecycle.owners(state)} == set(OWED_BY.get(state.value, "").split())


def test_an_act_is_owed_by_one_kind_of_people_only() -> None:
    """A state whose next move two offices owe is a state that waits for neither; the machine only stands in."""
    channels = {Actor.SIGNATORY, Actor.PROVIDER, Actor.STAFF}
    for state in State:
        people = lifecycle.owners(state) - lifecycle.MACHINE
        assert len(people) <= 1 or people == channels, state


def test_the_machine_never_makes_a_move_of_people() -> None:
    both = {(str(row.source), row.name) for row in MOVES if row.by_machine and row.actors - lifecycle.MACHINE}
    expected = {("submitted", "endorse"), ("endorsed", "approve"), ("signing", "remind"), ("signing", "drop")}
    assert both == {*expected, ("signing", "close")}


def test_a_state_that_the_system_owes_has_a_stage_that_does_it() -> None:
    by_machine = {row.source for row in MOVES if row.by_machine}
    assert by_machine == set(lifecycle.STAGES)
    for state in lifecycle.ALWAYS_OWED:
        assert lifecycle.owners(state) == {Actor.SYSTEM}
    assert {state for stage in lifecycle.Stage for state in lifecycle.states_of(stage)} == set(lifecycle.STAGES)


def test_the_table_of_signatories_is_as_the_design_has_it() -> None:
    rows = [tuple(part.strip() for part in line.split("|")) for line in SIGNATORY.strip().splitlines()]
    found = [(source.value, move, target.value) for (source, move), target in lifecycle.SIGNATORY_MOVES.items()]
    assert sorted(found) == sorted(rows)
    ends = {target for _, _, target in rows} - {source for source, _, _ in rows}
    assert {state.value for state in lifecycle.ANSWERED} == ends


def test_the_page_in_the_docs_is_drawn_from_the_tables() -> None:
    drawn = runpy.run_path(str(ROOT / "scripts" / "draw_lifecycle.py"))["page"]()
    assert (ROOT / "docs" / "reference" / "lifecycle.md").read_text("utf-8") == drawn
    assert all(picture in drawn for picture in lifecycle.diagram().split("\n\n"))


# Who is enough

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
STATES = st.sampled_from(list(SignatoryState))
ANSWERS = st.lists(st.builds(Answer, st.sampled_from(["first", "first", "second"]), STATES), max_size=6)
POLICIES = st.builds(
    SigningPolicy,
    effective_when=st.sampled_from(["all", "counterpart_plus"]),
    enough=st.integers(1, 4),
    on_decline=st.sampled_from(["stop", "drop"]),
)
TICK = timedelta(microseconds=1)
SIGNED, DECLINED, INVITED = SignatoryState.SIGNED, SignatoryState.DECLINED, SignatoryState.INVITED


@given(POLICIES, ANSWERS)
@example(
    SigningPolicy(), [Answer("first", SIGNED), Answer("first", SIGNED), Answer("second", SignatoryState.DELEGATED)]
)
def test_it_is_never_enough_without_the_counterpart_and_two_signatures(
    rule: SigningPolicy, answers: list[Answer]
) -> None:
    if policy.met(rule, answers):
        counterpart = [a.state for a in answers if a.side == "second" and a.state is not SignatoryState.DELEGATED]
        assert counterpart
        assert set(counterpart) == {SIGNED}
        assert sum(a.state is SIGNED for a in answers) >= policy.FEWEST_PARTIES


@given(POLICIES, ANSWERS)
def test_where_all_must_sign_nobody_who_is_awaited_is_passed_over(rule: SigningPolicy, answers: list[Answer]) -> None:
    if rule.effective_when == "all" and policy.met(rule, answers):
        assert policy.all_answered(answers)
        assert rule.on_decline == "drop" or not policy.declined(answers)


@given(POLICIES, ANSWERS, st.integers(-3, 3))
def test_a_round_never_completes_while_somebody_is_awaited(
    rule: SigningPolicy, answers: list[Answer], days: int
) -> None:
    ends = policy.outcome(rule, answers, NOW, NOW + timedelta(days=days))
    if ends == "complete":
        assert policy.all_answered(answers)
        assert policy.met(rule, answers)
    if ends == "close":
        assert days >= 0
        assert policy.met(rule, answers)
    if ends == "lapse":
        assert days >= 0
        assert not policy.met(rule, answers)


@given(POLICIES, ANSWERS)
def test_the_deadline_is_an_exclusive_instant(rule: SigningPolicy, answers: list[Answer]) -> None:
    before, at, after = (policy.outcome(rule, answers, NOW, NOW + step) for step in (-TICK, timedelta(), TICK))
    assert before not in {"close", "lapse"}
    assert at == after
    assert at is not None


@given(POLICIES, ANSWERS)
def test_a_round_in_which_all_have_answered_ends_by_itself(rule: SigningPolicy, answers: list[Answer]) -> None:
    if policy.all_answered(answers):
        assert policy.outcome(rule, answers, NOW + timedelta(days=1), NOW) in {"complete", "fail"}


@given(POLICIES, ANSWERS)
def test_one_refusal_stops_the_round_where_the_policy_says_stop(rule: SigningPolicy, answers: list[Answer]) -> None:
    if rule.on_decline == "stop":
        answers = [*answers, Answer("first", DECLINED)]
        assert policy.outcome(rule, answers, NOW, NOW - TICK) == "fail"


def test_who_refuses_is_left_out_where_the_policy_says_drop_but_never_the_counterpart() -> None:
    rule = SigningPolicy(on_decline="drop")
    two = [Answer("first", SIGNED), Answer("first", DECLINED), Answer("second", SIGNED)]
    assert policy.outcome(rule, two, NOW, NOW - TICK) == "complete"
    alone = [Answer("first", DECLINED), Answer("first", DECLINED), Answer("second", SIGNED)]
    assert policy.outcome(rule, alone, NOW, NOW - TICK) == "fail"
    without = [Answer("first", SIGNED), Answer("first", SIGNED), Answer("second", DECLINED)]
    assert policy.outcome(rule, without, NOW, NOW - TICK) == "fail"


def test_nobody_is_shut_out_at_the_signature_that_makes_it_enough() -> None:
    rule = SigningPolicy(effective_when="counterpart_plus", enough=1)
    answers = [Answer("first", SIGNED), Answer("first", INVITED), Answer("second", SIGNED)]
    assert policy.met(rule, answers)
    assert policy.outcome(rule, answers, NOW, NOW - TICK) is None
    assert policy.outcome(rule, answers, NOW, NOW) == "close"


@given(st.lists(st.integers(1, 30), max_size=5, unique=True), st.integers(0, 40 * 24))
def test_the_clock_looks_next_at_a_reminder_or_at_the_deadline_and_never_in_the_past(
    days: list[int], hours: int
) -> None:
    deadline, now = NOW + timedelta(days=14), NOW + timedelta(hours=hours)
    found = policy.next_look(SigningPolicy(reminder_days=tuple(days)), NOW, deadline, now)
    between = [NOW + timedelta(days=day) for day in days if now < NOW + timedelta(days=day) < deadline]
    assert found == min(between, default=deadline)


@pytest.mark.parametrize(
    "given_policy",
    [
        {"effective_when": "most"},
        {"on_decline": "wait"},
        {"deadline_days": 0},
        {"deadline_days": 91},
        {"enough": 0},
    ],
)
def test_a_rule_nobody_knows_is_refused(given_policy: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        SigningPolicy.of({"signing": given_policy})


def test_the_rule_of_an_event_that_says_nothing_is_all_with_stop_in_fourteen_days() -> None:
    assert SigningPolicy.of({}) == SigningPolicy("all", 1, "stop", 14, (3, 7))

"""Plans side by side, on both databases: choices, the same question, the event's plan, agreements in force."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kdmp_core import plans
from kdmp_core.agreements import proposals
from kdmp_core.errors import Conflict, NotFound
from kdmp_core.matching import CUSTOMARY, Goods, Pin, Why
from kdmp_core.plans import Choices
from kdmp_core.records import Agreement, Event, Plan, Step
from kdmp_core.store import Store
from tests import builders, desks
from tests.builders import NOW, by_user
from tests.desks import Busy
from tests.prepared import Prepared, prepared


def make(store: Store, folder: Path) -> Busy:
    return desks.make_busy(desks.make_desk(store, folder))


before = prepared(make)


@pytest.fixture
def busy(before: Prepared[Busy], database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Busy]:
    with before.copy(database_kind, request, tmp_path / "busy") as (store, folder, made):
        yield desks.opened(made, store, folder)


def test_choices_make_another_plan_and_the_same_choices_find_it_again(busy: Busy) -> None:
    by = by_user(busy.desk.staff.coordinator)
    with busy.desk.store.write() as session:
        event = session.get_one(Event, busy.event_id)
        first = plans.latest(session, event)
        assert first is not None
        flow = plans.result_of(first).flows[0]
        choices = Choices(
            forbidden=frozenset({(flow.party, flow.buyer)}), **{**CUSTOMARY, "lot": 1_000}, fairness_percent=15
        )
        second = plans.make(session, event, by, NOW, choices)
        assert second.id != first.id
        assert plans.latest(session, event) is second
        assert [plan.id for plan in plans.plans_of(session, event)] == [second.id, first.id]
        assert plans.choices_of(second) == choices
        assert plans.choices_of(first) == plans.NONE
        assert plans.make(session, event, by, NOW, choices) is second
        assert sha256(second.inputs.encode()).hexdigest() == second.inputs_sha256
        assert plans.is_current(session, event, second)
        found = plans.changes(first, second)
        assert {change.why for change in found.flows} & {Why.FORBIDDEN, Why.RULES}
        assert found == plans.changes(first, second)
        assert all((one.party, one.buyer) != (flow.party, flow.buyer) for one in plans.result_of(second).flows)
    with busy.desk.store.read() as session:
        kept = session.scalars(select(Plan).where(Plan.id == second.id)).one()
        assert plans.solved_of(kept).problem.commitments.forbidden == choices.forbidden
        assert plans.solved_of(kept).problem.parameters.rho == plans.FREE.rho


def test_going_back_is_choosing_the_former_plan_and_is_written_down(busy: Busy) -> None:
    by = by_user(busy.desk.staff.coordinator)
    with busy.desk.store.write() as session:
        event = session.get_one(Event, busy.event_id)
        first = plans.latest(session, event)
        assert first is not None
        second = plans.make(session, event, by, NOW, Choices(partners=3))
        third = plans.make(session, event, by, NOW, Choices(partners=2))
        assert plans.choose(session, event, second, by, NOW) is second
        assert [plan.id for plan in plans.plans_of(session, event)] == [second.id, third.id, first.id]
        plans.choose(session, event, second, by, NOW)
        chosen = session.scalars(select(Step).where(Step.move == "choose_plan")).all()
        assert [step.details["plan"] for step in chosen] == [second.id]
        other = builders.create_event(session, busy.desk.staff.coordinator, NOW.replace(minute=2))
        with pytest.raises(NotFound):
            plans.choose(session, other, second, by, NOW)
        assert builders.chain_is_whole(session)


def test_proposals_do_not_make_a_plan_old_but_hold_the_next_one_steady(busy: Busy) -> None:
    by = by_user(busy.desk.staff.coordinator)
    with busy.desk.store.write() as session:
        event = session.get_one(Event, busy.event_id)
        made = plans.make(session, event, by, NOW, Choices(partners=3))
        parties, pair = plans.parties_of(session, event), plans.result_of(made).pairs[0]
        miller, grower = parties[pair.mill], parties[pair.party]
        proposals.propose_pair(session, event, miller, grower, pair.kg, by, NOW, plan_id=made.id)
        assert plans.is_current(session, event, made)
        assert plans.make(session, event, by, NOW, Choices(partners=3)) is made
        again = plans.make(session, event, by, NOW, Choices(partners=2))
        settled = plans.solved_of(again).problem.commitments
        assert settled.lives(pair.mill, pair.party)
        assert settled.former


def test_a_supply_agreement_in_force_is_kept_by_the_next_plan_and_makes_the_old_one_old(busy: Busy) -> None:
    by = by_user(busy.desk.staff.coordinator)
    with busy.desk.store.write() as session:
        event = session.get_one(Event, busy.event_id)
        first = plans.latest(session, event)
        assert first is not None
        assert not plans.is_current(session, event, first)
        found = plans.make(session, event, by, NOW)
        (signed,) = plans.solved_of(found).problem.commitments.signed
        assert (signed.agreement, signed.kg, signed.goods) == (busy.contract, 12_000, Goods.MEDIUM)
        flows = plans.result_of(found).flows
        kept = [one for one in flows if (one.party, one.buyer) == (signed.party, signed.counterpart)]
        assert sum(one.kg_goods for one in kept if one.goods is Goods.MEDIUM) >= 12_000 - len(kept)
        assert plans.is_current(session, event, found)
        assert found.value_rupiah < first.value_rupiah


def test_an_agreement_that_cannot_be_kept_is_named_and_can_be_set_aside_by_a_person(busy: Busy) -> None:
    by = by_user(busy.desk.staff.coordinator)
    with busy.desk.store.write() as session:
        event = session.get_one(Event, busy.event_id)
        contract = session.scalars(select(Agreement).where(Agreement.code == busy.contract)).one()
        contract.terms = {**contract.terms, "lines": [{**contract.terms["lines"][0], "kg": 9_000_000}]}
        session.flush()
        with pytest.raises(Conflict) as refused:
            plans.make(session, event, by, NOW)
        assert refused.value.values["agreements"] == busy.contract
        aside = plans.make(session, event, by, NOW, Choices(aside=(busy.contract,)))
        assert plans.choices_of(aside).aside == (busy.contract,)


def test_a_question_is_answered_beside_the_event_s_plan_and_not_kept(busy: Busy) -> None:
    by = by_user(busy.desk.staff.coordinator)
    with busy.desk.store.write() as session:
        event = session.get_one(Event, busy.event_id)
        present = plans.make(session, event, by, NOW)
        flow = plans.result_of(present).flows[-1]
        before = session.scalar(select(func.count()).select_from(Plan))
        asked = plans.ask(session, event, Choices(pinned=(Pin(flow.party, flow.buyer, 1_000, flow.goods),)))
        assert asked.changes is not None
        assert asked.changes.value_before == present.value_rupiah
        assert session.scalar(select(func.count()).select_from(Plan)) == before


def test_inputs_without_choices_are_spelled_as_they_were_before_there_were_any(busy: Busy) -> None:
    with busy.desk.store.read() as session:
        plan = session.scalars(select(Plan).order_by(Plan.id)).first()
        assert plan is not None
        content = json.loads(plan.inputs)
        assert set(content["commitments"]) == {"signed", "forbidden"}
        assert not {"lot", "partners", "fairness_percent", "share_penalty"} & set(content["parameters"])
        assert plans.solved_of(plan).problem == replace(plans.solved_of(plan).problem)

"""Events and their plans."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from kdmp_core import access, areas, matching, plans
from kdmp_core.errors import InvalidInput, NotFound
from kdmp_core.errors import Problem as Fault
from kdmp_core.filling import standing
from kdmp_core.matching.effects import effects
from kdmp_core.matching.views import legs, matrix, roles, streams
from kdmp_core.records import Event, Plan, Role
from kdmp_core.whatif import asking
from kdmp_core.workshops import event as events
from webhooks.api import idempotency
from webhooks.api.shapes import (
    AdditionIn,
    AdditionOut,
    AdditionsOut,
    ChangesOut,
    ChoicesIn,
    EventList,
    EventOut,
    ExplanationOut,
    FormList,
    FormOut,
    PlanOut,
    SentenceOut,
    StandingOut,
    ViewsOut,
    WhatIfIn,
    WhatIfOut,
)
from webhooks.context import by_staff, reach, staff
from webhooks.desk import plan_words

blueprint = APIBlueprint("api_events", __name__, url_prefix="/v1", tag="Events")


@blueprint.get("/events")
@blueprint.output(EventList)
@blueprint.doc(summary="List events", security="bearer")
def index() -> EventList:
    """List the events the client's user may look at, newest first."""
    with reach().store.read() as session:
        return EventList(events=[EventOut.model_validate(event) for event in events.visible(session, staff())])


@blueprint.get("/events/<int:event_id>")
@blueprint.output(EventOut)
@blueprint.doc(summary="Read an event", responses={404: "Unknown, or outside the area"}, security="bearer")
def read(event_id: int) -> EventOut:
    """Give one event."""
    with reach().store.read() as session:
        return EventOut.model_validate(_visible(session, event_id))


@blueprint.get("/events/<int:event_id>/forms")
@blueprint.output(FormList)
@blueprint.doc(summary="Read where the event's forms stand", responses={404: "Unknown"}, security="bearer")
def forms(event_id: int) -> FormList:
    """Give each cooperative of an event with the state of the form it fills in: never its link, never its answers."""
    parts = reach()
    with parts.store.read() as session:
        rows = standing.entries(session, _visible(session, event_id), parts.now())
        return FormList(
            forms=[
                FormOut(
                    party=row.seat.party_id,
                    number=row.seat.number,
                    name=row.seat.party.name,
                    place=areas.label(row.seat.party.area_code),
                    state=row.standing.value,
                    rows=row.rows,
                    sent_at=row.sent_at,
                    open_until=row.until,
                )
                for row in rows
            ]
        )


@blueprint.get("/events/<int:event_id>/plan")
@blueprint.output(PlanOut)
@blueprint.doc(summary="Read the event's plan", responses={404: "No plan yet"}, security="bearer")
def plan(event_id: int) -> PlanOut:
    """Give the plan the event goes by with its whole result."""
    with reach().store.read() as session:
        event, found = _with_plan(session, event_id)
        return _plan(session, event, found)


@blueprint.post("/events/<int:event_id>/plans")
@blueprint.doc(summary="Match an event", responses={200: "The plan", 409: "Infeasible"}, security="bearer")
@idempotency.once
def make(event_id: int) -> PlanOut:
    """Match the event's mapping; the same mapping gives the plan that is kept for it."""
    parts = reach()
    with parts.store.write() as session:
        event = _visible(session, event_id)
        access.require_role(staff(), (Role.COORDINATOR, Role.MINISTRY), event.regency_code)
        return _plan(session, event, plans.make(session, event, by_staff(), parts.now()))


@blueprint.get("/events/<int:event_id>/plan/explanations")
@blueprint.output(ExplanationOut)
@blueprint.doc(summary="Read the plan explained", responses={404: "No plan yet"}, security="bearer")
def explanations(event_id: int) -> ExplanationOut:
    """Give the event's plan in sentences: each flow, each unmet row, and what each party gains."""
    with reach().store.read() as session:
        event, found = _with_plan(session, event_id)
        result = plans.result_of(found)
        names = {key: party.name for key, party in plans.parties_of(session, event).items()}
        return ExplanationOut(
            plan=found.id,
            baseline_rupiah_per_kg=found.baseline_rupiah_per_kg,
            choices=_plain(plans.choices_of(found)),
            flows=[SentenceOut(**line) for line in plan_words.told_flows(result, names)],
            unmet=[SentenceOut(**line) for line in plan_words.told_unmet(result, names)],
            standings=[StandingOut(**asdict(line), name=names[line.party]) for line in result.standings],
        )


@blueprint.get("/events/<int:event_id>/plan/views")
@blueprint.output(ViewsOut)
@blueprint.doc(summary="Read the plan as it is drawn", responses={404: "No plan yet"}, security="bearer")
def views(event_id: int) -> ViewsOut:
    """Give who does what in the event's plan, what goes where, and what is different from working alone."""
    with reach().store.read() as session:
        event, found = _with_plan(session, event_id)
        solved = plans.solved_of(found)
        flowing = streams(solved.result)
        parties = plans.parties_of(session, event)
        return ViewsOut.model_validate(
            {
                "plan": found.id,
                "baseline_rupiah_per_kg": found.baseline_rupiah_per_kg,
                "parties": [
                    {"key": key, "name": party.name, "place": areas.label(party.area_code)}
                    for key, party in parties.items()
                ],
                "roles": roles(solved.problem, solved.result),
                "streams": flowing,
                "legs": legs(flowing),
                "matrix": matrix(flowing),
                "effects": effects(solved.problem, solved.result),
            }
        )


@blueprint.post("/events/<int:event_id>/plan/what-if")
@blueprint.input(WhatIfIn)
@blueprint.output(WhatIfOut)
@blueprint.doc(summary="Ask what would be", responses={409: "Infeasible"}, security="bearer")
def what_if(event_id: int, json_data: WhatIfIn) -> WhatIfOut:
    """Match with some choices and additions and tell what changes against the event's plan; nothing is kept."""
    with reach().store.read() as session:
        event = _planned(session, event_id)
        wishes = _wishes(event, json_data.additions)
        asked = asking.choose(session, event, _choices(json_data), wishes)
        result = asked.solved.result
        return WhatIfOut(
            value_rupiah=result.value,
            baseline_rupiah_per_kg=result.baseline,
            gap_milli=result.gap_milli,
            left_out=list(matching.left_out(result)),
            changes=ChangesOut.model_validate(asked.changes) if asked.changes else None,
            result=json.loads(result.to_json()),
        )


@blueprint.get("/events/<int:event_id>/plan/additions")
@blueprint.output(AdditionsOut)
@blueprint.doc(summary="Read what would bring most", security="bearer")
def additions(event_id: int) -> AdditionsOut:
    """Give the five additions (mill, dryer, buyer, village) that would bring most, solved again, and the best truck."""
    with reach().store.read() as session:
        event = _planned(session, event_id)
        found = asking.best(session, event, list(matching.Added))
        return AdditionsOut(
            value_rupiah=found.best.value,
            baseline_rupiah_per_kg=event.baseline_rupiah_per_kg,
            together_rupiah=found.best.together,
            candidates=found.best.candidates,
            solved=found.best.solved,
            additions=[
                AdditionOut(**asdict(wish), value_rupiah=one.value, estimate_rupiah=one.estimate)
                for wish, one in found.ranked
            ],
            truck_place=found.truck.place if found.truck else None,
            truck_kg=found.best.truck_kg,
        )


@blueprint.post("/events/<int:event_id>/plan/choices")
@blueprint.input(ChoicesIn)
@blueprint.doc(summary="Match with choices", responses={200: "The plan", 409: "Infeasible"}, security="bearer")
@idempotency.once
def choose(event_id: int, json_data: ChoicesIn) -> PlanOut:
    """Match with some choices and keep the plan; the event goes by it, the former one stays to go back to."""
    parts = reach()
    with parts.store.write() as session:
        event = _planned(session, event_id)
        return _plan(session, event, plans.make(session, event, by_staff(), parts.now(), _choices(json_data)))


def _planned(session: Session, event_id: int) -> Event:
    event = _visible(session, event_id)
    access.require_role(staff(), (Role.COORDINATOR, Role.MINISTRY), event.regency_code)
    return event


def _wishes(event: Event, given: list[AdditionIn]) -> list[asking.Wish]:
    """Give additions with their places found. Raises InvalidInput at the addition whose place is none."""
    wishes = []
    for position, one in enumerate(given):
        try:
            place = areas.named(one.place, event.regency_code).code
        except InvalidInput as unknown:
            fault = Fault(unknown.code, str(position), unknown.values)
            raise InvalidInput(unknown.code, problems=[fault], **unknown.values) from unknown
        goods = matching.Goods(one.goods) if one.goods else None
        wishes.append(asking.Wish(matching.Added(one.kind), place, one.kg, one.price, goods))
    return wishes


def _choices(given: ChoicesIn) -> plans.Choices:
    pins = (
        matching.Pin(pin.party, pin.counterpart, pin.kg, matching.Goods(pin.goods) if pin.goods else None, pin.exact)
        for pin in given.pinned
    )
    return plans.Choices(
        pinned=tuple(sorted(pins, key=lambda pin: pin.key)),
        forbidden=frozenset((pair.party, pair.counterpart) for pair in given.forbidden),
        quantities=tuple(sorted(given.quantities.items())),
        partner_limits=tuple(sorted(given.partner_limits.items())),
        lots=tuple(sorted(matching.Lot(lot.counterpart, lot.kg) for lot in given.lots)),
        aside=tuple(sorted(given.aside)),
        periods=tuple(tuple(months) for months in given.periods),
        stores=tuple(sorted(matching.Store(store.party, store.kg) for store in given.stores)),
        store_cost=given.store_cost,
        spreads=tuple(matching.Spread(row, tuple(parts)) for row, parts in sorted(given.spreads.items())),
        **{name: getattr(given, name) for name in plans.NONE.rules},
    )


def _plain(choices: plans.Choices) -> dict[str, Any]:
    plain = asdict(choices)
    pairs = [{"party": party, "counterpart": other} for party, other in sorted(choices.forbidden)]
    return {**plain, "forbidden": pairs, "quantities": dict(choices.quantities),
            "partner_limits": dict(choices.partner_limits),
            "spreads": {spread.row: spread.parts for spread in choices.spreads}}  # fmt: skip


def _with_plan(session: Session, event_id: int) -> tuple[Event, Plan]:
    """Give a visible event and the plan it goes by. Raises NotFound."""
    event = _visible(session, event_id)
    found = plans.latest(session, event)
    if found is None:
        raise NotFound("plans.no_plan")
    return event, found


def _visible(session: Session, event_id: int) -> Event:
    event = events.find(session, event_id)
    if not access.sees(staff(), event.regency_code):
        raise NotFound("event.no_event")
    return event


def _plan(session: Session, event: Event, found: Plan) -> PlanOut:
    members = {name: getattr(found, name) for name in PlanOut.model_fields if name not in {"result", "current"}}
    return PlanOut(**members, result=json.loads(found.result), current=plans.is_current(session, event, found))

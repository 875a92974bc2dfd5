"""Events and their plans."""

from __future__ import annotations

import json

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from kdmp_core import access, plans
from kdmp_core.errors import NotFound
from kdmp_core.records import Event, Plan, Role
from kdmp_core.workshops import event as events
from webhooks.api import idempotency
from webhooks.api.shapes import EventList, EventOut, PlanOut
from webhooks.context import by_staff, reach, staff

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


@blueprint.get("/events/<int:event_id>/plan")
@blueprint.output(PlanOut)
@blueprint.doc(summary="Read the newest plan", responses={404: "No plan yet"}, security="bearer")
def plan(event_id: int) -> PlanOut:
    """Give the newest plan of an event with its whole result."""
    with reach().store.read() as session:
        event = _visible(session, event_id)
        found = plans.latest(session, event)
        if found is None:
            raise NotFound("plans.no_plan")
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


def _visible(session: Session, event_id: int) -> Event:
    event = events.find(session, event_id)
    if not access.sees(staff(), event.regency_code):
        raise NotFound("event.no_event")
    return event


def _plan(session: Session, event: Event, found: Plan) -> PlanOut:
    members = {name: getattr(found, name) for name in PlanOut.model_fields if name not in {"result", "current"}}
    return PlanOut(**members, result=json.loads(found.result), current=plans.is_current(session, event, found))

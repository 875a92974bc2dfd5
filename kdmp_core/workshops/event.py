"""Events: found by regency, first day and name; made from the sheet "Acara" or from an empty form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access
from kdmp_core.audit import Act, By, append
from kdmp_core.errors import InvalidInput, NotFound
from kdmp_core.records import Event, Role, User

HOSTS = (Role.COORDINATOR,)


@dataclass(frozen=True)
class EventFacts:
    """What an event is: `baseline` is f in whole rupiah per kg GKP; `policy` holds review, signing and defaults."""

    name: str
    organiser: str
    venue: str
    starts: date
    ends: date
    regency: str
    commodity: str
    baseline: int
    policy: Mapping[str, Any]


def identity(facts: EventFacts) -> str:
    """Give what identifies an event: regency, first day, name without case and spaces."""
    return f"{facts.regency}:{facts.starts.isoformat()}:{' '.join(facts.name.casefold().split())}"


def lookup(session: Session, facts: EventFacts) -> Event | None:
    """Give the event these facts are about, or None."""
    return session.scalar(select(Event).where(Event.identity == identity(facts)))


def save(session: Session, facts: EventFacts, user: User, by: By, now: datetime) -> Event:
    """Write an event as these facts have it. Raises NotAllowed outside the user's area, InvalidInput on bad days."""
    access.require_role(user, HOSTS, facts.regency)
    if facts.ends < facts.starts:
        raise InvalidInput("event.days")
    event = lookup(session, facts)
    if event is None:
        event = Event(identity=identity(facts), created_at=now, created_by_id=user.id, policy={})
        session.add(event)
    for name, value in _columns(facts).items():
        setattr(event, name, value)
    event.policy = {**event.policy, **facts.policy}
    fresh = event.id is None
    session.flush()
    if fresh:
        append(session, Act("create_event", f"event:{event.id}", details={"event": event.id}), by, now)
    return event


def change_settings(
    session: Session, event: Event, baseline: int, policy: Mapping[str, Any], by: By, key: str, now: datetime
) -> None:
    """Set the baseline price (whole rupiah per kg GKP) and parts of the policy; the house's chain knows who did.

    Raises InvalidInput for a baseline that is none; the caller has checked the grant.
    """
    if baseline <= 0:
        raise InvalidInput("event.baseline")
    event.baseline_rupiah_per_kg = baseline
    event.policy = {**event.policy, **policy}
    details = {"event": event.id, "baseline": baseline, "policy": dict(policy)}
    append(session, Act("change_settings", key, details=details), by, now)


def differences(event: Event | None, facts: EventFacts) -> dict[str, tuple[object, object]]:
    """Give field → (known, given) for everything these facts would change."""
    return {
        name: (getattr(event, name, None), value)
        for name, value in _columns(facts).items()
        if getattr(event, name, None) != value
    }


def find(session: Session, event_id: int) -> Event:
    """Give an event. Raises NotFound."""
    event = session.get(Event, event_id)
    if event is None:
        raise NotFound("event.no_event")
    return event


def visible(session: Session, user: User) -> list[Event]:
    """Give the events a user may look at, newest first."""
    events = session.scalars(select(Event).order_by(Event.starts_on.desc(), Event.id.desc()))
    return [event for event in events if access.sees(user, event.regency_code)]


def _columns(facts: EventFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "organiser": facts.organiser,
        "venue": facts.venue,
        "starts_on": facts.starts,
        "ends_on": facts.ends,
        "regency_code": facts.regency,
        "commodity": facts.commodity,
        "baseline_rupiah_per_kg": facts.baseline,
    }

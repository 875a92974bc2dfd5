"""Find what an address names, for this user: what lies outside his area does not exist for him (404)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access
from kdmp_core.agreements import documents, standing
from kdmp_core.errors import NotFound
from kdmp_core.records import Agreement, Event, EventParty, Role
from kdmp_core.workshops import event as events
from webhooks.context import staff


def event_here(session: Session, event_id: int, roles: Collection[Role] = ()) -> Event:
    """Give an event the user may look at, and act in by one of `roles`. Raises NotFound, NotAllowed."""
    event = events.find(session, event_id)
    if not access.sees(staff(), event.regency_code) and not helped_in(session, event):
        raise NotFound("event.no_event")
    if roles:
        access.require_role(staff(), roles, event.regency_code)
    return event


def sees(event: Event) -> bool:
    """Whether the user looks at an event by its place, not only as a pendamping of some of its parties."""
    return access.sees(staff(), event.regency_code)


def helped_in(session: Session, event: Event) -> frozenset[int]:
    """Give the parties of an event that the user helps as their pendamping."""
    mine = {number for grant in staff().grants if grant.role is Role.PENDAMPING for number in grant.party_ids}
    where = (EventParty.event_id == event.id, EventParty.party_id.in_(mine))
    return frozenset(session.scalars(select(EventParty.party_id).where(*where))) if mine else frozenset()


def may(event: Event, *roles: Role) -> bool:
    """Whether the user holds one of the roles over an event's place."""
    return bool(access.roles_over(staff(), event.regency_code) & set(roles))


def agreement_here(session: Session, code: str) -> Agreement:
    """Give an agreement the user may look at. Raises NotFound."""
    agreement = documents.by_code(session, code)
    if not standing.sees(staff(), agreement):
        raise NotFound("moves.no_agreement")
    return agreement

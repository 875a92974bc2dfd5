"""Which agreements a user may look at, and which of their moves are open to him."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from kdmp_core import access
from kdmp_core.agreements import standing
from kdmp_core.lifecycle import FINAL, Actor, from_state
from kdmp_core.records import Agreement, AgreementParty, Event, Role, User

PEOPLE = frozenset(Actor) - {Actor.SYSTEM, Actor.CLOCK, Actor.SIGNATORY, Actor.PROVIDER, Actor.PARTY, Actor.STAFF}


def agreements_for(
    session: Session, user: User, *, event: Event | None = None, living: bool = False
) -> list[Agreement]:
    """Give the agreements a user may look at, newest first, with their parties and event.

    `event` keeps those of one event; `living` leaves out the ended ones.
    """
    query = select(Agreement).options(
        selectinload(Agreement.parties).joinedload(AgreementParty.party), joinedload(Agreement.event)
    )
    if event is not None:
        query = query.where(Agreement.event_id == event.id)
    if living:
        query = query.where(Agreement.state.not_in(FINAL))
    mine = select(AgreementParty.agreement_id).where(AgreementParty.party_id.in_(helped_parties(user)))
    query = query.where(or_(within(Agreement.area_code, access.areas_of(user)), Agreement.id.in_(mine)))
    rows = session.scalars(query.order_by(Agreement.id.desc()))
    return [agreement for agreement in rows if standing.sees(user, agreement)]


def open_moves(session: Session, agreement: Agreement, user: User) -> tuple[list[str], list[str]]:
    """Give the names of a user's moves from where an agreement stands, and of those that are other people's."""
    capacities = standing.capacities(session, agreement, user)
    rows = [row for row in from_state(agreement.state) if row.actors & (PEOPLE | {Actor.PARTY})]
    mine = [row.name for row in rows if row.actors & capacities]
    return mine, [row.name for row in rows if row.name not in mine]


def helped_parties(user: User) -> list[int]:
    """Give the ids of the parties a user helps as pendamping."""
    return [number for grant in user.grants if grant.role is Role.PENDAMPING for number in grant.party_ids]


def within(column: InstrumentedAttribute[str], areas: Collection[str]) -> ColumnElement[bool]:
    """Give the condition that an area code lies in one of some areas ("" = the nation); never for none."""
    if "" in areas:
        return true()
    return or_(false(), *(or_(column == area, column.startswith(f"{area}.", autoescape=True)) for area in areas))

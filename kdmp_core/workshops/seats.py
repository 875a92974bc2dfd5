"""Seats of an event that are taken by hand, before there is any sheet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kdmp_core import areas, registry
from kdmp_core.audit import Act, By, append
from kdmp_core.errors import InvalidInput, Problem
from kdmp_core.records import VILLAGE_COOPERATIVES, Event, EventParty, Party, PartyKind, Side
from kdmp_core.texts import text


def add_cooperative(
    session: Session, event: Event, kind: PartyKind, area_code: str, name: str, by: By, key: str, now: datetime
) -> Party:
    """Give a village cooperative a seat at an event: the one the registry has for the village, else a new one.

    An empty name becomes the usual one of its kind and village. Raises InvalidInput for a village outside the event's
    regency, or one whose cooperative of this kind has its seat already.
    """
    if kind not in VILLAGE_COOPERATIVES:
        raise _wrong("kind", "seats.kind")
    inside = area_code.startswith(f"{event.regency_code}.") and areas.exists(area_code)
    if not inside or areas.find(area_code).level is not areas.Level.VILLAGE:
        raise _wrong("area", "seats.area")
    party = session.scalar(select(Party).where(Party.area_code == area_code, Party.kind == kind).order_by(Party.id))
    if party is None:
        usual = text(f"seats.usual.{kind.value}", village=areas.find(area_code).name)
        party = registry.save(session, registry.PartyFacts(kind, name or usual, area_code), now)
    taken = select(EventParty.id).where(EventParty.event_id == event.id, EventParty.party_id == party.id)
    if session.scalar(taken) is not None:
        raise _wrong("area", "seats.taken")
    last = session.scalar(select(func.max(EventParty.number)).where(EventParty.event_id == event.id)) or 0
    session.add(EventParty(event_id=event.id, party_id=party.id, number=last + 1, side=Side.COOPERATIVE))
    details = {"event": event.id, "party": party.id, "number": last + 1}
    append(session, Act("add_cooperative", key, details=details), by, now)
    session.flush()
    return party


def _wrong(place: str, code: str) -> InvalidInput:
    return InvalidInput(code, problems=[Problem(code, place)])

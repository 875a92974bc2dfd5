"""Where each cooperative of an event stands with its form, for the desk and the API; no link is ever in it."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import addresses
from kdmp_core.addresses import LinkState
from kdmp_core.filling import reading
from kdmp_core.records import Event, EventParty, FormAnswer, FormLink, FormState, Side


class Standing(enum.StrEnum):
    """What happened last with a form."""

    NOT_SENT = "not_sent"
    SHOWN = "shown"
    OPENED = "opened"
    FILLED = "filled"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ENDED = "ended"


_OF_ANSWER = {
    FormState.SENT: Standing.FILLED,
    FormState.ACCEPTED: Standing.ACCEPTED,
    FormState.REFUSED: Standing.REFUSED,
}


@dataclass(frozen=True)
class Entry:
    """One cooperative: its seat, where its form stands, how many rows it sent, when its live link ends."""

    seat: EventParty
    standing: Standing
    rows: int = 0
    sent_at: datetime | None = None
    until: datetime | None = None


def entries(session: Session, event: Event, now: datetime, only: Collection[int] | None = None) -> list[Entry]:
    """Give the cooperatives of an event in their order; `only` are the parties whose forms somebody may see."""
    where = (EventParty.event_id == event.id, EventParty.side == Side.COOPERATIVE)
    seats = session.scalars(select(EventParty).where(*where).order_by(EventParty.number))
    links = {
        link.party_id: link
        for link in session.scalars(select(FormLink).where(FormLink.event_id == event.id).order_by(FormLink.id))
    }
    sent = {row.party_id: row for row in session.scalars(select(FormAnswer).where(FormAnswer.event_id == event.id))}
    return [
        _entry(seat, links.get(seat.party_id), sent.get(seat.party_id), now)
        for seat in seats
        if only is None or seat.party_id in only
    ]


def rows_of(answer: FormAnswer) -> int:
    """Give how many rows were sent."""
    steps = (answer.sent or {}).values()
    return sum(len(step[direction.value]) for step in steps for direction in reading.DIRECTIONS)


def _entry(seat: EventParty, link: FormLink | None, answer: FormAnswer | None, now: datetime) -> Entry:
    state = addresses.state(link, now) if link is not None else None
    until = link.expires_at if link is not None and state is LinkState.LIVE else None
    if answer is not None and answer.state in _OF_ANSWER:
        return Entry(seat, _OF_ANSWER[answer.state], rows_of(answer), answer.sent_at, until)
    if link is None:
        return Entry(seat, Standing.NOT_SENT)
    if until is None:
        return Entry(seat, Standing.ENDED)
    return Entry(seat, Standing.OPENED if link.opened_at else Standing.SHOWN, until=until)

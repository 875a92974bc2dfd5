"""The answers of a party: typed step by step, sent as a whole, corrected by the same link until a person accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import audit
from kdmp_core.errors import Conflict, InvalidInput, Stale
from kdmp_core.filling import links, reading
from kdmp_core.lifecycle import Actor
from kdmp_core.records import Event, EventParty, FormAnswer, FormLink, FormState
from kdmp_core.workshops import layouts, sheet


def of(session: Session, event_id: int, party_id: int) -> FormAnswer | None:
    """Give what a party has answered for an event, sent or not."""
    where = (FormAnswer.event_id == event_id, FormAnswer.party_id == party_id)
    return session.scalar(select(FormAnswer).where(*where))


def party_of(session: Session, seat: EventParty) -> sheet.Party:
    """Give the party of a form as the sheet's reader knows parties; its key is its id."""
    return replace(layouts.party_of(session, seat), key=str(seat.party_id))


def seat_of(session: Session, link: FormLink) -> EventParty:
    """Give the seat that a link is about."""
    return links.seat_of(session, session.get_one(Event, link.event_id), link.party_id)


def keep_step(
    session: Session, presented: str, field: sheet.Field, given: Mapping[str, Any], now: datetime
) -> FormAnswer:
    """Keep one step of a form as it was typed, and give the answers.

    Raises NotFound, Gone (the link), Conflict (accepted already), InvalidInput with a problem at each place.
    """
    link = links.held(session, presented, now)
    link.opened_at = link.opened_at or now
    answer = _open(session, link)
    step = _cut(given)
    _refuse(reading.read({field.value: step}, party_of(session, seat_of(session, link)), [field]))
    answer.draft = {**answer.draft, field.value: step}
    session.flush()
    return answer


def send(session: Session, presented: str, seen_sha256: str, now: datetime) -> FormAnswer:
    """Send what stands in the form, as it was shown; sent twice it is sent once.

    Raises NotFound, Gone, Conflict, Stale (something else was typed since), InvalidInput when a step is missing.
    """
    link = links.held(session, presented, now)
    answer = _open(session, link)
    digest = fingerprint(answer.draft)
    if answer.state is FormState.SENT and answer.sent_sha256 == digest == seen_sha256:
        return answer
    if digest != seen_sha256:
        raise Stale("filling.changed")
    found = reading.read(answer.draft, party_of(session, seat_of(session, link)))
    _refuse(found)
    answer.sent, answer.sent_sha256, answer.sent_at = answer.draft, digest, now
    answer.sendings += 1
    answer.state, answer.decisions, answer.reason = FormState.SENT, {}, None
    ids = {"answer": answer.id, "event": link.event_id, "party": link.party_id, "link": link.id}
    details = {**ids, "rows": len(found.rows), "sha256": digest}
    act = audit.Act("send_form", f"send_form:{answer.id}:{answer.sendings}", details=details)
    audit.append(session, act, audit.By(Actor.PARTY), now)
    return answer


def fingerprint(answers: Mapping[str, Any]) -> str:
    """Give the hash of answers, by which a showing and a sending know each other."""
    return audit.digest(dict(answers))


def _open(session: Session, link: FormLink) -> FormAnswer:
    """Give the answers a link may write; the link is under its lock."""
    answer = of(session, link.event_id, link.party_id)
    if answer is None:
        answer = FormAnswer(event_id=link.event_id, party_id=link.party_id, draft={}, decisions={})
        session.add(answer)
        session.flush()
    session.refresh(answer, with_for_update={"of": FormAnswer})
    if answer.state is FormState.ACCEPTED:
        raise Conflict("filling.accepted")
    return answer


def _cut(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give a step with its known values only, rows without a word left out; what is too long stays too long."""
    rows = {
        direction.value: [
            {name: str(row.get(name, ""))[: reading.LONGEST + 1].strip() for name in reading.VALUES}
            for row in given.get(direction.value, ())[: reading.MOST_ROWS]
            if reading.is_row(row)
        ]
        for direction in reading.DIRECTIONS
    }
    return {"nothing": bool(given.get("nothing")), **rows}


def _refuse(found: reading.Read) -> None:
    if found.problems:
        raise InvalidInput("filling.unfit", problems=list(found.problems), n=len(found.problems))

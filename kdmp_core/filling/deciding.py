"""A person decides about answers: sees them beside what the mapping says, accepts, refuses, or takes it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import audit, store
from kdmp_core.errors import Conflict, InvalidInput, NotFound, Problem, Stale
from kdmp_core.filling import answers, links, reading
from kdmp_core.records import Event, FormAnswer, FormState, MappingEntry, User
from kdmp_core.texts import text
from kdmp_core.workshops import accept, entries, layouts, sheet

LONGEST_REASON = 500


def found(session: Session, event: Event, party_id: int) -> FormAnswer:
    """Give the answers that a party has sent. Raises NotFound while it has sent none."""
    answer = answers.of(session, event.id, party_id)
    if answer is None or answer.sent is None:
        raise NotFound("filling.nothing_sent")
    return answer


def outlook(session: Session, event: Event, answer: FormAnswer, keep: Collection[str] = ()) -> accept.Outlook:
    """Give what answers say with the decisions so far, and what accepting them now would change."""
    seat = links.seat_of(session, event, answer.party_id)
    party = answers.party_of(session, seat)
    read = reading.read(answer.sent or {}, party)
    preview = sheet.Preview(
        file_name=text("sheet.typed_rows"),
        sha256=answer.sent_sha256 or "",
        event=layouts.facts_of(event),
        parties=(party,),
        mapping=read.rows,
        attendance=(),
        adds=True,
    )
    decided = sheet.decide(preview, sheet.decisions_from({**read.decisions, **answer.decisions}))
    merge = entries.of_form(own_entries(session, answer), decided, {seat.number: seat.party_id}, keep)
    changes = accept.mapping_changes(merge, {seat.party_id: str(seat.number)}, "form")
    return accept.Outlook(preview, decided, event, tuple(changes))


def own_entries(session: Session, answer: FormAnswer) -> list[MappingEntry]:
    """Give what the mapping says of the party of some answers, in order."""
    where = (MappingEntry.event_id == answer.event_id, MappingEntry.party_id == answer.party_id)
    return list(session.scalars(select(MappingEntry).where(*where).order_by(MappingEntry.row_key)))


def decide(session: Session, event: Event, party_id: int, given: Mapping[str, Mapping[str, Any]]) -> FormAnswer:
    """Keep a person's answers to doubtful rows of a party's form. Raises Conflict when it is decided already."""
    answer = _held(session, event, party_id)
    _require_sent(answer)
    kept = {key: one for key, one in {**answer.decisions, **given}.items() if one}
    sheet.decisions_from(kept)
    answer.decisions = kept
    outlook(session, event, answer)
    session.flush()
    return answer


def accept_answers(
    session: Session,
    event: Event,
    party_id: int,
    seen_sha256: str,
    by: audit.By,
    key: str,
    now: datetime,
    keep: Collection[str] = (),
) -> FormAnswer:
    """Write the answers of a party into the mapping, in place of what a sheet said of it; `keep` are rows that stay.

    Raises Stale (sent anew since it was seen), Conflict (decided already), InvalidInput while a row waits.
    """
    answer = _held(session, event, party_id)
    _require_sent(answer)
    if answer.sent_sha256 != seen_sha256:
        raise Stale("filling.changed")
    seen = outlook(session, event, answer)
    if seen.decided.open:
        raise InvalidInput("filling.rows_wait", n=len(seen.decided.open))
    seat = links.seat_of(session, event, party_id)
    ids = {seat.number: party_id}
    own = own_entries(session, answer)
    answer.before = [entries.plain(entry) for entry in own]
    accept.write(session, event, entries.of_form(own, seen.decided, ids, keep), ids, answer.id)
    answer.state, answer.reason = FormState.ACCEPTED, None
    answer.decided_at, answer.decided_by_id = now, by.user_id
    answer.after_sha256 = _state_of(own_entries(session, answer))
    _write_down(session, answer, "accept_form", by, key, now, rows=len(seen.decided.mapping))
    return answer


def refuse(
    session: Session, event: Event, party_id: int, reason: str, by: audit.By, key: str, now: datetime
) -> FormAnswer:
    """Send answers back with a reason that the party reads; it may correct them by the same link.

    Raises InvalidInput (no reason, too long), Conflict (decided already).
    """
    answer = _held(session, event, party_id)
    _require_sent(answer)
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        problem = Problem("filling.reason", "reason", {"most": LONGEST_REASON})
        raise InvalidInput("filling.reason", problems=[problem], most=LONGEST_REASON)
    answer.state, answer.reason = FormState.REFUSED, reason
    answer.decided_at, answer.decided_by_id = now, by.user_id
    _write_down(session, answer, "refuse_form", by, key, now, reason=reason)
    return answer


def take_back(session: Session, event: Event, party_id: int, by: audit.By, key: str, now: datetime) -> FormAnswer:
    """Undo an acceptance: the party's rows stand as before, and its link may write again.

    Raises Conflict when nothing is accepted, or when a sheet that was accepted since has changed the party's rows.
    """
    answer = _held(session, event, party_id)
    if answer.state is not FormState.ACCEPTED:
        raise Conflict("filling.not_accepted")
    if changed_since(session, answer):
        raise Conflict("filling.too_late")
    for entry in own_entries(session, answer):
        session.delete(entry)
    session.flush()
    for kept in answer.before or ():
        session.add(MappingEntry(event_id=event.id, **kept))
    answer.state, answer.before, answer.after_sha256 = FormState.SENT, None, None
    answer.decided_at, answer.decided_by_id = None, None
    _write_down(session, answer, "take_back_form", by, key, now)
    return answer


def changed_since(session: Session, answer: FormAnswer) -> bool:
    """Say whether the party's rows are others than those its accepted answers made."""
    return answer.after_sha256 != _state_of(own_entries(session, answer))


def decided_by(session: Session, answer: FormAnswer) -> str:
    """Give the name of the person who decided; empty while nobody has."""
    user = session.get(User, answer.decided_by_id) if answer.decided_by_id else None
    return user.name if user else ""


def _held(session: Session, event: Event, party_id: int) -> FormAnswer:
    answer = store.locked(session, FormAnswer, found(session, event, party_id).id)
    if answer is None:
        raise NotFound("filling.nothing_sent")
    return answer


def _require_sent(answer: FormAnswer) -> None:
    if answer.state is not FormState.SENT:
        raise Conflict("filling.decided")


def _state_of(own: Sequence[MappingEntry]) -> str:
    return audit.digest([entries.plain(entry) for entry in own])


def _write_down(
    session: Session,
    answer: FormAnswer,
    move: str,
    by: audit.By,
    key: str,
    now: datetime,
    *,
    reason: str | None = None,
    rows: int = 0,
) -> None:
    details = {"answer": answer.id, "event": answer.event_id, "party": answer.party_id, "sha256": answer.sent_sha256}
    act = audit.Act(move, f"{move}:{key}", reason=reason, details={**details, **({"rows": rows} if rows else {})})
    audit.append(session, act, by, now)
    session.flush()

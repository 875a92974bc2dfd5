"""Asking for a paper, once for each thing it is about; asking again makes it anew while nobody has signed it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, audit, store
from kdmp_core.agreements import standing
from kdmp_core.audit import By
from kdmp_core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from kdmp_core.files import Files
from kdmp_core.follow_up import RECORDERS, deliveries, require_scan
from kdmp_core.lifecycle import FINAL, State
from kdmp_core.papers import facts
from kdmp_core.records import Agreement, Delivery, Event, Officer, Paper, PaperState, Party, Role
from kdmp_core.registry import signing_officer
from kdmp_core.signing.moments import date_words
from kdmp_core.texts import text

WRITERS = (Role.COORDINATOR,)
LONGEST_EVENT_DAYS = 31


@dataclass(frozen=True)
class Standing:
    """How far the papers of an event and its agreements have come: how many there are, ready, refused, on the way."""

    all: int
    ready: int
    refused: int
    owed: int


@dataclass(frozen=True)
class _About:
    """What a paper is for: its kind, its name within the event, and what it hangs on."""

    kind: str
    about: str
    title: str
    event: Event
    agreement: Agreement | None = None
    delivery: Delivery | None = None
    officer: Officer | None = None


def ask_minutes(session: Session, event: Event, details: Mapping[str, Any], by: By, now: datetime) -> Paper:
    """Ask for the minutes of an event. Raises NotAllowed outside the user's area, Conflict once they are signed."""
    _require(session, by, WRITERS, event.regency_code)
    return _ask(session, _About("minutes", "minutes", text("papers.title.minutes"), event), details, by, now)


def ask_attendance(
    session: Session, event: Event, day: date, details: Mapping[str, Any], by: By, now: datetime
) -> Paper:
    """Ask for the attendance list of one day of an event. Raises InvalidInput for a day that is none of its days."""
    _require(session, by, WRITERS, event.regency_code)
    if day not in days_of(event):
        raise InvalidInput("papers.day", day=date_words(day))
    title = text("papers.title.attendance", day=date_words(day))
    meant = _About("attendance", f"attendance:{day.isoformat()}", title, event)
    return _ask(session, meant, {**details, "day": day.isoformat()}, by, now)


def ask_handover(session: Session, delivery_id: int, details: Mapping[str, Any], by: By, now: datetime) -> Paper:
    """Ask for the handover note of a delivery. Raises Conflict for one that was taken back."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise NotFound("follow_up.no_delivery")
    agreement = session.get_one(Agreement, delivery.agreement_id)
    ids = standing.helped(row.party for row in agreement.parties)
    _require(session, by, RECORDERS, agreement.area_code, ids)
    taken_back = {row.reverses_id for row in deliveries(session, agreement)}
    if delivery.reverses_id is not None or delivery.id in taken_back:
        raise Conflict("papers.reversed")
    title = text("papers.title.handover", number=delivery.number, code=agreement.code)
    meant = _About("handover", f"handover:{delivery.id}", title, agreement.event, agreement, delivery)
    return _ask(session, meant, details, by, now)


def ask_power(
    session: Session, agreement: Agreement, party_id: int, details: Mapping[str, Any], by: By, now: datetime
) -> Paper:
    """Ask for the power of attorney by which one party's signatory lets somebody sign an agreement."""
    party = _party_of(agreement, party_id)
    _require(session, by, RECORDERS, agreement.area_code, [party.id])
    _require_signable(agreement)
    officer = signing_officer(session, party.id)
    if officer is None:
        raise InvalidInput("facts.nobody_signs", party=party.name)
    title = text("papers.title.power", party=party.name, code=agreement.code)
    name = f"power:{agreement.id}:{party.id}"
    meant = _About("power_of_attorney", name, title, agreement.event, agreement, officer=officer)
    return _ask(session, meant, {**details, "parties": [party.id]}, by, now)


def ask_group_power(session: Session, agreement: Agreement, details: Mapping[str, Any], by: By, now: datetime) -> Paper:
    """Ask for the power of attorney by which all cooperatives of an agreement let one person sign it."""
    _require(session, by, WRITERS, agreement.area_code)
    _require_signable(agreement)
    ids = [row.party_id for row in agreement.parties if row.side == "first"]
    title = text("papers.title.group_power", n=len(ids), code=agreement.code)
    meant = _About("power_of_attorney", f"power:{agreement.id}", title, agreement.event, agreement)
    return _ask(session, meant, {**details, "parties": ids}, by, now)


def ask_all(session: Session, event: Event, by: By, now: datetime, *, legal_review: str) -> list[Paper]:
    """Ask for everything an event needs, and give what was asked: minutes, a list a day, and what was asked before.

    A paper that is made and would say the same again is passed over, as is one that is signed or on its way.
    """
    _require(session, by, WRITERS, event.regency_code)
    known = {paper.about: paper for paper in of_event(session, event)}
    asked = []
    if _wanting(session, known.get("minutes"), legal_review):
        details = _details(known.get("minutes")) or facts.suggested(session, event)
        asked.append(ask_minutes(session, event, details, by, now))
    for day in days_of(event):
        paper = known.get(f"attendance:{day.isoformat()}")
        if _wanting(session, paper, legal_review):
            asked.append(ask_attendance(session, event, day, _details(paper), by, now))
    others = (paper for paper in known.values() if paper.kind not in {"minutes", "attendance"})
    wanting = [paper for paper in others if _wanting(session, paper, legal_review)]
    return asked + [_again(session, paper, paper.details, by, now) for paper in wanting]


def confirm_scan(session: Session, files: Files, paper_id: int, scan: bytes, by: By, now: datetime) -> Paper:
    """Keep the scan of a paper that was signed by ink, confirmed by staff; it is made anew no more.

    Raises InvalidInput for a scan that is no PDF or too large, Conflict for a paper that is not made or was signed.
    """
    require_scan(scan)
    paper = _locked(session, paper_id)
    require_writer(session, paper, by)
    if paper.state is not PaperState.MADE:
        raise Conflict("papers.signed" if paper.state is PaperState.SIGNED else "papers.not_made")
    paper.scan_sha256 = files.put(scan)
    paper.state, paper.signed_at, paper.signed_by_id = PaperState.SIGNED, now, by.user_id
    write_down(session, paper, "sign_paper", by, now, scan_sha256=paper.scan_sha256)
    return paper


def sketch(
    event: Event,
    kind: str,
    details: Mapping[str, Any],
    by: By,
    *,
    agreement: Agreement | None = None,
    delivery: Delivery | None = None,
) -> Paper:
    """Give a paper that is not kept, to look at what it would say."""
    return Paper(
        kind=kind,
        event_id=event.id,
        agreement_id=agreement.id if agreement else None,
        delivery_id=delivery.id if delivery else None,
        area_code=event.regency_code,
        details=dict(details),
        asked_by_id=by.user_id,
    )


def about(session: Session, event: Event, name: str) -> Paper | None:
    """Give the paper that is about something ("minutes", "attendance:2025-10-22"), or None."""
    return session.scalar(select(Paper).where(Paper.event_id == event.id, Paper.about == name))


def find(session: Session, paper_id: int) -> Paper:
    """Give a paper. Raises NotFound."""
    paper = session.get(Paper, paper_id)
    if paper is None:
        raise NotFound("papers.no_paper")
    return paper


def of_event(session: Session, event: Event) -> list[Paper]:
    """Give the papers of an event: minutes, lists by day, then the rest in the order they were asked for."""
    order = {"minutes": 0, "attendance": 1}
    rows = session.scalars(select(Paper).where(Paper.event_id == event.id).order_by(Paper.id))
    return sorted(rows, key=lambda paper: (order.get(paper.kind, 2), paper.about if paper.kind in order else ""))


def standing_of(papers: Sequence[Paper], agreements: Sequence[Agreement]) -> Standing:
    """Count how far papers and agreements have come: an agreement is ready once it is drawn up, or was past it."""
    refused = sum(paper.state is PaperState.REFUSED for paper in papers)
    owed = sum(paper.state is PaperState.OWED for paper in papers)
    on_the_way = [row for row in agreements if row.state in BEFORE_PAPER]
    dead = [row for row in agreements if row.state in FINAL and row.in_force_on is None]
    every = len(papers) + len(agreements) - len(dead)
    back = sum(row.state is State.RETURNED for row in agreements)
    drawing = sum(row.state is State.APPROVED for row in agreements)
    return Standing(every, every - refused - owed - len(on_the_way), refused + back, owed + drawing)


BEFORE_PAPER = (State.DRAFT, State.RETURNED, State.SUBMITTED, State.ENDORSED, State.APPROVED, State.RECORDED)


def days_of(event: Event) -> list[date]:
    """Give the days of an event."""
    number = min((event.ends_on - event.starts_on).days + 1, LONGEST_EVENT_DAYS)
    return [event.starts_on + timedelta(days=day) for day in range(number)]


def require_writer(session: Session, paper: Paper, by: By) -> None:
    """Refuse (NotAllowed) who may not ask for this paper."""
    roles: Collection[Role] = WRITERS
    ids: list[int] = []
    if paper.kind == "handover" and paper.agreement_id is not None:
        agreement = session.get_one(Agreement, paper.agreement_id)
        roles, ids = RECORDERS, standing.helped(row.party for row in agreement.parties)
    if paper.officer_id is not None:
        roles, ids = RECORDERS, [session.get_one(Officer, paper.officer_id).party_id]
    _require(session, by, roles, paper.area_code, ids)


def write_down(session: Session, paper: Paper, move: str, by: By, now: datetime, **details: Any) -> None:
    """Append what happened to a paper to the chain of its agreement, else to the house's."""
    agreement = session.get(Agreement, paper.agreement_id) if paper.agreement_id else None
    said = {"paper": paper.id, "kind": paper.kind, "version": paper.version, **details}
    act = audit.Act(move, f"{move}:{paper.id}:{paper.version}", details=said)
    audit.append(session, act, by, now, agreement)


def _ask(session: Session, meant: _About, details: Mapping[str, Any], by: By, now: datetime) -> Paper:
    audit.locked_head(session, audit.HOUSE)  # births one after the other: no code twice, one paper for each thing
    known = about(session, meant.event, meant.about)
    if known is not None:
        known.title = meant.title
        return _again(session, known, details, by, now)
    if by.user_id is None:
        raise NotAllowed("access.not_your_area")
    paper = Paper(
        code=store.next_code(session, Paper.code, "B", now),
        kind=meant.kind,
        about=meant.about,
        event_id=meant.event.id,
        agreement_id=meant.agreement.id if meant.agreement else None,
        delivery_id=meant.delivery.id if meant.delivery else None,
        officer_id=meant.officer.id if meant.officer else None,
        area_code=meant.event.regency_code,
        title=meant.title,
        state=PaperState.OWED,
        asked_at=now,
        asked_by_id=by.user_id,
    )
    session.add(paper)
    session.flush()
    return _again(session, paper, details, by, now)


def _again(session: Session, paper: Paper, details: Mapping[str, Any], by: By, now: datetime) -> Paper:
    """Owe a paper to the worker, with these details; the version rises, so that work on an older one is dropped."""
    paper = _locked(session, paper.id)
    if paper.state is PaperState.SIGNED:
        raise Conflict("papers.signed")
    if by.user_id is not None:
        paper.asked_by_id = by.user_id
    paper.details, paper.asked_at = dict(details), now
    paper.letter_number = details.get("number") or None
    paper.state, paper.refusal, paper.version = PaperState.OWED, None, paper.version + 1
    store.settle(paper, now)
    session.flush()
    write_down(session, paper, "ask_paper", by, now)
    return paper


def _wanting(session: Session, paper: Paper | None, legal_review: str) -> bool:
    """Whether a paper is to be made: there is none, it was refused, or it would say something else by now."""
    if paper is None or paper.state is PaperState.REFUSED:
        return True
    return paper.state is PaperState.MADE and facts.differs(session, paper, legal_review=legal_review)


def _details(paper: Paper | None) -> dict[str, Any]:
    return dict(paper.details) if paper else {}


def _require(
    session: Session, by: By, roles: Collection[Role], area_code: str, party_ids: Collection[int] = ()
) -> None:
    if by.user_id is None:
        raise NotAllowed("access.not_your_area")
    access.require_role(access.user_by_id(session, by.user_id), roles, area_code, party_ids)


def _require_signable(agreement: Agreement) -> None:
    if agreement.state in FINAL or agreement.state in {State.SIGNED, State.IN_FORCE}:
        raise Conflict("papers.nothing_to_sign")


def _party_of(agreement: Agreement, party_id: int) -> Party:
    party = next((row.party for row in agreement.parties if row.party_id == party_id), None)
    if party is None:
        raise NotFound("registry.no_party")
    return party


def _locked(session: Session, paper_id: int) -> Paper:
    paper = store.locked(session, Paper, paper_id)
    if paper is None:
        raise NotFound("papers.no_paper")
    return paper

"""The papers of an event: minutes, attendance lists, handover notes, powers of attorney, and how far all of it is."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask import Response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import follow_up, papers, reporting
from kdmp_core.agreements import standing
from kdmp_core.agreements.documents import PDF_TYPE, WORD_TYPE
from kdmp_core.errors import NotFound, Refusal
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Delivery, Document, Event, Paper, PaperState, Role, Round, Step, User
from kdmp_core.signing.moments import date_words
from kdmp_core.texts import text
from mou_templates import pressroom
from webhooks.context import by_staff, reach, staff
from webhooks.desk import forms, frame, paper_forms, places
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake
from webhooks.problems import status_of

TONES = {PaperState.OWED: "wait", PaperState.MADE: "ok", PaperState.REFUSED: "bad", PaperState.SIGNED: "ok"}
WRITERS = (Role.COORDINATOR,)
SENT_BACK = ("refuse", "return", "recall", "revise")


@dataclass(frozen=True)
class Row:
    """A paper as the list shows it."""

    id: int
    title: str
    code: str
    state: str
    tone: str
    remark: str
    refusal: str
    href: str
    mend: str
    downloads: list[tuple[str, str]] = field(default_factory=list)


class Select(NamedTuple):
    """A choice of the form whose words come from the record."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


@dataclass(frozen=True)
class Form:
    """A form for a paper: its kind, what it is filled with, where it goes and where back leads."""

    kind: str
    known: Mapping[str, Any]
    event: Event
    action: str
    back: str
    lead: str
    selects: list[Select] = field(default_factory=list)
    agreement: Agreement | None = None
    delivery: Delivery | None = None

    def details(self) -> dict[str, Any]:
        """Read what was typed. Raises InvalidInput at every field that is unfit."""
        return paper_forms.read(self.kind)


@blueprint.get("/meja/acara/<int:event_id>/berkas")
def event_papers(event_id: int) -> str:
    """Show the papers of an event and how far papers and agreements have come."""
    return _list_page(event_id, [])


@blueprint.post("/meja/acara/<int:event_id>/berkas/semua")
def ask_all_papers(event_id: int) -> forms.Answer:
    """Ask for everything the event needs that is not made yet."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, WRITERS)
        papers.ask_all(session, found, by_staff(), reach().now(), legal_review=reach().settings.review_stamp)
        return url_for("desk.event_papers", event_id=found.id)

    return forms.answer(act, lambda errors: _list_page(event_id, errors))


@blueprint.get("/meja/acara/<int:event_id>/berkas.zip")
def papers_file(event_id: int) -> Response:
    """Give everything that is made as one ZIP: papers with their scans, agreements as they were drawn up or sealed."""
    held = io.BytesIO()
    with reach().store.read() as session, zipfile.ZipFile(held, "w") as packed:
        found = places.event_here(session, event_id)
        for name, sha256 in _files_of(session, found):
            packed.writestr(name, reach().files.get(sha256))
    answer = Response(held.getvalue(), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="berkas-acara-{event_id}.zip"'
    return answer


@blueprint.get("/meja/acara/<int:event_id>/berkas/berita-acara")
def minutes_page(event_id: int) -> str:
    """Ask for what the minutes cannot know, filled with what the record can guess."""
    return _form_page(lambda session: _minutes(session, event_id), [])


@blueprint.post("/meja/acara/<int:event_id>/berkas/berita-acara")
def ask_minutes(event_id: int) -> forms.Answer:
    """Ask for the minutes, or show what they would say."""

    def act(session: Session, form: Form) -> Paper:
        return papers.ask_minutes(session, form.event, form.details(), by_staff(), reach().now())

    return _answered(lambda session: _minutes(session, event_id), act)


@blueprint.get("/meja/acara/<int:event_id>/berkas/daftar-hadir")
def attendance_page(event_id: int) -> str:
    """Ask for which day, and who keeps the list."""
    return _form_page(lambda session: _attendance(session, event_id), [])


@blueprint.post("/meja/acara/<int:event_id>/berkas/daftar-hadir")
def ask_attendance(event_id: int) -> forms.Answer:
    """Ask for the attendance list of a day, or of every day."""

    def act(session: Session, form: Form) -> Paper | None:
        details, now = form.details(), reach().now()
        days = papers.days_of(form.event)
        wanted = [day for day in days if forms.typed("day") in ("", day.isoformat())]
        if not wanted:
            raise forms.wrong("day", "desk.missing")
        asked = [papers.ask_attendance(session, form.event, day, details, by_staff(), now) for day in wanted]
        return asked[0] if len(asked) == 1 else None

    return _answered(lambda session: _attendance(session, event_id), act)


@blueprint.get("/meja/naskah/<code>/penyerahan/<int:delivery_id>/bast")
def handover_page(code: str, delivery_id: int) -> str:
    """Ask for what was seen when the goods were handed over."""
    return _form_page(lambda session: _handover(session, code, delivery_id), [])


@blueprint.post("/meja/naskah/<code>/penyerahan/<int:delivery_id>/bast")
def ask_handover(code: str, delivery_id: int) -> forms.Answer:
    """Ask for the handover note of a delivery."""

    def act(session: Session, form: Form) -> Paper:
        return papers.ask_handover(session, delivery_id, form.details(), by_staff(), reach().now())

    return _answered(lambda session: _handover(session, code, delivery_id), act)


@blueprint.get("/meja/naskah/<code>/kuasa")
def power_page(code: str) -> str:
    """Ask who may sign for whom, until when."""
    return _form_page(lambda session: _power(session, code), [])


@blueprint.post("/meja/naskah/<code>/kuasa")
def ask_power(code: str) -> forms.Answer:
    """Ask for a power of attorney of one party, or of all cooperatives together."""

    def act(session: Session, form: Form) -> Paper:
        details, now, agreement = form.details(), reach().now(), places.agreement_here(session, code)
        party = forms.typed("party")
        if not party:
            return papers.ask_group_power(session, agreement, details, by_staff(), now)
        if not party.isdecimal():
            raise forms.wrong("party", "desk.missing")
        return papers.ask_power(session, agreement, int(party), details, by_staff(), now)

    return _answered(lambda session: _power(session, code), act)


@blueprint.get("/meja/berkas/<int:paper_id>")
def paper(paper_id: int) -> str:
    """Show a paper: what it says, its files, and where its signed scan goes."""
    return _paper_page(paper_id, [])


@blueprint.get("/meja/berkas/<int:paper_id>/<what>")
def paper_file(paper_id: int, what: str) -> Response:
    """Give the Word file, the PDF or the signed scan of a paper."""
    with reach().store.read() as session:
        found = _paper_here(session, paper_id)
        kept = {name: (sha256, ending, kind) for name, sha256, ending, kind in _kept(found)}
        if what not in kept:
            raise NotFound("desk.no_document")
        sha256, ending, kind = kept[what]
        answer = Response(reach().files.get(sha256), content_type=kind)
        answer.headers["Content-Disposition"] = f'attachment; filename="{found.code}-{found.kind}{ending}"'
        return answer


@blueprint.post("/meja/berkas/<int:paper_id>/pindaian")
def confirm_paper(paper_id: int) -> forms.Answer:
    """Keep the scan of the paper that was signed by ink."""

    def act(session: Session) -> str:
        found = _paper_here(session, paper_id)
        papers.require_writer(session, found, by_staff())
        given = request.files.get("scan")
        if given is None or not given.filename:
            raise forms.wrong("scan", "desk.no_file")
        with forms.refused_at("scan"):
            papers.confirm_scan(session, reach().files, found.id, given.read(), by_staff(), reach().now())
        return url_for("desk.paper", paper_id=found.id)

    return forms.answer(act, lambda errors: _paper_page(paper_id, errors))


def _answered(of: Callable[[Session], Form], ask: Callable[[Session, Form], Paper | None]) -> forms.Answer:
    """Answer a form: show what the paper would say, or ask for it and lead to it."""
    if forms.typed("act") == "preview":
        return _previewed(of)

    def act(session: Session) -> str:
        form = of(session)
        asked = ask(session, form)
        return url_for("desk.paper", paper_id=asked.id) if asked else form.back

    return forms.answer(act, lambda errors: _form_page(of, errors))


def _previewed(of: Callable[[Session], Form]) -> forms.Answer:
    try:
        with reach().store.read() as session:
            form = of(session)
            details = form.details() | _chosen(form)
            sketch = papers.sketch(
                form.event, form.kind, details, by_staff(), agreement=form.agreement, delivery=form.delivery
            )
            stamp = reach().settings.review_stamp
            pressed = papers.preview(session, sketch, pressroom, reach().files, legal_review=stamp)
    except forms.MENDABLE as refusal:
        return _form_page(of, forms.mistakes(refusal)), status_of(refusal)
    return _form_page(of, [], pressroom.html(pressed.docx))


def _chosen(form: Form) -> dict[str, Any]:
    """Give what a choice of the form stands for, where the paper needs it."""
    if form.kind == "attendance":
        days = [day.isoformat() for day in papers.days_of(form.event)]
        return {"day": forms.typed("day") if forms.typed("day") in days else days[0]}
    if form.agreement is not None and form.kind == "power_of_attorney":
        party = forms.typed("party")
        every = [row.party_id for row in form.agreement.parties if row.side == "first"]
        return {"parties": [int(party)] if party.isdecimal() else every}
    return {}


def _form_page(of: Callable[[Session], Form], errors: list[Mistake], html: str = "") -> str:
    with reach().store.read() as session:
        form = of(session)
        return frame.page(
            session,
            "paper_form",
            "events",
            form=form,
            title=text(f"desk.kind.{form.kind}"),
            groups=paper_forms.groups(form.kind, form.known),
            html=html,
            errors=errors,
        )


def _minutes(session: Session, event_id: int) -> Form:
    event = places.event_here(session, event_id, WRITERS)
    known = papers.about(session, event, "minutes")
    return Form(
        "minutes",
        {**papers.suggested(session, event), **(known.details if known else {})},
        event,
        url_for("desk.ask_minutes", event_id=event.id),
        url_for("desk.event_papers", event_id=event.id),
        text("desk.papers.minutes_lead"),
    )


def _attendance(session: Session, event_id: int) -> Form:
    event = places.event_here(session, event_id, WRITERS)
    chosen = request.values.get("day", "")
    known = papers.about(session, event, f"attendance:{chosen}")
    days = [(day.isoformat(), date_words(day)) for day in papers.days_of(event)]
    return Form(
        "attendance",
        known.details if known else {},
        event,
        url_for("desk.ask_attendance", event_id=event.id),
        url_for("desk.event_papers", event_id=event.id),
        text("desk.papers.attendance_lead"),
        [Select("day", text("desk.papers.day"), [("", text("desk.papers.every_day")), *days], chosen)],
    )


def _handover(session: Session, code: str, delivery_id: int) -> Form:
    agreement = places.agreement_here(session, code)
    delivery = session.get(Delivery, delivery_id)
    if delivery is None or delivery.agreement_id != agreement.id:
        raise NotFound("follow_up.no_delivery")
    known = papers.about(session, agreement.event, f"handover:{delivery.id}")
    place = papers.place_of(agreement.event)
    return Form(
        "handover",
        {**paper_forms.suggested_handover(agreement, delivery.commodity, place), **(known.details if known else {})},
        agreement.event,
        url_for("desk.ask_handover", code=code, delivery_id=delivery.id),
        url_for("desk.agreement", code=code) + "#deliveries",
        text("desk.papers.handover_lead"),
        agreement=agreement,
        delivery=delivery,
    )


def _power(session: Session, code: str) -> Form:
    agreement = places.agreement_here(session, code)
    chosen = request.values.get("party", "")
    name = f"power:{agreement.id}:{chosen}" if chosen else f"power:{agreement.id}"
    known = papers.about(session, agreement.event, name)
    every = [("", text("desk.papers.every_cooperative"))]
    parties = [(str(row.party_id), row.party.name) for row in agreement.parties]
    return Form(
        "power_of_attorney",
        {"place": papers.place_of(agreement.event), **(known.details if known else {})},
        agreement.event,
        url_for("desk.ask_power", code=code),
        url_for("desk.agreement", code=code),
        text("desk.papers.power_lead"),
        [Select("party", text("desk.papers.giver"), every + parties, chosen)],
        agreement=agreement,
    )


def _list_page(event_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        event = places.event_here(session, event_id)
        mine = [row for row in papers.of_event(session, event) if _sees(session, row, event)]
        agreements = reporting.agreements_for(session, staff(), event=event)
        rows = [_row(session, row) for row in mine]
        count = papers.standing_of(mine, agreements)
        return frame.page(
            session,
            "event_papers",
            "events",
            event=event,
            rows=rows,
            count=count,
            pulse=_pulse(mine, agreements),
            back=_sent_back(session, agreements),
            may_ask=places.may(event, *WRITERS),
            packed=bool(_files_of(session, event)),
            errors=errors,
        )


def _pulse(rows: list[Paper], agreements: list[Agreement]) -> str:
    """Give a mark that changes whenever something on the page would."""
    said = [(row.id, row.version, row.state.value) for row in rows]
    said += [(row.id, row.revision, row.state.value) for row in agreements]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def _sent_back(session: Session, agreements: list[Agreement]) -> list[dict[str, str]]:
    """Give the agreements that came back, each with its reason and the way to mend it."""
    returned = {row.id: row for row in agreements if row.state is State.RETURNED}
    where = (Step.agreement_id.in_(returned), Step.move.in_(SENT_BACK))
    reasons = {
        step.agreement_id: step.reason or "" for step in session.scalars(select(Step).where(*where).order_by(Step.id))
    }
    return [
        {"title": row.title, "href": url_for("desk.agreement", code=row.code), "reason": reasons.get(row.id, "")}
        for row in returned.values()
    ]


def _row(session: Session, row: Paper) -> Row:
    at, who = _when(session, row)
    return Row(
        row.id,
        row.title,
        row.code,
        text(f"desk.papers.state.{row.state.value}"),
        TONES[row.state],
        text(f"desk.papers.remark.{row.state.value}", at=at, who=who),
        frame.trouble(row.stuck_reason) if row.stuck_reason else row.refusal or "",
        url_for("desk.paper", paper_id=row.id),
        _mend(session, row),
        [(name, url_for("desk.paper_file", paper_id=row.id, what=name)) for name, *_ in _kept(row)],
    )


def _when(session: Session, row: Paper) -> tuple[str, str]:
    """Give when and by whom the last thing happened to a paper."""
    at, user_id = {
        PaperState.MADE: (row.made_at, row.asked_by_id),
        PaperState.SIGNED: (row.signed_at, row.signed_by_id),
    }.get(row.state, (row.asked_at, row.asked_by_id))
    user = session.get(User, user_id) if user_id else None
    return frame.moment(at or row.asked_at, row.area_code), user.name if user else text("actor.system")


def _mend(session: Session, row: Paper) -> str:
    """Give the address of the form a paper was asked for with."""
    if row.kind == "minutes":
        return url_for("desk.minutes_page", event_id=row.event_id)
    if row.kind == "attendance":
        return url_for("desk.attendance_page", event_id=row.event_id, day=row.details["day"])
    code = session.get_one(Agreement, row.agreement_id).code
    if row.delivery_id is not None:
        return url_for("desk.handover_page", code=code, delivery_id=row.delivery_id)
    parties = row.details["parties"]
    return url_for("desk.power_page", code=code, party=parties[0] if row.officer_id else None)


def _kept(row: Paper) -> list[tuple[str, str, str, str]]:
    """Give (name, hash, ending, media type) of the files of a paper that stand for what it says now."""
    if row.state not in {PaperState.MADE, PaperState.SIGNED}:
        return []
    kept = [
        ("word", row.word_sha256, ".docx", WORD_TYPE),
        ("pdf", row.pdf_sha256, ".pdf", PDF_TYPE),
        ("scan", row.scan_sha256, "-bertanda-tangan.pdf", PDF_TYPE),
    ]
    return [(name, sha256, ending, kind) for name, sha256, ending, kind in kept if sha256]


def _files_of(session: Session, event: Event) -> list[tuple[str, str]]:
    """Give (name, hash) of everything made for an event that the user may see."""
    found = [
        (f"berkas/{row.code}-{row.kind}{ending}", sha256)
        for row in papers.of_event(session, event)
        if _sees(session, row, event)
        for _, sha256, ending, _ in _kept(row)
    ]
    ids = {row.id: row.code for row in reporting.agreements_for(session, staff(), event=event)}
    rounds = session.scalars(select(Round).where(Round.agreement_id.in_(ids)).order_by(Round.number))
    last = {row.agreement_id: row for row in rounds}
    wanted = {one for row in last.values() for one in (row.sealed_id or row.pdf_id, row.word_id) if one}
    kept = session.scalars(select(Document).where(Document.id.in_(wanted)).order_by(Document.id))
    return found + [(f"naskah/{row.file_name}", row.sha256) for row in kept]


def _paper_page(paper_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = _paper_here(session, paper_id)
        shown = _row(session, found)
        word = next((sha256 for name, sha256, *_ in _kept(found) if name == "word"), None)
        return frame.page(
            session,
            "paper",
            "events",
            paper=found,
            event=session.get_one(Event, found.event_id),
            row=shown,
            html=pressroom.html(reach().files.get(word)) if word else "",
            may_write=_may_write(session, found),
            may_confirm=found.state is PaperState.MADE and _may_write(session, found),
            pulse=f"{found.version}-{found.state.value}",
            most=follow_up.LARGEST_SCAN // 1024 // 1024,
            errors=errors,
        )


def _may_write(session: Session, found: Paper) -> bool:
    try:
        papers.require_writer(session, found, by_staff())
    except Refusal:
        return False
    return True


def _paper_here(session: Session, paper_id: int) -> Paper:
    """Give a paper the user may look at. Raises NotFound."""
    found = papers.find(session, paper_id)
    event = places.event_here(session, found.event_id)
    if not _sees(session, found, event):
        raise NotFound("papers.no_paper")
    return found


def _sees(session: Session, row: Paper, event: Event) -> bool:
    """Whether a user sees a paper: everybody over the place, a pendamping those of his cooperatives' agreements."""
    if row.agreement_id is not None:
        return standing.sees(staff(), session.get_one(Agreement, row.agreement_id))
    return bool(places.sees(event))

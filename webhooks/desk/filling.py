"""Forms that cooperatives fill in: who has one, the link to carry, what was answered beside the mapping, yes or no."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from sqlalchemy.orm import Session

from kdmp_core import access
from kdmp_core.errors import Conflict, InvalidInput, Problem
from kdmp_core.filling import deciding, links, reading, standing
from kdmp_core.records import Event, EventParty, FormAnswer, FormState, MappingEntry, Role
from kdmp_core.texts import text
from kdmp_core.workshops import entries
from kdmp_core.workshops.accept import Outlook
from kdmp_core.workshops.sheet import MappingRow
from webhooks.context import by_staff, reach, staff
from webhooks.desk import answers as cards_of
from webhooks.desk import forms, frame, places
from webhooks.desk.room import blueprint
from webhooks.fill import words
from webhooks.pages.shapes import Mistake
from webhooks.problems import sentence, status_of

TONES = {
    **dict.fromkeys(("not_sent", "ended"), "plain"),
    **dict.fromkeys(("shown", "opened"), "wait"),
    "filled": "warn",
    "accepted": "ok",
    "refused": "bad",
}
ENDED = frozenset({"accepted", "filled", "refused"})


@dataclass(frozen=True)
class Beside:
    """One thing a form says beside what the mapping says of it now."""

    field: str
    said: words.Line | None
    known: words.Line | None
    verdict: str
    tone: str


@blueprint.get("/meja/acara/<int:event_id>/isian")
def filling(event_id: int) -> str:
    """Show where each cooperative of the event stands with its form."""
    return _list_page(event_id, [])


@blueprint.post("/meja/acara/<int:event_id>/isian")
def set_filling(event_id: int) -> forms.Answer:
    """Set the last day on which forms may be filled in, or close them all now."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        if forms.typed("act") == "close":
            links.close(session, found, by_staff(), forms.key(), reach().now())
        else:
            day = forms.day("until")
            with forms.refused_at("until"):
                links.set_last_day(session, found, day, by_staff(), forms.key(), reach().now())
        return url_for("desk.filling", event_id=found.id)

    return forms.answer(act, lambda errors: _list_page(event_id, errors))


@blueprint.post("/meja/acara/<int:event_id>/isian/<int:party_id>/tautan")
def reveal_form(event_id: int, party_id: int) -> str | tuple[str, int]:
    """Show the link of one cooperative's form, with its WhatsApp button; the sight is written down."""
    parts = reach()
    try:
        with parts.store.write() as session:
            found = places.event_here(session, event_id)
            renew = bool(forms.typed("renew"))
            shown = links.reveal(
                session, found, party_id, staff(), parts.settings, forms.key(), parts.now(), renew=renew
            )
            party = links.seat_of(session, found, party_id).party
    except Conflict as refusal:
        return _list_page(event_id, [Mistake("", sentence(refusal.code, refusal.values))]), status_of(refusal)
    with parts.store.read() as session:
        return frame.page(
            session,
            "form_link",
            "events",
            event=found,
            party=party,
            shown=shown,
            qr_svg=frame.qr_svg(shown.address),
        )


@blueprint.get("/meja/acara/<int:event_id>/isian/<int:party_id>")
def form_answer(event_id: int, party_id: int) -> str:
    """Show what a cooperative has sent beside what the mapping says of it."""
    return _answer_page(event_id, party_id, [])


@blueprint.post("/meja/acara/<int:event_id>/isian/<int:party_id>/jawaban")
def decide_form(event_id: int, party_id: int) -> forms.Answer:
    """Keep a person's answers to the doubtful rows of a form."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        seen = deciding.outlook(session, found, deciding.found(session, found, party_id))
        try:
            deciding.decide(session, found, party_id, cards_of.given(seen.preview))
        except InvalidInput as unfit:
            at = {key: f"row-{place}-choice" for place, key in enumerate(seen.preview.rows)}
            problems = [Problem(one.code, at.get(one.place, one.place), one.values) for one in unfit.problems]
            raise InvalidInput(unfit.code, problems=problems, **unfit.values) from unfit
        return url_for("desk.form_answer", event_id=found.id, party_id=party_id)

    return forms.answer(act, lambda errors: _answer_page(event_id, party_id, errors))


@blueprint.post("/meja/acara/<int:event_id>/isian/<int:party_id>/terima")
def accept_form(event_id: int, party_id: int) -> forms.Answer:
    """Take a cooperative's answers into the mapping."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        keep, seen = set(request.form.getlist("keep")), forms.typed("sha256")
        deciding.accept_answers(session, found, party_id, seen, by_staff(), forms.key(), reach().now(), keep)
        return url_for("desk.form_answer", event_id=found.id, party_id=party_id)

    return forms.answer(act, lambda errors: _answer_page(event_id, party_id, errors))


@blueprint.post("/meja/acara/<int:event_id>/isian/<int:party_id>/tolak")
def refuse_form(event_id: int, party_id: int) -> forms.Answer:
    """Send a cooperative's answers back with a reason."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        deciding.refuse(session, found, party_id, forms.typed("reason"), by_staff(), forms.key(), reach().now())
        return url_for("desk.form_answer", event_id=found.id, party_id=party_id)

    return forms.answer(act, lambda errors: _answer_page(event_id, party_id, errors))


@blueprint.post("/meja/acara/<int:event_id>/isian/<int:party_id>/buka")
def take_back_form(event_id: int, party_id: int) -> forms.Answer:
    """Undo an acceptance while nothing has changed the rows since."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        deciding.take_back(session, found, party_id, by_staff(), forms.key(), reach().now())
        return url_for("desk.form_answer", event_id=found.id, party_id=party_id)

    return forms.answer(act, lambda errors: _answer_page(event_id, party_id, errors))


def _list_page(event_id: int, errors: list[Mistake]) -> str:
    now = reach().now()
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        coordinates = places.may(found, Role.COORDINATOR)
        mine = places.helped_in(session, found)
        rows = standing.entries(session, found, now, None if places.sees(found) else mine)
        day = links.last_day(found, now)
        return frame.page(
            session,
            "filling",
            "events",
            event=found,
            rows=rows,
            words={row.seat.id: _standing_words(row) for row in rows},
            tones=TONES,
            may_show={row.seat.party_id for row in rows if coordinates or row.seat.party_id in mine},
            filled=sum(row.standing in ENDED for row in rows),
            accepted=sum(row.standing is standing.Standing.ACCEPTED for row in rows),
            coordinates=coordinates,
            until=f"{day.day}-{day.month}-{day.year}",
            only_here=reach().settings.on_this_machine_only,
            errors=errors,
        )


def _standing_words(row: standing.Entry) -> str:
    return text(f"desk.filling.state.{row.standing.value}", "id", n=row.rows)


def _answer_page(event_id: int, party_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        access.require_role(staff(), links.SHOWERS, found.regency_code, [party_id])
        seat = links.seat_of(session, found, party_id)
        answer = deciding.found(session, found, party_id)
        seen = deciding.outlook(session, found, answer)
        own = deciding.own_entries(session, answer)
        waits = answer.state is FormState.SENT
        decides = places.may(found, Role.COORDINATOR) and answer.state is not FormState.REFUSED
        return frame.page(
            session,
            "form_answer",
            "events",
            event=found,
            seat=seat,
            answer=answer,
            waits=waits,
            decides=decides,
            sent=frame.moment(answer.sent_at, found.regency_code) if answer.sent_at else "",
            decided=_decided_words(session, found, answer),
            changed=answer.state is FormState.ACCEPTED and deciding.changed_since(session, answer),
            columns=frame.columns("desk.filling.column", "row form sheet differs"),
            beside=_beside(seen.preview.mapping, own),
            gone=_gone(seen, own, seat) if waits else [],
            empty=_empty(answer),
            gaps=[gap.sentence for gap in reading.gaps(seat, seen.preview.mapping)],
            cards=cards_of.cards(seen, answer.decisions) if waits else [],
            doubtful=len(seen.decided.open),
            good=len(seen.decided.mapping),
            errors=errors,
        )


def _decided_words(session: Session, found: Event, answer: FormAnswer) -> str:
    if answer.decided_at is None or answer.state not in {FormState.ACCEPTED, FormState.REFUSED}:
        return ""
    who, at = deciding.decided_by(session, answer), frame.moment(answer.decided_at, found.regency_code)
    if answer.state is FormState.ACCEPTED:
        return text("desk.filling.accepted_by", who=who, at=at)
    return text("desk.filling.refused_by", who=who, at=at, reason=answer.reason or "")


def _beside(rows: tuple[MappingRow, ...], own: list[MappingEntry]) -> list[Beside]:
    """Lay each row of a form beside what the mapping says of the same field, direction and goods."""
    known: dict[tuple[str, ...], MappingEntry] = {
        (entry.field, entry.direction, entry.commodity): entry for entry in own
    }
    known |= {(entry.field, entry.direction, entry.commodity, entry.period): entry for entry in own}
    shown = []
    for row in rows:
        what = entries.what(row)
        entry = known.get(what) or known.get(what[:-1])
        said, there = words.line(row), words.entry_line(entry) if entry else None
        alike = "new" if there is None else "same" if said == there else "other"
        side = text(f"fill.{'has' if what[1] == 'potential' else 'lacks'}")
        name = f"{text(f'sheet.field.{what[0]}')}, {side.lower()}"
        tone = {"new": "wait", "same": "ok", "other": "warn"}[alike]
        shown.append(Beside(name, said, there, text(f"desk.filling.{alike}"), tone))
    return shown


def _gone(seen: Outlook, own: list[MappingEntry], seat: EventParty) -> list[tuple[str, words.Line]]:
    """Give the rows of the mapping that accepting would take away, by their keys."""
    merge = entries.of_form(own, seen.decided, {seat.number: seat.party_id})
    return [(entry.row_key, words.entry_line(entry)) for entry in merge.gone]


def _empty(answer: FormAnswer) -> str:
    steps = answer.sent or {}
    named = [
        text(f"sheet.field.{field.value}") for field in reading.FIELDS if steps.get(field.value, {}).get("nothing")
    ]
    return ", ".join(named)

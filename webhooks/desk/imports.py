"""The workshop sheet: upload, see what was read cell by cell, answer what is doubtful, accept."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from kdmp_core.errors import InvalidInput, Problem
from kdmp_core.records import SheetImport
from kdmp_core.texts import text
from kdmp_core.workshops import accept, layouts
from kdmp_core.workshops.sheet import Finding, Level, Row, blank_workbook
from webhooks.context import by_staff, reach, staff
from webhooks.desk import answers, changes, forms, frame, import_columns
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Fact, Mistake

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/meja/acara/impor")
def new_import() -> str:
    """Ask for a sheet: our workbook, or a table of another shape."""
    return _upload_page([])


@blueprint.post("/meja/acara/impor")
def upload() -> forms.Answer:
    """Read a sheet; nothing is written to the registry before somebody accepts."""

    def act(session: Session) -> str:
        given = request.files.get("sheet")
        if given is None or not given.filename:
            raise forms.wrong("sheet", "desk.no_file")
        with forms.refused_at("sheet"):
            row = accept.upload(session, reach().files, given.read(), given.filename, staff(), reach().now())
        return import_columns.address_of(row, forms.typed("acara"))

    return forms.answer(act, _upload_page)


@blueprint.get("/meja/acara/lembar-kosong")
def blank_sheet() -> Response:
    """Give the empty workbook to begin with."""
    answer = Response(blank_workbook(), content_type=WORKBOOK)
    answer.headers["Content-Disposition"] = 'attachment; filename="lembar-lokakarya.xlsx"'
    return answer


@blueprint.get("/meja/impor/<int:import_id>")
def show_import(import_id: int) -> str | Redirect:
    """Show what a sheet says, what is doubtful, and what accepting it would change; first what its columns mean."""
    with reach().store.read() as session:
        if layouts.unconfirmed(accept.find(session, import_id, staff())):
            return redirect(url_for("desk.import_columns", import_id=import_id))
    return _import_page(import_id, [])


@blueprint.post("/meja/impor/<int:import_id>/jawaban")
def decide(import_id: int) -> forms.Answer:
    """Keep the answers that were given; the others stay open."""

    def act(session: Session) -> str:
        seen = accept.outlook(session, reach().files, accept.find(session, import_id, staff()))
        _keep(session, import_id, answers.given(seen.preview), seen)
        return url_for("desk.show_import", import_id=import_id)

    return forms.answer(act, lambda errors: _import_page(import_id, errors))


@blueprint.post("/meja/impor/<int:import_id>/usulan")
def accept_kind(import_id: int) -> forms.Answer:
    """Accept the suggestion of every open row that has doubts of this one kind only."""

    def act(session: Session) -> str:
        seen = accept.outlook(session, reach().files, accept.find(session, import_id, staff()))
        _keep(session, import_id, answers.of_kind(seen.decided.open, forms.typed("kind")), seen)
        return url_for("desk.show_import", import_id=import_id)

    return forms.answer(act, lambda errors: _import_page(import_id, errors))


@blueprint.post("/meja/impor/<int:import_id>/terima")
def accept_import(import_id: int) -> forms.Answer:
    """Write everything good and decided."""

    def act(session: Session) -> str:
        event, _ = accept.accept(session, reach().files, import_id, staff(), by_staff(), reach().now())
        return url_for("desk.event", event_id=event.id)

    return forms.answer(act, lambda errors: _import_page(import_id, errors))


def _keep(session: Session, import_id: int, given: dict[str, dict[str, Any]], seen: accept.Outlook) -> None:
    """Keep answers that can be used; a value the row cannot take is refused at its card, and nothing is kept."""
    row = accept.decide(session, import_id, staff(), given)
    try:
        accept.outlook(session, reach().files, row)
    except InvalidInput as unfit:
        places = {key: f"row-{place}-choice" for place, key in enumerate(seen.preview.rows)}
        problems = [Problem(found.code, places.get(found.place, ""), found.values) for found in unfit.problems]
        raise InvalidInput(unfit.code, problems=problems, **unfit.values) from unfit


def _upload_page(errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        return frame.page(session, "upload", "events", event=request.args.get("acara", ""), errors=errors)


def _import_page(import_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        row = accept.find(session, import_id, staff())
        seen = accept.outlook(session, reach().files, row)
        doubtful = answers.cards(seen, row.decisions)
        return frame.page(
            session,
            "import",
            "events",
            row=row,
            seen=seen,
            counts_stats=_counts(seen),
            cards=doubtful,
            kinds=answers.kinds(seen.decided.open),
            notices=_notices(seen),
            changes=changes.rows(seen.changes),
            change_counts=changes.counts(seen.changes),
            heading=_heading(row, seen),
            errors=errors,
        )


def _heading(row: SheetImport, seen: accept.Outlook) -> str:
    if seen.changes_nothing and not seen.decided.open:
        return text("desk.import.accepted" if row.accepted_at else "desk.import.nothing_new")
    waiting = len(seen.decided.open) + sum(_has_error(found) for found in seen.decided.left_out)
    return text("desk.import.result", good=len(seen.decided.mapping), waiting=waiting)


def _has_error(row: Row) -> bool:
    return any(finding.level is Level.ERROR for finding in row.findings)


def _notices(seen: accept.Outlook) -> list[Finding]:
    return [finding for finding in seen.preview.findings if finding.level is Level.NOTICE or not finding.row]


def _counts(seen: accept.Outlook) -> list[Fact]:
    counts = seen.preview.counts
    numbers = (("good", counts.good), ("doubtful", counts.doubtful), ("rejected", counts.rejected))
    rows = [Fact(text(f"desk.import.count.{name}"), str(number)) for name, number in numbers]
    waiting = Fact(text("desk.import.count.open"), str(len(seen.decided.open)))
    return [Fact(text("desk.import.count.parties"), str(len(seen.preview.parties))), *rows, waiting]

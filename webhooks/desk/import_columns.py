"""A sheet of another shape: each column with its first values, and what it is confirmed to mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from kdmp_core.errors import InvalidInput, NotFound, Problem
from kdmp_core.records import Event, Role, SheetImport
from kdmp_core.texts import text
from kdmp_core.workshops import accept, layouts, sheet
from kdmp_core.workshops import event as events
from webhooks.context import reach, staff
from webhooks.desk import forms, frame, places
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake

NEW, OWN = "new", "file"
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Choice:
    """One column on the page: its field's name, its letter and heading, first values, and what is chosen for it."""

    name: str
    letter: str
    label: str
    samples: tuple[str, ...]
    known: bool
    counts: bool
    means: str
    unit: str
    period: str


@dataclass(frozen=True)
class Table:
    """One table on the page."""

    title: str
    heading_line: int
    lines: int
    columns: tuple[Choice, ...]


@blueprint.get("/meja/impor/<int:import_id>/kolom")
def import_columns(import_id: int) -> str:
    """Show what each column of a file may mean."""
    return _page(import_id, [])


@blueprint.post("/meja/impor/<int:import_id>/kolom")
def confirm_columns(import_id: int) -> forms.Answer:
    """Keep what the columns mean; the file is then read like our own workbook."""

    def act(session: Session) -> str:
        row = accept.find(session, import_id, staff())
        heads = _heads(session, row, request.form)
        tables = _tables(layouts.proposal(session, reach().files, row, staff(), None, heads))
        given = {"tables": _given(tables), "event": _event(session), "adds": forms.typed("adds") != "no"}
        try:
            layouts.confirm(session, reach().files, row, staff(), given, reach().now())
        except InvalidInput as unfit:
            problems = [Problem(found.code, _at(tables, found.place), found.values) for found in unfit.problems]
            raise InvalidInput(unfit.code, problems=problems, **unfit.values) from unfit
        return url_for("desk.show_import", import_id=import_id)

    return forms.answer(act, lambda errors: _page(import_id, errors))


def _event(session: Session) -> dict[str, Any]:
    """Read which event the file is for: one there is, the one the file tells of, or what was typed."""
    chosen = forms.typed("event")
    if chosen.isdecimal():
        return {"id": places.event_here(session, int(chosen[:12]), (Role.COORDINATOR,)).id}
    if chosen == OWN:
        return {}
    if chosen != NEW:
        raise forms.wrong("event", "desk.missing")
    needed = [name for name in ("name", "starts", "regency", "baseline_price") if not forms.typed(f"event-{name}")]
    if needed:
        problems = [Problem("desk.missing", f"event-{name}") for name in needed]
        raise InvalidInput("desk.missing", problems=problems)
    typed = {name: forms.line(f"event-{name}", most=layouts.LONGEST) for name in layouts.EVENT_FIELDS}
    return {**typed, "ends": typed["ends"] or typed["starts"]}


def _given(tables: tuple[Table, ...]) -> list[dict[str, Any]]:
    parts = ("means", "unit", "period")
    return [
        {
            "sheet": table.title,
            "heading_line": table.heading_line,
            "columns": {
                column.letter: {part: forms.typed(f"{column.name}-{part}") for part in parts}
                for column in table.columns
            },
        }
        for table in tables
    ]


def _at(tables: tuple[Table, ...], place: str) -> str:
    """Give the field of a place such as `Data!E`."""
    title, _, letter = place.rpartition("!")
    found = (
        column.name for table in tables for column in table.columns if (table.title, column.letter) == (title, letter)
    )
    return next((f"{name}-means" for name in found), "event")


def _page(import_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        row = accept.find(session, import_id, staff())
        if row.columns is None:
            raise NotFound("sheet_import.unknown")
        about = row.columns.get("event") or {}
        event = _asked_for(session, about)
        heads = _heads(session, row, request.form if errors else request.args)
        tables = _tables(layouts.proposal(session, reach().files, row, staff(), event, heads))
        own = sheet.own_event(reach().files.get(row.file_sha256), row.file_name) is not None
        return frame.page(
            session,
            "import_columns",
            "events",
            row=row,
            tables=tables,
            unknown=sum(not column.known for table in tables for column in table.columns),
            events=tuple(_events(session, own=own)),
            event=str(event.id) if event else OWN if own and not about else NEW,
            facts=[(name, text(f"sheet.blank.event.{name}"), about.get(name, "")) for name in layouts.EVENT_FIELDS],
            adds="yes" if row.columns.get("adds", True) else "no",
            adding=[(name, text(f"desk.columns.adds.{name}"), "") for name in ("yes", "no")],
            meanings=_meanings(),
            units=tuple((unit, unit or text("desk.columns.in_cell")) for unit in sheet.UNITS),
            periods=_periods(),
            confirmed=bool(row.columns),
            errors=errors,
        )


def _heads(session: Session, row: SheetImport, given: Mapping[str, str]) -> dict[str, int]:
    """Read on which lines the heads stand, where somebody said so: `baris-0=4` for the first table."""
    found = layouts.proposal(session, reach().files, row, staff(), None)
    lines = ((table.use.sheet, given.get(f"baris-{number}", "")) for number, table in enumerate(found))
    return {title: int(line) for title, line in lines if line.isdecimal() and len(line) <= len("5000")}


def _asked_for(session: Session, about: dict[str, Any]) -> Event | None:
    """Give the event that was confirmed, or the one whose page led here."""
    asked = request.args.get("acara", "")
    number = about.get("id") or (int(asked[:12]) if asked.isdecimal() else None)
    return places.event_here(session, number, (Role.COORDINATOR,)) if number else None


def _events(session: Session, *, own: bool) -> Iterator[tuple[str, str]]:
    if own:
        yield OWN, text("desk.columns.own_event")
    yield NEW, text("desk.columns.new_event")
    for event in events.visible(session, staff()):
        if places.may(event, Role.COORDINATOR):
            yield str(event.id), text("desk.columns.an_event", name=event.name, day=frame.day(event.starts_on))


def _tables(found: list[sheet.FoundTable]) -> tuple[Table, ...]:
    return tuple(
        Table(
            table.use.sheet,
            table.use.heading_line,
            table.lines,
            tuple(_choice(number, table, column) for column in table.use.columns),
        )
        for number, table in enumerate(found)
    )


def _choice(number: int, table: sheet.FoundTable, column: sheet.ColumnUse) -> Choice:
    return Choice(
        f"t{number}-{column.letter}",
        column.letter,
        column.label or text("desk.columns.no_heading"),
        table.samples.get(column.letter, ()),
        table.likeness.get(column.letter, 100) > 0,
        sheet.is_amount(column.means) or column.means in ("amount", "amount_potential", "amount_need"),
        column.means,
        column.unit,
        column.period,
    )


def _meanings() -> Options:
    return tuple((means, layouts.means_words(means)) for means in sheet.meanings())


def _periods() -> Options:
    return tuple(
        (period, text(f"sheet.period.{period}") if period else text("desk.columns.no_period"))
        for period in sheet.PERIODS
    )


def address_of(row: SheetImport, event: str) -> str:
    """Give where an upload leads: to its columns while these are not confirmed, else to what it says."""
    if not layouts.unconfirmed(row):
        return url_for("desk.show_import", import_id=row.id)
    return url_for("desk.import_columns", import_id=row.id, acara=event[:12] if event.isdecimal() else None)

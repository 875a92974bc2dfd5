"""The sheet "Peserta": who was there. It never names the signatory, but it may contradict the one who is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kdmp_core.workshops.sheet.cells import NAME, Line
from kdmp_core.workshops.sheet.facts import AttendanceRow, Party
from kdmp_core.workshops.sheet.finding import Finding, Level
from kdmp_core.workshops.sheet.layout import Sheet
from kdmp_core.workshops.sheet.naming import party_of
from kdmp_core.workshops.sheet.register import Register, by_block
from kdmp_core.workshops.sheet.words import heading, keyed, party_key, person_key, slug

_SEXES = {"l": "L", "laki laki": "L", "pria": "L", "p": "P", "perempuan": "P", "wanita": "P"}


def read_attendance(sheet: Sheet, register: Register) -> list[AttendanceRow]:
    """Give the attendance rows in the order of the sheet."""
    lines = [Line(sheet, row, values) for row, values in sheet.lines()]
    suggested = by_block([(line.glance("party"), person_key(line.glance("name"))) for line in lines], register)
    known = [_by_chair(line, register) for line in lines]
    rows = []
    for place, line in enumerate(lines):
        chair = known[place] or _beside(place, suggested, known)
        rows.append(_row(line, register, suggested[place], chair))
    keys = keyed([(_base(line), line.glance("phone") + line.glance("office")) for line in lines])
    return [replace(row, key=key) for row, key in zip(rows, keys, strict=True)]


def compare_chairs(parties: Sequence[Party], attendance: Sequence[AttendanceRow], sheet: Sheet) -> list[Party]:
    """Ask about each party whose chair on "Peserta" is another person than the signatory on "Koperasi".

    Titles and capitals make no other person. The suggestion is always "Koperasi": it names who signs.
    """
    chairs: dict[int, list[str]] = {}
    for row in attendance:
        if row.party is not None and heading(row.office) in ("ketua", "ketua pengurus"):
            chairs.setdefault(row.party, []).append(row.name)
    return [_compared(party, chairs.get(party.number, []), sheet) for party in parties]


def _compared(party: Party, chairs: list[str], sheet: Sheet) -> Party:
    own = person_key(party.officer.name)
    if not own or not chairs or own in {person_key(name) for name in chairs}:
        return party
    column = sheet.columns["officer"]
    finding = Finding(
        "chair_differs",
        Level.DOUBT,
        sheet.name,
        party.row,
        column.label,
        sheet.cell(party.row, "officer"),
        party.officer.name,
        "officer",
        party.officer.name,
        {"other": chairs[0]},
    )
    return replace(party, findings=(*party.findings, finding))


def _row(line: Line, register: Register, suggested: int | None, chair: int | None) -> AttendanceRow:
    name = line.text("name", NAME)
    if not name and not line.findings:
        line.note("name_missing", Level.ERROR, "name")
    written, party = _party(line, register, suggested, chair)
    return AttendanceRow(
        key="",
        row=line.row,
        name=name,
        office=line.given("office"),
        party=party,
        party_as_written=written,
        phone=line.phone("phone"),
        sex=_SEXES.get(heading(line.given("sex")), ""),
        findings=tuple(line.findings),
    )


def _party(line: Line, register: Register, suggested: int | None, chair: int | None) -> tuple[str, int | None]:
    if chair is None:
        return party_of(line, register, suggested)
    line.note("twin_by_chair", Level.NOTICE, "party", party=register.label(chair))
    return line.text("party"), chair


def _by_chair(line: Line, register: Register) -> int | None:
    """Give the one of several parties of a name whose chair this line names."""
    named = register.named(line.glance("party"))
    person = person_key(line.glance("name"))
    own = [number for number in named if person_key(register.by_number[number].officer.name) == person]
    return own[0] if len(named) > 1 and len(own) == 1 else None


def _beside(place: int, suggested: list[int | None], known: list[int | None]) -> int | None:
    """Give the party of a line that stands in one block with its chair, when the block order says the same."""
    number = suggested[place]
    return number if number is not None and number in known else None


def _base(line: Line) -> str:
    return f"peserta:{slug(person_key(line.glance('name')))}/{slug(party_key(line.glance('party')))}"

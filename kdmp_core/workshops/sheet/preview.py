"""Read a workbook into a preview. Pure: bytes in, values out; nothing is written and no clock is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from kdmp_core.workshops.sheet.attendance import compare_chairs, read_attendance
from kdmp_core.workshops.sheet.event_facts import read_event
from kdmp_core.workshops.sheet.facts import AttendanceRow, Party, Preview
from kdmp_core.workshops.sheet.finding import Finding, Level
from kdmp_core.workshops.sheet.layout import sheet_title, sheets_of, table_of
from kdmp_core.workshops.sheet.mapping_rows import read_mapping
from kdmp_core.workshops.sheet.parties import read_parties
from kdmp_core.workshops.sheet.register import Register
from kdmp_core.workshops.sheet.words import shown
from kdmp_core.workshops.sheet.workbook import Grid, grids


def read(data: bytes, file_name: str, *, today: date | None = None) -> Preview:
    """Give what a workbook (.xlsx, its bytes) says, with everything found in it.

    `today` is the day terms of office are held against (default: the event's last day). Raises InvalidInput or
    TooLarge with a code under `errors.sheet` when the file as a whole cannot be read; a bad cell never raises.
    """
    found, remarks = sheets_of(grids(data))
    event = read_event(found["event"])
    party_sheet, party_remarks = table_of("parties", found["parties"])
    mapping_sheet, mapping_remarks = table_of("mapping", found["mapping"])
    parties = read_parties(party_sheet, event.regency, today or event.ends)
    register = Register(parties)
    attendance, attendance_remarks = _attendance(found.get("attendance"), register)
    parties = compare_chairs(parties, attendance, party_sheet)
    return Preview(
        file_name=shown(file_name),
        sha256=hashlib.sha256(data).hexdigest(),
        event=event,
        parties=tuple(parties),
        mapping=tuple(read_mapping(mapping_sheet, Register(parties))),
        attendance=tuple(attendance),
        remarks=(*remarks, *party_remarks, *mapping_remarks, *attendance_remarks, *_empty(parties, party_sheet.name)),
    )


def _attendance(grid: Grid | None, register: Register) -> tuple[list[AttendanceRow], list[Finding]]:
    if grid is None:
        return [], [Finding("no_attendance", Level.NOTICE, sheet_title("attendance"))]
    if not grid.rows:
        return [], [Finding("no_attendance", Level.NOTICE, shown(grid.title))]
    sheet, remarks = table_of("attendance", grid)
    return read_attendance(sheet, register), remarks


def _empty(parties: Sequence[Party], sheet: str) -> list[Finding]:
    return [] if parties else [Finding("no_parties", Level.ERROR, sheet)]

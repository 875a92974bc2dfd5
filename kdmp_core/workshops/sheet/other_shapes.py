"""Read a file of another shape by its confirmed columns into the same preview that the workbook's reader gives.

A wide row becomes one line for each amount in it; every line still knows its sheet, row, column and cell. Nothing is
dropped: what is not read as a row is named in a notice.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from io import BytesIO
from types import MappingProxyType
from typing import Any, TypeVar

from kdmp_core.texts import text
from kdmp_core.workshops.sheet.cells import EMPTY, Line
from kdmp_core.workshops.sheet.columns import ColumnUse, FoundTable, Layout, TableUse, tables_of
from kdmp_core.workshops.sheet.event_facts import read_event
from kdmp_core.workshops.sheet.facts import Commodity, Direction, EventFacts, Field, Officer, Party, Preview
from kdmp_core.workshops.sheet.finding import Finding, Level
from kdmp_core.workshops.sheet.headings import SHEETS
from kdmp_core.workshops.sheet.layout import Column, Sheet
from kdmp_core.workshops.sheet.mapping_rows import read_mapping_lines, total_of
from kdmp_core.workshops.sheet.parties import read_party_lines
from kdmp_core.workshops.sheet.places import PLACE
from kdmp_core.workshops.sheet.recognise import IGNORE, amounts, is_amount, prices
from kdmp_core.workshops.sheet.register import Register
from kdmp_core.workshops.sheet.text_table import text_grid
from kdmp_core.workshops.sheet.vocabulary import COMMODITIES, DIRECTIONS, FIELDS
from kdmp_core.workshops.sheet.words import heading, party_key, shown
from kdmp_core.workshops.sheet.workbook import OLD_OR_ENCRYPTED, Grid, grids

_NOTHING = EMPTY | {"tidak", "tdk", "nihil", "kosong"}
_ZERO = re.compile(r"0+(?:[.,]0+)?\s*(?:kg|kuintal|kwintal|kw|ton)?", re.IGNORECASE)
_PARTY = ("number", "area_code", "village", "district", "legal_number", "kind", "officer", "office", "phone", "email")
_PARTY_MORE = ("nib", "npwp", "address", "postcode")
_SHARED = ("number", "party", "party_number", "area_code", "village", "district", "unit", "period", "note")
_ROW_WISE = ("field", "direction", "commodity", "price")
Told = TypeVar("Told", Party, Officer)

MOST_NAMED = 40
"""Rows that a notice names one by one."""


@dataclass(frozen=True)
class Ground:
    """What the file does not say: the event, and the parties it has already. `adds` leaves other rows as they are."""

    event: EventFacts
    parties: tuple[Party, ...] = ()
    adds: bool = False


def grids_of(data: bytes, file_name: str) -> list[Grid]:
    """Give the sheets of an .xlsx, or the one table of a text file. Raises InvalidInput, TooLarge."""
    if not data or data.startswith((OLD_OR_ENCRYPTED, b"PK")) or zipfile.is_zipfile(BytesIO(data)):
        return grids(data)
    return [text_grid(data, file_name)]


def typed_event(values: Mapping[str, str]) -> EventFacts:
    """Give the facts of an event that were typed on the page, read as the sheet "Acara" is."""
    rows = {
        row: (text(f"sheet.blank.event.{name}"), value or None) for row, (name, value) in enumerate(values.items(), 1)
    }
    return read_event(Grid(text("sheet.typed_event"), rows, {}, frozenset()))


def own_event(data: bytes, file_name: str) -> EventFacts | None:
    """Give the facts of the file's own sheet "Acara", if it has one."""
    titles = SHEETS["event"]
    found = [grid for grid in grids_of(data, file_name) if heading(grid.title) in titles]
    return read_event(found[0]) if found else None


def find_tables(data: bytes, file_name: str, heads: Mapping[str, int] = MappingProxyType({})) -> list[FoundTable]:
    """Give the tables of a file with what their columns may mean. Raises InvalidInput, TooLarge.

    `heads` says on which line the head of a sheet stands, where that is known.
    """
    aside = (*SHEETS["event"], *SHEETS["attendance"])
    return tables_of([grid for grid in grids_of(data, file_name) if heading(grid.title) not in aside], heads)


def read_by_columns(data: bytes, file_name: str, layout: Layout, ground: Ground) -> Preview:
    """Give what a file says when its columns mean what `layout` says. Raises InvalidInput, TooLarge."""
    by_title = {shown(grid.title): grid for grid in grids_of(data, file_name)}
    tables = [(table, by_title[table.sheet]) for table in layout.tables if table.sheet in by_title]
    parties = _parties(tables, ground)
    register = Register(parties)
    read = [_lines(table, grid) for table, grid in tables]
    lines = [line for found, _ in read for line in found]
    unread = [
        title for title, grid in by_title.items() if grid.rows and title not in {use.sheet for use in layout.tables}
    ]
    remarks = [remark for _, found in read for remark in found]
    remarks += [Finding("sheet_ignored", Level.NOTICE, title) for title in unread]
    return Preview(
        file_name=shown(file_name),
        sha256=hashlib.sha256(data).hexdigest(),
        event=ground.event,
        parties=tuple(parties),
        mapping=tuple(read_mapping_lines(lines, register)),
        attendance=(),
        remarks=tuple(remarks),
        adds=ground.adds,
    )


def _lines(table: TableUse, grid: Grid) -> tuple[list[Line], list[Finding]]:
    """Give the lines of a table's amounts, and what of it is not read."""
    sheets = [_sheet(table, grid, column) for column in table.amounts]
    lines: list[Line] = []
    nothing: dict[str, list[int]] = {}
    without: list[int] = []
    unread: list[int] = []
    every = _sheet(table, grid)
    spoken = dict(every.lines())
    for row in sorted(line for line in grid.rows if line > table.heading_line):
        if row not in spoken:
            unread.append(row)
            continue
        found = list(_of_row(table, sheets, row, spoken[row], nothing))
        if table.amounts and not found and not any(row in rows for rows in nothing.values()):
            without.append(row)
        lines += found
    remarks = [_ignored(table, grid)] if table.meaning(IGNORE) else []
    remarks += [_rows_notice("cells_none", table, rows, column=column) for column, rows in nothing.items()]
    remarks += [_rows_notice("rows_without_amount", table, without)] if without else []
    remarks += [_rows_notice("rows_unread", table, unread)] if unread else []
    totals = [row for row, values in spoken.items() if not table.amounts and total_of(Line(every, row, values))]
    remarks += [_rows_notice("totals_passed", table, totals)] if totals else []
    return lines, remarks


def _of_row(
    table: TableUse, sheets: Sequence[Sheet], row: int, values: tuple[Any, ...], nothing: dict[str, list[int]]
) -> Iterator[Line]:
    """Give a line for each amount in a row; of a row that sums up others one, in a wide table a zero is no offer."""
    lone = bool(table.meaning("amount"))
    for sheet in sheets:
        line = Line(sheet, row, values)
        amount = line.glance("amount")
        if total_of(line):
            yield line
            return
        if not lone and not amount:
            continue
        if not lone and (amount.lower() in _NOTHING or _ZERO.fullmatch(amount)):
            nothing.setdefault(sheet.columns["amount"].label, []).append(row)
            continue
        yield line


def _sheet(table: TableUse, grid: Grid, amount: ColumnUse | None = None) -> Sheet:
    """Give a table as the mapping's sheet seen from one of its amounts; without one, as all that is said in it."""
    columns = {use.means: _column(use) for use in table.columns if use.means in (*_SHARED, *_ROW_WISE)}
    if "party" not in columns and "village" in columns:
        columns["party"] = columns["village"]
    if amount is None:
        columns |= {use.letter: _column(use) for use in table.columns if use.means not in (IGNORE, "number")}
        return Sheet(shown(grid.title), grid, columns, table.heading_line)
    columns["amount"] = _column(amount)
    fixed: dict[str, str] = {}
    if is_amount(amount.means):
        field, direction, commodity = amounts()[amount.means]
        fixed = {"field": _FIELD[field], "direction": _DIRECTION[direction], "commodity": _COMMODITY[commodity]}
        price = [use for use in table.columns if prices().get(use.means) is commodity]
        columns |= {"price": _column(price[0])} if price else {}
    elif amount.means != "amount":
        fixed["direction"] = _DIRECTION[Direction(amount.means.removeprefix("amount_"))]
    fixed |= {"unit": amount.unit} if amount.unit and "unit" not in columns else {}
    fixed |= {"period": text(f"sheet.period.{amount.period}")} if amount.period and "period" not in columns else {}
    columns |= dict.fromkeys(fixed, columns["amount"])
    return Sheet(shown(grid.title), grid, columns, table.heading_line, fixed)


def _parties(tables: Sequence[tuple[TableUse, Grid]], ground: Ground) -> list[Party]:
    """Give the event's parties and those of the file.

    A table that only lists cooperatives adds to an event or corrects it; amounts speak of the parties there are, and
    of their own where nobody has listed any.
    """
    named = [(table, grid) for table, grid in tables if table.meaning("party", "village")]
    lists = [(table, grid) for table, grid in named if not table.amounts]
    chosen = lists if lists or ground.parties else named
    about = ground.event
    found = [
        party
        for table, grid in chosen
        for party in read_party_lines(_party_lines(table, grid), about.regency, about.ends)
    ]
    if not ground.parties and len(chosen) == 1:
        return found
    result = list(ground.parties)
    for party in found:
        place = next((at for at, known in enumerate(result) if _same(known, party)), None)
        if place is None:
            result.append(replace(party, number=max((one.number for one in result), default=0) + 1))
        else:
            result[place] = _completed(result[place], party)
    return result


def _party_lines(table: TableUse, grid: Grid) -> list[Line]:
    """Give the lines of a list; of a table with amounts one for each cooperative, however many rows speak of it."""
    columns = {use.means: _column(use) for use in table.columns if use.means in (*_PARTY, *_PARTY_MORE)}
    columns["name"] = _column((table.meaning("party") or table.meaning("village"))[0])
    if table.amounts:
        columns.pop("number", None)
    sheet = Sheet(shown(grid.title), grid, columns, table.heading_line)
    every = [Line(sheet, row, values) for row, values in sheet.lines()]
    lines = [line for line in every if not total_of(line)]
    if not table.amounts:
        return lines
    first: dict[tuple[str, ...], Line] = {}
    for line in lines:
        first.setdefault((party_key(line.glance("name")), *(line.glance(meaning).lower() for meaning in PLACE)), line)
    return [line for key, line in first.items() if key[0]]


def _same(known: Party, given: Party) -> bool:
    if known.legal_number and known.legal_number == given.legal_number:
        return True
    if given.area_code and known.area_code:
        return (known.area_code, known.kind) == (given.area_code, given.kind)
    return party_key(known.name) == party_key(given.name)


def _completed(known: Party, given: Party) -> Party:
    """Give a party as the file has it, with what the file is silent about as it is known."""
    empty = {finding.about for finding in given.findings if not finding.found} - {"name", "officer"}
    standing = {about for about in empty if getattr(known, about, None)}
    given = replace(given, findings=tuple(one for one in given.findings if one.about not in standing))
    officer = given.officer
    if officer.name and officer.name == known.officer.name:
        officer = _over(known.officer, officer)
    return replace(_over(known, given), number=known.number, officer=officer if officer.name else known.officer)


def _over(known: Told, given: Told) -> Told:
    silent = {part.name: getattr(known, part.name) for part in fields(known) if not getattr(given, part.name)}
    return replace(given, **silent)


def _column(use: ColumnUse) -> Column:
    return Column(use.place, use.label or use.letter)


def _ignored(table: TableUse, grid: Grid) -> Finding:
    names = ", ".join(use.label or use.letter for use in table.meaning(IGNORE))
    return Finding("columns_ignored", Level.NOTICE, shown(grid.title), values={"columns": names})


def _rows_notice(code: str, table: TableUse, rows: list[int], **values: str) -> Finding:
    named = ", ".join(map(str, rows[:MOST_NAMED])) + (" …" if len(rows) > MOST_NAMED else "")
    return Finding(code, Level.NOTICE, table.sheet, values={"rows": named, "n": str(len(rows)), **values})


_FIELD: dict[Field, str] = {field: word for word, field in reversed(FIELDS.items())}
_DIRECTION: dict[Direction, str] = {direction: word for word, direction in reversed(DIRECTIONS.items())}
_COMMODITY: dict[Commodity, str] = {commodity: word for word, commodity in reversed(COMMODITIES.items())}

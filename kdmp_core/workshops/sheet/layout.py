"""Where things stand in a workbook: which sheet is which, where its heading line is, which column is what.

Sheets and columns go by the words people write over them; a misspelt sheet name is used with a notice, a missing one
is refused and the nearest is named. Title lines above the heading and empty lines between rows are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz, process

from kdmp_core.errors import InvalidInput, Problem
from kdmp_core.texts import text
from kdmp_core.workshops.sheet.finding import Finding, Level
from kdmp_core.workshops.sheet.headings import COLUMNS, REQUIRED, SHEETS
from kdmp_core.workshops.sheet.words import heading, shown
from kdmp_core.workshops.sheet.workbook import Grid, column_letter

HEADING_LINES = 30
NEAR_SHEET = 72


@dataclass(frozen=True)
class Column:
    """One column: its place (from 1) and its heading as written."""

    place: int
    label: str


@dataclass(frozen=True)
class Sheet:
    """One of the four sheets, with its columns by what they mean.

    `fixed` are values that stand in no cell of their own: what a person has confirmed about a column as a whole.
    """

    name: str
    grid: Grid
    columns: dict[str, Column]
    heading_line: int
    fixed: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Give the lines below the heading that say anything beside a running number."""
        places = [column.place for meaning, column in self.columns.items() if meaning != "number"]
        for line in sorted(self.grid.rows):
            values = self.grid.rows[line]
            if line > self.heading_line and any(_said(values, place) for place in places):
                yield line, values

    def cell(self, line: int, meaning: str) -> str:
        """Give the address of a cell, such as "F127"."""
        return f"{column_letter(self.columns[meaning].place)}{line}"


def sheets_of(grids: Sequence[Grid]) -> tuple[dict[str, Grid], list[Finding]]:
    """Give the grids by meaning: `event`, `parties`, `mapping` and, if there, `attendance`.

    Raises InvalidInput `sheet.missing_sheets`; each problem names a missing sheet and the nearest name there is.
    """
    by_heading = {heading(grid.title): grid for grid in grids}
    found = {meaning: by_heading[name] for meaning, names in SHEETS.items() for name in names if name in by_heading}
    left = {name: grid for name, grid in by_heading.items() if grid not in found.values()}
    remarks = []
    for meaning in [meaning for meaning in SHEETS if meaning not in found]:
        near = process.extractOne(SHEETS[meaning][0], left.keys(), scorer=fuzz.WRatio, score_cutoff=NEAR_SHEET)
        if near is not None:
            found[meaning] = left.pop(near[0])
            remarks.append(_sheet_notice("sheet_renamed", found[meaning], wanted=sheet_title(meaning)))
    _refuse_missing(found, grids)
    remarks.extend(_sheet_notice("sheet_ignored", grid) for grid in left.values() if grid.rows)
    remarks.extend(_sheet_notice("sheet_hidden", grid) for grid in found.values() if grid.hidden)
    return found, remarks


def sheet_title(meaning: str) -> str:
    """Give the name the sheet should have."""
    return text(f"sheet.titles.{meaning}")


def table_of(meaning: str, grid: Grid) -> tuple[Sheet, list[Finding]]:
    """Find the heading line and its columns.

    Raises InvalidInput `sheet.no_heading` when a needed column is not there.
    """
    best: dict[str, Column] = {}
    best_line, doubles = 0, list[str]()
    for line in sorted(grid.rows)[:HEADING_LINES]:
        columns, twice = _columns(meaning, grid.rows[line])
        if len(columns) > len(best):
            best, best_line, doubles = columns, line, twice
    lacking = [word for word in REQUIRED[meaning] if word not in best]
    if lacking:
        columns_wanted = ", ".join(text(f"sheet.columns.{word}") for word in lacking)
        raise InvalidInput(
            "sheet.no_heading",
            problems=[Problem("sheet.no_column", grid.title, {"column": text(f"sheet.columns.{w}")}) for w in lacking],
            sheet=shown(grid.title),
            columns=columns_wanted,
        )
    sheet = Sheet(grid.title, grid, best, best_line)
    return sheet, [*_hidden(sheet), *(_sheet_notice("column_twice", grid, column=label) for label in doubles)]


def _columns(meaning: str, values: tuple[Any, ...]) -> tuple[dict[str, Column], list[str]]:
    columns: dict[str, Column] = {}
    twice = []
    for place, value in enumerate(values, start=1):
        word = COLUMNS[meaning].get(heading(value))
        if word in columns:
            twice.append(shown(value))
        elif word is not None:
            columns[word] = Column(place, shown(value))
    return columns, twice


def _hidden(sheet: Sheet) -> list[Finding]:
    used = {line for line, _ in sheet.lines()}
    labels = {column_letter(column.place): column.label for column in sheet.columns.values()}
    rows = [
        Finding("row_hidden", Level.NOTICE, sheet.name, row=line) for line in sheet.grid.hidden_rows if line in used
    ]
    columns = [
        _sheet_notice("column_hidden", sheet.grid, column=labels[letter])
        for letter in sheet.grid.hidden_columns
        if letter in labels
    ]
    return rows + columns


def _sheet_notice(code: str, grid: Grid, **values: str) -> Finding:
    return Finding(code, Level.NOTICE, shown(grid.title), values=values)


def _refuse_missing(found: dict[str, Grid], grids: Sequence[Grid]) -> None:
    missing = [meaning for meaning in ("event", "parties", "mapping") if meaning not in found]
    if missing:
        raise InvalidInput(
            "sheet.missing_sheets",
            problems=[
                Problem("sheet.missing_sheet", sheet_title(meaning), _nearest(meaning, grids)) for meaning in missing
            ],
            sheets=", ".join(map(sheet_title, missing)),
            present=", ".join(shown(grid.title) for grid in grids[:10]),
        )


def _nearest(meaning: str, grids: Sequence[Grid]) -> dict[str, str]:
    near = max(grids, key=lambda grid: fuzz.WRatio(sheet_title(meaning), grid.title))
    return {"sheet": sheet_title(meaning), "nearest": shown(near.title)}


def _said(values: tuple[Any, ...], place: int) -> bool:
    value = values[place - 1] if place <= len(values) else None
    return value is not None and str(value).strip() != ""

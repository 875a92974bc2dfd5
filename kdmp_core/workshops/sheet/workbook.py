"""Open a workbook that a stranger sent: refuse what cannot or should not be opened, give the rest as plain grids.

openpyxl is used here and in `blank`, nowhere else. Before it parses anything the archive is weighed: size, members,
expansion, cells, entities.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from kdmp_core.errors import InvalidInput, TooLarge

MOST_BYTES = 5 * 2**20
MOST_EXPANDED = 60 * 2**20
MOST_MEMBERS = 200
MOST_CELLS = 100_000
MOST_ROWS = 5_000
MOST_COLUMNS = 60

OLD_OR_ENCRYPTED = b"\xd0\xcf\x11\xe0"
_ARCHIVE_FAULTS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)
_CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Grid:
    """One sheet: rows of values by line number (from 1), and which places are merged, hidden or computed.

    `merged` gives for each covered place the place whose value is shown there; places are (line, column), from 1.
    """

    title: str
    rows: dict[int, tuple[Any, ...]]
    merged: dict[tuple[int, int], tuple[int, int]]
    formulas: frozenset[tuple[int, int]]
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[str, ...] = ()
    hidden: bool = False


def column_letter(place: int) -> str:
    """Give the letter of a column, from 1."""
    return get_column_letter(place)


def grids(data: bytes) -> list[Grid]:
    """Give the sheets of an .xlsx file.

    Raises InvalidInput `sheet.empty`, `.old_or_encrypted`, `.not_a_workbook`, `.unreadable`; TooLarge
    `sheet.too_many_bytes`, `.expands_too_far`, `.too_many_cells`, `.too_many_rows`.
    """
    computed = _weigh(data)
    with _quietly():
        book = openpyxl.load_workbook(BytesIO(data), data_only=True)
        formulas = _formulas(data) if computed else {}
        return [_grid(sheet, formulas.get(sheet.title, frozenset())) for sheet in book.worksheets]


def _weigh(data: bytes) -> bool:
    """Refuse a file that is no workbook or too much of one; say whether a formula stands in it."""
    if not data:
        raise InvalidInput("sheet.empty")
    if len(data) > MOST_BYTES:
        raise TooLarge("sheet.too_many_bytes", most=MOST_BYTES // 2**20)
    if data.startswith(OLD_OR_ENCRYPTED):
        raise InvalidInput("sheet.old_or_encrypted")
    if not zipfile.is_zipfile(BytesIO(data)):
        raise InvalidInput("sheet.not_a_workbook")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _weigh_members(archive)
    except _ARCHIVE_FAULTS as fault:
        raise InvalidInput("sheet.unreadable") from fault


def _weigh_members(archive: zipfile.ZipFile) -> bool:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_EXPANDED:
        raise TooLarge("sheet.expands_too_far")
    if "xl/workbook.xml" not in archive.namelist():
        raise InvalidInput("sheet.not_a_workbook")
    cells, computed, left = 0, False, MOST_EXPANDED
    for member in members:
        if member.filename.endswith((".xml", ".rels")):
            body = _inflate(archive, member, left)
            left -= len(body)
            if _ENTITY.search(body):
                raise InvalidInput("sheet.unreadable")
            if member.filename.startswith("xl/worksheets/"):
                cells += len(_CELL.findall(body))
                computed = computed or _FORMULA.search(body) is not None
    if cells > MOST_CELLS:
        raise TooLarge("sheet.too_many_cells", most=MOST_CELLS)
    return computed


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    """Read a member, never past what is left: its stated size may lie."""
    with archive.open(member) as stream:
        body = stream.read(left + 1)
    if len(body) > left:
        raise TooLarge("sheet.expands_too_far")
    return body


@contextmanager
def _quietly() -> Iterator[None]:
    """Turn whatever openpyxl trips over into one refusal; its remarks on lost ornaments are of no use here."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (InvalidInput, TooLarge):
        raise
    except Exception as fault:
        raise InvalidInput("sheet.unreadable") from fault


def _formulas(data: bytes) -> dict[str, frozenset[tuple[int, int]]]:
    book = openpyxl.load_workbook(BytesIO(data), read_only=True)
    try:
        return {
            sheet.title: frozenset(
                (cell.row, cell.column)
                for line in sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS)
                for cell in line
                if cell.data_type == "f" and cell.row is not None and cell.column is not None
            )
            for sheet in book.worksheets
        }
    finally:
        book.close()


def _grid(sheet: Any, formulas: frozenset[tuple[int, int]]) -> Grid:
    if sheet.max_row > MOST_ROWS:
        raise TooLarge("sheet.too_many_rows", sheet=sheet.title[:40], most=MOST_ROWS)
    width = min(sheet.max_column, MOST_COLUMNS)
    lines = enumerate(sheet.iter_rows(max_col=width, values_only=True), start=1)
    return Grid(
        title=sheet.title,
        rows={line: tuple(values) for line, values in lines if any(value is not None for value in values)},
        merged=_merged(sheet, width),
        formulas=formulas,
        hidden_rows=tuple(sorted(line for line, row in sheet.row_dimensions.items() if row.hidden)),
        hidden_columns=tuple(sorted(name for name, column in sheet.column_dimensions.items() if column.hidden)),
        hidden=sheet.sheet_state != "visible",
    )


def _merged(sheet: Any, width: int) -> dict[tuple[int, int], tuple[int, int]]:
    shown: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        anchor = (area.min_row, area.min_col)
        for line in range(area.min_row, min(area.max_row, MOST_ROWS) + 1):
            for column in range(area.min_col, min(area.max_col, width) + 1):
                if (line, column) != anchor:
                    shown[line, column] = anchor
    return shown

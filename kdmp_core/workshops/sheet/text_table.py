"""Read a table kept as text (CSV): which letters it is written in, what parts its cells, the rows as one plain grid.

Excel writes semicolons where a comma begins the fraction, old programs write cp1252, others UTF-16; all are read. A
byte that no encoding explains is refused, never replaced.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from kdmp_core.errors import InvalidInput, TooLarge
from kdmp_core.workshops.sheet.words import shown
from kdmp_core.workshops.sheet.workbook import MOST_BYTES, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Grid

SEPARATORS = (";", "\t", ",", "|")
LOOKED_AT = 60
"""Rows that are looked at to tell the separator."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TABLE = re.compile(r"\s*(?:%PDF|\{\\rtf|<[!?a-zA-Z]|\{|\[)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SEP_LINE = re.compile(r"sep=([;\t,|])\r?\n", re.IGNORECASE)


def text_grid(data: bytes, file_name: str) -> Grid:
    """Give the table of a text file as a grid named after the file; its lines are counted as a spreadsheet would.

    Raises InvalidInput `sheet.not_a_table` (no text, or no columns), `sheet.unknown_letters`; TooLarge as a workbook.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge("sheet.too_many_bytes", most=MOST_BYTES // 2**20)
    written = _decoded(data)
    if _NO_TABLE.match(written) or _CONTROL.search(written):
        raise InvalidInput("sheet.not_a_table")
    told = _SEP_LINE.match(written)
    separator = told[1] if told else _separator(written)
    lines = _lines(written, separator)
    title = shown(file_name.rsplit(".", 1)[0]) or "CSV"
    if len(lines) > MOST_ROWS:
        raise TooLarge("sheet.too_many_rows", sheet=title, most=MOST_ROWS)
    if sum(map(len, lines)) > MOST_CELLS:
        raise TooLarge("sheet.too_many_cells", most=MOST_CELLS)
    if max(map(len, lines), default=0) < 2:  # noqa: PLR2004 (one column is no table)
        raise InvalidInput("sheet.not_a_table")
    first = 0 if told else 1
    rows = {
        number: tuple(cell.strip() or None for cell in cells[:MOST_COLUMNS])
        for number, cells in enumerate(lines, first)
        if number and any(cell.strip() for cell in cells)
    }
    return Grid(title, rows, {}, frozenset())


def _decoded(data: bytes) -> str:
    """Give the text: by its mark, else as UTF-8, else as cp1252, which is what Excel here writes without asking."""
    by_mark = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    for encoding in [by_mark] if by_mark else ["utf-8", "cp1252"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput("sheet.unknown_letters")


def _separator(written: str) -> str:
    """Give the separator under which most rows have the same number of cells, above one; the first of equals."""
    return max(SEPARATORS, key=lambda separator: _evenness(written, separator))


def _evenness(written: str, separator: str) -> int:
    widths = Counter(len(cells) for cells in _lines(written, separator, LOOKED_AT) if len(cells) > 1)
    return max(widths.values(), default=0)


def _lines(written: str, separator: str, most: int = MOST_ROWS + 1) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(written, newline=""), delimiter=separator):
            if len(found) == most:
                break
            found.append(cells)
    except csv.Error as fault:
        raise InvalidInput("sheet.not_a_table") from fault
    return found

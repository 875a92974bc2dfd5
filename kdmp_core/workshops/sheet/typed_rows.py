"""Rows that a party typed about itself, read as the mapping's sheet is: one validation, whatever rows come in by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kdmp_core.texts import text
from kdmp_core.workshops.sheet.cells import Line
from kdmp_core.workshops.sheet.facts import MappingRow, Party
from kdmp_core.workshops.sheet.layout import Column, Sheet
from kdmp_core.workshops.sheet.mapping_rows import read_mapping_lines
from kdmp_core.workshops.sheet.register import Register
from kdmp_core.workshops.sheet.workbook import Grid

TYPED = ("party", "field", "direction", "commodity", "amount", "unit", "period", "price", "note")


def read_typed_rows(rows: Sequence[Mapping[str, str]], party: Party) -> list[MappingRow]:
    """Give what rows say of a party, in their order; each holds texts by the names of `TYPED` but `party`."""
    title = text("sheet.typed_rows")
    cells = {
        number: tuple(party.name if name == "party" else row.get(name) or None for name in TYPED)
        for number, row in enumerate(rows, 1)
    }
    columns = {name: Column(place, text(f"sheet.columns.{name}")) for place, name in enumerate(TYPED, 1)}
    sheet = Sheet(title, Grid(title, dict(cells), {}, frozenset()), columns, heading_line=0)
    lines = [Line(sheet, number, values) for number, values in cells.items()]
    return read_mapping_lines(lines, Register([party]))

"""Builders of sheets of other shapes: what each cooperative has and lacks, written wide or row by row, in any order.

`facts(chance, regency, many)` gives what is meant; `wide(…)` and `row_wise(…)` write it as tables of cells; `as_csv`
and `as_xlsx` make the bytes. What was meant is known without reading it back.
"""

from __future__ import annotations

import codecs
import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from openpyxl import Workbook

from kdmp_core import areas
from kdmp_core.workshops import sheet
from tests.sheets import saved

REGENCY = "33.10"
EVENT = sheet.EventFacts(
    key=sheet.EVENT_KEY,
    row=0,
    name="Lokakarya Klaten",
    organiser="Dinas Koperasi Klaten",
    venue="Balai Desa",
    starts=date(2025, 11, 5),
    ends=date(2025, 11, 6),
    regency=REGENCY,
    commodity="Beras",
    baseline_price=6_400,
)
AMOUNTS = (
    ("Produksi GKP", "production:potential:gkp", ("Produksi", "Potensi", "GKP")),
    ("Kapasitas giling", "processing:potential:milling", ("Pengolahan", "Potensi", "Giling gabah")),
    ("Butuh angkutan", "distribution:need:transport", ("Distribusi", "Kebutuhan", "Angkutan")),
    ("Jual beras medium", "marketing:need:rice_medium", ("Pemasaran", "Kebutuhan", "Beras medium")),
)
ENCODINGS = {
    "utf-8": b"",
    "utf-8-sig": b"",
    "cp1252": b"",
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}
Table = list[list[Any]]


@dataclass(frozen=True)
class Meant:
    """What one cooperative says: kilograms by the meaning of the column."""

    name: str
    village: str
    district: str
    code: str
    kg: dict[str, int]

    @property
    def rows(self) -> set[tuple[str, str, int]]:
        return {(self.name, means, kg) for means, kg in self.kg.items()}


def facts(chance: random.Random, many: int = 6, regency: str = REGENCY) -> list[Meant]:
    """Give cooperatives with names of their own that each say something, now and then nothing of one kind."""
    every = [village for district in areas.below(regency) for village in areas.below(district.code)]
    named = {village.name.lower(): village for village in every if village.kind is areas.VillageKind.DESA}
    chosen = chance.sample(sorted(named.values(), key=lambda village: village.code), many)
    return [_meant(village, chance) for village in chosen]


def wide(meant: Sequence[Meant], unit: str = "kg") -> Table:
    """Write one row per cooperative."""
    head = ["No", "Nama Koperasi", "Desa", "Kecamatan", *(f"{name} ({unit})" for name, _, _ in AMOUNTS)]
    rows: Table = [
        [number, one.name, one.village, one.district, *(typed(one.kg.get(means), unit) for _, means, _ in AMOUNTS)]
        for number, one in enumerate(meant, 1)
    ]
    return [head, *rows]


def row_wise(meant: Sequence[Meant]) -> Table:
    """Write one row for each offer and need, under other names than ours."""
    words = {means: what for _, means, what in AMOUNTS}
    head = ["Nomor", "Nama KDMP", "Desa", "Kec.", "Bidang usaha", "Punya atau butuh", "Barang", "Volume", "Satuan"]
    rows: Table = [
        [None, one.name, one.village, one.district, *words[means], typed(kg, "kg"), "kg"]
        for one in meant
        for means, kg in one.kg.items()
    ]
    return [head, *rows]


def typed(kg: int | None, unit: str) -> str | None:
    """Type kilograms as people do: dots for thousands, a comma before the fraction."""
    if kg is None:
        return None
    if unit == "kg":
        return f"{kg:,}".replace(",", ".")
    whole, rest = divmod(kg, 1000)
    return f"{whole:,}".replace(",", ".") + (f",{rest // 100}" if rest else "")


def shuffled(table: Table, chance: random.Random) -> Table:
    """Give the same table with its columns and its rows in another order."""
    columns = list(range(len(table[0])))
    chance.shuffle(columns)
    rows = table[1:]
    rows = chance.sample(rows, len(rows))
    return [[row[place] for place in columns] for row in (table[0], *rows)]


def as_csv(table: Table, separator: str = ";", encoding: str = "utf-8", above: Sequence[str] = ()) -> bytes:
    """Give the bytes of a text table, title lines above it."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator)
    for title in above:
        writer.writerow([title])
    writer.writerows(table)
    return ENCODINGS[encoding] + stream.getvalue().encode(encoding)


def as_xlsx(table: Table, above: Sequence[str] = (), title: str = "Data Desa") -> bytes:
    """Give the bytes of a workbook with the table on one sheet; each title is merged over all columns."""

    def fill(book: Workbook) -> None:
        page = book.create_sheet(title)
        for line, words in enumerate(above, 1):
            page.append([words])
            page.merge_cells(start_row=line, start_column=1, end_row=line, end_column=len(table[0]))
        for row in table:
            page.append(row)

    return saved(fill)


def ground(meant: Sequence[Meant] = ()) -> sheet.Ground:
    """Give the event, with these as its parties."""
    parties = tuple(
        sheet.Party(
            key=f"terdaftar:{number}",
            row=0,
            number=number,
            kind=sheet.PartyKind.KDMP,
            name=one.name,
            area_code=one.code,
        )
        for number, one in enumerate(meant, 1)
    )
    return sheet.Ground(EVENT, parties)


def read(data: bytes, about: sheet.Ground, name: str = "data.csv", **means: str) -> sheet.Preview:
    """Read a file as its columns are proposed; `means` corrects the meaning of a column by its letter."""
    tables = sheet.find_tables(data, name)
    uses = [
        replace(found.use, columns=tuple(_corrected(column, means) for column in found.use.columns)) for found in tables
    ]
    plain = sheet.plain_layout(sheet.Layout(tuple(uses)))
    return sheet.read_by_columns(data, name, sheet.layout_from(plain, tables), about)


def said(preview: sheet.Preview) -> set[tuple[str, str, int]]:
    """Give what the mapping rows of a preview say, by the party's name."""
    names = {party.number: party.name for party in preview.parties}
    return {
        (names[row.party], f"{row.field}:{row.direction}:{row.commodity}", row.kg)
        for row in preview.mapping
        if row.party is not None and row.kg is not None
    }


def _meant(village: areas.Area, chance: random.Random) -> Meant:
    kg = {means: chance.randrange(1, 2000) * 100 for _, means, _ in AMOUNTS if chance.random() < 0.8}
    kg = kg or {AMOUNTS[0][1]: 5_000}
    district = areas.find(village.district).name
    return Meant(f"Koperasi Desa Merah Putih {village.name}", village.name, district, village.code, kg)


def _corrected(column: sheet.ColumnUse, means: dict[str, str]) -> sheet.ColumnUse:
    return replace(column, means=means.get(column.letter, column.means))

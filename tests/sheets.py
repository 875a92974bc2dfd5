"""Builders of workshop sheets: a regency of any size, dirty or clean, in any order of rows; and workbooks to break.

`regency_sheet(code, seed)` gives the tables of a workshop with what they ought to say; `workbook(tables)` makes the
bytes. Nothing here is read from the Cianjur sheet.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from kdmp_core import areas

PARTY_HEAD = (
    "No",
    "Nama Koperasi",
    "Kode Wilayah",
    "Desa/Kel",
    "Kecamatan",
    "No. SK AHU",
    "NIB",
    "NPWP",
    "Jenis",
    "Ketua",
    "No. HP Ketua",
    "Email",
    "Masa Jabatan s.d.",
)
MAPPING_HEAD = (
    "No",
    "Nama Koperasi",
    "Bidang",
    "Potensi / Kebutuhan",
    "Komoditas",
    "Jumlah",
    "Satuan",
    "Periode",
    "Harga (Rp)",
    "Keterangan",
)
ATTENDANCE_HEAD = ("No", "Nama", "Koperasi", "Jabatan", "HP", "L/P")

Table = list[list[Any]]


@dataclass
class Tables:
    """The four sheets as lists of rows below their headings, and the kilograms each mapping row means."""

    event: Table
    parties: Table
    mapping: Table
    attendance: Table
    kilograms: list[int] = field(default_factory=list)


def event_rows(regency: str) -> Table:
    """Give the sheet "Acara" of a regency."""
    return [
        ["Nama acara", f"Lokakarya {areas.label(regency)}"],
        ["Penyelenggara", "Dinas Koperasi"],
        ["Tempat", "Balai Desa"],
        ["Mulai", date(2025, 11, 5)],
        ["Selesai", "6 November 2025"],
        ["Kabupaten", regency],
        ["Komoditas", "Beras"],
        ["Harga GKP di petani saat ini (Rp/kg)", "6.400"],
    ]


def party_row(number: int, village: areas.Area, chair: str = "Budi Santoso") -> list[Any]:
    """Give one clean line of "Koperasi" for the cooperative of a village."""
    urban = village.kind is areas.VillageKind.KELURAHAN
    kind, long = ("KKMP", "Koperasi Kelurahan") if urban else ("KDMP", "Koperasi Desa")
    return [
        number,
        f"{long} Merah Putih {village.name}",
        village.code,
        village.name,
        areas.find(village.district).name,
        f"AHU-{1_000_000 + number}.AH.01.29.TAHUN 2025",
        f"{9_000_000_000_000 + number}",
        f"{8_000_000_000_000_000 + number}",
        kind,
        chair,
        f"0812-0000-{number:04d}",
        f"kdmp{number}@example.id",
        date(2030, 5, 31),
    ]


def buyer_row(number: int, name: str, kind: str, district: str) -> list[Any]:
    """Give one line of "Koperasi" for a counterpart that sits on a district."""
    legal = None if kind == "BUMN" else f"AHU-{2_000_000 + number}.AH.01.29.TAHUN 2025"
    return [
        number, name, None, None, district, legal, None, None, kind, "Siti Aminah", f"0813-0000-{number:04d}", None,
        date(2029, 1, 1),
    ]  # fmt: skip


def typed(kg: int, chance: random.Random) -> tuple[object, str | None]:
    """Type kilograms (whole hundreds) the way people do: amount and unit column."""
    tons, tenth = divmod(kg // 100, 10)
    ways: list[tuple[object, str | None]] = [
        (f"{tons},{tenth} ton", None),
        (kg / 1000, "ton"),
        (f"{tons},{tenth}", "ton"),
        (f"{kg // 100} kuintal", None),
        (f"{kg:,} kg".replace(",", "."), None),
    ]
    return chance.choice(ways)


def regency_sheet(regency: str, seed: int, cooperatives: int = 12, *, permuted: bool = True) -> Tables:
    """Give a clean workshop of a regency with uniquely named cooperatives, two buyers, its rows in a random order."""
    chance = random.Random(seed)
    villages = _villages(regency, cooperatives, chance)
    tables = Tables(event_rows(regency), [], [], [])
    for number, village in enumerate(villages, start=1):
        row = party_row(number, village, f"Ketua {village.name}")
        tables.parties.append(row)
        tables.attendance.append([number, row[9].upper(), row[1], "Ketua", row[10], "L"])
        _map_cooperative(tables, row[1], chance)
    district = areas.find(villages[0].district).name
    for offset, (name, kind) in enumerate((("Koperasi Tani Makmur", "KOPERASI PRIMER"), ("Perum BULOG", "BUMN")), 1):
        tables.parties.append(buyer_row(cooperatives + offset, name, kind, district))
        _map(tables, name, ("Pemasaran", "Potensi", "GKP"), 500_000, 6_700, chance)
    _map(tables, "Koperasi Tani Makmur", ("Pemasaran", "Potensi", "Beras premium"), 300_000, 14_000, chance)
    if permuted:
        order = list(range(len(tables.mapping)))
        chance.shuffle(order)
        tables.mapping = [tables.mapping[place] for place in order]
        tables.kilograms = [tables.kilograms[place] for place in order]
    for number, row in enumerate(tables.mapping, start=1):
        row[0] = number
    return tables


def workbook(tables: Tables, titles: Sequence[str] = ("Acara", "Koperasi", "Potensi & Kebutuhan", "Peserta")) -> bytes:
    """Give the bytes of a workbook of these tables."""
    return saved(lambda book: fill(book, tables, titles))


def fill(book: Workbook, tables: Tables, titles: Sequence[str]) -> None:
    """Write the tables into a workbook under the titles; a title line stands above "Koperasi"."""
    _sheet(book, titles[0], tables.event)
    _sheet(book, titles[1], [["DAFTAR KOPERASI"], [], list(PARTY_HEAD), *tables.parties])
    _sheet(book, titles[2], [list(MAPPING_HEAD), *tables.mapping])
    if len(titles) > 3:
        _sheet(book, titles[3], [list(ATTENDANCE_HEAD), *tables.attendance])


def saved(make: Callable[[Workbook], object]) -> bytes:
    """Give the bytes of a new workbook that `make` has filled."""
    book = Workbook()
    book.remove(book.worksheets[0])
    make(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet(book: Workbook, title: str, rows: Table) -> Worksheet:
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    return sheet


def _villages(regency: str, many: int, chance: random.Random) -> list[areas.Area]:
    every = [village for district in areas.below(regency) for village in areas.below(district.code)]
    named: dict[str, areas.Area] = {village.name.lower(): village for village in every}
    return chance.sample(sorted(named.values(), key=lambda village: village.code), many)


def _map_cooperative(tables: Tables, name: str, chance: random.Random) -> None:
    paddy = chance.randrange(200, 2000) * 100
    _map(tables, name, ("Produksi", "Potensi", "GKP"), paddy, chance.choice((None, 6500, 6700)), chance)
    direction, price = chance.choice((("Potensi", 450), ("Kebutuhan", None)))
    _map(tables, name, ("Pengolahan", direction, "Giling gabah"), paddy, price, chance)
    _map(tables, name, ("Distribusi", chance.choice(("Potensi", "Kebutuhan")), "Angkutan"), paddy // 2, None, chance)
    rice = chance.choice(("Beras medium", "Beras premium"))
    _map(tables, name, ("Pemasaran", "Kebutuhan", rice), paddy // 2, 12_000, chance)


def _map(
    tables: Tables, name: str, what: tuple[str, str, str], kg: int, price: int | None, chance: random.Random
) -> None:
    whole = max(100, kg // 100 * 100)
    amount, unit = typed(whole, chance)
    period = chance.choice(("per musim", "musim", "Musim tanam I"))
    tables.mapping.append([None, name, *what, amount, unit, period, price, None])
    tables.kilograms.append(whole)

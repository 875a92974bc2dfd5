"""The Cianjur sheet as a matching problem, read by a small reader of its own: no code of the sheet import."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import openpyxl

from kdmp_core.matching import Goods, Parameters, Party, PartyKind, Point, Problem, Row, RowKind
from tests.source import ROOT

DATA = Path(__file__).parent / "data"
WORKBOOK = ROOT / "examples" / "lokakarya_cianjur.xlsx"
BASELINE = 6_300

KINDS = {
    "KDMP": PartyKind.KDMP,
    "KKMP": PartyKind.KKMP,
    "KOPERASI PRIMER": PartyKind.EXISTING,
    "KOPERASI SEKUNDER": PartyKind.SECONDARY,
    "BUMN": PartyKind.SOE,
}
FIELDS = {
    ("produksi", "Potensi"): RowKind.PRODUCTION_OFFER,
    ("pengolahan", "Potensi"): RowKind.MILLING_OFFER,
    ("pengolahan", "Kebutuhan"): RowKind.MILLING_NEED,
    ("distribusi", "Potensi"): RowKind.TRANSPORT_OFFER,
    ("distribusi", "Kebutuhan"): RowKind.TRANSPORT_NEED,
    ("pemasaran", "Potensi"): RowKind.MARKET_OFFER,
    ("pemasaran", "Kebutuhan"): RowKind.MARKET_NEED,
}
GOODS = {"gkp": Goods.GKP, "beras medium": Goods.MEDIUM, "beras premium": Goods.PREMIUM}
UNITS = {"ton": 1000, "kuintal": 100, "kg": 1}


def expected() -> dict[str, Any]:
    """Give the expected results of matching.md."""
    answer: dict[str, Any] = json.loads((DATA / "cianjur_expected.json").read_text("utf-8"))
    return answer


def cianjur(baseline: int = BASELINE, parameters: Parameters | None = None) -> Problem:
    """Give the problem with every suggestion accepted; party keys are area codes, `mitra-31` … for partners."""
    book = openpyxl.load_workbook(WORKBOOK, data_only=True)
    points = {
        row["number"]: row for row in csv.DictReader((DATA / "cianjur_points.csv").read_text("utf-8").splitlines())
    }
    register = [cells for cells in book["Koperasi"].iter_rows(values_only=True) if isinstance(cells[0], int)]
    parties = [_party(int(str(cells[0])), str(cells[8]), points[str(cells[0])]) for cells in register]
    names = [(_plain(cells[1]), party) for cells, party in zip(register, parties, strict=True)]
    rows = [cells for cells in book["Potensi & Kebutuhan"].iter_rows(values_only=True) if isinstance(cells[0], int)]
    return Problem(tuple(parties), tuple(_rows(rows, names)), baseline, parameters or Parameters())


def _party(number: int, kind: str, place: dict[str, str]) -> Party:
    key = place["code"] if number <= 30 else f"mitra-{number}"
    return Party(key, number, KINDS[kind], Point.of(place["latitude"], place["longitude"]))


def _rows(rows: list[tuple[Any, ...]], names: list[tuple[str, Party]]) -> list[Row]:
    """A name that occurs twice is told apart by the order of its blocks: a block begins where the name changes."""
    made, seen, last, party = [], set[str](), "", None
    for cells in rows:
        name = _plain(cells[1])
        if name != last:
            party = next((party for known, party in names if known == name and party.key not in seen), None)
            last = name
        if party is not None:
            seen.add(party.key)
        made.append(_row(cells, party))
    return made


def _row(cells: tuple[Any, ...], party: Party | None) -> Row:
    number, _, field, direction, commodity, quantity, unit, period, price, _ = cells
    kind = FIELDS[str(field).lower(), str(direction)]
    kg = _kilograms(quantity, unit)
    goods = GOODS.get(str(commodity).lower())
    paid = int(re.sub(r"\D", "", str(price).split("/")[0])) if price is not None else None
    key = party.key if party is not None and kg else ""
    return Row(f"r{number:03d}", key, kind, kg or 0, goods, paid, str(period or ""), rejected=not key)


def _kilograms(quantity: object, unit: object) -> int | None:
    words = f"{quantity} {unit or ''}".split()
    figure = words[0]
    if isinstance(quantity, str):
        figure = figure.replace(".", "").replace(",", ".")
    return round(float(figure) * UNITS[words[1]]) if re.fullmatch(r"[\d.]+", figure) else None


def _plain(name: object) -> str:
    return " ".join(str(name).split())

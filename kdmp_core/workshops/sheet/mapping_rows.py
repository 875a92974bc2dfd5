"""The sheet "Potensi & Kebutuhan": what each party has and lacks in the four fields."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from kdmp_core.records import VILLAGE_COOPERATIVES
from kdmp_core.texts import text
from kdmp_core.workshops.sheet.cells import LONG, Line
from kdmp_core.workshops.sheet.facts import Commodity, Direction, Field, MappingRow
from kdmp_core.workshops.sheet.finding import Finding, Level
from kdmp_core.workshops.sheet.layout import Sheet
from kdmp_core.workshops.sheet.naming import party_of
from kdmp_core.workshops.sheet.register import Register, by_block
from kdmp_core.workshops.sheet.vocabulary import (
    COMMODITIES,
    COMMODITIES_OF,
    DIRECTIONS,
    FIELDS,
    nearest,
    period_of,
    price_is_likely,
)
from kdmp_core.workshops.sheet.words import heading, keyed, party_key, slug

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class _Period:
    period: str
    written: str


def read_mapping(sheet: Sheet, register: Register) -> list[MappingRow]:
    """Give the mapping rows in the order of the sheet."""
    lines = [Line(sheet, row, values) for row, values in sheet.lines()]
    suggested = by_block([(line.glance("party"), _about(line)) for line in lines], register)
    rows = [_row(line, register, number) for line, number in zip(lines, suggested, strict=True)]
    keys = keyed([(_base(line), _content(line)) for line in lines])
    return _doubles([replace(row, key=key) for row, key in zip(rows, keys, strict=True)], sheet)


def _row(line: Line, register: Register, suggested: int | None) -> MappingRow:
    written, party = party_of(line, register, suggested)
    field = _word(line, "field", FIELDS)
    direction = _word(line, "direction", DIRECTIONS)
    commodity = _commodity(line, field)
    kg = line.kilograms("amount", "unit")
    price = _price(line, commodity)
    period = _period(line, field)
    return MappingRow(
        key="",
        row=line.row,
        party=party,
        party_as_written=written,
        field=field,
        direction=direction,
        commodity=commodity,
        kg=kg,
        price=price,
        period=period.period,
        period_as_written=period.written,
        note=line.text("note", LONG),
        is_buyer=_is_buyer(line, register, party, (field, direction)),
        findings=tuple(line.findings),
    )


def _word(line: Line, meaning: str, words: dict[str, Word]) -> Word | None:
    written = heading(line.text(meaning))
    if written in words:
        return words[written]
    near = nearest(written, words) if written else None
    known = ", ".join(words)
    answer = words[near].value if near else None
    level = Level.DOUBT if near else Level.ERROR
    line.note(f"{meaning}_unknown", level, meaning, answer=answer, near=near or "", known=known)
    return None


def _commodity(line: Line, field: Field | None) -> Commodity | None:
    found = _word(line, "commodity", COMMODITIES)
    fitting = COMMODITIES_OF[field] if field else tuple(Commodity)
    if found is None or found in fitting:
        return found
    only = fitting[0] if len(fitting) == 1 else None
    names = ", ".join(text(f"sheet.commodity.{commodity}") for commodity in fitting)
    level = Level.DOUBT if only else Level.ERROR
    line.note("commodity_unfit", level, "commodity", answer=only and only.value, near=names, known=names)
    return None


def _price(line: Line, commodity: Commodity | None) -> int | None:
    price = line.rupiah("price", "price")
    if price is not None and commodity is not None and not price_is_likely(commodity, price):
        line.note("price_unlikely", Level.ERROR, "price")
        return None
    return price


def _period(line: Line, field: Field | None) -> _Period:
    written = line.given("period")
    period = period_of(written)
    if not written:
        if not any(finding.about == "period" for finding in line.findings):
            line.note("period_missing", Level.NOTICE, "period")
        return _Period("season", "")
    if not period:
        line.note("period_unknown", Level.DOUBT, "period", answer="season")
    elif period == "month" and field is Field.PRODUCTION:
        line.note("harvest_by_month", Level.DOUBT, "period", answer="month")
    return _Period(period or "season", written)


def _is_buyer(line: Line, register: Register, party: int | None, column: tuple[Field | None, Direction | None]) -> bool:
    """Say whether others may sell to this party; a village cooperative's own outlet is asked (matching.md §2.1 c)."""
    if column != (Field.MARKETING, Direction.POTENTIAL):
        return False
    numbers = [party] if party is not None else register.named(line.glance("party"))
    meant = [register.by_number[number].kind for number in numbers]
    if any(kind in VILLAGE_COOPERATIVES for kind in meant):
        line.note("own_outlet", Level.DOUBT, "is_buyer", answer=False, at="direction")
        return False
    return bool(meant)


def _doubles(rows: list[MappingRow], sheet: Sheet) -> list[MappingRow]:
    """Ask about a row that says again what a row above has said; the sheet cannot mean both."""
    first: dict[tuple[object, ...], int] = {}
    marked = []
    for row in rows:
        supposed = next((finding.answer for finding in row.findings if finding.about == "party"), row.party)
        identity = (supposed, row.field, row.direction, row.commodity, row.period)
        above = first.setdefault(identity, row.row)
        if None in identity or above == row.row:
            marked.append(row)
            continue
        finding = Finding(
            "row_twice", Level.DOUBT, sheet.name, row.row, about="leave_out", answer=True, values={"first": str(above)}
        )
        marked.append(replace(row, findings=(*row.findings, finding)))
    return marked


def _about(line: Line) -> Hashable:
    return tuple(heading(line.glance(meaning)) for meaning in ("field", "direction", "commodity", "period"))


def _base(line: Line) -> str:
    named = slug(party_key(line.glance("party")))
    words = [heading(line.glance(meaning)) for meaning in ("field", "direction", "commodity")]
    known = [FIELDS.get(words[0]), DIRECTIONS.get(words[1]), COMMODITIES.get(words[2])]
    period = period_of(line.glance("period")) or slug(line.glance("period") or "season")
    parts = [word.value if word else slug(written) for word, written in zip(known, words, strict=True)]
    return f"potensi:{'/'.join([named, *parts, period])}"


def _content(line: Line) -> str:
    return "|".join(heading(line.glance(meaning)) for meaning in sorted(line.sheet.columns) if meaning != "number")

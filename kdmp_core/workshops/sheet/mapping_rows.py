"""The sheet "Potensi & Kebutuhan": what each party has and lacks in the four fields."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from kdmp_core.mapping import price_is_likely
from kdmp_core.quantities import kg_text
from kdmp_core.records import VILLAGE_COOPERATIVES
from kdmp_core.texts import text
from kdmp_core.workshops.sheet.cells import LONG, Line
from kdmp_core.workshops.sheet.facts import Commodity, Direction, Field, MappingRow
from kdmp_core.workshops.sheet.finding import Finding, Level
from kdmp_core.workshops.sheet.layout import Sheet
from kdmp_core.workshops.sheet.naming import party_of
from kdmp_core.workshops.sheet.recognise import is_total
from kdmp_core.workshops.sheet.register import Register, by_block
from kdmp_core.workshops.sheet.vocabulary import (
    COMMODITIES,
    COMMODITIES_OF,
    DIRECTIONS,
    FIELDS,
    nearest,
    period_of,
    unit_and_period,
)
from kdmp_core.workshops.sheet.words import heading, keyed, party_key, slug

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class _Period:
    period: str
    written: str


def read_mapping(sheet: Sheet, register: Register) -> list[MappingRow]:
    """Give the mapping rows in the order of the sheet."""
    return read_mapping_lines([Line(sheet, row, values) for row, values in sheet.lines()], register)


def read_mapping_lines(lines: list[Line], register: Register) -> list[MappingRow]:
    """Give the mapping rows of lines, wherever these stand."""
    suggested = by_block([(line.glance("party"), _about(line)) for line in lines], register)
    rows = [_row(line, register, number) for line, number in zip(lines, suggested, strict=True)]
    keys = keyed([(_base(line), _content(line)) for line in lines])
    sheets = [line.sheet.name for line in lines]
    return _both_sides(_doubles([replace(row, key=key) for row, key in zip(rows, keys, strict=True)], sheets), sheets)


def _row(line: Line, register: Register, suggested: int | None) -> MappingRow:
    if total := total_of(line):
        return _total(line, total)
    written, party = party_of(line, register, suggested)
    field = _field(line)
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


def total_of(line: Line) -> str:
    """Give the word ("JUMLAH") by which a line says that it sums up others; empty for every other line."""
    return next(
        (word for meaning in ("party", "name", "number", "village") if is_total(word := line.glance(meaning))), ""
    )


def _total(line: Line, written: str) -> MappingRow:
    line.note("totals_row", Level.DOUBT, "leave_out", answer=True, at="party", word=written)
    return MappingRow(
        key="",
        row=line.row,
        party=None,
        party_as_written=written,
        field=None,
        direction=None,
        commodity=None,
        kg=None,
        price=None,
        period="season",
        period_as_written="",
        note="",
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


def _field(line: Line) -> Field | None:
    """Give the field; where the table has no such column, the one that the commodity belongs to."""
    if "field" in line.sheet.columns or "field" in line.sheet.fixed:
        return _word(line, "field", FIELDS)
    commodity = COMMODITIES.get(heading(line.glance("commodity")))
    found = {
        Commodity.GKP: Field.PRODUCTION,
        Commodity.MILLING: Field.PROCESSING,
        Commodity.TRANSPORT: Field.DISTRIBUTION,
    }
    return found.get(commodity, Field.MARKETING) if commodity else None


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
    written, beside = line.given("period"), _beside(line)
    written = written or beside
    period = period_of(written)
    if beside and period_of(beside) != period:
        line.note("periods_differ", Level.DOUBT, "period", at="unit", answer=period or None, other=beside)
        return _Period(period or "season", written)
    if not written:
        if not any(finding.about == "period" for finding in line.findings):
            line.note("period_missing", Level.NOTICE, "period")
        return _Period("season", "")
    if not period:
        line.note("period_unknown", Level.DOUBT, "period", answer="season")
    elif period == "month" and field is Field.PRODUCTION:
        line.note("harvest_by_month", Level.DOUBT, "period", answer="month")
    return _Period(period or "season", written)


def _beside(line: Line) -> str:
    """Give the period that stands in the unit or in the amount itself: `kg/bulan`, `12 ton per musim`."""
    found = (unit_and_period(line.glance(meaning))[1] for meaning in ("unit", "amount"))
    return next((period for period in found if period), "")


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


def _doubles(rows: list[MappingRow], sheets: list[str]) -> list[MappingRow]:
    """Ask about a row that says again, or otherwise, what a row above has said; the sheet cannot mean both."""
    first: dict[tuple[object, ...], MappingRow] = {}
    marked = []
    for row, sheet in zip(rows, sheets, strict=True):
        supposed = next((finding.answer for finding in row.findings if finding.about == "party"), row.party)
        identity = (supposed, row.field, row.direction, row.commodity, row.period)
        above = first.setdefault(identity, row)
        if None in identity or above is row:
            marked.append(row)
            continue
        same = (above.kg, above.price) == (row.kg, row.price)
        values = {"first": str(above.row), "kg": kg_text(above.kg) if above.kg else "-"}
        code, answer = ("row_twice", True) if same else ("rows_contradict", None)
        finding = Finding(code, Level.DOUBT, sheet, row.row, about="leave_out", answer=answer, values=values)
        marked.append(replace(row, findings=(*row.findings, finding)))
    return marked


def _both_sides(rows: list[MappingRow], sheets: list[str]) -> list[MappingRow]:
    """Ask about a need that the same party says it can meet itself; selling and having an outlet is no such thing."""
    offers = {_side(row): row for row in rows if row.direction is Direction.POTENTIAL}
    marked = []
    for row, sheet in zip(rows, sheets, strict=True):
        own = offers.get(_side(row)) if row.direction is Direction.NEED else None
        if own is None or None in _side(row) or row.field is Field.MARKETING or own.kg is None or row.kg is None:
            marked.append(row)
            continue
        does = text("sheet.does.leave_out") if own.kg >= row.kg else text("sheet.does.keep")
        values = {"first": str(own.row), "kg": kg_text(own.kg), "does": does}
        finding = Finding(
            "needs_from_itself", Level.DOUBT, sheet, row.row, about="leave_out", answer=own.kg >= row.kg, values=values
        )
        marked.append(replace(row, findings=(*row.findings, finding)))
    return marked


def _side(row: MappingRow) -> tuple[object, ...]:
    supposed = next((finding.answer for finding in row.findings if finding.about == "party"), row.party)
    return supposed, row.field, row.commodity


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

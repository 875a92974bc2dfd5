"""Answers in words: the same lines on the page to check, on the receipt and at the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdmp_core.filling import reading
from kdmp_core.quantities import rupiah_text, ton_text
from kdmp_core.records import MappingEntry
from kdmp_core.texts import has, text
from kdmp_core.workshops.sheet import Direction, Field, MappingRow


@dataclass(frozen=True)
class Line:
    """One row in words, with its price and note beside it."""

    text: str
    remark: str


@dataclass(frozen=True)
class Part:
    """One field: what the party has and lacks; `said` is False while the step was not filled in."""

    field: Field
    name: str
    has: tuple[Line, ...]
    lacks: tuple[Line, ...]
    said: bool


def parts(answers: Mapping[str, Any], rows: Sequence[MappingRow]) -> list[Part]:
    """Give answers field by field."""
    return [
        Part(
            field,
            text(f"sheet.field.{field.value}"),
            _lines(rows, field, Direction.POTENTIAL),
            _lines(rows, field, Direction.NEED),
            field.value in answers,
        )
        for field in reading.FIELDS
    ]


def line(row: MappingRow) -> Line:
    """Give a row in words."""
    goods = row.commodity.value if row.commodity else ""
    return Line(
        _amount(row.kg or 0, goods, row.period, row.period_as_written), _remark(row.price, row.note, row.is_buyer)
    )


def entry_line(entry: MappingEntry) -> Line:
    """Give an entry of the mapping in the same words."""
    words = _amount(entry.quantity_kg, entry.commodity, entry.period, entry.period_as_written)
    return Line(words, _remark(entry.price_rupiah_per_kg, entry.note, entry.is_buyer))


def _lines(rows: Sequence[MappingRow], field: Field, direction: Direction) -> tuple[Line, ...]:
    return tuple(line(row) for row in rows if (row.field, row.direction) == (field, direction))


def _amount(kg: int, goods: str, period: str, written: str) -> str:
    named = text(f"sheet.commodity.{goods}") if has(f"sheet.commodity.{goods}") else goods
    return text("fill.line", amount=ton_text(kg), goods=named, period=written or text(f"sheet.period.{period}"))


def _remark(price: int | None, note: str, buys: bool) -> str:  # noqa: FBT001 (a value of the row, not a switch)
    parts = [text("fill.with_price", price=rupiah_text(price)) if price is not None else ""]
    parts += [text("fill.buys") if buys else "", note]
    return " · ".join(filter(None, parts))

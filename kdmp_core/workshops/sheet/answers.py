"""The values an answer may set on a row, each read and checked by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any, TypeVar

from kdmp_core import areas
from kdmp_core.errors import InvalidInput, Problem
from kdmp_core.quantities import kilograms, rupiah
from kdmp_core.records import PartyKind
from kdmp_core.workshops.sheet.cells import LONG, NAME, SHORT, phone_of
from kdmp_core.workshops.sheet.facts import (
    AttendanceRow,
    Commodity,
    Direction,
    EventFacts,
    Field,
    MappingRow,
    Officer,
    Party,
    Row,
)
from kdmp_core.workshops.sheet.finding import Answer
from kdmp_core.workshops.sheet.parties import legal_number_of
from kdmp_core.workshops.sheet.words import bad_letters, tidy

AnyRow = TypeVar("AnyRow", bound=Row)
Reader = Callable[[Any], Any]

_OFFICER = frozenset(part.name for part in fields(Officer))
_PERIOD = re.compile(r"season(?:_[123])?|month|year")


def apply_values(row: AnyRow, values: Mapping[str, Answer | None]) -> AnyRow:
    """Give the row with values set by name. They have passed `problems_of`; others raise ValueError or KeyError."""
    readers = _READERS[type(row)]
    read = {name: readers[name](value) for name, value in values.items()}
    if isinstance(row, Party):
        office = {("name" if name == "officer" else name): read.pop(name) for name in list(read) if name in _PERSON}
        read["officer"] = replace(row.officer, **office)
    return replace(row, **read)


def problems_of(row: Row, values: Mapping[str, Answer | None], numbers: set[int]) -> list[Problem]:
    """Give what is wrong with the values taken for a row; `numbers` are the parties there are."""
    readers = _READERS[type(row)]
    problems = []
    for name, value in values.items():
        try:
            if name not in ("leave_out", *readers) or (name == "party" and value not in numbers):
                raise ValueError(name)  # noqa: TRY301 (one way out for every value that cannot be used)
            if name in readers:
                readers[name](value)
        except (ValueError, TypeError, InvalidInput):
            problems.append(Problem("sheet.bad_value", row.key, {"name": name[:40], "value": str(value)[:80]}))
    price = values.get("price", getattr(row, "price", None))
    if values.get("is_buyer") is True and price is None:
        problems.append(Problem("sheet.buyer_needs_price", row.key))
    return problems


def _line(longest: int) -> Reader:
    def read(value: object) -> str:
        written = tidy(str(value))
        if not isinstance(value, str) or bad_letters(written) or not 0 < len(written) <= longest:
            raise ValueError(longest)
        return written

    return read


def _kg(value: object) -> int:
    return kilograms(value, "kg") if isinstance(value, int) else kilograms(value)


def _price(value: object) -> int | None:
    return None if value is None else rupiah(value)


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    return value


def _area(value: object) -> str:
    if not isinstance(value, str) or not areas.exists(value):
        raise ValueError(value)
    return value


def _regency(value: object) -> str:
    code = _area(value)
    if areas.find(code).level is not areas.Level.REGENCY:
        raise ValueError(value)
    return code


def _legal(value: object) -> str:
    written = _line(SHORT)(value)
    if not isinstance(written, str) or (written.upper().startswith("AHU") and not legal_number_of(written)):
        raise ValueError(value)
    return legal_number_of(written) or written


def _phone(value: object) -> str:
    found = phone_of(str(value))
    if not found:
        raise ValueError(value)
    return found


def _period(value: object) -> str:
    if not isinstance(value, str) or not _PERIOD.fullmatch(value):
        raise ValueError(value)
    return value


_PERSON = frozenset({"officer", *_OFFICER}) - {"name"}
_READERS: dict[type[Row], dict[str, Reader]] = {
    EventFacts: {
        **dict.fromkeys(("name", "organiser", "venue", "commodity", "signing_place"), _line(SHORT)),
        **dict.fromkeys(("register_unit", "letter_number"), _line(SHORT)),
        **dict.fromkeys(("starts", "ends", "agreement_date"), date.fromisoformat),
        "regency": _regency,
        "baseline_price": rupiah,
        "working_months": _number,
    },
    Party: {
        "name": _line(NAME),
        "officer": _line(NAME),
        **dict.fromkeys(("office", "email", "authority_kind", "authority_number"), _line(SHORT)),
        **dict.fromkeys(("nib", "npwp", "address", "postcode", "letter_number"), _line(SHORT)),
        **dict.fromkeys(("term_ends", "authority_date"), date.fromisoformat),
        "kind": PartyKind,
        "legal_number": _legal,
        "area_code": _area,
        "phone": _phone,
    },
    MappingRow: {
        "party": _number,
        "field": Field,
        "direction": Direction,
        "commodity": Commodity,
        "kg": _kg,
        "price": _price,
        "period": _period,
        "is_buyer": _yes,
        "note": _line(LONG),
    },
    AttendanceRow: {
        "party": _number,
        "name": _line(NAME),
        "office": _line(SHORT),
        "phone": _phone,
    },
}

"""The kinds of paper that can be made, their blanks and bounds, and the check of their facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from mou_templates.errors import Refused
from mou_templates.kind import FIGURE_LIMIT, Kind, Parties
from mou_templates.papers import (
    accession,
    addendum,
    attendance,
    bilateral,
    handover,
    hub,
    minutes,
    network,
    power_of_attorney,
    supply,
)

BLANKS = ("letter_number", "place", "dated")
"""Facts every kind prints as dotted blanks until draw_up; review does not bind to them or what follows from them."""

YEARS = (1900, 2200)
CITIZEN_NUMBER = re.compile(
    r"(?<!\d)\d{16}(?!\d)|(?<!\d)(?<!\d[ .-])(?:\d{4}([ .-])\d{4}\1\d{4}\1|\d{6}([ .-])\d{6}\2)\d{4}(?![ .-]?\d)",
    re.ASCII,
)
"""A NIK: sixteen digits, together, by fours, or as area, birth and order."""


AGREEMENTS = (bilateral, hub, network, supply, addendum, accession)
SHORT_PAPERS = (minutes, handover, power_of_attorney, attendance)
"""Signed but not reviewed; they hang on an event, an agreement or a signatory."""

PAPERS = (*AGREEMENTS, *SHORT_PAPERS)
KINDS: Mapping[str, Kind] = {paper.KIND.code: paper.KIND for paper in PAPERS}


def kind_of(code: str) -> Kind:
    """Give the kind of that code; raises `Refused("kind_unknown")`."""
    try:
        return KINDS[code]
    except KeyError:
        raise Refused("kind_unknown", kind=code) from None


def check_facts(code: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the facts back as the kind's TypedDict, ISO strings read as dates.

    Raises `Refused` with `fact_missing`, `fact_unknown`, `fact_type`, `fact_range` or, in papers without review,
    `fact_citizen_number`, and the place as a JSON pointer.
    """
    kind = kind_of(code)
    checked: dict[str, Any] = _read(kind.facts, facts, "")
    for name, (least, most) in kind.bounds.items():
        value = checked[name]
        if not least <= (value if isinstance(value, int) else len(value)) <= most:
            raise Refused("fact_range", place=f"/{name}", least=str(least), most=str(most))
    if not kind.agreement:
        _refuse_citizen_numbers(checked, "")
    return checked


def open_blanks(code: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """List the places (JSON pointers) that would print as dotted blanks now.

    Before draw_up the three of `BLANKS` may be among them; after it none may (draw_up refuses).
    """
    checked = check_facts(code, facts)
    places = [f"/{name}" for name in BLANKS if checked[name] is None]
    for place, party in parties(code, checked):
        if "signatory" in party:
            places += [f"{place}/address"] * (party["address"] is None)
            places += [f"{place}/signatory/authority"] * (party["signatory"]["authority"] is None)
    return tuple(places)


def parties(code: str, facts: Mapping[str, Any]) -> Parties:
    """List (place, party) in the order of the signature codes: the first is `§001`."""
    return kind_of(code).parties(facts)


def _refuse_citizen_numbers(value: object, place: str) -> None:
    """Refuse a text with sixteen digits in it, together or in groups, as identity cards have them."""
    if isinstance(value, dict):
        for name, entry in value.items():
            _refuse_citizen_numbers(entry, f"{place}/{name}")
    elif isinstance(value, list):
        for at, entry in enumerate(value):
            _refuse_citizen_numbers(entry, f"{place}/{at}")
    elif isinstance(value, str) and CITIZEN_NUMBER.search(value):
        raise Refused("fact_citizen_number", place=place)


def _read(wanted: Any, value: Any, place: str) -> Any:
    if is_typeddict(wanted):
        return _read_fields(wanted, value, place)
    origin = get_origin(wanted)
    if origin is list:
        return _read_items(get_args(wanted)[0], value, place)
    if origin is Literal:
        return _one_of(get_args(wanted), value, place)
    if origin in (Union, UnionType):
        inner = next(choice for choice in get_args(wanted) if choice is not type(None))
        return None if value is None else _read(inner, value, place)
    if wanted is date:
        return _read_date(value, place)
    if wanted is int and type(value) is int and not 0 <= value < FIGURE_LIMIT:
        raise Refused("fact_range", place=place, least="0", most=str(FIGURE_LIMIT - 1))
    if type(value) is not wanted or (wanted is str and not value.strip()):
        raise Refused("fact_type", place=place, expected=wanted.__name__)
    return value


def _read_fields(wanted: Any, value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Refused("fact_type", place=place, expected="object")
    hints = get_type_hints(wanted)
    for name in value:
        if name not in hints:
            raise Refused("fact_unknown", place=f"{place}/{name}")
    for name in hints:
        if name not in value:
            raise Refused("fact_missing", place=f"{place}/{name}")
    return {name: _read(hint, value[name], f"{place}/{name}") for name, hint in hints.items()}


def _read_items(wanted: Any, value: Any, place: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise Refused("fact_type", place=place, expected="list")
    return [_read(wanted, item, f"{place}/{at}") for at, item in enumerate(value)]


def _one_of(choices: tuple[str, ...], value: object, place: str) -> str:
    if type(value) is not str or value not in choices:
        raise Refused("fact_type", place=place, expected=" | ".join(choices))
    return value


def _read_date(value: object, place: str) -> date:
    try:
        day = value if type(value) is date else date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise Refused("fact_type", place=place, expected="date") from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise Refused("fact_range", place=place, least=str(YEARS[0]), most=str(YEARS[1]))
    return day

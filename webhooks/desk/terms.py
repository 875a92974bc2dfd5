"""The terms of a draft as a plain form, by kind: what they are, as fields filled in, and read back again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request

from kdmp_core.errors import InvalidInput, Problem
from kdmp_core.quantities import kilograms, number_text, rupiah
from kdmp_core.texts import text
from webhooks.desk import forms

SPARE_ROWS = 2
MOST_ROWS = 60


@dataclass(frozen=True)
class Term:
    """One term: its name, how it is read (line, text, whole, day, clock, kg, rupiah, choice, lines), its bounds."""

    name: str
    how: str = "line"
    most: int = 300
    optional: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """A term that is a list of rows, or (`single`) one row, each with its own terms."""

    name: str
    columns: tuple[Term, ...]
    single: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Entry:
    """One field of the form, filled: its name and label, whether it is a text area or a choice, how it is typed."""

    name: str
    label: str
    value: str
    how: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Group:
    """Fields under a heading; `title` empty for the single terms."""

    title: str
    rows: tuple[tuple[Entry, ...], ...]


AGREED = (
    Term("subject"),
    Term("place"),
    Term("dated", "day", optional=True),
    Term("signing_mode", "choice", options=("mixed", "electronic", "over_days", "at_once")),
    Term("meterai", "choice", optional=True, options=("", "none", "per_copy", "electronic")),
)
COMMON = (*AGREED, Term("duration_months", "whole", 120), Term("notice_days", "whole", 365))
BY_KIND: Mapping[str, tuple[Term | Rows, ...]] = {
    "mou_network": (
        *COMMON,
        Term("secretariat_name"),
        Term("pks_deadline_months", "whole", 24),
        Rows("actions", (Term("action"), Term("output"), Term("owner"), Term("due", "day"))),
    ),
    "mou_bilateral": (
        *COMMON,
        Term("pks_deadline_months", "whole", 24),
        Term("roles_first", "lines"),
        Term("roles_second", "lines"),
        Term("commodities", "lines"),
    ),
    "mou_hub": (
        *COMMON,
        Term("pks_deadline_months", "whole", 24),
        Term("membership", "choice", options=("member", "candidate", "none")),
        Term("member_count", "whole", 10_000, optional=True),
        Term("hub_functions", "lines"),
        Term("roles_first", "lines"),
        Term("roles_second", "lines"),
        Term("commodities", "lines"),
        Term("reporting"),
        Term("first_offer_days", "whole", 60),
        Term("quality_standard", "text", 2_000),
    ),
    "addendum": (*AGREED, Term("reason", "text", 1_000), Term("effective_on", "day")),
    "accession": (*AGREED, Term("role_class")),
    "pks": (
        *COMMON,
        Term("goods", "choice", options=("rice", "maize")),
        Rows(
            "lines",
            (
                Term("commodity"),
                Term("grade"),
                Term("kg", "kg"),
                Term("price", "rupiah"),
                Term("tolerance_percent", "whole", 100),
            ),
        ),
        Rows("deliveries", (Term("day", "day"), Term("commodity"), Term("kg", "kg"), Term("place"))),
        Rows("quality", (Term("parameter"), Term("limit"), Term("deduction"))),
        Rows("payment", (Term("days", "whole", 365), Term("bank"), Term("account"), Term("holder")), single=True),
        Term("price_basis", "text", 2_000),
        Term("tester", "text", 2_000),
        Term("court"),
    ),
}
LINES = next(term for term in BY_KIND["pks"] if isinstance(term, Rows) and term.name == "lines")


def groups(kind: str, terms: Mapping[str, Any]) -> list[Group]:
    """Give the form of a kind filled with terms; what the request has typed stands before what is known."""
    return filled(BY_KIND[kind], terms)


def filled(fields: Sequence[Term | Rows], terms: Mapping[str, Any]) -> list[Group]:
    """Give a form filled with terms: the single ones together, then each list."""
    single = tuple((_entry(term, term.name, terms.get(term.name)),) for term in fields if isinstance(term, Term))
    return [
        Group("", single),
        *(rows_group(term, terms.get(term.name)) for term in fields if isinstance(term, Rows)),
    ]


def rows_group(term: Rows, known: Any) -> Group:
    """Give the fields of a list of rows, with spare ones at its end."""
    rows = [known or {}] if term.single else [*(known or ()), *({} for _ in range(SPARE_ROWS))]
    filled = tuple(
        tuple(_entry(column, f"{term.name}-{place}-{column.name}", row.get(column.name)) for column in term.columns)
        for place, row in enumerate(rows)
    )
    return Group(text(f"desk.term.{term.name}"), filled)


def read(kind: str) -> dict[str, Any]:
    """Read the form of a kind. Raises InvalidInput with a problem at every field that cannot be used."""
    return read_fields(BY_KIND[kind])


def read_fields(fields: Sequence[Term | Rows]) -> dict[str, Any]:
    """Read a form. Raises InvalidInput with a problem at every field that cannot be used."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for term in fields:
        if isinstance(term, Rows):
            rows = read_rows(term, problems)
            values[term.name] = (rows[0] if rows else {}) if term.single else rows
        else:
            values[term.name] = _read(term, term.name, problems)
    refuse(problems)
    return values


def read_rows(term: Rows, problems: list[Problem]) -> list[dict[str, Any]]:
    """Read a list of rows; a row left wholly empty is not there."""
    found = []
    for place in range(1 if term.single else MOST_ROWS):
        names = {column.name: f"{term.name}-{place}-{column.name}" for column in term.columns}
        if any(forms.typed(name) for name in names.values()):
            found.append({column.name: _read(column, names[column.name], problems) for column in term.columns})
    if not found and not term.optional:
        problems.append(Problem("desk.row_missing", f"{term.name}-0-{term.columns[0].name}"))
    return found


def refuse(problems: list[Problem]) -> None:
    """Raise InvalidInput when there are problems."""
    if problems:
        raise InvalidInput("desk.terms", problems=problems)


def _read(term: Term, name: str, problems: list[Problem]) -> Any:
    try:
        return READERS[term.how](name, term)
    except InvalidInput as unfit:
        problems.extend(unfit.problems or [Problem(unfit.code, name, unfit.values)])
        return None


def _entry(term: Term, name: str, known: Any) -> Entry:
    options = tuple((one, text(f"desk.choice.{term.name}.{one or 'usual'}")) for one in term.options)
    value = request.form[name] if request.method == "POST" and name in request.form else _shown(term, known)
    return Entry(name, text(f"desk.term.{term.name}"), value, term.how, options)


def _shown(term: Term, known: Any) -> str:
    if known is None:
        return ""
    if term.how == "lines":
        return "\n".join(known)
    if term.how == "day":
        given = date.fromisoformat(known)
        return f"{given.day}-{given.month}-{given.year}"
    return number_text(known) if isinstance(known, int) else str(known)


def _day(name: str, term: Term) -> str | None:
    given = forms.optional_day(name) if term.optional else forms.day(name)
    return given.isoformat() if given else None


def _lines(name: str, term: Term) -> list[str]:
    found = [line for line in (" ".join(part.split()) for part in forms.typed(name).splitlines()) if line]
    if not found and not term.optional:
        raise forms.wrong(name, "desk.missing")
    if any(len(line) > term.most for line in found):
        raise forms.wrong(name, "desk.long", most=term.most)
    return found


def _weight(name: str, term: Term) -> int:
    del term
    written = forms.typed(name)
    return kilograms(written, "kg") if not any(letter.isalpha() for letter in written) else kilograms(written)


def _choice(name: str, term: Term) -> str | None:
    if forms.typed(name) not in term.options:
        raise forms.wrong(name, "desk.missing")
    return forms.typed(name) or None


def _whole(name: str, term: Term) -> int | None:
    return None if term.optional and not forms.typed(name) else forms.whole(name, least=0, most=term.most)


def _clock(name: str, term: Term) -> str:
    """Read a time of day ("9.30", "09:30") and give it as the paper writes it: "09.30"."""
    del term
    hours, _, minutes = forms.typed(name).replace(":", ".").partition(".")
    fits = all(part.isascii() and part.isdigit() for part in (hours, minutes)) and len(minutes) == len("30")
    if not fits or int(hours[:4]) >= 24 or int(minutes) >= 60:  # noqa: PLR2004 - hours and minutes
        raise forms.wrong(name, "papers.time")
    return f"{int(hours):02d}.{minutes}"


READERS: Mapping[str, Callable[[str, Term], Any]] = {
    "line": lambda name, term: forms.line(name, most=term.most, needed=not term.optional),
    "text": lambda name, term: forms.line(name, most=term.most, needed=not term.optional),
    "whole": _whole,
    "day": _day,
    "clock": _clock,
    "kg": _weight,
    "rupiah": lambda name, _term: rupiah(forms.typed(name)),
    "choice": _choice,
    "lines": _lines,
}

"""Answers to doubtful rows: as cards on the page, and back from the form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kdmp_core import areas
from kdmp_core.errors import InvalidInput, Problem
from kdmp_core.records import PartyKind
from kdmp_core.texts import text
from kdmp_core.workshops.accept import Outlook
from kdmp_core.workshops.sheet import Commodity, Direction, Field, Finding, Level, Preview, Row
from webhooks.desk import forms

CHOICES = ("accept", "take", "leave_out")
YES_NO = frozenset({"is_buyer", "leave_out"})
NUMBERS = frozenset({"party", "working_months"})
ENUMS = {"field": Field, "direction": Direction, "commodity": Commodity, "kind": PartyKind}
PERIODS = ("season", "season_1", "season_2", "season_3", "month", "year")


@dataclass(frozen=True)
class Entry:
    """One value that may be taken instead: its field, its question, and the words to choose from (empty: typed)."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True)
class Card:
    """One row that wants an answer, with everything found in it and the answer given so far."""

    place: int
    title: str
    findings: tuple[Finding, ...]
    suggested: bool
    entries: tuple[Entry, ...]
    choice: str
    reason: str


def cards(seen: Outlook, decisions: Mapping[str, Mapping[str, Any]]) -> list[Card]:
    """Give the rows of an import that want an answer or were answered, in the order of the sheets."""
    waiting = {row.key for row in (*seen.decided.open, *seen.decided.left_out)} | set(decisions)
    rows = enumerate(seen.preview.rows.values())
    return [_card(place, row, seen.preview, decisions.get(row.key, {})) for place, row in rows if row.key in waiting]


def kinds(rows: Iterable[Row]) -> list[tuple[str, str, int, str]]:
    """Give the kinds of doubt whose suggestions can be accepted together: code, name, how many rows, the reason."""
    found = [row.doubts[0] for row in rows if _alike(row)]
    numbers = Counter(finding.code for finding in found)
    first = {finding.code: finding for finding in reversed(found)}
    return [(code, first[code].name, number, first[code].reason) for code, number in numbers.most_common()]


def of_kind(rows: Iterable[Row], code: str) -> dict[str, dict[str, Any]]:
    """Give the answers that accept the suggestions of one kind."""
    return {
        row.key: {"decision": "accept", "reason": _reason(row)}
        for row in rows
        if _alike(row) and row.doubts[0].code == code
    }


def given(preview: Preview) -> dict[str, dict[str, Any]]:
    """Read the answers of the form. Raises InvalidInput with a problem at each place that cannot be used."""
    found, problems = {}, []
    for place, row in enumerate(preview.rows.values()):
        choice = forms.typed(f"row-{place}-choice")
        if choice not in CHOICES:
            continue
        reason = forms.typed(f"row-{place}-reason") or (_reason(row) if choice == "accept" else "")
        if not reason:
            problems.append(Problem("sheet.reason_missing", f"row-{place}-reason"))
        values, unread = _values(place, row) if choice == "take" else ({}, [])
        problems += unread
        found[row.key] = {"decision": choice, "reason": reason, **({"values": values} if values else {})}
    if problems:
        raise InvalidInput("sheet.bad_decisions", problems=problems, count=len(problems))
    return found


def _values(place: int, row: Row) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems = []
    for about in dict.fromkeys(finding.about for finding in row.doubts if finding.about):
        name = f"row-{place}-{about}"
        written = forms.typed(name)
        if not written:
            continue
        if about in NUMBERS and not written.isdecimal():
            problems.append(Problem("sheet.bad_value", name, {"name": about, "value": written[:80]}))
            continue
        values[about] = int(written) if about in NUMBERS else written == "yes" if about in YES_NO else written
    if not values:
        problems.append(Problem("desk.value_missing", f"row-{place}-choice"))
    return values, problems


def _card(place: int, row: Row, preview: Preview, kept: Mapping[str, Any]) -> Card:
    values = kept.get("values") or {}
    abouts = dict.fromkeys(finding.about for finding in row.doubts if finding.about)
    return Card(
        place,
        _title(row),
        tuple(row.doubts),
        _suggested(row),
        tuple(_entry(place, about, preview, values.get(about)) for about in abouts),
        str(kept.get("decision", "")),
        str(kept.get("reason", "")),
    )


def _entry(place: int, about: str, preview: Preview, value: object) -> Entry:
    shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value or "")
    return Entry(f"row-{place}-{about}", text(f"desk.value.{about}"), _options(about, preview), shown)


def _options(about: str, preview: Preview) -> tuple[tuple[str, str], ...]:
    empty = ("", text("desk.choose"))
    if about == "party":
        return (
            empty,
            *((str(party.number), _party(party.number, party.name, party.area_code)) for party in preview.parties),
        )
    if about in YES_NO:
        return (empty, ("yes", text("desk.yes")), ("no", text("desk.no")))
    if about in ENUMS:
        return (empty, *((member.value, text(f"sheet.{about}.{member.value}")) for member in ENUMS[about]))
    if about == "period":
        return (empty, *((name, text(f"sheet.period.{name}")) for name in PERIODS))
    return ()


def _party(number: int, name: str, area_code: str) -> str:
    return f"{number} {name}" + (f" ({areas.label(area_code)})" if area_code else "")


def _title(row: Row) -> str:
    name = getattr(row, "party_as_written", "") or getattr(row, "name", "")
    sheet = row.findings[0].sheet if row.findings else ""
    return text("desk.import.row", sheet=sheet, row=row.row, name=name)


def _suggested(row: Row) -> bool:
    return all(finding.answer is not None and finding.level is Level.DOUBT for finding in row.doubts)


def _alike(row: Row) -> bool:
    return bool(row.doubts) and _suggested(row) and len({finding.code for finding in row.doubts}) == 1


def _reason(row: Row) -> str:
    return text("desk.import.accepted_reason", reason=" ".join(dict.fromkeys(found.reason for found in row.doubts)))[
        :500
    ]

"""Apply people's answers to a preview: what may be written, what is still open, what is left out. Pure.

An answer belongs to one row, by its key, and carries its reason: accept what is suggested, take other values, or
leave the row out. No row waits for another, with one exception that follows from identity: the rows of a party that
cannot be told yet wait for that party.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

from kdmp_core.errors import InvalidInput, Problem
from kdmp_core.records import VILLAGE_COOPERATIVES
from kdmp_core.workshops.sheet.answers import apply_values, problems_of
from kdmp_core.workshops.sheet.facts import (
    AttendanceRow,
    Direction,
    EventFacts,
    Field,
    MappingRow,
    Officer,
    Party,
    Preview,
    Row,
)
from kdmp_core.workshops.sheet.finding import Answer, Finding, Level

AnyRow = TypeVar("AnyRow", bound=Row)

_IDENTITY = frozenset({"legal_number", "area_code", "kind", "name", "leave_out"})
_READ_ALREADY = frozenset({"formula"})
_LONGEST_REASON = 500


class Choice(StrEnum):
    """What is done with a row."""

    ACCEPT = "accept"
    TAKE = "take"
    LEAVE_OUT = "leave_out"


@dataclass(frozen=True)
class Decision:
    """One answer to one row. `values` (name of the value → value) only count with `take`; `reason` is always there.

    With `take` the suggestions of the doubts that `values` does not speak of are accepted along.
    """

    choice: Choice
    reason: str
    values: Mapping[str, Answer | None] | None = None


@dataclass(frozen=True)
class Decided:
    """A preview after its answers. `event` is None while its facts are not whole: then nothing may be written.

    A party in `parties` lacks its officer while that name is in doubt. `open` are rows that want an answer or wait
    for their party, `left_out` are rejected rows and those people left out, `unknown` are keys without a row.
    """

    event: EventFacts | None
    parties: tuple[Party, ...]
    mapping: tuple[MappingRow, ...]
    attendance: tuple[AttendanceRow, ...]
    open: tuple[Row, ...]
    left_out: tuple[Row, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class _Sorted(Generic[AnyRow]):
    """Rows of one sheet after their answers, in the order of the sheet."""

    kept: list[AnyRow]
    open: list[AnyRow]
    left_out: list[AnyRow]


def decisions_from(plain: Mapping[str, Mapping[str, object]]) -> dict[str, Decision]:
    """Give decisions from plain data: row key → `{"decision": "take", "reason": "…", "values": {"party": 7}}`.

    Raises InvalidInput `sheet.bad_decisions` with a problem for each key that cannot be used.
    """
    decisions, problems = {}, []
    for key, given in plain.items():
        try:
            values = given.get("values") or {}
            decisions[key] = Decision(Choice(str(given["decision"])), str(given["reason"]), dict(values))  # type: ignore[call-overload]
        except (KeyError, ValueError, TypeError, AttributeError):
            problems.append(Problem("sheet.bad_decision", key[:200]))
    _refuse(problems)
    return decisions


def decide(preview: Preview, decisions: Mapping[str, Decision]) -> Decided:
    """Apply decisions (row key → decision) to a preview.

    Raises InvalidInput `sheet.bad_decisions`: a reason is missing, a value is not one of the row's or cannot be read.
    """
    _refuse(_problems(preview, decisions))
    event = _sorted((preview.event,), decisions)
    parties = _sorted(preview.parties, decisions)
    known = [*parties.kept, *filter(None, map(_without_officer, parties.open))]
    there = {party.number: party for party in known}
    mapping = _once(_waiting(_sorted(preview.mapping, decisions), there))
    attendance = _waiting(_sorted(preview.attendance, decisions), there)
    sheets = (event, parties, mapping, attendance)
    return Decided(
        event=event.kept[0] if event.kept else None,
        parties=tuple(sorted(known, key=lambda party: party.row)),
        mapping=tuple(_marked_buyer(row, there) for row in mapping.kept),
        attendance=tuple(attendance.kept),
        open=tuple(row for sheet in sheets for row in sheet.open),
        left_out=tuple(row for sheet in sheets for row in sheet.left_out),
        unknown=tuple(key for key in decisions if key not in preview.rows),
    )


def _sorted(rows: Iterable[AnyRow], decisions: Mapping[str, Decision]) -> _Sorted[AnyRow]:
    result = _Sorted[AnyRow]([], [], [])
    for row in rows:
        answers = _answers(row, decisions.get(row.key))
        unanswered = [finding for finding in row.doubts if finding.about not in answers]
        if answers.get("leave_out") or any(finding.level is Level.ERROR for finding in unanswered):
            result.left_out.append(row)
        elif unanswered:
            result.open.append(row)
        else:
            result.kept.append(apply_values(row, _applied(row.doubts, answers)))
    return result


def _answers(row: Row, decision: Decision | None) -> dict[str, Answer | None]:
    """Give the answer to each value: what was suggested and confirmed, and what was taken instead."""
    if decision is None:
        return {}
    if decision.choice is Choice.LEAVE_OUT:
        return {"leave_out": True}
    suggested = {
        finding.about: finding.answer
        for finding in row.doubts
        if finding.level is Level.DOUBT and finding.answer is not None
    }
    return {**suggested, **(decision.values or {})} if decision.choice is Choice.TAKE else dict(suggested)


def _applied(doubts: Iterable[Finding], answers: Mapping[str, Answer | None]) -> dict[str, Answer | None]:
    """Give the answers that change the row: a computed value that was only confirmed stands there already."""
    standing = {
        finding.about
        for finding in doubts
        if finding.code in _READ_ALREADY and answers[finding.about] == finding.answer
    }
    return {name: value for name, value in answers.items() if name not in standing | {"leave_out"}}


def _without_officer(party: Party) -> Party | None:
    """Give the party without its officer when only that is in doubt: it can be told, and its rows need not wait."""
    return None if any(doubt.about in _IDENTITY for doubt in party.doubts) else replace(party, officer=Officer())


def _waiting(rows: _Sorted[AnyRow], parties: Mapping[int, Party]) -> _Sorted[AnyRow]:
    def there(row: AnyRow) -> bool:
        number = getattr(row, "party", None)
        return number is None or number in parties

    waiting = [row for row in rows.kept if not there(row)]
    return _Sorted([row for row in rows.kept if there(row)], rows.open + waiting, rows.left_out)


def _once(rows: _Sorted[MappingRow]) -> _Sorted[MappingRow]:
    """Keep open what answers have made the same: the record holds one row of an identity."""
    first: dict[object, str] = {}
    for row in rows.kept:
        first.setdefault(row.identity, row.key)
    again = [row for row in rows.kept if first[row.identity] != row.key]
    return _Sorted([row for row in rows.kept if first[row.identity] == row.key], rows.open + again, rows.left_out)


def _marked_buyer(row: MappingRow, parties: Mapping[int, Party]) -> MappingRow:
    market = (row.field, row.direction) == (Field.MARKETING, Direction.POTENTIAL)
    kind = parties[row.party].kind if row.party is not None else None
    return replace(row, is_buyer=market and (row.is_buyer or kind not in VILLAGE_COOPERATIVES))


def _problems(preview: Preview, decisions: Mapping[str, Decision]) -> list[Problem]:
    problems: list[Problem] = []
    numbers = {party.number for party in preview.parties}
    for key, decision in decisions.items():
        if not decision.reason.strip() or len(decision.reason) > _LONGEST_REASON:
            problems.append(Problem("sheet.reason_missing", key))
        if key in preview.rows and _keeps_a_total(preview.rows[key], decision):
            problems.append(Problem("sheet.total_kept", key))
        if key in preview.rows and decision.values:
            problems.extend(problems_of(preview.rows[key], decision.values, numbers))
    return problems


def _keeps_a_total(row: Row, decision: Decision) -> bool:
    answers = _answers(row, decision)
    return not answers.get("leave_out") and any(finding.code == "totals_row" for finding in row.doubts)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InvalidInput("sheet.bad_decisions", problems=problems, count=len(problems))

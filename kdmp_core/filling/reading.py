"""What a party typed, read as the sheet is: rows for the mapping, what must be mended, what is asked about. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kdmp_core.errors import Problem
from kdmp_core.mapping import REFERENCE_PRICE, Gap, gaps_of
from kdmp_core.quantities import rupiah_text
from kdmp_core.records import EventParty, MappingEntry
from kdmp_core.texts import text
from kdmp_core.workshops import entries, sheet
from kdmp_core.workshops.sheet import COMMODITIES_OF, Direction, Field, Finding, MappingRow

FIELDS = tuple(Field)
DIRECTIONS = tuple(Direction)
MOST_ROWS = 8
LONGEST = 200
VALUES = ("commodity", "amount", "unit", "period", "price", "note", "outlet")
"""What one row of a form may hold, each a text."""

OWN, BUYER = "own", "buyer"
PRICED = frozenset(
    {
        (Field.PRODUCTION, Direction.POTENTIAL),
        (Field.PROCESSING, Direction.POTENTIAL),
        (Field.MARKETING, Direction.POTENTIAL),
        (Field.MARKETING, Direction.NEED),
    }
)
"""Where a price has a meaning for matching: what is asked, what milling costs, what a buyer pays."""

_ASKED = frozenset({"harvest_by_month", "needs_from_itself", "own_outlet"})

Step = Mapping[str, Any]
Answers = Mapping[str, Step]


@dataclass(frozen=True)
class Read:
    """What answers say: rows with their findings, what cannot be sent, decisions the party has taken itself."""

    rows: tuple[MappingRow, ...]
    problems: tuple[Problem, ...]
    decisions: Mapping[str, Mapping[str, Any]]

    @property
    def doubts(self) -> list[Finding]:
        """Give what a person will look at before accepting."""
        asked = [finding for row in self.rows for finding in row.doubts]
        return [finding for finding in asked if finding.code == "harvest_by_month"]


def read(answers: Answers, party: sheet.Party, fields: Sequence[Field] = FIELDS) -> Read:
    """Read the steps of a form that are there; `fields` names those that must be."""
    places = [(field, direction, at, row) for field in fields for direction, at, row in _typed(answers, field)]
    rows = sheet.read_typed_rows([_as_cells(field, direction, row) for field, direction, _, row in places], party)
    named: list[MappingRow] = []
    problems, decisions = [*_steps(answers, fields)], {}
    for (field, direction, at, typed), row in zip(places, rows, strict=True):
        key = f"isian:{party.key}/{'/'.join([field.value, direction.value, *entries.what(row)[2:]])}"
        again = sum(other.key.partition("~")[0] == key for other in named)
        found = replace(row, key=f"{key}~{again + 1}" if again else key)
        named.append(found)
        problems += _wrong(f"{field.value}/{direction.value}-{at}", typed, found)
        if any(finding.code == "own_outlet" for finding in found.doubts):
            decisions[found.key] = _outlet(typed)
    return Read(tuple(named), tuple(problems), decisions)


def gaps(seat: EventParty, rows: Sequence[MappingRow]) -> list[Gap]:
    """Give what of a party's answers lacks or contradicts as a whole, were they the mapping."""
    ids = {seat.number: seat.party_id}
    return list(gaps_of(seat, [MappingEntry(**entries.values_of(row, ids, entries.GOOD)) for row in rows]))


def is_row(row: Mapping[str, str]) -> bool:
    """Say whether anything was typed into a row; what is chosen from a list says nothing by itself."""
    return any(row.get(name, "").strip() for name in ("amount", "price", "note"))


def goods_of(field: Field) -> tuple[str, ...]:
    """Give the words of the goods of a field."""
    return tuple(text(f"sheet.commodity.{commodity.value}") for commodity in COMMODITIES_OF[field])


def _typed(answers: Answers, field: Field) -> Iterator[tuple[Direction, int, Mapping[str, str]]]:
    given = answers.get(field.value, {})
    for direction in DIRECTIONS:
        for at, row in enumerate(given.get(direction.value, ())):
            yield direction, at, row


def _as_cells(field: Field, direction: Direction, row: Mapping[str, str]) -> dict[str, str]:
    """Give a row as the sheet would hold it; a price where none has a meaning is passed over."""
    words = {"field": text(f"sheet.field.{field.value}"), "direction": text(f"sheet.direction.{direction.value}")}
    cells = {name: value for name, value in row.items() if name != "outlet"}
    cells["commodity"] = cells.get("commodity") or goods_of(field)[0]
    if (field, direction) not in PRICED:
        cells.pop("price", None)
    return {**cells, **words}


def _steps(answers: Answers, fields: Sequence[Field]) -> Iterator[Problem]:
    """Name the steps that say nothing, or two things at once, or too much."""
    for field in fields:
        given = answers.get(field.value)
        said = any(True for _ in _typed(answers, field))
        if given is None or not (said or given.get("nothing")):
            yield Problem("filling.step_empty", f"{field.value}/nothing", {"field": text(f"sheet.field.{field.value}")})
        elif said and given.get("nothing"):
            yield Problem("filling.step_both", f"{field.value}/nothing")


def _wrong(place: str, typed: Mapping[str, str], row: MappingRow) -> Iterator[Problem]:
    told: dict[str, Finding] = {}
    for finding in row.doubts:
        if finding.code not in _ASKED:
            told.setdefault(_place(finding, typed), finding)
    for at, finding in told.items():
        yield Problem("filling.wrong", f"{place}-{at}", {"reason": finding.reason, "wanted": _wanted(finding, row)})
    for name in VALUES:
        if len(typed.get(name, "")) > LONGEST:
            yield Problem("filling.long", f"{place}-{name}", {"most": LONGEST})
    if typed.get("outlet") == BUYER and row.price is None and "price" not in told:
        yield Problem("filling.buyer_needs_price", f"{place}-price")


def _place(finding: Finding, typed: Mapping[str, str]) -> str:
    """Give the value of a row that a finding is to be shown at."""
    if finding.code == "unit_missing" or (finding.code == "unknown_unit" and typed.get("unit")):
        return "unit"
    return finding.about if finding.about in VALUES else "amount"


def _wanted(finding: Finding, row: MappingRow) -> str:
    """Give what should stand there: the nearest word, the usual price, else what the sheet's reader expects."""
    if finding.suggestion:
        return text("filling.perhaps", near=finding.suggestion)
    if finding.code == "price_unlikely" and row.commodity:
        return text("filling.usual", usual=rupiah_text(REFERENCE_PRICE[row.commodity.value]))
    return text("sheet.wanted", expected=finding.expected) if finding.expected else ""


def _outlet(typed: Mapping[str, str]) -> dict[str, Any]:
    """Give the party's own answer to what its marketing is: its own outlet, or it buys from others."""
    if typed.get("outlet") == BUYER:
        return {"decision": "take", "reason": text("filling.own_word"), "values": {"is_buyer": True}}
    return {"decision": "accept", "reason": text("filling.own_word")}

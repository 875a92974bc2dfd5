"""Rows that were read and entries that are kept: which row is which entry, and what gives way to what.

A sheet and a form may speak of the same thing. The one that was accepted last stands:

- A sheet's good row takes the place of whatever a form said about the same party, field, direction and goods. What a
  form said and the sheet passes over stays, and a row that cannot be used displaces nothing that was accepted.
- A form is all that a party says of itself, so it takes the place of everything a sheet said about that party, but
  for the rows a person keeps and those whose own answer was left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdmp_core.records import MappingEntry
from kdmp_core.workshops import sheet

GOOD = "good"
REJECTED = "rejected"
IDENTITY = ("party_id", "field", "direction", "commodity", "period")
SUBJECT = IDENTITY[:-1]
KEPT = (
    *("row_number", *IDENTITY, "period_as_written", "quantity_kg", "price_rupiah_per_kg", "note"),
    *("is_buyer", "status", "reasons", "answer_id"),
)
"""What an entry holds beside its key."""

Told = tuple[sheet.MappingRow, str]


@dataclass(frozen=True)
class Merge:
    """What becomes of a mapping: each row with its status and the entry it changes (None: a new one), and what goes."""

    rows: tuple[tuple[sheet.MappingRow, str, MappingEntry | None], ...]
    gone: tuple[MappingEntry, ...]


def becoming(decided: sheet.Decided) -> list[Told]:
    """Give what the mapping becomes: every decided row with the status it is kept under, those left out last."""
    rejected = [row for row in decided.left_out if isinstance(row, sheet.MappingRow) and not _sums_up(row)]
    return [*((row, GOOD) for row in decided.mapping), *((row, REJECTED) for row in rejected)]


def of_sheet(entries: Sequence[MappingEntry], decided: sheet.Decided, ids: Mapping[int, int], *, adds: bool) -> Merge:
    """Lay a sheet's rows over the entries of its event. `ids` are the parties' ids by their numbers on the sheet."""
    known = {entry.row_key: entry for entry in entries}
    same = _by(IDENTITY, (entry for entry in entries if adds or entry.answer_id is not None))
    told = becoming(decided)
    rows: list[tuple[sheet.MappingRow, str, MappingEntry | None]] = []
    taken = set[int]()
    for row, status in told:
        there = known.get(row.key) or same.get((ids.get(row.party or 0), *what(row)))
        if status == REJECTED and there is not None and there.answer_id is not None:
            continue
        rows.append((row, status, there))
        taken |= {there.id} if there is not None else set()
    waiting = {row.key for row in decided.open} | {row.key for row, _ in told}
    subjects = {(ids.get(row.party or 0), *what(row)[:-1]) for row, status in told if status == GOOD}
    gone = [
        entry
        for entry in entries
        if entry.id not in taken
        and (
            _of(SUBJECT, entry) in subjects
            if entry.answer_id is not None
            else not adds and entry.row_key not in waiting
        )
    ]
    return Merge(tuple(rows), tuple(gone))


def of_form(
    entries: Sequence[MappingEntry], decided: sheet.Decided, ids: Mapping[int, int], keep: Collection[str] = ()
) -> Merge:
    """Lay a form's good rows over the entries of its party; `keep` are the keys of entries that are to stay."""
    same = _by(IDENTITY, entries)
    told = [(row, GOOD, same.get((ids.get(row.party or 0), *what(row)))) for row in decided.mapping]
    taken = {entry.id for _, _, entry in told if entry is not None}
    left_out = {what(row)[:-1] for row in decided.left_out if isinstance(row, sheet.MappingRow)}
    gone = [
        entry
        for entry in entries
        if entry.id not in taken and entry.row_key not in keep and _of(SUBJECT[1:], entry) not in left_out
    ]
    return Merge(tuple(told), tuple(gone))


def values_of(row: sheet.MappingRow, ids: Mapping[int, int], status: str) -> dict[str, Any]:
    """Give what an entry holds of a row."""
    return {
        "party_id": ids.get(row.party) if row.party is not None else None,
        "row_number": row.row,
        "field": row.field.value if row.field else "",
        "direction": row.direction.value if row.direction else "",
        "commodity": row.commodity.value if row.commodity else "",
        "period": row.period,
        "period_as_written": row.period_as_written,
        "quantity_kg": row.kg or 0,
        "price_rupiah_per_kg": row.price,
        "note": row.note,
        "is_buyer": row.is_buyer,
        "status": status,
        "reasons": sorted({finding.code for finding in row.doubts}),
    }


def what(row: sheet.MappingRow) -> tuple[str, ...]:
    """Give what a row is about beside its party: field, direction, goods, period."""
    words = (row.field, row.direction, row.commodity)
    return (*(word.value if word else "" for word in words), row.period)


def plain(entry: MappingEntry) -> dict[str, Any]:
    """Give an entry as plain data, to be kept and put back."""
    return {"row_key": entry.row_key, **{name: getattr(entry, name) for name in KEPT}}


def _by(names: Sequence[str], entries: Iterable[MappingEntry]) -> dict[tuple[Any, ...], MappingEntry]:
    """Give the entries by what they are about: another file may write the same party's name otherwise."""
    return {_of(names, entry): entry for entry in entries if entry.party_id is not None}


def _of(names: Sequence[str], entry: MappingEntry) -> tuple[Any, ...]:
    return tuple(getattr(entry, name) for name in names)


def _sums_up(row: sheet.MappingRow) -> bool:
    return any(finding.code == "totals_row" for finding in row.doubts)

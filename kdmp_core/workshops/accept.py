"""From an uploaded sheet to the record: upload, decide, see what would change, accept. Nothing is written before.

The same sheet twice changes nothing; a corrected sheet shows what it changes. Good rows are never held hostage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, letters, registry, store
from kdmp_core.audit import Act, By, append
from kdmp_core.errors import InvalidInput, NotAllowed, NotFound
from kdmp_core.files import Files
from kdmp_core.records import (
    VILLAGE_COOPERATIVES,
    Attendance,
    Event,
    EventParty,
    MappingEntry,
    PartyKind,
    Role,
    SheetImport,
    Side,
    User,
)
from kdmp_core.workshops import event as events
from kdmp_core.workshops import layouts, sheet
from kdmp_core.workshops.sheet.words import shown

IMPORTERS = (Role.COORDINATOR,)
_SHOWN = ("field", "direction", "commodity", "period_as_written", "quantity_kg", "price_rupiah_per_kg", "note")


@dataclass(frozen=True)
class Change:
    """One thing that accepting would change: what (party, officer, mapping …), whose, field → (known, given)."""

    what: str
    whose: str
    how: str
    fields: Mapping[str, tuple[object, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outlook:
    """An import as it stands: the preview, its answers, and what accepting it now would change."""

    preview: sheet.Preview
    decided: sheet.Decided
    event: Event | None
    changes: tuple[Change, ...]

    @property
    def changes_nothing(self) -> bool:
        """Whether the record already says all of it."""
        return not self.changes


def upload(session: Session, files: Files, data: bytes, file_name: str, user: User, now: datetime) -> SheetImport:
    """Keep an uploaded sheet for deciding. The same bytes give the same import with its answers of before.

    A table of another shape than our workbook is kept too; what its columns mean is then to be confirmed (`layouts`).

    Raises InvalidInput or TooLarge when the file as a whole cannot be read, NotAllowed outside the user's area.
    """
    regency, name, other = _opened(data, file_name)
    if regency:
        access.require_role(user, IMPORTERS, regency)
    elif not any(grant.role in IMPORTERS for grant in user.grants):
        raise NotAllowed("access.not_your_area")
    where = (SheetImport.file_sha256 == sha256(data).hexdigest(), SheetImport.uploaded_by_id == user.id)
    known = session.scalar(select(SheetImport).where(*where))
    if known is not None:
        return known
    row = SheetImport(
        file_sha256=files.put(data),
        file_name=name,
        uploaded_at=now,
        uploaded_by_id=user.id,
        decisions={},
        columns={} if other else None,
    )
    session.add(row)
    session.flush()
    return row


def _opened(data: bytes, file_name: str) -> tuple[str, str, bool]:
    """Give the regency a file names, its name for showing, and whether it is a table of another shape."""
    try:
        preview = sheet.read(data, file_name)
    except InvalidInput as refusal:
        if refusal.code not in _OTHER_SHAPE:
            raise
        try:
            sheet.find_tables(data, file_name)
        except InvalidInput as none:
            raise (none if none.code == "sheet.unknown_letters" else refusal) from none
        return "", shown(file_name), True
    return preview.event.regency, preview.file_name, False


_OTHER_SHAPE = ("sheet.not_a_workbook", "sheet.missing_sheets", "sheet.no_heading")


def find(session: Session, import_id: int, user: User) -> SheetImport:
    """Give an import of this user. Raises NotFound (also for somebody else's)."""
    row = session.get(SheetImport, import_id)
    if row is None or row.uploaded_by_id != user.id:
        raise NotFound("sheet_import.unknown")
    return row


def decide(session: Session, import_id: int, user: User, answers: Mapping[str, Mapping[str, Any]]) -> SheetImport:
    """Keep answers (row key → {"decision", "reason", "values"}); an answer of None takes one back."""
    row = find(session, import_id, user)
    merged = {**row.decisions, **answers}
    kept = {key: answer for key, answer in merged.items() if answer}
    sheet.decisions_from(kept)
    row.decisions = kept
    return row


def outlook(session: Session, files: Files, row: SheetImport) -> Outlook:
    """Give what an import says with its answers so far, and what accepting it now would change."""
    preview = layouts.preview(session, files, row)
    decided = sheet.decide(preview, sheet.decisions_from(row.decisions))
    facts = _event_facts(decided)
    event = events.lookup(session, facts) if facts else None
    return Outlook(preview, decided, event, tuple(_changes(session, decided, event, facts, adds=preview.adds)))


def accept(session: Session, files: Files, import_id: int, user: User, by: By, now: datetime) -> tuple[Event, Outlook]:
    """Write everything that is decided and give the event with what was changed. Open rows wait, named.

    Raises InvalidInput when the facts of the event itself are not whole.
    """
    row = store.locked(session, SheetImport, find(session, import_id, user).id)
    if row is None:
        raise NotFound("sheet_import.unknown")
    seen = outlook(session, files, row)
    facts = _event_facts(seen.decided)
    if facts is None:
        raise InvalidInput("sheet_import.event_incomplete")
    event = events.save(session, facts, user, by, now)
    _write(session, seen, event, now)
    row.event_id, row.accepted_at, row.accepted_by_id = event.id, now, user.id
    details = {"event": event.id, "import": row.id, "file_sha256": row.file_sha256, "changes": len(seen.changes)}
    append(session, Act("accept_sheet", f"accept:{row.id}:{now.isoformat()}", details=details), by, now)
    return event, seen


def _event_facts(decided: sheet.Decided) -> events.EventFacts | None:
    found = decided.event
    if found is None or found.starts is None or found.baseline_price is None:
        return None
    policy = {
        "signing_place": found.signing_place or None,
        "agreement_date": found.agreement_date.isoformat() if found.agreement_date else None,
        "pks_deadline_months": found.working_months,
        "register_unit": found.register_unit or None,
    }
    return events.EventFacts(
        name=found.name,
        organiser=found.organiser,
        venue=found.venue,
        starts=found.starts,
        ends=found.ends or found.starts,
        regency=found.regency,
        commodity=found.commodity,
        baseline=found.baseline_price,
        policy={name: value for name, value in policy.items() if value is not None},
    )


def _write(session: Session, seen: Outlook, event: Event, now: datetime) -> None:
    ids: dict[int, int] = {}
    where = EventParty.event_id == event.id
    seats = {seat.party_id: seat for seat in session.scalars(select(EventParty).where(where))}
    for given in seen.decided.parties:
        party = registry.save(session, _party_facts(given), now)
        ids[given.number] = party.id
        if given.officer.name:
            registry.save_officer(session, party, _officer_facts(given))
        if party.id not in seats:
            seats[party.id] = EventParty(event_id=event.id, party_id=party.id)
        _seat(session, seats[party.id], given)
    _write_mapping(session, seen, event, ids)
    _write_attendance(session, seen, event, ids)
    unit = event.policy.get("register_unit")
    if unit:
        letters.open_register(session, event.id, unit)
    session.flush()


def _seat(session: Session, seat: EventParty, given: sheet.Party) -> None:
    village = given.kind in VILLAGE_COOPERATIVES
    seat.number, seat.side = given.number, Side.COOPERATIVE if village else Side.COUNTERPART
    session.add(seat)


def _write_mapping(session: Session, seen: Outlook, event: Event, ids: Mapping[int, int]) -> None:
    wanted = {row.key: _entry_values(row, ids, status) for row, status in _becoming(seen.decided)}
    waiting = {row.key for row in seen.decided.open}
    entries = _entries(session, event)
    known = {entry.row_key: entry for entry in entries}
    same = _by_identity(entries) if seen.preview.adds else {}
    for key, entry in known.items():
        if key not in wanted and key not in waiting and not seen.preview.adds:
            session.delete(entry)
    session.flush()
    for key, values in wanted.items():
        there = known.get(key) or same.get(tuple(values[name] for name in _IDENTITY))
        entry = there or MappingEntry(event_id=event.id, row_key=key)
        for name, value in values.items():
            setattr(entry, name, value)
        session.add(entry)


def _write_attendance(session: Session, seen: Outlook, event: Event, ids: Mapping[int, int]) -> None:
    where = Attendance.event_id == event.id
    known = {row.row_key: row for row in session.scalars(select(Attendance).where(where))}
    for given in seen.decided.attendance:
        row = known.get(given.key) or Attendance(event_id=event.id, row_key=given.key)
        row.name, row.office = given.name, given.office
        row.phone, row.sex = given.phone or None, given.sex or None
        row.party_id = ids.get(given.party) if given.party is not None else None
        session.add(row)


def _changes(
    session: Session, decided: sheet.Decided, event: Event | None, facts: events.EventFacts | None, *, adds: bool
) -> Iterable[Change]:
    if facts is not None:
        fields = events.differences(event, facts) | _policy_differences(event, facts)
        if fields:
            yield Change("event", facts.name, "changed" if event else "added", fields)
    for given in decided.parties:
        yield from _party_changes(session, given)
    yield from _mapping_changes(session, decided, event, adds=adds)


def _policy_differences(event: Event | None, facts: events.EventFacts) -> dict[str, tuple[object, object]]:
    known = event.policy if event else {}
    return {name: (known.get(name), value) for name, value in facts.policy.items() if known.get(name) != value}


def _party_changes(session: Session, given: sheet.Party) -> Iterable[Change]:
    facts = _party_facts(given)
    party = registry.lookup(session, facts)
    if party is None:
        yield Change("party", facts.name, "added")
        return
    fields = registry.differences(party, facts)
    if fields:
        yield Change("party", facts.name, "changed", fields)
    if given.officer.name:
        changed = registry.officer_differences(registry.signing_officer(session, party.id), _officer_facts(given))
        if changed:
            yield Change("officer", facts.name, "changed", changed)


def _mapping_changes(session: Session, decided: sheet.Decided, event: Event | None, *, adds: bool) -> Iterable[Change]:
    entries = _entries(session, event) if event else []
    known = {entry.row_key: entry for entry in entries}
    waiting = {row.key for row in decided.open}
    numbers = {seat.party_id: str(seat.number) for seat in event.parties} if event else {}
    seats = {seat.number: seat.party_id for seat in event.parties} if event else {}
    same = _by_identity(entries) if adds else {}
    becoming = _becoming(decided)
    for row, status in becoming:
        entry = known.get(row.key) or same.get((seats.get(row.party or 0), *_what(row)))
        if entry is None:
            yield Change("mapping", row.party_as_written, "added", {"quantity_kg": (None, row.kg)})
        elif fields := _entry_differences(entry, row, status, numbers):
            yield Change("mapping", row.party_as_written, "changed", fields)
    named = {row.key for row, _ in becoming}
    for key, entry in known.items():
        if key not in waiting and key not in named and not adds:
            whose = entry.party.name if entry.party else ""
            yield Change("mapping", whose, "removed", {"quantity_kg": (entry.quantity_kg, None)})


def _entry_differences(
    entry: MappingEntry, row: sheet.MappingRow, status: str, numbers: Mapping[int, str]
) -> dict[str, tuple[object, object]]:
    given = _entry_values(row, {}, status)
    pairs = {name: (getattr(entry, name), given[name]) for name in (*_SHOWN, "status")}
    pairs["party"] = (numbers.get(entry.party_id) if entry.party_id is not None else None, row.party and str(row.party))
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _entries(session: Session, event: Event) -> list[MappingEntry]:
    return list(session.scalars(select(MappingEntry).where(MappingEntry.event_id == event.id)))


_IDENTITY = ("party_id", "field", "direction", "commodity", "period")


def _by_identity(entries: Iterable[MappingEntry]) -> dict[tuple[Any, ...], MappingEntry]:
    """Give the entries by what they are about: another file may write the same party's name otherwise."""
    return {tuple(getattr(entry, name) for name in _IDENTITY): entry for entry in entries if entry.party_id is not None}


def _what(row: sheet.MappingRow) -> tuple[str, ...]:
    words = (row.field, row.direction, row.commodity)
    return (*(word.value if word else "" for word in words), row.period)


def _becoming(decided: sheet.Decided) -> list[tuple[sheet.MappingRow, str]]:
    """Give what the mapping becomes: every decided row with the status it is kept under, those left out last."""
    rejected = [row for row in decided.left_out if isinstance(row, sheet.MappingRow) and not _sums_up(row)]
    return [*((row, "good") for row in decided.mapping), *((row, "rejected") for row in rejected)]


def _sums_up(row: sheet.MappingRow) -> bool:
    return any(finding.code == "totals_row" for finding in row.doubts)


def _entry_values(row: sheet.MappingRow, ids: Mapping[int, int], status: str) -> dict[str, Any]:
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


def _party_facts(given: sheet.Party) -> registry.PartyFacts:
    return registry.PartyFacts(
        kind=given.kind or PartyKind.PRIMARY,
        name=given.name,
        area_code=given.area_code,
        legal_number=given.legal_number or None,
        address=given.address or None,
        postal_code=given.postcode or None,
        nib=given.nib or None,
        npwp=given.npwp or None,
    )


def _officer_facts(given: sheet.Party) -> registry.OfficerFacts:
    officer = given.officer
    return registry.OfficerFacts(
        name=officer.name,
        office=officer.office,
        phone=officer.phone or None,
        email=officer.email or None,
        term_ends=officer.term_ends,
        authority_kind=officer.authority_kind or None,
        authority_number=officer.authority_number or None,
        authority_date=officer.authority_date,
    )

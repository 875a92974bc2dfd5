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
from kdmp_core.workshops import entries, layouts, sheet
from kdmp_core.workshops import event as events
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
    write(session, event, entries.of_sheet(_entries(session, event), seen.decided, ids, adds=seen.preview.adds), ids)


def write(
    session: Session, event: Event, merge: entries.Merge, ids: Mapping[int, int], answer_id: int | None = None
) -> None:
    """Write what becomes of a mapping; `answer_id` is the form it comes from, None for a sheet."""
    for entry in merge.gone:
        session.delete(entry)
    session.flush()
    for row, status, there in merge.rows:
        entry = there or MappingEntry(event_id=event.id, row_key=row.key)
        if there is not None and there.answer_id is not None and answer_id is None:
            entry.row_key = row.key  # the sheet finds it again by its own key; a form finds it by what it is about
        for name, value in entries.values_of(row, ids, status).items():
            setattr(entry, name, value)
        entry.answer_id = answer_id
        session.add(entry)
    session.flush()


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
    ids = {seat.number: seat.party_id for seat in event.parties} if event else {}
    merge = entries.of_sheet(_entries(session, event) if event else [], decided, ids, adds=adds)
    return mapping_changes(merge, {seat.party_id: str(seat.number) for seat in event.parties} if event else {}, "sheet")


def mapping_changes(merge: entries.Merge, numbers: Mapping[int, str], source: str) -> Iterable[Change]:
    """Give what a mapping's change comes to, row by row; `numbers` are the parties' numbers, `source` who says it."""
    for row, status, entry in merge.rows:
        if entry is None:
            yield Change("mapping", row.party_as_written, "added", {"quantity_kg": (None, row.kg)})
        elif fields := _entry_differences(entry, row, status, numbers) | _source_difference(entry, source):
            yield Change("mapping", row.party_as_written, "changed", fields)
    for entry in merge.gone:
        whose = entry.party.name if entry.party else ""
        fields = {"quantity_kg": (entry.quantity_kg, None)} | _source_difference(entry, source)
        yield Change("mapping", whose, "removed", fields)


def _source_difference(entry: MappingEntry, source: str) -> dict[str, tuple[object, object]]:
    """Say that what one way of saying it brought gives way to the other."""
    known = "sheet" if entry.answer_id is None else "form"
    return {"source": (known, source)} if known != source else {}


def _entry_differences(
    entry: MappingEntry, row: sheet.MappingRow, status: str, numbers: Mapping[int, str]
) -> dict[str, tuple[object, object]]:
    given = entries.values_of(row, {}, status)
    pairs = {name: (getattr(entry, name), given[name]) for name in (*_SHOWN, "status")}
    pairs["party"] = (numbers.get(entry.party_id) if entry.party_id is not None else None, row.party and str(row.party))
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _entries(session: Session, event: Event) -> list[MappingEntry]:
    return list(session.scalars(select(MappingEntry).where(MappingEntry.event_id == event.id)))


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

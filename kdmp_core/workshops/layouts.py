"""Sheets of other shapes on their way to the record: what their columns mean is proposed, confirmed and remembered.

What was confirmed is kept with the import, and per organiser and head for the next file. From there on there is one
way: the same preview, doubts, answers and acceptance as for our own workbook.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, registry
from kdmp_core.errors import InvalidInput
from kdmp_core.files import Files
from kdmp_core.records import ColumnMap, Event, EventParty, Role, SheetImport, User
from kdmp_core.texts import text
from kdmp_core.workshops import event as events
from kdmp_core.workshops import sheet
from kdmp_core.workshops.sheet.words import heading, tidy

HOSTS = (Role.COORDINATOR,)
EVENT_FIELDS = ("name", "organiser", "venue", "starts", "ends", "regency", "commodity", "baseline_price")
LONGEST = 200
_NO_HEADS: Mapping[str, int] = MappingProxyType({})


def unconfirmed(row: SheetImport) -> bool:
    """Say whether an import waits for somebody to say what its columns mean."""
    return row.columns is not None and not row.columns


def proposal(
    session: Session,
    files: Files,
    row: SheetImport,
    user: User,
    event: Event | None,
    heads: Mapping[str, int] = _NO_HEADS,
) -> list[sheet.FoundTable]:
    """Give the tables of an import: as confirmed, else as confirmed before for such a head, else as they seem.

    `heads` moves the head of a sheet to another line; what was confirmed about the sheet then no longer counts.
    """
    known_heads = sheet.heads_of(row.columns)
    tables = _tables(files, row, {**known_heads, **heads})
    if row.columns and not heads.items() - known_heads.items():
        layout = sheet.layout_from(row.columns, tables)
        by_sheet = {use.sheet: use for use in layout.tables}
        return [sheet.FoundTable(by_sheet[one.use.sheet], one.samples, {}, one.lines) for one in tables]
    known = [(one, _remembered(session, one.use.signature, user, event)) for one in tables]
    return [sheet.remembered(one, kept.columns) if kept else one for one, kept in known]


def confirm(
    session: Session, files: Files, row: SheetImport, user: User, given: Mapping[str, Any], now: datetime
) -> SheetImport:
    """Keep what the columns mean and which event the file is for, and remember it for the organiser.

    `given` is `{"tables": […], "event": {"id": 3} or {"name": …, "starts": …}, "adds": true}` (see `layout_from`).
    Raises InvalidInput `sheet.bad_columns`, `sheet.columns_not_needed`, NotFound or NotAllowed for the event.
    """
    if row.columns is None:
        raise InvalidInput("sheet.columns_not_needed")
    layout = sheet.layout_from(given, _tables(files, row, sheet.heads_of(given)))
    about = _about(given.get("event"))
    row.columns = {**sheet.plain_layout(layout), "event": about, "adds": bool(given.get("adds", "id" in about))}
    ground = _ground(session, files, row)
    if "id" in about or ground.event.regency:
        access.require_role(user, HOSTS, ground.event.regency)
    for table in layout.tables:
        _remember(session, heading(ground.event.organiser), table, user, now)
    session.flush()
    return row


def preview(session: Session, files: Files, row: SheetImport) -> sheet.Preview:
    """Give what an import says. Raises InvalidInput `sheet.columns_unconfirmed` while its columns are not confirmed."""
    data = files.get(row.file_sha256)
    if row.columns is None:
        return sheet.read(data, row.file_name)
    if not row.columns:
        raise InvalidInput("sheet.columns_unconfirmed")
    layout = sheet.layout_from(row.columns, sheet.find_tables(data, row.file_name, sheet.heads_of(row.columns)))
    return sheet.read_by_columns(data, row.file_name, layout, _ground(session, files, row))


def plain_proposal(tables: list[sheet.FoundTable]) -> dict[str, Any]:
    """Give a proposal as plain data: a file of columns to read, correct and hand back."""
    return sheet.plain_layout(sheet.Layout(tuple(table.use for table in tables)))


def _tables(files: Files, row: SheetImport, heads: Mapping[str, int]) -> list[sheet.FoundTable]:
    return sheet.find_tables(files.get(row.file_sha256), row.file_name, heads)


def _about(given: object) -> dict[str, Any]:
    """Give the event as it was named: by its number, else by what was typed; empty where the file says it."""
    if not isinstance(given, Mapping):
        return {}
    number = given.get("id")
    if isinstance(number, int) and not isinstance(number, bool):
        return {"id": number}
    return {name: tidy(str(given[name]))[:LONGEST] for name in EVENT_FIELDS if given.get(name)}


def _ground(session: Session, files: Files, row: SheetImport) -> sheet.Ground:
    about = (row.columns or {}).get("event") or {}
    adds = bool((row.columns or {}).get("adds"))
    if "id" in about:
        event = events.find(session, about["id"])
        where = EventParty.event_id == event.id
        seats = session.scalars(select(EventParty).where(where).order_by(EventParty.number))
        return sheet.Ground(facts_of(event), tuple(party_of(session, seat) for seat in seats), adds)
    own = sheet.own_event(files.get(row.file_sha256), row.file_name) if not about else None
    return sheet.Ground(own or sheet.typed_event({**_nothing(), **about}), (), adds)


def _nothing() -> dict[str, str]:
    return dict.fromkeys(EVENT_FIELDS, "")


def facts_of(event: Event) -> sheet.EventFacts:
    """Give an event of the record as a sheet would tell it."""
    policy = event.policy
    return sheet.EventFacts(
        key=sheet.EVENT_KEY,
        row=0,
        name=event.name,
        organiser=event.organiser,
        venue=event.venue,
        starts=event.starts_on,
        ends=event.ends_on,
        regency=event.regency_code,
        commodity=event.commodity,
        baseline_price=event.baseline_rupiah_per_kg,
        register_unit=str(policy.get("register_unit") or ""),
    )


def party_of(session: Session, seat: EventParty) -> sheet.Party:
    """Give a party of an event as a sheet would tell it."""
    party, officer = seat.party, registry.signing_officer(session, seat.party_id)
    return sheet.Party(
        key=f"terdaftar:{seat.number}",
        row=0,
        number=seat.number,
        kind=party.kind,
        name=party.name,
        legal_number=party.legal_number or "",
        area_code=party.area_code,
        area_is_district=len(party.area_code) < len("PP.KK.CC.VVVV"),
        officer=sheet.Officer(
            name=officer.name,
            office=officer.office,
            phone=officer.phone or "",
            email=officer.email or "",
            term_ends=officer.term_ends,
            authority_kind=officer.authority_kind or "",
            authority_number=officer.authority_number or "",
            authority_date=officer.authority_date,
        )
        if officer
        else sheet.Officer(),
        nib=party.nib or "",
        npwp=party.npwp or "",
        address=party.address or "",
        postcode=party.postal_code or "",
    )


def _remembered(session: Session, signature: str, user: User, event: Event | None) -> ColumnMap | None:
    """Give what the event's organiser confirmed for a head; where no event is named yet, what this user confirmed."""
    whose = ColumnMap.organiser == heading(event.organiser) if event else ColumnMap.confirmed_by_id == user.id
    newest = ColumnMap.confirmed_at.desc(), ColumnMap.id.desc()
    return session.scalar(select(ColumnMap).where(whose, ColumnMap.signature == signature).order_by(*newest).limit(1))


def _remember(session: Session, organiser: str, table: sheet.TableUse, user: User, now: datetime) -> None:
    where = (ColumnMap.organiser == organiser, ColumnMap.signature == table.signature)
    kept = session.scalar(select(ColumnMap).where(*where))
    if kept is None:
        kept = ColumnMap(organiser=organiser, signature=table.signature)
        session.add(kept)
    kept.columns, kept.confirmed_at, kept.confirmed_by_id = sheet.to_remember(table), now, user.id


def means_words(means: str) -> str:
    """Give a meaning for people: `production:potential:gkp` is "Potensi Produksi: GKP"."""
    if means.startswith("price:"):
        return text("sheet.means.price_of", commodity=text(f"sheet.commodity.{means.partition(':')[2]}"))
    if ":" not in means:
        return text(f"sheet.means.{means}")
    field, direction, commodity = means.split(":")
    side = ("buyer", "seller") if field == "marketing" else ("offer", "need")
    name = side[0] if direction == "potential" else side[1]
    return text(
        f"sheet.means.{name}", field=text(f"sheet.field.{field}"), commodity=text(f"sheet.commodity.{commodity}")
    )

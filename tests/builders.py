"""Builders that drive real events: users, a workshop, parties with confirmed officers, agreements by their own moves.

They keep no state; each takes the session of its caller and the instant at which it happens.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pikepdf
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from kdmp_core import access, audit, letters
from kdmp_core.agreements import documents, moves, proposals
from kdmp_core.audit import By
from kdmp_core.files import Files
from kdmp_core.lifecycle import Actor
from kdmp_core.records import Agreement, Event, EventParty, Officer, Party, PartyKind, Role, Side, User
from kdmp_core.settings import Settings
from kdmp_core.signing import requests
from mou_templates import press, pressroom

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
REGENCY = "32.03"
VILLAGES = ("32.03.31.2002", "32.03.31.2001", "32.03.31.2003", "32.03.31.2004", "32.03.31.2005")
SYSTEM = By(Actor.SYSTEM)
access._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # a test's password guards nothing


PAPER = pressroom
"""The real paper, as a door hands it to the record."""


@dataclass(frozen=True)
class Staff:
    """The people at the desk: one who drafts and sends, one who reviews, one at the ministry, one more coordinator."""

    coordinator: User
    reviewer: User
    ministry: User
    second: User


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Give prepared settings with their data in a folder."""
    settings = Settings(data=folder, **changes)
    settings.prepare()
    return settings


def by_user(user: User) -> By:
    """Give a user as the one who acts."""
    return By(Actor.STAFF, user_id=user.id)


def create_user(
    session: Session,
    login: str,
    *roles: Role,
    area: str = REGENCY,
    name: str = "",
    now: datetime = NOW,
    phone: str = "",
) -> User:
    """Make a member of staff with roles over an area."""
    user, _ = access.add_user(
        session, login, name or login.title(), [(role, area) for role in roles], now=now, by=SYSTEM
    )
    user.phone, user.must_change_password = phone or None, False
    session.flush()
    return user


def create_staff(session: Session, now: datetime = NOW) -> Staff:
    """Make the four people an agreement needs."""
    return Staff(
        create_user(session, "sari", Role.COORDINATOR, name="Sari Wulandari", phone="+6281200000001", now=now),
        create_user(session, "rudi", Role.REVIEWER, name="Rudi Hartono", now=now),
        create_user(session, "wati", Role.MINISTRY, area="", name="Wati Lestari", now=now),
        create_user(session, "budi", Role.COORDINATOR, name="Budi Santoso", now=now),
    )


def create_event(session: Session, user: User, now: datetime = NOW, **policy: Any) -> Event:
    """Make a workshop in Cianjur with an open letter register."""
    event = Event(
        identity=f"lokakarya-{now.isoformat()}-{user.login}",
        name="Lokakarya Penguatan Ekosistem Bisnis KDKMP",
        organiser="Dinas Koperasi Cianjur",
        venue="Kampung Pandanwangi",
        starts_on=date(2026, 11, 23),
        ends_on=date(2026, 11, 25),
        regency_code=REGENCY,
        commodity="rice",
        baseline_rupiah_per_kg=6_500,
        policy=dict(policy),
        created_at=now,
        created_by_id=user.id,
    )
    session.add(event)
    session.flush()
    letters.open_register(session, event.id, "KDKMP-CIANJUR")
    return event


def create_party(
    session: Session,
    event: Event,
    number: int,
    confirmed_by: User,
    *,
    side: Side = Side.COOPERATIVE,
    officer: str = "",
    name: str = "",
    phone: str | None = "",
    now: datetime = NOW,
) -> Party:
    """Make a party of an event with one officer, confirmed by staff, who signs for it."""
    village = side is Side.COOPERATIVE
    party = Party(
        identity=f"AHU-{event.id}-{number:04d}",
        kind=PartyKind.KDMP if village else PartyKind.PRIMARY,
        name=name or (f"Koperasi Desa Merah Putih Contoh {number}" if village else "Koperasi Niaga Mukti"),
        legal_number=f"AHU-{number:07d}.AH.01.29.TAHUN 2025",
        area_code=VILLAGES[number % len(VILLAGES)],
        address=f"Jalan Raya Nomor {number}",
        created_at=now,
    )
    session.add(party)
    session.flush()
    person = Officer(
        name=officer or f"Asep Sunandar {number}",
        office="Ketua",
        phone=f"+62812{event.id:03d}{number:05d}" if phone == "" else phone,
        signs=True,
        confirmed_at=now,
        confirmed_by_id=confirmed_by.id,
        confirmed_how="id_card",
    )
    party.officers.append(person)
    session.add_all([person, EventParty(event_id=event.id, party_id=party.id, number=number, side=side)])
    session.flush()
    return party


def create_roster(
    session: Session, event: Event, confirmed_by: User, cooperatives: int = 2, now: datetime = NOW
) -> list[Party]:
    """Make so many cooperatives and one counterpart, which comes last."""
    members = [create_party(session, event, number, confirmed_by, now=now) for number in range(1, cooperatives + 1)]
    counterpart = create_party(
        session, event, cooperatives + 1, confirmed_by, side=Side.COUNTERPART, officer="Dadang Suherman", now=now
    )
    return [*members, counterpart]


def signing_officer(party: Party) -> Officer:
    """Give the officer who signs for a party made here."""
    return party.officers[0]


def submit(
    session: Session, agreement: Agreement, staff: Staff, now: datetime = NOW, files: Files | None = None
) -> Agreement:
    """Press the words with the real paper and submit them; the template is kept in `files`, else in memory."""
    asked = moves.Asked("submit", f"submit:{agreement.id}:{agreement.round}")
    by, kept = by_user(staff.coordinator), files or Files("memory://submitted")
    documents.submit(session, agreement.id, PAPER, kept, asked, by, now, legal_review="trial")
    return agreement


def review(session: Session, agreement: Agreement, staff: Staff, now: datetime = NOW) -> Agreement:
    """Let regency and ministry approve a submitted agreement."""
    for name, user in (("endorse", staff.reviewer), ("approve", staff.ministry)):
        moves.apply(session, agreement.id, moves.Asked(name, moves.own_key(name, agreement)), by_user(user), now)
    return agreement


def draw_up(session: Session, agreement: Agreement, files: Files, now: datetime = NOW, pdf: bytes = b"") -> Agreement:
    """Draw an approved agreement up: Word by the real press; `pdf` stands for LibreOffice's, else a blank page."""
    files.put(press.shipped_form(agreement.kind))
    prepared = documents.prepare(session, agreement.id, PAPER, files, now, legal_review="trial")
    printed = documents.Printed(pdf or blank_pdf(), 1, {})
    documents.finish(session, prepared, printed, files, SYSTEM, now)
    return agreement


def create_agreements(session: Session, event: Event, staff: Staff, now: datetime = NOW) -> list[Agreement]:
    """Propose the network MoUs of an event, one per counterpart."""
    return proposals.propose_networks(session, event, by_user(staff.coordinator), now, plan_id=None)


def create_agreement_drawn_up(
    session: Session, event: Event, staff: Staff, files: Files, now: datetime = NOW, pdf: bytes = b""
) -> Agreement:
    """Carry the newest network MoU of an event from proposal to drawn up, each step by its own move."""
    agreement = create_agreements(session, event, staff, now)[-1]
    return draw_up(session, review(session, submit(session, agreement, staff, now), staff, now), files, now, pdf)


@dataclass(frozen=True)
class Sent:
    """An agreement out for signature, with the people around it."""

    agreement: Agreement
    event: Event
    staff: Staff
    parties: Sequence[Party]


def create_sent(
    session: Session, settings: Settings, files: Files, cooperatives: int = 2, now: datetime = NOW, **policy: Any
) -> Sent:
    """Make everything from staff to a network MoU that was sent to its signatories."""
    staff = create_staff(session, now)
    event = create_event(session, staff.coordinator, now, **policy)
    parties = create_roster(session, event, staff.coordinator, cooperatives, now)
    agreement = create_agreement_drawn_up(session, event, staff, files, now)
    send(session, agreement, staff, settings, now)
    return Sent(agreement, event, staff, parties)


def send(session: Session, agreement: Agreement, staff: Staff, settings: Settings, now: datetime = NOW) -> None:
    """Send a drawn-up agreement out."""
    key = f"send:{agreement.id}:{agreement.round}"
    requests.send(session, agreement.id, by_user(staff.coordinator), key=key, now=now, settings=settings)


def blank_pdf() -> bytes:
    """Give a PDF of one white A4 page, always the same bytes."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        out = io.BytesIO()
        pdf.save(out, static_id=True)
        return out.getvalue()


def chain_is_whole(session: Session) -> bool:
    """Say whether every chain of the record holds to its head."""
    return all(audit.first_broken(session, chain) is None for chain in audit.chains(session))

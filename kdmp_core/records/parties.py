"""Parties and the people who may sign for them; letter registers and their numbers."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kdmp_core.records.columns import Base


class PartyKind(enum.StrEnum):
    """What a party is; identity fields depend on it (domain.md §0)."""

    KDMP = "kdmp"
    KKMP = "kkmp"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    SOE = "soe"
    PUBLIC_UNIT = "public_unit"


VILLAGE_COOPERATIVES = frozenset({PartyKind.KDMP, PartyKind.KKMP})


class Party(Base):
    """One organisation. Identity is the legal number, else area code with kind; never the name."""

    __tablename__ = "parties"
    __table_args__ = (UniqueConstraint("identity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str]
    kind: Mapped[PartyKind]
    name: Mapped[str] = mapped_column(index=True)
    legal_number: Mapped[str | None]
    area_code: Mapped[str] = mapped_column(index=True)
    address: Mapped[str | None]
    postal_code: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    nib: Mapped[str | None]
    npwp: Mapped[str | None]
    cooperative_number: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    officers: Mapped[list[Officer]] = relationship(back_populates="party", order_by="Officer.id")
    outlets: Mapped[list[Outlet]] = relationship(order_by="Outlet.id")


class OutletKind(enum.StrEnum):
    """The seven basic outlets of a village cooperative, and others (SE Menkop 1/2025)."""

    OFFICE = "office"
    GROCERIES = "groceries"
    PHARMACY = "pharmacy"
    CLINIC = "clinic"
    SAVINGS = "savings"
    WAREHOUSE = "warehouse"
    LOGISTICS = "logistics"
    OTHER = "other"


class Outlet(Base):
    """One of a cooperative's business units (*gerai*) that is running."""

    __tablename__ = "outlets"
    __table_args__ = (UniqueConstraint("party_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    kind: Mapped[OutletKind]


class Officer(Base):
    """A person in an office of a party. `signs` marks the one who signs for it now.

    No link leaves before staff have confirmed name, office and number once (`confirmed_*`, design.md §3).
    """

    __tablename__ = "officers"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    name: Mapped[str]
    office: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    term_ends: Mapped[date | None]
    signs: Mapped[bool] = mapped_column(default=False)
    authority_kind: Mapped[str | None]
    authority_number: Mapped[str | None]
    authority_date: Mapped[date | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_how: Mapped[str | None]
    party: Mapped[Party] = relationship(back_populates="officers")


class LetterRegister(Base):
    """The book an event's joint letter numbers come from; numbers run on within a year."""

    __tablename__ = "letter_registers"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)
    unit_code: Mapped[str]


class LetterNumber(Base):
    """One number given out: kept over redraw, revise and reopen, marked void, never given again."""

    __tablename__ = "letter_numbers"
    __table_args__ = (UniqueConstraint("register_id", "kind_code", "year", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("letter_registers.id"))
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), unique=True)
    kind_code: Mapped[str]
    year: Mapped[int]
    sequence: Mapped[int]
    text: Mapped[str]
    given_at: Mapped[datetime]
    void_at: Mapped[datetime | None]

"""Events (workshops): who took part, the sheets that were uploaded, what they mapped, the plans made of it."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kdmp_core.records.columns import Base
from kdmp_core.records.parties import Party


class Side(enum.StrEnum):
    """On which side of a framework a party of the event stands."""

    COOPERATIVE = "cooperative"
    COUNTERPART = "counterpart"


class Event(Base):
    """One workshop. `baseline_rupiah_per_kg` is f: what a farmer gets for GKP today, printed beside every V."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    organiser: Mapped[str]
    venue: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    regency_code: Mapped[str] = mapped_column(index=True)
    commodity: Mapped[str]
    baseline_rupiah_per_kg: Mapped[int]
    policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    parties: Mapped[list[EventParty]] = relationship(order_by="EventParty.number")


class EventParty(Base):
    """A party of an event, with its number on the sheet."""

    __tablename__ = "event_parties"
    __table_args__ = (UniqueConstraint("event_id", "party_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    number: Mapped[int]
    side: Mapped[Side]
    party: Mapped[Party] = relationship(lazy="joined")


class Attendance(Base):
    """A person who was at the event. Never the signatory by itself: that is the officer."""

    __tablename__ = "attendances"
    __table_args__ = (UniqueConstraint("event_id", "row_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"))
    row_key: Mapped[str]
    name: Mapped[str]
    office: Mapped[str]
    phone: Mapped[str | None]
    sex: Mapped[str | None]


class SheetImport(Base):
    """One uploaded sheet: its bytes by hash, the decisions on doubtful rows, and whether it was accepted.

    `columns` is None for our own workbook. For a table of another shape it holds what was confirmed: what the columns
    mean, which event it is for; it is empty until somebody has confirmed it.
    """

    __tablename__ = "sheet_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    file_sha256: Mapped[str]
    file_name: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decisions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    columns: Mapped[dict[str, Any] | None]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ColumnMap(Base):
    """What the columns of a head mean to an organiser: normalised heading → meaning, unit, period.

    `signature` is the hash of the normalised headings in any order; the last confirmation stands.
    """

    __tablename__ = "column_maps"
    __table_args__ = (UniqueConstraint("organiser", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organiser: Mapped[str]
    signature: Mapped[str]
    columns: Mapped[dict[str, Any]]
    confirmed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)


class MappingEntry(Base):
    """An offer (potential) or a need of a party at an event, in whole kilograms for the period as written.

    Keyed by (party, field, direction, commodity, period). `doubt` is a catalogue key of a reading that was
    confirmed; a row with `reason` stays out of matching and is named with that reason. `answer_id` is the form that
    said it, None for what a sheet said: whichever of the two was accepted last stands.
    """

    __tablename__ = "mapping_entries"
    __table_args__ = (UniqueConstraint("event_id", "row_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"), index=True)
    row_key: Mapped[str]
    row_number: Mapped[int]
    field: Mapped[str]
    direction: Mapped[str]
    commodity: Mapped[str]
    period: Mapped[str]
    period_as_written: Mapped[str]
    quantity_kg: Mapped[int]
    price_rupiah_per_kg: Mapped[int | None]
    note: Mapped[str]
    is_buyer: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str]
    reasons: Mapped[list[str]] = mapped_column(default=list)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("form_answers.id"), index=True)
    party: Mapped[Party | None] = relationship(lazy="joined")


class Plan(Base):
    """One matching of an event, kept with the hash of its inputs so that it can be made again.

    `turn` rises when a plan is made or chosen: the plan with the greatest is the event's, the next below the former.
    """

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("event_id", "inputs_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    inputs: Mapped[str] = mapped_column(Text)
    inputs_sha256: Mapped[str]
    result: Mapped[str] = mapped_column(Text)
    result_sha256: Mapped[str]
    value_rupiah: Mapped[int]
    baseline_rupiah_per_kg: Mapped[int]
    greedy_rupiah: Mapped[int]
    solver: Mapped[str]
    turn: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

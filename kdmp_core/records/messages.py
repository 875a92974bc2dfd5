"""The outbox (messages owed: ids, never secrets), the inbox (callbacks received), connections and envelopes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kdmp_core.records.columns import Base, Owed


class Message(Base, Owed):
    """A message owed to a person. The words are made at the moment of sending or revealing.

    `state`: owed (the worker sends it) · by_hand (no gateway: staff send it) · sent · failed · cancelled.
    """

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"))
    code_id: Mapped[int | None] = mapped_column(ForeignKey("codes.id"))
    state: Mapped[str] = mapped_column(index=True)
    channel: Mapped[str | None]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Callback(Base, Owed):
    """A provider's callback as received, secrets and personal data stripped.

    `state`: received · applied · ignored · quarantined.
    """

    __tablename__ = "callbacks"
    __table_args__ = (UniqueConstraint("provider", "connection", "dedupe_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str]
    connection: Mapped[str]
    dedupe_key: Mapped[str]
    event: Mapped[str]
    canonical: Mapped[str | None]
    external_id: Mapped[str | None] = mapped_column(index=True)
    body_sha256: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    state: Mapped[str]


class Connection(Base):
    """A configured provider connection; its secrets are a key file, never here."""

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("provider", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Envelope(Base, Owed):
    """Our PDF A at a provider for some signatories of a round; `status` grows by the lattice only."""

    __tablename__ = "envelopes"
    __table_args__ = (UniqueConstraint("provider", "connection", "external_id"), UniqueConstraint("reference"))

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    round: Mapped[int]
    signatory_id: Mapped[int] = mapped_column(ForeignKey("signatories.id"), unique=True)
    provider: Mapped[str]
    connection: Mapped[str]
    reference: Mapped[str]
    external_id: Mapped[str | None]
    external_signer: Mapped[str | None]
    status: Mapped[str]
    sent_sha256: Mapped[str]
    returned_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    truth: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Heartbeat(Base):
    """When a process of the house was last heard, and what it said of itself (no secrets)."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

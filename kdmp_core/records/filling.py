"""Forms that cooperatives fill in themselves before an event: the links to them, and what was answered."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kdmp_core.records.columns import Base
from kdmp_core.records.parties import Party


class FormState(enum.StrEnum):
    """Where a cooperative's answers stand; a draft was not sent yet."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class FormLink(Base):
    """One live link per party and event: it opens the form of that party and nothing else. The token is recomputable.

    `opened_at` is when somebody first pressed the button behind it; looking at the page leaves no trace.
    """

    __tablename__ = "form_links"
    __table_args__ = (
        Index(
            "uq_form_links_live",
            "party_id",
            "event_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    token_sha256: Mapped[str | None] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]


class FormAnswer(Base):
    """What a party answers about itself for an event: a proposal until a person accepts it.

    `draft` is the form as it was typed, step by step; `sent` is the whole of it at the last sending, with its hash and
    the number of sendings. `decisions` answer what was doubtful in it. `before` are the party's rows as they stood when
    it was accepted, and `after_sha256` the hash of those rows afterwards: while they are still so, it can be undone.
    """

    __tablename__ = "form_answers"
    __table_args__ = (UniqueConstraint("event_id", "party_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    state: Mapped[FormState] = mapped_column(default=FormState.DRAFT)
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sent: Mapped[dict[str, Any] | None]
    sent_sha256: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    sendings: Mapped[int] = mapped_column(default=0)
    decisions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    reason: Mapped[str | None]
    before: Mapped[list[Any] | None]
    after_sha256: Mapped[str | None]
    party: Mapped[Party] = relationship(lazy="joined")

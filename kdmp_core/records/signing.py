"""Links to folders, one-time codes, signers' sessions, signatures. Only hashes of secrets are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kdmp_core.records.agreements import Signatory
from kdmp_core.records.columns import Base
from kdmp_core.records.parties import Officer


class Link(Base):
    """One live link per officer and event: it opens the folder of his agreements. The token is recomputable."""

    __tablename__ = "links"
    __table_args__ = (
        Index(
            "uq_links_live",
            "officer_id",
            "event_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    token_sha256: Mapped[str | None] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    officer: Mapped[Officer] = relationship(lazy="joined")


class Code(Base):
    """A six-digit code: fresh row per request, dead after use, ten minutes or five tries."""

    __tablename__ = "codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), index=True)
    browser_sha256: Mapped[str] = mapped_column(index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    level: Mapped[str | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    link: Mapped[Link] = relationship(lazy="joined")


class Reveal(Base):
    """What a member of staff has seen of a folder: its link or a code, never both (UNIQUE, design.md §4).

    `what` is `link` or `code`; the row is the first sight, every sight is a step in the house's chain.
    """

    __tablename__ = "reveals"
    __table_args__ = (UniqueConstraint("officer_id", "event_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    what: Mapped[str]
    first_at: Mapped[datetime]


class SignerSession(Base):
    """A folder opened with a code, at most thirty minutes; the token's `jti` is the key that ends it."""

    __tablename__ = "signer_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    jti: Mapped[str] = mapped_column(unique=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), index=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("codes.id"))
    level: Mapped[str]
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    link: Mapped[Link] = relationship()
    code: Mapped[Code] = relationship()


class Signature(Base):
    """The signature of a signatory in a round; one at most (UNIQUE), whatever is retried or raced."""

    __tablename__ = "signatures"

    id: Mapped[int] = mapped_column(primary_key=True)
    signatory_id: Mapped[int] = mapped_column(ForeignKey("signatories.id"), unique=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    round: Mapped[int]
    signed_at: Mapped[datetime]
    level: Mapped[str]
    document_sha256: Mapped[str]
    consent_version: Mapped[str]
    evidence: Mapped[dict[str, Any]]
    evidence_sha256: Mapped[str]
    receipt: Mapped[str] = mapped_column(unique=True)
    signatory: Mapped[Signatory] = relationship(lazy="joined")

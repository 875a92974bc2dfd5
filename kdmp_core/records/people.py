"""Staff: users, what they may do where, their sessions; API clients; counters of attempts; kept answers."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kdmp_core.records.columns import Base


class Role(enum.StrEnum):
    """What a grant lets a user do (design.md §3); drafter and second are relations, not roles."""

    COORDINATOR = "coordinator"
    REVIEWER = "reviewer"
    MINISTRY = "ministry"
    PENDAMPING = "pendamping"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class User(Base):
    """A member of staff who signs in at the desk."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    grants: Mapped[list[Grant]] = relationship(back_populates="user", lazy="selectin", order_by="Grant.id")


class Grant(Base):
    """A role over an area (code prefix; empty = the nation) or, for a pendamping, over named cooperatives."""

    __tablename__ = "grants"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role]
    area_code: Mapped[str] = mapped_column(default="")
    party_ids: Mapped[list[Any]] = mapped_column(default=list)
    granted_at: Mapped[datetime]
    user: Mapped[User] = relationship(back_populates="grants")


class StaffSession(Base):
    """A signed-in browser; only the hash of its secret is kept, ending it takes effect at once."""

    __tablename__ = "staff_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined")


class ApiClient(Base):
    """Another system that asks through the API; it acts for the user who answers for it."""

    __tablename__ = "api_clients"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    secret_hash: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    scopes: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="joined")


class Tally(Base):
    """How often something was tried by somebody in a window; secrets' counters live here, not in memory."""

    __tablename__ = "tallies"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    started_at: Mapped[datetime]
    count: Mapped[int]


class KeptAnswer(Base):
    """The answer given to an API request with an Idempotency-Key, so that a retry gets the same one."""

    __tablename__ = "kept_answers"
    __table_args__ = (UniqueConstraint("caller", "route", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    caller: Mapped[str]
    route: Mapped[str]
    key: Mapped[str]
    request_sha256: Mapped[str]
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]

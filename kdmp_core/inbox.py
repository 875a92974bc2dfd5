"""The inbox: providers' callbacks as received, each once, proven over the raw body before anything is kept.

A callback is a hint and never truth: it is stored stripped of persons and secrets, and what it leads to is a
question to the provider (security.md §1.5). The provider's module comes as an argument, so nothing of it is imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from kdmp_core import store
from kdmp_core.records import Callback

RECEIVED: Final = "received"
APPLIED: Final = "applied"
IGNORED: Final = "ignored"
QUARANTINED: Final = "quarantined"
PATIENCE: Final = timedelta(minutes=5)
AGAIN: Final = timedelta(seconds=10)
WAITS: Final = "errors.callback.reference_waits"
UNKNOWN: Final = "errors.callback.reference_unknown"
_TABLE: Final = cast("Table", Callback.__table__)
_INSERT_ONCE: Final[dict[str, ReturningInsert[tuple[int]]]] = {
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id),
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id),
}
"""The INSERT that does nothing for a key that is there: one statement, no race. On tables, not classes: it is the
door's only write, and the mapper would cost as much as all the rest."""


class Fact(Protocol):
    """What a proven callback says, as `providers.port.CallbackFact` has it."""

    @property
    def event(self) -> str:
        """The provider's own word."""

    @property
    def canonical(self) -> str | None:
        """Its meaning; None: keep it, change nothing."""

    @property
    def external_id(self) -> str | None:
        """The envelope it names."""

    @property
    def dedupe_key(self) -> str:
        """Equal for repeats of one event."""


class Prover(Protocol):
    """The part of a provider that the inbox needs."""

    name: str

    def verify_and_parse(
        self, headers: Iterable[tuple[str, str]], raw_body: bytes, config: Mapping[str, object], now: datetime
    ) -> Fact:
        """Prove a callback and say what it means."""

    def stored_body(self, raw_body: bytes) -> bytes:
        """Give what may be kept of it."""


@dataclass(frozen=True)
class Proven:
    """A callback whose proof held: what it says, what may be kept of it, the hash of the body as it came."""

    fact: Fact
    kept: bytes = field(repr=False)
    sha256: str


@dataclass(frozen=True)
class Received:
    """Whether a callback is new to us. A repeat gets the same answer at the door."""

    new: bool


def prove(
    provider: Prover, headers: Iterable[tuple[str, str]], raw: bytes, config: Mapping[str, object], now: datetime
) -> Proven:
    """Prove a callback over its raw body. Needs no session, so a stranger cannot make us open one for writing.

    Raises NotSignedIn, TooLarge, InvalidInput, NotFound (a connection without a secret).
    """
    fact = provider.verify_and_parse(headers, raw, config, now)
    return Proven(fact, provider.stored_body(raw), hashlib.sha256(raw).hexdigest())


def keep(session: Session, provider: str, connection: str, proven: Proven, now: datetime) -> Received:
    """Keep a proven callback, once for its key; one that means nothing to us is kept and owes nothing."""
    fact = proven.fact
    row = {
        "provider": provider,
        "connection": connection,
        "dedupe_key": fact.dedupe_key,
        "event": fact.event,
        "canonical": fact.canonical,
        "external_id": fact.external_id,
        "body_sha256": proven.sha256,
        "body": proven.kept,
        "received_at": now,
        "state": RECEIVED if fact.canonical else IGNORED,
        "due_at": now if fact.canonical else None,
        "attempts": 0,
    }
    made = session.connection().execute(_INSERT_ONCE[session.get_bind().dialect.name], row).first()
    return Received(made is not None)


def receive(
    session: Session,
    provider: Prover,
    connection: str,
    headers: Iterable[tuple[str, str]],
    raw: bytes,
    config: Mapping[str, object],
    now: datetime,
) -> Received:
    """Prove a callback and keep it: `prove` and `keep` in one, for who has a session open anyway."""
    return keep(session, provider.name, connection, prove(provider, headers, raw, config, now), now)


def claim(session: Session, limit: int, worker: str, now: datetime, lease: timedelta) -> Sequence[int]:
    """Lease up to `limit` callbacks that are to be looked at now to a worker and give their ids."""
    where = Callback.state == RECEIVED
    return store.claim(session, Callback, where, limit=limit, worker=worker, now=now, lease=lease)


def of_envelope(session: Session, provider: str, connection: str, external_id: str) -> list[Callback]:
    """Give every callback about an envelope that nobody has looked at, oldest first, under their locks."""
    same = (Callback.provider == provider, Callback.connection == connection, Callback.external_id == external_id)
    query = select(Callback).where(*same, Callback.state == RECEIVED).order_by(Callback.id)
    return list(session.scalars(query.with_for_update()))


def settle(rows: Iterable[Callback], state: str) -> None:
    """Note that callbacks were looked at: applied, or ignored."""
    for row in rows:
        row.state, row.stuck_reason = state, None
        store.release(row, None)


def wait_or_quarantine(row: Callback, now: datetime) -> None:
    """Keep a callback about nothing we know: it may be ahead of our own commit; after five minutes it is shown."""
    if now - row.received_at < PATIENCE:
        store.postpone(row, WAITS, now, AGAIN * (row.attempts + 1))
        return
    row.state, row.stuck_reason = QUARANTINED, UNKNOWN
    store.release(row, None)


def quarantined(session: Session, providers: Collection[str] = ()) -> list[Callback]:
    """Give the callbacks that people must look at, newest first."""
    query = select(Callback).where(Callback.state == QUARANTINED)
    if providers:
        query = query.where(Callback.provider.in_(providers))
    return list(session.scalars(query.order_by(Callback.received_at.desc(), Callback.id.desc())))

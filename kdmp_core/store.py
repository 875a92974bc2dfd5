"""The unit of work: one session a door opens, commits or rolls back; and the claim that keeps workers apart.

SQLite: WAL, FULL, busy timeout, foreign keys, and `BEGIN IMMEDIATE` for every writing transaction (a deferred
one fails with "database is locked", security.md §7). PostgreSQL: READ COMMITTED with row locks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import ColumnElement, Connection, Engine, Select, bindparam, create_engine, event, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from kdmp_core.records import Base, Owed

BUSY_MILLISECONDS = 15_000

_Row = TypeVar("_Row", bound=Base)
_Work = TypeVar("_Work", bound=Owed)


class Store:
    """A database of records, reached by sessions."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine made by `open_store`."""
        self.engine = engine
        self._writing = engine.execution_options(kdmp_writes=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that only looks; nothing it does is kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a writing transaction: committed at the end of the block, rolled back if it raises."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open the record at a SQLAlchemy address (SQLite or PostgreSQL); makes nothing."""
    url = driver(url)
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": BUSY_MILLISECONDS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return Store(engine)
    return Store(create_engine(url, pool_pre_ping=True))


def driver(url: str) -> str:
    """Name the PostgreSQL driver in an address that leaves it open."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def migrate(url: str) -> None:
    """Bring the record at `url` to the newest shape; safe to call at every start."""
    config = Config()
    config.set_main_option("script_location", str(files("kdmp_core") / "migrations"))
    config.attributes["url"] = driver(url)
    command.upgrade(config, "head")


def locked(session: Session, model: type[_Row], key: int) -> _Row | None:
    """Give a row under its lock, as it stands now (FOR UPDATE; SQLite already holds the write lock).

    Only the row's own table is locked: PostgreSQL refuses FOR UPDATE on what is joined to it from outside.
    """
    found: _Row | None = session.scalar(_under_lock(model), {"id": key})
    return found


@cache
def _under_lock(model: type[Base]) -> Select[Any]:
    """Give the query of `locked`, built once for each kind of row: it runs in every move."""
    table: Any = model
    query = select(model).where(table.id == bindparam("id")).with_for_update(of=model)
    return query.execution_options(populate_existing=True)


def next_code(session: Session, column: InstrumentedAttribute[str], letter: str, now: datetime) -> str:
    """Give the next code of a year ("K-2026-000123"). Whoever asks holds the lock under which such rows are born."""
    prefix = f"{letter}-{now.year}-"
    last = session.scalar(select(column).where(column.startswith(prefix)).order_by(column.desc()).limit(1))
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:06d}"


def claim(
    session: Session,
    model: type[_Work],
    where: ColumnElement[bool],
    *,
    limit: int,
    worker: str,
    now: datetime,
    lease: timedelta,
) -> Sequence[int]:
    """Lease up to `limit` due rows to `worker` and give their ids, oldest due first.

    One conditional UPDATE … RETURNING over due rows whose lease is free or has run out (SKIP LOCKED on
    PostgreSQL). Whoever applies a move clears the lease in the same transaction.
    """
    table: Any = model
    due = (
        select(table.id)
        .where(where, model.due_at <= now, or_(model.lease_until.is_(None), model.lease_until <= now))
        .order_by(model.due_at, table.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = session.scalars(
        update(model)
        .where(table.id.in_(due.scalar_subquery()))
        .values(leased_by=worker, lease_until=now + lease)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(taken)


def release(row: Owed, due_at: datetime | None) -> None:
    """End the lease of a row that was looked at; `due_at` says when to look again (None: nothing is owed)."""
    row.due_at = due_at
    row.leased_by = None
    row.lease_until = None


def settle(row: Owed, due_at: datetime | None) -> None:
    """End the lease of a row whose work is well: what held it up before is forgotten."""
    row.attempts, row.stuck_reason = 0, None
    release(row, due_at)


BACKOFF = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))


def postpone(row: Owed, reason: str, now: datetime, wait: timedelta | None = None) -> None:
    """Keep failed work visible: count the attempt, keep the reason (a catalogue key), look again later."""
    row.attempts += 1
    row.stuck_reason = reason
    release(row, now + (wait or BACKOFF[min(row.attempts, len(BACKOFF)) - 1]))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MILLISECONDS}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("kdmp_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

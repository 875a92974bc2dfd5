"""Owed work, read from the record and nowhere else: how much, who takes it, and what happens when it fails."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from kdmp_core import store
from kdmp_core.errors import KdmpError, TryLater
from kdmp_core.texts import catalogue
from workflows.stages.work import NOTHING, Done, Tools, Work

LEASE = timedelta(seconds=60)
UNEXPECTED = "errors.work.unexpected"
LONGEST_JOURNEY = 20
log = logging.getLogger("kdmp.worker")


@dataclass(frozen=True)
class Item:
    """One row of owed work that this worker holds: the kind of work, the row's id, and its number for people."""

    work: Work
    id: int
    number: str


def counts(tools: Tools, works: Sequence[Work]) -> dict[str, int]:
    """Give how many rows of each kind are due and free now, kinds without any left out."""
    now = tools.now()
    with tools.store.read() as session:
        found = {work.name: _count(session, work, now) for work in works}
    return {name: number for name, number in found.items() if number}


def take(tools: Tools, work: Work, lease: timedelta = LEASE, only: int | None = None) -> Item | None:
    """Lease the row of a kind that is due longest (or the one named) and give it, or None when none is free."""
    where = work.where if only is None else work.where & (work.table.id == only)
    with tools.store.write() as session:
        taken = store.claim(session, work.table, where, limit=1, worker=tools.worker, now=tools.now(), lease=lease)
        return Item(work, taken[0], work.number(session, taken[0])) if taken else None


def take_many(tools: Tools, work: Work, most: int, lease: timedelta = LEASE) -> list[Item]:
    """Lease up to `most` rows of a kind, those due longest, and give them; none when none is free."""
    with tools.store.write() as session:
        taken = store.claim(
            session, work.table, work.where, limit=most, worker=tools.worker, now=tools.now(), lease=lease
        )
        return [Item(work, number, work.number(session, number)) for number in taken]


def give_back(tools: Tools, items: Sequence[Item]) -> None:
    """End the leases of rows that were not begun; they stay due."""
    _lease_until(tools, items, None)


def journey(tools: Tools, works: Sequence[Work], item: Item, lease: timedelta = LEASE) -> list[Done]:
    """Do an item and every system move that follows on the same row, until a person or the clock is next."""
    done = [attempt(tools, item)]
    following = [work for work in works if work.table is item.work.table]
    while done[-1].did and not done[-1].stuck and len(done) < LONGEST_JOURNEY:
        found = (take(tools, work, lease, item.id) for work in following)
        step = next((one for one in found if one is not None), None)
        if step is None:
            break
        done.append(attempt(tools, step))
    return done


def attempt(tools: Tools, item: Item) -> Done:
    """Do one stage of one item; whatever goes wrong is kept on the row and never raised.

    What stays leased although the stage found nothing to do is given back.
    """
    try:
        done = item.work.do(tools, item.id)
    except TryLater as trouble:
        wait = timedelta(seconds=trouble.retry_after) if trouble.retry_after else None
        return _keep_trouble(tools, item, stuck_key(trouble), wait)
    except KdmpError as trouble:
        return _keep_trouble(tools, item, stuck_key(trouble), None)
    except Exception as trouble:  # noqa: BLE001  (a fault in one item never stops the others; it is shown on its row)
        log.error("%s · %s failed: %s at %s", item.number, item.work.name, type(trouble).__name__, _place(trouble))  # noqa: TRY400
        return _keep_trouble(tools, item, UNEXPECTED, None)
    if done == NOTHING:
        _give_back(tools, item)
    return done


def stuck_key(trouble: KdmpError) -> str:
    """Give the catalogue key of a sentence, one that needs no values, that says what holds the work up."""
    key = f"errors.{trouble.code}"
    return key if "{" not in catalogue("id").get(key, "{") else UNEXPECTED


def renew(tools: Tools, items: Sequence[Item], lease: timedelta = LEASE) -> None:
    """Hold rows of one kind longer, those that are still ours."""
    _lease_until(tools, items, tools.now() + lease)


def _lease_until(tools: Tools, items: Sequence[Item], until: datetime | None) -> None:
    if not items:
        return
    table = items[0].work.table
    ours = (table.id.in_([item.id for item in items]), table.leased_by == tools.worker, table.lease_until.is_not(None))
    values = {"lease_until": until} if until else {"lease_until": None, "leased_by": None}
    with tools.store.write() as session:
        session.execute(update(table).where(*ours).values(values).execution_options(synchronize_session=False))


def _count(session: Session, work: Work, now: Any) -> int:
    free = or_(work.table.lease_until.is_(None), work.table.lease_until <= now)
    query = select(func.count()).select_from(work.table).where(work.where, work.table.due_at <= now, free)
    return session.scalar(query) or 0


def _keep_trouble(tools: Tools, item: Item, reason: str, wait: timedelta | None) -> Done:
    try:
        with tools.store.write() as session:
            row = store.locked(session, item.work.table, item.id)
            if row is None or row.leased_by != tools.worker:
                return Done(None, None, reason)
            store.postpone(row, reason, tools.now(), wait)
            return Done(None, row.due_at, reason)
    except Exception as trouble:  # noqa: BLE001  (the record is away: the lease runs out and the row is free again)
        log.error("%s · %s: %s", item.number, item.work.name, type(trouble).__name__)  # noqa: TRY400
        return Done(None, None, reason)


def _give_back(tools: Tools, item: Item) -> None:
    with tools.store.write() as session:
        row = store.locked(session, item.work.table, item.id)
        if row is not None and row.leased_by == tools.worker:
            store.release(row, row.due_at)


def _place(trouble: Exception) -> str:
    frames = trouble.__traceback__
    while frames and frames.tb_next:
        frames = frames.tb_next
    return f"{frames.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frames.tb_lineno}" if frames else "?"

"""The calculation of one area plan, in a process of its own: `python -m workflows.area_child ASK HOLDER`.

It reads the record, solves within a flow run with a progress artifact where Prefect answers, plainly where not, and
writes progress and plan into the record. It holds the row's lease as HOLDER; who has lost it writes nothing any more.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from kdmp_core import area_plans, store
from kdmp_core.area_plans import Answer, Question
from kdmp_core.audit import By
from kdmp_core.errors import KdmpError, Refusal
from kdmp_core.lifecycle import Actor
from kdmp_core.matching.area import engine_at_hand
from kdmp_core.records import AreaAsk, AreaPlan, AskState
from kdmp_core.settings import Settings
from kdmp_core.store import Store, open_store
from kdmp_core.texts import catalogue
from workflows.cost import Cost

CHILD_LEASE = timedelta(seconds=90)
UNEXPECTED = "errors.work.unexpected"
log = logging.getLogger("kdmp.area")


@dataclass(frozen=True)
class Seen:
    """How far an area plan has come: what it does, after which round, value and upper bound in rupiah."""

    step: str
    round: int
    value: int
    bound: int

    @property
    def percent(self) -> int:
        """Give how near the value is to its bound, in percent of it; 0 before the first round."""
        return 100 * max(self.value, 0) // self.bound if self.bound > 0 else 0

    def as_json(self) -> dict[str, Any]:
        """Give it as it is kept on the row of what was asked."""
        return {**asdict(self), "percent": self.percent}


Tell = Callable[[Seen], None]


class Lost(Exception):
    """The lease is somebody else's by now: nothing may be written."""


class Holder:
    """A row of what was asked, held by this process."""

    def __init__(self, record: Store, ask_id: int, name: str) -> None:
        """Take the row's number and the name its lease stands under."""
        self.record, self.ask_id, self.name = record, ask_id, name
        self._end = threading.Event()

    @contextmanager
    def row(self) -> Iterator[tuple[Session, AreaAsk]]:
        """Give the row under its lock while it is ours, in a writing transaction. Raises Lost."""
        with self.record.write() as session:
            found = store.locked(session, AreaAsk, self.ask_id)
            if found is None or found.leased_by != self.name or found.state is not AskState.ASKED:
                raise Lost
            yield session, found

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Renew the lease for the time of the block; whoever loses it ends at once."""
        thread = threading.Thread(target=self._renew_on, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join()

    def _renew_on(self) -> None:
        while not self._end.wait(CHILD_LEASE.total_seconds() / 4):
            try:
                with self.row() as (_, row):
                    row.lease_until = now() + CHILD_LEASE
            except Lost:
                os.kill(os.getpid(), signal.SIGTERM)
            except Exception as trouble:  # noqa: BLE001  (the record may be away; the next beat tries again)
                log.warning("the lease is not renewed: %s", type(trouble).__name__)


def now() -> datetime:
    """Give the present instant; the only place of this program that asks the clock."""
    return datetime.now(UTC)


def work(holder: Holder) -> None:
    """Find the plan and settle the row: by the plan, by a refusal, or by looking again later."""
    try:
        if os.environ.get("PREFECT_API_URL"):
            _shelled(holder)
        else:
            _find(holder, lambda _: None, None)
    except Lost:
        log.warning("area plan %s is somebody else's by now", holder.ask_id)
    except Refusal as refusal:
        with holder.row() as (_, row):
            area_plans.refuse(row, refusal, now())
    except Exception as trouble:  # noqa: BLE001  (whatever it is, it is kept on the row and shown)
        log.error("area plan %s failed: %s", holder.ask_id, type(trouble).__name__)  # noqa: TRY400
        key = f"errors.{trouble.code}" if isinstance(trouble, KdmpError) else UNEXPECTED
        key = UNEXPECTED if "{" in catalogue("id").get(key, "{") else key
        with holder.row() as (_, row):
            row.attempts -= 1  # the start has counted it already
            store.postpone(row, key, now())


def _shelled(holder: Holder) -> None:
    """Find the plan within a flow run; plainly when Prefect takes none."""
    from workflows.flows import ApiAway, area_run  # noqa: PLC0415  (two seconds, only where Prefect is named)
    from workflows.worker import quick_prefect  # noqa: PLC0415  (likewise)

    with holder.row() as (_, row):
        area = row.area_code
    try:
        with quick_prefect():
            area_run(area, lambda tell, run: _find(holder, tell, run))
    except ApiAway as away:
        log.warning("Prefect does not answer (%s); working without it", away)
        _find(holder, lambda _: None, None)


def _find(holder: Holder, tell: Tell, run: str | None) -> None:
    cost = Cost()
    _say(holder, tell, Seen("reading", 0, 0, 0))
    with holder.record.read() as session:
        row = area_plans.find_ask(session, holder.ask_id)
        scope = area_plans.find(row.area_code)
        asked = area_plans.question(session, scope, row.baseline_rupiah_per_kg, engine_at_hand())
        kept = area_plans.known(session, asked)
    if kept is None:
        _keep(holder, _solved(asked, holder, tell), cost, run)
        return
    with holder.row() as (session, row):
        plan = area_plans.again_found(session.get_one(AreaPlan, kept.id), now())
        area_plans.made(row, plan, now())


def _solved(asked: Question, holder: Holder, tell: Tell) -> Answer:
    def told(number: int, value: int, bound: int) -> None:
        _say(holder, tell, Seen("solving", number, value // 1000, bound // 1000))

    return area_plans.solve(asked, told)


def _keep(holder: Holder, found: Answer, cost: Cost, run: str | None) -> None:
    with holder.row() as (session, row):
        by = By(Actor.SYSTEM if row.asked_by_id is None else Actor.STAFF, user_id=row.asked_by_id, flow_run_id=run)
        plan = area_plans.keep(session, found, cost.spent(), by, now())
        area_plans.made(row, plan, now())


def _say(holder: Holder, tell: Tell, seen: Seen) -> None:
    """Write how far it is, for the page, and show it on Prefect's."""
    with holder.row() as (_, row):
        row.progress = seen.as_json()
    tell(seen)


def main(words: list[str]) -> int:
    """Do one calculation with the settings of the environment; give the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    for speaker in ("httpx", "httpcore"):
        logging.getLogger(speaker).setLevel(logging.WARNING)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    record = open_store(Settings().database)
    try:
        holder = Holder(record, int(words[0]), words[1])
        with holder.holding():
            work(holder)
    finally:
        record.close()
    return 0


def _end_with_parent() -> None:
    """End when the worker does: its end of our input is then closed."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The worker's pulse: a thread that says it is alive and holds on to what is in hand, also while a call takes long."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Self

from sqlalchemy import delete

from kdmp_core.records import Heartbeat
from workflows.stages import owed
from workflows.stages.owed import Item
from workflows.stages.work import Tools

BEAT_SECONDS = 10.0
FORGOTTEN = timedelta(days=1)
log = logging.getLogger("kdmp.worker")


class Pulse:
    """What the worker says of itself: how Prefect is, how much is owed, how many items went without Prefect."""

    def __init__(self, parts: Tools, lease: timedelta) -> None:
        """Take the worker's tools; the thread starts with the `with` block."""
        self._tools, self._lease = parts, lease
        self._items: tuple[Item, ...] = ()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="pulse", daemon=True)
        self.prefect = "not asked yet"
        self.plain = 0
        self.owed: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Forget workers not heard for a day, beat once and go on beating."""
        with self._tools.store.write() as session:
            old = (Heartbeat.process.startswith("worker "), Heartbeat.at < self._tools.now() - FORGOTTEN)
            session.execute(delete(Heartbeat).where(*old).execution_options(synchronize_session=False))
        self.beat()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop beating."""
        self._end.set()
        self._thread.join()

    @contextlib.contextmanager
    def holding(self, *items: Item) -> Iterator[None]:
        """Renew the leases of items of one kind for the time of the block."""
        self._items = items
        try:
            yield
        finally:
            self._items = ()

    def beat(self) -> None:
        """Write the heartbeat and renew the leases of what is in hand, each in a transaction of its own."""
        owed.renew(self._tools, self._items, self._lease)
        details: dict[str, Any] = {"prefect": self.prefect, "plain": self.plain, "owed": dict(self.owed)}
        with self._tools.store.write() as session:
            row = Heartbeat(process=f"worker {self._tools.worker}", at=self._tools.now(), details=details)
            session.merge(row)

    def _beat_on(self) -> None:
        while not self._end.wait(min(BEAT_SECONDS, self._lease.total_seconds() / 4)):
            try:
                self.beat()
            except Exception as trouble:  # noqa: BLE001  (the record may be away; the next beat tries again)
                log.warning("no heartbeat: %s", type(trouble).__name__)

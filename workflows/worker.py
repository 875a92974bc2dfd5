"""The worker: every second it asks the record what is owed and does it, through Prefect where Prefect answers.

`python -m workflows.worker`; ended by SIGTERM or Ctrl-C after the item in hand. More of these may run beside it: the
leases in the record keep them apart.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from prefect.client.orchestration import get_client
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)

from kdmp_core.settings import Settings
from workflows.flows import ApiAway, Flows
from workflows.pulse import Pulse
from workflows.stages import WORKS, batch, housekeeping, owed
from workflows.stages.batch import Batch
from workflows.stages.owed import Item
from workflows.stages.work import Done, Tools, Work, tools

TURN_SECONDS = 1.0
FEW = 20
PROBE_SECONDS = 30.0
WAIT_FOR_API_SECONDS = 60.0
# They name addresses, and a provider's address may be a secret.
QUIET = ("httpx", "httpcore", "alembic", "pikepdf")
log = logging.getLogger("kdmp.worker")
_Answer = TypeVar("_Answer")


class Worker:
    """One worker over its tools. `prefect` False does everything plainly (no API was named)."""

    def __init__(
        self,
        parts: Tools,
        *,
        works: Sequence[Work] = WORKS,
        prefect: bool = True,
        lease: timedelta = owed.LEASE,
        probe_seconds: float = PROBE_SECONDS,
        batch_seconds: float = batch.LONGEST_SECONDS,
    ) -> None:
        """Take the tools; nothing is begun before `run` or `turn`."""
        self._tools, self._works, self._lease = parts, works, lease
        self._flows = Flows(parts, works, lease) if prefect else None
        self._probe_seconds, self._away_until = probe_seconds, 0.0
        self._batch_seconds = batch_seconds
        self._stop = threading.Event()
        self._tidied_at: datetime | None = None
        self.pulse = Pulse(parts, lease)

    def stop(self) -> None:
        """Ask the worker to end after the item in hand."""
        self._stop.set()

    def run(self) -> None:
        """Work until told to stop: at once while work remains, else every second."""
        with self.pulse:
            while not self._stop.is_set():
                if not self._turn_safely():
                    self._stop.wait(TURN_SECONDS)

    def turn(self) -> int:
        """Look once at everything that is owed, do each kind one by one or as a batch, and give how much was done."""
        self._tidy()
        found = owed.counts(self._tools, self._works)
        self.pulse.owed = found
        return sum(self._do_kind(work, found[work.name]) for work in self._works if work.name in found)

    def _tidy(self) -> None:
        now = self._tools.now()
        if self._tidied_at is None or now - self._tidied_at >= housekeeping.EVERY:
            housekeeping.do(self._tools)
            self._tidied_at = now

    def _do_kind(self, work: Work, number: int) -> int:
        return self._do_few(work) if number <= FEW else self._do_many(work, min(number, batch.MOST))

    def _do_few(self, work: Work) -> int:
        """Take items one after the other, a journey each."""
        for number in range(FEW):
            item = None if self._stop.is_set() else owed.take(self._tools, work, self._lease)
            if item is None:
                return number
            with self.pulse.holding(item):
                self._do(item)
        return FEW

    def _do_many(self, work: Work, number: int) -> int:
        """Do a batch: one flow run for all of it, or the plain function where Prefect is away."""
        wanted = Batch(work, number, self._lease, self.pulse.holding, self._stop.is_set, self._batch_seconds)
        done = self._shelled(lambda flows: flows.batch(wanted))
        if done is None:
            done = batch.run(self._tools, wanted, lambda _, call: call(), lambda _: None).done
            self.pulse.plain += done
        return done

    def _do(self, item: Item) -> list[Done]:
        done = self._shelled(lambda flows: flows.journey(item))
        if done is None:
            self.pulse.plain += 1
            done = owed.journey(self._tools, self._works, item, self._lease)
        return done

    def _shelled(self, run: Callable[[Flows], _Answer]) -> _Answer | None:
        """Do something through Prefect; None when it takes no run, which is noted and asked again after a while."""
        if self._flows is None or time.monotonic() < self._away_until:
            return None
        try:
            done = run(self._flows)
        except ApiAway as away:
            self._away_until = time.monotonic() + self._probe_seconds
            self.pulse.prefect = f"away ({away})"
            log.warning("Prefect does not answer (%s); working without it", away)
            return None
        self.pulse.prefect = "ok"
        return done

    def _turn_safely(self) -> int:
        try:
            return self.turn()
        except Exception as trouble:  # noqa: BLE001  (the record itself may be away for a while: the worker waits for it)
            log.error("the record cannot be read: %s", type(trouble).__name__)  # noqa: TRY400
            return 0


def wait_for_api(seconds: float) -> bool:
    """Wait until Prefect's API answers; False when it does not within the time."""
    give_up = time.monotonic() + seconds
    with get_client(sync_client=True) as client:
        while client.api_healthcheck() is not None:
            if time.monotonic() > give_up:
                return False
            time.sleep(0.25)
    return True


@contextlib.contextmanager
def quick_prefect() -> Iterator[None]:
    """Set what only code can: no heartbeat (1 s a run), and one retry, so that a dead server does not hold us."""
    changed: dict[Any, Any] = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, PREFECT_CLIENT_MAX_RETRIES: 1}
    with temporary_settings(changed):
        yield


def name() -> str:
    """Give a worker's name: this machine and this process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def main() -> int:
    """Run one worker with the settings of the environment; give the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    for speaker in QUIET:
        logging.getLogger(speaker).setLevel(logging.WARNING)
    with quick_prefect(), tools(Settings(), lambda: datetime.now(UTC), name()) as parts:
        known = bool(PREFECT_API_URL.value())
        worker = Worker(parts, prefect=known)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        if known:
            worker.pulse.prefect = "ok" if wait_for_api(WAIT_FOR_API_SECONDS) else "away (no answer yet)"
        worker.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The supervisor's children, with small real processes: started again, renewed when too large, ended for good."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workflows.command import children
from workflows.command.children import Child

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    made: list[Child] = []
    log = (tmp_path / "log").open("ab")

    def begin(*words: str, **more: int) -> Child:
        child = Child("one", words, dict(os.environ), log, **more)
        child.start()
        made.append(child)
        return child

    yield begin
    for child in made:
        child.end()
    log.close()


def test_what_dies_is_started_again_after_a_wait_that_grows(start: Callable[..., Child]) -> None:
    child = start(*SLEEP)
    waits = []
    for _ in range(2):
        assert child.look() is None
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        assert _soon(child.look) == "died"
        died = time.monotonic()
        assert child.look() is None
        assert _soon(child.look) == "started"
        waits.append(time.monotonic() - died)
    assert child.starts == 3
    assert waits[0] < waits[1]


def test_what_grows_too_large_is_ended_and_started_afresh(start: Callable[..., Child]) -> None:
    child = start(*SLEEP, most_memory=1)
    assert _soon(child.look) == "died"


def test_what_does_not_end_when_asked_is_killed_with_its_group(
    start: Callable[..., Child], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(children, "GRACE_SECONDS", 0.5)
    child = start(sys.executable, "-c", STUBBORN)
    _soon(lambda: (tmp_path / "log").read_bytes() == b"ready\n")
    process = child.process
    child.end()
    assert process is not None
    assert process.returncode == -signal.SIGKILL
    child.end()


def _soon(call: Callable[[], object], seconds: float = 20) -> object:
    give_up = time.monotonic() + seconds
    while not (found := call()):
        assert time.monotonic() < give_up
        time.sleep(0.02)
    return found

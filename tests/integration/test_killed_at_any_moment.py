"""Worker and Prefect server killed at every moment of a move: nothing lost, nothing doubled, the chain whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kdmp_core.lifecycle import State
from kdmp_core.records import Document, LetterNumber
from tests import builders, work
from tests.prefect_server import PrefectServer
from tests.source import ROOT
from workflows.stages import owed
from workflows.worker import Worker

pytestmark = pytest.mark.timeout(300)
WHOLE_WAY = ["propose", "submit", "endorse", "approve", "draw_up"]
MOST_MOMENTS = 40

# A worker that kills itself at its n-th moment: a moment is just before a commit, or just after it.
MORTAL = """
import os, signal, sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from kdmp_core.settings import Settings
from kdmp_core.store import Store
from workflows.stages.work import tools
from workflows.worker import Worker

left = int(sys.argv[4])
write = Store.write

def moment():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

@contextmanager
def mortal(self):
    with write(self) as session:
        yield session
        moment()
    moment()

Store.write = mortal
settings = Settings(data=Path(sys.argv[1]), database_url=sys.argv[2])
now = datetime.fromisoformat(sys.argv[3])
with tools(settings, lambda: now, f"mortal:{left}") as parts:
    worker = Worker(parts, prefect=False)
    while worker.turn():
        pass
"""


@pytest.mark.database("sqlite")
def test_a_worker_killed_before_and_after_each_of_its_commits_loses_and_doubles_nothing(
    tmp_path: Path, database_url: str
) -> None:
    clock = work.Clock()
    with work.open_tools(tmp_path, database_url, clock) as parts:
        one = work.approve(parts)
        died = 0
        for number in range(1, MOST_MOMENTS):
            clock.wait(minutes=2)  # the lease of the one before has run out
            words = [str(parts.settings.data), database_url, clock().isoformat(), str(number)]
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            ended = subprocess.run([sys.executable, "-c", MORTAL, *words], cwd=ROOT, env=environment, check=False)
            assert ended.returncode in {0, -signal.SIGKILL}
            with parts.store.read() as session:
                assert builders.chain_is_whole(session)
            assert work.moves(parts, one) in (WHOLE_WAY[:-1], WHOLE_WAY)
            if ended.returncode == 0:
                break
            died += 1
        assert died > 3
        assert work.moves(parts, one) == WHOLE_WAY
        assert work.agreement(parts, one).state is State.DRAWN_UP
        with parts.store.read() as session:
            assert session.query(LetterNumber).count() == 1
            kinds = [row.kind for row in session.query(Document).where(Document.agreement_id == one)]
            assert len(kinds) == len(set(kinds))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    started = PrefectServer(tmp_path_factory.mktemp("prefect"))
    yield started
    started.kill()


def _kill_before(server: PrefectServer, journey: Callable[..., Any]) -> Callable[..., Any]:
    def killed(*args: Any) -> Any:
        server.kill()
        return journey(*args)

    return killed


def _kill_after(server: PrefectServer, journey: Callable[..., Any]) -> Callable[..., Any]:
    def killed(*args: Any) -> Any:
        done = journey(*args)
        server.kill()
        return done

    return killed


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("kill", [_kill_before, _kill_after], ids=["as the run begins", "before its end is reported"])
def test_a_prefect_server_killed_at_either_end_of_a_run_loses_and_doubles_nothing(
    server: PrefectServer,
    tmp_path: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    kill: Callable[[PrefectServer, Callable[..., Any]], Callable[..., Any]],
) -> None:
    server.start()
    clock = work.Clock()
    with server.in_use(), work.open_tools(tmp_path, database_url, clock) as parts:
        one = work.approve(parts)
        with monkeypatch.context() as patched:
            patched.setattr(owed, "journey", kill(server, owed.journey))
            worker = Worker(parts, probe_seconds=0.1)
            worker.turn()
        clock.wait(minutes=2)
        worker.turn()
        assert work.moves(parts, one) == WHOLE_WAY
        with parts.store.read() as session:
            assert builders.chain_is_whole(session)

"""The worker with a real Prefect server, with one that dies, without any, and killed in the middle of a move."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client

from kdmp_core.errors import InvalidInput, TryLater
from kdmp_core.lifecycle import State
from kdmp_core.records import Heartbeat, Step, Tally
from tests import builders, work
from tests.prefect_server import PrefectServer
from tests.source import ROOT
from workflows import flows
from workflows.area_child import Seen
from workflows.stages import owed
from workflows.stages.work import Outside, Tools
from workflows.worker import Worker, quick_prefect

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    started = PrefectServer(tmp_path_factory.mktemp("prefect"))
    started.start()
    yield started
    started.kill()


@contextmanager
def _in_use(server: PrefectServer) -> Iterator[None]:
    if not server.answers():
        server.start()
    with server.in_use():
        yield


def _flow_runs() -> dict[str, Any]:
    with get_client(sync_client=True) as client:
        return {str(run.id): run for run in client.read_flow_runs()}


def _run_of(parts: Tools, agreement_id: int, move: str) -> str | None:
    with parts.store.read() as session:
        return session.query(Step).where(Step.agreement_id == agreement_id, Step.move == move).one().flow_run_id


def test_each_system_step_names_a_run_that_prefect_knows(
    server: PrefectServer, tmp_path: Path, database_url: str
) -> None:
    with _in_use(server), work.open_tools(tmp_path, database_url) as parts:
        one = work.submit(parts, review={"mou_network": []})
        worker = Worker(parts)
        assert worker.turn() == 1
        assert work.moves(parts, one)[-3:] == ["endorse", "approve", "draw_up"]
        runs = _flow_runs()
        found = {_run_of(parts, one, move) for move in ("endorse", "approve", "draw_up")}
        assert len(found) == 1
        run = runs[str(found.pop())]
        code = work.agreement(parts, one).code
        assert run.name == f"{code} · review"
        assert set(run.tags) == {code, "stage:review"}
        assert (worker.pulse.prefect, worker.pulse.plain) == ("ok", 0)


def test_an_area_plan_shows_how_far_it_is_in_a_run_of_its_own(server: PrefectServer) -> None:
    def find(tell: Callable[[Seen], None], run: str | None) -> None:
        found.append(str(run))
        tell(Seen("reading", 0, 0, 0))
        tell(Seen("solving", 2, 96, 100))

    def refuse(tell: Callable[[Seen], None], run: str | None) -> None:
        raise InvalidInput("area_plans.no_offer", area="rahasia")

    found: list[str] = []
    with _in_use(server):
        flows.area_run("32.03", find)
        with pytest.raises(InvalidInput):
            flows.area_run("32.04", refuse)
        with get_client(sync_client=True) as client:
            run = client.read_flow_run(UUID(found[0]))
            failed = next(one for one in client.read_flow_runs() if one.name == "32.04")
            bars = [one for one in client.read_artifacts() if one.key == "area-plan"]
        assert (run.name, set(run.tags)) == ("32.03", {"32.03", "stage:area_plan"})
        assert [bar.data for bar in bars] == [96.0]
        assert "rahasia" not in failed.model_dump_json()


@pytest.mark.database("sqlite")
def test_listing_runs_answers_with_the_pinned_fastapi(server: PrefectServer) -> None:
    with _in_use(server):
        assert isinstance(_flow_runs(), dict)


@pytest.mark.database("sqlite")
def test_trouble_that_passes_is_tried_again_within_the_run_and_a_fault_never_reaches_prefect(
    server: PrefectServer, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "RETRY_SECONDS", [0.1, 0.1])
    with _in_use(server), work.open_tools(tmp_path, database_url) as parts:
        one = work.approve(parts)
        calls = _Failing(parts.office().to_pdf, [TryLater("work.office_failed"), TryLater("work.office_failed")])
        worker = Worker(replace(parts, office=lambda: calls))
        assert worker.turn() == 1
        assert calls.count == 3
        assert work.agreement(parts, one).state is State.DRAWN_UP


@pytest.mark.database("sqlite")
def test_the_words_of_a_fault_stay_out_of_prefect(
    server: PrefectServer, tmp_path: Path, database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with _in_use(server), work.open_tools(tmp_path, database_url) as parts:
        one = work.approve(parts)
        calls = _Failing(parts.office().to_pdf, [ValueError("+6281234567890 rahasia")])
        assert Worker(replace(parts, office=lambda: calls)).turn() == 1
        assert work.agreement(parts, one).stuck_reason == owed.UNEXPECTED
        assert calls.count == 1
    time.sleep(0.5)
    kept = b"".join(path.read_bytes() for path in (server.settings.data / "prefect").glob("prefect.db*"))
    assert b"rahasia" not in kept
    assert "rahasia" not in "".join(capfd.readouterr())


class _Failing:
    """A LibreOffice that first fails as told."""

    def __init__(self, real: Any, failures: list[Exception]) -> None:
        self.real, self.failures, self.count = real, failures, 0

    def to_pdf(self, docx: bytes) -> Any:
        self.count += 1
        if self.failures:
            raise self.failures.pop(0)
        return self.real(docx)


@pytest.mark.database("sqlite")
def test_prefect_killed_in_the_middle_and_emptied_loses_and_doubles_nothing(
    server: PrefectServer, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = work.Clock()
    with _in_use(server), work.open_tools(tmp_path, database_url, clock) as parts:
        worker = Worker(parts, probe_seconds=0.5)
        first = work.approve(parts)
        monkeypatch.setattr(flows, "_as_task", _killing(server, flows._as_task))
        begun = time.monotonic()
        assert worker.turn() == 1
        assert time.monotonic() - begun < 60
        assert work.moves(parts, first).count("draw_up") == 1
        monkeypatch.undo()
        second = work.submit_another(parts, first)
        assert worker.turn() == 1
        assert work.moves(parts, second)[-1] == "draw_up"
        assert _run_of(parts, second, "draw_up") is None
        assert worker.pulse.plain == 1
        assert worker.pulse.prefect.startswith("away")
        server.empty()
        server.start()
        third = work.submit_another(parts, first)
        assert worker.turn() == 1
        assert _run_of(parts, third, "draw_up") in _flow_runs()
        for one in (first, second, third):
            assert work.moves(parts, one) == ["propose", "submit", "endorse", "approve", "draw_up"]
        with parts.store.read() as session:
            assert builders.chain_is_whole(session)


def _killing(server: PrefectServer, as_task: Outside) -> Outside:
    def outside(name: str, call: Any) -> Any:
        def called() -> Any:
            server.kill()
            return call()

        return as_task(name, called)

    return outside


@pytest.mark.database("sqlite")
def test_a_worker_told_of_no_prefect_does_everything_plainly(tmp_path: Path, database_url: str) -> None:
    with work.open_tools(tmp_path, database_url) as parts:
        one = work.approve(parts)
        worker = Worker(parts, prefect=False)
        assert worker.turn() == 1
        assert worker.turn() == 0
        assert work.moves(parts, one)[-1] == "draw_up"


@pytest.mark.database("sqlite")
def test_a_worker_tidies_up_at_its_start_and_by_the_hour(tmp_path: Path, database_url: str) -> None:
    clock = work.Clock()
    with work.open_tools(tmp_path, database_url, clock) as parts:
        worker = Worker(parts, prefect=False)

        def left_after(**wait: int) -> int:
            clock.wait(**wait)
            worker.turn()
            with parts.store.write() as session:
                found = session.query(Tally).count()
                if not found:
                    session.add(Tally(kind="sign_in", subject="x", started_at=clock() - timedelta(days=2), count=1))
                return found

        assert [left_after(), left_after(minutes=59), left_after(minutes=1)] == [0, 1, 0]


@pytest.mark.database("sqlite")
def test_the_pulse_is_heard_and_holds_what_is_in_hand(tmp_path: Path, database_url: str) -> None:
    clock = work.Clock()
    with work.open_tools(tmp_path, database_url, clock) as parts:
        one = work.approve(parts)
        worker = Worker(parts, prefect=False)
        item = owed.take(parts, work.kind("document"))
        assert item is not None
        clock.wait(seconds=50)
        with worker.pulse.holding(item):
            worker.pulse.beat()
        clock.wait(seconds=50)
        assert owed.take(work.named(parts, "test:2"), work.kind("document")) is None
        clock.wait(seconds=20)
        assert owed.take(work.named(parts, "test:2"), work.kind("document")) is not None
        with parts.store.read() as session:
            assert session.query(Heartbeat).one().process == "worker test:1"
        assert work.agreement(parts, one).leased_by == "test:2"


MIDDLE = """
import sys, time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from kdmp_core.settings import Settings
from workflows.stages.work import tools
from workflows.worker import Worker

def outside(name, call):
    found = call()
    Path(sys.argv[3]).write_text(name)
    time.sleep(600)
    return found

settings = Settings(data=Path(sys.argv[1]), database_url=sys.argv[2])
with tools(settings, lambda: datetime.now(UTC), "dead:1") as parts:
    Worker(replace(parts, outside=outside), prefect=False, lease=timedelta(seconds=4)).run()
"""


def test_a_worker_killed_in_the_middle_of_a_move_is_followed_by_another_that_makes_it_once(
    tmp_path: Path, database_url: str
) -> None:
    clock = work.Clock(datetime.now(UTC))
    sign = tmp_path / "in the middle"
    with work.open_tools(tmp_path, database_url, clock) as parts:
        one = work.approve(parts)
        words = [sys.executable, "-c", MIDDLE, str(parts.settings.data), database_url, str(sign)]
        dying = subprocess.Popen(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        try:
            _wait_until(sign.exists)
            assert work.agreement(parts, one).leased_by == "dead:1"
        finally:
            dying.send_signal(signal.SIGKILL)
            dying.wait()
        killed = time.monotonic()
        living = Worker(replace(parts, now=lambda: datetime.now(UTC)), prefect=False, lease=timedelta(seconds=4))
        _wait_until(living.turn)
        assert time.monotonic() - killed < 15
        assert work.moves(parts, one).count("draw_up") == 1
        assert work.agreement(parts, one).state is State.DRAWN_UP
        with parts.store.read() as session:
            assert builders.chain_is_whole(session)


@pytest.mark.database("sqlite")
def test_a_worker_ends_at_sigterm_and_leaves_no_process(tmp_path: Path, database_url: str) -> None:
    with work.open_tools(tmp_path, database_url, work.Clock(datetime.now(UTC))) as parts:
        one = work.approve(parts)
        environment = {**os.environ, "KDMP_DATA": str(parts.settings.data), "KDMP_DATABASE_URL": database_url}
        environment.pop("PREFECT_API_URL", None)
        running = subprocess.Popen([sys.executable, "-m", "workflows.worker"], cwd=ROOT, env=environment)
        try:
            _wait_until(lambda: work.agreement(parts, one).state is State.DRAWN_UP)
        finally:
            running.send_signal(signal.SIGTERM)
            assert running.wait(30) == 0
        assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if str(parts.settings.data) in _words(path)]


def test_prefect_is_set_by_code_where_only_code_can() -> None:
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY  # noqa: PLC0415

    with quick_prefect():
        assert PREFECT_FLOWS_HEARTBEAT_FREQUENCY.value() is None


def _words(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _wait_until(holds: Any, seconds: float = 60) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.1)

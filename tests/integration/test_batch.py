"""Batches: many rows of a kind in one flow run, with a real Prefect server, without one, and killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter

from kdmp_core import papers
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Paper, PaperState, Side, Step
from tests import builders, work
from tests.many import copies
from tests.prefect_server import PrefectServer
from tests.source import ROOT
from workflows.stages import owed
from workflows.stages.work import Done, Tools, Work
from workflows.worker import FEW, Worker

pytestmark = pytest.mark.timeout(240)
MANY = 60


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


def submitted(parts: Tools, number: int = MANY) -> list[int]:
    """Make so many submitted agreements that no level reviews: the system endorses and approves them."""
    one = work.submit(parts, review={"mou_network": []})
    with parts.store.write() as session:
        return [one, *copies(session, one, number - 1)]


def reviewing(chunk: int = 25) -> list[Work]:
    return [replace(work.kind("review"), chunk=chunk)]


def approved_once(parts: Tools, ids: list[int]) -> None:
    with parts.store.read() as session:
        states = {row.state for row in session.query(Agreement).where(Agreement.id.in_(ids))}
        steps = session.query(Step.agreement_id, Step.move).where(Step.move.in_(("endorse", "approve"))).all()
        assert builders.chain_is_whole(session)
    assert states == {State.APPROVED}
    assert sorted(steps) == sorted((one, move) for one in ids for move in ("endorse", "approve"))


def turns(worker: Worker) -> list[int]:
    """Let the worker look until nothing is owed, and give how much each look did."""
    return list(iter(worker.turn, 0))


def _runs() -> list[Any]:
    with get_client(sync_client=True) as client:
        return list(client.read_flow_runs())


def test_more_than_a_few_are_one_flow_run_with_a_task_a_chunk_and_one_bar(
    server: PrefectServer, tmp_path: Path, database_url: str
) -> None:
    with _in_use(server), work.open_tools(tmp_path, database_url) as parts:
        known = {run.id for run in _runs()}
        ids = submitted(parts)
        worker = Worker(parts, works=reviewing())
        assert worker.turn() == MANY
        runs = [run for run in _runs() if run.id not in known]
        assert [(run.name, set(run.tags)) for run in runs] == [(f"review · {MANY}", {"batch", "stage:review"})]
        with parts.store.read() as session:
            named = [step.flow_run_id for step in session.query(Step).where(Step.flow_run_id.is_not(None))]
        assert named == [str(runs[0].id)] * MANY
        with get_client(sync_client=True) as client:
            bars = client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id={"any_": [runs[0].id]}))
        assert [(bar.data, bar.description) for bar in bars] == [(100.0, f"{MANY} / {MANY}")]
        turns(worker)
        approved_once(parts, ids)
        assert (worker.pulse.prefect, worker.pulse.plain) == ("ok", 0)


def test_few_stay_journeys(tmp_path: Path, database_url: str) -> None:
    with work.open_tools(tmp_path, database_url) as parts:
        submitted(parts, FEW)
        worker = Worker(parts, works=reviewing(), prefect=False)
        assert worker.turn() == FEW
        assert worker.turn() == 0


def test_one_that_fails_is_named_on_its_row_and_the_others_are_done(
    server: PrefectServer, tmp_path: Path, database_url: str
) -> None:
    with _in_use(server), work.open_tools(tmp_path, database_url) as parts:
        ids = submitted(parts, 30)
        review = work.kind("review")

        def do(tools: Tools, one: int) -> Done:
            if one == ids[7]:
                raise ZeroDivisionError("rahasia")
            return review.do(tools, one)

        worker = Worker(parts, works=[replace(review, do=do, chunk=10)])
        assert worker.turn() == 30
        broken = work.agreement(parts, ids[7])
        assert (broken.stuck_reason, broken.attempts, broken.leased_by) == (owed.UNEXPECTED, 1, None)
        turns(worker)
        approved_once(parts, [one for one in ids if one != ids[7]])


@pytest.mark.database("sqlite")
def test_a_batch_goes_on_when_prefect_dies_in_its_middle_and_begins_plainly_without_it(
    server: PrefectServer, tmp_path: Path, database_url: str
) -> None:
    with _in_use(server), work.open_tools(tmp_path, database_url) as parts:
        ids = submitted(parts)
        review, count = work.kind("review"), [0]

        def do(tools: Tools, one: int) -> Done:
            count[0] += 1
            if count[0] == 30:
                server.kill()
            return review.do(tools, one)

        worker = Worker(parts, works=[replace(review, do=do, chunk=10)])
        assert worker.turn() == MANY
        assert worker.pulse.plain == 0
        turns(worker)
        approved_once(parts, ids)
        assert worker.pulse.plain > 0
        assert worker.pulse.prefect.startswith("away")


def test_a_worker_told_to_stop_gives_back_what_it_has_not_begun(tmp_path: Path, database_url: str) -> None:
    with work.open_tools(tmp_path, database_url) as parts:
        ids = submitted(parts, 30)
        review, count = work.kind("review"), [0]

        def do(tools: Tools, one: int) -> Done:
            count[0] += 1
            if count[0] == 5:
                worker.stop()
            return review.do(tools, one)

        worker = Worker(parts, works=[replace(review, do=do)], prefect=False)
        assert worker.turn() == 5
        with parts.store.read() as session:
            assert not session.query(Agreement).where(Agreement.leased_by.is_not(None)).all()
        turns(Worker(parts, works=reviewing(), prefect=False))
        approved_once(parts, ids)


@pytest.mark.database("sqlite")
def test_a_long_batch_gives_way_to_what_else_is_owed_after_half_a_minute(tmp_path: Path, database_url: str) -> None:
    with work.open_tools(tmp_path, database_url) as parts:
        submitted(parts, 30)
        worker = Worker(parts, works=reviewing(10), prefect=False, batch_seconds=0.0)
        assert [worker.turn(), worker.turn()] == [10, 10]


MIDDLE = """
import sys, time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from kdmp_core.settings import Settings
from workflows.stages import WORKS
from workflows.stages.work import tools
from workflows.worker import Worker

review = next(one for one in WORKS if one.name == "review")
done = []

def do(parts, one):
    done.append(review.do(parts, one))
    if len(done) == 17:
        Path(sys.argv[3]).write_text("17")
        time.sleep(600)
    return done[-1]

settings = Settings(data=Path(sys.argv[1]), database_url=sys.argv[2])
with tools(settings, lambda: datetime.now(UTC), "dead:1") as parts:
    Worker(parts, works=[replace(review, do=do, chunk=25)], prefect=False, lease=timedelta(seconds=4)).run()
"""


def test_a_worker_killed_in_the_middle_of_a_chunk_is_followed_by_another_that_loses_and_doubles_nothing(
    tmp_path: Path, database_url: str
) -> None:
    sign = tmp_path / "in the middle"
    with work.open_tools(tmp_path, database_url, work.Clock(datetime.now(UTC))) as parts:
        ids = submitted(parts)
        words = [sys.executable, "-c", MIDDLE, str(parts.settings.data), database_url, str(sign)]
        dying = subprocess.Popen(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        try:
            _wait_until(sign.exists)
            with parts.store.read() as session:
                assert session.query(Agreement).where(Agreement.leased_by == "dead:1").count() == 8
        finally:
            dying.send_signal(signal.SIGKILL)
            dying.wait()
        killed = time.monotonic()
        living = Worker(
            replace(parts, now=lambda: datetime.now(UTC)),
            works=reviewing(),
            prefect=False,
            lease=timedelta(seconds=4),
        )
        _wait_until(lambda: living.turn() == 0 and time.monotonic() - killed > 6)
        assert time.monotonic() - killed < 20
        approved_once(parts, ids)


PAPERS = """
import sys, time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from kdmp_core.settings import Settings
from workflows.stages import WORKS
from workflows.stages.work import tools
from workflows.worker import Worker

count = [0]

def outside(name, call):
    count[0] += 1
    if count[0] == 30:
        Path(sys.argv[3]).write_text("30")
        time.sleep(600)
    return call()

settings = Settings(data=Path(sys.argv[1]), database_url=sys.argv[2])
with tools(settings, lambda: datetime.now(UTC), "dead:1") as parts:
    works = [one for one in WORKS if one.name == "paper"]
    Worker(replace(parts, outside=outside), works=works, prefect=False, lease=timedelta(seconds=4)).run()
"""


def owed_papers(parts: Tools, number: int) -> None:
    """Ask for so many powers of attorney, one of them without anybody to receive it."""
    agent = {"name": "Imas Mulyana", "office": "Sekretaris", "address": "Jalan Raya 2"}
    with parts.store.write() as session:
        staff = builders.create_staff(session, parts.now())
        event = builders.create_event(session, staff.coordinator, parts.now())
        builders.create_roster(session, event, staff.coordinator, 30, parts.now())
        builders.create_party(session, event, 40, staff.coordinator, side=Side.COUNTERPART, name="Perum BULOG")
        both = builders.create_agreements(session, event, staff, parts.now())
        wanted = [(row, one.party_id) for row in both for one in row.parties][:number]
        for place, (agreement, party_id) in enumerate(wanted):
            details = {"valid_until": "2027-01-31", "agent": {} if place == 40 else agent}
            papers.ask_power(session, agreement, party_id, details, builders.by_user(staff.coordinator), parts.now())


def test_papers_are_made_and_refused_without_prefect_as_well(tmp_path: Path, database_url: str) -> None:
    with work.open_tools(tmp_path, database_url) as parts:
        owed_papers(parts, 42)
        with parts.store.write() as session:  # all but five of them wait for another day
            for paper in session.query(Paper).where(Paper.id < 39, Paper.id > 1):
                paper.due_at = None
        worker = Worker(parts, works=[work.kind("paper")], prefect=False)
        assert turns(worker) == [5]
        with parts.store.read() as session:
            states = [paper.state for paper in session.query(Paper).where(Paper.due_at.is_(None), Paper.version == 1)]
            assert (states.count(PaperState.MADE), states.count(PaperState.REFUSED)) == (4, 1)
            assert builders.chain_is_whole(session)


@pytest.mark.database("sqlite")
def test_sixty_papers_are_made_in_batch_runs_although_a_worker_is_killed_in_their_middle(
    server: PrefectServer, tmp_path: Path, database_url: str
) -> None:
    sign = tmp_path / "in the middle"
    with _in_use(server), work.open_tools(tmp_path, database_url, work.Clock(datetime.now(UTC))) as parts:
        owed_papers(parts, MANY)
        words = [sys.executable, "-c", PAPERS, str(parts.settings.data), database_url, str(sign)]
        dying = subprocess.Popen(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        try:
            _wait_until(sign.exists, 120)
        finally:
            dying.send_signal(signal.SIGKILL)
            dying.wait()
        time.sleep(5)  # the dead one's leases run out
        known = {run.id for run in _runs()}
        living = replace(parts, now=lambda: datetime.now(UTC))
        worker = Worker(living, works=[work.kind("paper")], lease=timedelta(seconds=60))
        assert turns(worker) == [31]
        with parts.store.read() as session:
            made = list(session.query(Paper))
            done = session.query(Step).where(Step.move.in_(("make_paper", "refuse_paper"))).all()
            assert builders.chain_is_whole(session)
        assert [paper.refusal for paper in made if paper.state is not PaperState.MADE] == [
            "Belum lengkap: penerima kuasa. Lengkapi lalu minta lagi."
        ]
        assert sorted(step.details["paper"] for step in done) == [paper.id for paper in made]
        (run,) = [run for run in _runs() if run.id not in known]
        assert run.name == "paper · 31"
        assert [step.flow_run_id for step in done if step.flow_run_id] == [str(run.id)] * 31


def _wait_until(holds: Any, seconds: float = 60) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.1)

"""What a system move costs in all processes, worker and Prefect's server: as a flow run of its own, and in a batch."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from bench import Measured, row
from bench.measure import cpu_now
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement
from kdmp_core.store import migrate
from tests import many, work
from tests.prefect_server import PrefectServer
from workflows.stages.work import Tools
from workflows.worker import Worker

JOURNEYS = 20
BATCH = 2_000
NATION = 200_000
SETTLE_SECONDS = 3.0


@row("moves.journey")
def moves_journey() -> Measured:
    """CPU of one system move as a flow run of its own; `plain_ms` is the same move without Prefect."""
    with _house() as (parts, server):
        client, behind, plain = _measure(parts, server)
    return {
        "ours": round(client + behind, 1),
        "unit": "ms CPU",
        "n": JOURNEYS,
        "client_ms": round(client, 1),
        "server_ms": round(behind, 1),
        "plain_ms": round(plain, 2),
    }


@row("moves.batch")
def moves_batch() -> Measured:
    """CPU of one system move in a batch of 2,000; beside it, the same move as a flow run of its own."""
    found = _batches()
    return {
        "ours": found["batch"],
        "reference": found["journey"],
        "unit": "ms CPU",
        "n": BATCH,
        "client_ms": found["client"],
        "server_ms": found["server"],
    }


@row("moves.batch@limit")
def moves_batch_at_limit() -> Measured:
    """CPU of one move in a batch beside the plain loop on the same record, and with 200,000 agreements in it."""
    found = _batches()
    return {
        "ours": found["batch"],
        "reference": found["plain"],
        "unit": "ms CPU",
        "n": BATCH,
        "at_200k": found["batch_200k"],
        "plain_200k": found["plain_200k"],
    }


@cache
def _batches() -> dict[str, float]:
    """Measure batch, journey and plain loop, at few thousand agreements and at 200,000; milliseconds a move."""
    with _house() as (parts, server):
        review = [work.kind("review")]
        through, plainly = Worker(parts, works=review), Worker(parts, works=review, prefect=False)
        one = work.submit(parts, review={"mou_network": ["ministry"]})  # the regency is passed by policy: one move each
        through.turn()

        def owe(number: int) -> None:
            with parts.store.write() as session:
                like = session.get_one(Agreement, one)
                many.copies(session, like.id, number, state=State.SUBMITTED, due_at=parts.now())

        def cost(worker: Worker, number: int) -> tuple[float, float]:
            owe(number)
            return _cost(worker.turn, number, server)

        cost(through, BATCH)
        journey, (client, behind), plain = sum(cost(through, JOURNEYS)), cost(through, BATCH), cost(plainly, BATCH)[0]
        with parts.store.write() as session:
            many.copies(session, one, NATION, whole=False, state=State.IN_FORCE, due_at=None)
        nation, plain_nation = sum(cost(through, BATCH)), cost(plainly, BATCH)[0]
        assert through.pulse.plain == 0
    figures = {"batch": client + behind, "client": client, "server": behind, "journey": journey, "plain": plain}
    return {name: round(ms, 3) for name, ms in {**figures, "batch_200k": nation, "plain_200k": plain_nation}.items()}


def _cost(turn: Callable[[], int], number: int, server: PrefectServer) -> tuple[float, float]:
    """Give milliseconds an item in this process and in the server, until nothing of the kind is owed."""
    before, behind, done = cpu_now(), server.cpu(), 0
    while done < number:
        done += turn()
    client = cpu_now() - before
    time.sleep(SETTLE_SECONDS)
    return 1000 * client / number, 1000 * (server.cpu() - behind) / number


@contextmanager
def _house() -> Iterator[tuple[Tools, PrefectServer]]:
    """Give a worker's tools over a fresh record, with a Prefect server of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        url = f"sqlite:///{place / 'record.sqlite3'}"
        migrate(url)
        server = PrefectServer(place / "prefect")
        server.start()
        try:
            with server.in_use(), work.open_tools(place, url) as parts:
                yield parts, server
        finally:
            server.kill()


def _measure(parts: Tools, server: PrefectServer) -> tuple[float, float, float]:
    """Give milliseconds a journey in the worker and in the server, and of the plain move."""
    signature = [work.kind("signature")]
    worker, plainly = Worker(parts, works=signature), Worker(parts, works=signature, prefect=False)
    ready = [_signed(parts, 0)]
    worker.turn()
    ready += [_signed(parts, number) for number in range(1, JOURNEYS + 1)]
    before, behind = cpu_now(), server.cpu()
    assert worker.turn() == JOURNEYS
    client = cpu_now() - before
    time.sleep(SETTLE_SECONDS)
    server_side = server.cpu() - behind
    ready += [_signed(parts, number) for number in range(JOURNEYS + 1, 2 * JOURNEYS + 1)]
    before = cpu_now()
    assert plainly.turn() == JOURNEYS
    plain = cpu_now() - before
    assert {work.moves(parts, one)[-1] for one in ready} == {"complete"}
    assert worker.pulse.plain == 0
    return 1000 * client / JOURNEYS, 1000 * server_side / JOURNEYS, 1000 * plain / JOURNEYS


def _signed(parts: Tools, number: int) -> int:
    """Give an agreement that everybody has signed, so that its round is to be completed."""
    one = work.send_out(parts) if number == 0 else work.send_another(parts, number)
    work.sign(parts, one)
    return one

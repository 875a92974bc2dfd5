"""What one journey costs in all processes: the worker with its flow run, and Prefect's server."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench import Measured, row
from bench.measure import cpu_now
from kdmp_core.store import migrate
from tests import work
from tests.prefect_server import PrefectServer
from workflows.stages.work import Tools
from workflows.worker import Worker

JOURNEYS = 20
SETTLE_SECONDS = 3.0


@row("moves.journey")
def moves_journey() -> Measured:
    """CPU of one system move as a flow run of its own; `plain_ms` is the same move without Prefect."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        url = f"sqlite:///{place / 'record.sqlite3'}"
        migrate(url)
        server = PrefectServer(place / "prefect")
        server.start()
        try:
            with server.in_use(), work.open_tools(place, url) as parts:
                client, behind, plain = _measure(parts, server)
        finally:
            server.kill()
    return {
        "ours": round(client + behind, 1),
        "unit": "ms CPU",
        "n": JOURNEYS,
        "client_ms": round(client, 1),
        "server_ms": round(behind, 1),
        "plain_ms": round(plain, 2),
    }


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

"""`kdmp up` as a process: it starts, answers, starts again what dies, ends without orphans, and finds all again."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.source import ROOT
from workflows.command import running

pytestmark = pytest.mark.timeout(240)


class House:
    """One `kdmp up` on a data folder."""

    def __init__(self, data: Path, port: int, **settings: str) -> None:
        self.data, self.port = data, port
        self.environment = {**os.environ, "KDMP_DATA": str(data), **settings}
        self._log = data.parent / "up.log"
        with self._log.open("wb") as log:
            self.process = _kdmp(self.environment, "up", "--port", str(port), stdout=log, stderr=log)

    def said(self) -> str:
        return self._log.read_text("utf-8")

    def health(self) -> dict[str, Any]:
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2, trust_env=False)
        except httpx.HTTPError:
            return {}
        found: dict[str, Any] = answer.json()
        return found

    def processes(self) -> dict[str, int]:
        found: dict[str, int] = json.loads((self.data / running.RUN).read_text("utf-8"))["processes"]
        return found

    def wait_until_up(self) -> None:
        _wait_until(lambda: self.health().get("worker") == "ok" and "Ctrl-C" in self.said(), self.process)

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    started = House(tmp_path / "data", running.free_port())
    yield started
    if started.process.poll() is None:
        started.end()


def test_the_house_starts_answers_heals_ends_and_starts_again(house: House, tmp_path: Path) -> None:
    house.wait_until_up()
    password = re.search(r"sekali pakai: (\S+) ", house.said())
    assert password is not None
    assert "koordinator" in house.said()

    second = _kdmp(house.environment, "up", "--port", str(running.free_port()))
    told = second.communicate(timeout=30)[1].decode()
    assert (second.returncode, "sudah berjalan" in told) == (1, True)

    before = house.processes()
    os.kill(before["worker"], signal.SIGKILL)
    _wait_until(lambda: house.processes()["worker"] not in {before["worker"], None}, house.process)
    assert house.processes()["web"] == before["web"]

    assert house.end() == 0
    assert not _left(house.data)
    assert not (house.data / running.RUN).exists()

    again = House(house.data, house.port)
    try:
        again.wait_until_up()
        assert "Kata sandi" not in again.said()
        with sqlite3.connect(house.data / "kdmp.sqlite3") as record:
            assert record.execute("SELECT count(*) FROM users").fetchone() == (1,)
        # A supervisor that is killed takes its children along.
        again.process.kill()
        again.process.wait()
        _wait_until(lambda: not _left(house.data), seconds=30)
    finally:
        if again.process.poll() is None:
            again.end()


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {**os.environ, "KDMP_DATA": str(tmp_path / "data")}
        told = _kdmp(environment, "up", "--port", str(port))
        out, err = told.communicate(timeout=30)
    assert (told.returncode, out) == (1, b"")
    assert str(port) in err.decode()


def test_a_connection_whose_secrets_are_gone_holds_the_start_up(tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "config.json"
    config.write_text('{"scheme": "docuseal_signature", "secret": "whsec_0123456789abcdef"}', "utf-8")
    environment = {**os.environ, "KDMP_DATA": str(data)}
    added = _kdmp(environment, "connection", "add", "docuseal/utama", "--config", str(config))
    added.communicate(timeout=60)
    assert added.returncode == 0
    (data / "keys" / "connections" / "docuseal-utama.json").unlink()
    told = _kdmp(environment, "up", "--port", str(running.free_port()))
    _, err = told.communicate(timeout=60)
    assert (told.returncode, "docuseal/utama" in err.decode(), "kdmp connection add" in err.decode()) == (1, True, True)
    assert not _left(data)


def test_official_mode_refuses_to_start_with_a_trial_seal(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "KDMP_DATA": str(tmp_path / "data"),
        "KDMP_MODE": "official",
        "KDMP_URL": "https://kdmp.test",
    }
    told = _kdmp(environment, "up", "--port", str(running.free_port()))
    _, err = told.communicate(timeout=30)
    assert told.returncode == 1
    assert "KDMP_SEAL_P12" in err.decode()
    assert "Traceback" not in err.decode()


def _kdmp(
    environment: dict[str, str], *words: str, stdout: Any = subprocess.PIPE, stderr: Any = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    script = "from workflows.command import main; main()"
    command = [sys.executable, "-c", script, *words]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=stdout, stderr=stderr)


def _left(data: Path) -> list[str]:
    """Give the living processes that know the data folder by command line or environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            known = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            if str(data).encode() in known and int(entry.name) != os.getpid():
                found.append((entry / "cmdline").read_text(errors="replace"))
        except OSError:
            continue
    return found


def _wait_until(
    holds: Callable[[], object], process: subprocess.Popen[bytes] | None = None, seconds: float = 90
) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert process is None or process.poll() is None
        assert time.monotonic() < give_up
        time.sleep(0.2)

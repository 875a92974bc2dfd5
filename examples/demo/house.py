"""The processes of the demo: `kdmp up`, `kdmp` sub-commands, and the stand-in of the signing provider."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

ROOT = Path(__file__).resolve().parents[2]
KDMP = Path(sys.executable).with_name("kdmp")
START_SECONDS = 120
STOP_SECONDS = 40


class Failed(Exception):
    """A process did not do what it was asked."""


class Process:
    """A child whose words go to a file; ended with the demo, asked kindly first."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        """Start it in a process group of its own."""
        self.name, self.log = name, log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._out = log.open("wb")
        self.child = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self._out, stderr=subprocess.STDOUT, start_new_session=True
        )

    def said(self) -> str:
        """Give what it has said so far."""
        return self.log.read_text("utf-8", "replace")

    def wait_for(self, found: Callable[[], Any], seconds: float, what: str) -> Any:
        """Wait until `found` gives something; raises Failed when the child ends or time runs out."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            got = found()
            if got:
                return got
            if self.child.poll() is not None:
                break
            time.sleep(0.2)
        raise Failed(f"{self.name}: {what} did not come; it said: {self.said()[-1500:]}")

    def stop(self) -> None:
        """End it as Ctrl-C would, and by force when that does not help."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)
            try:
                self.child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()
        self._out.close()


class House:
    """kdmp on a data folder of its own, started as an operator would."""

    def __init__(self, data: Path, port: int, database_url: str = "") -> None:
        """Say where it lives and on which port; nothing is started."""
        self.data, self.port = data, port
        self.address = f"http://127.0.0.1:{port}"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KDMP_", "PREFECT_"))}
        self.environment = {**inherited, "KDMP_DATA": str(data), "KDMP_URL": self.address}
        if database_url:
            self.environment["KDMP_DATABASE_URL"] = database_url
        self._up: Process | None = None
        self._first: dict[str, int] = {}
        self._others: list[Process] = []

    def __enter__(self) -> Self:
        """Start `kdmp up` and wait until it is well."""
        command = [str(KDMP), "up", "--port", str(self.port)]
        self._up = Process("kdmp up", command, self.environment, self.data.parent / "kdmp-up.log")
        self._up.wait_for(self._well, START_SECONDS, "/healthz")
        self._first = self.processes()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything that was started."""
        for process in (*self._others, self._up):
            if process is not None:
                process.stop()

    @property
    def running(self) -> bool:
        """Whether `kdmp up` is still there."""
        return self._up is not None and self._up.child.poll() is None

    def processes(self) -> dict[str, int]:
        """Give the processes `kdmp up` says it runs, by name."""
        found: dict[str, int] = json.loads((self.data / "run.json").read_text("utf-8"))["processes"]
        return found

    def replaced(self) -> list[str]:
        """Give the names of the processes that died since the start and were started again."""
        now = self.processes()
        return [name for name, pid in self._first.items() if now.get(name) != pid]

    def wait(self) -> None:
        """Wait until somebody stops `kdmp up`."""
        if self._up is not None:
            self._up.child.wait()

    def first_login(self) -> tuple[str, str]:
        """Give the first user's login and one-time password, as `kdmp up` printed them."""
        if self._up is None:
            raise Failed("kdmp up was not started")
        found = self._up.wait_for(lambda: secret_in(self._up.said() if self._up else ""), 10, "the first password")
        return str(found[0]), str(found[1])

    def command(self, *words: str) -> str:
        """Run a `kdmp` sub-command and give what it printed; raises Failed when it was refused."""
        done = subprocess.run(
            [str(KDMP), *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode != 0:
            raise Failed(f"kdmp {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def add_user(self, login: str, name: str, *roles: str) -> str:
        """Add a member of staff by command and give the one-time password."""
        options = [word for role in roles for word in ("--role", role)]
        found = secret_in(self.command("user", "add", login, name, *options))
        if not found:
            raise Failed(f"no password for {login} was printed")
        return found[1]

    def add_client(self, name: str, login: str, *scopes: str) -> tuple[str, str]:
        """Add an API client by command and give its id and secret."""
        options = [word for scope in scopes for word in ("--scope", scope)]
        said = self.command("client", "add", name, "--user", login, *options)
        client_id = re.search(r"\bkc_[0-9a-f]+\b", said)
        secret = re.search(r"[A-Za-z0-9_-]{43}", said)
        if client_id is None or secret is None:
            raise Failed(f"no client was printed: {said}")
        return client_id[0], secret[0]

    def start_provider(self, state: Path) -> None:
        """Start the stand-in of DocuSeal (a party outside; announced as such) and connect it."""
        command = [sys.executable, "-m", "tests.standins.docuseal", "--port", "0", "--state", str(state)]
        hooks = ["--webhook", f"{self.address}/hooks/docuseal/contoh"]
        state.mkdir(parents=True, exist_ok=True)
        process = Process("the stand-in", [*command, *hooks], self.environment, state.parent / "standin.log")
        self._others.append(process)
        file = state / "connection.json"
        process.wait_for(file.exists, 30, "its connection file")
        self.command("connection", "add", "docuseal/contoh", "--config", str(file))

    def _well(self) -> bool:
        try:
            answer = httpx.get(f"{self.address}/healthz", timeout=2, trust_env=False).json()
        except (httpx.HTTPError, ValueError):
            return False
        return bool(answer.get("status") == "ok" and answer.get("worker") == "ok")


def secret_in(said: str) -> tuple[str, str] | None:
    """Find a login and its one-time password ("abcd-efgh-jkmn") in what the command printed."""
    password = re.search(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", said)
    if password is None:
        return None
    login = re.search(r"[Pp]engguna (?:pertama: )?([a-z0-9@_-]+(?:\.[a-z0-9@_-]+)*)", said)
    return (login[1] if login else "", password[0])

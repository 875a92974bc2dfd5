"""A real Prefect server for the tests: its own home and port, the settings `kdmp up` gives it, killed when told."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_URL,
    PREFECT_CLIENT_CSRF_SUPPORT_ENABLED,
    PREFECT_HOME,
    temporary_settings,
)

from kdmp_core.settings import Settings
from workflows.command import environments, running
from workflows.worker import quick_prefect

START_SECONDS = 90


class PrefectServer:
    """One server that may be killed, emptied and started again under the same address."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data=folder)
        self.settings.prepare()
        self.port = running.free_port()
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.environment = {**os.environ, **environments.server(self.settings, self.port)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        words = environments.server_words(self.port)
        log = (self.settings.data / "server.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                words, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        give_up = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self._process.poll() is None
            assert time.monotonic() < give_up
            time.sleep(0.2)

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=2, trust_env=False, auth=self._auth()).is_success
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def cpu(self) -> float:
        """Give the CPU seconds all its living processes have spent."""
        assert self._process is not None
        ticks = 0
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = entry.read_text("ascii").rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12]) if int(fields[2]) == self._process.pid else 0
        return ticks / os.sysconf("SC_CLK_TCK")

    def empty(self) -> None:
        """Delete everything it ever kept."""
        shutil.rmtree(self.settings.data / "prefect")

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Let Prefect in this process use it, set as the worker sets it."""
        changed: dict[Any, Any] = {
            PREFECT_API_URL: self.url,
            PREFECT_API_AUTH_STRING: self.environment["PREFECT_API_AUTH_STRING"],
            PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: True,
            PREFECT_HOME: self.settings.data / "prefect",
        }
        with temporary_settings(changed), quick_prefect():
            yield

    def _auth(self) -> httpx.BasicAuth:
        return httpx.BasicAuth(*self.environment["PREFECT_API_AUTH_STRING"].split(":", 1))

"""One `kdmp up` a data folder: a lock while it runs, and `run.json` with the ports and processes in use."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kdmp_core.errors import Conflict
from kdmp_core.settings import Settings

RUN, LOCK = "run.json", "run.lock"


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the data folder for the time of the block. Raises Conflict when somebody else does."""
    descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise Conflict("up.running", folder=str(data)) from taken
        yield
    finally:
        os.close(descriptor)


def note(data: Path, facts: dict[str, Any]) -> None:
    """Write run.json whole, readable by its owner alone."""
    beside = data / f"{RUN}.new"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(facts, file, indent=1)
    beside.replace(data / RUN)


def update(data: Path, name: str, pid: int | None) -> None:
    """Write down the new process of a child, None while it is down."""
    facts = json.loads((data / RUN).read_text("utf-8"))
    facts["processes"][name] = pid
    note(data, facts)


def url(settings: Settings) -> str:
    """Give the address people reach: of the house that runs on this data folder, else of the settings."""
    try:
        found = json.loads((settings.data / RUN).read_text("utf-8"))
        return str(found["url"])
    except (OSError, ValueError, KeyError):
        return settings.url


def forget(data: Path) -> None:
    """Take run.json away."""
    (data / RUN).unlink(missing_ok=True)


def require_free(host: str, port: int) -> None:
    """Refuse (Conflict) a port that somebody listens on already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise Conflict("up.port_taken", port=port) from taken


def free_port() -> int:
    """Give a port of the loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

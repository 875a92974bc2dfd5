"""Groups of processes: what LibreOffice and its helpers take together, and their end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mou_templates.office.bounds import Bounds

LOOK_SECONDS = 0.25
"""How often the memory of a group at work is looked at."""


def kill_group(group: int) -> None:
    """Kill every process of a group by its id; nothing happens if all are gone."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def group_members(group: int) -> list[tuple[int, int]]:
    """List the living processes of a group as (process id, resident bytes); empty where there is no /proc."""
    page = os.sysconf("SC_PAGE_SIZE")
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append((int(entry.name), int(fields[21]) * page))
    return found


def resident(group: int) -> int:
    """Give the resident bytes of a whole group."""
    return sum(size for _, size in group_members(group))


class Overstepped(Exception):
    """A group took too long (`memory` False) or too much memory (True)."""

    def __init__(self, *, memory: bool) -> None:
        """Say which bound it was."""
        super().__init__("memory" if memory else "time")
        self.memory = memory


class Watch:
    """Looks after a group at work: `pause` says how long to wait before `look`, which raises Overstepped."""

    def __init__(self, group: int, bounds: Bounds) -> None:
        """Start the clock."""
        self._group, self._most = group, bounds.memory
        self._end = time.monotonic() + bounds.seconds

    def pause(self) -> float:
        """Give the seconds until the next look."""
        return max(0.0, min(LOOK_SECONDS, self._end - time.monotonic()))

    def look(self) -> None:
        """Raise Overstepped when the time is over or the group has grown too large."""
        if resident(self._group) > self._most:
            raise Overstepped(memory=True)
        if time.monotonic() >= self._end:
            raise Overstepped(memory=False)


def run_to_end(command: list[str], environment: dict[str, str], bounds: Bounds) -> int:
    """Run a command in a process group of its own within bounds; the whole group is gone when this returns.

    Gives the exit code. Raises Overstepped.
    """
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            return _end_of(process, Watch(process.pid, bounds))
        finally:
            kill_group(process.pid)


def _end_of(process: subprocess.Popen[bytes], watch: Watch) -> int:
    while True:
        try:
            return process.wait(watch.pause())
        except subprocess.TimeoutExpired:
            watch.look()

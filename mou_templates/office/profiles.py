"""A LibreOffice profile of one's own for each worker, held by a lock so that two processes never share one."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

from mou_templates.office.failures import OfficeFailed
from mou_templates.office.installed import environment

if TYPE_CHECKING:
    from pathlib import Path

    from mou_templates.office.installed import Installed

MAKE_SECONDS = 90
MOST = 64


class Profile:
    """One folder: `user` (LibreOffice's profile), `work` (documents in flight). Held until `release`."""

    def __init__(self, root: Path) -> None:
        """Take the first free folder below `root`; raises OfficeFailed when all are held."""
        self.folder, self.lock = _take(root)
        self.user = self.folder / "user"
        self.work = self.folder / "work"
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def make(self, installed: Installed) -> None:
        """Make the profile if it is not there yet.

        A fresh profile ends the first LibreOffice with code 81, "start me again"; letting it end after its
        initialisation takes that start away from the first document (paper.md §5).
        """
        if (self.user / "user" / "registrymodifications.xcu").exists():
            return
        command = [installed.soffice, f"-env:UserInstallation={self.user.as_uri()}", "--headless"]
        run_to_end([*installed.fence, *command, "--terminate_after_init"], self.folder, MAKE_SECONDS)

    def forget(self) -> None:
        """Throw a profile away that LibreOffice can no longer start with."""
        shutil.rmtree(self.user, ignore_errors=True)

    def release(self) -> None:
        """Give the folder back, without the documents."""
        shutil.rmtree(self.work, ignore_errors=True)
        os.close(self.lock)


def _take(root: Path) -> tuple[Path, int]:
    for number in range(1, MOST + 1):
        folder = root / f"office-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return folder, lock
    raise OfficeFailed(MOST)


def run_to_end(command: list[str], home: Path, seconds: float) -> int | None:
    """Run a command in a process group of its own; kill the whole group when the time is over.

    Gives the exit code, or None when it had to be killed.
    """
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, env=environment(home), stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            kill_group(process.pid)


def kill_group(group: int) -> None:
    """Kill every process of a group by its id; nothing happens if all are gone."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return

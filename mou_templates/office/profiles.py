"""A LibreOffice profile of one's own for each worker, held by a lock so that two processes never share one."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from mou_templates.office.bounds import Bounds
from mou_templates.office.failures import OfficeFailed
from mou_templates.office.groups import Overstepped, run_to_end
from mou_templates.office.installed import environment

if TYPE_CHECKING:
    from pathlib import Path

    from mou_templates.office.installed import Installed

MAKE = Bounds(seconds=90)
MOST = 64
SECURITY = ("BlockUntrustedRefererLinks", "DisableMacrosExecution", "DisableActiveContent")
"""Switches of LibreOffice: a linked picture is fetched neither from the network nor from a file, no program runs."""
END = b"</oor:items>"
SWITCHES = b"".join(
    b'<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="%s" oor:op="fuse">'
    b"<value>true</value></prop></item>" % name.encode()
    for name in SECURITY
)


class Profile:
    """One folder: `user` (LibreOffice's profile), `work` (documents in flight). Held until `release`."""

    def __init__(self, root: Path) -> None:
        """Take the first free folder below `root`; raises OfficeFailed when all are held."""
        self.folder, self.lock = _take(root)
        self.user = self.folder / "user"
        self.settings = self.user / "user" / "registrymodifications.xcu"
        self.work = self.folder / "work"
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def make(self, installed: Installed) -> None:
        """Make the profile if it is not there yet, and see that its switches are set before anything is printed.

        A fresh profile ends the first LibreOffice with code 81, "start me again"; letting it end after its
        initialisation takes that start away from the first document (paper.md §5).
        """
        if not self.settings.exists():
            command = [installed.soffice, f"-env:UserInstallation={self.user.as_uri()}", "--headless"]
            with suppress(Overstepped):
                run_to_end([*installed.fence, *command, "--terminate_after_init"], environment(self.folder), MAKE)
        if self.settings.exists():
            self._switch()

    def _switch(self) -> None:
        """Write our switches behind what LibreOffice wrote; the last one counts."""
        told = self.settings.read_bytes()
        if not told.rstrip().endswith(SWITCHES + END):
            before, end, after = told.replace(SWITCHES, b"").rpartition(END)
            self.settings.write_bytes(before + SWITCHES + end + after if end else told)

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

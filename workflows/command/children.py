"""The children of `kdmp up`: started by name, started again when they die, ended together."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from mou_templates.office.groups import kill_group

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
HEALTHY_SECONDS = 60.0
GRACE_SECONDS = 20.0
# So that nothing outlives a supervisor that was killed; where the program is missing, only Ctrl-C and SIGTERM end all.
LEASH = shutil.which("setpriv")


@dataclass
class Child:
    """One process with its command and environment. `starts` counts how often it was started.

    `most_memory`: resident bytes above which it is ended and started afresh (0: never).
    """

    name: str
    words: Sequence[str]
    environment: Mapping[str, str]
    log: IO[bytes]
    most_memory: int = 0
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    _started: float = 0.0
    _again_at: float = 0.0
    _wait: float = field(default=FIRST_WAIT)

    @property
    def pid(self) -> int | None:
        """The process id, None while it is down."""
        return self.process.pid if self.process else None

    def start(self) -> None:
        """Start the process in a session of its own, so that a Ctrl-C reaches the supervisor alone."""
        leash = [LEASH, "--pdeathsig", "TERM", "--"] if LEASH else []
        self.process = subprocess.Popen(
            [*leash, *self.words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.starts, self._started = self.starts + 1, time.monotonic()

    def look(self) -> str | None:
        """Start a dead process again when its wait is over; give what happened (died, started) or None."""
        now = time.monotonic()
        if self.process is not None and self.most_memory and self.memory() > self.most_memory:
            self.process.terminate()
        if self.process is not None and self.process.poll() is not None:
            self._wait = FIRST_WAIT if now - self._started > HEALTHY_SECONDS else min(self._wait * 2, LONGEST_WAIT)
            self._again_at, self.process = now + self._wait / 2, None
            return "died"
        if self.process is None and now >= self._again_at:
            self.start()
            return "started"
        return None

    def memory(self) -> int:
        """Give the resident bytes of the process; 0 where that cannot be known."""
        try:
            return int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError):
            return 0

    def end(self) -> None:
        """Ask it to end, wait, and kill its whole group when it does not; nothing happens when it is down."""
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            kill_group(process.pid)
            process.wait()

"""One LibreOffice and the script that drives it, seen from our side: start, print, measure, kill."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from mou_templates.office.bounds import Bounds
from mou_templates.office.failures import DocumentUnreadable
from mou_templates.office.groups import Overstepped, Watch, kill_group, resident
from mou_templates.office.installed import environment

if TYPE_CHECKING:
    from mou_templates.office.installed import Installed
    from mou_templates.office.profiles import Profile

SCRIPT = Path(__file__).with_name("printer_script.py")
START = Bounds(seconds=45)


class PrinterGone(Exception):
    """The process died, or did not answer in time and was killed. Its text tells which."""

    def __init__(self, *, hung: bool) -> None:
        """Say whether time ran out."""
        super().__init__("hung" if hung else "died")


class Printer:
    """A running pair of script and LibreOffice, in a process group of their own; for one thread at a time."""

    def __init__(self, installed: Installed, profile: Profile) -> None:
        """Start both and wait until they answer. Raises PrinterGone when they do not."""
        profile.make(installed)
        self.profile = profile
        self.printed = 0
        self.pipe = f"kdmp{os.getpid()}x{time.monotonic_ns()}"
        self.process = _start(installed, profile, self.pipe)
        self._input, self._output = cast("IO[bytes]", self.process.stdin), cast("IO[bytes]", self.process.stdout)
        self._wait_for_answer(START)

    def print(self, docx: bytes, bounds: Bounds, shorter: int = 0) -> bytes:
        """Turn one Word file into LibreOffice's own PDF within bounds, its pages `shorter` by so many 1/100 mm.

        Raises DocumentUnreadable, and PrinterGone when the process died; see `gone` for whether it lives on.
        """
        source, target = self.profile.work / "in.docx", self.profile.work / "out.pdf"
        target.unlink(missing_ok=True)
        source.write_bytes(docx)
        answer = self._ask({"docx": str(source), "pdf": str(target), "shorter": shorter}, bounds)
        self.printed += 1
        if not answer["ok"]:
            raise DocumentUnreadable("refused")
        return target.read_bytes()

    @property
    def gone(self) -> bool:
        """Tell whether it was killed."""
        return self.process.returncode is not None

    def memory(self) -> int:
        """Give the resident bytes of the whole process group."""
        return resident(self.process.pid)

    def kill(self) -> None:
        """End every process of the group and take its pipe away."""
        if self.gone:
            return
        kill_group(self.process.pid)
        self._input.close()
        self._output.close()
        self.process.wait()
        Path(f"/tmp/OSL_PIPE_{os.getuid()}_{self.pipe}").unlink(missing_ok=True)  # noqa: S108 - LibreOffice's own

    def _ask(self, message: dict[str, Any], bounds: Bounds) -> dict[str, Any]:
        try:
            self._input.write(json.dumps(message).encode() + b"\n")
        except BrokenPipeError:
            self.kill()
            raise PrinterGone(hung=False) from None
        return self._wait_for_answer(bounds)

    def _wait_for_answer(self, bounds: Bounds) -> dict[str, Any]:
        try:
            self._wait_for_word(Watch(self.process.pid, bounds))
        except Overstepped as bound:
            self.kill()
            raise DocumentUnreadable("memory") if bound.memory else PrinterGone(hung=True) from None
        line = self._output.readline()
        if not line.endswith(b"\n"):
            self.kill()
            raise PrinterGone(hung=False)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _wait_for_word(self, watch: Watch) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            while not selector.select(watch.pause()):
                watch.look()


def _start(installed: Installed, profile: Profile, pipe: str) -> subprocess.Popen[bytes]:
    # The lock goes along: a folder stays taken while a LibreOffice of a dead owner still uses it.
    script = [str(installed.bridge), str(SCRIPT), installed.soffice, str(profile.user), pipe]
    return subprocess.Popen(
        [*installed.fence, *script],
        env=environment(profile.folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        start_new_session=True,
        pass_fds=(profile.lock,),
    )

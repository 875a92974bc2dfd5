"""The pool: Word files in, PDFs ready to be signed out, whatever happens to LibreOffice in between."""

from __future__ import annotations

import contextlib
import queue
from typing import TYPE_CHECKING, Self

from mou_templates.office.cold import print_cold
from mou_templates.office.failures import DocumentUnreadable, OfficeFailed
from mou_templates.office.installed import find_office
from mou_templates.office.printed import Printed, finish
from mou_templates.office.printer import Printer, PrinterGone, group_members
from mou_templates.office.profiles import Profile

if TYPE_CHECKING:
    from pathlib import Path

WALL_SECONDS = 60.0
MOST_DOCUMENTS = 200
MOST_MEMORY = 500_000_000
LARGEST_DOCX = 30_000_000
WARM_ATTEMPTS = 2


class Office:
    """A pool of LibreOffice workers, a context manager; `to_pdf` may be called from several threads.

    `profile_root` is a folder of our own (profiles are kept there between runs). A worker starts with its first
    document, is renewed after 200 documents or 500 MB, and is killed with all its children when a document takes
    longer than `wall_seconds`. Leaving the `with` block ends every process.
    """

    def __init__(self, profile_root: Path, workers: int = 1, *, wall_seconds: float = WALL_SECONDS) -> None:
        """Take a profile for each worker; raises OfficeMissing when LibreOffice is not installed."""
        self._installed = find_office()
        self._wall_seconds = wall_seconds
        self._desks = [_Desk(Profile(profile_root)) for _ in range(workers)]
        self._free: queue.Queue[_Desk] = queue.Queue()
        for desk in self._desks:
            self._free.put(desk)

    def __enter__(self) -> Self:
        """Give the pool itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End every process."""
        self.close()

    def to_pdf(self, docx: bytes) -> Printed:
        """Turn a Word file into a tagged PDF/A-3b with its fonts inside and the places of its signature codes.

        Raises DocumentUnreadable, OfficeMissing, OfficeFailed. Dead and hanging processes are replaced in between.
        """
        if not docx.startswith(b"PK"):
            raise DocumentUnreadable("not_word")
        if len(docx) > LARGEST_DOCX:
            raise DocumentUnreadable("too_large")
        desk = self._free.get()
        try:
            return finish(self._print(desk, docx))
        finally:
            self._free.put(desk)

    def processes(self) -> list[int]:
        """List the ids of all living processes of the pool, for whoever watches over memory and orphans."""
        groups = [desk.printer.process.pid for desk in self._desks if desk.printer]
        return [process for group in groups for process, _ in group_members(group)]

    def close(self) -> None:
        """End every process and give the folders back; may be called twice."""
        while self._desks:
            self._desks.pop().close()

    def _print(self, desk: _Desk, docx: bytes) -> bytes:
        if self._installed.bridge is not None:
            for _ in range(WARM_ATTEMPTS):
                with contextlib.suppress(PrinterGone):
                    return self._print_warm(desk, docx)
        return self._print_cold(desk, docx)

    def _print_warm(self, desk: _Desk, docx: bytes) -> bytes:
        try:
            printer = desk.printer or Printer(self._installed, desk.profile)
        except PrinterGone:
            desk.profile.forget()
            raise
        desk.printer = printer
        try:
            pdf = printer.print(docx, self._wall_seconds)
        except DocumentUnreadable:
            raise
        except BaseException:
            # Whatever stopped the wait, an answer may still come: it must not be taken for the next document's.
            desk.stop()
            raise
        if printer.printed >= MOST_DOCUMENTS or printer.memory() > MOST_MEMORY:
            desk.stop()
        return pdf

    def _print_cold(self, desk: _Desk, docx: bytes) -> bytes:
        try:
            return print_cold(docx, self._installed, desk.profile, self._wall_seconds)
        except OfficeFailed:
            raise OfficeFailed(WARM_ATTEMPTS + 1) from None


class _Desk:
    """A place in the pool: a profile, and a printer when one runs."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.printer: Printer | None = None

    def stop(self) -> None:
        if self.printer is not None:
            self.printer.kill()
            self.printer = None

    def close(self) -> None:
        self.stop()
        self.profile.release()

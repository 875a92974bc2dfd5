"""The pool: Word files in, PDFs ready to be signed out, whatever happens to LibreOffice in between."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Self

from mou_templates.office import bounds
from mou_templates.office.bounds import Bounds
from mou_templates.office.cold import print_cold
from mou_templates.office.failures import DocumentUnreadable, OfficeFailed
from mou_templates.office.groups import group_members, kill_group
from mou_templates.office.incoming import look_at
from mou_templates.office.installed import find_office
from mou_templates.office.printed import Printed, finish
from mou_templates.office.printer import Printer, PrinterGone
from mou_templates.office.profiles import Profile
from mou_templates.office.turns import Turns

if TYPE_CHECKING:
    from pathlib import Path

WARM_ATTEMPTS = 2


class Office:
    """A pool of LibreOffice workers, a context manager; `to_pdf` may be called from several threads, served in turn.

    `profile_root` is a folder of our own (profiles are kept there between runs). A worker starts with its first
    document, is renewed after 200 documents or 500 MB, and is killed with all its children when a document takes
    longer than `wall_seconds` or more than `most_memory`. Leaving the `with` block ends every process.
    """

    def __init__(
        self,
        profile_root: Path,
        workers: int = 1,
        *,
        wall_seconds: float = bounds.WALL_SECONDS,
        most_memory: int = bounds.MOST_MEMORY,
    ) -> None:
        """Take a profile for each worker; raises OfficeMissing when LibreOffice is not installed."""
        self._installed = find_office()
        self._bounds = Bounds(wall_seconds, most_memory)
        self._desks = [_Desk(Profile(profile_root)) for _ in range(workers)]
        self._turns = Turns(self._desks)
        self._closed = False

    def __enter__(self) -> Self:
        """Give the pool itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End every process."""
        self.close()

    def to_pdf(self, docx: bytes, shorter: int = 0) -> Printed:
        """Turn a Word file into a tagged PDF/A-3b with its fonts inside and the places of its signature codes.

        `shorter` takes so many hundredths of a millimetre from the foot of every page; the cold way cannot.

        Raises DocumentUnreadable, OfficeMissing, OfficeFailed. Dead and hanging processes are replaced in between.
        """
        look_at(docx)
        if self._closed:
            raise OfficeFailed(0)
        with self._turns.turn() as desk:
            raw_pdf = self._print(desk, docx, shorter)
        return finish(raw_pdf)

    def processes(self) -> list[int]:
        """List the ids of all living processes of the pool, for whoever watches over memory and orphans."""
        groups = [desk.printer.process.pid for desk in self._desks if desk.printer]
        return [process for group in groups for process, _ in group_members(group)]

    def close(self) -> None:
        """End every process and give the folders back; may be called twice, and while others wait or print."""
        self._closed = True
        for desk in self._desks:
            desk.interrupt()
        for _ in range(len(self._desks)):
            self._turns.take().close()
        self._desks.clear()

    def _print(self, desk: _Desk, docx: bytes, shorter: int) -> bytes:
        for _ in range(WARM_ATTEMPTS if self._installed.bridge else 0):
            with contextlib.suppress(PrinterGone):
                return self._print_warm(desk, docx, shorter)
        if self._closed:
            raise OfficeFailed(WARM_ATTEMPTS)
        return self._print_cold(desk, docx)

    def _print_warm(self, desk: _Desk, docx: bytes, shorter: int) -> bytes:
        if self._closed:
            raise PrinterGone(hung=False)
        try:
            printer = desk.printer or Printer(self._installed, desk.profile)
        except PrinterGone:
            desk.profile.forget()
            raise
        desk.printer = printer
        try:
            pdf = printer.print(docx, self._bounds, shorter)
        except DocumentUnreadable:
            if printer.gone:
                desk.stop()
            raise
        except BaseException:
            # Whatever stopped the wait, an answer may still come: it must not be taken for the next document's.
            desk.stop()
            raise
        if printer.printed >= bounds.MOST_DOCUMENTS or printer.memory() > bounds.RENEWED_ABOVE:
            desk.stop()
        return pdf

    def _print_cold(self, desk: _Desk, docx: bytes) -> bytes:
        try:
            return print_cold(docx, self._installed, desk.profile, self._bounds)
        except OfficeFailed:
            raise OfficeFailed(WARM_ATTEMPTS + 1) from None


class _Desk:
    """A place in the pool: a profile, and a printer when one runs."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.printer: Printer | None = None

    def interrupt(self) -> None:
        """Kill what runs, from another thread; the one at work sees it die and clears it away."""
        if printer := self.printer:
            kill_group(printer.process.pid)

    def stop(self) -> None:
        if self.printer is not None:
            self.printer.kill()
            self.printer = None

    def close(self) -> None:
        self.stop()
        self.profile.release()

"""The lock around PDFium: it is not made for threads, so one reader at a time in the whole process."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pypdfium2

if TYPE_CHECKING:
    from collections.abc import Iterator

_PDFIUM = threading.Lock()


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF for the time of the block, under the lock from before it is opened until after it is closed.

    Raises pypdfium2.PdfiumError when the bytes are no PDF.
    """
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()

"""The lock around PDFium: it is not made for threads, so one reader at a time in the whole process."""

from __future__ import annotations

import threading

PDFIUM = threading.Lock()

"""A PDF ready to be read and signed: saved once more, hashed, its pages counted and its signature codes found."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import pikepdf

from mou_templates.office.anchors import Anchor, find_anchors
from mou_templates.office.bounds import MOST_PAGES
from mou_templates.office.failures import DocumentUnreadable

PDF_A_3_VERSION = "1.7"


@dataclass(frozen=True)
class Printed:
    """The bytes (stored once, never made again), their sha256 in hex, number of pages, places of the codes."""

    pdf: bytes
    sha256: str
    pages: int
    anchors: tuple[Anchor, ...]


def finish(raw_pdf: bytes) -> Printed:
    """Pack LibreOffice's PDF (its tag tree comes unpacked: 247 kB become 80) and find the signature codes.

    Raises DocumentUnreadable when it has more pages than any paper of ours.
    """
    pdf = _packed(raw_pdf)
    pages, anchors = find_anchors(pdf)
    return Printed(pdf, hashlib.sha256(pdf).hexdigest(), pages, anchors)


def _packed(raw_pdf: bytes) -> bytes:
    out = io.BytesIO()
    # Objects of pikepdf used after their file is gone crash the interpreter: always `with`.
    with pikepdf.open(io.BytesIO(raw_pdf)) as document:
        if len(document.pages) > MOST_PAGES:
            raise DocumentUnreadable("pages")
        document.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            min_version=PDF_A_3_VERSION,
        )
    return out.getvalue()

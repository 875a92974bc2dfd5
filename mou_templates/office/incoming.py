"""A first look at what is to be printed, before LibreOffice sees it: a Word package of a size that is unpacked."""

from __future__ import annotations

import io
import zipfile

from mou_templates.office import bounds
from mou_templates.office.failures import DocumentUnreadable

ENCRYPTED = 1


def look_at(docx: bytes) -> None:
    """Refuse (DocumentUnreadable) what is no package, is locked, or is larger than any honest document.

    A `.doc`, an encrypted Word file, RTF, HTML and plain text are no packages, whatever their name says.
    """
    if len(docx) > bounds.LARGEST_DOCX:
        raise DocumentUnreadable("too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
        raise DocumentUnreadable("not_word") from None
    if not docx.startswith(b"PK") or any(member.flag_bits & ENCRYPTED for member in members):
        raise DocumentUnreadable("not_word")
    if sum(member.file_size for member in members) > bounds.LARGEST_UNPACKED:
        raise DocumentUnreadable("too_large")

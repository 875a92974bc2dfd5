"""A Word file of ours as the PDF that says the same.

LibreOffice loses the last rows of a table when a row ends within a tenth of a millimetre of the foot of a page (two of
a thousand generated papers). No row of ours may be lost, so such a paper is printed once more on slightly shorter
pages: every line breaks elsewhere then, and no word changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mou_templates import equality, reading

if TYPE_CHECKING:
    from mou_templates.office import Office, Printed

SHORTER = (30, 70, 150)
"""Hundredths of a millimetre, tried one after the other."""


def print_alike(office: Office, docx: bytes) -> Printed:
    """Give the first print that says what the Word file says; when none does, the first of all, which is then refused.

    Raises what `Office.to_pdf` raises, and `Refused("document_unreadable")`.
    """
    read = reading.read(docx)
    html = reading.to_html(read)
    first = office.to_pdf(docx)
    if equality.compare(read, html, first.pdf) is None:
        return first
    others = (office.to_pdf(docx, shorter) for shorter in SHORTER)
    return next((other for other in others if equality.compare(read, html, other.pdf) is None), first)

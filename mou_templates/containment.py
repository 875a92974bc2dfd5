"""Does a PDF that came back still say what was sent? And how large are its pages, for places told in fractions.

A provider stamps and seals the file it returns, so its bytes always differ from ours. What must hold: on each of our
pages, in order, our whole text stands unbroken on the page of the same number. Words added before or after it, and
pages added behind, are the provider's own. Pictures drawn over the text are not seen here.
"""

from __future__ import annotations

import pypdfium2

from mou_templates.equality import bare, pdf_pages
from mou_templates.errors import Refused
from mou_templates.pdfium import opened

MOST_PAGES = 500


def contains_text(sent: bytes, returned: bytes) -> bool:
    """Say whether the returned PDF holds the text of every page of the sent one; False for what cannot be read.

    A sent PDF without any text proves nothing, so the answer is False, too. Raises `Refused("document_unreadable")`
    only for the sent one, which is ours.
    """
    ours = [bare(page) for page in pdf_pages(sent)]
    try:
        count = len(page_sizes(returned))
        theirs = [bare(page) for page in pdf_pages(returned)] if len(ours) <= count <= MOST_PAGES else []
    except Refused:
        return False
    return (
        any(ours) and len(theirs) >= len(ours) and all(page in told for page, told in zip(ours, theirs, strict=False))
    )


def page_sizes(pdf: bytes) -> tuple[tuple[int, int], ...]:
    """Give width and height of every page in hundredths of a point. Raises `Refused("document_unreadable")`."""
    try:
        with opened(pdf) as document:
            sizes = [document.get_page_size(number) for number in range(min(len(document), MOST_PAGES + 1))]
    except pypdfium2.PdfiumError:
        raise Refused("document_unreadable", part="pdf") from None
    return tuple((round(width * 100), round(height * 100)) for width, height in sizes)

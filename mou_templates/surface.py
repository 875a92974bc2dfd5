"""Where a page is still white: corners and squares free of ink, in hundredths of a point."""

from __future__ import annotations

import pypdfium2

from mou_templates.office.anchors import Anchor, Box, anchors_on, read_ink
from mou_templates.pdfium import opened

CORNER_EDGE = 1700
MARGINS = (7000, 4200)
STEP = 600


class Surface:
    """One page: its `paper`, and what is printed or drawn on it so far."""

    def __init__(self, paper: Box, ink: list[Box]) -> None:
        """Take the page's box and the boxes of its ink."""
        self.paper = paper
        self._ink = list(ink)

    def is_free(self, box: Box) -> bool:
        """Tell whether nothing touches the box."""
        return not any(box.touches(one) for one in self._ink)

    def take(self, box: Box) -> None:
        """Note that something is drawn there now."""
        self._ink.append(box)

    def corner(self, side: float) -> Box:
        """Give a free square near a corner: below right first; below right even when no corner is free."""
        size, low, high = round(side), CORNER_EDGE, self.paper.top - CORNER_EDGE - 1500 - round(side)
        left, right = CORNER_EDGE, self.paper.right - CORNER_EDGE - size
        spots = [Box(x, y, x + size, y + size) for x, y in ((right, low), (left, low), (right, high), (left, high))]
        return next((spot for spot in spots if self.is_free(spot)), spots[0])

    def square(self, size: int) -> Box | None:
        """Give the lowest free square inside the margins, leftmost first; None when there is none."""
        spots = (
            Box(left, bottom, left + size, bottom + size)
            for margin in MARGINS
            for bottom in range(margin, self.paper.top - margin - size, STEP)
            for left in range(margin, self.paper.right - margin - size, STEP)
        )
        return next((spot for spot in spots if self.is_free(spot)), None)


def survey(pdf: bytes) -> tuple[list[Surface], list[Anchor]]:
    """Read every page of a PDF once: its surface, and the signature codes printed on it.

    Raises pypdfium2.PdfiumError when the bytes are no PDF.
    """
    surfaces: list[Surface] = []
    anchors: list[Anchor] = []
    with opened(pdf) as document:
        for number, page in enumerate(document):
            ink = read_ink(page)
            surfaces.append(_surface(page, ink))
            anchors.extend(anchors_on(number, page, ink))
    return surfaces, anchors


def _surface(page: pypdfium2.PdfPage, ink: list[Box]) -> Surface:
    width, height = page.get_size()
    return Surface(Box(0, 0, round(width * 100), round(height * 100)), ink)

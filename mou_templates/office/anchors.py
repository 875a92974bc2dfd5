"""Finds the printed codes of the signature cells (`§001`) and the white room around each.

Coordinates are whole hundredths of a PDF point, from the lower left corner of the page, so that no float leaves here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pypdfium2
from pypdfium2 import raw

from mou_templates.pdfium import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = re.compile(r"§(\d{3})(?!\d)")
CODE_LENGTH = 4
EDGE = 3600
GAP = 200


@dataclass(frozen=True)
class Box:
    """A rectangle in hundredths of a point."""

    left: int
    bottom: int
    right: int
    top: int

    @property
    def width(self) -> int:
        """Give the width in hundredths of a point."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Give the height in hundredths of a point."""
        return self.top - self.bottom

    def touches(self, other: Box) -> bool:
        """Tell whether the two share any area."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )


@dataclass(frozen=True)
class Anchor:
    """A printed code: `code` ("§001"), `page` (from 0), `box` of the code, `room` free of ink around it."""

    code: str
    page: int
    box: Box
    room: Box


def find_anchors(pdf: bytes) -> tuple[int, tuple[Anchor, ...]]:
    """Give the number of pages and every printed code with its place, in reading order."""
    with opened(pdf) as document:
        found = [anchor for number, page in enumerate(document) for anchor in anchors_on(number, page)]
        return len(document), tuple(found)


def read_ink(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage | None = None) -> list[Box]:
    """List what is printed on a page: runs of text, pictures, and the four edges of every drawn shape."""
    text = text or page.get_textpage()
    boxes = [_box(text.get_rect(number)) for number in range(text.count_rects())]
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE]):
        box = _box(item.get_bounds())
        boxes.extend(_edges(box) if item.type == raw.FPDF_PAGEOBJ_PATH else (box,))
    return boxes


def anchors_on(number: int, page: pypdfium2.PdfPage, ink: list[Box] | None = None) -> Iterator[Anchor]:
    """Give the codes printed on one page; `ink` of it, if it was read already. Call it while the PDF is open."""
    text = page.get_textpage()
    hits = list(_hits(text))
    if not hits:
        return
    width, height = page.get_size()
    paper = Box(EDGE, EDGE, int(width * 100) - EDGE, int(height * 100) - EDGE)
    ink = read_ink(page, text) if ink is None else ink
    for code, box in hits:
        others = [other for other in ink if not other.touches(box)]
        yield Anchor(code, number, box, _room(box, others, paper))


def _hits(text: pypdfium2.PdfTextPage) -> Iterator[tuple[str, Box]]:
    search = text.search("§")
    while (hit := search.get_next()) is not None:
        start, _ = hit
        code = text.get_text_range(start, CODE_LENGTH + 1)
        if CODE.match(code):
            yield code[:CODE_LENGTH], _around([_box(text.get_charbox(start + step)) for step in range(CODE_LENGTH)])


def _room(box: Box, ink: list[Box], paper: Box) -> Box:
    """Grow from the code to the right and left, then up and down, until something printed is in the way."""
    level = [one for one in ink if one.bottom < box.top and box.bottom < one.top]
    right = min([one.left for one in level if one.left >= box.right], default=paper.right)
    left = max([one.right for one in level if one.right <= box.left], default=paper.left)
    column = [one for one in ink if one.left < right and left < one.right]
    top = min([one.bottom for one in column if one.bottom >= box.top], default=paper.top)
    bottom = max([one.top for one in column if one.top <= box.bottom], default=paper.bottom)
    return Box(left + GAP, bottom + GAP, right - GAP, top - GAP)


def _edges(box: Box) -> tuple[Box, ...]:
    if min(box.width, box.height) <= GAP:
        return (box,)
    return (
        Box(box.left, box.bottom, box.left, box.top),
        Box(box.right, box.bottom, box.right, box.top),
        Box(box.left, box.bottom, box.right, box.bottom),
        Box(box.left, box.top, box.right, box.top),
    )


def _around(boxes: list[Box]) -> Box:
    return Box(
        min(one.left for one in boxes),
        min(one.bottom for one in boxes),
        max(one.right for one in boxes),
        max(one.top for one in boxes),
    )


def _box(corners: tuple[float, float, float, float]) -> Box:
    left, bottom, right, top = corners
    return Box(round(left * 100), round(bottom * 100), round(right * 100), round(top * 100))

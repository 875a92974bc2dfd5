"""Where every line of a printed paper stands: a fingerprint that tells when a converter or a font moves the text.

Places are whole points; two points of difference are no difference, for rounding alone may make them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import pypdfium2

from mou_templates.equality import LINE_END_HYPHENS
from mou_templates.pdfium import opened

TOLERANCE = 2
SAME_LINE = 3
"""Pieces whose feet stand no further apart are of one line."""
CHARACTERS = 60
"""Of a line these are kept: enough to know it, little enough to store."""


@dataclass(frozen=True)
class Row:
    """A printed line: its text (its beginning) and its left and lower edge in points from the lower left corner."""

    text: str
    left: int
    foot: int


@dataclass(frozen=True)
class Moved:
    """The first difference of two prints: the page and line (from 1), and what stood and stands there, if anything."""

    page: int
    line: int
    old: Row | None
    new: Row | None


Layout = tuple[tuple[Row, ...], ...]
"""For each page its lines from top to bottom, from left to right."""


def layout(pdf: bytes) -> Layout:
    """Read the layout of a PDF of ours."""
    with opened(pdf) as document:
        return tuple(tuple(_rows(document[at])) for at in range(len(document)))


def compare(old: Layout, new: Layout) -> Moved | None:
    """Give the first line that another text or another place has, or None when the two prints look the same."""
    for page, (before, after) in enumerate(zip_longest(old, new, fillvalue=()), start=1):
        for line, (one, other) in enumerate(zip_longest(before, after), start=1):
            if one is None or other is None or not _same(one, other):
                return Moved(page, line, one, other)
    return None


def as_json(printed: Layout) -> dict[str, Any]:
    """Give plain data for `json.dumps`: for each page a list of [text, left, foot]."""
    return {"pages": [[[row.text, row.left, row.foot] for row in page] for page in printed]}


def of_json(stored: Mapping[str, Any]) -> Layout:
    """Read what `as_json` gave."""
    return tuple(tuple(Row(*row) for row in page) for page in stored["pages"])


def _same(one: Row, other: Row) -> bool:
    near = abs(one.left - other.left) <= TOLERANCE and abs(one.foot - other.foot) <= TOLERANCE
    return one.text == other.text and near


def _rows(page: pypdfium2.PdfPage) -> Iterator[Row]:
    for pieces in _lines(page):
        text = " ".join(" ".join(words for _, _, words in pieces).split())[:CHARACTERS]
        if text:
            yield Row(text, round(pieces[0][0]), round(min(foot for _, foot, _ in pieces)))


def _lines(page: pypdfium2.PdfPage) -> list[list[tuple[float, float, str]]]:
    """Gather the pieces (left, foot, text) that stand on one line, in the order they are read."""
    lines: list[list[tuple[float, float, str]]] = []
    for piece in sorted(_pieces(page), key=lambda piece: -piece[1]):
        if lines and abs(lines[-1][0][1] - piece[1]) <= SAME_LINE:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [sorted(line) for line in lines]


def _pieces(page: pypdfium2.PdfPage) -> Iterator[tuple[float, float, str]]:
    text = page.get_textpage()
    try:
        for at in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(at)
            found = text.get_text_bounded(left, bottom, right, top).translate(LINE_END_HYPHENS)
            yield left, bottom, found
    finally:
        text.close()
        page.close()

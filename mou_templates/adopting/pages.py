"""The pages of a PDF as they are read and as they are seen: lines with their places, and words nobody can see.

One way for every text that a partner brought, whether it came as Word file or as PDF: the printed page is the words.
"""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2
from pypdfium2 import raw

from mou_templates.equality import LINE_END_HYPHENS
from mou_templates.errors import Refused
from mou_templates.pdfium import opened

SCALE = 1.5
LEAST_CONTRAST = 40
"""Of 255 levels of grey between the darkest and the lightest dot under a word."""
INVISIBLE = 3
"""PDF's way of drawing letters that leave no ink, as scanners do over the picture of a page."""
LARGE_PICTURE = 0.6
"""Of the page: a picture of this size is a scan."""
BREAKS = "\r\n"
CELL = 12
"""Points of a square of the page in which words are looked for that lie on each other."""
SAME_HEIGHT = 2
MOST_SHARED = 0.5


@dataclass(frozen=True)
class Line:
    """A line of a page: its words, and in points from below left its edges, its baseline and its size of letters."""

    text: str
    left: float
    right: float
    base: float
    size: float


@dataclass(frozen=True)
class Page:
    """A page: `hidden` is a word that is told but not seen ("" when all are); `pictured`: it is mostly a picture."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    hidden: str = ""
    pictured: bool = False
    blank: bool = False


@dataclass(frozen=True)
class _Letter:
    sign: str
    left: float
    bottom: float
    right: float
    top: float
    base: float
    size: float


@dataclass(frozen=True)
class _Word:
    text: str
    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def of(cls, letters: list[_Letter]) -> _Word:
        return cls(
            "".join(one.sign for one in letters),
            min(one.left for one in letters),
            min(one.bottom for one in letters),
            max(one.right for one in letters),
            max(one.top for one in letters),
        )

    def lies_on(self, other: _Word) -> bool:
        """Tell whether two different words of about one height share most of the room of the smaller."""
        height, its = self.top - self.bottom, other.top - other.bottom
        if self.text == other.text or max(height, its) > SAME_HEIGHT * min(height, its):
            return False
        across = min(self.right, other.right) - max(self.left, other.left)
        up = min(self.top, other.top) - max(self.bottom, other.bottom)
        smaller = min((self.right - self.left) * height, (other.right - other.left) * its)
        return across > 0 and up > 0 and across * up > MOST_SHARED * smaller


def read(pdf: bytes, *, look: bool = False) -> tuple[Page, ...]:
    """Read every page; with `look` each is drawn as well, to see whether its words can be seen.

    Raises `Refused("document_unreadable")`.
    """
    try:
        with opened(pdf) as document:
            return tuple(_page(number, document[number - 1], look=look) for number in range(1, len(document) + 1))
    except pypdfium2.PdfiumError:
        raise Refused("document_unreadable", part="pdf") from None


def picture(pdf: bytes, number: int, scale: float = 1.2) -> bytes:
    """Give one page (from 1) as a PNG. Raises `Refused("document_unreadable")` where there is none."""
    try:
        with opened(pdf) as document:
            if not 1 <= number <= len(document):
                raise Refused("document_unreadable", part="pdf")
            out = io.BytesIO()
            document[number - 1].render(scale=scale).to_pil().save(out, "PNG", optimize=True)
            return out.getvalue()
    except pypdfium2.PdfiumError:
        raise Refused("document_unreadable", part="pdf") from None


def _page(number: int, page: pypdfium2.PdfPage, *, look: bool) -> Page:
    width, height = page.get_size()
    text = page.get_textpage()
    try:
        letters = list(_letters(text))
    finally:
        text.close()
    lines = tuple(_lines(letters))
    if not look:
        return Page(number, width, height, lines)
    invisible = any(_draws_nothing(item) for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]))
    pictured = any(_covers(item, width * height) for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))
    seen = page.render(scale=SCALE, grayscale=True).to_numpy()
    words = [_Word.of(word) for word in _words(letters)]
    hidden = lines[0].text[:80] if invisible and lines else _unseen(words, seen, height) or _overlaid(words)
    return Page(
        number, width, height, lines, hidden, pictured, blank=int(seen.max()) - int(seen.min()) < LEAST_CONTRAST
    )


def _letters(text: pypdfium2.PdfTextPage) -> Iterator[_Letter]:
    """Give every letter in the order of the file; one that was put in between words has the place of the one before."""
    edges = [ctypes.c_double() for _ in range(6)]
    left, right, bottom, top, across, base = edges
    for at in range(text.count_chars()):
        stored = chr(raw.FPDFText_GetUnicode(text, at))
        sign = stored.translate(LINE_END_HYPHENS)
        if sign == "\0":
            continue
        if not raw.FPDFText_IsGenerated(text, at):
            raw.FPDFText_GetCharBox(text, at, left, right, bottom, top)
            raw.FPDFText_GetCharOrigin(text, at, across, base)
        size = raw.FPDFText_GetFontSize(text, at)
        letter = _Letter(sign, left.value, bottom.value, right.value, top.value, base.value, size)
        yield letter
        if stored != sign:  # the hyphen is told without the line's end behind it
            yield replace(letter, sign="\n")


def _lines(letters: list[_Letter]) -> Iterator[Line]:
    row: list[_Letter] = []
    for letter in [*letters, None]:
        if letter is not None and letter.sign not in BREAKS:
            row.append(letter)
            continue
        inked = [one for one in row if not one.sign.isspace()]
        if inked:
            words = re.sub(r"\s+", " ", "".join(one.sign for one in row)).strip()
            first = inked[0]
            sizes = sorted(one.top - one.bottom for one in inked)
            yield Line(
                words,
                min(one.left for one in inked),
                max(one.right for one in inked),
                first.base,
                first.size if first.size > 1 else sizes[len(sizes) // 2],
            )
        row = []


def _unseen(words: list[_Word], seen: Any, height: float) -> str:
    """Give the first word under which the drawn page is of one shade, or that lies outside it."""
    for word in words:
        rows = slice(max(0, int((height - word.top) * SCALE)), int((height - word.bottom) * SCALE) + 1)
        dots = seen[rows, max(0, int(word.left * SCALE)) : int(word.right * SCALE) + 1]
        if not dots.size or int(dots.max()) - int(dots.min()) < LEAST_CONTRAST:
            return word.text[:80]
    return ""


def _overlaid(words: list[_Word]) -> str:
    """Give the first word on which another of about its size is written: one of the two cannot be read."""
    cells: dict[tuple[int, int], list[_Word]] = {}
    for word in words:
        row, columns = int(word.bottom / CELL), range(int(word.left / CELL), int(word.right / CELL) + 1)
        near = {
            id(one): one for at in (row - 1, row, row + 1) for column in columns for one in cells.get((at, column), ())
        }
        if any(word.lies_on(one) for one in near.values()):
            return word.text[:80]
        for column in columns:
            cells.setdefault((row, column), []).append(word)
    return ""


def _words(letters: list[_Letter]) -> Iterator[list[_Letter]]:
    word: list[_Letter] = []
    for letter in [*letters, None]:
        if letter is not None and not letter.sign.isspace():
            word.append(letter)
        elif word:
            if any(one.sign.isalnum() for one in word):
                yield word
            word = []


def _draws_nothing(item: pypdfium2.PdfObject) -> bool:
    return bool(raw.FPDFTextObj_GetTextRenderMode(item) == INVISIBLE)


def _covers(item: pypdfium2.PdfObject, area: float) -> bool:
    left, bottom, right, top = item.get_bounds()
    return bool((right - left) * (top - bottom) > LARGE_PICTURE * area)

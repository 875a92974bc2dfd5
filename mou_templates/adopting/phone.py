"""The phone text of a PDF we did not write: its own lines gathered into headings and paragraphs, nothing added.

What is printed on every page at the same height is told once: above at its first page, below at its last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from statistics import median
from typing import Literal

from mou_templates.adopting.pages import Line, Page, read
from mou_templates.elements import element_of
from mou_templates.equality import bare, html_text, pdf_pages
from mou_templates.errors import Refused

Role = Literal["h2", "h3", "title", "p"]
ARTICLE = re.compile(r"(?:pasal|bab)\s+(?:\d{1,3}|[ivxlc]{1,6})\s*[.:]?", re.IGNORECASE)
ARTICLE_WITH_HEAD = re.compile(r"(?:pasal|bab)\s+(?:\d{1,3}|[ivxlc]{1,6})\s*[.:]?\s+[^a-z]{3,80}", re.IGNORECASE)
ANNEX = re.compile(r"LAMPIRAN\b")
MARKER = re.compile(r"(?:\(\w{1,3}\)|\d{1,2}(?:\.\d{1,2})*[.)]|[a-z]{1,2}[.)]|[ivx]{1,4}[.)]|[-–•●▪])(?:\s|$)")
SENTENCE_END = re.compile(r"[.;:!?]$")
DIGITS = re.compile(r"\d+")
EDGE = 0.08
"""Of the height of a page: header and footer stand within it."""
SAME_PLACE = 3
MOST_EDGE_LINES = 4
LONGEST_HEADING = 90
FULL = 0.97
"""Of the width of the text: a line that could have held the next word ends its paragraph."""
CENTRED = 0.06
WIDE_GAP = 1.3
OTHER_SIZE = 1.15
FIRST_PAGES = 2


@dataclass
class Block:
    """A heading or paragraph and its lines."""

    role: Role
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Give the words as they are read on; a hyphen at a line's end holds its word together."""
        told = ""
        for line in self.lines:
            told += line if not told or told.endswith("-") else f" {line}"
        return told


def html(pdf: bytes) -> str:
    """Give light HTML for the phone: h2, h3 and p, no style, no script, everything escaped. Raises `Refused`."""
    return "".join(_tag(block) for block in blocks(read(pdf)))


def require_equal(told: str, pdf: bytes) -> None:
    """Refuse (`texts_differ`) a phone text that does not say the whole PDF, character by character without white space.

    Only what the phone text says elsewhere, page numbers aside, may be left out at the beginning or end of a page.
    """
    left, known = bare(html_text(told)), _unnumbered(bare(html_text(told)))
    rest = left
    for page in pdf_pages(pdf):
        whole = bare(page)
        cut = _fit(whole, rest, known)
        if cut is None:
            at = len(left) - len(rest)
            raise Refused("texts_differ", between="html pdf", at=str(at), left=rest[:30], right=whole[:30])
        rest = rest[len(whole) - sum(cut) :]
    if rest:
        raise Refused("texts_differ", between="html pdf", at=str(len(left) - len(rest)), left=rest[:30], right="")


def blocks(pages: Sequence[Page]) -> list[Block]:
    """Gather the lines of all pages into headings and paragraphs."""
    return _Gatherer(pages).gathered()


def _fit(page: str, rest: str, known: str) -> tuple[int, int] | None:
    """Give how much of a page was left out before and behind what the rest of the phone text goes on with."""
    most = min(len(page), 400)
    for above in range(most + 1):
        if above and _unnumbered(page[:above]) not in known:
            break
        length = _common(page[above:], rest)
        below = len(page) - above - length
        if below <= 400 and (not below or _unnumbered(page[len(page) - below :]) in known):  # noqa: PLR2004 - as above
            return above, below
    return None


def _common(one: str, other: str) -> int:
    if other.startswith(one):
        return len(one)
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _unnumbered(text: str) -> str:
    return DIGITS.sub("#", text)


class _Gatherer:
    """Walks the pages once; measures of the whole text decide what belongs together."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages
        self.kept = _without_edges(pages)
        lines = [line for page in self.kept for line in page]
        self.right = _quantile([line.right for line in lines], 0.95)
        self.left = _quantile([line.left for line in lines], 0.05)
        self.leading = _leading(self.kept)
        self.found: list[Block] = []
        self.previous: tuple[int, Line] | None = None
        self.articles = False

    def gathered(self) -> list[Block]:
        for number, page in enumerate(self.kept):
            for line in page:
                self._take(number, line)
                self.previous = (number, line)
        return self.found

    def _take(self, number: int, line: Line) -> None:
        role = self._role(number, line)
        last = self.found[-1] if self.found else None
        if last is not None and role == "p" and self._belongs(last, number, line):
            last.lines.append(line.text)
        else:
            self.found.append(Block(role, [line.text]))

    def _belongs(self, last: Block, number: int, line: Line) -> bool:
        if last.role == "h3":
            return self._heads(last, line)
        return last.role == "p" and self._goes_on(number, line)

    def _role(self, number: int, line: Line) -> Role:
        text = line.text
        capital = text == text.upper() and any(sign.isalpha() for sign in text)
        if ARTICLE.fullmatch(text) or (ARTICLE_WITH_HEAD.fullmatch(text) and text[5:] == text[5:].upper()):
            self.articles = True
            return "h3"
        if not capital or len(text) > LONGEST_HEADING:
            return "p"
        if ANNEX.match(text) or text == "LEMBAR TANDA TANGAN":
            return "h2"
        if not self.articles and number < FIRST_PAGES and self._is_centred(line):
            return "title" if any(block.role == "h2" for block in self.found) else "h2"
        after_article = bool(self.found) and self.found[-1].role == "h3"
        return "h3" if element_of(text) and self._is_centred(line) and not after_article else "p"

    def _heads(self, article: Block, line: Line) -> bool:
        """Tell whether a line is the heading under its "Pasal n"."""
        bare_article = ARTICLE.fullmatch(article.lines[0]) is not None
        capital = line.text == line.text.upper()
        first = len(article.lines) == 1
        fits = len(line.text) <= LONGEST_HEADING and not MARKER.match(line.text) and not SENTENCE_END.search(line.text)
        return bare_article and fits and (capital or (first and self._is_centred(line)))

    def _goes_on(self, number: int, line: Line) -> bool:
        if self.previous is None or MARKER.match(line.text):
            return False
        page, before = self.previous
        if before.right + _first_word(line) < self.left + FULL * (self.right - self.left):
            return False
        if page != number:
            return not SENTENCE_END.search(before.text)
        spacing = before.base - line.base
        alike = max(before.size, line.size) <= OTHER_SIZE * min(before.size, line.size)
        return alike and 0 < spacing <= WIDE_GAP * self.leading * line.size

    def _is_centred(self, line: Line) -> bool:
        width = max(self.right - self.left, 1)
        middle = (line.left + line.right) / 2 - (self.left + self.right) / 2
        return abs(middle) < CENTRED * width and line.left > self.left + 0.02 * width


def _first_word(line: Line) -> float:
    """Give about how wide the first word of a line is, with a space before it."""
    word = line.text.split(" ", 1)[0]
    return (line.right - line.left) / max(len(line.text), 1) * (len(word) + 1)


def _leading(pages: Sequence[Sequence[Line]]) -> float:
    """Give the usual distance of lines in sizes of their letters."""
    found = [
        (above.base - below.base) / below.size
        for page in pages
        for above, below in pairwise(page)
        if below.size and 0 < above.base - below.base < 3 * below.size
    ]
    return median(found) if found else 1.2


def _quantile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


Key = tuple[str, int, bool]
"""What a line at an edge is known by: its words without figures, its height, and whether it stands above."""


def _without_edges(pages: Sequence[Page]) -> list[list[Line]]:
    """Take off what stands at the edge of several pages, above but at its first page, below but at its last."""
    edges = [_edges(page) for page in pages]
    counted = Counter(key for edge in edges for key in set(edge.values()))
    first = {key: number for number, edge in reversed(list(enumerate(edges))) for key in edge.values()}
    last = {key: number for number, edge in enumerate(edges) for key in edge.values()}
    kept = []
    for number, (page, edge) in enumerate(zip(pages, edges, strict=True)):
        gone = {at for at, key in edge.items() if counted[key] > 1 and number != (first if key[2] else last)[key]}
        kept.append([line for at, line in enumerate(page.lines) if at not in gone])
    return kept


def _edges(page: Page) -> dict[int, Key]:
    """Give the lines of header and footer that come first or last in the page's order, by their place in it."""
    count = len(page.lines)
    found: dict[int, Key] = {}
    for places in (range(count), range(count - 1, -1, -1)):
        for at in list(places)[:MOST_EDGE_LINES]:
            line = page.lines[at]
            above, below = line.base > (1 - EDGE) * page.height, line.base < EDGE * page.height
            if not (above or below) or ARTICLE.fullmatch(line.text):
                break
            found[at] = (_unnumbered(line.text), round(line.base / SAME_PLACE), above)
    return found


def _tag(block: Block) -> str:
    if block.role == "h3":
        return f"<h3>{'<br>'.join(escape(line, quote=False) for line in block.lines)}</h3>\n"
    if block.role == "title":
        return f"<p class=title>{escape(block.text, quote=False)}</p>\n"
    return f"<{block.role}>{escape(block.text, quote=False)}</{block.role}>\n"


def texts(pages: Sequence[Page]) -> Iterator[str]:
    """Give each heading (its lines in capitals) and paragraph, for whoever looks for elements."""
    for block in blocks(pages):
        yield "\n".join(block.lines).upper() if block.role in ("h2", "h3") else block.text

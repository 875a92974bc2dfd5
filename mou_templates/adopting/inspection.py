"""May these bytes become the words of an agreement? The floors in their order, each refusing with its code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from mou_templates import elements
from mou_templates.adopting import joining, pages, phone, portable, word
from mou_templates.adopting.finding import Adopted, Notice
from mou_templates.adopting.pages import Page
from mou_templates.equality import bare
from mou_templates.errors import Refused
from mou_templates.reading import Line, Reading

LARGEST = 10 * 2**20
MOST_PAGES = 100
PDF_MARK = b"%PDF-"
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that make a line read otherwise than it is stored."""
UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff]")
MOST_UNKNOWN = 0.05
"""Bullets of symbol fonts come without a meaning; a text of them cannot be read."""


def inspect(data: bytes, kind: str, *, families: frozenset[str] | None = None) -> Adopted:
    """Say what a Word file or PDF is, or refuse it (`adopted_*`). Hostile bytes may take long: see `check`.

    `kind` is the agreement's: its mandatory elements that no heading names are the hints. `families` are the fonts of
    the machine that prints, this one's when not given.
    """
    if len(data) > LARGEST:
        raise Refused("adopted_large", size=f"{len(data) / 2**20:.1f}", most=str(LARGEST // 2**20))
    if data[:1024].lstrip().startswith(PDF_MARK):
        return _pdf(data, kind)
    text, notices = word.judge(data, word.families() if families is None else families)
    if not text.strip():
        raise Refused("adopted_empty")
    _judge_signs(text)
    return Adopted("docx", None, _hash(text), hints(kind, text.split("\n")), notices)


def hints(kind: str, text: Iterable[str]) -> tuple[str, ...]:
    """List the mandatory elements of a kind that no heading names: hints, for a text may say them otherwise."""
    lines = tuple(Line("", piece) for paragraph in text for piece in paragraph.split("\n"))
    return elements.missing(kind, Reading(lines, (), ()))


def _pdf(data: bytes, kind: str) -> Adopted:
    claim = portable.judge(data)
    found = pages.read(joining.cleaned(data), look=True)
    if len(found) > MOST_PAGES:
        raise Refused("adopted_pages", pages=str(len(found)), most=str(MOST_PAGES))
    _judge_pages(found)
    text = "\n".join(line.text for page in found for line in page.lines)
    _judge_signs(text)
    if tag := word.TAG.search(text):
        raise Refused("adopted_tag", found=tag[0])
    notices = [Notice("not_pdf_a")] if not claim else []
    return Adopted("pdf", len(found), _hash(text), hints(kind, phone.texts(found)), tuple(notices))


def _judge_pages(found: Sequence[Page]) -> None:
    for page in found:
        if page.hidden:
            raise Refused("adopted_hidden", words=page.hidden)
        if not page.lines and not page.blank:
            raise Refused("adopted_picture", page=str(page.number))
        if page.pictured and sum(len(line.text) for line in page.lines) < 200:  # noqa: PLR2004 - a caption, no text
            raise Refused("adopted_picture", page=str(page.number))
    if not any(page.lines for page in found):
        raise Refused("adopted_empty")


def _judge_signs(text: str) -> None:
    if turning := TURNING.search(text):
        raise Refused("adopted_character", character=f"U+{ord(turning[0]):04X}")
    if len(UNKNOWN.findall(text)) > MOST_UNKNOWN * len(text):
        raise Refused("adopted_unknown_letters")


def _hash(text: str) -> str:
    return hashlib.sha256(bare(text).encode("utf-8", "surrogatepass")).hexdigest()

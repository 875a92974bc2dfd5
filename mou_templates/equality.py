"""Word = phone = PDF, character by character without white space; the first difference is named.

PDF text comes from pypdfium2, which gives a hyphen at a line's end as U+0002 or U+FFFE: "masing-masing"
is everywhere in Indonesian, so they are read as "-". Headers, footers and the heads of
tables that repeat on a new page are taken off. White, covered or pictured text is not seen here.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import ExitStack
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pypdfium2

from mou_templates.errors import Refused
from mou_templates.pdfium import opened
from mou_templates.reading import Grid, Reading, plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

WHITE = re.compile(r"\s+")
LINE_END_HYPHENS = str.maketrans({"\x02": "-", "\ufffe": "-"})
AROUND = 30


@dataclass(frozen=True)
class Difference:
    """The first place where two texts part: `at` counts characters without white space."""

    between: str
    at: int
    left: str
    right: str


def compare(reading: Reading, html: str, pdf: bytes) -> Difference | None:
    """Give the first difference between the Word file, the phone text and the PDF, or None when all say the same."""
    word = bare(plain_text(reading))
    heads = tuple(_heads(reading))
    return _first("docx html", word, bare(html_text(html))) or _first(
        "docx pdf", word, _pdf_body(pdf_pages(pdf), reading, heads, word)
    )


def require_equal(reading: Reading, html: str, pdf: bytes) -> None:
    """Refuse (`texts_differ`) a paper whose three forms do not say the same; it must not be sent."""
    found = compare(reading, html, pdf)
    if found:
        raise Refused("texts_differ", between=found.between, at=str(found.at), left=found.left, right=found.right)


def bare(text: str) -> str:
    """Give text as it is compared: NFKC, no white space."""
    return WHITE.sub("", unicodedata.normalize("NFKC", text))


def pdf_pages(pdf: bytes) -> tuple[str, ...]:
    """Give the text of each page; raises `Refused("document_unreadable")`."""
    with ExitStack() as held:
        try:
            document = held.enter_context(opened(pdf))
        except pypdfium2.PdfiumError:
            raise Refused("document_unreadable", part="pdf") from None
        return tuple(_page_text(document[number]) for number in range(len(document)))


def _page_text(page: pypdfium2.PdfPage) -> str:
    text = page.get_textpage()
    try:
        return str(text.get_text_bounded()).translate(LINE_END_HYPHENS)
    finally:
        text.close()
        page.close()


def _pdf_body(pages: Sequence[str], reading: Reading, heads: Sequence[str], word: str) -> str:
    """Join the pages' bodies; a table head at a page's start goes unless the Word text has it there, too."""
    body = ""
    for number, page in enumerate(pages, start=1):
        text = _without_margins(bare(page), reading, number, len(pages))
        for head in heads:
            if text.startswith(head) and not word.startswith(head, len(body)):
                text = text[len(head) :]
                break
        body += text
    return body


def _without_margins(page: str, reading: Reading, number: int, count: int) -> str:
    for margin in reading.headers + reading.footers:
        text = _numbered(bare(margin), number, count)
        if text and page.startswith(text):
            page = page[len(text) :]
        elif text and page.endswith(text):
            page = page[: -len(text)]
    return page


def _numbered(margin: str, number: int, count: int) -> str:
    """Fill the fields of a margin in order: page, then pages."""
    for value in (number, count):
        margin = margin.replace("#", str(value), 1)
    return margin


def _heads(reading: Reading) -> list[str]:
    tables = [block for block in reading.blocks if isinstance(block, Grid) and block.heads]
    return [
        bare("".join(line.text for row in table.rows[: table.heads] for cell in row for line in cell))
        for table in tables
    ]


def _first(between: str, left: str, right: str) -> Difference | None:
    if left == right:
        return None
    pairs = enumerate(zip(left, right, strict=False))
    at = next((place for place, (one, other) in pairs if one != other), min(len(left), len(right)))
    return Difference(between, at, left[at : at + AROUND], right[at : at + AROUND])


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def html_text(html: str) -> str:
    """Give the words of HTML, one piece behind the other."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return "".join(parser.pieces)

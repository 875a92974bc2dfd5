"""The articles of a Word file as they stand, for an addendum that says what they become."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mou_templates.reading import ARTICLE, Block, Line, read

OVER = ("Annex", "Signature", "Stamp")
"""Styles that stand behind the last article."""


@dataclass(frozen=True)
class Article:
    """One article: its number, its heading, and its paragraphs with their typed numbers and letters."""

    number: int
    heading: str
    paragraphs: tuple[str, ...]


def articles_of(docx: bytes) -> tuple[Article, ...]:
    """Give the articles of a Word file in their order; raises `Refused("document_unreadable")`."""
    return tuple(_articles(read(docx).blocks))


def _articles(blocks: Iterable[Block]) -> Iterator[Article]:
    number, heading, kept = 0, "", list[str]()
    for block in blocks:
        if not isinstance(block, Line) or block.style.startswith(OVER):
            break
        head = ARTICLE.fullmatch(block.text)
        if head and number:
            yield Article(number, heading, tuple(kept))
        if head:
            number, heading, kept = int(head[1]), head[2], []
        elif number and block.text.strip():
            kept.append(block.text.replace("\t", " ").strip())
    if number:
        yield Article(number, heading, tuple(kept))

"""Blocks that begin and end: each end must fit its beginning in kind, in order and in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mou_templates.language import LOOPS_LIMIT
from mou_templates.preflight.findings import Finding, finding
from mou_templates.preflight.tags import broken

if TYPE_CHECKING:
    from lxml import etree

    from mou_templates.preflight.tags import Tag, Told

BEGINNINGS = {"if": "endif", "for": "endfor"}
ENDS = {end: word for word, end in BEGINNINGS.items()}
BETWEEN = ("else", "elif")


def judge(read: tuple[Told, ...]) -> Iterator[Finding]:
    """Give what is wrong with the places and the order of tags."""
    yield from _alone(read)
    for part in dict.fromkeys(one.place.part for one in read):
        tags = [tag for one in read if one.place.part == part for tag in one.tags]
        yield from _Stack().walk([tag for tag in tags if not broken(tag)])


def _alone(read: tuple[Told, ...]) -> Iterator[Finding]:
    """Judge each tag without the others: prefixes that are refused, rows outside tables, words that would vanish."""
    rows: dict[etree._Element, list[Told]] = {}
    for one in read:
        if one.paragraph is not None and one.paragraph.row is not None:
            rows.setdefault(one.paragraph.row, []).append(one)
    for one in read:
        for tag in one.tags:
            row = None if one.paragraph is None else one.paragraph.row
            if tag.prefix == "tc":
                yield finding("cell_loop", tag.place, tag=tag.source)
            elif tag.sign == "{{" and tag.prefix:
                yield finding("rich_text", tag.place, tag=tag.source)
            elif tag.prefix == "tr" and row is None:
                yield finding("row_tag_outside", tag.place, tag=tag.source)
            elif tag.prefix in ("p", "tr"):
                yield from _beside(tag, [one] if row is None or tag.prefix == "p" else rows[row])


def _beside(tag: Tag, around: list[Told]) -> Iterator[Finding]:
    """Find words, and other tags, in the paragraph or row that goes with the tag."""
    words = " ".join([other.source for one in around for other in one.tags if other is not tag])
    words = f"{' '.join(one.beside for one in around)} {words}".strip()
    if words:
        yield finding("words_beside", tag.place, tag=tag.source, words=words)


class _Stack:
    """The blocks open at one place of a part; `lost` are those an outer end has closed over."""

    def __init__(self) -> None:
        self.open: list[Tag] = []
        self.lost: list[Tag] = []

    def walk(self, tags: list[Tag]) -> Iterator[Finding]:
        for tag in tags:
            if tag.word in BEGINNINGS:
                yield from self._begin(tag)
            elif tag.word in BETWEEN:
                yield from self._between(tag)
            elif tag.word in ENDS:
                yield from self._end(tag)
        yield from (finding("block_unclosed", tag.place, tag=tag.source) for tag in (*self.lost, *self.open))

    def _begin(self, tag: Tag) -> Iterator[Finding]:
        self.open.append(tag)
        if tag.word == "for" and sum(one.word == "for" for one in self.open) > LOOPS_LIMIT:
            yield finding("loops_deep", tag.place, most=str(LOOPS_LIMIT))

    def _between(self, tag: Tag) -> Iterator[Finding]:
        if not self.open:
            yield finding("block_unclosed", tag.place, tag=tag.source)
        else:
            yield from _fits(self.open[-1], tag)

    def _end(self, tag: Tag) -> Iterator[Finding]:
        wanted = ENDS[tag.word]
        depth = next((at for at in reversed(range(len(self.open))) if self.open[at].word == wanted), None)
        late = next((one for one in self.lost if one.word == wanted), None)
        if depth is not None:
            self.lost += self.open[depth + 1 :]
            opened = self.open[depth]
            del self.open[depth:]
            yield from _fits(opened, tag)
        elif late is not None:
            self.lost.remove(late)
            yield finding("block_crossed", tag.place, tag=tag.source, opened=late.source)
        elif self.open:
            yield finding("block_crossed", tag.place, tag=tag.source, opened=self.open.pop().source)
        else:
            yield finding("block_unclosed", tag.place, tag=tag.source)


def _fits(opened: Tag, tag: Tag) -> Iterator[Finding]:
    if opened.prefix != tag.prefix:
        yield finding("block_mixed", tag.place, tag=tag.source, opened=opened.source)
    elif opened.paragraph is not tag.paragraph and _room(opened) is not _room(tag):
        yield finding("block_crossed", tag.place, tag=tag.source, opened=opened.source)


def _room(tag: Tag) -> etree._Element | None:
    """Give what holds the paragraph, or the row, that goes with a tag: begin and end must share it."""
    if tag.paragraph is None:
        return None
    row = tag.paragraph.row
    return row.getparent() if tag.prefix == "tr" and row is not None else tag.paragraph.element.getparent()

"""What an edited Word form says otherwise than the one before it, paragraph by paragraph and word by word.

Paragraphs are those that preflight counts, in reading order, cells and margins included. A difference of look alone
(a style) is told by the style's name; what a picture or a width does is seen on the printed samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from mou_templates.errors import Refused
from mou_templates.preflight import form, package
from mou_templates.preflight.findings import errors
from mou_templates.reading import SHAPE, STYLE, VALUE, Line
from mou_templates.watchdog import TooSlow, within

MOST_PARAGRAPHS = 3_000
MOST_CHARACTERS = 6_000
"""Longer paragraphs are compared as a whole; a clause has a tenth of it."""
MOST_IN_BLOCK = 60
"""Larger blocks of replaced paragraphs are not searched for pairs."""
ALIKE = 0.4
SECONDS = 3.0
TOKEN = re.compile(r"\s+|\w+|.")

Kind = Literal["same", "added", "removed", "changed"]


@dataclass(frozen=True)
class Words:
    """A piece of a changed paragraph: in both, only in the new one, or only in the old one."""

    kind: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True)
class Change:
    """One paragraph: `old` or `new` is None where it is not; `words` are the pieces of a changed one, in order.

    A paragraph whose style alone changed has its whole text as one piece that is the same.
    """

    kind: Kind
    old: Line | None
    new: Line | None
    words: tuple[Words, ...] = ()


def paragraphs(template: bytes) -> tuple[Line, ...]:
    """Give the paragraphs of a form; raises `Refused("template_unreadable")` and `Refused("rows_many")`."""
    members, found = package.opened(template)
    if errors(found):
        raise Refused("template_unreadable", part=found[0].code)
    taken, found = form.parsed(members)
    if errors(found):
        raise Refused("template_unreadable", part=found[0].code)
    lines = tuple(_line(one) for one in taken.paragraphs if one.text.strip())
    if len(lines) > MOST_PARAGRAPHS:
        raise Refused("rows_many", place="/", length=str(len(lines)), most=str(MOST_PARAGRAPHS))
    return lines


def differences(old: bytes, new: bytes) -> tuple[Change, ...]:
    """Give every paragraph of the two forms with what became of it; raises what `paragraphs` raises.

    Forms that take longer than any honest pair are told apart as a whole: all removed, all added.
    """
    before, after = paragraphs(old), paragraphs(new)
    try:
        with within(SECONDS):
            return tuple(_compared(before, after))
    except TooSlow:
        return (*(_removed(line) for line in before), *(_added(line) for line in after))


def _line(paragraph: form.Paragraph) -> Line:
    style = paragraph.element.find(f"{SHAPE}/{STYLE}")
    return Line("" if style is None else str(style.get(VALUE)), paragraph.text)


def _compared(old: Sequence[Line], new: Sequence[Line]) -> Iterator[Change]:
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield from (Change("same", one, other) for one, other in zip(old[a:b], new[c:d], strict=True))
        else:
            yield from _replaced(old[a:b], new[c:d])


def _replaced(old: Sequence[Line], new: Sequence[Line]) -> Iterator[Change]:
    """Pair each paragraph with the next one like it, so that a changed term is shown within its sentence."""
    start = 0
    for line in old:
        at = next((at for at in range(start, len(new)) if _alike(line, new[at])), None) if _small(old, new) else None
        if at is None:
            yield _removed(line)
            continue
        yield from (_added(other) for other in new[start:at])
        yield Change("changed", line, new[at], tuple(_words(line.text, new[at].text)))
        start = at + 1
    yield from (_added(line) for line in new[start:])


def _small(old: Sequence[Line], new: Sequence[Line]) -> bool:
    return max(len(old), len(new)) <= MOST_IN_BLOCK


def _alike(one: Line, other: Line) -> bool:
    if one.text == other.text:
        return True
    if max(len(one.text), len(other.text)) > MOST_CHARACTERS:
        return False
    matcher = SequenceMatcher(None, _tokens(one.text), _tokens(other.text), autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _words(old: str, new: str) -> Iterator[Words]:
    before, after = _tokens(old), _tokens(new)
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield Words("same", "".join(before[a:b]))
        else:
            pieces = (("removed", "".join(before[a:b])), ("added", "".join(after[c:d])))
            yield from (Words(kind, text) for kind, text in pieces if text)  # type: ignore[arg-type]


def _tokens(text: str) -> list[str]:
    return TOKEN.findall(text)


def _removed(line: Line) -> Change:
    return Change("removed", line, None)


def _added(line: Line) -> Change:
    return Change("added", None, line)

"""Five papers from one form, to be looked at before it is published: no rows, one, thirty, two hundred, longest names.

Made of the kind's own example, so that a new kind has its samples without a line here. A sample that the paper
refuses is given with the refusal; only trouble of LibreOffice itself is raised.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pypdfium2

from mou_templates import pressroom
from mou_templates.door import NAME_LIMIT, NAMES
from mou_templates.errors import Refused
from mou_templates.examples import example_facts
from mou_templates.kinds import kind_of
from mou_templates.office.failures import DocumentUnreadable
from mou_templates.pdfium import opened
from mou_templates.printing import print_alike
from mou_templates.words import dress

if TYPE_CHECKING:
    from mou_templates.office import Office

ROWS = {"none": 0, "one": 1, "thirty": 30, "two_hundred": 200}
LONGEST = "longest"
SAMPLES = (*ROWS, LONGEST)
MEASURED = "thirty"
"""The sample whose lines are kept, so that a later print can be held against it."""
LONG_TEXT, LONG_WORD = 300, 40
"""How long a text with spaces and one without become; a name gets all that the door lets in."""
PICTURES_FROM_START = 8
DOTS_PER_INCH, POINTS_PER_INCH = 90, 72
GREYS = bytes(round(round(value / 17) * 17) for value in range(256))
"""Sixteen greys: text stays sharp, and the picture is half as large."""


@dataclass(frozen=True)
class Picture:
    """A page as a PNG; `page` counts from 1, the size is in pixels."""

    page: int
    width: int
    height: int
    png: bytes


@dataclass(frozen=True)
class Sample:
    """One printed sample, or why there is none (`refused`, a code of `errors` or of the office, with its values)."""

    name: str
    pdf: bytes = b""
    pages: int = 0
    pictures: tuple[Picture, ...] = ()
    refused: str | None = None
    values: Mapping[str, str] = field(default_factory=dict, hash=False)


def samples(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Give (name, facts) of the five; lists as long as the kind allows. Raises `Refused("kind_unknown")`."""
    return [(name, sample_facts(kind, name)) for name in SAMPLES]


def sample_facts(kind: str, name: str) -> dict[str, Any]:
    """Give the facts of one sample by its name."""
    return _lengthened(kind) if name == LONGEST else _sized(kind, ROWS[name])


def print_samples(template: bytes, kind: str, office: Office, legal_review: str) -> Iterator[Sample]:
    """Print the five one after the other. Raises OfficeMissing and OfficeFailed."""
    return (print_sample(template, kind, name, office, legal_review) for name in SAMPLES)


def print_sample(template: bytes, kind: str, name: str, office: Office, legal_review: str) -> Sample:
    """Print one sample, checked as every paper is: every value there, Word = HTML = PDF."""
    facts = {**sample_facts(kind, name), "legal_review": legal_review}
    try:
        docx = pressroom.draft(kind, dress(kind, facts), template).docx
        printed = print_alike(office, docx)
        pressroom.require_equal(docx, printed.pdf)
    except DocumentUnreadable as refusal:
        return Sample(name, refused=refusal.code, values=refusal.values)
    except Refused as refusal:
        if refusal.code in ("office_missing", "office_failed"):
            raise
        return Sample(name, refused=refusal.code, values=refusal.values)
    return Sample(name, printed.pdf, printed.pages, tuple(pictures(printed.pdf)))


def pictures(pdf: bytes) -> Iterator[Picture]:
    """Give the first pages and the last one as small pictures."""
    with opened(pdf) as document:
        count = len(document)
        for at in sorted({*range(min(count, PICTURES_FROM_START)), count - 1}):
            yield _picture(document[at], at + 1)


def _picture(page: pypdfium2.PdfPage, number: int) -> Picture:
    bitmap = page.render(scale=DOTS_PER_INCH / POINTS_PER_INCH, grayscale=True)
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    grey = bytes(bitmap.buffer).translate(GREYS)
    bitmap.close()
    page.close()
    rows = b"".join(b"\0" + grey[at * stride : at * stride + width] for at in range(height))
    return Picture(number, width, height, _png(width, height, rows))


def _png(width: int, height: int, rows: bytes) -> bytes:
    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x00\x00\x00\x00"  # eight bits, grey, nothing special
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4) for name, data in chunks
    )


def _sized(kind: str, rows: int) -> dict[str, Any]:
    """Give the example with each bounded list of that many rows, or as many as bounds and door let in."""
    facts = example_facts(kind)
    for name, (least, most) in kind_of(kind).bounds.items():
        if isinstance(facts[name], list) and facts[name]:
            wanted = min(max(rows, least), most)
            facts[name] = _fitting(kind, facts, name, wanted)
    return facts


def _fitting(kind: str, facts: Mapping[str, Any], name: str, wanted: int) -> list[Any]:
    """Give as many rows as the paper takes: many may meet in one sentence, few may not add up to a sum it names."""
    rows: list[Any] = facts[name]
    while wanted != len(rows) and not _passes(kind, {**facts, name: _repeated(rows, wanted)}):
        wanted = (wanted + len(rows)) // 2 if wanted > len(rows) else len(rows)
    return _repeated(rows, wanted)


def _repeated(rows: Sequence[Any], wanted: int) -> list[Any]:
    return [rows[at % len(rows)] for at in range(wanted)]


def _lengthened(kind: str) -> dict[str, Any]:
    """Give the example with every text as long as its place takes, tried place by place."""
    facts: dict[str, Any] = example_facts(kind)
    for path in dict.fromkeys(_texts(facts, ())):
        longer = _at(facts, path, path[-1])
        if _passes(kind, longer):
            facts = longer
    return facts


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give the places of all texts, the rows of a list as one place."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, (*path, "[]"))
    elif isinstance(value, str):
        yield path


def _at(value: Any, path: tuple[str, ...], name: str) -> Any:
    """Give a copy in which the texts at a place are long."""
    if not path:
        return _long(value, name) if isinstance(value, str) else value
    if path[0] == "[]":
        return [_at(inner, path[1:], name) for inner in value]
    return {**value, path[0]: _at(value[path[0]], path[1:], name)} if isinstance(value, dict) else value


def _long(text: str, name: str) -> str:
    spaced = name in NAMES or re.search(r"\s", text) is not None
    most = NAME_LIMIT if name in NAMES else LONG_TEXT if spaced else LONG_WORD
    longer = (" " if spaced else "").join([text] * most)[:most] if len(text) < most else text
    return longer[:-1] + text[0] if longer.endswith(" ") else longer


def _passes(kind: str, facts: Mapping[str, Any]) -> bool:
    try:
        dress(kind, facts)
    except Refused:
        return False
    return True

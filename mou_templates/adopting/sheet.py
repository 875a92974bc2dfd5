"""The words of the signature sheet that follows a text we did not write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mou_templates import dressing, framing, press, reading, spelling
from mou_templates.annexes.sheet import NAME
from mou_templates.door import Words, check_words
from mou_templates.kinds import check_facts, parties
from mou_templates.words import STAMPS, review_hash

VERSION = 1
GROUP = 4


@dataclass(frozen=True)
class Sheet:
    """A pressed sheet: its Word file, the hash of its form, and the hash of its words that review binds to."""

    docx: bytes
    template: bytes
    template_sha256: str
    words_hash: str


def make(kind: str, facts: Mapping[str, Any], brought: Mapping[str, Any], template: bytes | None = None) -> Sheet:
    """Press the sheet behind a text of `kind`; `template` is the form it was reviewed with, else the shipped one.

    `brought` names the text: `title`, `file_name`, `sha256` (hex of the file) and `pages`. Raises `Refused`.
    """
    words = dress(kind, facts, brought)
    form = press.of(template or shipped())
    return Sheet(reading.draft(form, words).docx, form.template, form.sha256, review_hash(words, kind))


def dress(kind: str, facts: Mapping[str, Any], brought: Mapping[str, Any]) -> Words:
    """Give the words of the sheet, already through the door. Raises `Refused`."""
    checked = check_facts(kind, facts)
    issued = framing.issued(checked)
    rows = [dressing.member(party, at) for at, (_, party) in enumerate(parties(kind, checked), start=1)]
    return check_words(
        {
            "form": f"{NAME}/{VERSION}",
            "stamp": STAMPS[checked["legal_review"]],
            framing.CHOICE: {name: checked[fact] for name, fact in (("paper", "paper"), ("meterai", "meterai"))},
            "title": brought["title"],
            framing.ISSUE: {name: issued[name] for name in ("number", "place", "date")},
            "draft": {
                "name": brought["file_name"],
                "pages": spelling.counted(brought["pages"], "halaman"),
                "hash": grouped(brought["sha256"]),
            },
            "parties": rows,
        }
    )


def grouped(sha256: str) -> str:
    """Give a hash in capitals and groups of four, to be compared by eye."""
    return " ".join(sha256[at : at + GROUP].upper() for at in range(0, len(sha256), GROUP))


@cache
def shipped() -> bytes:
    """Give the shipped form of the sheet."""
    return (files("mou_templates") / "shipped" / f"{NAME}.docx").read_bytes()

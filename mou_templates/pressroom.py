"""The paper as both doors hand it to the record: words, their hash, the pressed Word file, its HTML, its equality.

A module with the shape that `kdmp_core.agreements.documents.Press` asks for; it keeps nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mou_templates import clauses, equality, errors, press, reading
from mou_templates import lint as linting
from mou_templates.adopting.sheet import Sheet
from mou_templates.adopting.sheet import make as make_sheet
from mou_templates.door import Words
from mou_templates.words import dress
from mou_templates.words import review_hash as hash_of_words

refused: type[Exception] = errors.Refused
"""What every function here raises when the paper would not say what was meant; it carries `code` and `values`."""


@dataclass(frozen=True)
class Pressed:
    """A Word file with the hash of its template and every clause in it with its version, "+" where it was edited."""

    docx: bytes
    template_sha256: str
    clauses: Mapping[str, str]


def words(kind: str, facts: Mapping[str, Any]) -> Words:
    """Give the words of a paper, already through the door."""
    return dress(kind, facts)


def review_hash(kind: str, words: Words) -> str:
    """Give the hash that review binds to: number, place and date left out."""
    return hash_of_words(words, kind)


def form(kind: str) -> bytes:
    """Give the shipped template of a kind."""
    return press.shipped_form(kind)


def draft(
    kind: str,  # noqa: ARG001 - the record asks in this shape; the words and the template know their kind
    words: Words,
    template: bytes,
    pictures: Mapping[str, bytes] | None = None,
) -> Pressed:
    """Press a Word file from a template; every value present, every article in order, nothing left of a tag.

    `pictures` holds what the words choose: `{"logo": png}` where `choice.logo` is "yes".
    """
    form = press.of(template)
    return Pressed(reading.draft(form, words, pictures).docx, form.sha256, clauses.of_form(template))


def lint(kind: str, facts: Mapping[str, Any], docx: bytes, *, open_days: int) -> tuple[linting.Finding, ...]:
    """List what a pressed Word file may not say while its round of signatures is open for some days."""
    return linting.lint(kind, facts, reading.read(docx), open_days=open_days)


def sheet(kind: str, facts: Mapping[str, Any], brought: Mapping[str, Any], template: bytes | None = None) -> Sheet:
    """Press the signature sheet that stands behind a partner's own text."""
    return make_sheet(kind, facts, brought, template)


def html(docx: bytes) -> str:
    """Give the light HTML of a stored Word file."""
    return reading.to_html(reading.read(docx))


def require_equal(docx: bytes, pdf: bytes) -> None:
    """Refuse (`texts_differ`) a PDF or HTML that does not say the same as the Word file, character by character."""
    read = reading.read(docx)
    equality.require_equal(read, reading.to_html(read), pdf)

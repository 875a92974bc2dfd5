"""The last floor: what must stand in the text stands there, and the example can be pressed without losing a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mou_templates import elements, reading
from mou_templates.errors import Refused
from mou_templates.preflight.findings import Finding, Place, finding
from mou_templates.preflight.package import BODY
from mou_templates.preflight.variants import example_words, variant_words
from mou_templates.press import Press

if TYPE_CHECKING:
    from mou_templates.preflight.form import Form

ARTICLE = re.compile(r"\s*pasal\s+(\d{1,4})\s*(?:\n.*)?", re.IGNORECASE | re.DOTALL)
"""A typed article alone in its line; prose that begins with an article goes on in the same line."""


def judge(form: Form, data: bytes, kind: str) -> Iterator[Finding]:
    """Give elements that are missing and articles out of order."""
    yield from _articles(form)
    try:
        lacking = elements.missing(kind, reading.read(data))
    except Refused:
        yield finding("unreadable", Place(BODY), part=BODY)
        return
    yield from (finding("element_missing", element=element) for element in lacking)


def pressed(data: bytes, kind: str) -> Iterator[Finding]:
    """Press the example and its variants and give the first that goes wrong. Only for a form without other errors."""
    try:
        press, form = Press(data), reading.read(data)
        for chosen in (example_words(kind), *variant_words(kind)):
            words, pictures = press.sampled(chosen)
            reading.check(reading.read(press.render(words, pictures)), words, form)
    except Refused as refused:
        yield _of_refused(refused)
    except (MemoryError, RecursionError):
        raise  # no fault of the form's words: the limits of the process
    except Exception as fault:  # noqa: BLE001 - python-docx has no list of what it raises for a form it cannot open
        yield finding("render_failed", found=type(fault).__name__)


def _articles(form: Form) -> Iterator[Finding]:
    numbered = [
        (int(match[1]), one.place)
        for one in form.paragraphs
        if one.place.part == BODY and (match := ARTICLE.fullmatch(one.text))
    ]
    for expected, (number, place) in enumerate(numbered, start=1):
        if number != expected:
            yield finding("article_order", place, expected=f"Pasal {expected}", found=f"Pasal {number}")
            return


def _of_refused(refused: Refused) -> Finding:
    values = refused.values
    part = values.get("part", "")
    if refused.code == "value_lost":
        return finding("value_lost", place=values["place"], value=values["value"])
    if refused.code == "article_order":
        return finding("article_order", expected=values["expected"], found=values["found"])
    if refused.code == "template_language":
        return finding("language", Place(part), found=values["found"])
    if refused.code == "template_loops":
        return finding("loops_deep", Place(part), most=values["most"])
    return finding("render_failed", found=" ".join((refused.code, *values.values())))

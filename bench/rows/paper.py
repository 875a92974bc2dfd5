"""The press beside docxtpl and beside Jinja's strings alone; the reading beside mammoth."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING

import mammoth
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from bench import Measured, row
from bench.measure import cpu_seconds
from mou_templates import reading
from mou_templates.examples import network
from mou_templates.press import shipped, shipped_form
from mou_templates.words import dress

if TYPE_CHECKING:
    from mou_templates.door import Words

KIND = "mou_network"
CALLS = 50
SLOW_CALLS = 5


@row("word.30", better="less")
def word_30() -> Measured:
    """Press a network MoU of thirty cooperatives; reference: docxtpl with sandbox and autoescape on the same form."""
    words = dress(KIND, network(30))
    ours = cpu_seconds(partial(shipped(KIND).render, words), calls=CALLS)
    reference = cpu_seconds(partial(_docxtpl, words), calls=SLOW_CALLS, turns=3)
    return {"ours": _ms(ours), "reference": _ms(reference), "unit": "ms", "n": CALLS}


@row("word.30@limit", better="less")
def word_30_limit() -> Measured:
    """Press the same; reference: only the strings Jinja makes of the prepared parts, nothing zipped."""
    words, press = dress(KIND, network(30)), shipped(KIND)
    parts = [part for _, part in press.on("A4") if isinstance(part, Template)]
    ours = cpu_seconds(partial(press.render, words), calls=CALLS)
    reference = cpu_seconds(lambda: [part.render(words) for part in parts], calls=CALLS)
    return {"ours": _ms(ours), "reference": _ms(reference), "unit": "ms", "n": CALLS}


@row("word.500", better="less")
def word_500() -> Measured:
    """Press the same form with five hundred rows in each annex; reference: docxtpl."""
    words = _long_words(500)
    ours = cpu_seconds(partial(shipped(KIND).render, words), calls=SLOW_CALLS)
    reference = cpu_seconds(partial(_docxtpl, words), calls=1, turns=3)
    return {"ours": _ms(ours), "reference": _ms(reference), "unit": "ms", "n": SLOW_CALLS}


@row("word.500@limit", better="less")
def word_500_limit() -> Measured:
    """Press five hundred rows; reference: only the strings Jinja makes."""
    words, press = _long_words(500), shipped(KIND)
    parts = [part for _, part in press.on("A4") if isinstance(part, Template)]
    ours = cpu_seconds(partial(press.render, words), calls=SLOW_CALLS)
    reference = cpu_seconds(lambda: [part.render(words) for part in parts], calls=SLOW_CALLS)
    return {"ours": _ms(ours), "reference": _ms(reference), "unit": "ms", "n": SLOW_CALLS}


@row("read.30", better="less")
def read_30() -> Measured:
    """Read the Word file, check every value, make the phone's HTML; reference: mammoth's HTML alone."""
    words, press = dress(KIND, network(30)), shipped(KIND)
    docx = press.render(words)
    form = reading.read(shipped_form(KIND))
    ours = cpu_seconds(partial(_read, docx, words, form), calls=CALLS)
    reference = cpu_seconds(lambda: mammoth.convert_to_html(io.BytesIO(docx)), calls=SLOW_CALLS, turns=3)
    size = len(reading.to_html(reading.read(docx)).encode())
    return {"ours": _ms(ours), "reference": _ms(reference), "unit": "ms", "n": CALLS, "kb": round(size / 1000, 1)}


def _long_words(rows: int) -> Words:
    words = dress(KIND, network(100))
    return {**words, "members": words["members"] * (rows // 100), "matrix": words["matrix"][:100] * (rows // 100)}


def _docxtpl(words: Words) -> None:
    form = DocxTemplate(io.BytesIO(shipped_form(KIND)))
    form.render(words, SandboxedEnvironment(undefined=StrictUndefined, autoescape=True))
    form.save(io.BytesIO())


def _read(docx: bytes, words: Words, form: reading.Reading) -> None:
    found = reading.read(docx)
    reading.check(found, words, form)
    reading.to_html(found)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)

"""The door for words: what may be printed at all. It refuses and never repairs.

Two spellings of the same text are made one: NFC, and a line feed for a line's end. Everything else that
does not fit is refused with its place and the offending character.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

from mou_templates.errors import Refused

Words = dict[str, Any]
"""Nested dict, list and exact str."""

NAME_LIMIT = 120
TEXT_LIMIT = 2_000
ROWS_LIMIT = 500
MARKS_LIMIT = 2
NAMES = frozenset(
    {
        *("name", "signatory", "office", "institution", "cooperative", "number", "place", "party"),
        *("holder", "bank", "account", "phone", "vehicle", "plate", "driver"),
    }
)
"""Entries that are names: one line, at most 120 characters."""


def check_words(words: Words) -> Words:
    """Give the words back as plain dicts, lists and strings, each character fit to be printed.

    Raises `Refused` with `word_*` or `rows_many`; `place` is a JSON pointer.
    """
    checked = _check(words, "", "")
    if type(checked) is not dict:
        raise Refused("word_not_text", place="", found=type(words).__name__)
    return checked


def _check(value: object, place: str, key: str) -> Any:
    if type(value) is str:
        return _check_text(value, place, key)
    if type(value) is dict:
        return {name: _check(entry, f"{place}/{name}", name) for name, entry in value.items()}
    if type(value) is list:
        if len(value) > ROWS_LIMIT:
            raise Refused("rows_many", place=place, length=str(len(value)), most=str(ROWS_LIMIT))
        return [_check(entry, f"{place}/{at}", key) for at, entry in enumerate(value)]
    raise Refused("word_not_text", place=place, found=type(value).__name__)


def _check_text(text: str, place: str, key: str) -> str:
    most = NAME_LIMIT if key in NAMES else TEXT_LIMIT
    if len(text) > most:
        raise Refused("word_long", place=place, length=str(len(text)), most=str(most))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if (key in NAMES) and (found := re.search(r"[\n\t]", text)):
        raise Refused("word_line", place=place, character=_named(found[0]))
    if _printable().fullmatch(text) is None:
        _explain(text, place)
    return text


@cache
def _printable() -> re.Pattern[str]:
    """Compile what passes without a second look: characters of the fonts that are Latin letters, digits or signs.

    Combining marks are never in it, so that a text with one is looked at in full.
    """
    allowed = "".join(
        char for char in covered() if _fault(char) is None and not unicodedata.category(char).startswith("M")
    )
    return re.compile(f"[\\n\\t{re.escape(allowed)}]*")


@cache
def covered() -> frozenset[str]:
    """Give the characters every shipped font prints, from the table `coverage.py` built."""
    table = (files("mou_templates") / "coverage.txt").read_text("ascii")
    ranges = (line.split("-") for line in table.split() if not line.startswith("#"))
    return frozenset(chr(code) for first, last in ranges for code in range(int(first, 16), int(last, 16) + 1))


def _explain(text: str, place: str) -> None:
    marks = 0
    for char in text:
        code = None if char in "\n\t" else _fault(char)
        marks = marks + 1 if unicodedata.category(char).startswith("M") else 0
        if code is None and marks > MARKS_LIMIT:
            code = "word_marks"
        if code is not None:
            raise Refused(code, place=place, character=_named(char))


def _fault(char: str) -> str | None:
    category = unicodedata.category(char)
    if category.startswith("C") or category in ("Zl", "Zp"):
        return "word_character"
    if category.startswith("L") and not unicodedata.name(char, "").startswith("LATIN "):
        return "word_script"
    if category.startswith("N") and not char.isascii():
        return "word_script"
    return None if char in covered() else "word_font"


def _named(char: str) -> str:
    """Name a character without printing it: what is refused may not be printable."""
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()

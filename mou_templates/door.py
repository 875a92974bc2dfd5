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
CELL_LIMIT = 500
"""The rows of a table never split: what is longer than a page would be cut off at its end, and words be lost."""
CELLS = {"text": TEXT_LIMIT, **dict.fromkeys(("potential", "need"), 1_000)}
"""Entries of rows that may be longer: sentences of a list, which are no table; the wide cells of the matrix."""
STAND_INS = "\ufffc\ufffd"
"""What programs write where they lost something."""
FROM_RIGHT = ("R", "AL")
CELL_SIGN, CELL_CODE = "§", re.compile(r"§\d{3}")
"""The sign of the signature cells is theirs alone: one in a name would draw somebody's signature there."""
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
    checked = _check(words, "", "", TEXT_LIMIT)
    if type(checked) is not dict:
        raise Refused("word_not_text", place="", found=type(words).__name__)
    return checked


def _check(value: object, place: str, key: str, most: int) -> Any:
    if type(value) is str:
        return _check_text(value, place, key, NAME_LIMIT if key in NAMES else most)
    if type(value) is dict:
        return {
            name: _check(entry, f"{place}/{name}", name, CELLS.get(name, most) if most == CELL_LIMIT else most)
            for name, entry in value.items()
        }
    if type(value) is list:
        if len(value) > ROWS_LIMIT:
            raise Refused("rows_many", place=place, length=str(len(value)), most=str(ROWS_LIMIT))
        longest = CELL_LIMIT if value and type(value[0]) is dict else TEXT_LIMIT
        return [_check(entry, f"{place}/{at}", key, longest) for at, entry in enumerate(value)]
    raise Refused("word_not_text", place=place, found=type(value).__name__)


def _check_text(text: str, place: str, key: str, most: int) -> str:
    if len(text) > most:
        raise Refused("word_long", place=place, length=str(len(text)), most=str(most))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if CELL_SIGN in text and not (key == "code" and CELL_CODE.fullmatch(text)):
        raise Refused("word_character", place=place, character=_named(CELL_SIGN))
    if (key in NAMES) and (found := re.search(r"[\n\t]", text)):
        raise Refused("word_line", place=place, character=_named(found[0]))
    if _printable().fullmatch(text) is None:
        _explain(text, place)
    return text


@cache
def _printable() -> re.Pattern[str]:
    """Compile what passes without a second look: characters of the fonts that are Latin letters, digits or signs."""
    allowed = "".join(char for char in covered() if _fault(char) is None)
    return re.compile(f"[\\n\\t{re.escape(allowed)}]*")


@cache
def covered() -> frozenset[str]:
    """Give the characters every shipped font prints, from the table `coverage.py` built."""
    table = (files("mou_templates") / "coverage.txt").read_text("ascii")
    ranges = (line.split("-") for line in table.split() if not line.startswith("#"))
    return frozenset(chr(code) for first, last in ranges for code in range(int(first, 16), int(last, 16) + 1))


def _explain(text: str, place: str) -> None:
    for char in text:
        code = None if char in "\n\t" else _fault(char)
        if code is not None:
            raise Refused(code, place=place, character=_named(char))


def _fault(char: str) -> str | None:
    category = unicodedata.category(char)
    if category.startswith("C") or category in ("Zl", "Zp") or char in STAND_INS:
        return "word_character"
    if category.startswith("M"):
        return "word_marks"  # what NFC could not join to its letter: on the page it stands anywhere
    if unicodedata.bidirectional(char) in FROM_RIGHT:
        return "word_script"
    if category.startswith("L") and not unicodedata.name(char, "").startswith("LATIN "):
        return "word_script"
    if category.startswith("N") and not char.isascii():
        return "word_script"
    # A form may write it in capitals or small letters, and they are other characters.
    cased = unicodedata.normalize("NFC", char + char.upper() + char.lower())
    printable = all(one in covered() and not unicodedata.category(one).startswith("M") for one in cased)
    return None if printable else "word_font"


def _named(char: str) -> str:
    """Name a character without printing it: what is refused may not be printable."""
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()

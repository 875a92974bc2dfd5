"""The one catalogue: a key and its values become a sentence.

`text("errors.sheet.unreadable", file="a.xlsx")` gives the Indonesian sentence. The sentences live in
`id/*.toml` and `en/*.toml`, one file a room (the file's name is no part of the key); tables nest with
dots. Values are named in braces and filled as they are: whoever calls gives them ready for people
(`12,5 ton`, `Rp6.700`). Every key stands in `id`; those under `errors` stand in `en` too, because the
API speaks English.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["id", "en"]


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Give every sentence of a language by its dotted key. Raises ValueError when a key stands twice."""
    sentences: dict[str, str] = {}
    folder = files(__package__) / language
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            for key, sentence in _flatten(tomllib.loads(entry.read_text("utf-8"))):
                if key in sentences:
                    raise ValueError(f"{language}: {key} stands twice, again in {entry.name}")
                sentences[key] = sentence
    return sentences


def text(key: str, /, language: Language = "id", **values: object) -> str:
    """Give the sentence of `key` with `values` filled in.

    Raises KeyError when neither the language nor Indonesian has the key, or a named value is missing.
    """
    sentence = catalogue(language).get(key)
    if sentence is None:
        sentence = catalogue("id")[key]
    return sentence.format(**values)


def has(key: str, language: Language = "id") -> bool:
    """Say whether the catalogue of a language holds the key."""
    return key in catalogue(language)


def _flatten(table: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            rows.extend(_flatten(value, f"{key}."))
        else:
            rows.append((key, str(value)))
    return rows

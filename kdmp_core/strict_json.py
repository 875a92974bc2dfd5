"""JSON that strangers wrote, read strictly: what is unclear is one refusal, never a crash and never a guess."""

from __future__ import annotations

import json
from typing import NoReturn


def read_object(raw: bytes, *, deepest: int, floats: bool = True) -> dict[str, object]:
    """Give the JSON object in `raw`: UTF-8, no key twice, no NaN, no lone surrogate, at most `deepest` levels.

    `floats` allows numbers with a fraction or an exponent. Raises ValueError.
    """
    fraction = None if floats else _unwanted
    try:
        found = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_float=fraction, parse_constant=_unwanted
        )
        json.dumps(found, ensure_ascii=False).encode("utf-8")
        flat = _depth(found) <= deepest
    except RecursionError as endless:
        raise ValueError("nested without end") from endless
    if not isinstance(found, dict) or not flat:
        raise ValueError("not an object, or nested too deeply")
    return found


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _unwanted(text: str) -> NoReturn:
    raise ValueError(f"not wanted here: {text[:8]}")


def _depth(value: object) -> int:
    """Count the levels of lists and objects."""
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0

"""The phone text of a partner's own text, read once a process: what a hash names never changes."""

from __future__ import annotations

from functools import lru_cache

from kdmp_core.files import Files
from mou_templates import adopting


@lru_cache(maxsize=64)
def phone_text(sha256: str, files: Files) -> str:
    """Give the light HTML of a printed text by its hash."""
    return adopting.html(files.get(sha256))


@lru_cache(maxsize=32)
def picture(sha256: str, number: int, files: Files) -> bytes:
    """Give a page (from 1) of a printed text as a PNG."""
    return adopting.picture(files.get(sha256), number)

"""How much one document may take: the clock, memory, pages, bytes."""

from __future__ import annotations

from dataclasses import dataclass

WALL_SECONDS = 60.0
MOST_MEMORY = 1_200_000_000
"""An honest agreement of two hundred parties takes 300 MB, LibreOffice itself included."""
MOST_ADDRESSES = 6_000_000_000
"""Held by the system, for what grows faster than anybody looks: LibreOffice reserves far more than it uses."""
LARGEST_PDF = 200_000_000
LARGEST_DOCX = 30_000_000
LARGEST_UNPACKED = 100_000_000
MOST_PAGES = 500
MOST_DOCUMENTS = 200
RENEWED_ABOVE = 500_000_000
"""A worker is replaced after so many documents, or when it holds so much memory between two."""


@dataclass(frozen=True)
class Bounds:
    """What one document may take: `seconds` of wall time, `memory` in bytes of all processes together."""

    seconds: float = WALL_SECONDS
    memory: int = MOST_MEMORY

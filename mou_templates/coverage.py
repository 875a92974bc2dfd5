"""Builds `coverage.txt`: the characters that every shipped text font can print.

Run as `python -m mou_templates.coverage`; needs fontconfig's `fc-match` and the fonts themselves.
The table is committed, so that a paper is refused or not by the same rule on every machine.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = ("Liberation Sans", "Liberation Sans:bold", "Liberation Serif", "Liberation Serif:bold")
TABLE = Path(__file__).with_name("coverage.txt")


def font_path(pattern: str) -> Path:
    """Find the file of a font by its fontconfig pattern."""
    command = ["fc-match", "--format=%{file}", pattern]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return Path(found.stdout)


def table(codes: Iterable[int]) -> str:
    """Write code points as lines of "first-last" in hexadecimal."""
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{first:04X}-{last:04X}\n" for first, last in ranges)


def measure() -> str:
    """Give the table for the fonts of this machine."""
    return table(set.intersection(*(printed(TTFont(font_path(pattern))) for pattern in FONTS)))


def printed(font: TTFont) -> set[int]:
    """Give the code points a font prints, without those that take no room: they would stand on another letter."""
    widths = font["hmtx"]
    return {code for code, glyph in font.getBestCmap().items() if widths[glyph][0]}


if __name__ == "__main__":
    TABLE.write_text(measure(), "ascii")

"""Words as drawn outlines: glyphs of Liberation Sans as small drawings of their own, so that no font is added.

Adding words as text would change the text layer that was signed, and a font not embedded would break PDF/A. Each
glyph is drawn once in a file and called by its name (`/R0041 Do`): thirty marks cost 40 kB instead of 210.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from mou_templates.errors import Refused

FAMILY = "Liberation Sans"
FOLDERS = (
    "/usr/share/fonts/truetype/liberation2",
    "/usr/share/fonts/truetype/liberation",
    "/usr/share/fonts/liberation",
)
PACKAGE = "fonts-liberation2"
WEIGHTS = {"R": "Regular", "B": "Bold"}
CALL = re.compile(r"/([RB])([0-9A-F]{4,6}) Do")


@dataclass(frozen=True)
class Glyph:
    """One drawn letter in font units: its path operators and how far the pen moves on."""

    path: str
    advance: int


class Face:
    """One weight of the font; glyphs are drawn once and kept."""

    def __init__(self, path: Path, prefix: str) -> None:
        """Open the font file; `prefix` begins the names of its glyphs."""
        self._prefix = prefix
        font = TTFont(path, lazy=True)
        self.units: int = font["head"].unitsPerEm
        self._names: dict[int, str] = font.getBestCmap()
        self._glyphs = font.getGlyphSet()
        self._kept: dict[str, Glyph] = {}

    def width(self, words: str) -> int:
        """Give the width of the words in font units."""
        return sum(self._glyph(letter).advance for letter in words)

    def draw(self, words: str, left: float, base: float, size: float) -> str:
        """Give PDF operators that fill the words at a base line, in points. Raises Refused `mark_character`."""
        scale = size / self.units
        calls = [self._call(letter) for letter in words]
        return "\n".join([f"q {scale:.5f} 0 0 {scale:.5f} {left:.2f} {base:.2f} cm", *calls, "Q"])

    def path(self, letter: str) -> str:
        """Give the operators that fill one letter, in font units."""
        return self._glyph(letter).path

    def _call(self, letter: str) -> str:
        glyph = self._glyph(letter)
        move = f"1 0 0 1 {glyph.advance} 0 cm"
        return f"/{self._prefix}{ord(letter):04X} Do {move}" if glyph.path else move

    def _glyph(self, letter: str) -> Glyph:
        if letter not in self._kept:
            name = self._names.get(ord(letter))
            if name is None:
                raise Refused("mark_character", character=f"U+{ord(letter):04X}")
            self._kept[letter] = self._drawn(name)
        return self._kept[letter]

    def _drawn(self, name: str) -> Glyph:
        pen = _PathPen(self._glyphs)
        self._glyphs[name].draw(pen)
        return Glyph(" ".join([*pen.operators, "f"]) if pen.operators else "", round(self._glyphs[name].width))


class _PathPen(BasePen):  # type: ignore[misc]
    """Collects path operators in whole font units; BasePen turns quadratic curves into cubic ones."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.operators: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 - fontTools' name
        self.operators.append(f"{pt[0]:.0f} {pt[1]:.0f} m")

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{pt[0]:.0f} {pt[1]:.0f} l")

    def _curveToOne(  # noqa: N802
        self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]
    ) -> None:
        points = " ".join(f"{x:.0f} {y:.0f}" for x, y in (pt1, pt2, pt3))
        self.operators.append(f"{points} c")

    def _closePath(self) -> None:  # noqa: N802
        self.operators.append("h")


@functools.cache
def face(weight: str = "Regular") -> Face:
    """Give `Regular` or `Bold` of Liberation Sans. Raises Refused `mark_font` naming the package to install."""
    for folder in FOLDERS:
        path = Path(folder) / f"LiberationSans-{weight}.ttf"
        if path.exists():
            return Face(path, weight[0])
    found = _ask_fontconfig(weight)
    if found is None:
        raise Refused("mark_font", font=FAMILY, packages=PACKAGE)
    return Face(found, weight[0])


def called_glyphs(operators: str) -> dict[str, str]:
    """Give the glyphs that operators call: name to path operators, in order of name."""
    calls = sorted(set(CALL.findall(operators)))
    return {prefix + code: face(WEIGHTS[prefix]).path(chr(int(code, 16))) for prefix, code in calls}


def _ask_fontconfig(weight: str) -> Path | None:
    match = shutil.which("fc-match")
    if match is None:
        return None
    asked = [match, "--format=%{family}\t%{file}", f"{FAMILY}:style={weight}"]
    family, _, file = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False).stdout.partition(
        "\t"
    )
    return Path(file) if FAMILY in family else None

"""What is drawn on the pages after the last signature: who signed and when, the codes to scan, the trial band.

Pure drawing: places in, PDF operators out. Everything is an artifact for readers of the text; no text, no font.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno

from mou_templates.errors import Refused
from mou_templates.office.anchors import CODE, Anchor, Box
from mou_templates.outlines import Face, face

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mou_templates.surface import Surface

INK = "0.10 0.16 0.30 rg"
BLACK, WHITE, AMBER, BROWN = "0 0 0 rg", "1 1 1 rg", "0.98 0.78 0.25 rg", "0.30 0.16 0 rg"
LARGEST, SMALLEST, LEADING = 8.0, 4.0, 1.22
LINK_MM, DIGEST_MM = 14, 30
MM = 283.46
QUIET_MODULES = 2
BAND_WORDS = "UJI COBA - TIDAK BERKEKUATAN HUKUM"
BAND_HEIGHT = 15.0


@dataclass(frozen=True)
class Mark:
    """A signature to draw: the printed `code` of its cell ("§001") and its `lines`, ready to read.

    The first line (the name) is drawn bold, the others (time with its zone, way of signing) regular.
    """

    code: str
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a code that no cell can carry, and a mark without words."""
        if not CODE.fullmatch(self.code) or not self.lines or not all(self.lines):
            raise Refused("mark_empty", code=self.code)


def draw_marks(marks: Iterable[Mark], anchors: Sequence[Anchor]) -> dict[int, list[str]]:
    """Give operators by page number for every mark, fitted into the white room of its cell.

    Raises Refused `mark_place` when a code is not printed exactly once, `mark_room` when the words would be too small.
    """
    places = _places(anchors)
    drawn: dict[int, list[str]] = {}
    for mark in marks:
        if mark.code not in places:
            raise Refused("mark_place", code=mark.code)
        anchor = places[mark.code]
        drawn.setdefault(anchor.page, []).append(_mark(mark, anchor))
    return drawn


def _places(anchors: Sequence[Anchor]) -> Mapping[str, Anchor]:
    places = {anchor.code: anchor for anchor in anchors}
    if len(places) != len(anchors):
        codes = [anchor.code for anchor in anchors]
        raise Refused("mark_place", code=next(code for code in codes if codes.count(code) > 1))
    return places


def _mark(mark: Mark, anchor: Anchor) -> str:
    rooms = _rooms(anchor)
    sizes = [_fitting(mark.lines, room) for room in rooms]
    size = max(sizes)
    if size < SMALLEST:
        raise Refused("mark_room", code=mark.code)
    room = rooms[sizes.index(size)]
    height = size * LEADING * len(mark.lines)
    base = (room.top + room.bottom) / 200 + height / 2 - size
    lines = [
        weight.draw(words, room.left / 100, base - size * LEADING * number, size)
        for number, (weight, words) in enumerate(_weighted(mark.lines))
    ]
    return "\n".join([INK, *lines])


def _rooms(anchor: Anchor) -> tuple[Box, Box, Box]:
    """Give the white room below the code, above it, and to its right."""
    code, room = anchor.box, anchor.room
    return (
        Box(code.left, room.bottom, room.right, code.bottom - 100),
        Box(code.left, code.top + 100, room.right, room.top),
        Box(code.right + 300, room.bottom, room.right, room.top),
    )


def _fitting(lines: tuple[str, ...], room: Box) -> float:
    widest = max(weight.width(words) / weight.units for weight, words in _weighted(lines))
    return min(LARGEST, room.width / 100 / widest, room.height / 100 / (LEADING * len(lines)))


def _weighted(lines: tuple[str, ...]) -> list[tuple[Face, str]]:
    return [(face("Regular" if number else "Bold"), words) for number, words in enumerate(lines)]


def draw_links(link: str, surfaces: Sequence[Surface]) -> dict[int, list[str]]:
    """Give a small code with the short link for every page, in its freest corner, with the link written beside it."""
    drawn: dict[int, list[str]] = {}
    for number, surface in enumerate(surfaces):
        spot = surface.corner(LINK_MM * MM)
        drawn[number] = [_symbol(link, spot), *_beside(link, spot, surface)]
        surface.take(spot)
    return drawn


def _beside(link: str, spot: Box, surface: Surface) -> list[str]:
    words, size, weight = link.removeprefix("https://"), 5.5, face("Regular")
    width = round(weight.width(words) / weight.units * size * 100)
    middle = (spot.left + spot.right) // 2
    left = spot.left - width - 150 if middle > surface.paper.width // 2 else spot.right + 150
    line = Box(left, spot.bottom + 550, left + width, spot.bottom + 1150)
    return [INK, weight.draw(words, line.left / 100, line.bottom / 100, size)] if surface.is_free(line) else []


def draw_digest(digest: str, surfaces: Sequence[Surface]) -> dict[int, list[str]]:
    """Give the large code that proves itself without a server, on the last page that has white room for it.

    Raises Refused `digest_room` when no page has.
    """
    for number in range(len(surfaces) - 1, -1, -1):
        spot = surfaces[number].square(round(DIGEST_MM * MM))
        if spot is not None:
            surfaces[number].take(spot)
            return {number: [_symbol(digest, spot)]}
    raise Refused("digest_room", millimetres=str(DIGEST_MM))


def _symbol(content: str, spot: Box) -> str:
    count, bars = _modules(content)
    step = spot.width / 100 / count
    frame = f"q {step:.5f} 0 0 {step:.5f} {spot.left / 100:.2f} {spot.bottom / 100:.2f} cm"
    return "\n".join([frame, WHITE, f"0 0 {count} {count} re f", BLACK, bars, "f", "Q"])


@functools.lru_cache(maxsize=8)
def _modules(content: str) -> tuple[int, str]:
    """Give the number of modules a side, with the quiet zone, and the dark runs as rectangles of that grid."""
    rows = segno.make(content, error="m", micro=False, boost_error=False).matrix
    count = len(rows) + 2 * QUIET_MODULES
    bars = [
        f"{column + QUIET_MODULES} {count - number - QUIET_MODULES - 1} {length} 1 re"
        for number, row in enumerate(rows)
        for column, length in _runs(bytes(row))
    ]
    return count, "\n".join(bars)


def _runs(row: bytes) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = None
    for column, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = column
        if not dark and start is not None:
            found.append((start, column - start))
            start = None
    return found


def draw_band(surfaces: Sequence[Surface]) -> dict[int, list[str]]:
    """Give the trial band along the upper edge of every page."""
    weight, size = face("Bold"), 8.0
    width = weight.width(BAND_WORDS) / weight.units * size
    drawn = {}
    for number, surface in enumerate(surfaces):
        right, top = surface.paper.right / 100, surface.paper.top / 100
        bar = f"{AMBER} 0 {top - BAND_HEIGHT:.2f} {right:.2f} {BAND_HEIGHT:.2f} re f {BROWN}"
        drawn[number] = [bar, weight.draw(BAND_WORDS, (right - width) / 2, top - BAND_HEIGHT + 4.6, size)]
    return drawn

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
SIZES = (8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5, 4.0, 3.5)
LEADING = 1.22
CALM = 4.5
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
    pages: dict[int, list[tuple[Mark, Anchor]]] = {}
    for mark in marks:
        if mark.code not in places:
            raise Refused("mark_place", code=mark.code)
        anchor = places[mark.code]
        pages.setdefault(anchor.page, []).append((mark, anchor))
    return {page: _page(cells) for page, cells in pages.items()}


def _page(cells: list[tuple[Mark, Anchor]]) -> list[str]:
    """Draw the marks of one page, all at the size of the smallest, unless that one is far smaller."""
    fitted = [_fitted(mark, anchor) for mark, anchor in cells]
    calm = min(size for size, _ in fitted)
    sizes = [calm if calm >= CALM else size for size, _ in fitted]
    return [_mark(mark.lines, room, size) for (mark, _), (_, room), size in zip(cells, fitted, sizes, strict=True)]


def _places(anchors: Sequence[Anchor]) -> Mapping[str, Anchor]:
    places = {anchor.code: anchor for anchor in anchors}
    if len(places) != len(anchors):
        codes = [anchor.code for anchor in anchors]
        raise Refused("mark_place", code=next(code for code in codes if codes.count(code) > 1))
    return places


def _fitted(mark: Mark, anchor: Anchor) -> tuple[float, Box]:
    rooms = _rooms(anchor)
    sizes = [_fitting(mark.lines, room) for room in rooms]
    size = max(sizes)
    if not size:
        raise Refused("mark_room", code=mark.code)
    return size, rooms[sizes.index(size)]


def _mark(words: tuple[str, ...], room: Box, size: float) -> str:
    lines = _wrapped(words, room.width / 100 / size)
    base = (room.top + room.bottom) / 200 + size * LEADING * len(lines) / 2 - size
    drawn = [
        weight.draw(line, room.left / 100, base - size * LEADING * number, size)
        for number, (weight, line) in enumerate(lines)
    ]
    return "\n".join([INK, *drawn])


def _rooms(anchor: Anchor) -> tuple[Box, Box, Box]:
    """Give the white room below the code, above it, and to its right."""
    code, room = anchor.box, anchor.room
    return (
        Box(code.left, room.bottom, room.right, code.bottom - 100),
        Box(code.left, code.top + 100, room.right, room.top),
        Box(code.right + 300, room.bottom, room.right, room.top),
    )


def _fitting(lines: tuple[str, ...], room: Box) -> float:
    """Give the largest size at which the lines, wrapped, fit the room; 0 when none does."""
    for size in SIZES:
        wrapped = _wrapped(lines, room.width / 100 / size)
        widest = max(_width(weight, words) for weight, words in wrapped)
        if widest * size * 100 <= room.width and len(wrapped) * LEADING * size * 100 <= room.height:
            return size
    return 0


def _wrapped(lines: tuple[str, ...], width: float) -> list[tuple[Face, str]]:
    """Break lines between words to a width given in sizes of the letters; the first line is bold."""
    rows: list[tuple[Face, str]] = []
    for number, line in enumerate(lines):
        weight, row = face("Regular" if number else "Bold"), ""
        for word in line.split():
            longer = f"{row} {word}".strip()
            if row and _width(weight, longer) > width:
                rows.append((weight, row))
                longer = word
            row = longer
        rows.append((weight, row))
    return rows


def _width(weight: Face, words: str) -> float:
    return weight.width(words) / weight.units


def draw_links(link: str, surfaces: Sequence[Surface], *, spared: int = 0) -> dict[int, list[str]]:
    """Give a small code with the short link for every page, in its freest corner, with the link written beside it.

    The first `spared` pages were not laid out by us: where none of their corners is free, nothing is drawn.
    """
    drawn: dict[int, list[str]] = {}
    for number, surface in enumerate(surfaces):
        spot = surface.corner(LINK_MM * MM)
        if number < spared and not surface.is_free(spot):
            continue
        drawn[number] = [_symbol(link, spot), *_beside(link, spot, surface)]
        surface.take(spot)
    return drawn


def _beside(link: str, spot: Box, surface: Surface) -> list[str]:
    words, size, weight = link.removeprefix("https://"), 5.5, face("Regular")
    width = round(_width(weight, words) * size * 100)
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
    width = _width(weight, BAND_WORDS) * size
    drawn = {}
    for number, surface in enumerate(surfaces):
        right, top = surface.paper.right / 100, surface.paper.top / 100
        bar = f"{AMBER} 0 {top - BAND_HEIGHT:.2f} {right:.2f} {BAND_HEIGHT:.2f} re f {BROWN}"
        drawn[number] = [bar, weight.draw(BAND_WORDS, (right - width) / 2, top - BAND_HEIGHT + 4.6, size)]
    return drawn

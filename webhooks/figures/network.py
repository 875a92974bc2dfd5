"""A network in three columns: who only grows or carries, who mills, who buys; each party once, by its first role."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webhooks.figures.flow_map import Spot, Way, drawn
from webhooks.figures.shapes import Line, Mark

WIDTH = 960.0
EDGE = 12.0
TOP = 44.0
"""Where the first row stands, under the heads of the columns."""
COLUMNS = (("grower", "carrier", "none"), ("mill",), ("buyer",))
LEFT = (EDGE + 44, 398.0, 738.0)
BETWEEN = 6.0
"""Least room between two labels of a column."""
RADIUS = 8.0
THICKEST, THINNEST = 5.0, 1.2


@dataclass(frozen=True)
class Head:
    """A column's name: that of the role that stands in it."""

    role: str
    x: float


@dataclass(frozen=True)
class Network:
    """The drawing: heads, marks from left to right and downwards, lines."""

    width: float
    height: float
    heads: tuple[Head, ...]
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]


def network(spots: Sequence[Spot], ways: Sequence[Way]) -> Network:
    """Give the drawing; marks stand across from those they deal with."""
    columns = [[spot for spot in spots if (*spot.roles, "none")[0] in names] for names in COLUMNS]
    row = max((spot.label.height for spot in spots), default=0.0) + BETWEEN
    tall = max(len(column) for column in columns) * row
    heights: dict[str, float] = {}
    for place in (2, 1, 0):  # the right is settled first: what stands left goes by it
        ordered = _ordered(columns[place], ways, heights) if place < 2 else columns[place]  # noqa: PLR2004 (the last)
        step = tall / len(ordered) if ordered else row
        for at, spot in enumerate(ordered):
            heights[spot.key] = TOP + step * (at + 0.5)
        columns[place] = ordered
    marks = tuple(
        Mark(spot.key, LEFT[place], round(heights[spot.key], 1), RADIUS, spot.roles, spot.label, spot.title, spot.href)
        for place, column in enumerate(columns)
        for spot in column
    )
    heads = tuple(Head(names[0], LEFT[place] - RADIUS) for place, names in enumerate(COLUMNS) if columns[place])
    return Network(
        WIDTH,
        round(TOP + tall + EDGE, 1),
        heads,
        marks,
        drawn(marks, ways, _bow, THINNEST, THICKEST),
    )


def _ordered(column: Sequence[Spot], ways: Sequence[Way], heights: Mapping[str, float]) -> list[Spot]:
    """Sort by the barycentre of those already placed that a party deals with; who deals with none stands last."""
    weight, moment = Counter[str](), defaultdict[str, float](float)
    for way in ways:
        for here, there in ((way.source, way.target), (way.target, way.source)):
            if there in heights:
                weight[here] += way.kg
                moment[here] += way.kg * heights[there]
    far = max(heights.values(), default=0.0) + 1
    return sorted(column, key=lambda spot: moment[spot.key] / weight[spot.key] if weight[spot.key] else far)


def _bow(one: Mark, other: Mark) -> str:
    """Give a line from the end of a label to the next column's mark; within a column it goes round outside."""
    if one.x == other.x:
        side = one.x - RADIUS
        out = side - 10 - min(abs(one.y - other.y) / 10, 44)
        return f"M{side:.1f} {one.y:.1f}C{out:.1f} {one.y:.1f} {out:.1f} {other.y:.1f} {side - 6:.1f} {other.y:.1f}"
    left, right = (one, other) if one.x < other.x else (other, one)
    start, end = left.text_x + left.label.width + 2, right.x - RADIUS - 7
    middle = (start + end) / 2
    there = f"C{middle:.1f} {left.y:.1f} {middle:.1f} {right.y:.1f} {end:.1f} {right.y:.1f}"
    back = f"C{middle:.1f} {right.y:.1f} {middle:.1f} {left.y:.1f} {start + 6:.1f} {left.y:.1f}"
    return f"M{start:.1f} {left.y:.1f}{there}" if left is one else f"M{end:.1f} {right.y:.1f}{back}"

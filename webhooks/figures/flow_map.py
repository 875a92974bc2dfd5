"""A map of flows: marks near where the parties are, pushed apart so that every name can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sqrt

from webhooks.figures.apart import Box, push_apart
from webhooks.figures.shapes import Label, Line, Mark

WIDTH = 960.0
EDGE = 12.0
TALL = 560.0
"""How high the places may spread before names are pushed apart."""
KM_PER_DEGREE = 111.195
THICKEST, THINNEST = 12.0, 1.4
LEAST, MOST = 6.0, 17.0
FAR = 9.0
"""From here on a mark that was pushed away shows where it belongs."""
NICE = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class Spot:
    """A party to draw, in degrees; `kg` gives the size of its mark."""

    key: str
    latitude: float
    longitude: float
    kg: int
    roles: tuple[str, ...]
    label: Label
    title: str
    href: str = ""


@dataclass(frozen=True)
class Way:
    """What goes from one spot to another."""

    source: str
    target: str
    goods: str
    kg: int
    title: str


@dataclass(frozen=True)
class Origin:
    """Where a mark belongs that was pushed away."""

    x: float
    y: float
    to_x: float
    to_y: float


@dataclass(frozen=True)
class Scale:
    """The bar: so many kilometres are so long."""

    km: int
    length: float


@dataclass(frozen=True)
class FlowMap:
    """The drawing: its size, marks, lines from the widest to the thinnest, where pushed marks belong, the scale."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    origins: tuple[Origin, ...]
    scale: Scale | None


def flow_map(spots: Sequence[Spot], ways: Sequence[Way]) -> FlowMap:
    """Give the drawing; the same spots in the same order give the same."""
    sizes = _sizes(spots)
    places, per_km = _places(spots)
    boxes = [
        Box(
            places[spot.key][0] - sizes[spot.key],
            places[spot.key][1] - _height(spot, sizes) / 2,
            2 * sizes[spot.key] + 8 + spot.label.width,
            _height(spot, sizes),
        )
        for spot in spots
    ]
    push_apart(boxes, WIDTH - 2 * EDGE)
    up = min((box.y for box in boxes), default=0.0)
    marks = tuple(_mark(spot, box, sizes[spot.key], up) for spot, box in zip(spots, boxes, strict=True))
    origins = (
        Origin(round(places[mark.key][0] + EDGE, 1), round(places[mark.key][1] - up + EDGE, 1), mark.x, mark.y)
        for mark in marks
    )
    return FlowMap(
        width=WIDTH,
        height=round(max((box.y + box.height for box in boxes), default=0.0) - up + 2 * EDGE, 1),
        marks=marks,
        lines=drawn(marks, ways, _curve, THINNEST, THICKEST),
        origins=tuple(one for one in origins if hypot(one.x - one.to_x, one.y - one.to_y) > FAR),
        scale=_scale(per_km),
    )


def _height(spot: Spot, sizes: Mapping[str, float]) -> float:
    return max(2 * sizes[spot.key], spot.label.height, 26.0)


def _sizes(spots: Sequence[Spot]) -> dict[str, float]:
    """Give radii by the root, so that areas are as the kilograms."""
    most = max((spot.kg for spot in spots), default=0)
    return {spot.key: round(max(LEAST, MOST * sqrt(spot.kg / most)), 1) if most else LEAST for spot in spots}


def _places(spots: Sequence[Spot]) -> tuple[dict[str, tuple[float, float]], float]:
    """Give where each spot lies in the drawing, and how long a kilometre is there."""
    if not spots:
        return {}, 0.0
    middle = sum(spot.latitude for spot in spots) / len(spots)
    east = KM_PER_DEGREE * cos(radians(middle))
    km = {spot.key: (spot.longitude * east, -spot.latitude * KM_PER_DEGREE) for spot in spots}
    left, top = min(x for x, _ in km.values()), min(y for _, y in km.values())
    wide, tall = max(x for x, _ in km.values()) - left, max(y for _, y in km.values()) - top
    rooms = {spot.key: WIDTH - 2 * EDGE - 2 * MOST - 8 - spot.label.width for spot in spots}
    fits = [TALL / tall] if tall else []
    fits += [rooms[key] / (x - left) for key, (x, _) in km.items() if x > left]  # each label ends within the drawing
    per_km = min(fits, default=TALL)
    aside = MOST + (WIDTH - 2 * EDGE - 2 * MOST - wide * per_km) / 2 if not wide else MOST
    return {key: (aside + (x - left) * per_km, (y - top) * per_km) for key, (x, y) in km.items()}, per_km


def _mark(spot: Spot, box: Box, radius: float, up: float) -> Mark:
    x, y = round(box.x + radius + EDGE, 1), round(box.y - up + box.height / 2 + EDGE, 1)
    return Mark(spot.key, x, y, radius, spot.roles, spot.label, spot.title, spot.href)


def drawn(
    marks: Sequence[Mark], ways: Sequence[Way], path: Callable[[Mark, Mark], str], thinnest: float, thickest: float
) -> tuple[Line, ...]:
    """Give a line for every way, the widest first, so that thin ones lie on top; `path` draws from mark to mark."""
    at = {mark.key: mark for mark in marks}
    most = max((way.kg for way in ways), default=0)
    ordered = sorted(ways, key=lambda way: (-way.kg, way.source, way.target, way.goods))
    return tuple(
        Line(
            path(at[way.source], at[way.target]),
            way.goods,
            round(max(thinnest, thickest * way.kg / most), 1),
            way.title,
        )
        for way in ordered
    )


def _curve(one: Mark, other: Mark) -> str:
    """Give a bow from mark to mark, bent to the right of its way, so that there and back lie apart."""
    across, down = other.x - one.x, other.y - one.y
    long = hypot(across, down) or 1.0
    bend = min(0.16 * long, 60.0)
    over_x, over_y = (one.x + other.x) / 2 - bend * down / long, (one.y + other.y) / 2 + bend * across / long
    end_x, end_y = other.x - over_x, other.y - over_y
    last = hypot(end_x, end_y) or 1.0
    cut = min(other.radius + 7, last / 2)  # the arrow's head stands before the mark
    return (
        f"M{one.x:.1f} {one.y:.1f}Q{over_x:.1f} {over_y:.1f} "
        f"{other.x - cut * end_x / last:.1f} {other.y - cut * end_y / last:.1f}"
    )


def _scale(per_km: float) -> Scale | None:
    fitting = [km for km in NICE if per_km and km * per_km <= 200]  # noqa: PLR2004 (the longest bar that looks right)
    return Scale(fitting[-1], round(fitting[-1] * per_km, 1)) if fitting else None

"""Bands from left over the middle to the right, as wide as what flows; nothing is lost between the columns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WIDTH = 960.0
TALL = 420.0
"""How high all that flows is together."""
TOP = 40.0
SLOTS = (19.0, 19.0, 48.0)
"""The least height of a bar's place by column, so that its label of one or three lines can be read."""
GAP = 5.0
BAR = 12.0
LEFT = (214.0, 424.0, 690.0)


@dataclass(frozen=True)
class Piece:
    """What goes one way through all three columns; `goods` is what it ends as."""

    left: str
    middle: str
    right: str
    goods: str
    kg: int


@dataclass(frozen=True)
class Bar:
    """All that passes one place of a column."""

    key: str
    column: int
    x: float
    y: float
    height: float
    kg: int

    @property
    def middle(self) -> float:
        """Give where its label's base stands."""
        return round(self.y + self.height / 2 + 4.5, 1)


@dataclass(frozen=True)
class Band:
    """What goes from a bar to one of the next column."""

    source: str
    target: str
    goods: str
    kg: int
    path: str


@dataclass(frozen=True)
class Sankey:
    """The drawing."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    bands: tuple[Band, ...]


Link = tuple[str, str, str]


def sankey(pieces: Sequence[Piece]) -> Sankey:
    """Give the drawing; the right stands as given, the others by the barycentre of what they lead to."""
    first, second = Counter[Link](), Counter[Link]()
    for piece in pieces:
        first[piece.left, piece.middle, piece.goods] += piece.kg
        second[piece.middle, piece.right, piece.goods] += piece.kg
    total = sum(piece.kg for piece in pieces)
    scale = TALL / total if total else 0.0
    right = _stack(2, list(dict.fromkeys(piece.right for piece in pieces)), _sums(second, 1), scale)
    middle = _stack(1, _ordered(second, right), _sums(second, 0), scale)
    left = _stack(0, _ordered(first, middle), _sums(first, 0), scale)
    columns = _centred((left, middle, right))
    bands = (*_bands(first, columns[0], columns[1], scale), *_bands(second, columns[1], columns[2], scale))
    bars = tuple(bar for column in columns for bar in column.values())
    height = max((bar.y + max(bar.height, SLOTS[bar.column]) for bar in bars), default=TOP) + GAP
    return Sankey(WIDTH, round(height, 1), bars, bands)


def _sums(links: Mapping[Link, int], end: int) -> Counter[str]:
    sums = Counter[str]()
    for link, kg in links.items():
        sums[link[end]] += kg
    return sums


def _ordered(links: Mapping[Link, int], placed: Mapping[str, Bar]) -> list[str]:
    """Give the sources sorted by the barycentre of what they lead to."""
    kg, moment = Counter[str](), defaultdict[str, float](float)
    for (source, target, _), amount in links.items():
        kg[source] += amount
        moment[source] += amount * (placed[target].y + placed[target].height / 2)
    return sorted(kg, key=lambda source: (moment[source] / kg[source], source))


def _stack(column: int, keys: Iterable[str], kg: Mapping[str, int], scale: float) -> dict[str, Bar]:
    bars, y = {}, TOP
    for key in keys:
        height = kg[key] * scale
        spare = max(SLOTS[column] - height, 0.0)
        bars[key] = Bar(key, column, LEFT[column], round(y + spare / 2, 2), round(height, 2), kg[key])
        y += height + spare + GAP
    return bars


def _centred(columns: Sequence[dict[str, Bar]]) -> list[dict[str, Bar]]:
    """Move each column down so that all have the same middle."""
    ends = [max((bar.y + bar.height for bar in column.values()), default=TOP) for column in columns]
    lowest = max(ends)
    return [
        {key: Bar(key, bar.column, bar.x, round(bar.y + (lowest - end) / 2, 2), bar.height, bar.kg)
         for key, bar in column.items()}
        for column, end in zip(columns, ends, strict=True)
    ]  # fmt: skip


def _bands(
    links: Mapping[Link, int], sources: Mapping[str, Bar], targets: Mapping[str, Bar], scale: float
) -> list[Band]:
    """Lay the bands side by side at both ends, each end in the order of the other's bars."""

    def place(link: Link) -> tuple[float, float, str]:
        return sources[link[0]].y, targets[link[1]].y, link[2]

    out = {key: bar.y for key, bar in sources.items()}
    into = {key: bar.y for key, bar in targets.items()}
    starts = {}
    for link in sorted(links, key=place):
        starts[link] = out[link[0]]
        out[link[0]] += links[link] * scale
    bands = []
    for link in sorted(links, key=lambda link: (targets[link[1]].y, sources[link[0]].y, link[2])):
        end, kg = into[link[1]], links[link]
        into[link[1]] += kg * scale
        bands.append(Band(*link, kg, _ribbon(sources[link[0]], targets[link[1]], starts[link], end, kg * scale)))
    return bands


def _ribbon(source: Bar, target: Bar, start: float, end: float, height: float) -> str:
    x, to = source.x + BAR, target.x
    half, below, under = (x + to) / 2, start + height, end + height
    return (
        f"M{x:.1f} {start:.1f}C{half:.1f} {start:.1f} {half:.1f} {end:.1f} {to:.1f} {end:.1f}"
        f"V{under:.1f}C{half:.1f} {under:.1f} {half:.1f} {below:.1f} {x:.1f} {below:.1f}Z"
    )

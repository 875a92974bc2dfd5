"""Find areas by the name people write: exactly, by everyday spelling, or nearly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from kdmp_core.areas.model import LEVELS, Area, Level
from kdmp_core.areas.names import EVERYDAY, plain
from kdmp_core.areas.store import table

NEAR = 82
"""Least likeness (0 to 100) of a name that counts as near; two letters swapped in eight still pass."""

FAR = 60
"""Least likeness of a name that is worth suggesting to somebody who wrote none that is known."""


@dataclass(frozen=True)
class Match:
    """One area found and how: `exact`, `everyday` or `near`."""

    area: Area
    how: str


def matches(name: str, within: str = "", level: Level | None = None, limit: int = 20) -> list[Match]:
    """Give the areas of a name below the code `within`, best first; near ones only when none fits exactly."""
    wanted = plain(name)
    if not wanted:
        return []
    index = _index(within)
    found = [Match(area(row), how) for row, how in index.get(wanted, ()) if _fits(row, level)]
    return (found or _near(wanted, index, level, limit))[:limit]


def likely(name: str, within: str = "", limit: int = 4) -> list[Match]:
    """Give the areas whose names come nearest to a name that is none, to suggest them: farther off than `matches`."""
    return _near(plain(name), _index(within), None, limit, FAR)


def area(row: int) -> Area:
    """Give the area of a row of the table."""
    areas = table()
    return Area(areas.codes[row], areas.names[row], areas.postcodes[row])


def _near(
    wanted: str, index: dict[str, list[tuple[int, str]]], level: Level | None, limit: int, least: int = NEAR
) -> list[Match]:
    found = process.extract(wanted, index.keys(), scorer=fuzz.ratio, score_cutoff=least, limit=limit)
    return [Match(area(row), "near") for spelling, _, _ in found for row, _ in index[spelling] if _fits(row, level)]


def _fits(row: int, level: Level | None) -> bool:
    return level is None or LEVELS[len(table().codes[row])] is level


@lru_cache(maxsize=32)
def _index(within: str) -> dict[str, list[tuple[int, str]]]:
    areas, index = table(), dict[str, list[tuple[int, str]]]()
    for row in areas.below(within):
        index.setdefault(plain(areas.names[row]), []).append((row, "exact"))
    for code, spellings in EVERYDAY.items():
        place = areas.position(code)
        if place is not None and place in areas.below(within):
            for spelling in spellings:
                index.setdefault(plain(spelling), []).append((place, "everyday"))
    return index

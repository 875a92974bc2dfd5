"""All areas of Indonesia, province to village: codes, names, postcodes, points and time zones.

`find("32.03.31.2002")`, `label(...)` for people ("Desa Cihea, Kec. Haurwangi": a village name alone is not unique),
`search("Bojongpicung", within="32.03")`, `point(code)`, `zone(code)`. Names are the official spelling; everyday
spellings are found by search. The table is package data and loads at the first call.
"""

from __future__ import annotations

from kdmp_core.areas.model import Area, Level, Point, VillageKind
from kdmp_core.areas.naming import named
from kdmp_core.areas.search import Match, area, matches
from kdmp_core.areas.store import table
from kdmp_core.areas.zones import today, zone, zone_name
from kdmp_core.errors import NotFound
from kdmp_core.texts import text

__all__ = [
    "Area",
    "Level",
    "Match",
    "Point",
    "VillageKind",
    "below",
    "exists",
    "find",
    "label",
    "matches",
    "named",
    "point",
    "search",
    "today",
    "zone",
    "zone_name",
]


def find(code: str) -> Area:
    """Give the area of a code. Raises NotFound `areas.unknown`."""
    row = table().position(code)
    if row is None:
        raise NotFound("areas.unknown", area=code[:20])
    return area(row)


def exists(code: str) -> bool:
    """Say whether a code is known."""
    return table().position(code) is not None


def below(code: str) -> list[Area]:
    """Give the areas directly below a code, in order; `""` gives the provinces."""
    return [found for found in map(area, table().below(code)) if found.parent == code]


def search(name: str, within: str | None = None, level: Level | None = None) -> list[Area]:
    """Give the areas people may mean by a name, below the code `within`, best first."""
    return [match.area for match in matches(name, within or "", level)]


def label(code: str) -> str:
    """Give what people read: "Desa Cihea, Kec. Haurwangi", "Kec. Haurwangi, Kabupaten Cianjur". Raises NotFound."""
    here = find(code)
    if here.level is Level.PROVINCE:
        return text("areas.label.province", name=here.name)
    if here.level is Level.REGENCY:
        return here.name
    key = here.kind or here.level
    return text(f"areas.label.{key}", name=here.name, above=find(here.parent).name)


def point(code: str) -> Point:
    """Give where an area lies; 359 villages have no point and take their district's. Raises NotFound."""
    areas, row = table(), table().position(code)
    if row is None:
        raise NotFound("areas.unknown", area=code[:20])
    if areas.has_point[row]:
        return Point(areas.latitudes[row], areas.longitudes[row])
    above = point(code.rpartition(".")[0])
    return Point(above.latitude, above.longitude, approximate=True)

"""The one area that a person means: by its code, its name, or name and district; else a refusal that suggests."""

from __future__ import annotations

from kdmp_core.areas.model import Area, Level
from kdmp_core.areas.names import plain
from kdmp_core.areas.search import Match, area, likely, matches
from kdmp_core.areas.store import table
from kdmp_core.errors import InvalidInput

SUGGESTED = 4


def named(written: str, within: str) -> Area:
    """Give the area of a code, or of a name such as "Cihea" or "Desa Cihea, Kec. Haurwangi".

    It is looked for below the code `within` first, then everywhere; of a village and its district of one name the
    village is meant. Raises InvalidInput: `areas.no_place` with the nearest names, `areas.several` with their codes.
    """
    given = written.strip()
    row = table().position(given)
    if row is not None:
        return area(row)
    found = _exact(given, within) or _exact(given, "")
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput("areas.several", written=given[:80], areas=_told(found))
    near = _told([one.area for one in likely(given.split(",")[0], within)])
    raise InvalidInput("areas.no_place", written=given[:80], near=near or "-")


def _exact(written: str, within: str) -> list[Area]:
    name, _, above = written.partition(",")
    found = [match.area for match in matches(name, within) if _is_exact(match)]
    if above:
        district = plain(above.split(",")[0])
        found = [one for one in found if one.parent and plain(_name(one.parent)) == district]
    villages = [one for one in found if one.level is Level.VILLAGE]
    return villages if len(villages) == 1 else found


def _is_exact(match: Match) -> bool:
    return match.how != "near"


def _name(code: str) -> str:
    row = table().position(code)
    return "" if row is None else table().names[row]


def _told(found: list[Area]) -> str:
    return ", ".join(f"{one.name} ({one.code})" for one in found[:SUGGESTED])

"""Which area a code means: the nation, an island group, or an area of any level; what lies in it, and who may look.

`nasional` is the nation, `pulau-1` to `pulau-7` the island groups, every other code one of the official ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from kdmp_core import access, areas
from kdmp_core.errors import NotAllowed, NotFound
from kdmp_core.matching.area import ISLANDS
from kdmp_core.records import Event, Party, Role, User
from kdmp_core.texts import text

NATION = "nasional"
ISLAND = "pulau-"
LOOKERS = frozenset({Role.COORDINATOR, Role.REVIEWER, Role.MINISTRY, Role.AUDITOR})
ASKERS = frozenset({Role.COORDINATOR, Role.MINISTRY})
LEVELS = (2, 5, 8, 13)
"""How many characters a code has at each level."""


@dataclass(frozen=True)
class Scope:
    """An area that can be matched: its code as people give it, and the official codes that make it up."""

    code: str
    parts: tuple[str, ...]

    @property
    def is_wide(self) -> bool:
        """Whether it is the nation or an island group."""
        return self.code == NATION or self.code.startswith(ISLAND)

    @property
    def label(self) -> str:
        """Give what people call it."""
        if self.is_wide:
            return text(f"area_plans.wide.{self.code}")
        return areas.label(self.code)

    @property
    def digits(self) -> int:
        """Give how long the codes are of the areas directly below it (of a village: its own)."""
        if self.is_wide:
            return LEVELS[0]
        return next((digits for digits in LEVELS if digits > len(self.code)), LEVELS[-1])

    def has_events(self) -> ColumnElement[bool]:
        """Give the condition that an event lies in it; a district or a village looks at those of its regency."""
        return _inside(Event.regency_code, [part[:5] for part in self.parts])

    def has_parties(self) -> ColumnElement[bool]:
        """Give the condition on parties: none down to the regency, whose events may have guests from elsewhere."""
        small = [part for part in self.parts if len(part) > LEVELS[1]]
        return _inside(Party.area_code, small) if small else true()


def find(code: str) -> Scope:
    """Give the area of a code; `""` is the nation. Raises NotFound `areas.unknown`."""
    code = code.strip()
    if code in {"", NATION}:
        return Scope(NATION, ("",))
    number = code.removeprefix(ISLAND)
    provinces = tuple(sorted(short for short, group in ISLANDS.items() if str(group) == number))
    if code != number and provinces:
        return Scope(code, provinces)
    if not areas.exists(code):
        raise NotFound("areas.unknown", area=code[:20])
    return Scope(code, (code,))


def may(user: User, scope: Scope, roles: Collection[Role]) -> bool:
    """Whether a user holds one of the roles over the whole of an area."""
    return all(access.roles_over(user, part) & frozenset(roles) for part in scope.parts)


def visible(user: User, code: str) -> Scope:
    """Give an area whose plans a user may look at. Raises NotFound for what lies outside his own."""
    scope = find(code)
    if not may(user, scope, LOOKERS):
        raise NotFound("areas.unknown", area=code[:20])
    return scope


def require(user: User, scope: Scope) -> None:
    """Refuse (NotAllowed) who may not ask for a plan of an area."""
    if not may(user, scope, ASKERS):
        raise NotAllowed("access.not_your_area")


def above(scope: Scope) -> list[str]:
    """Give the codes on the way up from an area, the nation first."""
    if scope.code == NATION:
        return []
    if scope.is_wide:
        return [NATION]
    return [NATION, *(scope.code[:digits] for digits in LEVELS if digits < len(scope.code))]


def _inside(column: InstrumentedAttribute[str], codes: Iterable[str]) -> ColumnElement[bool]:
    codes = sorted(set(codes))
    if "" in codes:
        return true()
    return or_(*(or_(column == code, column.startswith(f"{code}.", autoescape=True)) for code in codes))

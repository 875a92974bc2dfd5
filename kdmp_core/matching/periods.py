"""Periods and stores: how a row's kilograms lie over the periods somebody chose, and what is held between them.

Nothing here counts until a question has a `Timing`. Kilograms stay as written: periods share them out, they never
multiply them. A harvest lies evenly over the harvest months of its season; mills, trucks and buyers lie evenly over
all months of the periods, unless their row names a season of its own. Months outside all periods count for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_PERIODS = 6
SHARED = ""
"""The owner of the store that is open to everybody."""

Months = tuple[int, ...]


@dataclass(frozen=True, order=True)
class Store:
    """What a party's store holds at once, kg paddy, or the store open to all, whose party is `SHARED`.

    A grower's store keeps its own paddy, a mill's the paddy it will mill.
    """

    party: str
    kg: int


@dataclass(frozen=True, order=True)
class Harvest:
    """The harvest months of a season, none where it has no harvest."""

    season: str
    months: Months


@dataclass(frozen=True, order=True)
class Spread:
    """What somebody says of one row: the parts of its kg that lie in each period, as weights."""

    row: str
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Timing:
    """The periods of a plan in their order, each with its months (1 to 12); the harvests; and the stores.

    `own` is the event's season, in which a harvest lies that names none. `store_cost` is Rp per tonne of paddy and
    step from one period to the next, the same in every store.
    """

    periods: tuple[Months, ...]
    harvests: tuple[Harvest, ...]
    own: str
    stores: tuple[Store, ...] = ()
    store_cost: int = 0
    spreads: tuple[Spread, ...] = ()

    def weights(self, row: str, period: str, *, grown: bool) -> tuple[int, ...]:
        """Give how a row lies over the periods, by its key and the period it is written with; all 0 when outside."""
        given = next((spread.parts for spread in self.spreads if spread.row == row), None)
        if given is not None:
            return given
        months = set(self._span(period, grown=grown))
        return tuple(len(months.intersection(one)) for one in self.periods)

    def _span(self, period: str, *, grown: bool) -> Iterator[int]:
        harvests = {one.season: one.months for one in self.harvests}
        if period in harvests:
            yield from harvests[period]
        elif not grown:
            yield from (month for months in self.periods for month in months)
        elif period == "year":
            yield from (month for months in harvests.values() for month in months)
        else:
            yield from harvests.get(self.own, ())


def parts(kg: int, weights: Sequence[int]) -> dict[int, int]:
    """Share whole kg out by weights; give the kg of every position that gets some. They add up to `kg`."""
    whole, before, found = sum(weights), 0, {}
    for position, weight in enumerate(weights):
        share = kg * (before + weight) // whole - kg * before // whole if whole else 0
        if share:
            found[position] = share
        before += weight
    return found

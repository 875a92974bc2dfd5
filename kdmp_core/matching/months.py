"""An event's year, month by month: harvest, capacity and need, and what is over or short.

Quantities stay as written (matching.md §2.1). What is written a season counts in the event's own season, or in every
season when a coordinator says so; capacity and need a month count in each month; a harvest "per bulan" is no monthly
harvest but a doubtful word, so it counts once, like a season's, and is named. What a season holds is spread over its
harvest months evenly, to the kilogram.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from kdmp_core.matching.gains import paddy_for, rice_of
from kdmp_core.matching.model import Goods, Problem, Row, RowKind
from kdmp_core.matching.network import is_buyer

SEASONS = ("season_1", "season_2", "season_3")
YEAR = tuple(range(1, 13))

Months = tuple[int, ...]


@dataclass(frozen=True)
class Seasons:
    """The harvest months of each season, which one the event is about, and whether "per musim" means every one."""

    harvests: Mapping[str, Months]
    own: str = SEASONS[0]
    every: bool = False

    @property
    def meant(self) -> tuple[str, ...]:
        """Give the seasons that a row "per musim" counts in."""
        return tuple(name for name in SEASONS if self.harvests.get(name)) if self.every else (self.own,)


SINCE = date(2026, 11, 24)
"""The day of this reference table. Its months are those of the three sub-rounds (subround) in which BPS counts rice."""

USUAL = Seasons(MappingProxyType({SEASONS[0]: YEAR[:4], SEASONS[1]: YEAR[4:8], SEASONS[2]: YEAR[8:]}))
"""An estimate for everywhere; a coordinator sets the months of his event."""


@dataclass(frozen=True)
class Month:
    """One month in kg: paddy but for `rice_need` and `rice_over`, which are rice.

    Rice is made first: of what is harvested the mills take as much as they can and rice buyers want. `paddy_over` is
    what is left after that and the buyers of paddy, below 0 what these lack; `rice_over` what mills could make beyond
    the buyers' need, below 0 what is short.
    """

    month: int
    harvest: int
    milling: int
    trucks: int
    paddy_need: int
    rice_need: int
    paddy_over: int
    rice_over: int


@dataclass(frozen=True)
class Doubt:
    """Rows that a word was read for: how many, and their kg.

    `word` is `season`, `month_harvest`, `no_months` (of a season without harvest months) or `rejected`.
    """

    word: str
    rows: int
    kg: int


@dataclass(frozen=True)
class Calendar:
    """Twelve months, their sum as month 0, and what was assumed of the sheet's words."""

    months: tuple[Month, ...]
    total: Month
    doubts: tuple[Doubt, ...]


def calendar(problem: Problem, seasons: Seasons) -> Calendar:
    """Give the year of a problem."""
    rows = [row for row in sorted(problem.decided.rows, key=lambda row: row.key) if not row.rejected]
    parties = {party.key: party for party in problem.parties}
    buyers = [row for row in rows if is_buyer(row, parties[row.party])]
    sums = {
        "harvest": _spread((row for row in rows if row.is_supply), seasons),
        "milling": _spread((row for row in rows if row.kind is RowKind.MILLING_OFFER), seasons),
        "trucks": _spread((row for row in rows if row.kind is RowKind.TRANSPORT_OFFER), seasons),
        "paddy_need": _spread((row for row in buyers if row.goods is Goods.GKP), seasons),
        "rice_need": _spread((row for row in buyers if row.goods is not Goods.GKP), seasons),
    }
    months = tuple(_month(problem, month, {name: kg[month] for name, kg in sums.items()}) for month in YEAR)
    figures = [name for name in Month.__dataclass_fields__ if name != "month"]
    total = Month(0, **{name: sum(getattr(one, name) for one in months) for name in figures})
    return Calendar(months, total, tuple(_doubts(problem, rows, seasons)))


def _month(problem: Problem, month: int, kg: dict[str, int]) -> Month:
    parameters = problem.parameters
    can = min(kg["harvest"], kg["milling"])
    milled = min(can, paddy_for(parameters, kg["rice_need"]))
    return Month(
        month,
        **kg,
        paddy_over=kg["harvest"] - milled - kg["paddy_need"],
        rice_over=rice_of(parameters, can) - kg["rice_need"],
    )


def _spread(rows: Iterable[Row], seasons: Seasons) -> dict[int, int]:
    """Give the kg of each month."""
    kg = dict.fromkeys(YEAR, 0)
    for row in rows:
        for months in _spans(row, seasons):
            for at, month in enumerate(months):
                kg[month] += row.kg // len(months) + (at < row.kg % len(months))
    return kg


def _spans(row: Row, seasons: Seasons) -> list[Months]:
    """Give the spans of months that each hold the row's kg once."""
    if row.period in SEASONS:
        return [months] if (months := seasons.harvests.get(row.period)) else []
    if row.period == "year":
        harvests = tuple(month for name in SEASONS for month in seasons.harvests.get(name, ()))
        return [tuple(sorted({*harvests})) or YEAR if row.is_supply else YEAR]
    if row.period == "month" and not row.is_supply:
        return [(month,) for month in YEAR]
    names = (seasons.own,) if row.period == "month" else seasons.meant
    return [months for name in names if (months := seasons.harvests.get(name))]


def _doubts(problem: Problem, rows: Iterable[Row], seasons: Seasons) -> Iterable[Doubt]:
    counted = {RowKind.PRODUCTION_OFFER, RowKind.MILLING_OFFER, RowKind.TRANSPORT_OFFER, RowKind.MARKET_OFFER}
    mine = [row for row in rows if row.kind in counted]
    kinds = {
        "season": [row for row in mine if row.period not in {*SEASONS, "month", "year"}],
        "month_harvest": [row for row in mine if row.period == "month" and row.is_supply],
        "no_months": [row for row in mine if not any(_spans(row, seasons))],
        "rejected": [row for row in problem.rows if row.rejected],
    }
    return (Doubt(word, len(found), sum(row.kg for row in found)) for word, found in kinds.items() if found)

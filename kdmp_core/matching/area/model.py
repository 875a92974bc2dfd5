"""What an area is asked: villages, mills, buyers and hubs as plain whole-number columns in canonical order.

Kilograms, rupiah, rupiah per tonne, hundred-thousandths of a degree; a yield is kg rice from 10,000 kg dry paddy.
`AreaProblem.canonical()` sorts everything by code, so that the order of the input never reaches the solver.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from fractions import Fraction
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.str_]
Truths = NDArray[np.bool_]
Columns = TypeVar("Columns")

ISLANDS = {
    **dict.fromkeys(("11", "12", "13", "14", "15", "16", "17", "18", "19", "21"), 1),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36"), 2),
    **dict.fromkeys(("51", "52", "53"), 3),
    **dict.fromkeys(("61", "62", "63", "64", "65"), 4),
    **dict.fromkeys(("71", "72", "73", "74", "75", "76"), 5),
    **dict.fromkeys(("81", "82"), 6),
    **dict.fromkeys(("91", "92", "93", "94", "95", "96"), 7),
}
"""Island group by the first two digits of a code. Straits inside a group are not known to the data."""


class Kind(IntEnum):
    """One kind of leg, from whom to whom; the order is canonical."""

    MILLING = 0
    """paddy, village → mill"""
    PADDY = 1
    """paddy, village → hub that buys it"""
    RETAIL = 2
    """rice, mill → village that buys it"""
    DELIVERY = 3
    """rice, mill → hub"""
    TRANSFER = 4
    """rice, hub → hub; the only leg that may cross the sea"""
    SUPPLY = 5
    """rice, hub → town"""


@dataclass(frozen=True)
class Villages:
    """One row a village: its code, where it lies, its island group, and kg paddy on offer (0 for none).

    `asks` is the least Rp/kg at which its paddy is sold unmilled (0: none beyond the floor); where `milled` is false,
    nothing of it goes to a mill. A party that lets only so much be milled stands here twice. Left out, nothing binds.
    """

    codes: Words
    latitudes: Ints
    longitudes: Ints
    islands: Ints
    paddy: Ints
    asks: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    milled: Truths = field(default_factory=lambda: np.empty(0, np.bool_))

    def __post_init__(self) -> None:
        """Let nothing bind where no ask and no wish is given."""
        if not len(self.asks):
            object.__setattr__(self, "asks", np.zeros(len(self.codes), np.int64))
        if not len(self.milled):
            object.__setattr__(self, "milled", np.ones(len(self.codes), np.bool_))


@dataclass(frozen=True)
class Mills:
    """One row a mill: the row of its village, kg paddy a season, yield per 10,000 and fee in Rp per kg paddy."""

    villages: Ints
    capacities: Ints
    yields: Ints
    fees: Ints


@dataclass(frozen=True)
class Demands:
    """One row a buyer of rice: the row of its village, kg rice, Rp/kg, and whether hubs deliver to it (a town)."""

    villages: Ints
    rice: Ints
    prices: Ints
    towns: Truths


@dataclass(frozen=True)
class Hubs:
    """One row a hub (the store of a regency): its code and place, kg and Rp/kg of paddy and of rice it buys."""

    codes: Words
    latitudes: Ints
    longitudes: Ints
    islands: Ints
    paddy: Ints
    paddy_prices: Ints
    rice: Ints
    rice_prices: Ints


@dataclass(frozen=True)
class Rates:
    """The dated reference table. Rates are Rp/t·km; `load` and `sea_surcharge` Rp per tonne and leg; radii metres.

    `road_percent` makes road of the crow's flight; `rice_price` values a mill's better or worse yield.
    """

    baseline: int = 6_200
    paddy_rate: int = 3_500
    rice_rate: int = 2_100
    truck_rate: int = 1_100
    load: int = 40_000
    sea_surcharge: int = 300_000
    road_percent: int = 135
    byproduct: int = 250
    paddy_floor: int = 6_500
    rice_price: int = 12_600
    drying_percent: int = 84
    yield_standard: int = 6_300
    radii: tuple[int, int, int, int, int, int] = (60_000, 60_000, 60_000, 200_000, 1_200_000, 400_000)

    @property
    def rho(self) -> Fraction:
        """Give kg rice per kg paddy at the standard yield."""
        return Fraction(self.drying_percent * self.yield_standard, 1_000_000)

    def paddy_of(self, rice: Ints) -> Ints:
        """Give the most whole kg paddy whose rice does not exceed `rice`."""
        return rice * self.rho.denominator // self.rho.numerator

    def rice_of(self, paddy: Ints) -> Ints:
        """Give the whole kg rice of `paddy`."""
        return paddy * self.rho.numerator // self.rho.denominator


@dataclass(frozen=True, order=True)
class Signed:
    """An agreement in force: at least `kg` paddy (for rice: the paddy it is made of) on one leg, by codes."""

    kind: Kind
    seller: str
    buyer: str
    kg: int
    agreement: str = ""


@dataclass(frozen=True, order=True)
class Forbidden:
    """A pair that must not meet on one kind of leg, by codes."""

    kind: Kind
    seller: str
    buyer: str


@dataclass(frozen=True)
class AreaProblem:
    """A regency, a province or the nation for one season. A leg names villages by their code, hubs by theirs."""

    villages: Villages
    mills: Mills
    demands: Demands
    hubs: Hubs
    rates: Rates = field(default_factory=Rates)
    signed: tuple[Signed, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()

    def canonical(self) -> AreaProblem:
        """Give the same question sorted by code; two orders of one input give the same bytes from here on."""
        order = np.argsort(self.villages.codes, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        mills = _by_all(replace(self.mills, villages=place[self.mills.villages]))
        demands = _by_all(replace(self.demands, villages=place[self.demands.villages]))
        hubs = take(self.hubs, np.argsort(self.hubs.codes, kind="stable"))
        signed, forbidden = tuple(sorted(self.signed)), tuple(sorted(set(self.forbidden)))
        return AreaProblem(take(self.villages, order), mills, demands, hubs, self.rates, signed, forbidden)

    def part(self, keep: Truths, keep_hubs: Truths) -> AreaProblem:
        """Give what lies in the kept villages and hubs; agreements and bans that lead out are left out."""
        place = np.cumsum(keep) - 1
        mills = take(self.mills, np.flatnonzero(keep[self.mills.villages]))
        demands = take(self.demands, np.flatnonzero(keep[self.demands.villages]))
        villages, hubs = take(self.villages, np.flatnonzero(keep)), take(self.hubs, np.flatnonzero(keep_hubs))
        known = {*villages.codes.tolist(), *hubs.codes.tolist()}
        return AreaProblem(
            villages,
            replace(mills, villages=place[mills.villages]),
            replace(demands, villages=place[demands.villages]),
            hubs,
            self.rates,
            tuple(one for one in self.signed if {one.seller, one.buyer} <= known),
            tuple(one for one in self.forbidden if {one.seller, one.buyer} <= known),
        )


def take(columns: Columns, rows: Ints) -> Columns:
    """Give the chosen rows of every column."""
    kind = type(columns)
    return kind(*(getattr(columns, one.name)[rows] for one in fields(columns)))  # type: ignore[arg-type]


def _by_all(columns: Columns) -> Columns:
    keys = [getattr(columns, one.name) for one in fields(columns)]  # type: ignore[arg-type]
    return take(columns, np.lexsort(keys[::-1]))

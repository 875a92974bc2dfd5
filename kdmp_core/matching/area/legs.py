"""Legs between two kinds of places: who is admissible, how far, and what the way costs; all vectorised.

Distances are great circles in whole metres. Places become points in metres around the earth's centre with a fourth
coordinate by island group, so that no neighbour is ever found across the sea where a leg may not cross it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from kdmp_core.matching.area.model import Ints, Kind, Rates, Truths
from kdmp_core.matching.distance import EARTH_RADIUS

Points = NDArray[np.float64]

APART = 1e9
"""Metres between two island groups in the fourth coordinate: more than any radius."""

SLACK = 3.0
"""Metres added to a ball that is searched, against rounding; what is found is tested in integers afterwards."""


def points(latitudes: Ints, longitudes: Ints, islands: Ints) -> Points:
    """Give places in hundred-thousandths of a degree as points in metres."""
    north, east = np.radians(latitudes / 100_000), np.radians(longitudes / 100_000)
    level = EARTH_RADIUS * np.cos(north)
    flat = (level * np.cos(east), level * np.sin(east), EARTH_RADIUS * np.sin(north), APART * islands)
    return np.ascontiguousarray(np.stack(flat, axis=1))


def metres(one: Points, other: Points) -> Ints:
    """Give whole metres along the great circle between points row by row; island groups do not count."""
    difference = one[:, :3] - other[:, :3]
    chord = np.sqrt(np.einsum("ij,ij->i", difference, difference))
    return np.asarray(np.rint(2 * EARTH_RADIUS * np.arcsin(np.minimum(1.0, chord / (2 * EARTH_RADIUS)))), np.int64)


def within(one: Points, other: Points, radius: int) -> Truths:
    """Say row by row whether `metres` is at most `radius`, without taking it where that is plain."""
    difference = one[:, :3] - other[:, :3]
    squares = np.einsum("ij,ij->i", difference, difference)
    sure, never = chords(np.array([radius - SLACK, radius + SLACK])) ** 2
    near: Truths = np.asarray(squares <= sure)
    doubtful = np.flatnonzero(~near & (squares <= never))
    near[doubtful] = metres(one[doubtful], other[doubtful]) <= radius
    return np.asarray(near)


def chords(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give straight lines through the earth for distances along its surface."""
    widest = np.pi * EARTH_RADIUS
    return np.asarray(2 * EARTH_RADIUS * np.sin(np.clip(distances, 0, widest) / (2 * EARTH_RADIUS)))


def single(keys: Ints) -> Ints:
    """Give the keys sorted, each once (numpy's own way by hashing takes ten times as long)."""
    keys = np.sort(keys)
    return np.asarray(keys[np.diff(keys, prepend=-1) != 0])


def tree(places: Points) -> cKDTree:
    """Give a KD-tree, built the quick way."""
    return cKDTree(places, balanced_tree=False, compact_nodes=False)


@dataclass(frozen=True)
class Side:
    """One end of a leg: the node of the network and the place of each row."""

    nodes: Ints
    places: Points

    def __len__(self) -> int:
        return len(self.nodes)

    @cached_property
    def tree(self) -> cKDTree:
        """Give the KD-tree over all places, built once."""
        return tree(self.places)


@dataclass(frozen=True)
class Leg:
    """All admissible pairs of one kind, never listed: two sides, a rate and a radius, less what is forbidden.

    Where `asked` and `paid` are given, a pair is admissible only if its head pays what its tail asks.
    """

    kind: Kind
    tails: Side
    heads: Side
    rates: Rates
    forbidden: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    asked: Ints | None = None
    paid: Ints | None = None

    @property
    def radius(self) -> int:
        """Give the longest admissible way in metres as the crow flies."""
        return self.rates.radii[self.kind]

    @property
    def rate(self) -> int:
        """Give Rp/t·km of what is carried."""
        if self.kind in {Kind.MILLING, Kind.PADDY}:
            return self.rates.paddy_rate
        return self.rates.rice_rate if self.kind in {Kind.RETAIL, Kind.DELIVERY} else self.rates.truck_rate

    @property
    def is_rice(self) -> bool:
        """Say whether rice is carried: then a tonne of paddy weighs only what its rice weighs."""
        return self.kind not in {Kind.MILLING, Kind.PADDY}

    def keys(self, tails: Ints, heads: Ints) -> Ints:
        """Give one number a pair; sorted, it is the canonical order."""
        return tails * len(self.heads) + heads

    def pairs(self, keys: Ints) -> tuple[Ints, Ints]:
        """Give the rows of both sides again."""
        return np.divmod(keys, max(len(self.heads), 1))

    def costs(self, keys: Ints) -> Ints:
        """Give Rp per tonne of paddy, rounded half up to whole rupiah; 0 within one place."""
        tails, heads = self.pairs(keys)
        one, other = self.tails.places[tails], self.heads.places[heads]
        sea = one[:, 3] != other[:, 3]
        return self.price(metres(one, other), sea * self.rates.sea_surcharge)

    def metres_of(self, keys: Ints) -> Ints:
        """Give how far the pairs are apart."""
        tails, heads = self.pairs(keys)
        return metres(self.tails.places[tails], self.heads.places[heads])

    def price(self, distances: Ints, surcharges: Ints | int = 0) -> Ints:
        """Give what ways of so many metres cost, Rp per tonne of paddy."""
        road = (distances * (self.rate * self.rates.road_percent) + 50_000) // 100_000
        cost = np.asarray(np.where(distances == 0, 0, road + self.rates.load) + surcharges, np.int64)
        if not self.is_rice:
            return cost
        rho = self.rates.rho
        return np.asarray((2 * rho.numerator * cost + rho.denominator) // (2 * rho.denominator), np.int64)

    def reach(self, margins: Ints) -> NDArray[np.float64]:
        """Give how far a way may be, in metres, that costs less than each margin; never less than it truly may."""
        share = float(self.rates.rho) if self.is_rice else 1.0
        per_metre = max(self.rate * self.rates.road_percent / 100_000, 1e-9)
        far = ((margins + 1) / share + 1 - self.rates.load) / per_metre
        return np.clip(far, 0, self.radius) + SLACK

    def admissible(self, keys: Ints) -> Ints:
        """Give the pairs, sorted and single, that lie within the radius, on one island and are not forbidden."""
        keys = single(keys)
        tails, heads = self.pairs(keys)
        one, other = self.tails.places[tails], self.heads.places[heads]
        near = within(one, other, self.radius)
        if self.kind is not Kind.TRANSFER:
            near &= one[:, 3] == other[:, 3]
        if self.asked is not None and self.paid is not None:
            near &= self.asked[tails] <= self.paid[heads]
        keys = keys[near]
        return keys[~np.isin(keys, self.forbidden)] if len(self.forbidden) else keys

    def nearest(self, count: int) -> Ints:
        """Give the pairs of every row, on either side, with its `count` nearest of the other."""
        if not (len(self.tails) and len(self.heads)):
            return np.empty(0, np.int64)
        tails, heads = self.neighbours(self.tails, self.heads, count)
        back_heads, back_tails = self.neighbours(self.heads, self.tails, count)
        return self.admissible(np.concatenate((self.keys(tails, heads), self.keys(back_tails, back_heads))))

    def neighbours(self, ones: Side, others: Side, count: int) -> tuple[Ints, Ints]:
        """Give rows of `ones` and of their `count` nearest `others` within the radius, pair by pair."""
        found = self.near(ones, others, count)
        rows, places = np.nonzero(found < len(others))
        return rows.astype(np.int64), found[rows, places]

    def near(self, ones: Side, others: Side, count: int) -> Ints:
        """Give a line of rows of `others` for each of `ones`, nearest first, `len(others)` where there is none."""
        bound = float(chords(np.array([self.radius + SLACK]))[0])
        wanted = np.arange(1, min(count, len(others)) + 1)
        _, found = others.tree.query(ones.places, k=wanted, distance_upper_bound=bound)
        return np.asarray(found, np.int64)

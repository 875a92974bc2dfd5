"""One change to a solved area, answered warm: from the basis found last, in hundredths of a second (matching.md §3.7).

The old prices bound what a change can bring before anything is solved. The answer is exact over the pairs of the
model; `upper_bound` holds over all pairs. Every answer is certified; the change is taken back afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from kdmp_core.errors import InvalidInput
from kdmp_core.matching.area.certify import dot, keeps
from kdmp_core.matching.area.engines import SIGNED_BONUS, Warm
from kdmp_core.matching.area.legs import Leg, Side, points
from kdmp_core.matching.area.model import Ints, Kind
from kdmp_core.matching.area.network import Arcs
from kdmp_core.matching.area.result import AreaResult


@dataclass(frozen=True)
class Changed:
    """Thousandths of a rupiah before and after; no flow over all pairs is above `upper_bound`.

    `nodes` are the codes whose sales, milling or purchases differ, and by how many kg.
    """

    before: int
    value: int
    upper_bound: int
    nodes: tuple[tuple[str, int], ...]

    @property
    def gain(self) -> int:
        """Give what the change brings; below 0 what it costs."""
        return self.value - self.before


class WhatIf:
    """A result kept in HiGHS for questions. The first solve is cold, whichever engine found the result."""

    def __init__(self, result: AreaResult) -> None:
        """Solve the result's arcs once, to have a basis."""
        self.result, self.network = result, result.network
        gains = result.arcs.gains.copy()
        gains[self.network.signed_at] += SIGNED_BONUS
        self.warm = Warm(replace(result.arcs, gains=gains))
        self.warm.cold()

    def mill(self, code: str, capacity: int) -> Changed:
        """Answer: the mills of a village could take `capacity` kg in all (the first takes what changes)."""
        rows = np.flatnonzero(self.network.problem.villages.codes[self.network.problem.mills.villages] == code)
        if not len(rows):
            raise InvalidInput("matching.party_unknown", party=code)
        others = int(self.network.mill_most[rows[1:]].sum())
        return self._limit(self.network.mills_at.start + int(rows[0]), capacity - others)

    def demand(self, code: str, rice: int) -> Changed:
        """Answer: the buyer in a village wanted `rice` kg."""
        rows = np.flatnonzero(self.network.problem.villages.codes[self.network.problem.demands.villages] == code)
        if not len(rows):
            raise InvalidInput("matching.party_unknown", party=code)
        at = len(self.network.supply) + 2 * len(self.network.problem.hubs.codes) + int(rows[0])
        return self._limit(at, int(self.network.rates.paddy_of(np.array([rice]))[0]))

    def forbid(self, kind: Kind, seller: str, buyer: str) -> Changed:
        """Answer: this pair might not meet on this kind of leg."""
        codes, legs = self.network.codes, self.network.model[kind]
        first = self.network.offset(kind)
        at = np.arange(first, first + len(legs))
        tails, heads = codes[self.result.arcs.tails[at]], codes[self.result.arcs.heads[at]]
        found = at[(tails == seller) & (heads == buyer)]
        if len(found) == 0:
            proven = self.result.certificate
            return Changed(proven.value, proven.value, proven.upper_bound, ())
        return self._limit(int(found[0]), 0)

    def new_mill(self, code: str, capacity: int, fee: int, mill_yield: int | None = None) -> Changed:
        """Answer: one more mill stood in a village. Every pair within the radii may use it."""
        network = self.network
        rates, villages = network.rates, network.problem.villages
        row = np.flatnonzero(villages.codes == code)
        if not len(row):
            raise InvalidInput("matching.party_unknown", party=code)
        into, out = network.nodes, network.nodes + 1
        spot = points(villages.latitudes[row], villages.longitudes[row], villages.islands[row])
        better = ((mill_yield or rates.yield_standard) - rates.yield_standard) * (
            rates.drying_percent * rates.rice_price
        )
        gain = 1000 * (rates.byproduct - fee) + (better + 500) // 1000
        ways = [
            self._ways(Kind.MILLING, Side(np.array([into]), spot), heads=True),
            self._ways(Kind.RETAIL, Side(np.array([out]), spot), heads=False),
            self._ways(Kind.DELIVERY, Side(np.array([out]), spot), heads=False),
        ]
        tails, heads, gains = (np.concatenate(columns) for columns in zip(*ways, strict=True))
        most = np.full(len(tails), network.room)
        column = [np.array([one]) for one in (into, out, min(capacity, network.room), gain)]
        new = (np.append(tails, column[0]), np.append(heads, column[1]), np.append(most, column[2]),
               np.append(gains, column[3]))  # fmt: skip
        return self._grown(new, self._fills(ways, capacity, gain))

    def _ways(self, kind: Kind, side: Side, *, heads: bool) -> tuple[Ints, Ints, Ints]:
        """Give tails, heads and gains of all pairs of one kind that a new side has."""
        leg = self.network.legs[kind]
        terms = (leg.asked, np.zeros(len(side), np.int64)) if heads and leg.asked is not None else (None, None)
        leg = Leg(
            kind, leg.tails if heads else side, side if heads else leg.heads, leg.rates, leg.forbidden[:0], *terms
        )
        keys = leg.admissible(np.arange(len(leg.tails) * len(leg.heads), dtype=np.int64))
        tails, ends = leg.pairs(keys)
        return leg.tails.nodes[tails], leg.heads.nodes[ends], -leg.costs(keys)

    def _fills(self, ways: list[tuple[Ints, Ints, Ints]], capacity: int, gain: int) -> int:
        """Give the most that filling a new mill can bring at the old prices: an upper bound by weak duality."""
        prices = self.result.prices
        sales = np.concatenate([prices[heads] + gains for _, heads, gains in ways[1:]])
        if not len(sales):
            return 0
        growers, _, costs = ways[0]
        margins = int(sales.max()) + gain + costs - prices[growers]
        order = np.argsort(-margins, kind="stable")
        kg, margins = self.network.supply[growers[order]], np.maximum(margins[order], 0)
        taken = np.clip(capacity - (np.cumsum(kg) - kg), 0, kg)
        return dot(taken, margins)

    def _grown(self, new: tuple[Ints, ...], more: int) -> Changed:
        old = self.result.arcs
        pairs = zip((old.tails, old.heads, old.most, old.gains), new, strict=True)
        tails, heads, most, gains = (np.concatenate(pair) for pair in pairs)
        arcs = Arcs(tails, heads, most, gains, np.append(old.supplies, [0, 0]), np.append(old.names, [0, 0]))
        with self.warm.grown(new, self.network.layers.sink):
            kg, _ = self.warm.answer()
        keeps(self.network, arcs, kg)
        bound = self.result.certificate.upper_bound + more
        return Changed(self.result.certificate.value, dot(arcs.gains, kg), bound, self._moved(kg[: len(old)]))

    def _limit(self, arc: int, most: int) -> Changed:
        """Answer for another limit of one arc, within the room there is."""
        old, most = int(self.result.arcs.most[arc]), max(0, min(most, self.network.room))
        limits = self.result.arcs.most.copy()
        limits[arc] = most
        arcs = replace(self.result.arcs, most=limits)
        with self._put(arc, most, old):
            return self._answer(arcs, self._bounded(arc, most - old))

    @contextmanager
    def _put(self, arc: int, most: int, old: int) -> Iterator[None]:
        self.warm.change(arc, most)
        try:
            self.warm.again()
            yield
        finally:
            self.warm.change(arc, old)

    def _bounded(self, arc: int, more: int) -> int:
        """Give what the old prices prove of the new question, without a solve."""
        prices, arcs = self.result.prices, self.result.arcs
        worth = int(prices[arcs.heads[arc]] + arcs.gains[arc] - prices[arcs.tails[arc]])
        return self.result.certificate.upper_bound + more * max(0, worth)

    def _answer(self, arcs: Arcs, upper_bound: int) -> Changed:
        kg, _ = self.warm.answer()
        keeps(self.network, arcs, kg)
        value = dot(arcs.gains, kg)
        return Changed(self.result.certificate.value, value, upper_bound, self._moved(kg))

    def _moved(self, kg: Ints) -> tuple[tuple[str, int], ...]:
        """Give what the limits' arcs carry more or less: kept, bought, milled."""
        last = self.network.mills_at.stop
        more = kg[:last] - self.result.kg[:last]
        changed = np.flatnonzero(more)
        return tuple((str(self.network.codes[self.result.arcs.tails[arc]]), int(more[arc])) for arc in changed.tolist())

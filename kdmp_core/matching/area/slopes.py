"""Which links to use: begin with the flow that bears spread charges, drop what breaks a rule, solve, again.

Then the cost of a link is spread over what it carried, or taken as spent, and the way is gone once more. A heuristic:
it promises nothing, and `lots` proves how far from the bound its flow is. It goes by rounds, never by seconds, over
arrays in canonical order: the same question finds the same links.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kdmp_core.matching.area.certify import dot
from kdmp_core.matching.area.engines import SIGNED_BONUS, Engine, Warm, solve
from kdmp_core.matching.area.model import Ints, Truths
from kdmp_core.matching.area.network import Arcs

PASSES = 2
"""How often the way is gone again, each time in both manners, from the best flow found so far."""

FREELY = 4
"""After so many flows of a pass no link comes in that none of them used: else each dropped one calls its neighbour."""

STEEP = 1 << 30
"""Rp per tonne that a spread cost is at most."""

OPEN_BONUS = SIGNED_BONUS // 4
"""Rp per tonne that the lot of a link held open gains besides, so that it flows; less than what is signed."""


@dataclass(frozen=True)
class Links:
    """What hangs on every arc: whether it is a link, its lot, the most it may carry, whose limit on partners counts.

    `owners` is a node, -1 where none counts; `partners` how many links may leave each node besides the signed ones;
    `cost` thousandths of a rupiah a link.
    """

    are: Truths
    lots: Ints
    most: Ints
    owners: Ints
    partners: Ints
    cost: int

    def short(self, kg: Ints) -> Truths:
        """Say which links carry something, but less than their lot."""
        return self.are & (kg > 0) & (kg < self.lots)

    def nearly(self, kg: Ints) -> Truths:
        """Say which of those lie nearer to their lot than to nothing, and could carry it."""
        return self.short(kg) & (2 * kg >= self.lots) & (self.most >= self.lots)

    def beyond(self, kg: Ints) -> Truths:
        """Say which links are one too many for the place they leave from: those that carry least."""
        counted = np.flatnonzero(self.are & (kg > 0) & (self.owners >= 0))
        order = counted[np.lexsort((counted, -kg[counted], self.owners[counted]))]
        owners = self.owners[order]
        rank = np.arange(len(order)) - np.searchsorted(owners, owners, side="left")
        found: Truths = np.zeros(len(kg), np.bool_)
        found[order[rank >= self.partners[owners]]] = True
        return found

    def used(self, kg: Ints) -> Truths:
        """Say which links carry something."""
        return self.are & (kg > 0)

    def net(self, arcs: Arcs, kg: Ints) -> int:
        """Give what a flow is worth less its links, in thousandths of a rupiah."""
        return dot(arcs.gains, kg) - self.cost * int(self.used(kg).sum())


class Asked:
    """The same arcs asked with other gains and limits; HiGHS goes on from the basis found last.

    The links `held` open gain more on their lot, so that it flows where it can.
    """

    def __init__(self, arcs: Arcs, signed_at: slice, held: Ints, lots: Ints, engine: Engine) -> None:
        """Begin with nothing solved; `lots` an arc."""
        self.arcs, self.signed_at, self.held, self.lots, self.engine = arcs, signed_at, held, lots[held], engine
        self._warm: Warm | None = None

    def flow(self, gains: Ints, most: Ints) -> Ints:
        """Give whole kg an arc. Raises Trouble `matching.solver`."""
        arcs, held = self.arcs, self.held
        gains, rest = gains.copy(), most.copy()
        gains[self.signed_at] += SIGNED_BONUS
        lots = np.minimum(self.lots, most[held])
        rest[held] -= lots
        whole = Arcs(
            np.append(arcs.tails, arcs.tails[held]), np.append(arcs.heads, arcs.heads[held]), np.append(rest, lots),
            np.append(gains, gains[held] + OPEN_BONUS), arcs.supplies, arcs.names,
        )  # fmt: skip
        kg = self._solved(whole)
        kg[held] += kg[len(arcs) :]
        return kg[: len(arcs)]

    def _solved(self, arcs: Arcs) -> Ints:
        if self.engine is Engine.FLOW or not len(arcs):
            return solve(arcs, self.engine, priced=False)[0].copy()
        if self._warm is None:
            self._warm = Warm(arcs)
            self._warm.cold()
        else:
            self._warm.reprice(arcs.gains, arcs.most)
            self._warm.again()
        return self._warm.kg()


@dataclass(frozen=True)
class Search:
    """The arcs of an area and what hangs on them, where the signed ones stand, and who solves."""

    arcs: Arcs
    links: Links
    signed_at: slice
    engine: Engine

    def run(self, bounding: Ints) -> Ints:
        """Give a good flow that keeps every rule; `bounding` is the best flow under spread charges."""
        links = self.links
        spread = np.where(links.are, links.cost // np.maximum(links.most, 1), 0)
        near = np.flatnonzero(links.nearly(bounding))
        best = self._filled(self._sifted(bounding, spread))
        if len(near):
            best = self._better(best, self._filled(self._sifted(None, spread, near)))
        tried: set[tuple[int, bytes]] = set()
        for turn in range(2 * PASSES):
            asked = turn % 2, best.tobytes()
            if asked not in tried:
                tried.add(asked)
                best = self._better(best, self._filled(self._sifted(None, self._respread(spread, best, turn % 2))))
        return best

    def _respread(self, spread: Ints, kg: Ints, manner: int) -> Ints:
        """Give what links cost a tonne: those in use over what they carry (0) or nothing (1), the others as before."""
        fresh = np.zeros_like(kg) if manner else np.minimum(self.links.cost // np.maximum(kg, 1), STEEP)
        return np.where(self.links.used(kg), fresh, spread)

    def _better(self, one: Ints, other: Ints) -> Ints:
        """Give the flow that keeps more of what is signed, then the one worth more, the first among equals."""
        worth = [(int(kg[self.signed_at].sum()), self.links.net(self.arcs, kg)) for kg in (one, other)]
        return other if worth[1] > worth[0] else one

    def _sifted(self, kg: Ints | None, slopes: Ints, held: Ints | None = None) -> Ints:
        """Drop what is below its lot or one partner too many, solve, again, until a flow keeps every rule.

        Whoever had too many partners keeps those he has. Every flow closes a link, so this ends.
        """
        arcs, links, most = self.arcs, self.links, self.arcs.most.copy()
        asked = self._ask(np.empty(0, np.int64) if held is None else held)
        kg = asked.flow(arcs.gains - slopes, most) if kg is None else kg
        seen, flows = kg > 0, 0
        while True:
            beyond = links.beyond(kg)
            wrong = links.short(kg) | beyond
            if not wrong.any():
                return kg
            most[wrong] = 0
            full = np.isin(links.owners, links.owners[beyond])
            most[links.are & full & (kg == 0)] = 0
            flows += 1
            if flows > FREELY:
                most[links.are & ~seen] = 0
            kg = asked.flow(arcs.gains - slopes, most)
            seen |= kg > 0

    def _filled(self, kg: Ints) -> Ints:
        """Give the best flow over the links in use, each with its lot or more; as it was where that is no better."""
        used = self.links.used(kg)
        most = np.where(self.links.are & ~used, 0, self.arcs.most)
        filled = self._ask(np.flatnonzero(used & (self.links.lots > 0))).flow(self.arcs.gains, most)
        return kg if self.links.short(filled).any() else self._better(kg, filled)

    def _ask(self, held: Ints) -> Asked:
        return Asked(self.arcs, self.signed_at, held, self.links.lots, self.engine)

"""Prices out of a flow: what one more kilogram at a node is worth is the longest residual way to the sink.

The flow solver gives none, and those of a linear solver are any of many. A best flow has no way round that gains, so
the ways are finite; sweeps over the arcs, layer by layer there and back again, find them in a few rounds
(matching.md §2.4: exact, the right-hand price).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kdmp_core.errors import Trouble
from kdmp_core.matching.area.model import Ints
from kdmp_core.matching.area.network import Arcs

NOTHING = -(1 << 40)
"""The price where no kilogram can go: nothing reaches the sink from there."""

MOST_SWEEPS = 20_000
"""More means that the flow was not a best one."""


@dataclass(frozen=True)
class _Block:
    """Residual arcs in order of their tails; `firsts` is where each tail begins."""

    tails: Ints
    firsts: Ints
    heads: Ints
    gains: Ints

    @classmethod
    def of(cls, tails: Ints, heads: Ints, gains: Ints) -> _Block:
        order = np.argsort(tails, kind="stable")
        ordered = tails[order]
        firsts = np.flatnonzero(np.diff(ordered, prepend=-1))
        return cls(ordered[firsts], firsts, heads[order], gains[order])

    def lift(self, prices: Ints) -> bool:
        """Raise the tails to what their best arc gives; say whether any rose."""
        if not len(self.tails):
            return False
        best = np.maximum.reduceat(prices[self.heads] + self.gains, self.firsts)
        rising = best > prices[self.tails]
        prices[self.tails[rising]] = best[rising]
        return bool(rising.any())


def residual_prices(arcs: Arcs, kg: Ints) -> Ints:
    """Give Rp per tonne of one more kg at every node. Raises Trouble when the flow can be bettered without end."""
    prices = np.full(len(arcs.supplies), NOTHING, np.int64)
    prices[-1] = 0
    blocks = _blocks(arcs, kg)
    for _ in range(MOST_SWEEPS):
        risen = [block.lift(prices) for block in blocks]
        if not any(risen):
            return prices
    raise Trouble("matching.uncertified", cause="prices")


def _blocks(arcs: Arcs, kg: Ints) -> list[_Block]:
    """Give the open arcs from the last layer to the first, then those that carry something, backwards."""
    level = _levels(arcs)
    open_, used = kg < arcs.most, kg > 0
    parts = sorted(set(level[arcs.tails].tolist()))
    there = [open_ & (level[arcs.tails] == part) for part in reversed(parts)]
    back = [used & (level[arcs.tails] == part) for part in parts]
    forward = [_Block.of(arcs.tails[one], arcs.heads[one], arcs.gains[one]) for one in there]
    return forward + [_Block.of(arcs.heads[one], arcs.tails[one], -arcs.gains[one]) for one in back]


def _levels(arcs: Arcs) -> Ints:
    """Give the layer of every node: how many arcs the longest way down to it has."""
    level = np.zeros(len(arcs.supplies), np.int64)
    while True:
        deeper = level.copy()
        np.maximum.at(deeper, arcs.heads, level[arcs.tails] + 1)
        if (deeper == level).all():
            return level
        level = deeper

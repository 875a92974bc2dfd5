"""Parts of an area that nothing in the model joins, island groups as a rule: each is solved and judged by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kdmp_core.matching.area.certify import dot
from kdmp_core.matching.area.model import Ints
from kdmp_core.matching.area.network import Arcs, Network


@dataclass(frozen=True)
class Part:
    """The arcs of a part and its nodes, the sink last."""

    arcs: Ints
    nodes: Ints

    def of(self, arcs: Arcs) -> Arcs:
        """Give the part's arrays with nodes numbered anew, in the same order."""
        place = np.zeros(len(arcs.supplies), np.int64)
        place[self.nodes] = np.arange(len(self.nodes))
        supplies = arcs.supplies[self.nodes]
        supplies[-1] = -supplies[:-1].sum()
        tails, heads = place[arcs.tails[self.arcs]], place[arcs.heads[self.arcs]]
        return Arcs(tails, heads, arcs.most[self.arcs], arcs.gains[self.arcs], supplies, arcs.names[self.nodes])


def split(network: Network, arcs: Arcs) -> list[Part]:
    """Give the parts by island group; groups that an arc of the model joins are one."""
    island = network.islands
    joined = {group: group for group in np.unique(island).tolist()}
    sink = network.layers.sink
    inner = arcs.heads < sink
    pairs = np.stack((island[arcs.tails[inner]], island[arcs.heads[inner]]), axis=1)
    for one, other in np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0).tolist():
        into, gone = joined[one], joined[other]
        joined = {group: into if root == gone else root for group, root in joined.items()}
    roots = np.array([joined[group] for group in island.tolist()], np.int64) if len(island) else island
    return [
        Part(np.flatnonzero(roots[arcs.tails] == root), np.append(np.flatnonzero(roots == root), sink))
        for root in sorted(set(joined.values()))
    ]


def figures(network: Network, arcs: Arcs, kg: Ints, prices: Ints, part: Part) -> tuple[int, int]:
    """Give value and upper bound of one part, in thousandths of a rupiah."""
    inside = np.zeros(network.nodes, np.bool_)
    inside[part.nodes] = True
    layers, held = network.layers, network.held
    mine = inside[layers.mills_in], inside[network.sink_tails], inside[held.tails]
    mills = np.maximum(prices[layers.mills_out] + network.mill_gains - prices[layers.mills_in], 0)
    sinks = np.maximum(network.sink_gains - prices[network.sink_tails], 0)
    bound = dot(network.supply * inside[layers.paddy], prices[layers.paddy])
    bound += dot(network.mill_most * mine[0], mills) + dot(network.sink_most * mine[1], sinks)
    bound += dot(held.least * mine[2], prices[held.heads] + held.gains - prices[held.tails])
    return dot(arcs.gains[part.arcs], kg[part.arcs]), bound

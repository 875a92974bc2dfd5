"""What people do by hand on the same arcs, as baselines to print beside the optimum (matching.md §3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush, heapreplace

import numpy as np

from kdmp_core.matching.area.model import Ints
from kdmp_core.matching.area.network import Arcs, Network

NOWAY = -(1 << 60)


@dataclass(frozen=True)
class Greedy:
    """Thousandths of a rupiah: the best margin first, and the nearest that pays first."""

    best_margin: int
    nearest: int


def baselines(network: Network, arcs: Arcs) -> Greedy:
    """Give both values. Signed agreements are not seen: hands do not plan around paper."""
    metres = np.zeros(len(arcs), np.int64)
    first = network.offset(network.legs[0].kind)
    ways = [leg.metres_of(network.model[leg.kind]) for leg in network.legs]
    metres[first:] = np.concatenate(ways)
    keeping = len(network.supply)
    usable = np.flatnonzero(arcs.most > 0)
    usable = usable[(usable >= keeping) & ~np.isin(usable, np.arange(*network.signed_at.indices(len(arcs))))]
    return Greedy(_Hands(network, arcs, usable, arcs.gains).fill(), _Hands(network, arcs, usable, -metres).fill())


class _Hands:
    """Again and again the way that stands first: from a village to a sink, as far as limits still allow.

    The arcs of a node stand in order of what their best way is worth while nothing is full. That only falls as limits
    fill: an arc comes into the node's heap when its turn comes, and the top is looked at anew until it stays on top.
    """

    def __init__(self, network: Network, arcs: Arcs, usable: Ints, weights: Ints) -> None:
        self.supply, self.sink = network.supply.tolist(), network.layers.sink
        keys = -(weights[usable] + _unlimited(network, arcs, usable, weights)[arcs.heads[usable]])
        tails = arcs.tails[usable]
        order = np.lexsort((usable, keys, tails))
        self.arcs, self.keys = usable[order].tolist(), keys[order].tolist()
        bounds = np.searchsorted(tails[order], np.arange(network.nodes + 1))
        self.turns, self.ends = bounds[:-1].tolist(), bounds[1:].tolist()
        self.heads, self.left = arcs.heads.tolist(), arcs.most.tolist()
        self.gains, self.weights = arcs.gains.tolist(), weights.tolist()
        self.heaps: dict[int, list[tuple[int, int]]] = {}

    def fill(self) -> int:
        """Give the value of what hands reach."""
        first = [(-self.best(node), node) for node in range(len(self.supply))]
        queue = [one for one in first if one[0] != -NOWAY]
        heapify(queue)
        value = 0
        while queue:
            known, node = queue[0]
            now = -self.best(node) if self.supply[node] else -NOWAY
            if now == -NOWAY:
                heappop(queue)
            elif now != known:
                heapreplace(queue, (now, node))
            else:
                value += self._take(node)
        return value

    def best(self, node: int) -> int:
        """Give what the first way from a node is worth now, NOWAY without one."""
        if node == self.sink:
            return 0
        heap = self.heaps.setdefault(node, [])
        while self._filled(node, heap):
            key, arc = heap[0]
            there = self.best(self.heads[arc]) if self.left[arc] else NOWAY
            if there == NOWAY:
                heappop(heap)
            elif self.weights[arc] + there == -key:
                return -key
            else:
                heapreplace(heap, (-(self.weights[arc] + there), arc))
        return NOWAY

    def _filled(self, node: int, heap: list[tuple[int, int]]) -> bool:
        """Take in the arcs whose turn has come; say whether there is any."""
        turn = self.turns[node]
        while turn < self.ends[node] and (not heap or self.keys[turn] <= heap[0][0]):
            heappush(heap, (self.keys[turn], self.arcs[turn]))
            turn += 1
        self.turns[node] = turn
        return bool(heap)

    def _take(self, node: int) -> int:
        """Use the first way as far as it goes, or give up its first leg where it does not pay."""
        way = list(self._way(node))
        gain: int = sum(self.gains[arc] for arc in way)
        if gain <= 0:
            heappop(self.heaps[node])
            return 0
        kg: int = min(self.supply[node], *(self.left[arc] for arc in way))
        self.supply[node] -= kg
        for arc in way:
            self.left[arc] -= kg
        return kg * gain

    def _way(self, node: int) -> Iterable[int]:
        while node != self.sink:
            arc = self.heaps[node][0][1]
            yield arc
            node = self.heads[arc]


def _unlimited(network: Network, arcs: Arcs, usable: Ints, weights: Ints) -> Ints:
    """Give what the best way from every node would be worth if nothing were ever full."""
    ahead = np.full(network.nodes, NOWAY, np.int64)
    ahead[network.layers.sink] = 0
    tails, heads, weights = arcs.tails[usable], arcs.heads[usable], weights[usable]
    while True:
        better = ahead.copy()
        np.maximum.at(better, tails, np.maximum(weights + ahead[heads], NOWAY))
        if (better == ahead).all():
            return ahead
        ahead = better

"""Island groups taken out of a network and put back: nothing but rice between hubs crosses the sea (matching.md §3.4).

Nodes keep their order within a group, so the n-th node of a group alone is its n-th node in the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kdmp_core.matching.area.certify import Certificate
from kdmp_core.matching.area.model import AreaProblem, Ints
from kdmp_core.matching.area.network import Arcs, Network


def groups(network: Network) -> list[int]:
    """Give the island groups that have a node."""
    found: list[int] = np.unique(network.islands).tolist()
    return found


def alone(problem: AreaProblem, group: int) -> AreaProblem:
    """Give the question of one group."""
    return problem.part(problem.villages.islands == group, problem.hubs.islands == group)


@dataclass(frozen=True)
class Solved:
    """A group solved alone: the nodes it has in the whole, sink last; its pairs by leg, its flow, its prices."""

    nodes: Ints
    pairs: tuple[tuple[Ints, Ints], ...]
    ends: tuple[Ints, Ints]
    kg: Ints
    prices: Ints
    certificate: Certificate
    rounds: int

    @classmethod
    def of(cls, whole: Network, group: int, network: Network, arcs: Arcs, kg: Ints, certificate: Certificate,
           rounds: int) -> Solved:  # fmt: skip
        """Keep of a group's network what the whole needs, in the whole's numbers."""
        nodes = np.append(np.flatnonzero(whole.islands == group), whole.layers.sink)
        pairs = []
        for leg, keys in zip(network.legs, network.model, strict=True):
            tails, heads = leg.pairs(keys)
            pairs.append((nodes[leg.tails.nodes[tails]], nodes[leg.heads.nodes[heads]]))
        own = np.ones(len(arcs), np.bool_)
        own[network.signed_at] = False
        ends = nodes[arcs.tails[own]], nodes[arcs.heads[own]]
        return cls(nodes, tuple(pairs), ends, kg[own], certificate.prices, certificate, rounds)

    def into(self, whole: Network) -> None:
        """Put the group's pairs into the model of the whole."""
        for leg, (tails, heads) in zip(whole.legs, self.pairs, strict=True):
            rows = np.searchsorted(leg.tails.nodes, tails), np.searchsorted(leg.heads.nodes, heads)
            whole.add(leg.kind, leg.keys(*rows))


def together(whole: Network, arcs: Arcs, solved: list[Solved]) -> tuple[Ints, Ints]:
    """Give kg an arc of the whole, -1 where no group has it, and the prices of every node."""
    keys = np.concatenate([one.ends[0] * whole.nodes + one.ends[1] for one in solved])
    flows = np.concatenate([one.kg for one in solved])
    order = np.argsort(keys, kind="stable")
    keys, flows = keys[order], flows[order]
    wanted = arcs.tails * whole.nodes + arcs.heads
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    kg = np.where(keys[places] == wanted, flows[places], -1)
    group = whole.islands
    inside = group[whole.held.tails] == group[whole.held.heads]
    kg[whole.signed_at] = np.where(inside, whole.held.least, -1)
    prices = np.zeros(whole.nodes, np.int64)
    for one in solved:
        prices[one.nodes] = one.prices
    return kg, prices

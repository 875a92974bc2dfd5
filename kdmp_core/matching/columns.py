"""The columns a network has for the solver: what each path weighs, and twice where a share is soft."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kdmp_core.matching.links import unborn
from kdmp_core.matching.network import PROMISES, LimitKind, Network, Path

FORMER_BONUS = 10
"""A hundredth of a rupiah a kilogram: enough to break a tie, too little to change a plan that is better."""


@dataclass(frozen=True)
class Column:
    """A path with its weight in Rp per tonne; `within` the kg of its buyer's soft share, None beyond it."""

    path: int
    weight: int
    within: int | None


def columns_of(network: Network) -> list[Column]:
    """Give the columns: of paths with gain or with a promise, over links that can reach their lot."""
    parameters = network.problem.parameters
    promised = {index for index, limit in enumerate(network.limits) if limit.kind in PROMISES}
    useful = [
        index for index, path in enumerate(network.paths) if path.gain > 0 or not promised.isdisjoint(path.limits)
    ]
    closed = {index for link in unborn(network, useful) for index in link.paths}
    offered = offers(network)
    columns = []
    for index in useful:
        if index in closed:
            continue
        path = network.paths[index]
        weight = path.gain + _bonus(network, path)
        share = parameters.share_percent * offered[path.source.party] // 100
        soft = parameters.share_percent < 100  # noqa: PLR2004 (percent)
        columns.append(Column(index, weight, share if soft else None))
        if soft:
            columns.append(Column(index, weight - parameters.share_penalty, None))
    return columns


def offers(network: Network) -> Counter[str]:
    """Give the kg paddy each party offers."""
    offered = Counter[str]()
    for limit in network.limits:
        if limit.kind is LimitKind.SUPPLY:
            offered[limit.party] += limit.most
    return offered


def _bonus(network: Network, path: Path) -> int:
    """Give what a path weighs more because its pairs live already or stood in the former plan."""
    settled, pairs = network.problem.commitments, [(path.source.party, other) for other in set(path.counterparts)]
    lives, stood = sum(settled.lives(*pair) for pair in pairs), sum(pair in settled.former for pair in pairs)
    return lives * network.problem.parameters.stability_bonus + stood * FORMER_BONUS

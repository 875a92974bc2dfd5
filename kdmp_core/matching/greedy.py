"""What people do by hand, as baselines to print beside the optimum (matching.md §3.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kdmp_core.matching.network import LimitKind, Network, Path

Taken = tuple[tuple[Path, int], ...]
"""Paths with the kg paddy that go on each."""


@dataclass(frozen=True)
class Greedy:
    """Milli-rupiah: best margin first (in all and by party), nearest first, and "everyone his best".

    The last as it promises and as it can deliver.
    """

    best_margin: int
    by_party: dict[str, int]
    nearest: int
    promised: int
    deliverable: int


@dataclass(frozen=True)
class ByHand:
    """The same four as what is taken: each path with its kg paddy."""

    best_margin: Taken
    nearest: Taken
    promised: Taken
    deliverable: Taken


def baselines(network: Network) -> Greedy:
    """Give all four values. Signed agreements are not seen by any of them: hands do not plan around paper."""
    found = by_hand(network)
    return Greedy(
        best_margin=worth(found.best_margin).total(),
        by_party=worth(found.best_margin),
        nearest=worth(found.nearest).total(),
        promised=worth(found.promised).total(),
        deliverable=worth(found.deliverable).total(),
    )


def by_hand(network: Network) -> ByHand:
    """Give what hands would take: best margin first, nearest first, and everyone his best for himself."""
    gainful = [path for path in network.paths if path.gain > 0]

    def ties(path: Path) -> tuple[tuple[int, str, str], ...]:
        return (network.rank(path.source), network.rank(path.mill), network.rank(path.buyer))

    by_margin = sorted(gainful, key=lambda path: (-path.gain, ties(path)))
    by_distance = sorted(gainful, key=lambda path: (sum(path.metres), ties(path)))
    own = {LimitKind.SUPPLY, LimitKind.MILLING_WISH, LimitKind.RICE_WISH}
    first: dict[tuple[str, int | None], Path] = {}
    for path in by_margin:
        first.setdefault((path.source.key, path.harvested), path)
    favourites = sorted(first.values(), key=ties)
    return ByHand(
        best_margin=_fill(network, by_margin),
        nearest=_fill(network, by_distance),
        promised=_fill(network, favourites, lambda kind: kind in own),
        deliverable=_fill(network, favourites),
    )


def worth(taken: Taken) -> Counter[str]:
    """Give what is taken in thousandths of a rupiah by party."""
    value = Counter[str]()
    for path, kg in taken:
        value[path.source.party] += kg * path.gain
    return value


def _fill(network: Network, paths: Iterable[Path], counts: Callable[[LimitKind], bool] = lambda _: True) -> Taken:
    """Take the paths one after another, each as far as the limits that count still allow."""
    left = [limit.most for limit in network.limits]
    taken = []
    for path in paths:
        counted = [limit for limit in path.limits if counts(network.limits[limit].kind)]
        kg = min(left[limit] for limit in counted)
        for limit in counted:
            left[limit] -= kg
        taken.append((path, kg))
    return tuple(taken)

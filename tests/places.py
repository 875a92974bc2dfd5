"""Small areas for tests, column by column, some kilometres around one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kdmp_core.matching.area import AreaProblem, Demands, Hubs, Mills, Villages
from kdmp_core.matching.area.model import take
from kdmp_core.matching.area.network import Network


def villages(
    count: int,
    paddy: Sequence[int],
    islands: Sequence[int] | None = None,
    east: Sequence[int] | None = None,
    north: Sequence[int] | None = None,
) -> Villages:
    codes = np.array([f"11.01.01.2{number:03d}" for number in range(count)], "U13")
    latitudes, longitudes = np.array(north or [0] * count), 10_000_000 + np.array(east or [0] * count)
    return Villages(codes, latitudes, longitudes, np.array(islands or [1] * count), np.array(paddy))


def mills(at: Sequence[int], capacity: int, fee: int = 430) -> Mills:
    same = np.ones(len(at), np.int64)
    return Mills(np.array(at, np.int64), capacity * same, 6_300 * same, fee * same)


def rice(at: Sequence[int], kg: int, price: int) -> Demands:
    same = np.ones(len(at), np.int64)
    return Demands(np.array(at, np.int64), kg * same, price * same, np.zeros(len(at), np.bool_))


def hubs(
    codes: Sequence[str] = (),
    islands: Sequence[int] = (),
    east: Sequence[int] = (),
    paddy: int = 0,
    price: int = 6_500,
) -> Hubs:
    same = np.ones(len(codes), np.int64)
    places = 10_000_000 + np.array(east or [0] * len(codes), np.int64)
    groups = np.array(islands or [1] * len(codes), np.int64)
    return Hubs(np.array(codes, "U5"), 0 * same, places, groups, paddy * same, price * same, 0 * same, 12_000 * same)


def made(villages: Villages, mills: Mills, demands: Demands, hubs_: Hubs | None = None) -> AreaProblem:
    return AreaProblem(villages, mills, demands, hubs_ or hubs())


def everything(network: Network) -> None:
    """Put every admissible pair into the model."""
    for leg in network.legs:
        network.add(leg.kind, leg.admissible(np.arange(len(leg.tails) * len(leg.heads), dtype=np.int64)))


def permuted(problem: AreaProblem, seed: int) -> AreaProblem:
    """Give the same area with all columns in another order."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(problem.villages.codes))
    place = np.argsort(order)
    moved = {
        name: replace(part, villages=place[part.villages])
        for name, part in (("mills", problem.mills), ("demands", problem.demands))
    }
    columns = {**moved, "hubs": problem.hubs}
    shuffled = {name: take(part, chance.permutation(len(_first(part)))) for name, part in columns.items()}
    return replace(problem, villages=take(problem.villages, order), **shuffled)


def _first(part: Mills | Demands | Hubs) -> np.ndarray:
    return part.codes if isinstance(part, Hubs) else part.villages

"""The proof for an area, in whole numbers, over all admissible pairs and not only those in the model.

For any prices π: V ≤ Σ supply·π + Σ limit·max(0, π_to + gain − π_from) (matching.md §2.2). Legs have no limit of their
own, so π must not fall below any of them; where one does, it is lifted, from the sink upward. The legs outside the
model are found by KD-trees in bands of price: one can only matter within (π_to − π_from − load)/rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from kdmp_core.errors import Trouble
from kdmp_core.matching.area.legs import Leg, chords, tree
from kdmp_core.matching.area.model import Ints, Kind, Truths
from kdmp_core.matching.area.network import Arcs, Network
from kdmp_core.matching.area.prices import NOTHING

BANDS = 16
"""Bands of equal count by price: a ball is as wide as the dearest of its band asks."""

FAIR = 1 << 30
"""No price is believed beyond this, so that sums stay exact; any prices bound."""

UPWARD = (Kind.SUPPLY, Kind.TRANSFER, Kind.RETAIL, Kind.DELIVERY, Kind.MILLING, Kind.PADDY)
"""The legs from the sink to the villages."""

LAND_ONLY = tuple(kind for kind in UPWARD if kind is not Kind.TRANSFER)


@dataclass(frozen=True)
class Certificate:
    """`value` and `upper_bound` in thousandths of a rupiah; `prices` are the lifted ones that prove the bound.

    `better` are, per leg, pairs outside the model that would gain at the prices, and by how much.
    """

    value: int
    upper_bound: int
    prices: Ints
    better: tuple[tuple[Ints, Ints], ...]

    @property
    def gap(self) -> int:
        """Give how much better anything could be at most."""
        return self.upper_bound - self.value


def certify(network: Network, arcs: Arcs, kg: Ints, prices: Ints, *, sea: bool = True) -> Certificate:
    """Give the certificate of a flow under prices; without `sea`, over the legs on land alone.

    Raises Trouble `matching.uncertified` when the flow breaks a limit or the value exceeds the bound.
    """
    keeps(network, arcs, kg)
    lifted, better = lift(network, prices, sea=sea)
    certificate = Certificate(dot(arcs.gains, kg), bound(network, lifted), lifted, better)
    if certificate.gap < 0:
        raise Trouble("matching.uncertified", cause="bound")
    return certificate


def keeps(network: Network, arcs: Arcs, kg: Ints) -> None:
    """Pass a flow that keeps every limit, every agreement and every kilogram; else raise Trouble."""
    if kg.shape != arcs.tails.shape or kg.dtype != np.int64:
        raise Trouble("matching.uncertified", cause="shape")
    if (kg < 0).any() or (kg > arcs.most).any() or (kg[network.signed_at] != network.held.least).any():
        raise Trouble("matching.uncertified", cause="limits")
    balance = arcs.supplies.copy()
    np.subtract.at(balance, arcs.tails, kg)
    np.add.at(balance, arcs.heads, kg)
    if balance.any():
        raise Trouble("matching.uncertified", cause="conservation")


def bound(network: Network, prices: Ints) -> int:
    """Give what prices prove that are nowhere below a leg: thousandths of a rupiah."""
    layers, held = network.layers, network.held
    mills = prices[layers.mills_out] + network.mill_gains - prices[layers.mills_in]
    sinks = network.sink_gains - prices[network.sink_tails]
    total = dot(network.supply, prices[layers.paddy])
    total += dot(network.mill_most, np.maximum(mills, 0)) + dot(network.sink_most, np.maximum(sinks, 0))
    return total + dot(held.least, prices[held.heads] + held.gains - prices[held.tails])


def lift(network: Network, prices: Ints, *, sea: bool = True) -> tuple[Ints, tuple[tuple[Ints, Ints], ...]]:
    """Raise prices until no admissible leg, in the model or not, gains at them; give the outside ones that did."""
    hopeless = prices < NOTHING // 2  # no kilogram can go there: what the ways between such nodes gain still counts
    lifted = np.clip(np.where(hopeless, prices - NOTHING - FAIR, prices), -FAIR, FAIR)
    lifted[network.layers.sink] = 0
    lifted[network.layers.paddy] = np.maximum(lifted[network.layers.paddy], 0)
    found: dict[Kind, tuple[Ints, Ints]] = {}
    for kind in UPWARD:
        leg, model = network.legs[kind], network.model[kind]
        here, there = lifted[leg.tails.nodes], lifted[leg.heads.nodes]
        before = here.copy()
        tails, heads = leg.pairs(model)
        np.maximum.at(here, tails, there[heads] + network.gains(kind))
        keys = _search(leg, here, there, sea=sea)
        keys = keys[~isin_sorted(keys, model)]
        tails, heads = leg.pairs(keys)
        gains = there[heads] - leg.costs(keys)
        over = gains > before[tails]
        found[kind] = (keys[over], (gains - before[tails])[over])
        np.maximum.at(here, tails, gains)
        lifted[leg.tails.nodes] = here
    return lifted, tuple(found[kind] for kind in Kind)


def _search(leg: Leg, here: Ints, there: Ints, *, sea: bool) -> Ints:
    """Give every admissible pair whose leg may gain at the prices of its ends, and some that do not."""
    if not (len(leg.tails) and len(leg.heads)):
        return np.empty(0, np.int64)
    order = np.argsort(there, kind="stable")
    parts = [_band(leg, band, here, int(there[band].max())) for band in np.array_split(order, BANDS) if len(band)]
    if leg.kind is Kind.TRANSFER and sea and leg.radius:
        rows = np.arange(len(leg.tails) * len(leg.heads), dtype=np.int64)
        parts.append(rows)
    keys = np.concatenate(parts)
    tails, heads = leg.pairs(keys)
    keys = keys[there[heads] > here[tails]]
    tails, heads = leg.pairs(keys)
    return leg.admissible(keys[there[heads] - leg.costs(keys) > here[tails]])


def _band(leg: Leg, band: Ints, here: Ints, most: int) -> Ints:
    rows = np.flatnonzero(most > here)
    reach = leg.reach(most - here[rows])
    near = tree(leg.heads.places[band]).query_ball_point(leg.tails.places[rows], chords(reach), return_sorted=False)
    counts = np.fromiter(map(len, near), np.int64, len(near))
    heads = np.fromiter(chain.from_iterable(near), np.int64, int(counts.sum()))
    return leg.keys(np.repeat(rows, counts), band[heads])


def isin_sorted(keys: Ints, among: Ints) -> Truths:
    """Say for each key whether it stands in a sorted array."""
    if not len(among):
        return np.zeros(len(keys), np.bool_)
    places = np.minimum(np.searchsorted(among, keys), len(among) - 1)
    return np.asarray(among[places] == keys)


def dot(one: Ints, other: Ints) -> int:
    """Give an exact sum of products, however large: each fits in 64 bits, their sum need not."""
    products = one * other
    return (int((products >> 32).sum()) << 32) + int((products & 0xFFFFFFFF).sum())

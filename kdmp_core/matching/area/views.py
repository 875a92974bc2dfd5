"""What a result says about economies of scale and market access (matching.md §4); every figure whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kdmp_core.matching.area.legs import Side, chords, points, tree
from kdmp_core.matching.area.model import Ints, Kind
from kdmp_core.matching.area.result import AreaResult
from kdmp_core.matching.measures import NEAR, concentration, mean, share

NEIGHBOURS = 200
"""How many growers round a place a new mill is judged by."""

TOGETHER = 4_000
"""How many places are judged at a time, so that the nation's pairs are never in memory together."""


@dataclass(frozen=True)
class Views:
    """Shares are per 10,000. `concentration` (HHI) and `buyers_near` are per grower, in the order of codes."""

    growers: int
    served: int
    value_per_t: int
    mean_lot_alone: int
    mean_lot_at_mill: int
    mean_lot_at_hub: int
    full_mills: int
    median_mill_price: int
    one_buyer_only: int
    concentration: Ints
    buyers_near: Ints

    @property
    def servedshare(self) -> int:
        """Give the growers that sell something."""
        return share(self.served, self.growers)


@dataclass(frozen=True)
class Place:
    """A village where a mill could stand, and the first-order estimate of what it brings, thousandths of a rupiah."""

    code: str
    estimate: int


def views(result: AreaResult) -> Views:
    """Give all figures of one result."""
    network = result.network
    sold = network.supply - result.kept
    served, total = sold > 0, int(sold.sum())
    milled = result.milled[result.milled > 0]
    at_hub = _into_hubs(result)
    prices = result.mill_prices
    shares, single = _concentration(result)
    return Views(
        growers=len(sold),
        served=int(served.sum()),
        value_per_t=result.value_milli // max(total, 1),
        mean_lot_alone=_mean(network.supply),
        mean_lot_at_mill=_mean(milled),
        mean_lot_at_hub=_mean(at_hub),
        full_mills=share(int((prices > 0).sum()), len(prices)),
        median_mill_price=int(np.median(prices)) if len(prices) else 0,
        one_buyer_only=share(single, int(served.sum())),
        concentration=shares,
        buyers_near=_buyers_near(result),
    )


def _mean(kg: Ints) -> int:
    return mean(int(kg.sum()), len(kg))


def _into_hubs(result: AreaResult) -> Ints:
    """Give kg paddy that each hub takes together, where it takes any."""
    count = len(result.problem.hubs.codes)
    kg = result.bought[:count] + result.bought[count : 2 * count]
    return kg[kg > 0]


def _concentration(result: AreaResult) -> tuple[Ints, int]:
    """Give each grower's sum of squared shares among mills and hubs per 10,000, and how many sell to one alone."""
    network = result.network
    squares, sold = np.zeros(len(network.supply), np.int64), np.zeros(len(network.supply), np.int64)
    partners = np.zeros(len(network.supply), np.int64)
    for kind in (Kind.MILLING, Kind.PADDY):
        rows, _ = network.legs[kind].pairs(network.model[kind])
        kg = result.on_legs(kind)
        np.add.at(squares, rows, kg * kg)
        np.add.at(sold, rows, kg)
        np.add.at(partners, rows, kg > 0)
    return concentration(squares, sold), int((partners == 1).sum())


def _buyers_near(result: AreaResult) -> Ints:
    """Give how many buyers with room left lie within reach of every grower."""
    network = result.network
    room = network.sink_most - result.bought
    buyers = network.layers.buyers
    open_ = room[len(room) - (buyers.stop - buyers.start) :] > 0
    places = network.legs[Kind.RETAIL].heads.places[open_]
    growers = network.legs[Kind.MILLING].tails.places
    if not len(places):
        return np.zeros(len(growers), np.int64)
    reach = float(chords(np.array([float(NEAR)]))[0])
    return np.asarray(tree(places).query_ball_point(growers, reach, return_length=True), np.int64)


def new_mills(result: AreaResult, capacity: int, count: int) -> tuple[Place, ...]:
    """Give the `count` villages where one more mill of `capacity` kg would bring most, by prices alone.

    First order: buy from the growers around at their prices, sell at the best. `WhatIf.new_mill` says it exactly.
    """
    problem = result.problem
    without = np.setdiff1d(np.arange(len(problem.villages.codes)), problem.mills.villages)
    villages = problem.villages
    places = points(villages.latitudes[without], villages.longitudes[without], villages.islands[without])
    parts = [places[first : first + TOGETHER] for first in range(0, len(places), TOGETHER)]
    filled = [_filled(result, part, _sale_prices(result, part) - _fee(result), capacity) for part in parts]
    estimates = np.concatenate([np.empty(0, np.int64), *filled])
    best = np.argsort(-estimates, kind="stable")[:count]
    return tuple(Place(str(villages.codes[without[row]]), int(estimates[row])) for row in best.tolist())


def _fee(result: AreaResult) -> int:
    """Give what milling costs at the usual fee and yield, Rp per tonne."""
    fees = result.problem.mills.fees
    fee = int(np.median(fees)) if len(fees) else 0
    return 1000 * (fee - result.problem.rates.byproduct)


def _sale_prices(result: AreaResult, places: np.ndarray) -> Ints:
    """Give what a kilogram of paddy's rice is worth at each place, at the prices of buyers and hubs in reach."""
    network = result.network
    best = np.full(len(places), -(1 << 40), np.int64)
    here = Side(np.arange(len(places), dtype=np.int64), places)
    for kind in (Kind.RETAIL, Kind.DELIVERY):
        leg = replace(network.legs[kind], tails=here, forbidden=np.empty(0, np.int64))
        if not len(leg.heads):
            continue
        rows, heads = leg.neighbours(leg.tails, leg.heads, NEIGHBOURS)
        net = result.prices[leg.heads.nodes[heads]] - leg.costs(leg.keys(rows, heads))
        np.maximum.at(best, rows, net)
    return best


def _filled(result: AreaResult, places: np.ndarray, worth: Ints, capacity: int) -> Ints:
    """Give what filling a mill at each place brings: dearest margins first, up to its capacity."""
    leg = result.network.legs[Kind.MILLING]
    leg = replace(leg, heads=Side(np.arange(len(places), dtype=np.int64), places), forbidden=np.empty(0, np.int64))
    rows, growers = leg.neighbours(leg.heads, leg.tails, NEIGHBOURS)
    if leg.asked is not None:
        willing = leg.asked[growers] == 0
        rows, growers = rows[willing], growers[willing]
    margins = worth[rows] - leg.costs(leg.keys(growers, rows)) - result.paddy_prices[growers]
    gains = margins > 0
    rows, growers, margins = rows[gains], growers[gains], margins[gains]
    order = np.lexsort((growers, -margins, rows))
    rows, growers, margins = rows[order], growers[order], margins[order]
    kg = result.network.supply[growers]
    running = np.cumsum(kg)
    before = running - kg
    base = before[np.searchsorted(rows, rows, side="left")]
    taken = np.clip(capacity - (before - base), 0, kg)
    total = np.zeros(len(places), np.int64)
    np.add.at(total, rows, taken * margins)
    return total

"""Why something is left in an area: exactly one reason each, by the best way at unlimited capacity (matching.md §2.4).

No way at all: distance, or the own wish (not to be milled, or at a price nobody in reach pays). A best way that gains
nothing: price, with the break-even. Something full on it: capacity, with its code and what one more tonne there is
worth. Else nothing is left on the other side: supply.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kdmp_core.matching.area.model import Ints, Kind
from kdmp_core.matching.area.network import FAR
from kdmp_core.matching.area.result import AreaResult


class Why(StrEnum):
    """The reasons an area knows."""

    DISTANCE = "distance"
    PRICE = "price"
    CAPACITY = "capacity"
    SUPPLY = "supply"
    WISH = "wish"


@dataclass(frozen=True)
class Rest:
    """What is left: `kg` paddy of a grower, or of a mill's or a buyer's room (`layer`).

    `missing` is Rp per tonne of paddy up to break-even (price); `full` the code that is used up, a buyer's (`at_buyer`)
    or a mill's, `one_more` Rp what another tonne there is worth (capacity).
    """

    layer: str
    code: str
    kg: int
    why: Why
    missing: int = 0
    full: str = ""
    one_more: int = 0
    at_buyer: bool = False


NEVER = -FAR // 4
"""Far below any price: nothing gets through."""

UPWARD = ((Kind.SUPPLY,), (Kind.TRANSFER,), (Kind.RETAIL, Kind.DELIVERY), (Kind.MILLING, Kind.PADDY))
"""The legs from the sink to the villages, layer by layer."""


def reasons(result: AreaResult) -> tuple[Rest, ...]:
    """Give one reason for all paddy that is kept, every mill with room and every buyer with room, in node order."""
    return (*_growers(result), *_takers(result))


def _growers(result: AreaResult) -> list[Rest]:
    network, layers = result.network, result.network.layers
    ahead = _unlimited(result)
    left = np.flatnonzero(result.kept)
    best, arcs = _best_arcs(result, ahead)
    full = _full(result)
    villages = network.problem.villages
    wishing = (~villages.milled | (villages.asks > network.rates.paddy_floor))[network.growers]
    found = []
    for node in left.tolist():
        code, kg, worth = network.code(node), int(result.kept[node]), int(best[node])
        if worth <= NEVER // 2:
            found.append(Rest("paddy", code, kg, Why.WISH if wishing[node] else Why.DISTANCE))
        elif worth <= 0:
            found.append(Rest("paddy", code, kg, Why.PRICE, missing=-worth))
        else:
            binding = [(full[arc], -arc) for arc in _way(result, arcs, node, layers.sink) if arc in full]
            if binding:
                worth, arc = max(binding)
                named = network.code(int(result.arcs.tails[-arc]))
                buyer = -arc < network.mills_at.start
                found.append(Rest("paddy", code, kg, Why.CAPACITY, full=named, one_more=worth, at_buyer=buyer))
            else:
                found.append(Rest("paddy", code, kg, Why.SUPPLY))
    return found


def _way(result: AreaResult, arcs: Ints, node: int, sink: int) -> list[int]:
    way = []
    while node != sink and arcs[node] >= 0:
        way.append(int(arcs[node]))
        node = int(result.arcs.heads[arcs[node]])
    return way


def _unlimited(result: AreaResult) -> Ints:
    """Give what a kilogram at every node would gain on its best way if nothing were ever full."""
    network = result.network
    gains = np.full(network.nodes, NEVER, np.int64)
    gains[network.layers.sink] = 0
    open_ = network.sink_most > 0
    gains[network.sink_tails[open_]] = network.sink_gains[open_]
    for kinds in UPWARD:
        for kind in kinds:
            leg = network.legs[kind]
            tails, heads = leg.pairs(network.model[kind])
            ahead = gains[leg.heads.nodes[heads]] + network.gains(kind)
            np.maximum.at(gains, leg.tails.nodes[tails], ahead)
        if Kind.RETAIL in kinds:
            layers = network.layers
            through = np.where(network.mill_most > 0, gains[layers.mills_out] + network.mill_gains, NEVER)
            gains[layers.mills_in] = through
    return gains


def _best_arcs(result: AreaResult, ahead: Ints) -> tuple[Ints, Ints]:
    """Give, for every node, what its best arc gains at unlimited capacity and which arc it is (-1: none)."""
    arcs, network = result.arcs, result.network
    usable = np.flatnonzero(arcs.most > 0)
    usable = usable[usable >= len(network.supply)]
    worth = ahead[arcs.heads[usable]] + arcs.gains[usable]
    order = np.lexsort((usable, -worth, arcs.tails[usable]))
    tails = arcs.tails[usable][order]
    first = np.flatnonzero(np.diff(tails, prepend=-1))
    best, which = np.full(network.nodes, NEVER, np.int64), np.full(network.nodes, -1, np.int64)
    best[tails[first]], which[tails[first]] = worth[order][first], usable[order][first]
    return best, which


def _full(result: AreaResult) -> dict[int, int]:
    """Give the arcs that are used up, mills and sinks, with the price of one more tonne."""
    arcs, network, prices = result.arcs, result.network, result.prices
    at = np.arange(len(network.supply), network.mills_at.stop)
    used = at[(result.kg[at] == arcs.most[at])]
    worth = np.maximum(prices[arcs.heads[used]] + arcs.gains[used] - prices[arcs.tails[used]], 0)
    return dict(zip(used.tolist(), worth.tolist(), strict=True))


def _takers(result: AreaResult) -> list[Rest]:
    """Give the reasons of mills and buyers: at the prices, what would one more kg have to fetch to come."""
    arcs, network = result.arcs, result.network
    behind = _offered(result)
    layers = (("paddy_hub", network.layers.paddy_hubs), ("hub", network.layers.hubs_out),
              ("buyer", network.layers.buyers), ("mill", network.layers.mills_in))  # fmt: skip
    at = np.arange(len(network.supply), network.mills_at.stop)
    at = at[result.kg[at] < arcs.most[at]]
    found = []
    for layer, nodes in layers:
        for arc in at[(arcs.tails[at] >= nodes.start) & (arcs.tails[at] < nodes.stop)].tolist():
            node = int(arcs.tails[arc])
            room, cost = int(arcs.most[arc] - result.kg[arc]), int(behind[node])
            ahead = int(result.prices[arcs.heads[arc]] + arcs.gains[arc])
            code = network.code(node)
            if cost >= -NEVER // 2:
                found.append(Rest(layer, code, room, Why.DISTANCE))
            elif cost > ahead:
                found.append(Rest(layer, code, room, Why.PRICE, missing=cost - ahead))
            else:
                found.append(Rest(layer, code, room, Why.SUPPLY))
    return found


def _offered(result: AreaResult) -> Ints:
    """Give the least Rp per tonne at which another kilogram would come to every node, at the prices."""
    arcs, network, prices = result.arcs, result.network, result.prices
    least = np.full(network.nodes, -NEVER, np.int64)
    first = network.offset(network.legs[0].kind)
    np.minimum.at(least, arcs.heads[first:], prices[arcs.tails[first:]] - arcs.gains[first:])
    return least

"""The network of an area: nodes in layers, sinks and mills with their limits, and the arcs now in the model.

Layers, each only to a later one: paddy of a village → mill, in → mill, out → hub, in → hub, out → buyer → sink, and
paddy → hub → sink. One unit everywhere, kg of paddy; a gain is Rp per tonne, so values are thousandths of a rupiah.
Arcs of a leg are kept as sorted keys (`legs`): more of them may be added, the others are priced in `certify`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise

import numpy as np

from kdmp_core.errors import InvalidInput, TooLarge
from kdmp_core.matching.area.legs import Leg, Side, points, single
from kdmp_core.matching.area.model import AreaProblem, Forbidden, Ints, Kind, Signed, Words

NEAREST = 5
"""How many neighbours every row starts with, on both sides."""

WIDER = 4
"""How many times as many, each time an agreement cannot be kept by the pairs that are in the model."""

BEST, AMONG = 12, 150
"""How many of the best buyers a mill starts with, and among how many near ones."""

FAR = 1 << 60
"""Worse than any gain."""

MORE = 1_000_000
"""Room above all paddy on arcs without a limit of their own: clipped to it exactly, prices are wrong (rule 16)."""

LARGEST_NAME = 1 << 59
"""Names of nodes stay below this, so that they fit in 64 bits with their layer."""

MOST_ARCS = 2_000_000
"""Above this an area is refused (rule 18)."""


@dataclass(frozen=True)
class Arcs:
    """What an engine gets: node to node, at most `most` kg, Rp/t gain; `supplies` a node, `names` to break ties."""

    tails: Ints
    heads: Ints
    most: Ints
    gains: Ints
    supplies: Ints
    names: Ints

    def __len__(self) -> int:
        return len(self.tails)


@dataclass(frozen=True)
class Layers:
    """Where each layer of nodes begins and ends."""

    paddy: slice
    mills_in: slice
    mills_out: slice
    hubs_in: slice
    hubs_out: slice
    paddy_hubs: slice
    buyers: slice
    sink: int


@dataclass(frozen=True)
class Held:
    """The signed legs: nodes, kg that must flow, gain, and which agreement of the problem each is."""

    tails: Ints
    heads: Ints
    least: Ints
    gains: Ints


class Network:
    """The nodes and limits of a problem in canonical order, and the keys of the arcs that are in the model."""

    def __init__(self, problem: AreaProblem) -> None:
        """Lay the layers and legs; no arc of a leg is in the model yet."""
        self.problem, self.rates = problem, problem.rates
        self.growers = np.flatnonzero(problem.villages.paddy > 0)
        sizes = [len(self.growers), *[len(problem.mills.villages)] * 2, *[len(problem.hubs.codes)] * 3]
        ends = np.cumsum([0, *sizes, len(problem.demands.villages)]).tolist()
        paddy, mills_in, mills_out, hubs_in, hubs_out, paddy_hubs, buyers = (slice(*pair) for pair in pairwise(ends))
        self.layers = Layers(paddy, mills_in, mills_out, hubs_in, hubs_out, paddy_hubs, buyers, ends[-1])
        self.supply = problem.villages.paddy[self.growers]
        self.room = int(self.supply.sum()) + MORE
        self._limits()
        self._lay()
        self.model: list[Ints] = [np.empty(0, np.int64) for _ in self.legs]
        self._gains: dict[Kind, Ints] = {}
        self._near = NEAREST

    @property
    def nodes(self) -> int:
        """Give how many nodes there are, the sink included."""
        return self.layers.sink + 1

    def _limits(self) -> None:
        """Set capacity and gain of what ends in the sink and of every mill."""
        problem, rates = self.problem, self.rates
        rho, hubs = rates.rho, problem.hubs
        floor = hubs.paddy_prices >= rates.paddy_floor
        self.sink_tails = np.concatenate([_range(self.layers.paddy_hubs), _range(self.layers.hubs_out),
                                          _range(self.layers.buyers)])  # fmt: skip
        most = [np.where(floor, hubs.paddy, 0), rates.paddy_of(hubs.rice), rates.paddy_of(problem.demands.rice)]
        self.sink_most = np.minimum(np.concatenate(most), self.room)
        prices = np.concatenate([hubs.rice_prices, problem.demands.prices])
        worth = (2 * rho.numerator * 1000 * prices + rho.denominator) // (2 * rho.denominator)
        paid = np.concatenate([1000 * hubs.paddy_prices, worth])
        self.sink_gains = paid - 1000 * rates.baseline
        mills = problem.mills
        better = (mills.yields - rates.yield_standard) * (rates.drying_percent * rates.rice_price)
        self.mill_gains = 1000 * (rates.byproduct - mills.fees) + (better + 500) // 1000
        self.mill_most = np.minimum(mills.capacities, self.room)

    def _lay(self) -> None:
        problem, layers = self.problem, self.layers
        villages, hubs = problem.villages, problem.hubs
        village_places = points(villages.latitudes, villages.longitudes, villages.islands)
        hub_places = points(hubs.latitudes, hubs.longitudes, hubs.islands)
        towns = np.flatnonzero(problem.demands.towns)
        buyer_places, buyers = village_places[problem.demands.villages], _range(layers.buyers)
        mill_places = village_places[problem.mills.villages]
        grown = Side(_range(layers.paddy), village_places[self.growers])
        mills_in, mills_out = (Side(_range(one), mill_places) for one in (layers.mills_in, layers.mills_out))
        hubs_in, hubs_out, paddy_hubs = (
            Side(_range(one), hub_places) for one in (layers.hubs_in, layers.hubs_out, layers.paddy_hubs)
        )
        ends = {
            Kind.MILLING: (grown, mills_in),
            Kind.PADDY: (grown, paddy_hubs),
            Kind.RETAIL: (mills_out, Side(buyers, buyer_places)),
            Kind.DELIVERY: (mills_out, hubs_in),
            Kind.TRANSFER: (hubs_in, hubs_out),
            Kind.SUPPLY: (hubs_out, Side(buyers[towns], buyer_places[towns])),
        }
        self._codes = _codes(self, towns)
        self.legs = [
            Leg(kind, *ends[kind], self.rates, self._banned(kind, ends[kind]), *self._terms(kind)) for kind in Kind
        ]
        self.held = self._signed()

    def _terms(self, kind: Kind) -> tuple[Ints, Ints] | tuple[()]:
        """Give what the tails of a leg ask and its heads pay, where somebody asks: a price, or not to be milled."""
        villages = self.problem.villages
        if kind is Kind.PADDY and villages.asks.any():
            return villages.asks[self.growers], self.problem.hubs.paddy_prices
        if kind is Kind.MILLING and not villages.milled.all():
            return (~villages.milled[self.growers]).astype(np.int64), np.zeros(len(self.problem.mills.villages), int)
        return ()

    def _banned(self, kind: Kind, ends: tuple[Side, Side]) -> Ints:
        keys = [
            tail * len(ends[1]) + head
            for one in self.problem.forbidden
            if one.kind is kind
            for tail in self.rows(kind, 0, one)
            for head in self.rows(kind, 1, one)
        ]
        return single(np.array(keys, np.int64))

    def rows(self, kind: Kind, end: int, pair: Signed | Forbidden) -> list[int]:
        """Give the rows of one side of a leg that a pair names. Raises InvalidInput when there is none."""
        code = pair.buyer if end else pair.seller
        found: list[int] = np.flatnonzero(self._codes[kind][end] == code).tolist()
        if not found:
            raise InvalidInput("matching.party_unknown", party=code)
        return found

    def _signed(self) -> Held:
        tails, heads, gains = [], [], []
        for one in self.problem.signed:
            leg = self.legs[one.kind]
            tail, head = self.rows(one.kind, 0, one)[0], self.rows(one.kind, 1, one)[0]
            tails.append(leg.tails.nodes[tail])
            heads.append(leg.heads.nodes[head])
            gains.append(-leg.costs(leg.keys(np.array([tail]), np.array([head])))[0])
        least = [one.kg for one in self.problem.signed]
        return Held(*(np.array(column, np.int64) for column in (tails, heads, least, gains)))

    def start(self) -> None:
        """Put the nearest of everything into the model, and for every mill the best buyers among the near ones."""
        for leg in self.legs:
            self.add(leg.kind, leg.nearest(NEAREST))
        self.add(Kind.RETAIL, self._best_buyers())

    def widen(self) -> bool:
        """Put more of the near ones into the model, and all ways between hubs; say whether there were any more."""
        self._near *= WIDER
        transfer = self.legs[Kind.TRANSFER]
        between = transfer.admissible(np.arange(len(transfer.tails) * len(transfer.heads), dtype=np.int64))
        added = self.add(Kind.TRANSFER, between)
        return added + sum(self.add(leg.kind, leg.nearest(self._near)) for leg in self.legs) > 0

    def _best_buyers(self) -> Ints:
        leg = self.legs[Kind.RETAIL]
        if not (len(leg.tails) and len(leg.heads)):
            return np.empty(0, np.int64)
        near = leg.near(leg.tails, leg.heads, AMONG)
        rows = np.broadcast_to(np.arange(len(near))[:, None], near.shape)
        there = near < len(leg.heads)
        keys, net = leg.keys(rows, near), np.full(near.shape, -FAR)
        net[there] = self.sink_gains[-len(leg.heads) :][near[there]] - leg.costs(keys[there])
        best = np.argpartition(-net, min(BEST, near.shape[1]) - 1, axis=1)[:, :BEST]
        chosen = np.take_along_axis(there, best, axis=1)
        return leg.admissible(np.take_along_axis(keys, best, axis=1)[chosen])

    def add(self, kind: Kind, keys: Ints) -> int:
        """Add pairs to the model; give how many were not in it. Raises TooLarge `matching.too_large`."""
        before = len(self.model[kind])
        self.model[kind] = single(np.concatenate((self.model[kind], keys)))
        self._gains.pop(kind, None)
        arcs = sum(map(len, self.model))
        if arcs > MOST_ARCS:
            raise TooLarge("matching.too_large", paths=arcs, most=MOST_ARCS)
        return len(self.model[kind]) - before

    def gains(self, kind: Kind) -> Ints:
        """Give the gains of the pairs of a leg that are in the model, kept until there are more."""
        if kind not in self._gains:
            self._gains[kind] = -self.legs[kind].costs(self.model[kind])
        return self._gains[kind]

    def arcs(self) -> Arcs:
        """Give the arrays of the model: keeping, sinks, mills, signed legs, then the legs, each in canonical order."""
        layers, room, sink = self.layers, self.room, self.layers.sink
        growers = _range(layers.paddy)
        ends = [leg.pairs(keys) for leg, keys in zip(self.legs, self.model, strict=True)]
        legs = list(zip(self.legs, ends, strict=True))
        tails = [growers, self.sink_tails, _range(layers.mills_in), self.held.tails]
        heads = [np.full(len(growers) + len(self.sink_tails), sink), _range(layers.mills_out), self.held.heads]
        most = [np.full(len(growers), room), self.sink_most, self.mill_most, self.held.least]
        gains = [np.zeros(len(growers), np.int64), self.sink_gains, self.mill_gains, self.held.gains]
        tails += [leg.tails.nodes[rows] for leg, (rows, _) in legs]
        heads += [leg.heads.nodes[rows] for leg, (_, rows) in legs]
        most += [np.full(sum(map(len, self.model)), room)]
        gains += [self.gains(kind) for kind in Kind]
        supplies = np.zeros(self.nodes, np.int64)
        supplies[layers.paddy], supplies[sink] = self.supply, -self.supply.sum()
        ends_and_limits = (np.concatenate(tails), np.concatenate(heads), np.concatenate(most), np.concatenate(gains))
        return Arcs(*ends_and_limits, supplies, self.names)

    @cached_property
    def codes(self) -> Words:
        """Give the code of every node, "" for the sink."""
        grown, mills, demands = self.growers, self.problem.mills.villages, self.problem.demands.villages
        villages, hubs = self.problem.villages.codes, self.problem.hubs.codes
        layers = [villages[grown], villages[mills], villages[mills], hubs, hubs, hubs, villages[demands]]
        return np.concatenate([*layers, np.array([""])])

    @cached_property
    def islands(self) -> Ints:
        """Give the island group of every node but the sink."""
        grown, mills, demands = self.growers, self.problem.mills.villages, self.problem.demands.villages
        villages, hubs = self.problem.villages.islands, self.problem.hubs.islands
        return np.concatenate([villages[grown], villages[mills], villages[mills], hubs, hubs, hubs, villages[demands]])

    @cached_property
    def names(self) -> Ints:
        """Give a number a node that depends on its code and layer only."""
        numbers = np.array([int(code.replace(".", "") or 0) % LARGEST_NAME for code in self.codes.tolist()], np.int64)
        ends = [getattr(self.layers, one.name).stop for one in fields(Layers) if one.name != "sink"]
        return 8 * numbers + np.searchsorted(np.array(ends), np.arange(self.nodes), side="right")

    def code(self, node: int) -> str:
        """Give the code of one node."""
        return str(self.codes[node])

    def offset(self, kind: Kind) -> int:
        """Give where the arcs of a leg begin in `arcs()`."""
        fixed = len(self.supply) + len(self.sink_tails) + len(self.mill_most) + len(self.held.tails)
        return fixed + sum(len(self.model[before]) for before in range(kind))

    @property
    def signed_at(self) -> slice:
        """Give where the signed legs stand in `arcs()`."""
        first = len(self.supply) + len(self.sink_tails) + len(self.mill_most)
        return slice(first, first + len(self.held.tails))

    @property
    def mills_at(self) -> slice:
        """Give where the mills stand in `arcs()`."""
        first = len(self.supply) + len(self.sink_tails)
        return slice(first, first + len(self.mill_most))


def best_of(groups: Ints, worth: Ints, count: int) -> Ints:
    """Give the positions of the `count` greatest `worth` of every group, earlier ones first among equals."""
    order = np.lexsort((-worth, groups))
    sorted_groups = groups[order]
    first = np.searchsorted(sorted_groups, sorted_groups, side="left")
    return order[np.arange(len(order)) - first < count]


def _codes(network: Network, towns: Ints) -> dict[Kind, tuple[Words, Words]]:
    problem = network.problem
    codes, hubs = problem.villages.codes, problem.hubs.codes
    grown, mills, buyers = codes[network.growers], codes[problem.mills.villages], codes[problem.demands.villages]
    return {
        Kind.MILLING: (grown, mills),
        Kind.PADDY: (grown, hubs),
        Kind.RETAIL: (mills, buyers),
        Kind.DELIVERY: (mills, hubs),
        Kind.TRANSFER: (hubs, hubs),
        Kind.SUPPLY: (hubs, buyers[towns]),
    }


def _range(part: slice) -> Ints:
    return np.arange(part.start, part.stop, dtype=np.int64)

"""What matching an area answers: flows, the proof, prices, and sums by village, regency and province."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np

from kdmp_core.matching.area.certify import Certificate
from kdmp_core.matching.area.greedy import Greedy, baselines
from kdmp_core.matching.area.model import AreaProblem, Ints, Kind, Words
from kdmp_core.matching.area.network import Arcs, Network

MILLI = 1000


@dataclass(frozen=True)
class Flows:
    """The flowing legs of one kind in canonical order: codes of both ends, kg paddy, Rp per tonne gain."""

    kind: Kind
    sellers: Words
    buyers: Words
    kg: Ints
    gains: Ints


@dataclass(frozen=True)
class Sums:
    """Per area in order of codes: kg paddy offered and sold, milled and its mills' capacity, rice bought as paddy."""

    codes: Words
    offered: Ints
    sold: Ints
    milled: Ints
    capacity: Ints
    bought: Ints


@dataclass(frozen=True)
class AreaResult:
    """A proven flow. Rupiah are above selling alone at the baseline, which stands beside them."""

    network: Network
    arcs: Arcs
    kg: Ints
    certificate: Certificate
    solver: str
    rounds: int

    @property
    def problem(self) -> AreaProblem:
        """Give the question in canonical order."""
        return self.network.problem

    @property
    def baseline(self) -> int:
        """Give f in Rp per kg paddy."""
        return self.problem.rates.baseline

    @property
    def value(self) -> int:
        """Give V in whole rupiah a season, halves upward."""
        return (self.certificate.value + MILLI // 2) // MILLI

    @property
    def value_milli(self) -> int:
        """Give V in thousandths of a rupiah, exactly."""
        return self.certificate.value

    @property
    def gap_milli(self) -> int:
        """Give by how much any other flow over all admissible pairs could be better, at most."""
        return self.certificate.gap

    @property
    def prices(self) -> Ints:
        """Give what one more kg is worth at every node of the network, Rp per tonne."""
        return self.certificate.prices

    @property
    def paddy_prices(self) -> Ints:
        """Give what one more kg of paddy is worth, per village that offers some (rows `network.growers`)."""
        return self.prices[self.network.layers.paddy]

    @property
    def mill_prices(self) -> Ints:
        """Give what one more kg of capacity is worth, per mill; 0 where it has room."""
        layers = self.network.layers
        margin = self.prices[layers.mills_out] + self.network.mill_gains - self.prices[layers.mills_in]
        return np.maximum(margin, 0)

    @cached_property
    def greedy(self) -> Greedy:
        """Give what hands reach on the same arcs, computed when first asked."""
        return baselines(self.network, self.arcs)

    @cached_property
    def kept(self) -> Ints:
        """Give kg that stay with each village that offers some."""
        return self.kg[: len(self.network.supply)]

    @cached_property
    def milled(self) -> Ints:
        """Give kg paddy through each mill."""
        return self.kg[self.network.mills_at]

    @cached_property
    def bought(self) -> Ints:
        """Give kg, as paddy, that each sink took: hubs' paddy, hubs' rice, buyers, in that order."""
        first = len(self.network.supply)
        return self.kg[first : first + len(self.network.sink_tails)]

    def on_legs(self, kind: Kind) -> Ints:
        """Give kg on the pairs of one leg that are in the model, signed legs left out."""
        first = self.network.offset(kind)
        return self.kg[first : first + len(self.network.model[kind])]

    def flows(self, kind: Kind) -> Flows:
        """Give what flows on one kind of leg, signed legs included."""
        network = self.network
        first = network.offset(kind)
        chosen = np.arange(first, first + len(network.model[kind]))
        mine = [place for place, one in enumerate(self.problem.signed) if one.kind is kind]
        chosen = np.concatenate((chosen, network.signed_at.start + np.array(mine, np.int64)))
        chosen = chosen[self.kg[chosen] > 0]
        order = np.lexsort((self.arcs.heads[chosen], self.arcs.tails[chosen]))
        chosen = chosen[order]
        codes = network.codes
        tails, heads = self.arcs.tails[chosen], self.arcs.heads[chosen]
        return Flows(kind, codes[tails], codes[heads], self.kg[chosen], self.arcs.gains[chosen])

    def sums(self, digits: int) -> Sums:
        """Give sums by the first `digits` characters of the code: 13 village, 5 regency, 2 province."""
        problem, network = self.problem, self.network
        short = problem.villages.codes.astype(f"U{digits}")
        hubs = problem.hubs.codes.astype(f"U{digits}")
        codes = np.unique(np.concatenate((short, hubs)))
        villages, hub_rows = np.searchsorted(codes, short), np.searchsorted(codes, hubs)
        mills, demands = villages[problem.mills.villages], villages[problem.demands.villages]
        grown, count = villages[network.growers], len(hubs)

        def summed(rows: Ints, kg: Ints) -> Ints:
            total = np.zeros(len(codes), np.int64)
            np.add.at(total, rows, kg)
            return total

        bought = np.concatenate((hub_rows, demands))
        return Sums(
            codes,
            summed(grown, network.supply),
            summed(grown, network.supply - self.kept),
            summed(mills, self.milled),
            summed(mills, problem.mills.capacities),
            summed(bought, self.bought[count:]),
        )

    def fingerprint(self) -> str:
        """Give the SHA-256 of flows, value, bound and prices: the same problem gives the same, in any order."""
        digest = sha256(f"{self.certificate.value} {self.certificate.upper_bound} ".encode())
        for column in (self.arcs.tails, self.arcs.heads, self.kg, self.prices):
            digest.update(column.astype("<i8").tobytes())
        return digest.hexdigest()

"""Rules of links at the size of an area: least lots, a cost a link, limits on partners (matching.md §3.5, rule 7).

A link is a pair of parties on one kind of leg. A party with itself is none: its own mill, its own buyer, a hub's store.
Its charge can be spread over the most it could ever carry: no flow pays less, so what that bounds holds (§2.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import starmap

import numpy as np

from kdmp_core.errors import InvalidInput
from kdmp_core.errors import Problem as Fault
from kdmp_core.matching.area.certify import isin_sorted
from kdmp_core.matching.area.legs import Leg, single
from kdmp_core.matching.area.model import AreaProblem, Ints, Kind, Truths
from kdmp_core.matching.area.network import Network
from kdmp_core.matching.checks import MOST_KG

MOST_RUPIAH = 1_000_000_000
"""No link costs more: sums stay exact in 64 bits."""

TO_HUBS = frozenset({Kind.PADDY, Kind.DELIVERY, Kind.TRANSFER})
"""The legs on which the lot of hubs counts."""


@dataclass(frozen=True)
class LinkRules:
    """What people agree on: kg paddy a link at least (`hub_lot`: into a hub), rupiah a link, partners at most.

    Partners are counted where goods leave: mills and hubs of a grower, buyers and hubs of a mill. 0 is no rule.
    """

    lot: int = 2_000
    hub_lot: int = 10_000
    link_cost: int = 150_000
    partners: int = 3
    mill_partners: int = 15

    def check(self) -> None:
        """Pass usable rules; raise InvalidInput `matching.unusable` that names the others."""
        most = {"lot": MOST_KG, "hub_lot": MOST_KG, "link_cost": MOST_RUPIAH, "partners": MOST_KG,
                "mill_partners": MOST_KG}  # fmt: skip
        faults = [Fault("matching.rule", name, {}) for name, top in most.items() if not 0 <= getattr(self, name) <= top]
        if faults:
            raise InvalidInput("matching.unusable", problems=faults, count=len(faults))

    def lot_of(self, kind: Kind) -> int:
        """Give the least kg of a link of one kind."""
        return self.hub_lot if kind in TO_HUBS else self.lot

    def partners_of(self, kind: Kind) -> int:
        """Give how many links may leave one place, 0 for any number, by a kind that leaves there."""
        limits = {Kind.MILLING: self.partners, Kind.PADDY: self.partners}
        return {**limits, Kind.RETAIL: self.mill_partners, Kind.DELIVERY: self.mill_partners}.get(kind, 0)


@dataclass(frozen=True)
class ChargedLeg(Leg):
    """A leg whose pairs bear their link's charge, spread over the most they could carry.

    `rooms` is kg and `parties` a number a row of both sides, `dear` thousandths of a rupiah a link for every tail.
    Pairs that can never reach `lot` are not admissible; `signed` ones are open already and bear nothing.
    """

    rooms: tuple[Ints, Ints] = field(default=(np.empty(0, np.int64), np.empty(0, np.int64)))
    parties: tuple[Ints, Ints] = field(default=(np.empty(0, np.int64), np.empty(0, np.int64)))
    dear: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    lot: int = 0
    signed: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def most(self, keys: Ints) -> Ints:
        """Give the most kg a pair could ever carry: what its ends let through."""
        tails, heads = self.pairs(keys)
        return np.minimum(self.rooms[0][tails], self.rooms[1][heads])

    def links(self, keys: Ints) -> Truths:
        """Say which pairs become a link when they are used: two parties, and nothing signed between them."""
        tails, heads = self.pairs(keys)
        two = self.parties[0][tails] != self.parties[1][heads]
        return np.asarray(two & ~isin_sorted(keys, self.signed))

    def costs(self, keys: Ints) -> Ints:
        """Give Rp per tonne of paddy with the spread charge, rounded down: never more than a flow pays."""
        tails, _ = self.pairs(keys)
        spread = self.dear[tails] // np.maximum(self.most(keys), 1)
        return super().costs(keys) + np.where(self.links(keys), spread, 0)

    def admissible(self, keys: Ints) -> Ints:
        """Give the pairs that `Leg` gives, less those that can never reach their lot."""
        keys = super().admissible(keys)
        return keys[~self.links(keys) | (self.most(keys) >= max(self.lot, 1))]


class Charged(Network):
    """The network of an area where every link bears its spread charge: no plan with the rules is worth more than here.

    Its pairs begin with those of `before`. The signed legs bear nothing: what they cost is a constant beside.
    """

    def __init__(self, problem: AreaProblem, rules: LinkRules, before: list[Ints]) -> None:
        """Charge every leg; `problem` in canonical order."""
        super().__init__(problem)
        self.rules = rules
        self.charged = list(starmap(self._charge, zip(Kind, self.legs, strict=True)))
        self.legs = list(self.charged)  # the signed legs are laid already, without a charge
        for leg, keys in zip(self.charged, before, strict=True):
            self.add(leg.kind, leg.admissible(keys))

    def _charge(self, kind: Kind, leg: Leg) -> ChargedLeg:
        rooms = self._rooms()
        _, parties = np.unique(np.concatenate(self._codes[kind]), return_inverse=True)
        signed = [
            tail * len(leg.heads) + head
            for one in self.problem.signed
            if one.kind is kind
            for tail, head in [(self.rows(kind, 0, one)[0], self.rows(kind, 1, one)[0])]
        ]
        return ChargedLeg(
            kind, leg.tails, leg.heads, leg.rates, leg.forbidden, leg.asked, leg.paid,
            rooms=(rooms[leg.tails.nodes], rooms[leg.heads.nodes]),
            parties=(parties[: len(leg.tails)], parties[len(leg.tails) :]),
            dear=np.full(len(leg.tails), 1000 * self.rules.link_cost),
            lot=self.rules.lot_of(kind),
            signed=single(np.array(signed, np.int64)),
        )  # fmt: skip

    def _rooms(self) -> Ints:
        """Give the most kg that any flow can bring through every node."""
        rooms, layers = np.full(self.nodes, self.room, np.int64), self.layers
        for part, most in ((layers.paddy, self.supply), (layers.mills_in, self.mill_most)):
            rooms[part] = most
        rooms[layers.mills_out] = self.mill_most
        hubs = len(self.problem.hubs.codes)
        rooms[layers.paddy_hubs], rooms[layers.buyers] = self.sink_most[:hubs], self.sink_most[2 * hubs :]
        return rooms

    @cached_property
    def signed_links(self) -> tuple[tuple[int, int], ...]:
        """Give the nodes of the links that are signed: they cost what a link costs and count as partners."""
        pairs = set(zip(self.held.tails.tolist(), self.held.heads.tolist(), strict=True))
        return tuple(sorted(pair for pair in pairs if self.codes[pair[0]] != self.codes[pair[1]]))

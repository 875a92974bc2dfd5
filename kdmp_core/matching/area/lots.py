"""Lots, link costs and limits on partners for an area: a second step after `match_area`, with a proof of its own.

Every link's cost is spread over the most that link could ever carry. What is best then, proven over all pairs, bounds
every plan that keeps the rules. `slopes` looks for a good one; the distance between the two is printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kdmp_core.errors import Conflict, Trouble
from kdmp_core.matching.area.certify import Certificate, dot, keeps
from kdmp_core.matching.area.charges import Charged, LinkRules
from kdmp_core.matching.area.engines import Engine, engine_at_hand
from kdmp_core.matching.area.match import proven
from kdmp_core.matching.area.model import Ints, Kind, Truths
from kdmp_core.matching.area.network import Network
from kdmp_core.matching.area.result import MILLI, AreaResult
from kdmp_core.matching.area.slopes import Links, Search

BOUND_GAP = 1
"""How near the bound comes to the best under spread charges, per 10,000 of the value."""

NEAR = 8_000
"""Pairs that lose more than this at the prices of the bound, in Rp per tonne, are no candidates for links."""


@dataclass(frozen=True)
class LotsResult(AreaResult):
    """A flow that keeps the rules of links. Its value is net of what links cost; the gap is to the spread bound.

    `prices` are those of that bound: they prove it, and say what one more kilogram is worth at most about.
    `signed_links` of the `links` are there by an agreement. `WhatIf`, `reasons` and `views` know no rules of links:
    give them the result of `match_area`.
    """

    rules: LinkRules
    used: Ints
    signed_links: int

    @property
    def links(self) -> int:
        """Give how many links are in use: pairs of two parties on a kind of leg."""
        return len(self.used) + self.signed_links

    @property
    def link_costs(self) -> int:
        """Give what the links cost together, in rupiah; the value is less this."""
        return self.links * self.rules.link_cost


def with_lots(result: AreaResult, rules: LinkRules | None = None, engine: Engine | None = None) -> LotsResult:
    """Give a good flow of the same area that keeps the rules of links, and how far from the best it can be.

    What is signed stays, whatever its lot and beyond the limit on partners.
    Raises InvalidInput `matching.unusable` for rules that are none, Conflict `matching.infeasible` where the lots make
    an agreement impossible and `matching.lots_unkept` where none was found that keeps it, Trouble as `match_area`.
    """
    rules, engine = rules or LinkRules(), engine or engine_at_hand()
    rules.check()
    charged = Charged(result.problem, rules, result.network.model)
    bounded = proven(charged, BOUND_GAP, engine)
    network, chosen = _candidates(charged, bounded)
    arcs, links = network.arcs(), _links(charged, network)
    kg = Search(arcs, links, network.signed_at, engine).run(bounded.kg[chosen])
    _signed_flows(network, kg)
    cost, signed = MILLI * rules.link_cost, len(charged.signed_links)
    certificate = Certificate(
        links.net(arcs, kg) - cost * signed,
        bounded.certificate.upper_bound - cost * signed,
        bounded.prices,
        bounded.certificate.better,
    )
    used = np.flatnonzero(links.used(kg))
    found = LotsResult(network, arcs, kg, certificate, bounded.solver, bounded.rounds, rules, used, signed)
    check_rules(found)
    return found


def check_rules(result: LotsResult) -> None:
    """Pass a result that keeps every limit and rule, counted anew link by link; else raise Trouble."""
    network, rules = result.network, result.rules
    keeps(network, result.arcs, result.kg)
    signed = set(zip(network.held.tails.tolist(), network.held.heads.tolist(), strict=True))
    links, partners, promised = set[tuple[int, int]](), Counter[int](), Counter[int]()
    for kind, tail, head, kg in _carried(result):
        if (tail, head) not in signed and kg < rules.lot_of(kind):
            raise Trouble("matching.uncertified", cause="lots")
        if (tail, head) not in links and rules.partners_of(kind):
            partners[tail] += 1
            promised[tail] += (tail, head) in signed
            if partners[tail] > max(rules.partners_of(kind), promised[tail]):
                raise Trouble("matching.uncertified", cause="partners")
        links.add((tail, head))
    value = dot(result.arcs.gains, result.kg) - MILLI * rules.link_cost * len(links)
    if len(links) != result.links or value != result.value_milli or result.gap_milli < 0:
        raise Trouble("matching.uncertified", cause="bound")


def _carried(result: LotsResult) -> Iterator[tuple[Kind, int, int, int]]:
    """Give what every leg between two parties carries: its kind, the nodes of both ends, kg; the signed legs first."""
    network, arcs = result.network, result.arcs
    held = range(network.signed_at.start, network.signed_at.stop)
    kinds = list(zip(held, (one.kind for one in result.problem.signed), strict=True))
    for kind in Kind:
        first = network.offset(kind)
        kinds += [(arc, kind) for arc in range(first, first + len(network.model[kind]))]
    for arc, kind in kinds:
        tail, head, kg = int(arcs.tails[arc]), int(arcs.heads[arc]), int(result.kg[arc])
        if kg and network.code(tail) != network.code(head):
            yield kind, tail, head, kg


def _candidates(charged: Charged, bounded: AreaResult) -> tuple[Network, Ints]:
    """Give a network without charges that has the pairs worth a look, and where those stand among the bound's."""
    arcs, prices = bounded.arcs, bounded.prices
    near = prices[arcs.heads] + arcs.gains - prices[arcs.tails] >= -NEAR
    near |= (bounded.kg > 0) | _feeding(charged, bounded)
    near[: charged.offset(Kind.MILLING)] = True
    network = Network(charged.problem)
    for kind in Kind:
        first, keys = charged.offset(kind), charged.model[kind]
        network.add(kind, keys[near[first : first + len(keys)]])
    return network, np.flatnonzero(near)


def _feeding(charged: Charged, bounded: AreaResult) -> Truths:
    """Say which arcs lead to a link that is nearer to its lot than to nothing: it may have to be filled at a loss."""
    arcs, links = bounded.arcs, _links(charged, charged)
    reached = np.zeros(charged.nodes, np.bool_)
    reached[arcs.tails[links.nearly(bounded.kg)]] = True
    for _ in Kind:
        reached[arcs.tails[reached[arcs.heads]]] = True
    return np.asarray(reached[arcs.heads])


def _links(charged: Charged, network: Network) -> Links:
    """Give what hangs on the arcs of a network."""
    rules, count = charged.rules, len(network.arcs())
    are, partners = np.zeros(count, np.bool_), np.zeros(network.nodes, np.int64)
    lots, most, owners = (np.full(count, nothing, np.int64) for nothing in (0, 1, -1))
    for leg in charged.charged:
        keys, limit = network.model[leg.kind], rules.partners_of(leg.kind)
        at = slice(network.offset(leg.kind), network.offset(leg.kind) + len(keys))
        are[at], lots[at], most[at] = leg.links(keys), leg.lot, leg.most(keys)
        if limit:
            owners[at] = leg.tails.nodes[leg.pairs(keys)[0]]
            partners[leg.tails.nodes] = limit
    for tail, _ in charged.signed_links:
        partners[tail] = max(0, partners[tail] - 1)
    return Links(are, lots, most, owners, partners, MILLI * rules.link_cost)


def _signed_flows(network: Network, kg: Ints) -> None:
    """Pass a flow in which every agreement flows whole; else name those that do not."""
    short = kg[network.signed_at] < network.held.least
    if short.any():
        signed = [one for one, is_short in zip(network.problem.signed, short, strict=True) if is_short]
        names = sorted({one.agreement or f"{one.seller}-{one.buyer}" for one in signed})
        raise Conflict("matching.lots_unkept", agreements=", ".join(names))

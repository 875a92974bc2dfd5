"""Links: who deals with whom, and what hangs on a link (matching.md §3.5, rule 7).

A link is a party with one counterpart, its mill or its buyer. Lots, link costs and limits on partners become gates
and groups of the packing; what was signed or pinned stays open whatever they say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kdmp_core.matching.gates import Gate, Group
from kdmp_core.matching.model import PartyKind
from kdmp_core.matching.network import PROMISES, LimitKind, Network


@dataclass(frozen=True)
class Link:
    """A party and a counterpart, the paths between them, the least and the most kg, and whether it must stay."""

    party: str
    counterpart: str
    paths: tuple[int, ...]
    lot: int
    most: int
    promised: bool


def links_of(network: Network, paths: Iterable[int]) -> tuple[Link, ...]:
    """Give the links of some paths, in the order in which these first use them."""
    between: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index in paths:
        path = network.paths[index]
        for counterpart in dict.fromkeys(path.counterparts):
            if counterpart != path.source.party:
                between[path.source.party, counterpart].append(index)
    return tuple(_link(network, *pair, tuple(used)) for pair, used in between.items())


def _link(network: Network, party: str, counterpart: str, paths: tuple[int, ...]) -> Link:
    parameters = network.problem.parameters
    settled = network.problem.commitments
    pairs = {(one.party, one.counterpart) for one in settled.binding} | {
        (pin.party, pin.counterpart) for pin in settled.pinned
    }
    promised = (party, counterpart) in pairs
    state = network.parties[counterpart].kind is PartyKind.SOE and parameters.soe_lot
    lot = 0 if promised else state or parameters.lot
    ends = {party: {LimitKind.SUPPLY}, counterpart: {LimitKind.MILL, LimitKind.BUYER}}
    most = min(_room(network, paths, owner, kinds) for owner, kinds in ends.items())
    return Link(party, counterpart, paths, lot, most, promised)


def _room(network: Network, paths: Iterable[int], owner: str, kinds: set[LimitKind]) -> int:
    """Give what the limits of one party that these paths touch let through together."""
    touched = {limit for index in paths for limit in network.paths[index].limits}
    mine = (network.limits[limit] for limit in touched)
    return sum(limit.most for limit in mine if limit.party == owner and limit.kind in kinds)


def unborn(network: Network, paths: Iterable[int]) -> list[Link]:
    """Give the links that can never reach their lot."""
    return [link for link in links_of(network, paths) if link.most < link.lot]


def partner_limit(network: Network, party: str) -> int:
    """Give how many partners a party may have; 0 for any number."""
    return dict(network.problem.commitments.partners).get(party, network.problem.parameters.partners)


def gates_of(network: Network, columns: Sequence[int], links: Sequence[Link]) -> tuple[list[Gate], list[Group]]:
    """Give the gates (the links' in their order, then the lots in total) and groups of columns (path per column)."""
    at: dict[int, list[int]] = defaultdict(list)
    for column, path in enumerate(columns):
        at[path].append(column)

    def of(paths: Iterable[int]) -> tuple[int, ...]:
        return tuple(column for path in paths for column in at[path])

    cost = 1000 * network.problem.parameters.link_cost
    gates = [Gate(of(link.paths), link.lot, link.most, cost, link.promised) for link in links]
    for lot in sorted(network.problem.commitments.lots):
        paths = [index for index in dict.fromkeys(columns) if lot.counterpart in network.paths[index].counterparts]
        most = _room(network, paths, lot.counterpart, {LimitKind.MILL, LimitKind.BUYER})
        if paths:
            gates.append(Gate(of(paths), lot.kg, max(most, lot.kg)))
    return gates, list(_groups(network, links))


def _groups(network: Network, links: Sequence[Link]) -> Iterable[Group]:
    mine: dict[str, list[int]] = defaultdict(list)
    for number, link in enumerate(links):
        mine[link.party].append(number)
    for party, numbers in mine.items():
        most = partner_limit(network, party)
        promised = sum(links[number].promised for number in numbers)
        if most and len(numbers) > most:
            yield Group(tuple(numbers), max(most, promised))


def promised_limits(network: Network) -> set[int]:
    """Give the limits that hold a promise."""
    return {index for index, limit in enumerate(network.limits) if limit.kind in PROMISES}

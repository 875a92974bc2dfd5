"""A plan as people look at it: who does what, what goes where, stage by stage; every sum is the plan's to the kilogram.

All kilograms are paddy, so that they add up through the mills; `kg_goods` is what a buyer receives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kdmp_core.matching.model import Goods, Problem, RowKind
from kdmp_core.matching.result import Result


@dataclass(frozen=True)
class Role:
    """What one party does by the plan, kg: what it grows and sells, mills of its capacity, buys, carries of its room.

    `buys_room` and `truck_room` are what its rows offer, in kg of their own goods.
    """

    party: str
    grows: int
    sells: int
    mills: int
    mill_room: int
    buys: int
    buys_room: int
    carries: int
    truck_room: int

    @property
    def names(self) -> tuple[str, ...]:
        """Give its roles, the one that binds most others first: buyer, mill, grower, carrier."""
        has = (
            ("buyer", self.buys_room),
            ("mill", self.mill_room),
            ("grower", self.grows),
            ("carrier", self.truck_room),
        )
        return tuple(name for name, kg in has if kg)


@dataclass(frozen=True)
class Stream:
    """Paddy of `source` that goes through `mill` (None: unmilled) to `buyer` (None: it stays with the grower)."""

    source: str
    mill: str | None
    buyer: str | None
    goods: Goods
    kg: int
    kg_goods: int


@dataclass(frozen=True)
class Leg:
    """What goes from one place to the next: paddy to a mill or a buyer, rice from a mill to a buyer."""

    source: str
    target: str
    goods: Goods
    kg: int


@dataclass(frozen=True)
class Cell:
    """What a supplier brings to a counterpart, to be milled or to be bought."""

    supplier: str
    counterpart: str
    bought: bool
    kg: int


Names = Callable[[str], str]
Way = tuple[str, str | None, str | None, Goods]


def roles(problem: Problem, result: Result) -> tuple[Role, ...]:
    """Give every party's part, in the order of the register."""
    room: dict[RowKind, Counter[str]] = {kind: Counter() for kind in RowKind}
    met = Counter[tuple[RowKind, str]]()
    for outcome in result.outcomes:
        room[outcome.kind][outcome.party] += outcome.kg
        met[outcome.kind, outcome.party] += outcome.met
    offered, sells, buys, mills = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for stream in streams(result):
        offered[stream.source] += stream.kg
        if stream.buyer is not None:
            sells[stream.source] += stream.kg
            buys[stream.buyer] += stream.kg
        if stream.mill is not None:
            mills[stream.mill] += stream.kg
    buyers = {sold.buyer for sold in result.sold}
    capacity = {milled.mill: milled.capacity for milled in result.milled}
    return tuple(
        Role(
            party=party.key,
            grows=offered[party.key],
            sells=sells[party.key],
            mills=mills[party.key],
            mill_room=capacity.get(party.key, 0),
            buys=buys[party.key],
            buys_room=room[RowKind.MARKET_OFFER][party.key] if party.key in buyers else 0,
            carries=met[RowKind.TRANSPORT_OFFER, party.key],
            truck_room=room[RowKind.TRANSPORT_OFFER][party.key],
        )
        for party in sorted(problem.parties, key=lambda party: (party.number, party.key))
    )


def streams(result: Result, group: Names | None = None) -> tuple[Stream, ...]:
    """Give all paddy offered, by the way it goes, what is kept last; with `group` the parties summed by its names."""
    name = group or str
    kg, goods = Counter[Way](), Counter[Way]()
    for flow in result.flows:
        way = (name(flow.party), name(flow.mill) if flow.mill else None, name(flow.buyer), flow.goods)
        kg[way] += flow.kg_gkp
        goods[way] += flow.kg_goods
    for kept in result.kept:
        stays = (name(kept.party), None, None, Goods.GKP)
        kg[stays] += kept.kg
        goods[stays] += kept.kg
    return tuple(Stream(*way, amount, goods[way]) for way, amount in kg.items())


def legs(given: Iterable[Stream]) -> tuple[Leg, ...]:
    """Give what travels; what stays at one place (an own mill, or within a group) has no leg."""
    sums = Counter[tuple[str, str, Goods]]()
    for stream in given:
        if stream.mill is not None:
            sums[stream.source, stream.mill, Goods.GKP] += stream.kg
        if stream.buyer is not None:
            sums[stream.mill or stream.source, stream.buyer, stream.goods] += stream.kg
    return tuple(Leg(*way, kg) for way, kg in sums.items() if way[0] != way[1])


def matrix(given: Iterable[Stream]) -> tuple[Cell, ...]:
    """Give what each supplier brings to whom: to mills (its own too) and to buyers, each once."""
    sums = Counter[tuple[str, str, bool]]()
    for stream in given:
        if stream.mill is not None:
            sums[stream.source, stream.mill, False] += stream.kg
        if stream.buyer is not None:
            sums[stream.source, stream.buyer, True] += stream.kg
    return tuple(Cell(*cell, kg) for cell, kg in sums.items())

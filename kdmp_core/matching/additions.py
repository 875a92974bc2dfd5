"""What if there were one mill, dryer, truck, buyer or village more: an addition turns one question into another.

An addition is asked about and never kept. What is new stands at its place as a party of its own, open to everybody, so
that it takes nothing away from anyone: without lots and limits on partners the best plan cannot be worth less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kdmp_core.errors import InvalidInput
from kdmp_core.errors import Problem as Fault
from kdmp_core.matching.checks import MOST_KG, MOST_RUPIAH
from kdmp_core.matching.compare import Solved
from kdmp_core.matching.match import match
from kdmp_core.matching.model import Goods, Party, PartyKind, Point, Problem, Row, RowKind

MOST = 20
"""More additions than this are another event."""


class Added(StrEnum):
    """What may be added."""

    MILL = "mill"
    DRYER = "dryer"
    TRUCK = "truck"
    BUYER = "buyer"
    VILLAGE = "village"


ROWS = {
    Added.MILL: RowKind.MILLING_OFFER,
    Added.DRYER: RowKind.MILLING_OFFER,
    Added.TRUCK: RowKind.TRANSPORT_OFFER,
    Added.BUYER: RowKind.MARKET_OFFER,
    Added.VILLAGE: RowKind.PRODUCTION_OFFER,
}


@dataclass(frozen=True, order=True)
class Addition:
    """One thing more, of `kg` a season: where it stands, or `at` whose mill a dryer does.

    `price` in Rp/kg is the fee of a mill (the usual one without it), what a buyer pays, the ask of a village. `goods`
    are what a buyer takes. The sheet holds one capacity for mill and dryer together, so a dryer lifts that of its
    mill: the answer holds where drying is what limits it.
    """

    kind: Added
    kg: int
    point: Point | None = None
    at: str = ""
    price: int | None = None
    goods: Goods | None = None


def key_of(position: int) -> str:
    """Give the key that the addition at a position (from 0) has as a party and as a row."""
    return f"+{position + 1}"


def extended(problem: Problem, additions: Sequence[Addition], most: int = MOST) -> Problem:
    """Give the question with what is added, `most` at once.

    Raises InvalidInput `matching.unusable` that names every fault with the addition's position as its place.
    """
    faults = list(_faults(problem, additions, most))
    if faults:
        raise InvalidInput("matching.unusable", problems=faults, count=len(faults))
    first = max((party.number for party in problem.parties), default=0) + 1
    parties, rows = list(problem.parties), list(problem.rows)
    for position, addition in enumerate(additions):
        key = key_of(position)
        owner = addition.at if addition.kind is Added.DRYER else key
        if owner == key:
            kind = PartyKind.KDMP if addition.kind is Added.VILLAGE else PartyKind.EXISTING
            parties.append(Party(key, first + position, kind, addition.point))
        rows.append(_row(problem, addition, key, owner))
    return replace(problem, parties=tuple(parties), rows=tuple(rows))


def answer(before: Solved, additions: Sequence[Addition]) -> Solved:
    """Give the whole answer with what is added; flows of the answer before are held where all else is equal."""
    return Solved(problem := extended(after(before), additions), match(problem))


def after(before: Solved) -> Problem:
    """Give the question before, its own flows held where all else is equal."""
    pairs = frozenset(
        (flow.party, other) for flow in before.result.flows for other in (flow.mill, flow.buyer) if other is not None
    )
    return replace(before.problem, commitments=replace(before.problem.commitments, former=pairs))


def mills_of(problem: Problem) -> dict[str, Row]:
    """Give the first usable mill of every party that has one."""
    mills: dict[str, Row] = {}
    for row in sorted(problem.decided.rows, key=lambda row: row.key):
        if row.kind is RowKind.MILLING_OFFER and not row.rejected:
            mills.setdefault(row.party, row)
    return mills


def _row(problem: Problem, addition: Addition, key: str, owner: str) -> Row:
    goods = {Added.BUYER: addition.goods, Added.VILLAGE: Goods.GKP}.get(addition.kind)
    price = mills_of(problem)[owner].price if addition.kind is Added.DRYER else addition.price
    return Row(key, owner, ROWS[addition.kind], addition.kg, goods, price)


def _faults(problem: Problem, additions: Iterable[Addition], most: int) -> Iterator[Fault]:
    mills = mills_of(problem)
    for position, addition in enumerate(additions):
        place = str(position)
        if position >= most:
            yield Fault("matching.additions_many", place, {"most": most})
            return
        if not 0 < addition.kg <= MOST_KG:
            yield Fault("matching.quantity", place, {"kg": addition.kg, "most": MOST_KG})
        if addition.price is not None and not 0 < addition.price <= MOST_RUPIAH:
            yield Fault("matching.price", place, {"price": addition.price, "most": MOST_RUPIAH})
        if addition.kind is Added.DRYER:
            if addition.at not in mills:
                yield Fault("matching.no_mill", place, {})
        elif addition.point is None:
            yield Fault("matching.addition_place", place, {})
        if addition.kind is Added.BUYER:
            yield from _buyer_faults(problem, addition, place)


def _buyer_faults(problem: Problem, addition: Addition, place: str) -> Iterator[Fault]:
    floor = problem.parameters.paddy_floor
    if addition.goods is None:
        yield Fault("matching.addition_goods", place, {})
    if addition.price is None:
        yield Fault("matching.addition_price", place, {})
    elif addition.goods is Goods.GKP and addition.price < floor:
        yield Fault("matching.below_floor", place, {"price": addition.price, "floor": floor})

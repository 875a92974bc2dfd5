"""Whose trucks carry whose loads: a second flow after the goods (matching.md §2.5).

Every leg is already priced at the hire rate, so a load without a member's truck still travels, hired. This flow
carries the most kilograms and then drives the fewest empty kilogram-metres; it is proven like the goods flow.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kdmp_core.errors import Trouble
from kdmp_core.matching.certify import certify
from kdmp_core.matching.distance import metres
from kdmp_core.matching.gains import rice_of
from kdmp_core.matching.model import Goods, Row, RowKind
from kdmp_core.matching.network import Network
from kdmp_core.matching.result import Lift, Transport
from kdmp_core.matching.solve import Packing, filling


@dataclass(frozen=True)
class Load:
    """`kg` of `goods` that `owner` has to bring from `origin` to `destination` (party keys), in a `period`."""

    owner: str
    origin: str
    destination: str
    goods: Goods
    kg: int
    period: int | None = None


@dataclass(frozen=True)
class _Truck:
    row: Row
    period: int | None
    kg: int


@dataclass(frozen=True)
class _Column:
    truck: Row
    load: Load
    empty: int
    touches: tuple[int, ...]


def loads(network: Network, kg: Sequence[int]) -> tuple[Load, ...]:
    """Give the legs of the goods flow whose owner asked for transport; legs within one place need no truck.

    With periods each leg has its own: what waits at the mill is brought there at the harvest, all else on delivery.
    """
    asking = {row.party for row in network.problem.rows if row.kind is RowKind.TRANSPORT_NEED and not row.rejected}
    carried: Counter[tuple[str, str, str, Goods, int | None]] = Counter()
    for path, amount in zip(network.paths, kg, strict=True):
        owner = path.source.party
        if not amount or owner not in asking:
            continue
        first_stop = (path.mill or path.buyer).party
        if path.metres[0]:
            waits_there = path.store == first_stop and path.mill is not None
            carried[owner, owner, first_stop, Goods.GKP, path.harvested if waits_there else path.delivered] += amount
        if path.mill is not None and path.metres[1]:
            rice = rice_of(network.problem.parameters, amount)
            carried[owner, first_stop, path.buyer.party, path.goods, path.delivered] += rice
    return tuple(Load(*leg[:4], amount, leg[4]) for leg, amount in carried.items() if amount)


def assign(network: Network, kg: Sequence[int]) -> Transport:
    """Give the lifts for the goods flow `kg` (per path). Raises Trouble when the solver breaks or proves nothing."""
    rows = [row for row in network.rows if row.kind is RowKind.TRANSPORT_OFFER]
    lying = network.problem.lying
    trucks = [_Truck(row, period, part) for row in rows for period, part in lying(row).items()]
    asked: Counter[str] = Counter()
    for row in network.rows:
        if row.kind is RowKind.TRANSPORT_NEED:
            asked[row.party] += row.kg
    to_lift = loads(network, kg)
    columns, most = _columns(network, trucks, to_lift, asked)
    # an exchange passes each truck at most once, so this outweighs every empty metre it could save
    worth = network.problem.parameters.truck_radius * (len(trucks) + 2)
    packing = Packing(
        gains=tuple(worth - column.empty for column in columns),
        touches=tuple(column.touches for column in columns),
        most=most,
        least=(0,) * len(most),
    )
    solution = filling(packing)
    if solution is None:
        raise Trouble("matching.solver", status="transport")
    certificate = certify(packing, solution)
    lifts = _lifts(zip(columns, solution.kg, strict=True), network.problem.parameters.truck_payload)
    return Transport(
        loads=len(to_lift),
        kg_to_lift=sum(load.kg for load in to_lift),
        kg_offered=sum(row.kg for row in rows),
        kg_asked=sum(asked.values()),
        kg_carried=sum(lift.kg for lift in lifts),
        empty_kg_metres=sum(lift.kg * lift.empty_metres for lift in lifts),
        proven=certificate.gap == 0,
        lifts=lifts,
    )


def _columns(
    network: Network,
    trucks: list[_Truck],
    to_lift: tuple[Load, ...],
    asked: Counter[str],
) -> tuple[list[_Column], tuple[int, ...]]:
    owners = {owner: index for index, owner in enumerate(dict.fromkeys(load.owner for load in to_lift))}
    most = [*(truck.kg for truck in trucks), *(load.kg for load in to_lift), *(asked[owner] for owner in owners)]
    after_loads = len(trucks) + len(to_lift)
    columns = []
    for at_truck, truck in enumerate(trucks):
        for at_load, load in enumerate(to_lift):
            empty = _empty(network, truck.row, load) if truck.period == load.period else None
            if empty is not None:
                touches = (at_truck, len(trucks) + at_load, after_loads + owners[load.owner])
                columns.append(_Column(truck.row, load, empty, touches))
    return columns, tuple(most)


def _empty(network: Network, truck: Row, load: Load) -> int | None:
    """Give the metres a truck drives empty to a load, or None when it cannot come: too far, own load, forbidden."""
    problem, parties = network.problem, network.parties
    home, origin = parties[truck.party].point, parties[load.origin].point
    if home is None or origin is None or truck.party == load.owner:
        return None
    if problem.commitments.forbids(truck.party, load.owner):
        return None
    empty = metres(home, origin)
    return empty if empty <= problem.parameters.truck_radius else None


def _lifts(carried: Iterable[tuple[_Column, int]], payload: int) -> tuple[Lift, ...]:
    """Give one lift per truck party and load; a party's several truck rows add up."""
    together: dict[tuple[str, Load], int] = defaultdict(int)
    empty: dict[tuple[str, Load], int] = {}
    for column, kg in carried:
        if kg:
            together[column.truck.party, column.load] += kg
            empty[column.truck.party, column.load] = column.empty
    return tuple(
        Lift(
            truck=truck,
            owner=load.owner,
            origin=load.origin,
            destination=load.destination,
            goods=load.goods,
            kg=kg,
            empty_metres=empty[truck, load],
            trips=-(-kg // payload),
            period=load.period,
        )
        for (truck, load), kg in together.items()
    )

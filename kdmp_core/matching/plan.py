"""The solved goods flow as the other rooms of matching read it: kilograms, what is used up, and what more is worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from kdmp_core.errors import Conflict, Trouble
from kdmp_core.matching.certify import Certificate, certify
from kdmp_core.matching.network import LimitKind, Network, Path
from kdmp_core.matching.result import Full
from kdmp_core.matching.solve import Packing, Solver, filling, on_limits


@dataclass(frozen=True)
class Plan:
    """`kg` per path, `used` per limit, `prices` (right-hand, Rp per tonne) per limit, and the proof."""

    network: Network
    kg: tuple[int, ...]
    used: tuple[int, ...]
    prices: tuple[int, ...]
    certificate: Certificate

    def is_full(self, limit: int) -> bool:
        """Say whether a limit is used up."""
        return self.used[limit] >= self.network.limits[limit].most

    def full(self, path: Path, kinds: Iterable[LimitKind] = tuple(LimitKind)) -> tuple[Full, ...]:
        """Give what is used up on a path, of the kinds asked for."""
        limits = [(index, self.network.limits[index]) for index in path.limits if self.is_full(index)]
        wanted = set(kinds) - {LimitKind.AGREEMENT}
        return tuple(
            Full(limit.kind, limit.party, self.prices[index]) for index, limit in limits if limit.kind in wanted
        )

    @cached_property
    def flowing(self) -> tuple[tuple[Path, int], ...]:
        """The paths that carry something, with their kg."""
        return tuple((path, kg) for path, kg in zip(self.network.paths, self.kg, strict=True) if kg)


def solve(network: Network) -> Plan:
    """Give the proven best plan of a network.

    Raises Conflict `matching.infeasible` when signed agreements cannot all be kept; its values name the
    `agreements` and the rows whose `capacities` they break.
    """
    _promised_paths(network)
    packing, columns = packing_of(network)
    solver = Solver(packing)
    solution = solver.best()
    if solution is None:
        raise _infeasible(network, packing)
    certificate = certify(packing, solution)
    used = tuple(on_limits(packing, solution.kg))
    kg = [0] * len(network.paths)
    for column, amount in zip(columns, solution.kg, strict=True):
        kg[column] = amount
    return Plan(network, tuple(kg), used, _prices(network, packing, solver, used), certificate)


def packing_of(network: Network) -> tuple[Packing, list[int]]:
    """Give the packing of a network and the index of the path behind each of its columns.

    Paths without gain are left out unless a signed agreement asks for them: keeping the paddy is as good.
    """
    signed = {index for index, limit in enumerate(network.limits) if limit.kind is LimitKind.AGREEMENT}
    columns = [index for index, path in enumerate(network.paths) if path.gain > 0 or not signed.isdisjoint(path.limits)]
    packing = Packing(
        gains=tuple(network.paths[column].gain for column in columns),
        touches=tuple(network.paths[column].limits for column in columns),
        most=tuple(limit.most for limit in network.limits),
        least=tuple(limit.least for limit in network.limits),
    )
    return packing, columns


def _prices(network: Network, packing: Packing, solver: Solver, used: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(
        solver.one_more(index) if amount >= packing.most[index] and limit.kind is not LimitKind.AGREEMENT else 0
        for index, (limit, amount) in enumerate(zip(network.limits, used, strict=True))
    )


def _promised_paths(network: Network) -> None:
    """Refuse agreements that no admissible path can keep, before the solver sees them."""
    reached = {limit for path in network.paths for limit in path.limits}
    lost = [
        index
        for index, limit in enumerate(network.limits)
        if limit.kind is LimitKind.AGREEMENT and index not in reached
    ]
    if lost:
        raise _conflict(network, lost, [])


def _infeasible(network: Network, packing: Packing) -> Conflict:
    """Find what contradicts: let every agreement fall short at a cost, and see which do and what holds them down."""
    signed = [index for index, limit in enumerate(network.limits) if limit.kind is LimitKind.AGREEMENT]
    elastic = Packing(
        gains=(*(0 for _ in packing.gains), *(-1 for _ in signed)),
        touches=(*packing.touches, *((index,) for index in signed)),
        most=packing.most,
        least=packing.least,
    )
    solution = filling(elastic)
    if solution is None:
        raise Trouble("matching.solver", status="elastic")
    short = dict(zip(signed, solution.kg[len(packing.gains) :], strict=True))
    agreements = [index for index in signed if short[index] or solution.prices[index] < 0]
    capacities = [index for index, price in enumerate(solution.prices) if price > 0]
    return _conflict(network, agreements, capacities)


def _conflict(network: Network, agreements: list[int], capacities: list[int]) -> Conflict:
    return Conflict(
        "matching.infeasible",
        agreements=", ".join(network.limits[index].rows[0] for index in agreements),
        capacities=", ".join(row for index in capacities for row in network.limits[index].rows) or "-",
    )

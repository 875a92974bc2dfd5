"""The solved goods flow as the other rooms of matching read it: kilograms, what is used up, and what more is worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from kdmp_core.errors import Conflict, Trouble
from kdmp_core.matching.certify import Certificate, certify
from kdmp_core.matching.columns import columns_of, offers
from kdmp_core.matching.links import Link, gates_of, links_of
from kdmp_core.matching.network import PROMISES, LimitKind, Network, Path
from kdmp_core.matching.refine import Refinement
from kdmp_core.matching.result import Full
from kdmp_core.matching.solve import Packing, Solution, Solver, filling, on_limits


@dataclass(frozen=True)
class Plan:
    """`kg` per path, `used` per limit, `prices` (right-hand, Rp per tonne) per limit, and the proof.

    `links` are all that could be; the costs of those in use are taken off `value`, which is in thousandths of a
    rupiah. The certificate weighs besides what is no money: the soft share and the bonus for what lives already.
    """

    network: Network
    kg: tuple[int, ...]
    used: tuple[int, ...]
    prices: tuple[int, ...]
    certificate: Certificate
    links: tuple[Link, ...] = ()

    @cached_property
    def value(self) -> int:
        """Give the thousandths of a rupiah the plan brings, less the costs of its links."""
        gains = sum(path.gain * kg for path, kg in self.flowing)
        return gains - 1000 * self.network.problem.parameters.link_cost * sum(
            self.carries(link) > 0 for link in self.links
        )

    def carries(self, link: Link) -> int:
        """Give the kg paddy over a link, 0 when it is closed."""
        return sum(self.kg[path] for path in link.paths)

    def is_full(self, limit: int) -> bool:
        """Say whether a limit is used up."""
        return self.used[limit] >= self.network.limits[limit].most

    def full(self, path: Path, kinds: Iterable[LimitKind] = tuple(LimitKind)) -> tuple[Full, ...]:
        """Give what is used up on a path, of the kinds asked for."""
        limits = [(index, self.network.limits[index]) for index in path.limits if self.is_full(index)]
        wanted = set(kinds) - PROMISES
        return tuple(
            Full(limit.kind, limit.party, self.prices[index], limit.period)
            for index, limit in limits
            if limit.kind in wanted
        )

    @cached_property
    def flowing(self) -> tuple[tuple[Path, int], ...]:
        """The paths that carry something, with their kg."""
        return tuple((path, kg) for path, kg in zip(self.network.paths, self.kg, strict=True) if kg)


def solve(network: Network) -> Plan:
    """Give the proven best plan of a network; where lots, link costs or partner limits ask for it, by the second step.

    Raises Conflict. `matching.infeasible` (or with pins among them `matching.pinned_infeasible`): not all promises can
    be kept; its values name them and the rows whose `capacities` they break. `matching.unfair`: no plan sells the
    share asked of every offer; it names the most that can be. `matching.lots`: no plan keeps all lots.
    """
    packing, columns, solver, solution = flow(network)
    links: tuple[Link, ...] = ()
    if columns and _links_matter(network):
        links = links_of(network, dict.fromkeys(columns))
        refined = Refinement(packing, *gates_of(network, columns, links))
        if refined.solver is None:
            raise Conflict("matching.lots")
        solver, kg, certificate = refined.solver, refined.kg, refined.certificate
    else:
        kg, certificate = solution.kg, certify(packing, solution)
    used = tuple(on_limits(packing, kg)[: len(network.limits)])
    whole = [0] * len(network.paths)
    for column, amount in zip(columns, kg, strict=True):
        whole[column] += amount
    return Plan(network, tuple(whole), used, _prices(network, solver, used), certificate, links)


def flow(network: Network) -> tuple[Packing, list[int], Solver, Solution]:
    """Give the flow alone: packing, path behind each column, the solver and its best filling. Raises like `solve`."""
    _promised_paths(network)
    packing, columns = packing_of(network)
    solver = Solver(packing)
    solution = solver.best()
    if solution is None:
        raise _impossible(network)
    return packing, columns, solver, solution


def _links_matter(network: Network) -> bool:
    settled = network.problem.commitments
    return bool(network.problem.parameters.links_matter or settled.partners or settled.lots)


def packing_of(network: Network, fairness_percent: int | None = None) -> tuple[Packing, list[int]]:
    """Give the packing of a network and the index of the path behind each of its columns.

    Its first limits are the network's; a least share of every servable offer (the problem's own fairness unless
    another is given) and the soft shares of buyers follow. Paths without gain are left out unless a promise asks for
    them: keeping the paddy is as good.
    """
    problem = network.problem
    percent = problem.parameters.fairness_percent if fairness_percent is None else fairness_percent
    columns = columns_of(network)
    most, least = [limit.most for limit in network.limits], [limit.least for limit in network.limits]
    offered = offers(network)
    extra: dict[tuple[str, str], int] = {}

    def limit(key: tuple[str, str], high: int, low: int) -> int:
        if key not in extra:
            extra[key] = len(most)
            most.append(high)
            least.append(low)
        return extra[key]

    gains, touches = [], []
    for column in columns:
        path = network.paths[column.path]
        party, buyer = path.source.party, path.buyer.party
        touched = list(path.limits)
        if percent:
            touched.append(limit((party, ""), offered[party], -(-percent * offered[party] // 100)))
        if column.within is not None:
            touched.append(limit((party, buyer), column.within, 0))
        gains.append(column.weight)
        touches.append(tuple(touched))
    packing = Packing(tuple(gains), tuple(touches), tuple(most), tuple(least))
    return packing, [column.path for column in columns]


def fairest(network: Network) -> int:
    """Give the greatest whole percent of every servable offer that can be sold at once, lots and partners aside."""
    low, high = 0, 100
    while low < high:
        middle = (low + high + 1) // 2
        packing, _ = packing_of(network, middle)
        low, high = (middle, high) if filling(packing) else (low, middle - 1)
    return low


def _prices(network: Network, solver: Solver, used: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(
        solver.one_more(index) if amount >= limit.most and limit.kind is not LimitKind.AGREEMENT else 0
        for index, (limit, amount) in enumerate(zip(network.limits, used, strict=True))
    )


def _promised_paths(network: Network) -> None:
    """Refuse agreements and pins that no admissible path can keep, before the solver sees them."""
    reached = {limit for path in network.paths for limit in path.limits}
    lost = [index for index, limit in enumerate(network.limits) if limit.kind in PROMISES and index not in reached]
    if lost:
        raise _conflict(network, lost, [])


def _impossible(network: Network) -> Conflict:
    packing, _ = packing_of(network, 0)
    if filling(packing) is None:
        return _infeasible(network, packing)
    return Conflict("matching.unfair", percent=network.problem.parameters.fairness_percent, most=fairest(network))


def _infeasible(network: Network, packing: Packing) -> Conflict:
    """Find what contradicts: let every promise fall short at a cost, and see which do and what holds them down."""
    signed = [index for index, limit in enumerate(network.limits) if limit.kind in PROMISES]
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
    named = range(len(network.limits))
    capacities = [index for index in named if solution.prices[index] > 0 and index not in agreements]
    return _conflict(network, agreements, capacities)


def _conflict(network: Network, agreements: list[int], capacities: list[int]) -> Conflict:
    names = ", ".join(network.limits[index].rows[0] for index in agreements)
    rows = ", ".join(row for index in capacities for row in network.limits[index].rows) or "-"
    if any(network.limits[index].kind is LimitKind.PIN for index in agreements):
        return Conflict("matching.pinned_infeasible", promises=names, capacities=rows)
    return Conflict("matching.infeasible", agreements=names, capacities=rows)

"""The one door of an area: a problem in, a result out whose gap to all admissible pairs is proven."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from kdmp_core.errors import Conflict, Trouble
from kdmp_core.matching.area import islands, parts
from kdmp_core.matching.area.certify import Certificate, certify
from kdmp_core.matching.area.checks import check
from kdmp_core.matching.area.engines import SIGNED_BONUS, Engine, Growing, engine_at_hand, solve
from kdmp_core.matching.area.model import AreaProblem, Ints
from kdmp_core.matching.area.network import Arcs, Network, best_of
from kdmp_core.matching.area.result import AreaResult

ADDED = 12
"""How many of the best outside pairs every row, on either side, brings into the model a round."""

MOST_ROUNDS = 12

NATION_GAP = 25
"""The gap asked for the nation, per 10,000 of the value; a regency or a province is solved to 0."""

Progress = Callable[[int, int, int], None]
"""Is told after every round: which one, value and upper bound, in thousandths of a rupiah, of the islands begun."""

State = tuple[Ints, Ints]
"""Kg an arc (-1: to be solved) and the price of every node."""


def match_area(
    problem: AreaProblem, target_gap: int = 0, progress: Progress | None = None, engine: Engine | None = None
) -> AreaResult:
    """Give the best flow of an area within `target_gap` (per 10,000 of the value), proven over all pairs.

    Raises InvalidInput `matching.unusable`, Conflict `matching.infeasible` naming agreements and capacities,
    TooLarge `matching.too_large`, Trouble when an engine breaks or the gap asked for cannot be proven.
    """
    check(problem)
    problem, engine = problem.canonical(), engine or engine_at_hand()
    network = Network(problem)
    search = _Search(network, target_gap, engine, progress or (lambda *_: None))
    try:
        state = search.apart()
    except Conflict:  # what one island cannot keep, a way across the sea may
        state = None
    if state is None:
        network.start()
    return search.run(state)


def proven(network: Network, target_gap: int, engine: Engine) -> AreaResult:
    """Give the best flow of a network that has some pairs already, as `match_area` does. Raises the same."""
    return _Search(network, target_gap, engine, lambda *_: None).run()


@dataclass
class _Search:
    """Solve, prove, add what is missing, again: column generation with a proof (matching.md §3.4)."""

    network: Network
    target: int
    engine: Engine
    progress: Progress
    rounds: int = 0

    def __post_init__(self) -> None:
        """Begin with no part solved."""
        self.solvers: dict[bytes, Growing] = {}

    def apart(self) -> State | None:
        """Solve every island group alone, one after another, each to the gap asked for; None where there is but one.

        Only one group's arrays are in memory at a time. Raises what `run` raises.
        """
        first, *others = islands.groups(self.network) or [0]
        if not others:
            return None
        solved: list[islands.Solved] = []
        for group in (first, *others):
            solved.append(self._island(group, solved))
        for one in solved:
            one.into(self.network)
        self.rounds = max(one.rounds for one in solved)
        return islands.together(self.network, self.network.arcs(), solved)

    def _island(self, group: int, before: list[islands.Solved]) -> islands.Solved:
        value, bound = (sum(getattr(one.certificate, name) for one in before) for name in ("value", "upper_bound"))

        def progress(number: int, more: int, most: int) -> None:
            self.progress(number, value + more, bound + most)

        network = Network(islands.alone(self.network.problem, group))
        network.start()
        found = _Search(network, self.target, self.engine, progress).run()
        return islands.Solved.of(self.network, group, network, found.arcs, found.kg, found.certificate, found.rounds)

    def run(self, state: State | None = None) -> AreaResult:
        """Go on from a flow, or from nothing, until the gap over all pairs is as small as asked."""
        arcs, sea = self.network.arcs(), False
        while self.rounds < MOST_ROUNDS:
            self.rounds += 1
            state = self._solved(arcs, state)
            kg, prices = state
            if self._lacks(kg) and self.network.widen():
                self.rounds -= 1
                arcs, state = self.network.arcs(), None
                continue
            self._feasible(arcs, kg)
            certificate = certify(self.network, arcs, kg, prices, sea=sea)
            if not sea and self._close(certificate):
                sea, certificate = True, certify(self.network, arcs, kg, prices)
            self.progress(self.rounds, certificate.value, certificate.upper_bound)
            if sea and self._close(certificate):
                kg, certificate = self._belted(arcs, kg, certificate)
                return AreaResult(self.network, arcs, kg, certificate, self.engine.label, self.rounds)
            if not self._add(certificate):
                break
            arcs, state = self._carried(arcs, state, certificate)
        raise Trouble("matching.uncertified", cause="gap")

    def _close(self, certificate: Certificate) -> bool:
        return 10_000 * certificate.gap <= self.target * max(certificate.value, 0)

    def _solved(self, arcs: Arcs, state: State | None) -> State:
        """Solve part by part; a part that is proven close enough already is left as it is."""
        bonus = arcs.gains.copy()
        bonus[self.network.signed_at] += SIGNED_BONUS
        arcs = replace(arcs, gains=bonus)
        kg, prices = state or (np.full(len(arcs), -1, np.int64), np.zeros(self.network.nodes, np.int64))
        for part in parts.split(self.network, arcs):
            if (kg[part.arcs] < 0).any():
                solver = self.solvers.setdefault(part.nodes.tobytes(), Growing(self.engine))
                kg[part.arcs], prices[part.nodes] = solver.solve(part.of(arcs))
        return kg, prices

    def _carried(self, old: Arcs, state: State, certificate: Certificate) -> tuple[Arcs, State]:
        """Give the new arrays, with the flow of close parts carried over and -1 where it must be solved."""
        new, (kg, prices) = self.network.arcs(), state
        carried = np.zeros(len(new), np.int64)
        ours, theirs = (one.tails * self.network.nodes + one.heads for one in (new, old))
        order = np.argsort(theirs, kind="stable")
        places = order[np.minimum(np.searchsorted(theirs[order], ours), len(order) - 1)]
        known = theirs[places] == ours
        carried[known] = kg[places[known]]
        last = self.network.signed_at.stop
        carried[:last] = kg[:last]  # a signed leg may run beside an ordinary one between the same nodes
        for part in parts.split(self.network, new):
            value, bound = parts.figures(self.network, new, carried, certificate.prices, part)
            if 10_000 * (bound - value) > self.target * max(value, 0):
                carried[part.arcs] = -1
        return new, (carried, prices)

    def _add(self, certificate: Certificate) -> int:
        added = 0
        for leg, (keys, gains) in zip(self.network.legs, certificate.better, strict=True):
            tails, heads = leg.pairs(keys)
            best = [keys[best_of(rows, gains, ADDED)] for rows in (tails, heads)]
            added += self.network.add(leg.kind, np.concatenate(best))
        return added

    def _belted(self, arcs: Arcs, kg: Ints, certificate: Certificate) -> tuple[Ints, Certificate]:
        """Let ties fall by code, where the gap asked for is 0 and the engine can; the proof must hold as before."""
        if self.target or self.engine is not Engine.FLOW or len(self.network.held.tails):
            return kg, certificate
        belted, _ = solve(arcs, self.engine, belt=True, priced=False)
        if int((arcs.gains * (belted - kg)).sum()):
            return kg, certificate
        return belted, certify(self.network, arcs, belted, certificate.prices)

    def _lacks(self, kg: Ints) -> bool:
        """Say whether an agreement does not flow whole; that proves nothing while pairs are outside the model."""
        return bool((kg[self.network.signed_at] < self.network.held.least).any())

    def _feasible(self, arcs: Arcs, kg: Ints) -> None:
        """Pass when every agreement flows; else prove that they cannot all and name them (rule 11)."""
        held, at = self.network.held, self.network.signed_at
        if not self._lacks(kg):
            return
        only = np.zeros(len(arcs), np.int64)
        only[at] = SIGNED_BONUS
        most, _ = solve(replace(arcs, gains=only), self.engine)
        short = most[at] < held.least
        if not short.any():
            raise Trouble("matching.uncertified", cause="agreements")
        signed = [one for one, is_short in zip(self.network.problem.signed, short, strict=True) if is_short]
        names = sorted({one.agreement or f"{one.seller}-{one.buyer}" for one in signed})
        full = self._full(most, arcs, {*held.tails[short].tolist(), *held.heads[short].tolist()})
        limits = full or sorted({code for one in signed for code in (one.seller, one.buyer)})
        raise Conflict("matching.infeasible", agreements=", ".join(names), capacities=", ".join(limits))

    def _full(self, kg: Ints, arcs: Arcs, nodes: set[int]) -> list[str]:
        """Name what is used up at the ends of the agreements that fall short."""
        used = (kg == arcs.most) & (kg > 0)
        used[self.network.signed_at] = False
        sold = np.zeros(self.network.nodes, np.int64)
        keeping = len(self.network.supply)
        np.add.at(sold, arcs.tails[keeping:], kg[keeping:])
        spent = {int(node) for node in np.flatnonzero(sold[: self.network.layers.paddy.stop] >= self.network.supply)}
        full = {int(node) for ends in (arcs.tails[used], arcs.heads[used]) for node in ends}
        return sorted({self.network.code(node) for node in nodes & (full | spent)})

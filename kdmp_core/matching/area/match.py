"""The one door of an area: a problem in, a result out whose gap to all admissible pairs is proven."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from kdmp_core.errors import Conflict, Trouble
from kdmp_core.matching.area import parts
from kdmp_core.matching.area.certify import Certificate, certify
from kdmp_core.matching.area.checks import check
from kdmp_core.matching.area.engines import SIGNED_BONUS, Engine, engine_at_hand, solve
from kdmp_core.matching.area.model import AreaProblem, Ints
from kdmp_core.matching.area.network import Arcs, Network, best_of
from kdmp_core.matching.area.result import AreaResult

ADDED = 12
"""How many of the best outside pairs every row, on either side, brings into the model a round."""

MOST_ROUNDS = 12

NATION_GAP = 25
"""The gap asked for the nation, per 10,000 of the value; a regency or a province is solved to 0."""

Progress = Callable[[int, int, int], None]
"""Is told after every round: which one, value and upper bound in thousandths of a rupiah."""


def match_area(
    problem: AreaProblem, target_gap: int = 0, progress: Progress | None = None, engine: Engine | None = None
) -> AreaResult:
    """Give the best flow of an area within `target_gap` (per 10,000 of the value), proven over all pairs.

    Raises InvalidInput `matching.unusable`, Conflict `matching.infeasible` naming agreements and capacities,
    TooLarge `matching.too_large`, Trouble when an engine breaks or the gap asked for cannot be proven.
    """
    check(problem)
    network = Network(problem.canonical())
    network.start()
    search = _Search(network, target_gap, engine or engine_at_hand())
    return search.run(progress or (lambda *_: None))


@dataclass
class _Search:
    """Solve, prove, add what is missing, again: column generation with a proof (matching.md §3.4)."""

    network: Network
    target: int
    engine: Engine

    def run(self, progress: Progress) -> AreaResult:
        arcs, state = self.network.arcs(), None
        sea = False
        for number in range(1, MOST_ROUNDS + 1):
            state = self._solved(arcs, state)
            kg, prices = state
            self._feasible(arcs, kg)
            certificate = certify(self.network, arcs, kg, prices, sea=sea)
            if not sea and self._close(certificate):
                sea, certificate = True, certify(self.network, arcs, kg, prices)
            progress(number, certificate.value, certificate.upper_bound)
            if sea and self._close(certificate):
                kg, certificate = self._belted(arcs, kg, certificate)
                return AreaResult(self.network, arcs, kg, certificate, self.engine.label, number)
            if not self._add(certificate):
                break
            arcs, state = self._carried(arcs, state, certificate)
        raise Trouble("matching.uncertified", cause="gap")

    def _close(self, certificate: Certificate) -> bool:
        return 10_000 * certificate.gap <= self.target * max(certificate.value, 0)

    def _solved(self, arcs: Arcs, state: tuple[Ints, Ints] | None) -> tuple[Ints, Ints]:
        """Solve part by part; a part that is proven close enough already is left as it is."""
        bonus = arcs.gains.copy()
        bonus[self.network.signed_at] += SIGNED_BONUS
        arcs = replace(arcs, gains=bonus)
        kg, prices = state or (np.full(len(arcs), -1, np.int64), np.zeros(self.network.nodes, np.int64))
        for part in parts.split(self.network, arcs):
            if (kg[part.arcs] < 0).any():
                kg[part.arcs], prices[part.nodes] = solve(part.of(arcs), self.engine)
        return kg, prices

    def _carried(self, old: Arcs, state: tuple[Ints, Ints], certificate: Certificate) -> tuple[Arcs, tuple[Ints, Ints]]:
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

    def _feasible(self, arcs: Arcs, kg: Ints) -> None:
        """Pass when every agreement flows; else prove that they cannot all and name them (rule 11)."""
        held, at = self.network.held, self.network.signed_at
        if (kg[at] == held.least).all():
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

"""The proof, in whole numbers, by code that is not the solver (matching.md §2.2).

For any prices y on the limits, no filling can be worth more than
Σ most·max(0, y) + Σ least·min(0, y) + Σ most-of-column·max(0, gain − Σ y): weak duality. What the solver's prices
promise is therefore an upper bound even when they are rounded or wrong; the distance to the value is the gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kdmp_core.errors import Trouble
from kdmp_core.matching.gates import Gate, Group
from kdmp_core.matching.solve import PRICE_SCALE, Packing, Solution, keeps_limits


@dataclass(frozen=True)
class Certificate:
    """`value` of the filling and an `upper_bound` nothing can exceed, both in gain units times kg."""

    value: int
    upper_bound: int

    @property
    def gap(self) -> int:
        """Give how much better anything could be at most."""
        return self.upper_bound - self.value


def certify(packing: Packing, solution: Solution) -> Certificate:
    """Give the certificate of a filling. Raises Trouble `matching.uncertified` when it breaks a limit.

    Raises it also when the value exceeds the bound, which only a fault in this house could bring about.
    """
    if len(solution.kg) != len(packing.gains) or not keeps_limits(packing, solution.kg):
        raise Trouble("matching.uncertified", cause="limits")
    value = sum(gain * kg for gain, kg in zip(packing.gains, solution.kg, strict=True))
    certificate = Certificate(value, upper_bound(packing, solution.prices))
    if certificate.gap < 0:
        raise Trouble("matching.uncertified", cause="bound")
    return certificate


def certify_gates(
    packing: Packing, gates: Sequence[Gate], groups: Sequence[Group], solution: Solution, worth: Sequence[int]
) -> Certificate:
    """Give the certificate of a filling with gates; `worth` is what one more open gate of each group might bring.

    The bound holds for every filling: a gate that carries x kg is open by at least x / most, so its cost, and the
    worth of its groups, may be charged to the kg. Raises Trouble `matching.uncertified` like `certify`.
    """
    if len(solution.kg) != len(packing.gains) or not keeps_limits(packing, solution.kg):
        raise Trouble("matching.uncertified", cause="limits")
    carried = [sum(solution.kg[column] for column in gate.columns) for gate in gates]
    if any(kg and not gate.least <= kg <= gate.most for gate, kg in zip(gates, carried, strict=True)):
        raise Trouble("matching.uncertified", cause="lots")
    if any(sum(carried[gate] > 0 for gate in group.gates) > group.most for group in groups):
        raise Trouble("matching.uncertified", cause="partners")
    value = sum(gain * kg for gain, kg in zip(packing.gains, solution.kg, strict=True))
    value -= sum(gate.cost for gate, kg in zip(gates, carried, strict=True) if kg)
    bound = upper_bound(charged(packing, gates, groups, worth), solution.prices)
    bound += sum(price * group.most for price, group in zip(worth, groups, strict=True))
    certificate = Certificate(value, bound)
    if certificate.gap < 0:
        raise Trouble("matching.uncertified", cause="bound")
    return certificate


def charged(packing: Packing, gates: Sequence[Gate], groups: Sequence[Group], worth: Sequence[int]) -> Packing:
    """Give the packing whose gains bear the costs of gates and groups, spread over the most a gate can carry."""
    costs = [gate.cost for gate in gates]
    for price, group in zip(worth, groups, strict=True):
        for number in group.gates:
            costs[number] += price
    gains = list(packing.gains)
    for gate, cost in zip(gates, costs, strict=True):
        for column in gate.columns:
            gains[column] -= cost // gate.most
    return replace(packing, gains=tuple(gains))


def upper_bound(packing: Packing, prices: tuple[int, ...]) -> int:
    """Give the bound that any `prices` (1/PRICE_SCALE gain units per limit) prove, rounded down to whole units."""
    total = 0
    for price, most, least in zip(prices, packing.most, packing.least, strict=True):
        # a limit without a least has least 0, where a negative price proves nothing
        total += price * most if price > 0 else price * least
    usable = [price if price > 0 or least else 0 for price, least in zip(prices, packing.least, strict=True)]
    for gain, touched in zip(packing.gains, packing.touches, strict=True):
        surplus = gain * PRICE_SCALE - sum(usable[limit] for limit in touched)
        if surplus > 0:
            total += surplus * min(packing.most[limit] for limit in touched)
    return total // PRICE_SCALE

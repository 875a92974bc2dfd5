"""The proof, in whole numbers, by code that is not the solver (matching.md §2.2).

For any prices y on the limits, no filling can be worth more than
Σ most·max(0, y) + Σ least·min(0, y) + Σ most-of-column·max(0, gain − Σ y): weak duality. What the solver's prices
promise is therefore an upper bound even when they are rounded or wrong; the distance to the value is the gap.
"""

from __future__ import annotations

from dataclasses import dataclass

from kdmp_core.errors import Trouble
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

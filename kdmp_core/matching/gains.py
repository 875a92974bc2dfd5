"""What a path is worth: rupiah per tonne of paddy above selling alone at the baseline (matching.md §2.2).

Every cost is rounded half up to a whole rupiah per tonne before it is added; the sums are exact.
"""

from __future__ import annotations

from fractions import Fraction

from kdmp_core.matching.model import Parameters


def half_up(value: Fraction) -> int:
    """Round a fraction to the nearest whole number, halves upward."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def haul(parameters: Parameters, distance: int, rate: int) -> int:
    """Give Rp per tonne carried over `distance` metres at `rate` Rp/t·km; 0 within one place."""
    if distance == 0:
        return 0
    return half_up(parameters.road_factor * rate * distance / 1000) + parameters.load


def paddy_net(parameters: Parameters, price: int, distance: int) -> int:
    """Give Rp per tonne a party nets at its own gate for paddy sold at `price` Rp/kg, `distance` metres away."""
    return 1000 * price - haul(parameters, distance, parameters.paddy_rate)


def rice_worth(parameters: Parameters, price: int) -> int:
    """Give Rp per tonne of paddy that its rice fetches at `price` Rp per kg rice."""
    return half_up(parameters.rho * 1000 * price)


def milling_cost(parameters: Parameters, fee: int, distance: int) -> int:
    """Give Rp per tonne of paddy brought to a mill `distance` metres away, milled at `fee`, less the by-product."""
    return 1000 * (fee - parameters.byproduct) + haul(parameters, distance, parameters.paddy_rate)


def rice_haul(parameters: Parameters, distance: int) -> int:
    """Give Rp per tonne of paddy for carrying its rice `distance` metres from mill to buyer."""
    return half_up(parameters.rho * haul(parameters, distance, parameters.rice_rate))


def paddy_of(parameters: Parameters, kg_rice: int) -> int:
    """Give the most whole kg of paddy whose rice does not exceed `kg_rice`."""
    return kg_rice * parameters.rho.denominator // parameters.rho.numerator


def paddy_for(parameters: Parameters, kg_rice: int) -> int:
    """Give the fewest whole kg of paddy whose rice reaches `kg_rice`."""
    return -(-kg_rice * parameters.rho.denominator // parameters.rho.numerator)


def rice_of(parameters: Parameters, kg_paddy: int) -> int:
    """Give the whole kg of rice that `kg_paddy` gives."""
    return kg_paddy * parameters.rho.numerator // parameters.rho.denominator


def break_even(parameters: Parameters, price: int, missing: int, *, rice: bool) -> int:
    """Give the least Rp/kg of the goods, now paid `price`, that brings `missing` Rp more per tonne of paddy."""
    if not rice:
        return price + -(-missing // 1000)
    target = rice_worth(parameters, price) + missing
    reached = half_up(Fraction(target) / (parameters.rho * 1000))
    while rice_worth(parameters, reached) < target:
        reached += 1
    while rice_worth(parameters, reached - 1) >= target:
        reached -= 1
    return reached

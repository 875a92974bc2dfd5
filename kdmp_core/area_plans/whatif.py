"""What one more mill would bring to a kept plan of a regency or less, solved again from its kept question."""

from __future__ import annotations

from dataclasses import dataclass

from kdmp_core.area_plans import keeping
from kdmp_core.area_plans.reading import REFERENCE, VILLAGE, party_of
from kdmp_core.errors import InvalidInput, TooLarge
from kdmp_core.matching.area import WhatIf, match_area
from kdmp_core.records import AreaPlan

MOST_PARTIES = 1_000
"""Of one request (matching.md, rule 18)."""


@dataclass(frozen=True)
class More:
    """Whole rupiah a season before and after, at the plan's baseline; no plan over all pairs is above the bound."""

    plan: int
    baseline_rupiah_per_kg: int
    value_rupiah_before: int
    value_rupiah: int
    gain_rupiah: int
    upper_bound_rupiah: int


def new_mill(plan: AreaPlan, village: str, kg: int, fee: int | None = None) -> More:
    """Answer: one more mill of `kg` paddy a season stood where a party of the plan stands.

    Raises TooLarge above a thousand parties, InvalidInput when no party stands there, Conflict like `prove`.
    """
    problem, gap = keeping.problem_of(plan)
    parties = {party_of(code) for code in [*problem.villages.codes.tolist(), *problem.hubs.codes.tolist()]}
    if len(parties) > MOST_PARTIES:
        raise TooLarge("area_plans.too_large_here", parties=len(parties), most=MOST_PARTIES)
    whole = village + VILLAGE[len(village) :]
    place = next((code for code in problem.villages.codes.tolist() if code[:13] == whole), None)
    if place is None:
        raise InvalidInput("area_plans.mill_unknown", area=village[:20])
    result = match_area(problem, gap, engine=keeping.engine_of(plan))
    found = WhatIf(result).new_mill(place, kg, REFERENCE.default_fee if fee is None else fee)
    before, after, bound = (milli // keeping.MILLI for milli in (found.before, found.value, found.upper_bound))
    return More(plan.id, plan.baseline_rupiah_per_kg, before, after, after - before, bound)

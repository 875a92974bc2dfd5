"""Matching of a regency, a province or the nation: a min-cost flow in whole kilograms over all admissible pairs.

Pure like the matching of events. `match_area(problem)` is the door; what it gives carries a proof in whole numbers,
checked by code that is not the solver, over all pairs within the radii, also those that no solver saw. `views` tells
what a result means for economies of scale and market access, `reasons` why something is left, `WhatIf` what one
change would bring. `with_lots(result)` is a second step for least lots, link costs and limits on partners, with its own
gap. Fairness and periods are not solved here.
"""

from kdmp_core.matching.area.charges import LinkRules
from kdmp_core.matching.area.engines import Engine, engine_at_hand
from kdmp_core.matching.area.lots import LotsResult, with_lots
from kdmp_core.matching.area.match import NATION_GAP, match_area
from kdmp_core.matching.area.model import (
    ISLANDS,
    AreaProblem,
    Demands,
    Forbidden,
    Hubs,
    Kind,
    Mills,
    Rates,
    Signed,
    Villages,
)
from kdmp_core.matching.area.reasons import Rest, Why, reasons
from kdmp_core.matching.area.result import AreaResult, Flows, Sums
from kdmp_core.matching.area.views import Place, Views, new_mills, views
from kdmp_core.matching.area.whatif import Changed, WhatIf

__all__ = [
    "ISLANDS",
    "NATION_GAP",
    "AreaProblem",
    "AreaResult",
    "Changed",
    "Demands",
    "Engine",
    "Flows",
    "Forbidden",
    "Hubs",
    "Kind",
    "LinkRules",
    "LotsResult",
    "Mills",
    "Place",
    "Rates",
    "Rest",
    "Signed",
    "Sums",
    "Views",
    "Villages",
    "WhatIf",
    "Why",
    "engine_at_hand",
    "match_area",
    "new_mills",
    "reasons",
    "views",
    "with_lots",
]

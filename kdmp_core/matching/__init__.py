"""Matching: who sells what to whom, through which mill, with whose truck; proven in whole numbers.

Pure: no clock, no record, no file. `match(problem)` is the one door; the model of a question is in `model`, that of
an answer in `result`. `compare` tells two answers apart. Lots, link costs and limits on partners are a second step
(`refine`). Periods and stores count where a problem has a `Timing`; larger areas are in `area`.
"""

from kdmp_core.matching.additions import Added, Addition, extended
from kdmp_core.matching.best import Best, Ranked, best
from kdmp_core.matching.compare import Change, Changes, Solved, Turn, Why, compare, left_out
from kdmp_core.matching.match import fairness, match
from kdmp_core.matching.model import (
    CUSTOMARY,
    Commitment,
    Commitments,
    Goods,
    Lot,
    Parameters,
    Party,
    PartyKind,
    Pin,
    Point,
    Problem,
    Row,
    RowKind,
)
from kdmp_core.matching.months import Calendar, Month, Seasons, calendar
from kdmp_core.matching.network import LimitKind
from kdmp_core.matching.periods import MOST_PERIODS, SHARED, Harvest, Spread, Store, Timing
from kdmp_core.matching.result import (
    Alternative,
    Assumed,
    Detail,
    Flow,
    Full,
    Kept,
    Lift,
    Milled,
    Outcome,
    Pair,
    Reason,
    ReasonCode,
    Result,
    Shadow,
    Sold,
    Standing,
    Stored,
    Transport,
)

__all__ = [
    "CUSTOMARY",
    "MOST_PERIODS",
    "SHARED",
    "Added",
    "Addition",
    "Alternative",
    "Assumed",
    "Best",
    "Calendar",
    "Change",
    "Changes",
    "Commitment",
    "Commitments",
    "Detail",
    "Flow",
    "Full",
    "Goods",
    "Harvest",
    "Kept",
    "Lift",
    "LimitKind",
    "Lot",
    "Milled",
    "Month",
    "Outcome",
    "Pair",
    "Parameters",
    "Party",
    "PartyKind",
    "Pin",
    "Point",
    "Problem",
    "Ranked",
    "Reason",
    "ReasonCode",
    "Result",
    "Row",
    "RowKind",
    "Seasons",
    "Shadow",
    "Sold",
    "Solved",
    "Spread",
    "Standing",
    "Store",
    "Stored",
    "Timing",
    "Transport",
    "Turn",
    "Why",
    "best",
    "calendar",
    "compare",
    "extended",
    "fairness",
    "left_out",
    "match",
]

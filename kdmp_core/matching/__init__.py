"""Matching: who sells what to whom, through which mill, with whose truck; proven in whole numbers.

Pure: no clock, no record, no file. `match(problem)` is the one door; the model of a question is in `model`, that of
an answer in `result`. Lots, partner limits, shares, fairness, periods and larger areas are the next stage: a lot or
a partner limit becomes a refinement after `plan.solve`, periods another part of a limit's key.
"""

from kdmp_core.matching.match import match
from kdmp_core.matching.model import (
    Commitment,
    Commitments,
    Goods,
    Parameters,
    Party,
    PartyKind,
    Point,
    Problem,
    Row,
    RowKind,
)
from kdmp_core.matching.network import LimitKind
from kdmp_core.matching.result import (
    Alternative,
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
    Transport,
)

__all__ = [
    "Alternative",
    "Commitment",
    "Commitments",
    "Detail",
    "Flow",
    "Full",
    "Goods",
    "Kept",
    "Lift",
    "LimitKind",
    "Milled",
    "Outcome",
    "Pair",
    "Parameters",
    "Party",
    "PartyKind",
    "Point",
    "Problem",
    "Reason",
    "ReasonCode",
    "Result",
    "Row",
    "RowKind",
    "Shadow",
    "Sold",
    "Transport",
    "match",
]

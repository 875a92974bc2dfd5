"""Plans of a regency, a province, an island group or the nation: from the mapping of all its events to a kept plan.

`scope` says which area a code means and who may look; `reading` makes the record a question of `matching.area`;
`facts` tells what came out; `keeping` keeps, finds and proves plans, and owes them to the worker.
"""

from __future__ import annotations

from kdmp_core.area_plans.keeping import (
    BASELINE,
    EVERY,
    MOST_ATTEMPTS,
    Answer,
    Proof,
    Question,
    again_found,
    ask,
    check_baseline,
    engine_of,
    find_ask,
    keep,
    known,
    last_ask,
    latest,
    made,
    newest,
    pending,
    problem_of,
    prove,
    question,
    refuse,
    schedule,
    solve,
)
from kdmp_core.area_plans.reading import REFERENCE, Note, Reading, area_of, has_events, party_of, read
from kdmp_core.area_plans.scope import ASKERS, ISLAND, LOOKERS, NATION, Scope, above, find, may, require, visible

__all__ = [
    "ASKERS", "BASELINE", "EVERY", "ISLAND", "LOOKERS", "MOST_ATTEMPTS", "NATION", "REFERENCE", "Answer", "Note",
    "Proof", "Question", "Reading", "Scope", "above", "again_found", "area_of", "ask", "check_baseline", "engine_of",
    "find", "find_ask", "has_events", "keep", "known", "last_ask", "latest", "made", "may", "newest", "party_of",
    "pending", "problem_of", "prove", "question", "read", "refuse", "require", "schedule", "solve", "visible",
]  # fmt: skip

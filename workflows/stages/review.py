"""Review by policy: a level that the event skips for a kind is passed by the system, with a step that says so."""

from __future__ import annotations

from kdmp_core import store
from kdmp_core.agreements import moves
from kdmp_core.lifecycle import Actor, State
from kdmp_core.records import Agreement
from workflows.stages.work import NOTHING, Done, Tools

PASSES = {State.SUBMITTED: "endorse", State.ENDORSED: "approve"}


def do(tools: Tools, agreement_id: int) -> Done:
    """Endorse or approve an agreement whose present level nobody is asked for."""
    with tools.store.write() as session:
        now, agreement = tools.now(), store.locked(session, Agreement, agreement_id)
        if agreement is None or agreement.state not in PASSES:
            return NOTHING
        if moves.REVIEW_LEVELS[agreement.state] in moves.review_levels(agreement):
            store.release(agreement, None)
            return NOTHING
        move = PASSES[agreement.state]
        details = {"by_policy": True}
        asked = moves.Asked(move, moves.own_key(move, agreement), details=details)
        moves.apply(session, agreement_id, asked, tools.by(Actor.SYSTEM), now)
        return Done(move, agreement.due_at)

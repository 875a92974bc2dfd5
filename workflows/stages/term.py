"""The term of an agreement in force: when its last day is over, it ends."""

from __future__ import annotations

from kdmp_core import store
from kdmp_core.agreements import moves
from kdmp_core.lifecycle import Actor, State
from kdmp_core.records import Agreement
from kdmp_core.signing.moments import end_of_day
from workflows.stages.work import NOTHING, Done, Tools


def do(tools: Tools, agreement_id: int) -> Done:
    """End an agreement whose term is over; else look again when it will be."""
    with tools.store.write() as session:
        now, agreement = tools.now(), store.locked(session, Agreement, agreement_id)
        if agreement is None or agreement.state is not State.IN_FORCE:
            return NOTHING
        over = end_of_day(agreement.ends_on, agreement.area_code) if agreement.ends_on else None
        if over is None or now < over:
            store.settle(agreement, over)
            return Done(None, over)
        asked = moves.Asked("expire", moves.own_key("expire", agreement))
        moves.apply(session, agreement_id, asked, tools.by(Actor.CLOCK), now)
        return Done("expire", agreement.due_at)

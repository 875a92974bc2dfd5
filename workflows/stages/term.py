"""The term of an agreement in force: when its last day is over, it ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from kdmp_core import store
from kdmp_core.agreements import moves
from kdmp_core.lifecycle import Actor, State
from kdmp_core.records import Agreement
from workflows.stages.work import NOTHING, Done, Tools


def do(tools: Tools, agreement_id: int) -> Done:
    """End an agreement whose term is over; else look again when it will be."""
    with tools.store.write() as session:
        now, agreement = tools.now(), store.locked(session, Agreement, agreement_id)
        if agreement is None or agreement.state is not State.IN_FORCE:
            return NOTHING
        over = over_at(agreement.ends_on) if agreement.ends_on else None
        if over is None or now < over:
            store.release(agreement, over)
            return Done(None, over)
        asked = moves.Asked("expire", moves.own_key("expire", agreement))
        moves.apply(session, agreement_id, asked, tools.by(Actor.CLOCK), now)
        return Done("expire", agreement.due_at)


def over_at(last_day: date) -> datetime:
    """Give the instant at which a last day is over everywhere in the country: the next midnight UTC."""
    return datetime.combine(last_day + timedelta(days=1), time(), UTC)

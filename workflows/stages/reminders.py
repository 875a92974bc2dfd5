"""Reminders of what an agreement in force still owes: a step in its chain, which the desk shows, by the clock."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kdmp_core import areas, follow_up, store
from kdmp_core.agreements import moves
from kdmp_core.lifecycle import Actor, State
from kdmp_core.records import Agreement, Obligation
from workflows.stages.work import NOTHING, Done, Tools, agreement_code


def do(tools: Tools, obligation_id: int) -> Done:
    """Remind of an obligation whose day has come, and set the next day; one that is no longer owed is let go."""
    with tools.store.write() as session:
        now, row = tools.now(), store.locked(session, Obligation, obligation_id)
        if row is None or row.done_at is not None:
            return NOTHING
        agreement = session.get_one(Agreement, row.agreement_id)
        if agreement.state is not State.IN_FORCE:
            store.settle(row, None)
            return Done(None)
        day = areas.today(agreement.area_code, now)
        details = {"obligation": row.id, "kind": row.kind, "due_on": row.due_on.isoformat()}
        asked = moves.Asked("remind", f"remind:{row.id}:{day.isoformat()}", details=details)
        moves.apply(session, agreement.id, asked, tools.by(Actor.CLOCK), now)
        store.settle(row, follow_up.next_reminder(agreement, row.due_on, now))
        return Done("remind", row.due_at)


def number(session: Session, obligation_id: int) -> str:
    """Name the run by the code of the agreement that owes."""
    return agreement_code(session, session.get_one(Obligation, obligation_id).agreement_id)

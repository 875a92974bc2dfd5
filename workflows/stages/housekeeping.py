"""Housekeeping by the hour: rows that only serve for a while go again, and what the clock asks for is asked for."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from kdmp_core import area_plans
from kdmp_core.lifecycle import Actor
from kdmp_core.records import KeptAnswer, Tally
from workflows.stages.work import Tools

EVERY = timedelta(hours=1)
ANSWERS_KEPT = timedelta(hours=48)
TALLIES_KEPT = timedelta(days=1)


def do(tools: Tools) -> None:
    """Purge kept answers and tallies that are too old to matter, and owe the nation's plan when its time has come.

    May run at any time, and twice at once.

    A retry later than that finds its key in the record itself; the longest window of a tally is far below a day.
    """
    now = tools.now()
    with tools.store.write() as session:
        area_plans.schedule(session, tools.settings.nation_plan, tools.by(Actor.CLOCK), now)
        session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now - ANSWERS_KEPT))
        session.execute(delete(Tally).where(Tally.started_at < now - TALLIES_KEPT))

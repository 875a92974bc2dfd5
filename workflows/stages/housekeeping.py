"""Housekeeping: rows that only serve for a while go again. No row owes this work: the worker does it by the hour."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from kdmp_core.records import KeptAnswer, Tally
from workflows.stages.work import Tools

EVERY = timedelta(hours=1)
ANSWERS_KEPT = timedelta(hours=48)
TALLIES_KEPT = timedelta(days=1)


def do(tools: Tools) -> None:
    """Purge kept answers and tallies that are too old to matter; may run at any time, and twice at once.

    A retry later than that finds its key in the record itself; the longest window of a tally is far below a day.
    """
    now = tools.now()
    with tools.store.write() as session:
        session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now - ANSWERS_KEPT))
        session.execute(delete(Tally).where(Tally.started_at < now - TALLIES_KEPT))

"""A plan of an area that was asked for: a child of the worker's finds it, and the worker goes on meanwhile.

The child holds the lease of its row itself and renews it. So whoever dies, worker or child, leaves a lease that runs
out, and the next worker starts another child. All the memory of the calculation is given back when the child ends.
"""

from __future__ import annotations

import os
import secrets
import sys
from datetime import timedelta

from sqlalchemy.orm import Session

from kdmp_core import area_plans, store
from kdmp_core.errors import Conflict
from kdmp_core.records import AreaAsk, AskState
from workflows.area_child import CHILD_LEASE
from workflows.stages.work import NOTHING, Done, Tools

BUSY = timedelta(seconds=5)
"""When to look again while another child of this worker is at work."""


def do(tools: Tools, ask_id: int) -> Done:
    """Start a child for what was asked and hand it the lease; one at a time for a worker.

    After too many starts without an end the row is refused, so that what kills each child does not go on for ever.
    """
    now = tools.now()
    with tools.store.write() as session:
        row = store.locked(session, AreaAsk, ask_id)
        if row is None or row.state is not AskState.ASKED or row.leased_by != tools.worker:
            return NOTHING
        if tools.children.busy:
            store.release(row, now + BUSY)
            return Done(None, row.due_at)
        if row.attempts >= area_plans.MOST_ATTEMPTS:
            area_plans.refuse(row, Conflict("area_plans.gave_up", times=row.attempts), now)
            return Done("refuse_area_plan")
        row.attempts += 1
        holder = f"{tools.worker} area {secrets.token_hex(4)}"
        row.leased_by, row.lease_until, row.progress = holder, now + CHILD_LEASE, {}
    tools.children.start([sys.executable, "-m", "workflows.area_child", str(ask_id), holder], _environment(tools))
    return Done("start_area_plan")


def number(session: Session, ask_id: int) -> str:
    """Name the run of what was asked: its area."""
    return session.get_one(AreaAsk, ask_id).area_code


def _environment(tools: Tools) -> dict[str, str]:
    data = {"KDMP_DATA": str(tools.settings.data.absolute()), "KDMP_DATABASE_URL": tools.settings.database_url}
    return {**os.environ, **data}

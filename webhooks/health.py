"""Is the house alive: for the supervisor, the proxy and the operator's eye. Tells nothing about anybody."""

from __future__ import annotations

from datetime import timedelta

from apiflask import APIBlueprint
from flask import Response, jsonify
from sqlalchemy import select, text

from kdmp_core.records import Heartbeat
from webhooks.context import reach

blueprint = APIBlueprint("health", __name__, enable_openapi=False)
SILENCE = timedelta(seconds=60)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 while the record can be read; `worker` says whether the worker was heard in the last minute."""
    parts = reach()
    with parts.store.read() as session:
        session.execute(text("SELECT 1"))
        heard = session.scalar(select(Heartbeat.at).order_by(Heartbeat.at.desc()).limit(1))
    alive = heard is not None and parts.now() - heard <= SILENCE
    return jsonify(status="ok", record="ok", worker="ok" if alive else "silent")

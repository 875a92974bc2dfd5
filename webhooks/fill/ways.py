"""The blueprint, with the views hung on it and what becomes of a link that has ended."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, render_template

from kdmp_core.errors import Gone
from webhooks import problems
from webhooks.fill import sending, steps

blueprint = APIBlueprint("fill", __name__, enable_openapi=False)
ENDINGS = ("expired", "replaced", "stopped")


def link_ended(error: Gone) -> Response:
    """Say how a link has ended, without any name."""
    state = error.code.removeprefix("filling.link_")
    if state not in ENDINGS:
        return problems.refused(error)
    return Response(render_template("fill/dead.html", state=state), 410)


blueprint.get("/isi/<token>", endpoint="landing")(steps.landing)
blueprint.post("/isi/<token>", endpoint="start")(steps.start)
blueprint.get("/isi/<token>/<step>", endpoint="step")(steps.show)
blueprint.post("/isi/<token>/<step>", endpoint="keep_step")(steps.keep)
blueprint.get("/isi/<token>/periksa", endpoint="check")(sending.check)
blueprint.post("/isi/<token>/periksa", endpoint="send")(sending.send)
blueprint.get("/isi/<token>/selesai", endpoint="receipt")(sending.receipt)
blueprint.register_error_handler(Gone, link_ended)

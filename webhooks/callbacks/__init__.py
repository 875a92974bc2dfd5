"""The door of signing providers: `POST /hooks/<provider>/<connection>`, whose proof is in the request itself.

Raw bytes first, proof over them, one row, commit, and the provider's answer; everything else is the worker's. A
stranger is told a number and nothing of why.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from apiflask import APIBlueprint
from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from kdmp_core import inbox
from kdmp_core.errors import KdmpError, Refusal
from kdmp_core.providers import connections
from kdmp_core.texts import text
from webhooks import problems
from webhooks.context import reach

LARGEST_CALLBACK: Final = 1024 * 1024
blueprint = APIBlueprint("callbacks", __name__, enable_openapi=False)


@blueprint.route("/hooks/<provider>/<connection>", methods=["POST"], provide_automatic_options=False)
def receive(provider: str, connection: str) -> Response:
    """Prove and keep one callback; a repeat gets the same answer as the first."""
    request.max_content_length = LARGEST_CALLBACK
    raw = request.get_data()  # before anything touches the form, which would swallow the bytes
    parts = reach()
    now = parts.now()
    with parts.store.read() as session:
        live = connections.find(session, parts.settings, provider, connection)
    proven = inbox.prove(live.provider, request.headers.items(), raw, live.config, now)
    with parts.store.write() as session:
        inbox.keep(session, live.provider.name, live.name, proven, now)
    return Response(status=HTTPStatus.OK)


@blueprint.errorhandler(KdmpError)
def refused(error: KdmpError) -> Response:
    """Answer a refusal by its number alone; trouble of ours by 503, so that the provider tries again."""
    status = problems.status_of(error) if isinstance(error, Refusal) else HTTPStatus.SERVICE_UNAVAILABLE
    return _bare(HTTPStatus.BAD_REQUEST if status == HTTPStatus.UNPROCESSABLE_ENTITY else status)


@blueprint.errorhandler(HTTPException)
def unfit(error: HTTPException) -> Response:
    """Answer what the framework refuses (too large, cut off) likewise."""
    return _bare(error.code or HTTPStatus.BAD_REQUEST)


def _bare(status: int) -> Response:
    detail = text("errors.callback.refused", "en")
    answer = jsonify(type="about:blank", title=HTTPStatus(status).phrase, status=int(status), detail=detail)
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer

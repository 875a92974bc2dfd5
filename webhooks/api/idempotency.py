"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a retry gets the answer of then.

400 without a key, 422 for the same key with another request, 409 while the first is still under way. A request
that was refused keeps nothing, so it may be mended and sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, jsonify, request
from pydantic import BaseModel
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from kdmp_core.errors import Conflict, InvalidInput, Refusal
from kdmp_core.records import KeptAnswer
from webhooks.context import client, reach

Given = ParamSpec("Given")
LONGEST = 200


def key() -> str:
    """Give the request's key, bound to the client, for what is written below. Raises Refusal (400) without one."""
    given = request.headers.get("Idempotency-Key", "")
    if not given or len(given) > LONGEST or not given.isprintable():
        raise Refusal("api.key_missing")
    return f"api:{client().id}:{given}"


def once(view: Callable[Given, BaseModel]) -> Callable[Given, Response]:
    """Answer a request with a key once; the view gives a pydantic model, kept and sent as JSON."""

    @wraps(view)
    def answered(*args: Given.args, **kwargs: Given.kwargs) -> Response:
        kept = _kept_or_begun()
        if kept is not None:
            return jsonify(kept)
        try:
            body = view(*args, **kwargs).model_dump(mode="json")
        except BaseException:
            _forget()
            raise
        _keep(body)
        return jsonify(body)

    return answered


def _where() -> tuple[Any, ...]:
    return (KeptAnswer.caller == str(client().id), KeptAnswer.route == _route(), KeptAnswer.key == key())


def _route() -> str:
    return f"{request.method} {request.path}"


def _sha256() -> str:
    return hashlib.sha256(request.get_data()).hexdigest()


def _kept_or_begun() -> dict[str, Any] | None:
    parts = reach()
    begun = KeptAnswer(
        caller=str(client().id),
        route=_route(),
        key=key(),
        request_sha256=_sha256(),
        created_at=parts.now(),
    )
    try:
        with parts.store.write() as session:
            session.add(begun)
    except IntegrityError:
        return _of_before()
    return None


def _of_before() -> dict[str, Any]:
    with reach().store.read() as session:
        kept = session.scalar(select(KeptAnswer).where(*_where()))
    if kept is None or kept.status is None:
        raise Conflict("api.under_way")
    if kept.request_sha256 != _sha256():
        raise InvalidInput("api.key_of_another")
    return kept.body or {}


def _keep(body: dict[str, Any]) -> None:
    with reach().store.write() as session:
        kept = session.scalar(select(KeptAnswer).where(*_where()))
        if kept is not None:
            kept.status, kept.body = 200, body


def _forget() -> None:
    with reach().store.write() as session:
        session.execute(delete(KeptAnswer).where(*_where(), KeptAnswer.status.is_(None)))

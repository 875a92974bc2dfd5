"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a retry gets the answer of then.

400 without a key, 422 for the same key with another request, 409 while the first is still under way. A request
that was refused keeps nothing, so it may be mended and sent again. A request whose process died in the middle
holds its key for a minute; then the same request takes it over, and what was done before does not happen twice,
because the record knows the key too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, jsonify, request
from pydantic import BaseModel
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from kdmp_core.errors import Conflict, InvalidInput, Refusal
from kdmp_core.records import KeptAnswer
from webhooks.context import client, reach

Given = ParamSpec("Given")
LONGEST = 200
DEAD_AFTER = timedelta(minutes=1)


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
    """Hash what was sent: of a form with files its parts, because a retry draws another boundary between them."""
    if request.mimetype != "multipart/form-data":
        return hashlib.sha256(request.get_data()).hexdigest()
    digest = hashlib.sha256()
    for name, given in sorted(request.files.items(multi=True), key=lambda part: part[0]):
        content = given.stream.read()
        given.stream.seek(0)
        digest.update(f"{name!r}:{given.filename!r}:{len(content)}:".encode("utf-8", "backslashreplace") + content)
    return digest.hexdigest()


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
        return None if _taken_over() else _of_before()
    return None


def _taken_over() -> bool:
    """Take the key of a request like this one that has been silent for too long; one of several takes it."""
    now = reach().now()
    silent = (KeptAnswer.status.is_(None), KeptAnswer.created_at <= now - DEAD_AFTER)
    like = KeptAnswer.request_sha256 == _sha256()
    with reach().store.write() as session:
        mine = update(KeptAnswer).where(*_where(), *silent, like).values(created_at=now).returning(KeptAnswer.id)
        return session.scalar(mine) is not None


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

"""Refusals become answers: RFC 9457 for the API, a page in Indonesian for people. The one map to HTTP numbers."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from kdmp_core import errors, texts
from webhooks import pages

STATUS: dict[type[errors.KdmpError], int] = {
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.InvalidInput: 422,
    errors.TooLarge: 413,
    errors.TooMany: 429,
    errors.Stale: 412,
    errors.MoveRefused: 409,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.Unsafe: 422,
    errors.Refusal: 400,
    errors.TryLater: 503,
    errors.Trouble: 502,
    errors.KdmpError: 500,
}
API = ("/v1", "/hooks")
log = logging.getLogger("kdmp.web")


def status_of(error: errors.KdmpError) -> int:
    """Give the HTTP number of a refusal: that of its nearest class in the tree."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def sentence(code: str, values: dict[str, object], language: texts.Language = "id") -> str:
    """Word a code; one that the catalogue does not hold becomes the general sentence, and is logged."""
    try:
        return texts.text(f"errors.{code}", language, **values)
    except (KeyError, IndexError):
        log.warning("no sentence for %s", code)
        return texts.text("errors.general", language)


def handle(app: APIFlask) -> None:
    """Give the application its error handlers. No stack trace and no value of an input reaches anybody."""
    app.register_error_handler(errors.KdmpError, refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _crash)
    app.register_error_handler(HTTPError, _api_http)


def problem(status: int, code: str, detail: str, members: dict[str, Any] | None = None) -> Response:
    """Give an `application/problem+json` answer (RFC 9457): type, title, status, detail, code and more members."""
    body = {"type": f"/v1/problems/{code}", "title": _title(status), "status": status, "detail": detail, "code": code}
    answer = jsonify({**body, "instance": request.path, **(members or {})})
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer


def refused(error: errors.KdmpError) -> Response:
    """Answer a refusal: problem details for machines, a page with the next step for people."""
    status = status_of(error)
    if _machine():
        members: dict[str, Any] = {}
        if isinstance(error, errors.InvalidInput) and error.problems:
            members["errors"] = [_place(found) for found in error.problems]
        answer = problem(status, error.code, sentence(error.code, error.values, "en"), members)
    else:
        answer = Response(pages.error_page(status, detail=sentence(error.code, error.values)), status)
    if isinstance(error, errors.TooMany | errors.TryLater) and error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.NotSignedIn) and _machine():
        answer.headers["WWW-Authenticate"] = 'Bearer realm="kdmp"'
    return answer


def _place(found: errors.Problem) -> dict[str, str]:
    return {"pointer": found.place, "code": found.code, "detail": sentence(found.code, dict(found.values), "en")}


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error.response, Response):
        return error.response
    if _machine():
        answer = problem(status, "http", error.description or "")
    else:
        answer = Response(pages.error_page(status), status)
    valid = getattr(error, "valid_methods", None)
    if valid:
        answer.headers["Allow"] = ", ".join(sorted(valid))
    return answer


def _api_http(error: HTTPError) -> Response:
    members = {"errors": _pointers(error.detail)} if error.detail else {}
    return problem(error.status_code, "input", str(error.message or ""), members)


def _pointers(detail: Any) -> list[dict[str, str]]:
    found = []
    for where, fields in detail.items() if isinstance(detail, dict) else ():
        for name, messages in fields.items() if isinstance(fields, dict) else ():
            text = "; ".join(map(str, messages)) if isinstance(messages, list) else str(messages)
            found.append({"pointer": f"/{name}", "code": str(where), "detail": text})
    return found


def _crash(error: Exception) -> Response:
    number = secrets.token_hex(4)
    log.error("crash %s at %s: %s", number, request.endpoint, type(error).__name__, exc_info=_trace(error))
    if _machine():
        return problem(500, "crash", f"Something broke on our side. Number {number}.")
    return Response(pages.error_page(500, detail=texts.text("errors.crash", number=number)), 500)


def _trace(error: Exception) -> bool:
    """Say whether the trace may be logged: database errors carry the values of a row in their text."""
    return not type(error).__module__.startswith("sqlalchemy")


def _machine() -> bool:
    return request.path.startswith(API)


def _title(status: int) -> str:
    key = f"status.{status}"
    return texts.text(key, "en") if texts.has(key, "en") else texts.text("status.400", "en")

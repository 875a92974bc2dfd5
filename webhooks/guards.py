"""One guard a blueprint: who may pass is decided where the door is hung; `open_to_all` is written, never forgotten."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIBlueprint, APIFlask
from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response

from kdmp_core import access, tokens
from kdmp_core.errors import NotAllowed, NotFound, NotSignedIn
from kdmp_core.records import ApiClient
from webhooks.context import reach

Guard = Callable[[], Response | None]
STAFF_COOKIE = "kdmp-desk"
ISSUER = "kdmp"
AUDIENCE = "kdmp-api"
LARGEST_ID = 2**31 - 1
PASSWORD_PAGES = frozenset({"desk.password", "desk.change_password", "desk.sign_out"})


def hang(app: APIFlask, blueprint: Blueprint | APIBlueprint, guard: Guard) -> None:
    """Register a blueprint behind its guard; a test asks every route without credentials.

    The guard is the application's, not the blueprint's: the same blueprint hangs in every application of a process.
    """
    app.register_blueprint(blueprint)
    app.before_request_funcs.setdefault(blueprint.name, []).insert(0, guard)
    app.extensions.setdefault("kdmp-guards", {})[blueprint.name] = guard.__name__


def open_to_all() -> None:
    """Let everybody pass: public pages, and doors whose proof is in the request itself (link, callback)."""


def staff_cookie() -> str:
    """Give the cookie's name: host-bound wherever people come by https."""
    return f"__Host-{STAFF_COOKIE}" if reach().settings.secure else STAFF_COOKIE


def staff_only() -> Response | None:
    """Pass members of staff with a live session; others sign in first and come back with the form they filled."""
    secret = request.cookies.get(staff_cookie(), "")
    parts = reach()
    try:
        with parts.store.read() as session:
            g.staff = access.session_user(session, secret, parts.now())
    except NotSignedIn:
        if request.method == "POST":
            return redirect(url_for("entrance.hold", back=request.path), 307)
        back = request.full_path
        return redirect(url_for("entrance.sign_in", back=back.rstrip("?") or None))
    if g.staff.must_change_password and request.endpoint not in PASSWORD_PAGES:
        return redirect(url_for("desk.password"))
    return None


def bearer_only() -> None:
    """Pass API clients with a live token (RFC 6750), acting for the user who answers for them.

    Raises NotSignedIn (no or bad token), NotAllowed (the client's scopes do not reach).
    """
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise NotSignedIn("tokens.missing")
    parts = reach()
    claims = tokens.check(token_keys(), tokens.TokenType.API, token, parts.now(), audience=AUDIENCE, issuer=ISSUER)
    with parts.store.read() as session:
        try:
            found = session.get(ApiClient, row_id(claims.subject))
            g.client = found if found and found.active else None
            g.staff = access.user_by_id(session, found.user_id) if g.client and found else None
        except (ValueError, NotFound) as unknown:
            raise NotSignedIn("tokens.missing") from unknown
    if g.client is None or g.staff is None:
        raise NotSignedIn("tokens.missing")
    wanted = "read" if request.method in {"GET", "HEAD"} else "write"
    if wanted not in g.client.scopes:
        raise NotAllowed("tokens.scope", scope=wanted)


def row_id(subject: str) -> int:
    """Give the row's id a token names. Raises ValueError for what no database would know."""
    number = int(subject)
    if not 0 < number <= LARGEST_ID:
        raise ValueError(subject)
    return number


def token_keys() -> tokens.Keys:
    """Give the keys of API tokens."""
    return tokens.Keys({"k1": reach().settings.key("token")}, active="k1")

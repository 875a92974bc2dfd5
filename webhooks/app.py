"""The factory: one Flask application of blueprints, each behind its guard, with the headers every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version

from apiflask import APIFlask
from flask import Response, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from kdmp_core.errors import Stale
from kdmp_core.files import Files
from kdmp_core.settings import Settings
from kdmp_core.store import Store, open_store
from kdmp_core.texts import text
from webhooks import (
    api,
    bodies,
    callbacks,
    context,
    desk,
    entrance,
    fill,
    guards,
    health,
    pages,
    problems,
    sign,
    verify,
)
from webhooks.pages.shapes import Link

LARGEST_REQUEST = 12 * 1024 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
KEPT_FOR_EVER = "public, max-age=31536000, immutable"


class RowId(IntegerConverter):
    """A number in an address that can be a row's id: larger ones name nothing, and no database is asked for them."""

    regex = r"[0-9]{1,10}"

    def __init__(self, url_map: Map) -> None:
        """Take numbers up to the largest id a database gives."""
        super().__init__(url_map, max=guards.LARGEST_ID)


def create_app(
    settings: Settings | None = None, *, store: Store | None = None, now: Callable[[], datetime] | None = None
) -> APIFlask:
    """Make the application. `settings`, `store` and the clock may be given; each has its real default."""
    settings = settings or Settings()
    app = APIFlask(
        "webhooks", title="kdmp", version="1", spec_path="/v1/openapi.json", docs_path=None, json_errors=False
    )
    app.config.update(
        SECRET_KEY=settings.key("session"),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SESSION_COOKIE_NAME="__Host-kdmp-form" if settings.secure else "kdmp-form",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        OPENAPI_VERSION="3.1.0",
        SECURITY_SCHEMES={"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        VALIDATION_ERROR_STATUS_CODE=422,
    )
    app.url_map.converters["int"] = RowId
    app.json = bodies.StrictJSON(app)
    app.template_folder = "pages"
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1) if settings.secure else app.wsgi_app  # type: ignore[method-assign]
    app.extensions[context.EXTENSION] = context.Reach(
        settings, store or open_store(settings.database), Files(settings.documents), now or context.wall_clock
    )
    pages.furnish(app, owner=settings.owner, trial=settings.trial, version=version("kdmp"), links=_footer())
    problems.handle(app)
    protect = CSRFProtect(app)
    app.register_error_handler(CSRFError, _form_too_old)
    app.after_request(_headers)
    _hang_all(app, protect)
    return app


def _footer() -> tuple[Link, ...]:
    return (
        Link(text("verify.ask_title"), "/v"),
        Link(text("sign.help_title"), "/bantuan"),
        Link(text("verify.privacy.title"), "/privasi"),
    )


def _hang_all(app: APIFlask, protect: CSRFProtect) -> None:
    guards.hang(app, health.blueprint, guards.open_to_all)
    guards.hang(app, callbacks.blueprint, guards.open_to_all)
    protect.exempt(callbacks.blueprint)
    guards.hang(app, verify.blueprint, guards.open_to_all)
    guards.hang(app, entrance.blueprint, guards.open_to_all)
    guards.hang(app, desk.blueprint, guards.staff_only)
    guards.hang(app, sign.entrance, guards.open_to_all)
    guards.hang(app, fill.blueprint, guards.open_to_all)
    guards.hang(app, sign.folder, sign.signer_only)
    for room in (api.entrance, *api.rooms):
        guards.hang(app, room, guards.open_to_all if room is api.entrance else guards.bearer_only)
        protect.exempt(room)


def _form_too_old(error: CSRFError) -> Response:
    del error
    return problems.refused(Stale("web.form_old"))


def _headers(answer: Response) -> Response:
    kept = request.endpoint == "static" and "v" in request.args
    answer.headers.setdefault("Cache-Control", KEPT_FOR_EVER if kept else "no-store")
    answer.headers.setdefault("Content-Security-Policy", POLICY)
    answer.headers.setdefault("Referrer-Policy", "same-origin")
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("X-Robots-Tag", "noindex")
    if context.reach().settings.secure:
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return answer

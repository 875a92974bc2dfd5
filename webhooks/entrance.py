"""Signing in at the desk: login and password, wrong ones counted; afterwards back to the page that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kdmp_core import access
from kdmp_core.texts import text
from webhooks import guards
from webhooks.context import reach
from webhooks.pages.shapes import Mistake

blueprint = APIBlueprint("entrance", __name__, enable_openapi=False)
OURS = "/meja"
KEPT = "kept-"
MOST_KEPT = 600
NOT_KEPT = frozenset({"csrf_token", "old", "new", "again"})
"""What a held form does not carry through the sign-in page: its token, and passwords."""


@blueprint.get("/masuk")
def sign_in() -> str:
    """Ask who it is."""
    return _page(request.args.get("back", ""))


@blueprint.post("/masuk/lanjut")
def hold() -> str:
    """Keep a form that arrived after its session had ended, and ask who it is; it is sent again afterwards."""
    sent = [(f"{KEPT}{name}", value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
    return _page(request.args.get("back", ""), kept=sent[:MOST_KEPT])


@blueprint.post("/masuk")
def enter() -> Response | tuple[str, int]:
    """Open a session for those whose login and password belong together. Raises TooMany after eight failures."""
    parts = reach()
    login, back = request.form.get("login", "")[:200], request.form.get("back", "")
    with parts.store.write() as session:
        secret = access.sign_in(session, login, request.form.get("password", "")[:200], parts.now())
    if secret is None:
        return _page(back, login, (Mistake("login", text("desk.sign_in.wrong")),), _kept()), 422
    answer = _onwards(own_path(back))
    answer.set_cookie(
        guards.staff_cookie(),
        secret,
        max_age=access.SESSION_LIFE,
        path="/",
        secure=parts.settings.secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


def own_path(address: str) -> str:
    """Give an address back if it is a path of the desk and nothing else, else an empty text."""
    parts = urlsplit(address)
    plain = address.isascii() and address.isprintable() and "\\" not in address
    ours = parts.path == OURS or parts.path.startswith(f"{OURS}/")
    return address if plain and ours and not parts.scheme and not parts.netloc else ""


def _onwards(back: str) -> Response:
    """Lead back to the page that was asked for, or show the held form, to be sent by hand."""
    kept = [(name.removeprefix(KEPT), value) for name, value in _kept()]
    if back and kept:
        return make_response(render_template("desk/resume.html", back=back, kept=kept))
    return redirect(back or url_for("desk.today"), 303)


def _kept() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name.startswith(KEPT)][:MOST_KEPT]


def _page(back: str, login: str = "", errors: tuple[Mistake, ...] = (), kept: Sequence[tuple[str, str]] = ()) -> str:
    return render_template("desk/sign_in.html", back=own_path(back), login=login, errors=errors, kept=kept)

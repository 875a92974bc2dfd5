"""Signing in at the desk: login and password, wrong ones counted; afterwards back to the page that was asked for."""

from __future__ import annotations

from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kdmp_core import access
from kdmp_core.texts import text
from webhooks import guards
from webhooks.context import reach
from webhooks.pages.shapes import Mistake

blueprint = APIBlueprint("entrance", __name__, enable_openapi=False)
OURS = "/meja"


@blueprint.get("/masuk")
def sign_in() -> str:
    """Ask who it is."""
    return _page(request.args.get("back", ""))


@blueprint.post("/masuk")
def enter() -> Response | tuple[str, int]:
    """Open a session for those whose login and password belong together. Raises TooMany after eight failures."""
    parts = reach()
    login, back = request.form.get("login", "")[:200], request.form.get("back", "")
    with parts.store.write() as session:
        secret = access.sign_in(session, login, request.form.get("password", "")[:200], parts.now())
    if secret is None:
        return _page(back, login, (Mistake("login", text("desk.sign_in.wrong")),)), 422
    answer = redirect(own_path(back) or url_for("desk.today"), 303)
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


def _page(back: str, login: str = "", errors: tuple[Mistake, ...] = ()) -> str:
    return render_template("desk/sign_in.html", back=own_path(back), login=login, errors=errors)

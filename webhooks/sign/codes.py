"""The page where a code is entered: one field, spaces and dashes welcome, reload as often as you like."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kdmp_core.errors import Gone
from kdmp_core.records import Code
from kdmp_core.signing import codes, folders, sessions
from webhooks.context import reach
from webhooks.pages.shapes import Mistake
from webhooks.problems import sentence
from webhooks.sign import refusals, visitor
from webhooks.sign.landing import steps


def show() -> str | tuple[str, int]:
    """Show the field for the code this browser asked for."""
    return _page()


def enter() -> Response | tuple[str, int]:
    """Try a code; the right one opens the folder. A wrong one is counted, whatever is answered."""
    typed = request.form.get("code", "")[:40]
    if not typed.strip():
        return _page("signing.code_missing")
    try:
        tried, place, token = _try(typed)
    except Gone as gone:
        if gone.code in refusals.DEAD:
            raise
        return _page(gone.code)
    if tried.code is None:
        return _page("signing.code_wrong", left=tried.left) if tried.left else _page("signing.code_dead")
    answer = redirect(place, 303)
    visitor.remember_session(answer, token)
    return answer


def ask_again() -> Response:
    """Ask for a fresh code of the same folder."""
    parts = reach()
    with parts.store.write() as session:
        link = visitor.asked_link(session)
        if link is not None:
            codes.ask(session, link, visitor.browser(), parts.settings, parts.now(), again=True)
    return redirect(url_for("sign_entrance.show_code"), 303)


def _try(typed: str) -> tuple[codes.Tried, str, str]:
    """Try a code in a transaction that is kept either way; give where its folder opens, and the session's token."""
    parts = reach()
    now = parts.now()
    with parts.store.write() as session:
        tried = codes.enter(session, visitor.browser(), typed, parts.settings, now)
        if tried.code is None:
            return tried, "", ""
        token = sessions.open_session(session, tried.code, parts.settings, now)
        return tried, _first_place(session, tried.code), token


def _first_place(session: Session, code: Code) -> str:
    """Give where a folder opens: at its only agreement, else at the list."""
    found = folders.entries(session, code.link, reach().now())
    if len(found) == 1:
        return url_for("sign.show_agreement", agreement_id=found[0].agreement.id)
    return url_for("sign.show_folder")


def _page(code: str = "", **values: object) -> tuple[str, int]:
    errors = (Mistake("code", sentence(code, values)),) if code else ()
    with reach().store.read() as session:
        asked = codes.newest(session, visitor.browser()) if visitor.browser() else None
        helper = visitor.person_to_ask(session, asked.link) if asked else None
    by_itself = asked is not None and asked.level == codes.BY_GATEWAY
    given = {"asked": asked is not None, "by_itself": by_itself, "errors": errors, "helper": helper}
    return render_template("sign/code.html", steps=steps(), step=2, **given), 422 if code else 200

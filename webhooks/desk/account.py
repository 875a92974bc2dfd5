"""The user's own account: a new password, and the way out."""

from __future__ import annotations

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kdmp_core import access
from webhooks import guards
from webhooks.context import reach, staff
from webhooks.desk import forms, frame
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake


@blueprint.get("/meja/akun/sandi")
def password() -> str:
    """Ask for a new password."""
    return _page([])


@blueprint.post("/meja/akun/sandi")
def change_password() -> forms.Answer:
    """Set a new password; every session ends, so one signs in anew."""
    return forms.answer(_change, _page)


@blueprint.post("/keluar")
def sign_out() -> Response:
    """End the session."""
    parts = reach()
    with parts.store.write() as session:
        access.end_session(session, request.cookies.get(guards.staff_cookie(), ""), parts.now())
    answer = redirect(url_for("entrance.sign_in"), 303)
    answer.delete_cookie(guards.staff_cookie(), secure=parts.settings.secure, httponly=True, samesite="Lax")
    return answer


def _change(session: Session) -> str:
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        raise forms.wrong("again", "desk.passwords_differ")
    user = access.user_by_id(session, staff().id)
    with forms.refused_at(lambda code: "old" if code.endswith("old_password_wrong") else "new"):
        access.change_password(session, user, old[:200], new[:200], reach().now())
    return url_for("entrance.sign_in")


def _page(errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        return frame.page(session, "password", "password", login=staff().login, errors=errors)

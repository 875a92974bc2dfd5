"""Who is at this door: the browser that asked for a code, the session a code opened, the machine behind it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask import g, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kdmp_core.records import Link, SignerSession
from kdmp_core.signing import codes, evidence, messages, sessions
from kdmp_core.texts import text
from webhooks.context import reach
from webhooks.pages.shapes import Person

BROWSER_COOKIE = "kdmp-browser"
SESSION_COOKIE = "kdmp-sign"
BROWSER_LIFE = timedelta(days=1)


@dataclass(frozen=True)
class Signer:
    """An open folder: its session's row and its link, as they stood when the request came."""

    row: SignerSession
    link: Link


def signer_only() -> None:
    """Pass the holder of a live session of this door. Raises NotSignedIn, or Gone when the link has ended."""
    parts = reach()
    with parts.store.read() as session:
        row = sessions.check(session, request.cookies.get(cookie(SESSION_COOKIE), ""), parts.settings, parts.now())
        g.signer = Signer(row, row.link)


def signer() -> Signer:
    """Give the open folder; the guard has put it there."""
    return cast("Signer", g.signer)


def link(session: Session) -> Link:
    """Give the link of the open folder, read in the caller's transaction."""
    return session.get_one(Link, signer().link.id)


def session_row(session: Session) -> SignerSession:
    """Give the session's row in the caller's transaction, as the guard read it; whoever acts on it reads it again."""
    return session.merge(signer().row, load=False)


def browser() -> str:
    """Give the secret of this browser, empty when it never asked for a code here."""
    return request.cookies.get(cookie(BROWSER_COOKIE), "")


def new_browser() -> str:
    """Make the secret of a browser that asks for its first code."""
    return secrets.token_urlsafe(32)


def remember_browser(answer: Response, secret: str) -> None:
    """Let the browser keep its secret for a day."""
    _keep(answer, BROWSER_COOKIE, secret, BROWSER_LIFE)


def remember_session(answer: Response, token: str) -> None:
    """Let the browser keep the token of the folder it has opened."""
    _keep(answer, SESSION_COOKIE, token, sessions.LIFE)


def forget_session(answer: Response) -> None:
    """Let the browser forget the folder."""
    answer.delete_cookie(
        cookie(SESSION_COOKIE), path="/", secure=reach().settings.secure, httponly=True, samesite="Lax"
    )


def cookie(name: str) -> str:
    """Give a cookie's name: host-bound wherever people come by https."""
    return f"__Host-{name}" if reach().settings.secure else name


def machine() -> evidence.Machine:
    """Give where the request came from, for the evidence."""
    return evidence.Machine(request.remote_addr or "", request.headers.get("User-Agent", ""))


def form_key() -> str:
    """Make the key of one showing of a form."""
    return secrets.token_urlsafe(16)


def given_key() -> str:
    """Give the key the form brought back, cut to what one of ours can be."""
    return request.form.get("key", "")[:40] or form_key()


def person_to_ask(session: Session, link: Link) -> Person:
    """Give the member of staff who answers for a folder, with his wa.me address where he has a number."""
    user, event = messages.helper(session, link)
    return Person(user.name, event.organiser, messages.whatsapp(user.phone, text("wa.ask")))


def asked_link(session: Session) -> Link | None:
    """Give the link this browser last asked a code for."""
    newest = codes.newest(session, browser()) if browser() else None
    return newest.link if newest else None


def known_helper() -> Person | None:
    """Give the person to ask for whoever is at the door, if this browser has come by a link before."""
    with reach().store.read() as session:
        link = asked_link(session)
        return person_to_ask(session, link) if link else None


def _keep(answer: Response, name: str, value: str, life: timedelta) -> None:
    answer.set_cookie(
        cookie(name),
        value,
        max_age=int(life.total_seconds()),
        path="/",
        secure=reach().settings.secure,
        httponly=True,
        samesite="Lax",
    )

"""The page a link opens: it tells nothing and changes nothing; its button asks for a code. And the page of help."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from kdmp_core import outbox
from kdmp_core.signing import codes, links, messages
from kdmp_core.texts import text
from webhooks.context import reach
from webhooks.sign import refusals, visitor


def show(token: str) -> str | Response:
    """Show what comes next to whoever opens a link; previews and scanners may do so as often as they like."""
    parts = reach()
    with parts.store.read() as session:
        link = links.find(session, token)
        state = links.state(link, parts.now())
        if state is not links.LinkState.LIVE:
            user, _ = messages.helper(session, link)
            return refusals.dead_page(state.value, messages.whatsapp(user.phone, text("wa.ask")))
        by_itself = outbox.gateway_reaches(parts.settings, link.officer)
    return render_template("sign/landing.html", token=token, by_itself=by_itself, steps=steps(), step=1)


def ask_code(token: str) -> Response:
    """Ask for a code in this browser and go to where it is entered; asked twice, one code is owed."""
    parts = reach()
    secret = visitor.browser() or visitor.new_browser()
    with parts.store.write() as session:
        codes.ask(session, links.find(session, token), secret, parts.settings, parts.now())
    answer = redirect(url_for("sign_entrance.show_code"), 303)
    visitor.remember_browser(answer, secret)
    return answer


def help_page() -> str:
    """Show what to do when something does not work, and whom to ask."""
    return render_template("sign/help.html", helper=visitor.known_helper())


def steps() -> tuple[str, ...]:
    """Give the words of the four steps."""
    return (text("sign.step_1"), text("sign.step_2"), text("sign.step_3"), text("sign.step_4"))

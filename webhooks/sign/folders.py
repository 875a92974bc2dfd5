"""The folder: all agreements of one person at one event; closing it; saying that one is not that person."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from kdmp_core import audit
from kdmp_core.lifecycle import Actor
from kdmp_core.signing import folders, links, sessions
from webhooks.context import reach
from webhooks.sign import visitor


def show() -> str:
    """List the agreements, those that wait for an answer first."""
    parts = reach()
    with parts.store.read() as session:
        link = visitor.link(session)
        found = folders.entries(session, link, parts.now())
        waiting = sum(entry.standing is folders.Standing.TO_SIGN for entry in found)
        helper = visitor.person_to_ask(session, link)
        return render_template("sign/folder.html", officer=link.officer, entries=found, waiting=waiting, helper=helper)


def leave() -> Response:
    """Close the folder on this device."""
    parts = reach()
    with parts.store.write() as session:
        sessions.end(session, visitor.session_row(session), parts.now())
    answer = Response(render_template("sign/left.html", helper=visitor.known_helper()), mimetype="text/html")
    visitor.forget_session(answer)
    return answer


def not_me() -> str:
    """Ask once whether the link really reached somebody else."""
    return render_template("sign/not_me.html", helper=visitor.known_helper())


def stop_link() -> Response:
    """Stop the link at once and write it to the house's chain, where the desk sees it."""
    parts = reach()
    now = parts.now()
    with parts.store.write() as session:
        link = sessions.require_live(session, visitor.session_row(session), now)
        details = {"link": link.id, "officer": link.officer_id, "event": link.event_id}
        by = audit.By(Actor.SIGNATORY, officer_id=link.officer_id)
        audit.append(session, audit.Act("not_me", f"not_me:{link.id}", details=details), by, now)
        helper = visitor.person_to_ask(session, link)
        links.revoke(session, link, now)
    answer = Response(render_template("sign/stopped.html", helper=helper), mimetype="text/html")
    visitor.forget_session(answer)
    return answer

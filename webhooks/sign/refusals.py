"""What people see when a link has ended, a session is over, or something was tried too often: always a way on."""

from __future__ import annotations

from flask import Response, render_template, url_for

from kdmp_core.errors import Gone, NotFound, NotSignedIn, TooMany
from kdmp_core.texts import text
from webhooks import pages, problems
from webhooks.pages.shapes import Link as Way
from webhooks.sign import visitor

DEAD = {
    "signing.link_expired": "expired",
    "signing.link_replaced": "replaced",
    "signing.link_stopped": "stopped",
}


def session_over(error: NotSignedIn) -> Response:
    """Say that the folder has closed, and offer a fresh code to a browser that came by a link before."""
    del error
    helper = visitor.known_helper()
    page = render_template("sign/over.html", helper=helper, known=helper is not None)
    answer = Response(page, 401)
    visitor.forget_session(answer)
    return answer


def link_ended(error: Gone) -> Response:
    """Say how a link has ended, without a name of its owner."""
    state = DEAD.get(error.code)
    if state is None:
        return problems.refused(error)
    answer = dead_page(state, "")
    visitor.forget_session(answer)
    return answer


def dead_page(state: str, whatsapp: str) -> Response:
    """Give the page of a dead link: its state, and the tap that asks for a new one where a number is known."""
    return Response(render_template("sign/dead.html", state=state, whatsapp=whatsapp), 410)


def not_here(error: NotFound) -> Response:
    """Say that this is not among the documents of the folder, and lead back to it."""
    detail = problems.sentence(error.code, error.values)
    back = Way(text("sign.folder_back"), url_for("sign.show_folder"))
    return Response(pages.error_page(404, detail=detail, helper=visitor.known_helper(), back=back), 404)


def too_many(error: TooMany) -> Response:
    """Say until when to wait and whom to ask."""
    detail = problems.sentence(error.code, error.values)
    back = Way(text("sign.help_title"), url_for("sign_entrance.help_page"))
    page = pages.error_page(429, detail=detail, helper=visitor.known_helper(), back=back)
    return Response(page, 429, headers={"Retry-After": str(error.retry_after)})

"""Signed on paper already: upload the scan, say the day; a second person looks at it and confirms."""

from __future__ import annotations

from flask import request, url_for
from sqlalchemy.orm import Session

from kdmp_core import follow_up
from kdmp_core.agreements import moves
from kdmp_core.errors import NotFound
from kdmp_core.lifecycle import find
from webhooks.context import by_staff, reach
from webhooks.desk import forms, frame, places
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake


@blueprint.get("/meja/naskah/<code>/catat")
def record_page(code: str) -> str:
    """Ask for the scan and the day on it."""
    return _page(code, [])


@blueprint.post("/meja/naskah/<code>/catat")
def record(code: str) -> forms.Answer:
    """Keep the scan; the agreement waits for a second person."""

    def act(session: Session) -> str:
        parts = reach()
        found = places.agreement_here(session, code)
        signed_on = forms.day("signed_on")
        given = request.files.get("scan")
        if given is None or not given.filename:
            raise forms.wrong("scan", "desk.no_file")
        number = forms.line("own_number", most=follow_up.LONGEST_NUMBER)
        asked = moves.Asked("record", forms.key())
        with forms.refused_at(lambda code: PLACES.get(code, "")):
            follow_up.record_paper(
                session,
                parts.files,
                found.id,
                given.read(),
                signed_on,
                asked,
                by_staff(),
                parts.now(),
                own_number=number,
            )
        return url_for("desk.agreement", code=code)

    return forms.answer(act, lambda errors: _page(code, errors))


PLACES = {
    "follow_up.scan": "scan",
    "follow_up.future_day": "signed_on",
    "follow_up.own_number": "own_number",
}


def _page(code: str, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.agreement_here(session, code)
        if find(found.state, "record") is None:
            raise NotFound("desk.no_page")
        most = follow_up.LARGEST_SCAN // 1024 // 1024
        return frame.page(session, "record", "agreements", agreement=found, most=most, errors=errors)

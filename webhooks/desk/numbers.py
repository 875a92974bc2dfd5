"""The parties' own letter numbers: one field each, kept as they come in."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from kdmp_core.agreements import own_numbers
from webhooks.context import by_staff, reach
from webhooks.desk import forms, frame, places
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake


@blueprint.get("/meja/naskah/<code>/nomor")
def numbers_page(code: str) -> str:
    """Show the parties with a field for the number each gave this agreement."""
    return _page(code, [])


@blueprint.post("/meja/naskah/<code>/nomor")
def numbers(code: str) -> forms.Answer:
    """Keep the numbers."""

    def act(session: Session) -> str:
        found = places.agreement_here(session, code)
        given = {
            row.party_id: forms.line(f"number-{row.party_id}", most=own_numbers.LONGEST_NUMBER) for row in found.parties
        }
        own_numbers.keep(session, found.id, given, by_staff(), reach().now(), key=forms.key())
        return url_for("desk.agreement", code=code)

    return forms.answer(act, lambda errors: _page(code, errors))


def _page(code: str, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.agreement_here(session, code)
        rows = [(f"number-{row.party_id}", row.party.name, row.own_number or "") for row in found.parties]
        return frame.page(session, "numbers", "agreements", agreement=found, rows=rows, errors=errors)

"""A cooperative takes its seat at an event by hand: for events that have no sheet yet."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from kdmp_core import areas
from kdmp_core.records import VILLAGE_COOPERATIVES, PartyKind, Role
from kdmp_core.texts import text
from kdmp_core.workshops import seats
from webhooks.context import by_staff, reach
from webhooks.desk import forms, frame, places
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake

KINDS = tuple(kind for kind in PartyKind if kind in VILLAGE_COOPERATIVES)


@blueprint.get("/meja/acara/<int:event_id>/koperasi")
def add_cooperative_page(event_id: int) -> str:
    """Ask which village's cooperative takes part."""
    return _page(event_id, [])


@blueprint.post("/meja/acara/<int:event_id>/koperasi")
def add_cooperative(event_id: int) -> forms.Answer:
    """Give a cooperative its seat."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        kind = PartyKind(forms.typed("kind")) if forms.typed("kind") in {*KINDS} else PartyKind.PRIMARY
        name, area = forms.line("name"), forms.typed("area")
        seats.add_cooperative(session, found, kind, area, name, by_staff(), forms.key(), reach().now())
        return url_for("desk.filling", event_id=found.id)

    return forms.answer(act, lambda errors: _page(event_id, errors))


def _page(event_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        return frame.page(
            session,
            "seat",
            "events",
            event=found,
            kinds=[(kind.value, text(f"sheet.kind.{kind.value}"), "") for kind in KINDS],
            villages=[("", text("desk.choose")), *_villages(found.regency_code)],
            errors=errors,
        )


def _villages(regency: str) -> list[tuple[str, str]]:
    found = [village for district in areas.below(regency) for village in areas.below(district.code)]
    return sorted(((village.code, areas.label(village.code)) for village in found), key=lambda one: one[1])

"""New partners: a MoU of two parties of an event, and a cooperative that joins a network in force."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core.agreements import following, guards, proposals
from kdmp_core.agreements.facts import place_label
from kdmp_core.errors import NotFound
from kdmp_core.lifecycle import State
from kdmp_core.records import VILLAGE_COOPERATIVES, Agreement, EventParty, Party
from webhooks.context import by_staff, reach
from webhooks.desk import forms, frame, places
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake

Choices = list[tuple[int, str]]


@blueprint.get("/meja/acara/<int:event_id>/mou")
def two_party_page(event_id: int) -> str:
    """Ask which two parties of an event agree on a MoU."""
    return _two_party_page(event_id, [])


@blueprint.post("/meja/acara/<int:event_id>/mou")
def two_party(event_id: int) -> forms.Answer:
    """Propose the MoU of the two."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id)
        known = {str(party.id): party for party in _parties(session, event_id)}
        first, second = (known.get(forms.typed(name)) for name in ("first", "second"))
        if first is None or second is None:
            raise forms.wrong("second", "desk.two_parties")
        with forms.refused_at("second"):
            made = proposals.propose_two(session, found, first, second, by_staff(), reach().now())
        return url_for("desk.agreement", code=made.code)

    return forms.answer(act, lambda errors: _two_party_page(event_id, errors))


@blueprint.get("/meja/naskah/<code>/aksesi")
def accession_page(code: str) -> str:
    """Ask which cooperative joins."""
    return _accession_page(code, [])


@blueprint.post("/meja/naskah/<code>/aksesi")
def accession(code: str) -> forms.Answer:
    """Propose that it joins."""

    def act(session: Session) -> str:
        parent = places.agreement_here(session, code)
        joining = next((party for party in _outside(session, parent) if str(party.id) == forms.typed("party")), None)
        if joining is None:
            raise forms.wrong("party", "desk.missing")
        with forms.refused_at("party"):
            made = following.propose_accession(session, parent, joining, by_staff(), reach().now())
        return url_for("desk.agreement", code=made.code)

    return forms.answer(act, lambda errors: _accession_page(code, errors))


def _parties(session: Session, event_id: int) -> list[Party]:
    where = EventParty.event_id == event_id
    return [row.party for row in session.scalars(select(EventParty).where(where).order_by(EventParty.number))]


def _outside(session: Session, parent: Agreement) -> list[Party]:
    """Give the village cooperatives of the parent's regency that are no party of it."""
    where = (Party.area_code.startswith(parent.event.regency_code), Party.kind.in_(VILLAGE_COOPERATIVES))
    inside = guards.standing_party_ids(session, parent)
    return [row for row in session.scalars(select(Party).where(*where).order_by(Party.name)) if row.id not in inside]


def _named(parties: Iterable[Party]) -> Choices:
    return [(party.id, f"{party.name} ({place_label(party.area_code)})") for party in parties]


def _two_party_page(event_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        parties = _named(_parties(session, event_id))
        return frame.page(session, "two_party", "events", event=found, parties=parties, errors=errors)


def _accession_page(code: str, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        parent = places.agreement_here(session, code)
        if parent.state is not State.IN_FORCE or parent.kind != "mou_network":
            raise NotFound("desk.no_page")
        parties = _named(_outside(session, parent))
        return frame.page(session, "accession", "agreements", agreement=parent, parties=parties, errors=errors)

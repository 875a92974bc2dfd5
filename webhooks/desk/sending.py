"""Before an agreement leaves the house: who gets what, by which way, until when. One button sends it all."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import outbox, reporting
from kdmp_core.agreements import policy
from kdmp_core.agreements.facts import place_label
from kdmp_core.errors import NotFound
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Connection, Officer, Role
from kdmp_core.signing import requests
from kdmp_core.signing.moments import deadline_after, deadline_words
from kdmp_core.texts import text
from webhooks.context import by_staff, reach
from webhooks.desk import agreements, forms, frame, places
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Fact, Mistake

METHODS = ("link", "provider")
"""Ways a round can end by: paper is recorded for the agreement as a whole, before it is submitted."""


@blueprint.get("/meja/naskah/<code>/kirim")
def send_page(code: str) -> str:
    """Show the summary before sending."""
    return _page(code, [])


@blueprint.post("/meja/naskah/<code>/kirim")
def send(code: str) -> forms.Answer:
    """Set each party's way of signing and send the round out."""

    def act(session: Session) -> str:
        parts = reach()
        found = places.agreement_here(session, code)
        open_ways = _methods(session)
        for party in found.parties:
            chosen = forms.typed(f"method-{party.party_id}")
            if chosen not in open_ways:
                raise forms.wrong(f"method-{party.party_id}", "desk.missing")
            party.method = chosen
        requests.send(
            session,
            found.id,
            by_staff(),
            key=forms.key(),
            now=parts.now(),
            settings=parts.settings,
            revision=forms.revision(),
        )
        return url_for("desk.agreement", code=code)

    return forms.answer(act, lambda errors: _page(code, errors))


@blueprint.post("/meja/naskah/<code>/konsep")
def show_draft(code: str) -> forms.Answer:
    """Owe the confirmed officers of a draft under review the link under which they read it and remark on it."""

    def act(session: Session) -> str:
        parts = reach()
        found = places.agreement_here(session, code)
        requests.show_draft(session, found.id, by_staff(), now=parts.now(), settings=parts.settings)
        return url_for("desk.links")

    return forms.answer(act, lambda errors: agreements.show(code, errors, "show_draft"))


def _methods(session: Session) -> tuple[str, ...]:
    """Give the ways that are open: a provider only with a live connection."""
    connected = session.scalar(select(Connection.id).where(Connection.active).limit(1)) is not None
    return METHODS if connected else tuple(name for name in METHODS if name != "provider")


def _page(code: str, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.agreement_here(session, code)
        if found.state is not State.DRAWN_UP:
            raise NotFound("desk.no_page")
        rows = _rows(session, found)
        rule = policy.SigningPolicy.of(found.event.policy)
        deadline = deadline_after(reach().now(), rule.deadline_days, found.area_code)
        return frame.page(
            session,
            "send",
            "agreements",
            agreement=found,
            rows=rows,
            methods=[(name, text(f"desk.method.{name}")) for name in _methods(session)],
            facts=[
                Fact(text("desk.send.who"), text("desk.send.parties", n=len(rows))),
                Fact(text("desk.agreement.deadline"), deadline_words(deadline, found.area_code)),
                Fact(text("desk.agreement.policy"), text(f"desk.policy.{rule.effective_when}", enough=rule.enough)),
                Fact(text("desk.send.declines"), text(f"desk.policy.{rule.on_decline}")),
            ],
            missing=[row["name"] for row in rows if not row["confirmed"]],
            only_here=reach().settings.on_this_machine_only,
            may_send=places.may(found.event, Role.COORDINATOR),
            errors=errors,
        )


def _rows(session: Session, found: Agreement) -> list[dict[str, Any]]:
    officers = reporting.signing_officers(session, [party.party_id for party in found.parties])
    return [
        {
            "id": party.party_id,
            "name": party.party.name,
            "place": place_label(party.party.area_code),
            "officer": _who(officers.get(party.party_id)),
            "channel": _channel(officers.get(party.party_id)),
            "confirmed": _is_confirmed(officers.get(party.party_id)),
            "method": party.method,
        }
        for party in found.parties
    ]


def _who(officer: Officer | None) -> str:
    return f"{officer.name}, {officer.office}" if officer else text("desk.send.nobody")


def _is_confirmed(officer: Officer | None) -> bool:
    return officer is not None and officer.confirmed_at is not None


def _channel(officer: Officer | None) -> str:
    if officer is None:
        return ""
    if outbox.gateway_reaches(reach().settings, officer):
        return text("desk.send.by_gateway")
    return text("desk.send.by_whatsapp") if officer.phone else text("desk.send.in_person")

"""Check-in: who signs for each party, what the sheet lacks, and that staff have checked name, office and number."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, areas, registry, reporting
from kdmp_core.agreements.facts import place_label
from kdmp_core.errors import NotFound
from kdmp_core.records import Event, EventParty, Officer, OutletKind, Party, PartyKind, Role, User
from kdmp_core.texts import text
from webhooks.context import by_staff, reach, staff
from webhooks.desk import forms, frame, places
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake

CHECKERS = (Role.COORDINATOR, Role.PENDAMPING)
WITH_OUTLETS = frozenset({PartyKind.KDMP, PartyKind.KKMP, PartyKind.SECONDARY})
HOW = registry.HOW
NAMES = ("name", "office", "phone", "email", "address", "postal_code")
AUTHORITY = ("authority_kind", "authority_number")


@blueprint.get("/meja/acara/<int:event_id>/hadir")
def checkin(event_id: int) -> str:
    """Show who is confirmed and who is not, party by party."""
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        rows = _rows(session, found)
        return frame.page(
            session,
            "checkin",
            "events",
            event=found,
            rows=rows,
            done=sum(bool(officer and officer.confirmed_at) for _, officer, _ in rows),
            hows={how: text(f"desk.how.{how}") for how in HOW},
            may_check=places.may(found, Role.COORDINATOR) or bool(places.helped_in(session, found)),
        )


@blueprint.get("/meja/acara/<int:event_id>/hadir/<int:party_id>")
def signatory(event_id: int, party_id: int) -> str:
    """Show what is known of a party's signatory, to be completed and confirmed."""
    return _signatory_page(event_id, party_id, [])


@blueprint.post("/meja/acara/<int:event_id>/hadir/<int:party_id>")
def save_signatory(event_id: int, party_id: int) -> forms.Answer:
    """Keep what was filled in; with `confirm`, also that name, office and number were checked, and how."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id)
        party = _party(session, found, party_id)
        officer = _save(session, party)
        if party.kind in WITH_OUTLETS:
            running = [kind for kind in OutletKind if forms.typed(f"outlet-{kind}")]
            registry.set_outlets(session, party, running, by_staff(), f"{forms.key()}:outlets", reach().now())
        if forms.typed("act") == "confirm":
            if forms.typed("how") not in HOW:
                raise forms.wrong("how", "registry.confirm_how")
            registry.confirm(session, officer.id, forms.typed("how"), by_staff(), reach().now())
        return url_for("desk.checkin", event_id=found.id) + f"#party-{party.id}"

    return forms.answer(act, lambda errors: _signatory_page(event_id, party_id, errors))


def _save(session: Session, party: Party) -> Officer:
    """Write who signs: another name is another person; the rest completes what the record has."""
    values = _values()
    officer = registry.signing_officer(session, party.id)
    name, office = values["name"], values["office"]
    if officer is None or " ".join(officer.name.split()).casefold() != name.casefold():
        officer = registry.save_officer(session, party, registry.OfficerFacts(name=name, office=office))
    return registry.complete(session, officer.id, values, by_staff(), forms.key(), reach().now())


def _values() -> dict[str, Any]:
    values: dict[str, Any] = {name: forms.line(name, most=300 if name == "address" else 120) or None for name in NAMES}
    for name in ("name", "office"):
        if not values[name]:
            raise forms.wrong(name, "desk.missing")
    if values["phone"]:
        with forms.refused_at("phone"):
            values["phone"] = registry.phone_number(values["phone"])
    values |= {name: forms.line(name) or None for name in AUTHORITY}
    return {
        **values,
        "authority_date": forms.optional_day("authority_date"),
        "term_ends": forms.optional_day("term_ends"),
    }


def _signatory_page(event_id: int, party_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        party = _party(session, found, party_id)
        officer = registry.signing_officer(session, party.id)
        return frame.page(
            session,
            "signatory",
            "events",
            event=found,
            party=party,
            place=place_label(party.area_code),
            known=_known(party, officer),
            outlets=_outlets(party),
            hows=[(how, text(f"desk.how.{how}"), text(f"desk.how.{how}_means")) for how in HOW],
            warning=_warning(found, officer),
            confirmed=_confirmed_words(session, found, officer),
            errors=errors,
        )


def _known(party: Party, officer: Officer | None) -> dict[str, str]:
    of_party = {name: getattr(party, name) or "" for name in ("address", "postal_code")}
    if officer is None:
        return {**dict.fromkeys((*NAMES, *AUTHORITY, "authority_date", "term_ends", "how"), ""), **of_party}
    texts = {name: getattr(officer, name) or "" for name in ("name", "office", "phone", "email", *AUTHORITY)}
    days = {name: getattr(officer, name) for name in ("authority_date", "term_ends")}
    written = {name: f"{value.day}-{value.month}-{value.year}" if value else "" for name, value in days.items()}
    return {**texts, **of_party, **written, "how": officer.confirmed_how or ""}


def _outlets(party: Party) -> list[tuple[str, str, bool]]:
    """Give (field, words, running) of each kind of outlet; none for a party that has no outlets."""
    running = {outlet.kind for outlet in party.outlets}
    kinds = OutletKind if party.kind in WITH_OUTLETS else ()
    return [(f"outlet-{kind}", text(f"outlet.{kind}"), kind in running) for kind in kinds]


def _warning(found: Event, officer: Officer | None) -> str:
    """Give a sentence when the term of office ends before the agreement's usual months are over."""
    if officer is None or officer.term_ends is None:
        return ""
    if officer.term_ends < frame.today_at(found.regency_code):
        return text("desk.checkin.term_over", day=frame.day(officer.term_ends))
    return ""


def _confirmed_words(session: Session, found: Event, officer: Officer | None) -> str:
    if officer is None or officer.confirmed_at is None:
        return ""
    user = session.get(User, officer.confirmed_by_id) if officer.confirmed_by_id else None
    return text(
        "desk.checkin.confirmed",
        at=frame.moment(officer.confirmed_at, found.regency_code),
        who=user.name if user else text("actor.system"),
        how=frame.word("desk.how", officer.confirmed_how or ""),
    )


def _party(session: Session, found: Event, party_id: int) -> Party:
    where = (EventParty.event_id == found.id, EventParty.party_id == party_id)
    seat = session.scalar(select(EventParty).where(*where))
    if seat is None:
        raise NotFound("registry.no_party")
    access.require_role(staff(), CHECKERS, found.regency_code, [party_id])
    return seat.party


def _rows(session: Session, found: Event) -> list[tuple[Party, Officer | None, str]]:
    """Give (party, who signs, its place), in the order of the sheet, by two queries."""
    seats = list(session.scalars(select(EventParty).where(EventParty.event_id == found.id).order_by(EventParty.number)))
    ids = [seat.party_id for seat in seats]
    officers = reporting.signing_officers(session, ids)
    return [(seat.party, officers.get(seat.party_id), areas.label(seat.party.area_code)) for seat in seats]

"""What an agreement says, as dates, whole numbers and names: the facts its words are made of.

Shape by kind as `mou_templates.facts` asks for it; the paper makes the words. Facts come from the record and the
drafter's `terms`; nothing here is worded except short labels of the catalogue.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import areas, letters
from kdmp_core.errors import InvalidInput
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Event, MappingEntry, Officer, Party
from kdmp_core.registry import signing_officer
from kdmp_core.texts import text

ISSUE = ("letter_number", "place", "dated")
"""What review does not bind to: declared blanks until draw_up (design.md §2)."""

METERAI = {"at_once": "per_copy", "over_days": "per_copy", "electronic": "electronic", "mixed": "electronic"}
"""The duty stamp by how it is signed, where the drafter chose nothing else (domain.md 4.2)."""


def gather(session: Session, agreement: Agreement, *, legal_review: str, number: str | None = None) -> dict[str, Any]:
    """Give the facts of an agreement as it stands; `number` None leaves number, place and date as declared blanks.

    Raises InvalidInput when a party has nobody to sign or a term of its kind is missing.
    """
    terms = agreement.terms
    try:
        common = {
            "letter_number": number,
            "place": terms.get("place") if number else None,
            "dated": date.fromisoformat(terms["dated"]) if number else None,
            "time_zone": zone_of(agreement).key,
            "subject": terms["subject"],
            "signing_mode": terms["signing_mode"],
            "meterai": terms.get("meterai") or METERAI[terms["signing_mode"]],
            "legal_review": legal_review,
            "paper": agreement.event.policy.get("paper") or "A4",
            "logo": "yes" if agreement.event.policy.get("logo_sha256") else "no",
        }
        return {**common, **BY_KIND[agreement.kind](session, agreement)}
    except KeyError as missing:
        raise InvalidInput("facts.term_missing", term=str(missing.args[0])) from missing


def zone_of(agreement: Agreement) -> ZoneInfo:
    """Give the time zone of the place an agreement is seated in."""
    return areas.zone(agreement.area_code)


def plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Give facts as they are stored and hashed: dates as ISO text."""

    def read(value: object) -> object:
        if isinstance(value, dict):
            return {name: read(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [read(inner) for inner in value]
        return value.isoformat() if isinstance(value, date) else value

    return {name: read(value) for name, value in facts.items()}


def party_facts(session: Session, party: Party, own_number: str | None = None) -> dict[str, Any]:
    """Give a party with its signatory as the paper asks for it. Raises InvalidInput when nobody signs for it."""
    officer = signing_officer(session, party.id)
    if officer is None:
        raise InvalidInput("facts.nobody_signs", party=party.name)
    return {
        "kind": party.kind.value,
        "name": party.name,
        "legal_number": party.legal_number,
        "nib": party.nib,
        "address": party.address,
        "area": place_label(party.area_code),
        "own_number": own_number,
        "signatory": {"name": officer.name, "office": officer.office, "authority": authority_text(officer)},
    }


def place_label(code: str) -> str:
    """Give an area with its levels: "Desa Cihea, Kec. Haurwangi, Kabupaten Cianjur"."""
    label, regency = areas.label(code), areas.find(areas.find(code).regency).name
    return label if regency in label else f"{label}, {regency}"


def authority_text(officer: Officer) -> str | None:
    """Give the written basis on which an officer signs, or None (a declared blank) when nobody has told it."""
    if not officer.authority_kind:
        return None
    if officer.authority_number and officer.authority_date:
        dated = officer.authority_date
        day = f"{dated.day} {text(f'month.{dated.month}')} {dated.year}"
        return text("facts.authority_dated", kind=officer.authority_kind, number=officer.authority_number, date=day)
    if officer.authority_number:
        return text("facts.authority_numbered", kind=officer.authority_kind, number=officer.authority_number)
    return officer.authority_kind


def event_facts(event: Event) -> dict[str, Any]:
    """Give a workshop as the paper asks for it."""
    return {
        "name": event.name,
        "organiser": event.organiser,
        "place": event.venue,
        "first_day": event.starts_on,
        "last_day": event.ends_on,
    }


def _sides(session: Session, agreement: Agreement) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    first = [party_facts(session, row.party, row.own_number) for row in agreement.parties if row.side == "first"]
    second = next(row for row in agreement.parties if row.side == "second")
    return first, party_facts(session, second.party, second.own_number)


def _contact(session: Session, party_id: int) -> dict[str, Any]:
    officer = signing_officer(session, party_id)
    if officer is None or not officer.phone:
        raise InvalidInput("facts.no_contact")
    return {"name": officer.name, "office": officer.office, "phone": officer.phone, "email": officer.email}


def _network(session: Session, agreement: Agreement) -> dict[str, Any]:
    terms = agreement.terms
    members, counterpart = _sides(session, agreement)
    return {
        **_term(terms),
        "event": event_facts(agreement.event),
        "regency": areas.find(agreement.event.regency_code).name,
        "members": members,
        "counterpart": counterpart,
        "secretariat": terms["secretariat"] or _contact(session, agreement.parties[-1].party_id),
        "secretariat_name": terms["secretariat_name"],
        "pks_deadline_months": terms["pks_deadline_months"],
        "capacity": capacity(session, agreement),
        "actions": [{**row, "due": date.fromisoformat(row["due"])} for row in terms["actions"]],
    }


def _bilateral(session: Session, agreement: Agreement) -> dict[str, Any]:
    terms = agreement.terms
    first, second = _sides(session, agreement)
    ids = [row.party_id for row in agreement.parties]
    return {
        **_term(terms),
        "event": event_facts(agreement.event),
        "first": first[0],
        "second": second,
        "first_contact": _contact(session, ids[0]),
        "second_contact": _contact(session, ids[1]),
        "roles_first": terms["roles_first"],
        "roles_second": terms["roles_second"],
        "commodities": terms["commodities"],
        "pks_deadline_months": terms["pks_deadline_months"],
        "capacity": capacity(session, agreement),
    }


def _hub(session: Session, agreement: Agreement) -> dict[str, Any]:
    own = ("membership", "hub_functions", "member_count", "reporting", "first_offer_days", "quality_standard")
    return {**_bilateral(session, agreement), **{name: agreement.terms[name] for name in own}}


def _addendum(session: Session, agreement: Agreement) -> dict[str, Any]:
    terms = agreement.terms
    firsts, second = _sides(session, agreement)
    return {
        "parent": _parent(agreement),
        "sequence": terms["sequence"],
        "reason": terms["reason"],
        "changes": terms["changes"],
        "effective_on": date.fromisoformat(terms["effective_on"]),
        "firsts": firsts,
        "second": second,
    }


def _accession(session: Session, agreement: Agreement) -> dict[str, Any]:
    parent = agreement.parent
    if parent is None or parent.ends_on is None:
        raise InvalidInput("facts.no_parent")
    firsts, secretariat = _sides(session, agreement)
    where = (Agreement.parent_id == parent.id, Agreement.kind == "addendum", Agreement.state == State.IN_FORCE)
    amended = session.scalars(select(Agreement.title).where(*where).order_by(Agreement.id))
    return {
        "parent": _parent(agreement),
        "amended": list(amended),
        "joining": firsts[0],
        "secretariat": secretariat,
        "role_class": agreement.terms["role_class"],
        "capacity": [row for row in capacity(session, agreement) if row["party"] == 1],
        "contact": _contact(session, agreement.parties[0].party_id),
        "until": parent.ends_on,
    }


def _term(terms: dict[str, Any]) -> dict[str, Any]:
    return {name: terms[name] for name in ("duration_months", "notice_days")}


def _parent(agreement: Agreement) -> dict[str, Any]:
    parent = agreement.parent
    if parent is None:
        raise InvalidInput("facts.no_parent")
    number = letters.number_of(parent) or text("facts.no_number")
    return {"title": parent.title, "letter_number": number, "dated": date.fromisoformat(parent.terms["dated"])}


def _pks(session: Session, agreement: Agreement) -> dict[str, Any]:
    terms = agreement.terms
    supplier, buyer = _sides(session, agreement)
    ids = [row.party_id for row in agreement.parties]
    own = {name: terms[name] for name in ("lines", "quality", "payment", "price_basis", "tester", "court")}
    return {
        **_term(terms),
        **own,
        "goods": terms.get("goods") or "rice",
        "parent": _parent(agreement),
        "supplier": supplier[0],
        "buyer": buyer,
        "supplier_contact": _contact(session, ids[0]),
        "buyer_contact": _contact(session, ids[1]),
        "deliveries": [{**row, "day": date.fromisoformat(row["day"])} for row in terms["deliveries"]],
    }


def capacity(session: Session, agreement: Agreement) -> list[dict[str, Any]]:
    """Give the parties' offers and needs for the annex, in the roster's order. No price ever stands in it."""
    positions = {row.party_id: row.position for row in agreement.parties}
    where = (
        MappingEntry.event_id == agreement.event_id,
        MappingEntry.party_id.in_(positions),
        MappingEntry.status == "good",
        MappingEntry.quantity_kg > 0,
    )
    rows = session.scalars(select(MappingEntry).where(*where).order_by(MappingEntry.row_number))
    found = [
        {
            "party": positions[row.party_id],
            "field": row.field,
            "direction": row.direction,
            "commodity": text(f"commodity.{row.commodity}"),
            "kg": row.quantity_kg,
            "period": row.period_as_written or text("facts.per_season"),
        }
        for row in rows
        if row.party_id is not None
    ]
    return sorted(found, key=lambda row: row["party"])


BY_KIND = {
    "mou_network": _network,
    "mou_bilateral": _bilateral,
    "mou_hub": _hub,
    "pks": _pks,
    "addendum": _addendum,
    "accession": _accession,
}

"""What a paper says: the facts of the record and what staff filled in, in the shape `mou_templates.papers` asks for.

What is missing is refused by name, all of it at once, so that it can be filled in and nothing is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kdmp_core import areas, audit, letters
from kdmp_core.agreements import facts, proposals
from kdmp_core.errors import InvalidInput, KdmpError, Problem
from kdmp_core.follow_up import deliveries
from kdmp_core.lifecycle import State
from kdmp_core.records import (
    VILLAGE_COOPERATIVES,
    Agreement,
    Attendance,
    Delivery,
    Event,
    EventParty,
    MappingEntry,
    Paper,
    Party,
    Side,
    User,
)
from kdmp_core.registry import signing_officers
from kdmp_core.signing.moments import local
from kdmp_core.texts import text

UNPROPOSED = (State.WITHDRAWN, State.REJECTED, State.VOID, State.DECLINED, State.LAPSED)
MOST_NAMED = 20
"""So many decisions of an event are named one by one; the rest of its agreements of two parties is counted."""
WAYS = {"at_once": "ink", "over_days": "ink", "electronic": "electronic", "mixed": "either"}
STAMPS = {"ink": "per_copy", "either": "per_copy", "electronic": "electronic"}
SEXES = ("L", "P")


def facts_of(session: Session, paper: Paper, *, legal_review: str) -> dict[str, Any]:
    """Give the facts of a paper as it stands. Raises InvalidInput with the field of everything that is missing."""
    event, given = session.get_one(Event, paper.event_id), _Given(paper.details)
    common = {
        "letter_number": given.has("number"),
        "place": given.has("place") or place_of(event),
        "legal_review": legal_review,
        "paper": event.policy.get("paper") or "A4",
    }
    found = {**common, **BY_KIND[paper.kind](session, paper, event, given)}
    given.refuse()
    return found


def differs(session: Session, paper: Paper, *, legal_review: str) -> bool:
    """Whether a paper would say something else now than when it was made, or could not be made any more."""
    try:
        return audit.digest(facts.plain(facts_of(session, paper, legal_review=legal_review))) != paper.facts_sha256
    except KdmpError:
        return True


def suggested(session: Session, event: Event) -> dict[str, Any]:
    """Give what the minutes' form is filled with before anybody typed: what the record can guess, to be confirmed."""
    return {
        "place": place_of(event),
        "held_on": event.starts_on.isoformat(),
        "opened": "09.00",
        "closed": "16.00",
        "basis": [text("papers.basis")],
        "agenda": [text(f"papers.agenda.{name}") for name in ("opening", "mapping", "matching", "agreeing")],
        "chair": {"institution": event.organiser},
        "minute_taker": {"institution": event.organiser},
        "representatives": _representatives(session, event),
    }


def place_of(event: Event) -> str:
    """Give the place where papers of an event are signed: as its sheet says, else its regency's."""
    return proposals.signing_place(event)


class _Given:
    """What staff filled in; remembers what was needed and not there."""

    def __init__(self, details: Mapping[str, Any]) -> None:
        self._details = details
        self._missing: list[str] = []

    def has(self, name: str) -> Any:
        """Give a value that may be missing (None)."""
        value = self._details.get(name)
        return None if value in ("", [], {}) else value

    def need(self, name: str, otherwise: Any = None) -> Any:
        """Give a value that must be there."""
        value = self.has(name)
        found = otherwise if value is None else value
        if found is None:
            self._missing.append(name)
        return found

    def person(self, name: str, fields: Sequence[str]) -> dict[str, Any]:
        """Give somebody of whom every field must be there."""
        found = self._details.get(name) or {}
        if not all(found.get(field) for field in fields):
            self._missing.append(name)
        return {field: found.get(field) or "" for field in fields}

    def day(self, name: str, otherwise: date | None = None) -> date | None:
        """Give a day that must be there."""
        value = self.need(name, otherwise.isoformat() if otherwise else None)
        return date.fromisoformat(value) if value else None

    def refuse(self) -> None:
        """Raise InvalidInput when something was missing."""
        if self._missing:
            names = list(dict.fromkeys(self._missing))
            fields = ", ".join(text(f"papers.field.{name}") for name in names)
            raise InvalidInput(
                "papers.missing", problems=[Problem("papers.needed", name) for name in names], fields=fields
            )


PERSON = ("name", "office", "institution")
AGENT = ("name", "office", "address")


def _minutes(session: Session, paper: Paper, event: Event, given: _Given) -> dict[str, Any]:
    del paper
    held_on = given.day("held_on", event.starts_on)
    people, cooperatives = _came(session, event)
    if not people:
        given.need("people")
    living = _proposed(session, event)
    decisions = [*_decisions(living), *(given.has("decisions") or ())]
    if not decisions:
        given.need("decisions")
    return {
        "dated": given.day("dated", held_on),
        "event": facts.event_facts(event),
        "time_zone": areas.zone(event.regency_code).key,
        "held_on": held_on,
        "opened": given.need("opened"),
        "closed": given.need("closed"),
        "basis": given.has("basis") or [],
        "chair": given.person("chair", PERSON),
        "minute_taker": given.person("minute_taker", PERSON),
        "speakers": given.has("speakers") or [],
        "people": people,
        "cooperatives": cooperatives,
        "agenda": given.need("agenda"),
        "mapping": _totals(session, event),
        "decisions": decisions,
        "actions": _actions(living),
        "representatives": given.need("representatives"),
        "acknowledged": given.has("acknowledged") or [],
    }


def _attendance(session: Session, paper: Paper, event: Event, given: _Given) -> dict[str, Any]:
    day = date.fromisoformat(paper.details["day"])
    rows = _attendees(session, event)
    if not rows:
        given.need("rows")
    officer = {name: (given.has("officer") or {}).get(name) for name in PERSON}
    asked_by = session.get_one(User, paper.asked_by_id)
    return {
        "dated": given.day("dated", day),
        "event": facts.event_facts(event),
        "day": day,
        "with_phone": bool(given.has("with_phone")),
        "rows": rows,
        "officer": {
            "name": officer["name"] or asked_by.name,
            "office": officer["office"] or text("papers.registration"),
            "institution": officer["institution"] or event.organiser,
        },
    }


def _handover(session: Session, paper: Paper, event: Event, given: _Given) -> dict[str, Any]:
    del event
    delivery = session.get_one(Delivery, paper.delivery_id)
    pks = session.get_one(Agreement, delivery.agreement_id)
    terms, place = pks.terms, _planned_place(pks, delivery)
    line: Mapping[str, Any] = next((row for row in terms["lines"] if row["commodity"] == delivery.commodity), {})
    deductions = given.has("deductions") or 0
    number, planned = _position(session, pks, delivery), len(terms.get("deliveries", ()))
    return {
        "dated": given.day("dated", delivery.delivered_on),
        "parent": {
            "title": pks.title,
            "letter_number": letters.number_of(pks) or given.need("parent_number"),
            "dated": date.fromisoformat(terms["dated"]),
        },
        "deliverer": facts.party_facts(session, session.get_one(Party, delivery.from_party_id)),
        "receiver": facts.party_facts(session, session.get_one(Party, delivery.to_party_id)),
        "number": number,
        "of_deliveries": max(number, planned),
        "delivered_on": delivery.delivered_on,
        "delivered_at": given.need("delivered_at", place),
        "lines": [
            {
                "commodity": delivery.commodity,
                "grade": line.get("grade") or delivery.commodity,
                "sacks": given.need("sacks"),
                "gross_kg": delivery.gross_kg,
                "tare_kg": delivery.tare_kg,
                "net_kg": delivery.net_kg,
                "price": delivery.price_rupiah_per_kg,
            }
        ],
        "tests": given.has("tests") or [],
        "deductions": deductions,
        "amount": delivery.amount_rupiah - deductions,
        **{name: given.has(name) for name in ("vehicle", "plate", "driver", "reservations", "witness")},
        "condition": given.need("condition"),
    }


def _power(session: Session, paper: Paper, event: Event, given: _Given) -> dict[str, Any]:
    del event
    agreement = session.get_one(Agreement, paper.agreement_id)
    wanted = set(paper.details["parties"])
    deadline = local(agreement.deadline_at, agreement.area_code).date() if agreement.deadline_at else None
    way = WAYS[agreement.terms["signing_mode"]]
    dated = given.has("dated")
    return {
        "dated": date.fromisoformat(dated) if dated else None,
        "principals": [facts.party_facts(session, row.party) for row in agreement.parties if row.party_id in wanted],
        "agent": given.person("agent", AGENT),
        "deed": {
            "title": agreement.title,
            "counterpart": agreement.parties[-1].party.name,
            "letter_number": letters.number_of(agreement),
        },
        "valid_until": given.day("valid_until", deadline),
        "way": way,
        "meterai": STAMPS[way],
    }


def _came(session: Session, event: Event) -> tuple[int, int]:
    """Count people and village cooperatives by the attendance, else by who was confirmed at check-in."""
    people = session.scalar(select(func.count()).select_from(Attendance).where(Attendance.event_id == event.id)) or 0
    if people:
        here = select(func.count(Attendance.party_id.distinct())).join(Party, Party.id == Attendance.party_id)
        where = (Attendance.event_id == event.id, Party.kind.in_(VILLAGE_COOPERATIVES))
        return people, session.scalar(here.where(*where)) or 0
    sides = {seat.party_id: seat.side for seat in event.parties}
    confirmed = [one for one in signing_officers(session, list(sides)).values() if one.confirmed_at is not None]
    return len(confirmed), sum(sides[one.party_id] is Side.COOPERATIVE for one in confirmed)


def _attendees(session: Session, event: Event) -> list[dict[str, Any]]:
    """Give who is expected: the attendance of the sheet, else who signs for the parties.

    Two cooperatives of one name are told apart by their district: a name never identifies anybody.
    """
    where = Attendance.event_id == event.id
    query = select(Attendance, Party).outerjoin(Party, Party.id == Attendance.party_id).where(where)
    rows: list[Any] = list(session.execute(query.order_by(Attendance.id)))
    label = _labels(
        {party.id: party for _, party in rows if party} | {seat.party_id: seat.party for seat in event.parties}
    )
    if rows:
        return [
            _attendee(row.name, row.office, label[party.id] if party else event.organiser, row.sex, row.phone)
            for row, party in rows
        ]
    officers = signing_officers(session, [seat.party_id for seat in event.parties])
    return [
        _attendee(one.name, one.office, label[seat.party_id], None, one.phone)
        for seat in event.parties
        if (one := officers.get(seat.party_id)) is not None
    ]


def _labels(parties: Mapping[int, Party]) -> dict[int, str]:
    """Give each party its name, with the district where another of them has the same."""
    often = Counter(party.name for party in parties.values())
    return {
        key: f"{party.name} ({areas.label(party.area_code).rpartition(', ')[2]})"
        if often[party.name] > 1
        else party.name
        for key, party in parties.items()
    }


def _attendee(name: str, office: str, cooperative: str, sex: str | None, phone: str | None) -> dict[str, Any]:
    gender = sex if sex in SEXES else None
    return {
        "name": name,
        "office": office or text("papers.participant"),
        "cooperative": cooperative,
        "gender": gender,
        "phone": phone,
    }


def _totals(session: Session, event: Event) -> list[dict[str, Any]]:
    """Sum what was mapped by field, direction and commodity, in whole kilograms."""
    keys = (MappingEntry.field, MappingEntry.direction, MappingEntry.commodity)
    where = (MappingEntry.event_id == event.id, MappingEntry.status == "good", MappingEntry.quantity_kg > 0)
    query = select(*keys, func.sum(MappingEntry.quantity_kg)).where(*where).group_by(*keys).order_by(*keys)
    return [
        {"field": field, "direction": direction, "commodity": text(f"commodity.{commodity}"), "kg": int(kg)}
        for field, direction, commodity, kg in session.execute(query)
    ]


def _proposed(session: Session, event: Event) -> list[Agreement]:
    """Give the event's MoUs that were proposed and still stand, in the order of their codes."""
    where = (Agreement.event_id == event.id, Agreement.kind.startswith("mou_"), Agreement.state.not_in(UNPROPOSED))
    return list(session.scalars(select(Agreement).where(*where).order_by(Agreement.code)))


def _decisions(living: Sequence[Agreement]) -> list[str]:
    """Say what was agreed to, one sentence a MoU; too many of two parties are counted together."""
    frameworks = [row for row in living if row.kind == "mou_network"]
    others = [row for row in living if row.kind != "mou_network"]
    said = [_network_decision(row) for row in frameworks]
    if len(living) > MOST_NAMED:
        return [*said, text("papers.decision.pairs", n=len(others))]
    pairs = [
        text("papers.decision.pair", first=row.parties[0].party.name, second=_last(row), subject=row.terms["subject"])
        for row in others
    ]
    return said + pairs


def _network_decision(agreement: Agreement) -> str:
    subject, counterpart = agreement.terms["subject"], _last(agreement)
    key = "papers.decision.network" if counterpart in subject else "papers.decision.network_with"
    return text(key, n=len(agreement.parties) - 1, counterpart=counterpart, subject=subject)


def _last(agreement: Agreement) -> str:
    return agreement.parties[-1].party.name


def _actions(living: Sequence[Agreement]) -> list[dict[str, Any]]:
    """Give the action plans of the frameworks as one, soonest first: the same action of several stands once."""
    owners: dict[tuple[str, str, str], list[str]] = {}
    for row in (row for one in living for row in one.terms.get("actions", ())):
        owners.setdefault((row["due"], row["action"], row["output"]), []).append(row["owner"])
    return [
        {"action": action, "owner": "; ".join(dict.fromkeys(found)), "due": date.fromisoformat(due), "output": output}
        for (due, action, output), found in sorted(owners.items())
    ]


def _representatives(session: Session, event: Event) -> list[dict[str, Any]]:
    """Give who signs for the first cooperatives of the sheet."""
    seats = [seat for seat in event.parties if seat.side is Side.COOPERATIVE]
    officers = signing_officers(session, [seat.party_id for seat in seats])
    found: list[EventParty] = [seat for seat in seats if seat.party_id in officers]
    return [
        {
            "name": officers[seat.party_id].name,
            "office": officers[seat.party_id].office,
            "institution": seat.party.name,
        }
        for seat in found[:3]
    ]


def _position(session: Session, pks: Agreement, delivery: Delivery) -> int:
    """Give the place of a delivery among those that stand, from 1."""
    rows = deliveries(session, pks)
    gone = {row.reverses_id for row in rows}
    standing = [row.id for row in rows if row.reverses_id is None and row.id not in gone]
    return standing.index(delivery.id) + 1 if delivery.id in standing else len(standing) + 1


def _planned_place(pks: Agreement, delivery: Delivery) -> str | None:
    rows = pks.terms.get("deliveries", ())
    return next((row["place"] for row in rows if row["commodity"] == delivery.commodity), None)


BY_KIND: Mapping[str, Callable[[Session, Paper, Event, _Given], dict[str, Any]]] = {
    "minutes": _minutes,
    "attendance": _attendance,
    "handover": _handover,
    "power_of_attorney": _power,
}

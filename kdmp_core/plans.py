"""From an event's mapping to a kept plan: rows → matching → result, with the hash of what went in.

The same mapping gives the same plan, found again by that hash; nothing is solved twice.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from fractions import Fraction
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import areas, matching
from kdmp_core.audit import Act, By, append
from kdmp_core.errors import InvalidInput, NotFound
from kdmp_core.matching import Goods, Problem, Result, Row, RowKind
from kdmp_core.records import VILLAGE_COOPERATIVES, Event, EventParty, MappingEntry, Party, PartyKind, Plan

FIELDS = {"production": "production", "processing": "milling", "distribution": "transport", "marketing": "market"}
DIRECTIONS = {"potential": "offer", "need": "need"}
GOODS = frozenset(Goods)


def problem_of(session: Session, event: Event) -> Problem:
    """Give the event as a question for matching: parties by their number on the sheet, rows by their key.

    Raises InvalidInput when the event has no mapping yet.
    """
    numbers = {row.party_id: row for row in _event_parties(session, event)}
    where = MappingEntry.event_id == event.id
    entries = list(session.scalars(select(MappingEntry).where(where).order_by(MappingEntry.row_number)))
    if not any(entry.status == "good" for entry in entries):
        raise InvalidInput("plans.no_mapping")
    parties = tuple(
        matching.Party(str(row.number), row.number, _kind(row.party), _point(row.party)) for row in numbers.values()
    )
    rows = tuple(
        _row(entry, str(numbers[entry.party_id].number) if entry.party_id in numbers else "") for entry in entries
    )
    return Problem(parties, rows, event.baseline_rupiah_per_kg)


def make(session: Session, event: Event, by: By, now: datetime) -> Plan:
    """Match the event's mapping and keep the plan; the one that is kept for the same inputs is given back."""
    problem = problem_of(session, event)
    inputs = _canonical(problem)
    digest = sha256(inputs.encode()).hexdigest()
    kept = session.scalar(select(Plan).where(Plan.event_id == event.id, Plan.inputs_sha256 == digest))
    if kept is not None:
        return kept
    result = matching.match(problem)
    answer = result.to_json()
    plan = Plan(
        event_id=event.id,
        inputs=inputs,
        inputs_sha256=digest,
        result=answer.decode(),
        result_sha256=sha256(answer).hexdigest(),
        value_rupiah=result.value,
        baseline_rupiah_per_kg=result.baseline,
        greedy_rupiah=result.best_margin,
        solver=result.solver,
        made_at=now,
        made_by_id=by.user_id,
    )
    session.add(plan)
    session.flush()
    details = {"event": event.id, "plan": plan.id, "inputs_sha256": digest, "result_sha256": plan.result_sha256}
    append(session, Act("make_plan", f"plan:{plan.id}", details=details), by, now)
    return plan


def latest(session: Session, event: Event) -> Plan | None:
    """Give the newest plan of an event, or None."""
    return session.scalar(select(Plan).where(Plan.event_id == event.id).order_by(Plan.id.desc()).limit(1))


def find(session: Session, plan_id: int) -> Plan:
    """Give a plan. Raises NotFound."""
    plan = session.get(Plan, plan_id)
    if plan is None:
        raise NotFound("plans.no_plan")
    return plan


def result_of(plan: Plan) -> Result:
    """Give a kept plan's result."""
    return Result.from_json(plan.result)


def parties_of(session: Session, event: Event) -> dict[str, Party]:
    """Give the event's parties by the key they have in a result."""
    return {str(row.number): row.party for row in _event_parties(session, event)}


def is_current(session: Session, event: Event, plan: Plan) -> bool:
    """Whether the mapping is still the one the plan was made of."""
    return sha256(_canonical(problem_of(session, event)).encode()).hexdigest() == plan.inputs_sha256


def _event_parties(session: Session, event: Event) -> list[EventParty]:
    return list(session.scalars(select(EventParty).where(EventParty.event_id == event.id).order_by(EventParty.number)))


def _kind(party: Party) -> matching.PartyKind:
    kind = "existing" if party.kind is PartyKind.PRIMARY else party.kind.value
    return matching.PartyKind(kind)


def _point(party: Party) -> matching.Point:
    place = areas.point(party.area_code)
    return matching.Point(place.latitude, place.longitude)


def _row(entry: MappingEntry, party: str) -> Row:
    rejected = entry.status == "rejected" or not party
    field, direction = FIELDS.get(entry.field, "production"), DIRECTIONS.get(entry.direction, "offer")
    return Row(
        key=entry.row_key,
        party=party,
        kind=RowKind(f"{field}_{direction}"),
        kg=entry.quantity_kg,
        goods=Goods(entry.commodity) if entry.commodity in GOODS else None,
        price=entry.price_rupiah_per_kg,
        period=entry.period,
        confirmed=entry.is_buyer and entry.party is not None and entry.party.kind in VILLAGE_COOPERATIVES,
        rejected=rejected,
    )


def _canonical(problem: Problem) -> str:
    def spell(value: object) -> str:
        if isinstance(value, Fraction):
            return f"{value.numerator}/{value.denominator}"
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, frozenset):
            return json.dumps(sorted(value))
        raise TypeError(type(value).__name__)

    content = asdict(problem)
    content["parties"] = sorted(content["parties"], key=lambda party: party["number"])
    content["rows"] = sorted(content["rows"], key=lambda row: row["key"])
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=spell)

"""Deliveries under a PKS in force: whole kilograms, whole rupiah. A wrong one is reversed, never altered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kdmp_core import access, areas, audit, store
from kdmp_core.agreements import moves, standing
from kdmp_core.audit import By
from kdmp_core.errors import Conflict, InvalidInput, NotFound
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Delivery, Role

RECORDERS = (Role.COORDINATOR, Role.PENDAMPING)
HEAVIEST_KG = 10**6


@dataclass(frozen=True)
class DeliveryFacts:
    """One delivery as it was weighed: whole kilograms, price in whole rupiah per kilogram net."""

    delivered_on: date
    commodity: str
    gross_kg: int
    tare_kg: int
    price: int
    note: str = ""


def deliver(session: Session, agreement_id: int, given: DeliveryFacts, key: str, by: By, now: datetime) -> Delivery:
    """Record a delivery under a PKS in force and give it; the same key for the same goods gives the same delivery.

    More than the contract is allowed and flagged. Raises InvalidInput on weights or prices that cannot be, Conflict
    when the agreement takes no deliveries or the key was another delivery's, NotAllowed outside the user's area.
    """
    agreement = moves.locked_agreement(session, agreement_id)
    _require_recorder(session, agreement, by)
    known = session.scalar(select(Delivery).where(Delivery.key == key))
    if known is not None:
        return _as_before(known, agreement, given)
    if agreement.kind != "pks" or agreement.state is not State.IN_FORCE:
        raise Conflict("follow_up.no_deliveries_here")
    _check(agreement, given, now)
    net = given.gross_kg - given.tare_kg
    row = Delivery(
        agreement_id=agreement.id,
        key=key,
        number=_next_number(session, agreement),
        delivered_on=given.delivered_on,
        from_party_id=agreement.parties[0].party_id,
        to_party_id=agreement.parties[-1].party_id,
        commodity=given.commodity,
        gross_kg=given.gross_kg,
        tare_kg=given.tare_kg,
        net_kg=net,
        price_rupiah_per_kg=given.price,
        amount_rupiah=net * given.price,
        note=given.note.strip(),
        recorded_at=now,
        recorded_by_id=by.user_id,
    )
    return _write(session, agreement, row, "deliver", by, now)


def reverse(session: Session, delivery_id: int, reason: str, key: str, by: By, now: datetime) -> Delivery:
    """Take a wrong delivery back by its mirror; once only. Raises Conflict when it was reversed before."""
    wrong = session.get(Delivery, delivery_id)
    if wrong is None:
        raise NotFound("follow_up.no_delivery")
    agreement = store.locked(session, Agreement, wrong.agreement_id)
    if agreement is None or not reason.strip():
        raise InvalidInput("moves.reason_missing")
    _require_recorder(session, agreement, by)
    known = session.scalar(select(Delivery).where(Delivery.key == key))
    if known is not None:
        if known.reverses_id != wrong.id:
            raise Conflict("follow_up.key_reused")
        return known
    twice = session.scalar(select(Delivery.id).where(Delivery.reverses_id == wrong.id))
    if twice is not None or wrong.reverses_id is not None:
        raise Conflict("follow_up.reversed_before")
    copied = {
        name: getattr(wrong, name)
        for name in ("agreement_id", "from_party_id", "to_party_id", "commodity", "price_rupiah_per_kg", "delivered_on")
    }
    row = Delivery(
        **copied,
        key=key,
        number=_next_number(session, agreement),
        gross_kg=-wrong.gross_kg,
        tare_kg=-wrong.tare_kg,
        net_kg=-wrong.net_kg,
        amount_rupiah=-wrong.amount_rupiah,
        note=reason.strip(),
        reverses_id=wrong.id,
        recorded_at=now,
        recorded_by_id=by.user_id,
    )
    return _write(session, agreement, row, "reverse_delivery", by, now)


def deliveries(session: Session, agreement: Agreement) -> list[Delivery]:
    """Give a PKS's deliveries in their order, reversals included."""
    return list(
        session.scalars(select(Delivery).where(Delivery.agreement_id == agreement.id).order_by(Delivery.number))
    )


def _require_recorder(session: Session, agreement: Agreement, by: By) -> None:
    if by.user_id is None:
        raise NotFound("moves.no_agreement")
    user = access.user_by_id(session, by.user_id)
    access.require_role(user, RECORDERS, agreement.area_code, standing.helped(row.party for row in agreement.parties))


def _check(agreement: Agreement, given: DeliveryFacts, now: datetime) -> None:
    names = {line["commodity"] for line in agreement.terms.get("lines", ())}
    if given.commodity not in names:
        raise InvalidInput("follow_up.commodity", found=given.commodity)
    if given.tare_kg < 0 or given.gross_kg <= given.tare_kg or given.gross_kg > HEAVIEST_KG:
        raise InvalidInput("follow_up.weights")
    if given.price <= 0:
        raise InvalidInput("follow_up.price")
    if given.delivered_on > areas.today(agreement.area_code, now):
        raise InvalidInput("follow_up.future_day")


def _as_before(known: Delivery, agreement: Agreement, given: DeliveryFacts) -> Delivery:
    was = (known.agreement_id, known.delivered_on, known.commodity, known.gross_kg, known.tare_kg)
    asked = (agreement.id, given.delivered_on, given.commodity, given.gross_kg, given.tare_kg)
    if (*was, known.price_rupiah_per_kg, known.reverses_id) != (*asked, given.price, None):
        raise Conflict("follow_up.key_reused")
    return known


def _next_number(session: Session, agreement: Agreement) -> int:
    where = Delivery.agreement_id == agreement.id
    return (session.scalar(select(func.max(Delivery.number)).where(where)) or 0) + 1


def _write(session: Session, agreement: Agreement, row: Delivery, move: str, by: By, now: datetime) -> Delivery:
    session.add(row)
    session.flush()
    details: Mapping[str, Any] = {"delivery": row.id, "net_kg": row.net_kg, "amount_rupiah": row.amount_rupiah}
    act = audit.Act(move, f"{move}:{row.key}", round=agreement.round, details=details)
    audit.append(session, act, by, now, agreement)
    return row

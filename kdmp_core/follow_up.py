"""What follows a signature: in force, a PKS by its date, deliveries, and what was promised beside what is real.

Figures have five names that are never summed across: potensi, rencana (matching), niat (MoU), kontrak (PKS),
realisasi (delivered). Whole kilograms and whole rupiah; a wrong delivery is reversed, never altered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, areas, audit, plans, store
from kdmp_core.agreements import documents, facts, moves
from kdmp_core.audit import By
from kdmp_core.errors import Conflict, InvalidInput, NotFound
from kdmp_core.files import Files
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Delivery, Document, DocumentKind, Obligation, Party, Role, Step
from kdmp_core.texts import text

PKS_DUE = "pks_due"
REMIND_BEFORE = (60, 30, 7)
RECORDERS = (Role.COORDINATOR, Role.PENDAMPING)
LARGEST_SCAN = 10 * 1024 * 1024
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


@dataclass(frozen=True)
class Figures:
    """One commodity of a PKS side by side, kilograms and rupiah: rencana, kontrak, realisasi."""

    commodity: str
    planned_kg: int
    contracted_kg: int
    real_kg: int
    contracted_rupiah: int
    real_rupiah: int
    over_contract: bool


def enter_into_force(session: Session, agreement: Agreement, now: datetime) -> None:
    """Set the term of an agreement that has just come into force and what it owes; tick what it fulfils.

    A MoU owes a first PKS within its months; a PKS fulfils that of its parent. Safe to call twice.
    """
    today = now.astimezone(facts.zone_of(agreement)).date()
    if agreement.in_force_on is None:
        agreement.in_force_on = _dated(agreement) or today
        agreement.ends_on = last_day(agreement.in_force_on, agreement.terms["duration_months"])
        agreement.due_at = _instant(agreement, agreement.ends_on + timedelta(days=1))
    if agreement.kind == "pks":
        _fulfil_parent(session, agreement, now)
    else:
        due_on = last_day(agreement.in_force_on, agreement.terms["pks_deadline_months"])
        owe(session, agreement, PKS_DUE, due_on, now)


def owe(session: Session, agreement: Agreement, kind: str, due_on: date, now: datetime) -> Obligation:
    """Write down an obligation once, with its next reminder."""
    where = (Obligation.agreement_id == agreement.id, Obligation.kind == kind)
    known = session.scalar(select(Obligation).where(*where))
    if known is not None:
        return known
    row = Obligation(agreement_id=agreement.id, kind=kind, due_on=due_on)
    row.due_at = next_reminder(agreement, due_on, now)
    session.add(row)
    session.flush()
    return row


def next_reminder(agreement: Agreement, due_on: date, now: datetime) -> datetime | None:
    """Give the next instant to remind of a date (60, 30, 7 days before, on the day), 09.00 where it is seated."""
    days = (due_on - timedelta(days=before) for before in (*REMIND_BEFORE, 0))
    return min((at for day in days if (at := _instant(agreement, day, time(9))) > now), default=None)


def record_paper(
    session: Session,
    files: Files,
    agreement_id: int,
    scan: bytes,
    signed_on: date,
    asked: moves.Asked,
    by: By,
    now: datetime,
) -> Step:
    """Record an agreement that was signed on paper: its scan (PDF) and the day on it. A second person confirms.

    Raises InvalidInput for a scan that is no PDF or too large, or a day that has not come.
    """
    if not scan.startswith(b"%PDF-") or len(scan) > LARGEST_SCAN:
        raise InvalidInput("follow_up.scan", most=LARGEST_SCAN // 1024 // 1024)
    agreement = store.locked(session, Agreement, agreement_id)
    if agreement is None:
        raise NotFound("moves.no_agreement")
    if signed_on > now.astimezone(facts.zone_of(agreement)).date():
        raise InvalidInput("follow_up.future_day")
    details = {"scan_sha256": files.put(scan), "signed_on": signed_on.isoformat()}
    recorded = moves.Asked("record", asked.key, details=details, revision=asked.revision)
    done = moves.done_before(session, agreement, recorded)
    if done is not None:
        return done
    step = moves.apply(session, agreement_id, recorded, by, now)
    agreement.terms = {**agreement.terms, "dated": signed_on.isoformat()}
    documents.keep(session, agreement, DocumentKind.SCAN, scan, files, now)
    return step


def confirm_paper(session: Session, agreement_id: int, asked: moves.Asked, by: By, now: datetime) -> Step:
    """Confirm a recorded agreement, by somebody who neither drafted nor recorded it: it is in force."""
    agreement = documents.find(session, agreement_id)
    scan = latest_scan(session, agreement)
    details = {"scan_sha256": scan.sha256} if scan else {}
    confirmed = moves.Asked("confirm", asked.key, details=details, revision=asked.revision)
    step = moves.apply(session, agreement_id, confirmed, by, now)
    enter_into_force(session, agreement, now)
    return step


def latest_scan(session: Session, agreement: Agreement) -> Document | None:
    """Give the newest scan of an agreement, or None."""
    where = (Document.agreement_id == agreement.id, Document.kind == DocumentKind.SCAN)
    return session.scalar(select(Document).where(*where).order_by(Document.id.desc()).limit(1))


def deliver(session: Session, agreement_id: int, given: DeliveryFacts, key: str, by: By, now: datetime) -> Delivery:
    """Record a delivery under a PKS in force and give it; the same key for the same goods gives the same delivery.

    More than the contract is allowed and flagged. Raises InvalidInput on weights or prices that cannot be, Conflict
    when the agreement takes no deliveries or the key was another delivery's, NotAllowed outside the user's area.
    """
    agreement = store.locked(session, Agreement, agreement_id)
    if agreement is None:
        raise NotFound("moves.no_agreement")
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


def side_by_side(session: Session, agreement: Agreement) -> list[Figures]:
    """Give rencana, kontrak and realisasi of a PKS per commodity."""
    rows = deliveries(session, agreement)
    planned = planned_kg(session, agreement)
    lines: Sequence[Mapping[str, Any]] = agreement.terms.get("lines", ())
    return [
        _figures(
            name,
            [line for line in lines if line["commodity"] == name],
            [row for row in rows if row.commodity == name],
            planned.get(name, 0),
        )
        for name in dict.fromkeys(line["commodity"] for line in lines)
    ]


def planned_kg(session: Session, agreement: Agreement) -> dict[str, int]:
    """Give what the plan lets flow between the parties of an agreement: commodity → kilograms of that commodity."""
    if agreement.plan_id is None:
        return {}
    plan = plans.find(session, agreement.plan_id)
    keys = {party.id: key for key, party in plans.parties_of(session, agreement.event).items()}
    mine = {keys.get(row.party_id) for row in agreement.parties}
    found: dict[str, int] = {}
    for flow in plans.result_of(plan).flows:
        if flow.party in mine and flow.buyer in mine:
            name = text(f"commodity.{flow.goods.value}")
            found[name] = found.get(name, 0) + flow.kg_goods
    return found


def supply_lines(session: Session, parent: Agreement, supplier: Party, buyer: Party) -> list[dict[str, Any]]:
    """Give the PKS lines that a plan suggests between a supplier and a buyer; empty when nothing flows."""
    if parent.plan_id is None:
        return []
    plan = plans.find(session, parent.plan_id)
    keys = {party.id: key for key, party in plans.parties_of(session, parent.event).items()}
    lines: dict[str, dict[str, Any]] = {}
    for flow in plans.result_of(plan).flows:
        if (flow.party, flow.buyer) == (keys.get(supplier.id), keys.get(buyer.id)) and flow.kg_goods > 0:
            name = text(f"commodity.{flow.goods.value}")
            line = lines.setdefault(
                name,
                {
                    "commodity": name,
                    "grade": text(f"grade.{flow.goods.value}"),
                    "kg": 0,
                    "price": flow.price,
                    "tolerance_percent": 5,
                },
            )
            line["kg"] += flow.kg_goods
    return list(lines.values())


def obligations(session: Session, agreement_ids: Sequence[int]) -> list[Obligation]:
    """Give the obligations of some agreements, soonest first."""
    where = Obligation.agreement_id.in_(agreement_ids)
    return list(session.scalars(select(Obligation).where(where).order_by(Obligation.due_on)))


def last_day(start: date, months: int) -> date:
    """Give the last day of a term of whole months, as the paper prints it: 21-10-2028 for 3 years from 22-10-2025.

    Where the last month lacks the day, the term ends with the month.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    next_year, next_month = divmod(year * 12 + month + 1, 12)
    last_of_month = date(next_year, next_month + 1, 1) - timedelta(days=1)
    if start.day > last_of_month.day:
        return last_of_month
    return date(year, month + 1, start.day) - timedelta(days=1)


def _figures(commodity: str, lines: Sequence[Mapping[str, Any]], rows: Sequence[Delivery], planned_kg: int) -> Figures:
    """Put one commodity together: a delivery names no grade, so all lines of the commodity stand against it."""
    real_kg = sum(row.net_kg for row in rows)
    return Figures(
        commodity=commodity,
        planned_kg=planned_kg,
        contracted_kg=sum(line["kg"] for line in lines),
        real_kg=real_kg,
        contracted_rupiah=sum(line["kg"] * line["price"] for line in lines),
        real_rupiah=sum(row.amount_rupiah for row in rows),
        over_contract=real_kg * 100 > sum(line["kg"] * (100 + line["tolerance_percent"]) for line in lines),
    )


def _fulfil_parent(session: Session, agreement: Agreement, now: datetime) -> None:
    where = (Obligation.agreement_id == agreement.parent_id, Obligation.kind == PKS_DUE, Obligation.done_at.is_(None))
    row = session.scalar(select(Obligation).where(*where))
    if row is not None:
        row.done_at, row.done_by_agreement_id = now, agreement.id
        store.release(row, None)


def _require_recorder(session: Session, agreement: Agreement, by: By) -> None:
    if by.user_id is None:
        raise NotFound("moves.no_agreement")
    user = access.user_by_id(session, by.user_id)
    access.require_role(user, RECORDERS, agreement.area_code, [row.party_id for row in agreement.parties])


def _check(agreement: Agreement, given: DeliveryFacts, now: datetime) -> None:
    names = {line["commodity"] for line in agreement.terms.get("lines", ())}
    if given.commodity not in names:
        raise InvalidInput("follow_up.commodity", found=given.commodity)
    if given.tare_kg < 0 or given.gross_kg <= given.tare_kg or given.gross_kg > HEAVIEST_KG:
        raise InvalidInput("follow_up.weights")
    if given.price <= 0:
        raise InvalidInput("follow_up.price")
    today = now.astimezone(areas.zone(agreement.area_code)).date()
    if given.delivered_on > today:
        raise InvalidInput("follow_up.future_day")


def _as_before(known: Delivery, agreement: Agreement, given: DeliveryFacts) -> Delivery:
    was = (known.agreement_id, known.delivered_on, known.commodity, known.gross_kg, known.tare_kg)
    asked = (agreement.id, given.delivered_on, given.commodity, given.gross_kg, given.tare_kg)
    if (*was, known.price_rupiah_per_kg, known.reverses_id) != (*asked, given.price, None):
        raise Conflict("follow_up.key_reused")
    return known


def _next_number(session: Session, agreement: Agreement) -> int:
    return len(deliveries(session, agreement)) + 1


def _write(session: Session, agreement: Agreement, row: Delivery, move: str, by: By, now: datetime) -> Delivery:
    session.add(row)
    session.flush()
    details: Mapping[str, Any] = {"delivery": row.id, "net_kg": row.net_kg, "amount_rupiah": row.amount_rupiah}
    act = audit.Act(move, f"{move}:{row.key}", round=agreement.round, details=details)
    audit.append(session, act, by, now, agreement)
    return row


def _dated(agreement: Agreement) -> date | None:
    dated = agreement.terms.get("dated")
    return date.fromisoformat(dated) if dated else None


def _instant(agreement: Agreement, day: date, at: time = time(0)) -> datetime:
    return datetime.combine(day, at, facts.zone_of(agreement))

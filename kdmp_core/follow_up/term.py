"""The term of an agreement in force, what it owes by which day, and when to remind of that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import areas, store
from kdmp_core.agreements import facts
from kdmp_core.records import FRAMEWORKS, Agreement, Obligation
from kdmp_core.signing.moments import end_of_day

PKS_DUE = "pks_due"
REMIND_BEFORE = (60, 30, 7)
MORNING = time(9)


def enter_into_force(session: Session, agreement: Agreement, now: datetime) -> None:
    """Set the term of an agreement that has just come into force and what it owes; tick what it fulfils.

    A MoU owes a first PKS within its months; a PKS fulfils that of its parent; an addendum or accession lasts as long
    as what it changes. Safe to call twice.
    """
    today = areas.today(agreement.area_code, now)
    if agreement.in_force_on is None:
        agreement.in_force_on = _dated(agreement) or today
        agreement.ends_on = _end(agreement, agreement.in_force_on)
        agreement.due_at = end_of_day(agreement.ends_on, agreement.area_code)
    if agreement.kind == "pks":
        _fulfil_parent(session, agreement, now)
    if agreement.kind in FRAMEWORKS:
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
    return min(
        (at for day in days if (at := datetime.combine(day, MORNING, facts.zone_of(agreement))) > now), default=None
    )


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


def _fulfil_parent(session: Session, agreement: Agreement, now: datetime) -> None:
    where = (Obligation.agreement_id == agreement.parent_id, Obligation.kind == PKS_DUE, Obligation.done_at.is_(None))
    row = session.scalar(select(Obligation).where(*where))
    if row is not None:
        row.done_at, row.done_by_agreement_id = now, agreement.id
        store.release(row, None)


def _end(agreement: Agreement, start: date) -> date:
    months, parent = agreement.terms.get("duration_months"), agreement.parent
    if months is None and parent is not None and parent.ends_on is not None:
        return parent.ends_on
    return last_day(start, months or 1)


def _dated(agreement: Agreement) -> date | None:
    dated = agreement.terms.get("dated")
    return date.fromisoformat(dated) if dated else None

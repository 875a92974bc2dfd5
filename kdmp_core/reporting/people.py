"""Who is who in an agreement: who made its steps and remarks, and what holds up at a provider."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from kdmp_core.records import Agreement, Envelope, Officer, Remark, Step, User


@dataclass(frozen=True)
class Happened:
    """One step with the names of who made it; empty for the machine."""

    step: Step
    user: str
    officer: str
    party: str


def history(session: Session, agreement: Agreement) -> list[Happened]:
    """Give an agreement's steps, newest first, with the names of who made them."""
    where = Step.agreement_id == agreement.id
    steps = list(session.scalars(select(Step).where(where).order_by(Step.sequence.desc())))
    users = _names(session, User, {step.user_id for step in steps})
    officers = people(session, _ids(steps))
    return [_happened(step, users, officers) for step in steps]


def who_said(session: Session, remark: Remark) -> str:
    """Give who made a remark: a member of staff, or an officer with his party."""
    if remark.user_id is not None:
        return _names(session, User, {remark.user_id}).get(remark.user_id, "")
    officer = session.get(Officer, remark.officer_id) if remark.officer_id else None
    return f"{officer.name}, {officer.party.name}" if officer else ""


def people(session: Session, officer_ids: Collection[int]) -> dict[int, Officer]:
    """Give officers with their parties by id."""
    query = select(Officer).options(joinedload(Officer.party)).where(Officer.id.in_(officer_ids))
    return {officer.id: officer for officer in session.scalars(query)}


def troubles_at_providers(session: Session, agreement: Agreement) -> dict[int, str]:
    """Give what holds up the envelopes of the present round: signatory id → catalogue key of the sentence."""
    where = (Envelope.agreement_id == agreement.id, Envelope.round == agreement.round)
    query = select(Envelope.signatory_id, Envelope.stuck_reason).where(*where, Envelope.stuck_reason.is_not(None))
    return {number: reason for number, reason in session.execute(query) if reason is not None}


def _happened(step: Step, users: dict[int, str], officers: dict[int, Officer]) -> Happened:
    officer = officers.get(step.officer_id or 0)
    user = users.get(step.user_id or 0, "")
    return Happened(step, user, officer.name if officer else "", officer.party.name if officer else "")


def _names(session: Session, model: type[User], ids: Collection[int | None]) -> dict[int, str]:
    rows = session.execute(select(model.id, model.name).where(model.id.in_([number for number in ids if number])))
    return {row.id: row.name for row in rows}


def _ids(steps: Iterable[Step]) -> list[int]:
    return [step.officer_id for step in steps if step.officer_id]


def confirmed_parties() -> ColumnElement[int]:
    """Give the query of the ids of the parties whose signatory is confirmed."""
    newest = select(func.max(Officer.id)).where(Officer.signs).group_by(Officer.party_id)
    return select(Officer.party_id).where(Officer.id.in_(newest), Officer.confirmed_at.is_not(None))  # type: ignore[return-value]

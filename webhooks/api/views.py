"""An agreement as the API gives it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import areas, follow_up, letters
from kdmp_core.agreements import guards, moves
from kdmp_core.lifecycle import SignatoryState, owners
from kdmp_core.records import Agreement, Document, Signatory, Signature, User
from webhooks.api.shapes import (
    AgreementOut,
    AgreementSummary,
    DocumentOut,
    FiguresOut,
    ObligationOut,
    PartyOut,
)


def summary(session: Session, found: Agreement) -> AgreementSummary:
    """Give an agreement for a list."""
    return AgreementSummary(**_summary(found, guards.signatories(session, found)))


def whole(session: Session, found: Agreement, user: User) -> AgreementOut:
    """Give an agreement with parties, documents, obligations, figures and the moves open to a user."""
    asked = guards.signatories(session, found)
    files = session.scalars(select(Document).where(Document.agreement_id == found.id).order_by(Document.id))
    return AgreementOut(
        **_summary(found, asked),
        revision=found.revision,
        parent=found.parent.code if found.parent else None,
        plan_id=found.plan_id,
        area_code=found.area_code,
        terms=found.terms,
        deadline_at=found.deadline_at,
        in_force_on=found.in_force_on,
        ends_on=found.ends_on,
        stuck_reason=found.stuck_reason,
        owes=sorted(actor.value for actor in owners(found.state)),
        moves=[row.name for row in moves.allowed(session, found, user.id)],
        roster=_roster(session, found, asked),
        documents=[DocumentOut.model_validate(row) for row in files],
        obligations=[ObligationOut.model_validate(row) for row in follow_up.obligations(session, [found.id])],
        figures=[FiguresOut.model_validate(row) for row in follow_up.side_by_side(session, found)],
    )


def _summary(found: Agreement, asked: list[Signatory]) -> dict[str, object]:
    return {
        "code": found.code,
        "kind": found.kind,
        "title": found.title,
        "state": found.state.value,
        "round": found.round,
        "event_id": found.event_id,
        "partnership_id": found.partnership_id,
        "letter_number": letters.number_of(found),
        "signed": sum(row.state is SignatoryState.SIGNED for row in asked),
        "parties": len(found.parties),
    }


def _roster(session: Session, found: Agreement, asked: list[Signatory]) -> list[PartyOut]:
    states = {row.party_id: row for row in asked}
    where = (Signature.agreement_id == found.id, Signature.round == found.round)
    levels = {row.signatory_id: row.level for row in session.scalars(select(Signature).where(*where))}
    return [
        PartyOut(
            position=row.position,
            side=row.side,
            role_class=row.role_class,
            name=row.party.name,
            place=areas.label(row.party.area_code),
            kind=row.party.kind.value,
            legal_number=row.party.legal_number,
            signatory_state=states[row.party_id].state.value if row.party_id in states else None,
            level=levels.get(states[row.party_id].id) if row.party_id in states else None,
        )
        for row in found.parties
    ]

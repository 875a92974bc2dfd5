"""Receipts: the facts of a signature that its giver may keep, and how far the round has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core.errors import NotFound
from kdmp_core.lifecycle import SignatoryState, State
from kdmp_core.records import Agreement, Link, Signatory, Signature
from kdmp_core.signing import folders


@dataclass(frozen=True)
class Receipt:
    """What stands on a receipt: hashes as hex, `signed` of `asked` signatories have signed so far."""

    code: str
    agreement_code: str
    title: str
    party: str
    name: str
    office: str
    signed_at: datetime
    level: str
    document_sha256: str
    evidence_sha256: str
    consent_version: str
    signed: int
    asked: int
    state: State


def receipt(session: Session, link: Link, agreement_id: int, now: datetime) -> Receipt:
    """Give the receipt of an agreement of the folder. Raises NotFound when its owner has not signed it."""
    found = folders.entry(session, link, agreement_id, now)
    if found.signature is None or found.signatory is None:
        raise NotFound("signing.no_receipt")
    return of_signature(session, found.agreement, found.signatory, found.signature)


def of_signature(session: Session, agreement: Agreement, signatory: Signatory, signature: Signature) -> Receipt:
    """Give the receipt of a signature that is at hand."""
    states = _states(session, agreement, signatory.round)
    return Receipt(
        code=signature.receipt,
        agreement_code=agreement.code,
        title=agreement.title,
        party=signatory.party.name,
        name=signatory.name,
        office=signatory.office,
        signed_at=signature.signed_at,
        level=signature.level,
        document_sha256=signature.document_sha256,
        evidence_sha256=signature.evidence_sha256,
        consent_version=signature.consent_version,
        signed=states.count(SignatoryState.SIGNED),
        asked=len([state for state in states if state is not SignatoryState.DROPPED]),
        state=agreement.state,
    )


def _states(session: Session, agreement: Agreement, round_: int) -> list[SignatoryState]:
    where = (Signatory.agreement_id == agreement.id, Signatory.round == round_)
    return list(session.scalars(select(Signatory.state).where(*where)))

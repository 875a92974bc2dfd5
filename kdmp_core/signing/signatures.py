"""The one place where a signature becomes a row: by link here, by provider and on paper from their own rooms.

A conditional UPDATE of the signatory and a UNIQUE row: 0 doubles in 200 races, where read-then-write signs twice
every time (security.md §0).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, lazyload

from kdmp_core import audit
from kdmp_core.agreements import moves
from kdmp_core.errors import Conflict
from kdmp_core.lifecycle import SignatoryState
from kdmp_core.records import Agreement, Signatory, Signature
from kdmp_core.signing.evidence import instant

RECEIPT_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_GROUPS = (4, 4, 4)
_OF = select(Signature).where(Signature.signatory_id == bindparam("signatory")).options(lazyload(Signature.signatory))


def of(session: Session, signatory: Signatory) -> Signature | None:
    """Give the signature of a signatory, if he has signed: the state and the row are written in one transaction."""
    if signatory.state is not SignatoryState.SIGNED:
        return None
    return session.scalar(_OF, {"signatory": signatory.id})


def keep(
    session: Session,
    agreement: Agreement,
    signatory: Signatory,
    *,
    level: str,
    document_sha256: str,
    consent_version: str,
    evidence: Mapping[str, Any],
    by: audit.By,
    key: str,
    now: datetime,
) -> Signature:
    """Keep a signature with its evidence and write the step `sign`; the caller holds the agreement's lock.

    A signatory who has signed already gets the signature of then. Raises MoveRefused (he cannot sign from where
    he stands), Conflict (he has just answered otherwise), and what `moves.apply` raises.
    """
    before = of(session, signatory)
    if before is not None:
        return before
    if not moves.move_signatory(session, signatory, "sign", now):
        raise Conflict("signing.answered_meanwhile")
    whole = {
        **evidence,
        "level": level,
        "document_sha256": document_sha256,
        "consent_version": consent_version,
        "signed_at": instant(now),
    }
    digest = audit.digest(whole)
    row = Signature(
        signatory_id=signatory.id,
        agreement_id=agreement.id,
        round=signatory.round,
        signed_at=now,
        level=level,
        document_sha256=document_sha256,
        consent_version=consent_version,
        evidence=whole,
        evidence_sha256=digest,
        receipt=receipt_code(digest),
    )
    session.add(row)
    details = {"signatory": signatory.id, "level": level, "document_sha256": document_sha256, "evidence_sha256": digest}
    asked = moves.Asked("sign", f"sign:{signatory.id}:{key}", details=details, due_at=now)
    moves.apply_locked(session, agreement, asked, by, now)
    return row


def receipt_code(evidence_sha256: str) -> str:
    """Give the code of a receipt from the hash of its evidence: sixty bits as "7F3A-91C2-08DE" (no I, L, O, U)."""
    number = int(evidence_sha256[:15], 16)
    letters = "".join(RECEIPT_LETTERS[number >> (5 * at) & 31] for at in reversed(range(sum(RECEIPT_GROUPS))))
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))

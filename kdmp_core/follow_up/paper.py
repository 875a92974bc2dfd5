"""Agreements that were signed on paper before they came here: the scan, the day on it, and a second person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import areas
from kdmp_core.agreements import documents, moves
from kdmp_core.audit import By
from kdmp_core.errors import InvalidInput
from kdmp_core.files import Files
from kdmp_core.follow_up.term import enter_into_force
from kdmp_core.records import Agreement, Document, DocumentKind, Step

LARGEST_SCAN = 10 * 1024 * 1024
LONGEST_NUMBER = 60


def record_paper(
    session: Session,
    files: Files,
    agreement_id: int,
    scan: bytes,
    signed_on: date,
    asked: moves.Asked,
    by: By,
    now: datetime,
    *,
    own_number: str = "",
) -> Step:
    """Record an agreement that was signed on paper: its scan (PDF) and the day on it. A second person confirms.

    `own_number` is the letter number that stands on the paper, where it has one. Raises InvalidInput for a scan that
    is no PDF or too large, a day that has not come, or a number of more than 60 characters.
    """
    own_number = " ".join(own_number.split())
    if len(own_number) > LONGEST_NUMBER:
        raise InvalidInput("follow_up.own_number", most=LONGEST_NUMBER)
    require_scan(scan)
    agreement = moves.locked_agreement(session, agreement_id)
    if signed_on > areas.today(agreement.area_code, now):
        raise InvalidInput("follow_up.future_day")
    details = {"scan_sha256": files.put(scan), "signed_on": signed_on.isoformat()}
    recorded = moves.Asked("record", asked.key, details=details, revision=asked.revision)
    done = moves.done_before(session, agreement, recorded)
    if done is not None:
        return done
    step = moves.apply(session, agreement_id, recorded, by, now)
    agreement.terms = {**agreement.terms, "dated": signed_on.isoformat(), "own_number": own_number or None}
    documents.keep(session, agreement, DocumentKind.SCAN, scan, files, now)
    return step


def require_scan(scan: bytes) -> None:
    """Refuse (InvalidInput) a scan that is no PDF or too large."""
    if not scan.startswith(b"%PDF-") or len(scan) > LARGEST_SCAN:
        raise InvalidInput("follow_up.scan", most=LARGEST_SCAN // 1024 // 1024)


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

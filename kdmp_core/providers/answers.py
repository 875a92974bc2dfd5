"""How a provider's answer is taken: merged into what is known, and counted only when nothing speaks against it.

A signature counts once the provider was asked again, its file B is here, hashed, and holds the text of our A
(design.md §2). Whatever differs from what we asked is shown, and nothing of it is applied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from kdmp_core import audit, outbox, store
from kdmp_core.agreements import documents, moves
from kdmp_core.errors import Conflict, NotFound
from kdmp_core.files import Files
from kdmp_core.lifecycle import SignatoryState, State
from kdmp_core.providers import known
from kdmp_core.providers.envelopes import INVITATION, POLL
from kdmp_core.providers.merging import contradicts, differences, merge
from kdmp_core.providers.port import EnvelopeStatus, EnvelopeTruth, SignedFile, SignerStatus, SignerTruth
from kdmp_core.records import Agreement, Document, DocumentKind, Envelope, Message, Signatory
from kdmp_core.signing import evidence, signatures
from kdmp_core.texts import text

LEVEL: Final = "provider_uncertified"
LOOK_AGAIN: Final = timedelta(hours=1)
LONGEST_REASON: Final = 500
ASK_SOON: Final = 5


@dataclass(frozen=True)
class Returned:
    """The file B that came back, and whether the text of A was found in it."""

    pdf: bytes = field(repr=False)
    sha256: str
    says_ours: bool


@dataclass(frozen=True)
class Outcome:
    """What an answer led to: `did` signed, declined, ended or None; `stuck` the catalogue key of what is shown."""

    did: str | None = None
    stuck: str | None = None


@dataclass(frozen=True)
class _Answer:
    """One answer with everything it is judged by."""

    session: Session
    agreement: Agreement
    envelope: Envelope
    signatory: Signatory
    truth: EnvelopeTruth
    signer: SignerTruth
    returned: Returned | None
    files: Files
    by: audit.By
    now: datetime

    @property
    def in_round(self) -> bool:
        return self.agreement.state is State.SIGNING and self.agreement.round == self.envelope.round

    @property
    def key(self) -> str:
        """The provider's own name of what the signer did; the same however often we hear of it."""
        ids = f"{self.envelope.provider}:{self.envelope.connection}:{self.envelope.external_id}"
        return f"{ids}:{self.signer.external_id}:{self.signer.status.value}"


def examine(sent: bytes, file: SignedFile, contains_text: Callable[[bytes, bytes], bool]) -> Returned:
    """Compare B with A, outside any transaction. `contains_text(a, b)` says whether b holds the text of a."""
    return Returned(file.pdf, file.sha256, contains_text(sent, file.pdf))


def awaits_file(session: Session, envelope_id: int, truth: EnvelopeTruth) -> bool:
    """Say whether file B must be fetched before this answer can be taken."""
    envelope = session.get_one(Envelope, envelope_id)
    signed = any(one.ref == envelope.reference and one.status is SignerStatus.SIGNED for one in truth.signers)
    return envelope.returned_id is None and truth.status is EnvelopeStatus.COMPLETED and signed


def apply_truth(
    session: Session,
    envelope_id: int,
    truth: EnvelopeTruth,
    returned: Returned | None,
    *,
    files: Files,
    by: audit.By,
    now: datetime,
    asked_at: datetime,
) -> Outcome:
    """Take what the provider answered at `asked_at` about an envelope, and say when to ask again.

    Agreement and envelope are locked here, in this order. A callback heard since `asked_at` keeps the envelope due.
    """
    found = session.get(Envelope, envelope_id)
    if found is None:
        raise NotFound("envelope.unknown")
    agreement = store.locked(session, Agreement, found.agreement_id)
    envelope = store.locked(session, Envelope, envelope_id)
    if agreement is None or envelope is None:
        raise NotFound("envelope.unknown")
    wrong = _wrong(envelope, truth)
    if wrong is not None:
        return _show(envelope, wrong, now + LOOK_AGAIN if envelope.ended_at is None else None, asked_at)
    merged = merge(known.read(envelope), truth)
    known.write(envelope, merged)
    signer = next(one for one in merged.signers if one.ref == envelope.reference)
    reason = next((one.reason for one in truth.signers if one.ref == envelope.reference), None)
    signatory = session.get_one(Signatory, envelope.signatory_id)
    answer = _Answer(session, agreement, envelope, signatory, merged, signer, returned, files, by, now)
    outcome, due_at = _take(answer, truth, reason)
    if envelope.ended_at is None and merged.status.ended:
        envelope.ended_at = now
    if outcome.stuck:
        return _show(envelope, outcome.stuck, due_at, asked_at)
    envelope.attempts, envelope.stuck_reason = 0, None
    _release(envelope, due_at, asked_at)
    return outcome


def _wrong(envelope: Envelope, truth: EnvelopeTruth) -> str | None:
    if truth.external_id != envelope.external_id:
        return "errors.envelope.reference_differs"
    problems = differences([known.asked(envelope)], truth)
    if problems:
        return f"errors.{problems[0].code}"
    return "errors.envelope.contradiction" if contradicts(known.read(envelope), truth) else None


def _take(answer: _Answer, told: EnvelopeTruth, reason: str | None) -> tuple[Outcome, datetime | None]:
    """Give what the answer led to, and when to ask again."""
    if answer.envelope.returned_id is not None or answer.signatory.state is SignatoryState.DECLINED:
        return Outcome(), None
    if answer.truth.status is EnvelopeStatus.COMPLETED and answer.signer.status is SignerStatus.SIGNED:
        return _signed(answer)
    if answer.signer.status is SignerStatus.DECLINED:
        return _declined(answer, reason)
    if answer.truth.status.ended:
        awaited = answer.in_round and answer.signatory.state is SignatoryState.INVITED
        return Outcome("ended", "errors.envelope.ended_unsigned" if awaited else None), None
    return _still_open(answer, told)


def _signed(answer: _Answer) -> tuple[Outcome, datetime | None]:
    stuck = _against(answer)
    if stuck is not None:
        return Outcome(stuck=stuck), None
    if answer.returned is None:
        return Outcome(stuck="errors.work.provider_file_awaited"), answer.now + store.BACKOFF[0]
    stuck = _against_file(answer, answer.returned)
    if stuck is not None:
        return Outcome(stuck=stuck), answer.now + LOOK_AGAIN
    _count(answer, answer.returned)
    _end(answer)
    return Outcome("signed"), None


def _against(answer: _Answer) -> str | None:
    if not answer.in_round:
        return "errors.envelope.round_over"
    if answer.signatory.state is not SignatoryState.INVITED:
        return "errors.envelope.answered_otherwise"
    return None


def _against_file(answer: _Answer, returned: Returned) -> str | None:
    pdf_id = documents.round_of(answer.session, answer.agreement).pdf_id
    if answer.session.get_one(Document, pdf_id).sha256 != answer.envelope.sent_sha256:
        return "errors.envelope.document_changed"
    if not returned.says_ours:
        return "errors.envelope.document_differs"
    at, deadline = answer.signer.signed_at or answer.truth.completed_at or answer.now, answer.agreement.deadline_at
    return "errors.envelope.signed_late" if deadline is not None and at >= deadline else None


def _count(answer: _Answer, returned: Returned) -> None:
    envelope, row = answer.envelope, answer.signatory
    document = documents.keep(
        answer.session, answer.agreement, DocumentKind.PROVIDER_FILE, returned.pdf, answer.files, answer.now
    )
    document.details = {"envelope": envelope.id, "sent_sha256": envelope.sent_sha256}
    document.file_name = f"{answer.agreement.code}-{envelope.round}-penyedia-{row.position}.pdf"
    envelope.returned_id = document.id
    signatures.keep(
        answer.session,
        answer.agreement,
        row,
        level=LEVEL,
        document_sha256=envelope.sent_sha256,
        consent_version=f"provider:{envelope.provider}",
        evidence=_evidence(answer, returned),
        by=answer.by,
        key=answer.key,
        now=answer.now,
    )


def _evidence(answer: _Answer, returned: Returned) -> dict[str, Any]:
    envelope = answer.envelope
    return {
        **evidence.of_signatory(answer.session, answer.agreement, answer.signatory),
        "provider": {
            "name": envelope.provider,
            "connection": envelope.connection,
            "envelope": envelope.external_id,
            "signer": answer.signer.external_id,
            "reference": envelope.reference,
            "signed_at": evidence.instant(answer.signer.signed_at),
            "asked_again_at": evidence.instant(answer.now),
            "sent_sha256": envelope.sent_sha256,
            "returned_sha256": returned.sha256,
            "text_found": returned.says_ours,
        },
    }


def _declined(answer: _Answer, reason: str | None) -> tuple[Outcome, datetime | None]:
    stuck = _against(answer)
    if stuck is not None:
        return Outcome(stuck=stuck), None
    row = answer.signatory
    if not moves.move_signatory(answer.session, row, "decline", answer.now):
        raise Conflict("signing.answered_meanwhile")
    row.decline_reason = _tidy(reason) or text("envelope.declined_without_reason")
    details = {"signatory": row.id, "envelope": answer.envelope.id}
    asked = moves.Asked("decline", f"decline:{row.id}:{answer.key}", row.decline_reason, details, due_at=answer.now)
    moves.apply(answer.session, answer.agreement.id, asked, answer.by, answer.now)
    _end(answer)
    return Outcome("declined"), None


def _tidy(reason: str | None) -> str:
    """Give a stranger's words on one line, without what cannot be seen, at most 500 characters."""
    words = " ".join((reason or "").split())
    return "".join(letter for letter in words if letter.isprintable())[:LONGEST_REASON].strip()


def _still_open(answer: _Answer, told: EnvelopeTruth) -> tuple[Outcome, datetime | None]:
    envelope, deadline = answer.envelope, answer.agreement.deadline_at
    due_at = answer.now + POLL
    if deadline is not None and answer.now < deadline:
        due_at = min(due_at, deadline)
    if told.status is EnvelopeStatus.UNKNOWN:
        return Outcome(stuck="errors.envelope.status_unknown"), due_at
    if known.heard(envelope) and envelope.attempts < ASK_SOON:
        return Outcome(stuck="errors.envelope.not_yet_told"), answer.now + store.BACKOFF[envelope.attempts]
    known.set_heard(envelope, heard=False)
    return Outcome(), due_at


def _end(answer: _Answer) -> None:
    """Note that the signer has answered: nobody needs the invitation any more."""
    known.set_heard(answer.envelope, heard=False)
    about = (Message.officer_id == answer.signatory.officer_id) & (Message.agreement_id == answer.agreement.id)
    outbox.cancel(answer.session, about & (Message.kind == INVITATION))


def _show(envelope: Envelope, stuck: str, due_at: datetime | None, asked_at: datetime) -> Outcome:
    envelope.attempts += 1
    envelope.stuck_reason = stuck
    _release(envelope, due_at, asked_at)
    return Outcome(stuck=stuck)


def _release(envelope: Envelope, due_at: datetime | None, asked_at: datetime) -> None:
    heard_since = envelope.due_at is not None and envelope.due_at > asked_at
    store.release(envelope, envelope.due_at if heard_since else due_at)

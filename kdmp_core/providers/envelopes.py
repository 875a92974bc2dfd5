"""Envelopes: our PDF A at a provider, one for each signatory who signs there, from the day a round is sent.

Each function is one transaction of its caller; whatever asks the provider happens between two of them. How an answer
is taken stands in `answers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import inbox, outbox, store
from kdmp_core.agreements import documents, guards
from kdmp_core.errors import Conflict, InvalidInput
from kdmp_core.lifecycle import SignatoryState, State
from kdmp_core.providers import connections, known
from kdmp_core.providers.port import Area, Canonical, Created, EnvelopeRequest, EnvelopeStatus, Signer
from kdmp_core.records import Agreement, Callback, Document, Envelope, Officer, Signatory
from kdmp_core.settings import Settings

OWED: Final = "owed"
POLL: Final = timedelta(minutes=15)
INVITATION: Final = "provider_invitation"
ONLY_SEEN: Final = frozenset({Canonical.REQUEST_SENT, Canonical.VIEWED})
"""Meanings that change nothing of ours, so nobody is asked because of them."""


@dataclass(frozen=True)
class Draft:
    """What a request is made of, read in one go: the PDF by its hash, the signer, the room of his cell in points."""

    title: str
    pdf_sha256: str
    reference: str
    role: str
    room: tuple[int, ...]
    name: str = field(repr=False)
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)


def open_envelopes(session: Session, agreement: Agreement, settings: Settings, now: datetime) -> list[Envelope]:
    """Owe an envelope for every signatory of the round who signs at a provider and has none yet; give the new ones.

    The caller holds the agreement's lock. Raises NotFound when no connection can send.
    """
    has_one = set(session.scalars(select(Envelope.signatory_id).where(Envelope.agreement_id == agreement.id)))
    missing = [
        row
        for row in guards.signatories(session, agreement)
        if row.method == "provider" and row.state is SignatoryState.INVITED and row.id not in has_one
    ]
    if not missing:
        return []
    live = connections.for_sending(session, settings)
    pdf = session.get_one(Document, documents.round_of(session, agreement).pdf_id)
    made = [_owed(agreement, row, live, pdf.sha256, now) for row in missing]
    session.add_all(made)
    session.flush()
    return made


def wanted(session: Session, envelope: Envelope) -> bool:
    """Say whether the signatory's answer through this envelope is still awaited."""
    agreement = session.get_one(Agreement, envelope.agreement_id)
    signatory = session.get_one(Signatory, envelope.signatory_id)
    in_round = agreement.state is State.SIGNING and agreement.round == envelope.round
    return in_round and signatory.state is SignatoryState.INVITED


def draft(session: Session, envelope: Envelope) -> Draft:
    """Read what the request of an owed envelope is made of. Raises InvalidInput when the PDF has no place for him."""
    agreement = session.get_one(Agreement, envelope.agreement_id)
    signatory = session.get_one(Signatory, envelope.signatory_id)
    officer = session.get_one(Officer, signatory.officer_id)
    pdf = session.get_one(Document, documents.round_of(session, agreement, envelope.round).pdf_id)
    room = pdf.details.get("anchors", {}).get(signatory.anchor)
    if not room:
        raise InvalidInput("envelope.no_area")
    return Draft(
        title=f"{agreement.code} · {agreement.title}",
        pdf_sha256=pdf.sha256,
        reference=envelope.reference,
        role=signatory.party.name,
        room=tuple(room),
        name=signatory.name,
        email=officer.email,
        phone=officer.phone,
    )


def request(drafted: Draft, pdf: bytes, page_sizes: Sequence[tuple[int, int]]) -> EnvelopeRequest:
    """Make the request: A and one signer with his area. `page_sizes` in hundredths of a point.

    No end is asked of the provider: a longer deadline needs none, and an envelope whose round is over is taken back.
    """
    page, left, bottom, right, top = drafted.room
    if not 1 <= page <= len(page_sizes):
        raise InvalidInput("envelope.no_area")
    width, height = page_sizes[page - 1]
    across, down = Fraction(100, width), Fraction(100, height)
    area = Area(page, left * across, 1 - top * down, (right - left) * across, (top - bottom) * down)
    signer = Signer(drafted.reference, drafted.name, drafted.role, (area,), drafted.email, drafted.phone)
    return EnvelopeRequest(drafted.title, pdf, (signer,))


def sent(
    session: Session,
    envelope_id: int,
    asked: EnvelopeRequest,
    created: Created,
    *,
    settings: Settings,
    now: datetime,
) -> bool:
    """Keep an envelope as created and owe the invitation; False when somebody else was first (take this one back)."""
    envelope = store.locked(session, Envelope, envelope_id)
    if envelope is None or envelope.external_id is not None or envelope.status != OWED:
        return False
    if envelope.reference != created.signers[0].ref:
        raise Conflict("envelope.reference_differs")
    envelope.external_id, envelope.external_signer = created.external_id, created.signers[0].external_id
    envelope.status = EnvelopeStatus.OPEN.value
    known.ask(envelope, asked.signers[0])
    store.settle(envelope, now + POLL)
    signatory = session.get_one(Signatory, envelope.signatory_id)
    agreement = session.get_one(Agreement, envelope.agreement_id)
    about = outbox.About(signatory.officer_id, agreement.event_id, agreement.id)
    outbox.enqueue(session, f"{INVITATION}:{signatory.id}", INVITATION, about, settings=settings, now=now)
    return True


def never_sent(session: Session, envelope_id: int, now: datetime) -> None:
    """End an owed envelope that nobody needs any more."""
    envelope = store.locked(session, Envelope, envelope_id)
    if envelope is not None and envelope.status == OWED:
        envelope.status, envelope.ended_at, envelope.stuck_reason = EnvelopeStatus.VOIDED.value, now, None
        store.release(envelope, None)


def hear(session: Session, callback_id: int, now: datetime) -> str | None:
    """Let a callback make its envelope due, and with it every other one about the same; None when it must wait.

    However many callbacks came, the provider is asked once. The envelope is locked first, so that two workers with
    two callbacks of one envelope do not wait for each other.
    """
    told = session.get(Callback, callback_id)
    if told is None or told.state != inbox.RECEIVED:
        return None
    envelope = _named(session, told)
    if envelope is None or told.external_id is None:
        row = store.locked(session, Callback, callback_id)
        if row is not None and row.state == inbox.RECEIVED:
            inbox.wait_or_quarantine(row, now)
        return None
    rows = inbox.of_envelope(session, told.provider, told.connection, told.external_id)
    if any(row.canonical not in ONLY_SEEN for row in rows):
        known.set_heard(envelope, heard=True)
        envelope.due_at = now
    inbox.settle(rows, inbox.APPLIED)
    return "heard"


def _owed(agreement: Agreement, row: Signatory, live: connections.Live, sha256: str, now: datetime) -> Envelope:
    return Envelope(
        agreement_id=agreement.id,
        round=agreement.round,
        signatory_id=row.id,
        provider=live.provider.name,
        connection=live.name,
        reference=f"{agreement.code}/{agreement.round}/{row.position}",
        status=OWED,
        sent_sha256=sha256,
        truth={},
        made_at=now,
        due_at=now,
    )


def _named(session: Session, told: Callback) -> Envelope | None:
    same = (Envelope.provider == told.provider, Envelope.connection == told.connection)
    query = select(Envelope).where(*same, Envelope.external_id == told.external_id)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))

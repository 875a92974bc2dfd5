"""Consent: what a signatory agrees to, and his yes or no to the document he was shown.

The wording stands in the catalogue under `signing.consent.<id>`; `VERSION` names the wordings of today and is kept
with each signature. A change of wording is a new version.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, lazyload

from kdmp_core import audit, outbox, store
from kdmp_core.agreements import moves
from kdmp_core.errors import Conflict, InvalidInput, MoveRefused, NotFound, Problem, Stale
from kdmp_core.lifecycle import Actor, SignatoryState, State
from kdmp_core.records import Agreement, Document, Link, Message, Round, Signatory, Signature, SignerSession
from kdmp_core.settings import Settings
from kdmp_core.signing import evidence, sessions, signatures

VERSION = "2026-11"
CONSENTS = ("read", "electronic")
LONGEST_REASON = 500
_SHOWN = (
    select(Document.sha256)
    .join(Round, Round.pdf_id == Document.id)
    .where(Round.agreement_id == bindparam("agreement"), Round.number == bindparam("round"))
)
_SIGNATORY = (
    select(Signatory)
    .where(Signatory.officer_id == bindparam("officer"), Signatory.agreement_id == bindparam("agreement"))
    .where(Signatory.round == bindparam("round"))
    .options(lazyload(Signatory.party))
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Said:
    """What somebody sent from the page he read.

    `document_sha256` is that of the PDF the page named; `consents` the ids that were ticked; `key` was made by the
    server for this showing of the form.
    """

    document_sha256: str
    consents: Collection[str]
    key: str


def sign(
    session: Session,
    row: SignerSession,
    agreement_id: int,
    said: Said,
    *,
    machine: evidence.Machine,
    settings: Settings,
    now: datetime,
) -> Signature:
    """Sign an agreement of the folder and give the signature; asked again, the one of then.

    Raises Gone and NotSignedIn (link or session over), NotFound (not in this folder), Stale (another document
    than the one shown), InvalidInput (a tick is missing, `problems` names it), MoveRefused (not his turn, the
    round is over), Conflict (answered otherwise meanwhile).
    """
    agreement, signatory = _mine(session, row, agreement_id, now)
    before = signatures.of(session, signatory)
    if before is not None:
        return before
    _require_open(agreement, signatory, now)
    if said.document_sha256 != shown_sha256(session, agreement):
        raise Stale("signing.document_changed")
    missing = [name for name in CONSENTS if name not in said.consents]
    if missing:
        problems = [Problem("signing.tick_missing", place=name) for name in missing]
        raise InvalidInput("signing.tick_missing", problems=problems)
    facts = evidence.of_link(session, agreement, signatory, row, machine=machine, settings=settings)
    _no_more_messages(session, signatory)
    return signatures.keep(
        session,
        agreement,
        signatory,
        level=row.level,
        document_sha256=said.document_sha256,
        consent_version=VERSION,
        evidence={**facts, "consents": sorted(said.consents)},
        by=audit.By(Actor.SIGNATORY, officer_id=signatory.officer_id),
        key=said.key,
        now=now,
    )


def decline(
    session: Session, row: SignerSession, agreement_id: int, reason: str, *, key: str, now: datetime
) -> Signatory:
    """Say no to an agreement of the folder, with a reason of at most 500 characters; asked again, nothing changes.

    Raises as `sign` does, and InvalidInput when the reason is missing or too long.
    """
    agreement, signatory = _mine(session, row, agreement_id, now)
    if signatory.state is SignatoryState.DECLINED:
        return signatory
    if signatory.state is SignatoryState.SIGNED:
        raise Conflict("signing.already_signed")
    _require_open(agreement, signatory, now)
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        code = "signing.reason_long" if reason else "moves.reason_missing"
        raise InvalidInput(code, problems=[Problem(code, "reason", {"most": LONGEST_REASON})], most=LONGEST_REASON)
    if not moves.move_signatory(session, signatory, "decline", now):
        raise Conflict("signing.answered_meanwhile")
    signatory.decline_reason = reason
    _no_more_messages(session, signatory)
    asked = moves.Asked("decline", f"decline:{signatory.id}:{key}", reason, {"signatory": signatory.id}, due_at=now)
    moves.apply(session, agreement.id, asked, audit.By(Actor.SIGNATORY, officer_id=signatory.officer_id), now)
    return signatory


def shown_sha256(session: Session, agreement: Agreement) -> str:
    """Give the hash of the PDF that is signed in the agreement's present round. Raises NotFound when there is none."""
    found = session.scalar(_SHOWN, {"agreement": agreement.id, "round": agreement.round})
    if found is None:
        raise NotFound("signing.no_document")
    return found


def signatory_of(session: Session, link: Link, agreement: Agreement) -> Signatory | None:
    """Give the row of a folder's owner in the present round of an agreement, as it stands now."""
    where = {"officer": link.officer_id, "agreement": agreement.id, "round": agreement.round}
    return session.scalar(_SIGNATORY, where)


def _mine(session: Session, row: SignerSession, agreement_id: int, now: datetime) -> tuple[Agreement, Signatory]:
    agreement = store.locked(session, Agreement, agreement_id)
    link = sessions.require_live(session, row, now)
    signatory = signatory_of(session, link, agreement) if agreement and agreement.event_id == link.event_id else None
    if agreement is None or signatory is None or signatory.method != "link":
        raise NotFound("signing.not_in_folder")
    return agreement, signatory


def _require_open(agreement: Agreement, signatory: Signatory, now: datetime) -> None:
    if agreement.state is not State.SIGNING or (agreement.deadline_at is not None and now >= agreement.deadline_at):
        raise MoveRefused("signing.round_over")
    if signatory.state is SignatoryState.WAITING:
        raise MoveRefused("signing.not_your_turn")


def _no_more_messages(session: Session, signatory: Signatory) -> None:
    about = (Message.officer_id == signatory.officer_id) & (Message.agreement_id == signatory.agreement_id)
    outbox.cancel(session, about)

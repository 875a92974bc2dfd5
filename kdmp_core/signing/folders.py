"""A folder: the agreements of one person at one event, each with what he may do there now."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import audit
from kdmp_core.agreements import moves
from kdmp_core.errors import InvalidInput, MoveRefused, NotFound, Problem
from kdmp_core.lifecycle import Actor, SignatoryState, State
from kdmp_core.records import Agreement, AgreementParty, Link, Officer, Remark, Signatory, Signature, SignerSession
from kdmp_core.signing import sessions, signatures

DRAFTS = frozenset({State.SUBMITTED, State.ENDORSED, State.APPROVED, State.DRAWN_UP})
LONGEST_REMARK = 1_000


class Standing(enum.StrEnum):
    """What an agreement of a folder asks of its owner now."""

    TO_SIGN = "to_sign"
    NOT_YET = "not_yet"
    SIGNED = "signed"
    DECLINED = "declined"
    ELSEWHERE = "elsewhere"
    OVER = "over"
    DRAFT = "draft"


@dataclass(frozen=True)
class Entry:
    """One agreement of a folder: `signatory` is None while it is a draft, `signature` until he has signed."""

    agreement: Agreement
    standing: Standing
    signatory: Signatory | None = None
    signature: Signature | None = None


def entries(session: Session, link: Link, now: datetime) -> list[Entry]:
    """Give the agreements of a folder, those that wait for a signature first, then by age."""
    found = [*_sent(session, link, now), *_drafts(session, link)]
    order = list(Standing)
    return sorted(found, key=lambda entry: (order.index(entry.standing), entry.agreement.id))


def entry(session: Session, link: Link, agreement_id: int, now: datetime) -> Entry:
    """Give one agreement of a folder. Raises NotFound when it is not in it."""
    for found in entries(session, link, now):
        if found.agreement.id == agreement_id:
            return found
    raise NotFound("signing.not_in_folder")


def remark(
    session: Session, row: SignerSession, agreement_id: int, text: str, *, key: str, now: datetime
) -> Remark | None:
    """Keep what a party says of a draft and give it; None when the same form came twice.

    Raises NotFound (not in this folder), MoveRefused (no longer a draft), InvalidInput (empty, too long).
    """
    link = sessions.require_live(session, row, now)
    found = entry(session, link, agreement_id, now)
    if found.standing is not Standing.DRAFT:
        raise MoveRefused("signing.no_draft")
    text = text.strip()
    if not 0 < len(text) <= LONGEST_REMARK:
        raise InvalidInput(
            "signing.remark_unfit",
            problems=[Problem("signing.remark_unfit", "remark", {"most": LONGEST_REMARK})],
            most=LONGEST_REMARK,
        )
    whole = f"remark:{link.officer_id}:{key}"
    if audit.seen(session, found.agreement.code, whole) is not None:
        return None
    by = audit.By(Actor.PARTY, officer_id=link.officer_id)
    moves.apply(session, agreement_id, moves.Asked("remark", whole, reason=text), by, now)
    kept = Remark(
        agreement_id=agreement_id,
        round=found.agreement.round,
        at=now,
        user_id=None,
        officer_id=link.officer_id,
        article=None,
        text=text,
    )
    session.add(kept)
    session.flush()
    return kept


def _sent(session: Session, link: Link, now: datetime) -> list[Entry]:
    query = select(Signatory, Agreement).join(Agreement, Agreement.id == Signatory.agreement_id)
    query = query.where(
        Signatory.officer_id == link.officer_id,
        Signatory.round == Agreement.round,
        Agreement.event_id == link.event_id,
    )
    return [
        Entry(agreement, _standing(agreement, row, now), row, signatures.of(session, row))
        for row, agreement in session.execute(query)
    ]


def _drafts(session: Session, link: Link) -> list[Entry]:
    officer = session.get_one(Officer, link.officer_id)
    if not officer.signs:
        return []
    query = select(Agreement).join(AgreementParty, AgreementParty.agreement_id == Agreement.id)
    query = query.where(
        AgreementParty.party_id == officer.party_id,
        Agreement.event_id == link.event_id,
        Agreement.state.in_(DRAFTS),
    )
    return [Entry(agreement, Standing.DRAFT) for agreement in session.scalars(query)]


def _standing(agreement: Agreement, signatory: Signatory, now: datetime) -> Standing:
    if signatory.state is SignatoryState.SIGNED:
        return Standing.SIGNED
    if signatory.state is SignatoryState.DECLINED:
        return Standing.DECLINED
    if agreement.state is not State.SIGNING or (agreement.deadline_at is not None and now >= agreement.deadline_at):
        return Standing.OVER
    if signatory.state is SignatoryState.WAITING:
        return Standing.NOT_YET
    here = signatory.state is SignatoryState.INVITED and signatory.method == "link"
    return Standing.TO_SIGN if here else Standing.ELSEWHERE

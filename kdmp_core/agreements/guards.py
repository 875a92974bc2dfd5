"""Guards: plain functions that refuse a move although the table has its row. Keyed by the move's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import areas, registry
from kdmp_core.agreements import policy
from kdmp_core.errors import MoveRefused
from kdmp_core.lifecycle import SignatoryState, State
from kdmp_core.records import FRAMEWORKS, Agreement, AgreementParty, Connection, Signatory, Step

Details = Mapping[str, Any]
Guard = Callable[[Session, Agreement, Details, datetime], None]
ACCESSION = "accession"
METHODS = frozenset({"link", "provider", "paper"})


def signatories(session: Session, agreement: Agreement) -> list[Signatory]:
    """Give the signatories of the agreement's present round, in the order of the roster."""
    where = (Signatory.agreement_id == agreement.id, Signatory.round == agreement.round)
    return list(session.scalars(select(Signatory).where(*where).order_by(Signatory.position)))


def answers(session: Session, agreement: Agreement) -> list[policy.Answer]:
    """Give where each signatory of the present round stands, with his side."""
    sides = {party.party_id: party.side for party in agreement.parties}
    return [policy.Answer(sides[row.party_id], row.state) for row in signatories(session, agreement)]


def standing_party_ids(session: Session, agreement: Agreement) -> set[int]:
    """Give who is a party of an agreement now: who signed it, and who has joined since by an accession in force."""
    joined = (
        select(AgreementParty.party_id)
        .join(Agreement, Agreement.id == AgreementParty.agreement_id)
        .where(
            Agreement.parent_id == agreement.id,
            Agreement.kind == ACCESSION,
            Agreement.state == State.IN_FORCE,
            AgreementParty.side == "first",
        )
    )
    return signed_party_ids(session, agreement) | set(session.scalars(joined))


def signed_party_ids(session: Session, agreement: Agreement) -> set[int]:
    """Give the parties that signed an agreement in its present round; one recorded from paper was signed by all."""
    rows = signatories(session, agreement)
    if not rows:
        return {party.party_id for party in agreement.parties}
    return {row.party_id for row in rows if row.state is SignatoryState.SIGNED}


def _submit(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del session, now
    if len(agreement.parties) < policy.FEWEST_PARTIES:
        raise MoveRefused("moves.too_few_parties")
    if not details.get("words_hash"):
        raise MoveRefused("moves.words_not_pressed")


def _draw_up(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del session, now
    if not details.get("words_hash") or details["words_hash"] != agreement.reviewed_hash:
        raise MoveRefused("moves.words_not_reviewed")


def _send(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del details, now
    _require_parent(session, agreement)
    for party in agreement.parties:
        officer = registry.signing_officer(session, party.party_id)
        if officer is None or officer.confirmed_at is None:
            raise MoveRefused("moves.signatory_not_confirmed", party=party.party.name)
        if party.method not in METHODS:
            raise MoveRefused("moves.no_channel", party=party.party.name)
        if party.method == "link" and not (officer.phone or officer.email):
            raise MoveRefused("moves.no_channel", party=party.party.name)
        if party.method == "provider" and not session.scalar(select(Connection.id).where(Connection.active).limit(1)):
            raise MoveRefused("moves.no_connection", party=party.party.name)


def _require_parent(session: Session, agreement: Agreement) -> None:
    """Let what hangs on another agreement out only while that is in force, between its parties (design.md §2)."""
    parent = agreement.parent
    if agreement.kind in FRAMEWORKS:
        return
    if parent is None or parent.state is not State.IN_FORCE:
        raise MoveRefused("moves.parent_not_in_force")
    theirs = standing_party_ids(session, parent)
    for row in agreement.parties:
        joins = agreement.kind == ACCESSION and row.side == "first"
        if row.party_id not in theirs and not joins:
            raise MoveRefused("moves.not_party_of_parent", party=row.party.name)


def _complete(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del details, now
    rule, found = policy.SigningPolicy.of(agreement.event.policy), answers(session, agreement)
    if not policy.all_answered(found) or not policy.met(rule, found):
        raise MoveRefused("moves.not_all_signed")


def _close(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del details, now
    rule, found = policy.SigningPolicy.of(agreement.event.policy), answers(session, agreement)
    if not policy.met(rule, found):
        raise MoveRefused("moves.not_enough_signed")


def _fail(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del details
    rule, found = policy.SigningPolicy.of(agreement.event.policy), answers(session, agreement)
    if policy.outcome(rule, found, agreement.deadline_at, now) != "fail":
        raise MoveRefused("moves.nobody_declined")


def _lapse(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del details
    rule, found = policy.SigningPolicy.of(agreement.event.policy), answers(session, agreement)
    if policy.outcome(rule, found, agreement.deadline_at, now) != "lapse":
        raise MoveRefused("moves.deadline_not_passed")


def _void_with_second(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del details, now
    if agreement.state in {State.SIGNING, State.SIGNED} and not _asked(session, agreement, "ask_void"):
        raise MoveRefused("moves.nobody_asked")


def was_recorded(session: Session, agreement: Agreement) -> bool:
    """Whether an agreement came into force by a confirmed record of paper."""
    return _asked(session, agreement, "confirm")


def _ask_annul(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del details, now
    if not was_recorded(session, agreement):
        raise MoveRefused("moves.not_recorded")


def _annul(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    _ask_annul(session, agreement, details, now)
    if not _asked(session, agreement, "ask_annul"):
        raise MoveRefused("moves.nobody_asked")


def _recall(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del details, now
    if agreement.state is State.SIGNING and any(
        row.state is SignatoryState.SIGNED for row in signatories(session, agreement)
    ):
        raise MoveRefused("moves.already_signed_by_some")


def _expire(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del session, details
    if agreement.ends_on is None or areas.today(agreement.area_code, now) <= agreement.ends_on:
        raise MoveRefused("moves.term_not_over")


def _confirm(session: Session, agreement: Agreement, details: Details, now: datetime) -> None:
    del now
    _require_parent(session, agreement)
    if not details.get("scan_sha256"):
        raise MoveRefused("moves.scan_missing")


def _asked(session: Session, agreement: Agreement, move: str) -> bool:
    where = (Step.agreement_id == agreement.id, Step.move == move, Step.round == agreement.round)
    return session.scalar(select(Step.id).where(*where).limit(1)) is not None


GUARDS: dict[str, Guard] = {
    "submit": _submit,
    "draw_up": _draw_up,
    "send": _send,
    "complete": _complete,
    "close": _close,
    "fail": _fail,
    "lapse": _lapse,
    "void": _void_with_second,
    "ask_annul": _ask_annul,
    "annul_record": _annul,
    "recall": _recall,
    "expire": _expire,
    "confirm": _confirm,
}

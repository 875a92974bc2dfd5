"""The seal: the signatures of a round gathered into marks and evidence, sealed behind the signed bytes, then in force.

Sealing itself happens outside any transaction; nothing of it is kept unless the move is made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import follow_up, store, tokens
from kdmp_core.agreements import documents, guards, moves
from kdmp_core.errors import KdmpError, Trouble, TryLater
from kdmp_core.lifecycle import Actor, SignatoryState, State
from kdmp_core.records import (
    Agreement,
    ChainHead,
    Document,
    DocumentKind,
    Envelope,
    Round,
    Signatory,
    Signature,
)
from kdmp_core.signing import requests
from kdmp_core.signing.evidence import instant
from kdmp_core.signing.moments import date_words, local, time_words
from kdmp_core.texts import text
from mou_templates import seal as paper_seal
from mou_templates.errors import Refused
from mou_templates.seal import Mark, Sealed
from workflows.stages.work import NOTHING, Done, Tools

EVIDENCE_FORM = 1


@dataclass(frozen=True)
class Gathered:
    """What a seal is made of: the round, the hash of its PDF, marks, evidence (without the bytes' own facts)."""

    code: str
    round: int
    pdf_sha256: str
    theirs: int
    marks: tuple[Mark, ...]
    evidence: dict[str, Any]


def do(tools: Tools, agreement_id: int) -> Done:
    """Seal a signed agreement, keep the file, bring it into force and owe what follows from that."""
    with tools.store.read() as session:
        gathered = _gather(session, agreement_id)
    if gathered is None:
        return NOTHING
    now = tools.now()
    sealed = tools.outside("seal", lambda: _seal(tools, gathered, now))
    with tools.store.write() as session:
        agreement = store.locked(session, Agreement, agreement_id)
        if agreement is None or agreement.state is not State.SIGNED or agreement.round != gathered.round:
            return NOTHING
        _keep(session, agreement, gathered, sealed, tools)
        _bring_into_force(session, agreement, sealed, tools, now)
        return Done("seal", agreement.due_at)


def verify_address(url: str, code: str) -> str:
    """Give the public address at which an agreement's paper can be checked."""
    return f"{url}/v/{code}"


def _gather(session: Session, agreement_id: int) -> Gathered | None:
    agreement = session.get(Agreement, agreement_id)
    if agreement is None or agreement.state is not State.SIGNED:
        return None
    _require_returned_files(session, agreement)
    round_ = documents.round_of(session, agreement)
    pdf = session.get_one(Document, round_.pdf_id)
    rows = guards.signatories(session, agreement)
    where = (Signature.agreement_id == agreement.id, Signature.round == agreement.round)
    signatures = {row.signatory_id: row for row in session.scalars(select(Signature).where(*where))}
    signed = [(row, signatures[row.id]) for row in rows if row.id in signatures]
    marks = tuple(_mark(agreement, row, signature) for row, signature in signed)
    evidence = _evidence(session, agreement, round_, rows, signed)
    theirs = int(pdf.details.get("theirs", 0))
    return Gathered(agreement.code, agreement.round, pdf.sha256, theirs, marks, evidence)


def _require_returned_files(session: Session, agreement: Agreement) -> None:
    """Wait for every file B of a provider through which somebody signed (design.md §2)."""
    where = (Envelope.agreement_id == agreement.id, Envelope.round == agreement.round, Envelope.returned_id.is_(None))
    signed = (Signatory.id == Envelope.signatory_id) & (Signatory.state == SignatoryState.SIGNED)
    if session.scalar(select(Envelope.id).join(Signatory, signed).where(*where).limit(1)):
        raise TryLater("work.provider_file_awaited")


def _mark(agreement: Agreement, row: Signatory, signature: Signature) -> Mark:
    at, area = signature.signed_at, agreement.area_code
    when = f"{date_words(local(at, area).date())} {time_words(at, area)}"
    return Mark(row.anchor, (row.name, when, text(f"work.mark.{signature.level}")))


def _evidence(
    session: Session,
    agreement: Agreement,
    round_: Round,
    rows: list[Signatory],
    signed: list[tuple[Signatory, Signature]],
) -> dict[str, Any]:
    head = session.get_one(ChainHead, agreement.code)
    signing = {row.id for row, _ in signed}
    return {
        "form": EVIDENCE_FORM,
        "agreement": agreement.code,
        "round": agreement.round,
        "kind": agreement.kind,
        "title": agreement.title,
        "letter_number": agreement.letter_number.text if agreement.letter_number else None,
        "words_sha256": round_.words_hash,
        "facts_sha256": round_.facts_sha256,
        "template_sha256": round_.template_sha256,
        **({"own_draft": round_.facts["own_draft"]} if "own_draft" in round_.facts else {}),
        "chain": {"sequence": head.sequence, "hash": head.hash},
        "signatures": [
            {
                "anchor": row.anchor,
                "party": row.party.name,
                "receipt": signature.receipt,
                "evidence_sha256": signature.evidence_sha256,
                "evidence": signature.evidence,
            }
            for row, signature in signed
        ],
        "not_signed": [
            {"anchor": row.anchor, "party": row.party.name, "state": row.state.value}
            for row in rows
            if row.id not in signing
        ],
    }


def _seal(tools: Tools, gathered: Gathered, now: datetime) -> Sealed:
    pdf, settings = tools.files.get(gathered.pdf_sha256), tools.settings
    own = {"signed_sha256": gathered.pdf_sha256, "signed_length": len(pdf), "sealed_at": instant(now)}
    evidence = json.dumps(
        {**gathered.evidence, **own, "trial": settings.trial}, sort_keys=True, ensure_ascii=False, indent=1
    ).encode()
    digest = tokens.sign_digest(
        settings.digest_key(), {"code": gathered.code, "round": gathered.round, "sha256": gathered.pdf_sha256}
    )
    try:
        return paper_seal.seal(
            pdf,
            gathered.marks,
            evidence,
            tools.seal(),
            now,
            link=verify_address(settings.url, gathered.code),
            digest=digest,
            trial=settings.trial,
            timestamp_url=settings.tsa_url or None,
            theirs=gathered.theirs,
        )
    except Refused as refusal:
        raise _trouble(refusal) from refusal


def _trouble(refusal: Refused) -> KdmpError:
    if refusal.code == "seal_timestamp":
        return TryLater("work.seal_timestamp")
    return Trouble("work.seal_refused")


def _keep(session: Session, agreement: Agreement, gathered: Gathered, sealed: Sealed, tools: Tools) -> None:
    row = documents.keep(session, agreement, DocumentKind.SEALED, sealed.pdf, tools.files, tools.now())
    row.details = {
        "signed_sha256": sealed.signed_sha256,
        "signed_length": sealed.signed_length,
        "chain": gathered.evidence["chain"],
    }
    documents.round_of(session, agreement).sealed_id = row.id


def _bring_into_force(session: Session, agreement: Agreement, sealed: Sealed, tools: Tools, now: datetime) -> None:
    details = {"sealed_sha256": sealed.sha256, "signed_sha256": sealed.signed_sha256}
    asked = moves.Asked("seal", moves.own_key("seal", agreement), details=details)
    moves.apply(session, agreement.id, asked, tools.by(Actor.SYSTEM), now)
    follow_up.enter_into_force(session, agreement, now)
    requests.owe_copies(session, agreement, tools.settings, now)

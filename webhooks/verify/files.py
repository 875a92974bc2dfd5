"""What a file proves: the verdict of the paper's room beside what the record knows by hash, worded fact by fact."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core.records import Agreement, Document, DocumentKind
from kdmp_core.signing.moments import moment_words
from kdmp_core.store import Store
from kdmp_core.texts import text
from mou_templates.verdict import GENUINE, UNREADABLE, Verdict, verdict
from webhooks.pages.shapes import Fact, Tone
from webhooks.verify import papers
from webhooks.verify.finding import Finding

UNSEALED = (DocumentKind.PDF, DocumentKind.WORD)
CAPITAL = "31"  # seals whose agreement is not known are timed by the clock of Jakarta
TONES: dict[str, Tone] = {"genuine": "ok", "changed": "bad", "unknown": "bad", "unreadable": "bad"}


def judge(store: Store, data: bytes, roots: Sequence[bytes]) -> Finding:
    """Judge a file (any bytes at all) against trusted certificates in PEM and the record; nothing is kept."""
    with store.read() as session:
        row = _by_hash(session, hashlib.sha256(data).hexdigest())
        if row is not None and row.kind in UNSEALED:
            return _unsealed(session, row)
        known = {row.sha256: str(row.details.get("signed_sha256", ""))} if row else {}
    found = verdict(data, roots, known)
    with store.read() as session:
        agreement = session.get(Agreement, row.agreement_id) if row and row.agreement_id else None
        return _finding(session, found, agreement if found.status == GENUINE else None)


def _by_hash(session: Session, sha256: str) -> Document | None:
    kinds = (DocumentKind.SEALED, *UNSEALED)
    where = (Document.sha256 == sha256, Document.kind.in_(kinds), Document.agreement_id.is_not(None))
    return session.scalars(select(Document).where(*where).order_by(Document.id.desc()).limit(1)).first()


def _unsealed(session: Session, row: Document) -> Finding:
    agreement = session.get_one(Agreement, row.agreement_id)
    facts = (_hash_fact(row.sha256), Fact(text("verify.fact.code"), agreement.code))
    proven, left_open = (text("verify.proven.unsealed"),), (text("verify.open.unsealed"),)
    return Finding(
        "unsealed",
        "warn",
        text("verify.sentence.unsealed"),
        text("verify.advice.unsealed"),
        proven,
        left_open,
        facts,
        code=agreement.code,
    )


def _finding(session: Session, found: Verdict, agreement: Agreement | None) -> Finding:
    area = agreement.area_code if agreement else CAPITAL
    signed = papers.signatures(session, agreement) if agreement else ()
    over = agreement is not None and agreement.state in papers.ENDED
    return Finding(
        "over" if over else found.status,
        "warn" if over else TONES[found.status],
        _sentence(found, over=over),
        _advice(found),
        tuple(text(f"verify.proven.{code}") for code in _proven(found)),
        tuple(_open(found, uncertified=papers.uncertified(signed))),
        (*(papers.of_agreement(agreement, signed) if agreement else ()), *_facts(found, area)),
        papers.signers(agreement, signed) if agreement else (),
        papers.missing(agreement, signed) if agreement else (),
        agreement.code if agreement else "",
    )


def _sentence(found: Verdict, *, over: bool) -> str:
    if over:
        return text("verify.sentence.file_over")
    return text(f"verify.sentence.{found.status}")


def _advice(found: Verdict) -> str:
    """Say what stands against a file, if anything, and what to do next."""
    next_step = text(f"verify.advice.{found.status}")
    if not found.reason:
        return next_step
    against = text(f"verify.reason.{found.reason}")
    return f"{against} {next_step}"


def _proven(found: Verdict) -> Iterator[str]:
    """Choose what may be said for a file: without our seal or with a broken one nothing else counts."""
    if not found.trusted:
        return
    yield "trusted"
    if not found.intact:
        return
    yield "whole" if found.whole_file and found.seals == 1 else "sealed_part"
    if found.evidence_matches:
        yield "signed_bytes"
    if found.recorded:
        yield "record"


def _open(found: Verdict, *, uncertified: bool) -> Iterator[str]:
    if found.status == UNREADABLE or not found.trusted:
        return
    for code in found.not_proven:
        yield text(f"verify.open.{code}")
    if uncertified:
        yield text("verify.open.uncertified")


def _facts(found: Verdict, area: str) -> Iterator[Fact]:
    yield _hash_fact(found.sha256)
    if found.status == UNREADABLE:
        return
    yield Fact(text("verify.fact.seals"), str(found.seals))
    if not found.seals:
        return
    for name in ("trusted", "intact", "whole_file", "certified", "evidence_matches", "recorded"):
        yield Fact(text(f"verify.fact.{name}"), text("verify.yes" if getattr(found, name) else "verify.no"))
    if found.trusted:
        yield Fact(text("verify.fact.level"), text(f"verify.level.{found.level}"), found.subject)
    if found.trusted and found.intact and found.sealed_at:
        source = text(f"verify.time_source.{found.time_source}")
        yield Fact(text("verify.fact.sealed_at"), moment_words(found.sealed_at, area), source)
    if found.trusted and found.intact and found.signed_sha256:
        size = text("verify.fact.signed_length", length=found.signed_length)
        yield Fact(text("verify.fact.signed_sha256"), found.signed_sha256, size)


def _hash_fact(sha256: str) -> Fact:
    return Fact(text("verify.fact.sha256"), sha256)

"""What the record says of an agreement to a stranger who holds its printed code.

Names are given only once they stand on a sealed or recorded paper; before that, whether it exists and where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import audit, letters
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Document, DocumentKind, Signatory, Signature
from kdmp_core.signing.moments import day_words, moment_words
from kdmp_core.texts import text
from webhooks.pages.shapes import Fact
from webhooks.verify.finding import Finding, Signer

UNKNOWN = "unknown"
OPEN = frozenset({State.DRAWN_UP, State.SIGNING, State.SIGNED})
STOPPED = frozenset({State.DECLINED, State.LAPSED, State.VOID})
ENDED = frozenset({State.ENDED, State.TERMINATED, State.SUPERSEDED})
HIGHER = frozenset({"provider_certified", "paper", "paper_recorded"})
Signed = Sequence[tuple[Signatory, Signature]]


def of_code(session: Session, code: str, *, trial: bool) -> Finding:
    """Give what is known of the agreement with a code; drafts and unknown codes look alike."""
    agreement = session.scalar(select(Agreement).where(Agreement.code == code))
    if agreement is None:
        return unknown()
    if agreement.state in OPEN:
        return Finding("open", "wait", text("verify.sentence.open"), text("verify.advice.open"), code=agreement.code)
    if agreement.state in STOPPED:
        return Finding(
            "stopped", "bad", text("verify.sentence.stopped"), text("verify.advice.ask"), code=agreement.code
        )
    if agreement.state is State.IN_FORCE or agreement.state in ENDED:
        return _standing(session, agreement, trial=trial)
    return unknown()


def unknown() -> Finding:
    """Give the answer for what the record does not hold."""
    return Finding(UNKNOWN, "bad", text("verify.sentence.unknown"), text("verify.advice.unknown"))


def of_agreement(agreement: Agreement, signed: Signed) -> tuple[Fact, ...]:
    """Give what the paper itself says on its first page: title, numbers, days, how many parties."""
    found = [Fact(text("verify.fact.title"), agreement.title, agreement.code)]
    number = letters.number_of(agreement)
    if number:
        found.append(Fact(text("verify.fact.number"), number))
    found.append(Fact(text("verify.fact.state"), text(f"pages.state.agreement.{agreement.state.value}")))
    if agreement.in_force_on:
        found.append(Fact(text("verify.fact.from"), day_words(agreement.in_force_on)))
    if agreement.ends_on:
        found.append(Fact(text("verify.fact.until"), day_words(agreement.ends_on)))
    progress = text("verify.fact.signed_value", signed=len(signed), asked=len(agreement.parties))
    return (*found, Fact(text("verify.fact.signed"), progress))


def signatures(session: Session, agreement: Agreement) -> Signed:
    """Give who signed the round that stands, each with his signature, in the order of the paper."""
    where = (Signature.agreement_id == agreement.id, Signature.round == agreement.round)
    query = select(Signatory, Signature).join(Signature, Signature.signatory_id == Signatory.id)
    rows = session.execute(query.where(*where).order_by(Signatory.position, Signatory.id))
    return [(row, signature) for row, signature in rows]


def signers(agreement: Agreement, signed: Signed) -> tuple[Signer, ...]:
    """Give everyone who signed the round that stands, in the order of the paper."""
    return tuple(_signer(agreement, row, signature) for row, signature in signed)


def missing(agreement: Agreement, signed: Signed) -> tuple[str, ...]:
    """Give the parties for which nobody signed in the round that stands: they are not bound by it."""
    bound = {row.party_id for row, _ in signed}
    return tuple(row.party.name for row in agreement.parties if bound and row.party_id not in bound)


def uncertified(signed: Signed) -> bool:
    """Say whether any signature is of the kind the law calls uncertified (*tidak tersertifikasi*)."""
    return any(signature.level not in HIGHER for _, signature in signed)


def sealed_file(session: Session, agreement: Agreement) -> Document | None:
    """Give the sealed file of the round that stands, None when the agreement was recorded from paper."""
    where = (Document.agreement_id == agreement.id, Document.kind == DocumentKind.SEALED)
    return session.scalar(select(Document).where(*where, Document.round == agreement.round))


def _standing(session: Session, agreement: Agreement, *, trial: bool) -> Finding:
    paper = sealed_file(session, agreement)
    signed = signatures(session, agreement)
    over = agreement.state in ENDED
    kind = "sealed" if paper else "recorded"
    whole = audit.first_broken(session, agreement.code) is None
    proven = [text(f"verify.proven.code_{kind}")]
    if whole:
        proven.append(text("verify.proven.chain"))
    left_open = [text("verify.open.paper_in_hand"), text("verify.open.who_held_the_phone")]
    if not whole:
        left_open.insert(0, text("verify.open.chain"))
    if trial:
        left_open.append(text("verify.open.legal_force"))
    if uncertified(signed):
        left_open.append(text("verify.open.uncertified"))
    fingerprint = (Fact(text("verify.fact.sealed_sha256"), paper.sha256),) if paper else ()
    return Finding(
        "over" if over else kind,
        "warn" if over or not whole else "ok",
        text("verify.sentence.over" if over else f"verify.sentence.{kind}"),
        text(f"verify.advice.{kind}"),
        tuple(proven),
        tuple(left_open),
        (*of_agreement(agreement, signed), *fingerprint),
        signers(agreement, signed),
        missing(agreement, signed),
        agreement.code,
        sealed=paper is not None,
    )


def _signer(agreement: Agreement, row: Signatory, signature: Signature) -> Signer:
    when = moment_words(signature.signed_at, agreement.area_code)
    level = text(f"signing.level.{signature.level}")
    if signature.level.startswith("code_") or signature.level == "in_person":
        level = text("verify.uncertified", level=level)
    return Signer(row.name, f"{row.office}, {row.party.name}", when, level)

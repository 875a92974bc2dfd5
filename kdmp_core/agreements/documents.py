"""The documents of a round: words are pressed at submit, and drawn up once they were reviewed.

The paper comes as an argument (`Press`); both doors give the same one. Drawing has three parts, so that no
transaction is open while LibreOffice works: `prepare` (number, facts, Word file), the caller's PDF, `finish`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import areas, audit, letters, templates
from kdmp_core.agreements import facts, moves, own_drafts, policy
from kdmp_core.audit import By
from kdmp_core.errors import InvalidInput, KdmpError, NotFound, Problem, Unsafe
from kdmp_core.files import Files
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Document, DocumentKind, Round, Step
from kdmp_core.texts import text

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF_TYPE = "application/pdf"


class Pressed(Protocol):
    """A Word file as the paper gives it: bytes, the template's hash, the version of every clause in it."""

    @property
    def docx(self) -> bytes:
        """The Word file."""

    @property
    def template_sha256(self) -> str:
        """The hash of the template it was pressed from."""

    @property
    def clauses(self) -> Mapping[str, Any]:
        """The version of every clause in it, by clause id."""


class Sheet(Protocol):
    """The signature sheet behind a partner's own text, as the paper gives it."""

    @property
    def docx(self) -> bytes:
        """The Word file."""

    @property
    def template(self) -> bytes:
        """The template it was pressed from."""

    @property
    def template_sha256(self) -> str:
        """The hash of that template."""

    @property
    def words_hash(self) -> str:
        """The hash of its words that review binds to."""


class Finding(Protocol):
    """What a text may not say: a code, the sentence that says it, and what in it or which element it is about."""

    @property
    def code(self) -> str:
        """One of the paper's codes."""

    @property
    def sentence(self) -> str:
        """The sentence, empty where it is the whole text."""

    @property
    def about(self) -> str:
        """The figure found, or the element missing."""


class Press(Protocol):
    """What the paper can do, as both doors hand it in."""

    @property
    def refused(self) -> type[Exception]:
        """The paper's own refusal; it carries `code` and `values`."""

    def words(self, kind: str, facts: Mapping[str, Any]) -> Any:
        """Give the words of a kind, already through the door; refuses rather than repairs."""

    def review_hash(self, kind: str, words: Any) -> str:
        """Give the hash of the words review binds to."""

    def form(self, kind: str) -> bytes:
        """Give the shipped template of a kind."""

    def draft(self, kind: str, words: Any, template: bytes, pictures: Mapping[str, bytes] | None = None) -> Pressed:
        """Press the Word file from a template, every value checked to be in it; `pictures` by name ("logo")."""

    def lint(self, kind: str, facts: Mapping[str, Any], docx: bytes, *, open_days: int) -> Sequence[Finding]:
        """List what a pressed Word file may not say."""

    def sheet(self, kind: str, facts: Mapping[str, Any], brought: Mapping[str, Any], template: bytes | None) -> Sheet:
        """Press the signature sheet of a partner's own text, from the template it was reviewed with if any."""


@dataclass(frozen=True)
class Prepared:
    """A round ready for its PDF: facts as stored, hash of the words, and the Word file.

    With a partner's own text (`own`, as `own_drafts` keeps it) the Word file is that of the signature sheet behind it.
    """

    agreement_id: int
    round: int
    facts: dict[str, Any]
    words_hash: str
    docx: bytes
    template_sha256: str
    clauses: dict[str, str]
    own: dict[str, Any] | None = None


@dataclass(frozen=True)
class Printed:
    """The PDF of a round with its page count and where each signature code stands on it (page from 1, points).

    `theirs` pages at the beginning are a partner's own text: no code on them is a signature cell.
    """

    pdf: bytes
    pages: int
    anchors: dict[str, list[int]]
    theirs: int = 0


def find(session: Session, agreement_id: int) -> Agreement:
    """Give an agreement. Raises NotFound."""
    agreement = session.get(Agreement, agreement_id)
    if agreement is None:
        raise NotFound("moves.no_agreement")
    return agreement


def by_code(session: Session, code: str) -> Agreement:
    """Give an agreement by its code ("K-2026-000123"). Raises NotFound."""
    agreement = session.scalar(select(Agreement).where(Agreement.code == code))
    if agreement is None:
        raise NotFound("moves.no_agreement")
    return agreement


def round_of(session: Session, agreement: Agreement, number: int | None = None) -> Round:
    """Give a round of an agreement (the present one by default). Raises NotFound before the first submit."""
    where = (Round.agreement_id == agreement.id, Round.number == (number or agreement.round))
    found = session.scalar(select(Round).where(*where))
    if found is None:
        raise NotFound("documents.no_round")
    return found


def preview(session: Session, agreement: Agreement, press: Press, files: Files, *, legal_review: str) -> Pressed:
    """Press what an agreement says as it stands, number, place and date blank, nothing kept.

    From the template it was submitted with, else the one that applies now. Raises Unsafe with the place.
    """
    found = facts.gather(session, agreement, legal_review=legal_review)
    template = _pinned(agreement, files) or _applying(session, agreement, press, files)
    return _drafted(press, agreement, _dressed(press, agreement.kind, found), template, files)


def submit(
    session: Session,
    agreement_id: int,
    press: Press,
    files: Files,
    asked: moves.Asked,
    by: By,
    now: datetime,
    *,
    legal_review: str,
) -> Step:
    """Press the words and submit them for review; the hash of words and template is what the review binds to.

    The template is kept with the agreement: whatever is published afterwards, these words are drawn up from it.
    """
    agreement = moves.locked_agreement(session, agreement_id)
    done = moves.done_before(session, agreement, asked)
    if done is not None:
        return done
    own_drafts.require_decided(agreement)
    found = facts.gather(session, agreement, legal_review=legal_review)
    template, digest = _made(session, agreement, press, files, found)
    template_sha256 = files.put(template)
    details = {"words_hash": digest, "template_sha256": template_sha256}
    hashed = moves.Asked("submit", asked.key, details=details, revision=asked.revision)
    step = moves.apply(session, agreement_id, hashed, by, now)
    agreement.template_sha256 = template_sha256
    _open_round(session, agreement, _with_own(agreement, found), digest, now)
    return step


def _made(
    session: Session, agreement: Agreement, press: Press, files: Files, found: dict[str, Any]
) -> tuple[bytes, str]:
    """Press the words that are submitted; give the template they were pressed from and the hash review binds to."""
    own = own_drafts.chosen(agreement)
    if own is not None:
        sheet = _sheet(press, agreement, own, found, None)
        return sheet.template, own_drafts.bound_hash(agreement, own, sheet.words_hash, sheet.template_sha256)
    words = _dressed(press, agreement.kind, found)
    template = _applying(session, agreement, press, files)
    draft = _drafted(press, agreement, words, template, files)
    _require_permitted(press, agreement, found, draft.docx)
    return template, _review_hash(press, agreement.kind, words, draft.template_sha256)


def _require_permitted(press: Press, agreement: Agreement, found: dict[str, Any], docx: bytes) -> None:
    """Refuse (InvalidInput, a problem for each finding) words that no agreement of the kind may say."""
    days = policy.SigningPolicy.of(agreement.event.policy).deadline_days
    findings = press.lint(agreement.kind, found, docx, open_days=days)
    if findings:
        raise InvalidInput("documents.not_permitted", problems=[_problem(finding, days) for finding in findings])


def _problem(finding: Finding, days: int) -> Problem:
    element = text(f"preflight.element.{finding.about}") if finding.code == "element_missing" else ""
    values = {"sentence": finding.sentence, "about": element or finding.about, "days": str(days)}
    return Problem(f"paper.{finding.code}", "", values)


def redraw(
    session: Session,
    agreement_id: int,
    place: str,
    dated: date | None,
    asked: moves.Asked,
    by: By,
    now: datetime,
) -> Step:
    """Change place and date, all the words beside the number that review does not bind to, and owe a new drawing.

    `dated` None: the day it is drawn up. Raises InvalidInput without a place, and what `moves.apply` raises.
    """
    agreement = moves.locked_agreement(session, agreement_id)
    if not place.strip():
        raise InvalidInput("facts.term_missing", term="place")
    done = moves.done_before(session, agreement, asked)
    if done is not None:
        return done
    step = moves.apply(session, agreement_id, asked, by, now)
    agreement.terms = {**agreement.terms, "place": place.strip(), "dated": dated.isoformat() if dated else None}
    return step


def prepare(
    session: Session, agreement_id: int, press: Press, files: Files, now: datetime, *, legal_review: str
) -> Prepared:
    """Give number and date, gather the facts, press the Word file from the template that was reviewed.

    Raises Unsafe when the paper refuses.
    """
    agreement = find(session, agreement_id)
    if not agreement.terms.get("dated"):
        agreement.terms = {**agreement.terms, "dated": areas.today(agreement.area_code, now).isoformat()}
    dated = date.fromisoformat(agreement.terms["dated"])
    number = letters.give(session, agreement, dated, now)
    found = facts.gather(session, agreement, legal_review=legal_review, number=number.text)
    if (own := own_drafts.chosen(agreement)) is not None:
        return _prepared_own(agreement, own, press, files, found)
    words = _dressed(press, agreement.kind, found)
    template = _pinned(agreement, files) or _applying(session, agreement, press, files)
    draft = _drafted(press, agreement, words, template, files)
    digest = _review_hash(press, agreement.kind, words, draft.template_sha256)
    stored = facts.plain(found)
    return Prepared(
        agreement.id, agreement.round, stored, digest, draft.docx, draft.template_sha256, dict(draft.clauses)
    )


def _prepared_own(
    agreement: Agreement, own: dict[str, Any], press: Press, files: Files, found: dict[str, Any]
) -> Prepared:
    sheet = _sheet(press, agreement, own, found, _pinned(agreement, files))
    digest = own_drafts.bound_hash(agreement, own, sheet.words_hash, sheet.template_sha256)
    stored = facts.plain(_with_own(agreement, found))
    return Prepared(agreement.id, agreement.round, stored, digest, sheet.docx, sheet.template_sha256, {}, own)


def finish(session: Session, prepared: Prepared, printed: Printed, files: Files, by: By, now: datetime) -> Step:
    """Keep Word and PDF, write the round, make the move `draw_up`. Words that were not reviewed are refused."""
    agreement = find(session, prepared.agreement_id)
    details = {
        "words_hash": prepared.words_hash,
        "word_sha256": files.put(prepared.docx),
        "pdf_sha256": files.put(printed.pdf),
    }
    if prepared.own is not None:
        details["own_draft_sha256"] = prepared.own["sha256"]
    asked = moves.Asked("draw_up", f"draw_up:{prepared.round}", details=details)
    seen_before = audit.seen(session, agreement.code, asked.key)
    step = moves.apply(session, prepared.agreement_id, asked, by, now)
    if seen_before is not None:
        return step
    round_ = _open_round(session, agreement, prepared.facts, prepared.words_hash, now)
    word = _keep_word(session, agreement, prepared, files, now)
    pdf = keep(session, agreement, DocumentKind.PDF, printed.pdf, files, now)
    pdf.details = {"pages": printed.pages, "anchors": printed.anchors, "theirs": printed.theirs}
    session.flush()
    round_.word_id, round_.pdf_id = word.id if word and prepared.own is None else None, pdf.id
    round_.template_sha256, round_.clauses = prepared.template_sha256, prepared.clauses
    return step


def _keep_word(
    session: Session, agreement: Agreement, prepared: Prepared, files: Files, now: datetime
) -> Document | None:
    """Keep the Word file of the text itself; a partner's PDF has none, and no partner's is read as ours."""
    own = prepared.own
    if own is None:
        return keep(session, agreement, DocumentKind.WORD, prepared.docx, files, now)
    if own["media_type"] != WORD_TYPE:
        return None
    return keep(session, agreement, DocumentKind.WORD, files.get(own["sha256"]), files, now)


def keep(
    session: Session, agreement: Agreement, kind: DocumentKind, data: bytes, files: Files, now: datetime
) -> Document:
    """Keep the bytes of a document of the agreement's present round and give its row."""
    names = {DocumentKind.WORD: ("docx", WORD_TYPE), DocumentKind.SCAN: ("pindaian.pdf", PDF_TYPE)}
    ending, media_type = names.get(kind, ("pdf", PDF_TYPE))
    middle = {DocumentKind.SEALED: "-bersegel", DocumentKind.PROVIDER_FILE: "-penyedia"}.get(kind, "")
    document = Document(
        agreement_id=agreement.id,
        round=agreement.round,
        kind=kind,
        sha256=files.put(data),
        size=len(data),
        media_type=media_type,
        file_name=f"{agreement.code}-{agreement.round}{middle}.{ending}",
        made_at=now,
    )
    session.add(document)
    session.flush()
    return document


def _open_round(session: Session, agreement: Agreement, found: dict[str, Any], digest: str, now: datetime) -> Round:
    where = (Round.agreement_id == agreement.id, Round.number == agreement.round)
    round_ = session.scalar(select(Round).where(*where))
    if round_ is None:
        round_ = Round(agreement_id=agreement.id, number=agreement.round, opened_at=now)
        session.add(round_)
    round_.facts = facts.plain(found)
    round_.facts_sha256 = audit.digest(round_.facts)
    round_.words_hash = digest
    session.flush()
    return round_


def _applying(session: Session, agreement: Agreement, press: Press, files: Files) -> bytes:
    """Give the template that applies to a kind now: the published version, else the shipped one."""
    published = templates.current(session, agreement.kind)
    return files.get(published.sha256) if published else press.form(agreement.kind)


def _pinned(agreement: Agreement, files: Files) -> bytes | None:
    """Give the template whose words are under review or were reviewed; a draft is pressed from the one that applies."""
    if agreement.template_sha256 is None or agreement.state in (State.DRAFT, State.RETURNED):
        return None
    return files.get(agreement.template_sha256)


def _review_hash(press: Press, kind: str, words: Any, template_sha256: str) -> str:
    return audit.digest({"words": press.review_hash(kind, words), "template": template_sha256})


def _with_own(agreement: Agreement, found: dict[str, Any]) -> dict[str, Any]:
    own = own_drafts.chosen(agreement)
    return found if own is None else {**found, "own_draft": own_drafts.of_round(own)}


def _sheet(
    press: Press, agreement: Agreement, own: dict[str, Any], found: dict[str, Any], template: bytes | None
) -> Sheet:
    try:
        return press.sheet(agreement.kind, found, own_drafts.named(agreement, own), template)
    except press.refused as refusal:
        raise _unsafe(refusal) from refusal


def _drafted(press: Press, agreement: Agreement, words: Any, template: bytes, files: Files) -> Pressed:
    logo: str | None = agreement.event.policy.get("logo_sha256")
    try:
        return press.draft(agreement.kind, words, template, {"logo": files.get(logo)} if logo else {})
    except press.refused as refusal:
        raise _unsafe(refusal) from refusal


def _dressed(press: Press, kind: str, found: dict[str, Any]) -> Any:
    try:
        return press.words(kind, found)
    except press.refused as refusal:
        raise _unsafe(refusal) from refusal


def _unsafe(refusal: Exception) -> KdmpError:
    values = {name: str(value) for name, value in getattr(refusal, "values", {}).items()}
    return Unsafe(f"paper.{getattr(refusal, 'code', 'unknown')}", **values)

"""Making a paper in three parts, so that no transaction is open while LibreOffice works.

A paper that is asked for anew meanwhile has another version: what was made for the older one is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kdmp_core import audit, store, templates
from kdmp_core.agreements import facts as shared
from kdmp_core.agreements.documents import Press, Pressed
from kdmp_core.audit import By
from kdmp_core.errors import Unsafe
from kdmp_core.files import Files
from kdmp_core.papers import facts
from kdmp_core.papers.asking import find, write_down
from kdmp_core.records import Paper, PaperState


@dataclass(frozen=True)
class Prepared:
    """A paper ready for its PDF: which asking of it, the facts as stored, and the Word file."""

    paper_id: int
    version: int
    facts: dict[str, Any]
    docx: bytes
    template_sha256: str
    clauses: dict[str, Any]


def preview(session: Session, paper: Paper, press: Press, files: Files, *, legal_review: str) -> Pressed:
    """Press what a paper would say now, nothing kept. Raises as `prepare` does."""
    return _pressed(session, paper.kind, facts.facts_of(session, paper, legal_review=legal_review), press, files)


def prepare(session: Session, paper_id: int, press: Press, files: Files, *, legal_review: str) -> Prepared:
    """Gather the facts and press the Word file. Raises Unsafe with the place, InvalidInput for what is missing."""
    paper = find(session, paper_id)
    found = facts.facts_of(session, paper, legal_review=legal_review)
    draft = _pressed(session, paper.kind, found, press, files)
    return Prepared(
        paper.id, paper.version, shared.plain(found), draft.docx, draft.template_sha256, dict(draft.clauses)
    )


def finish(
    session: Session, prepared: Prepared, pdf: bytes, pages: int, files: Files, by: By, now: datetime
) -> Paper | None:
    """Keep Word and PDF of a paper; None when it was asked for anew meanwhile."""
    paper = _still_owed(session, prepared.paper_id, prepared.version)
    if paper is None:
        return None
    paper.word_sha256, paper.pdf_sha256, paper.pages = files.put(prepared.docx), files.put(pdf), pages
    paper.facts, paper.facts_sha256 = prepared.facts, audit.digest(prepared.facts)
    paper.template_sha256, paper.clauses = prepared.template_sha256, prepared.clauses
    dated = prepared.facts["dated"]
    paper.dated = date.fromisoformat(dated) if dated else None
    paper.state, paper.refusal, paper.made_at = PaperState.MADE, None, now
    store.settle(paper, None)
    hashes = {"word_sha256": paper.word_sha256, "pdf_sha256": paper.pdf_sha256, "facts_sha256": paper.facts_sha256}
    write_down(session, paper, "make_paper", by, now, **hashes)
    return paper


def refuse(
    session: Session, paper_id: int, version: int, sentence: str, code: str, by: By, now: datetime
) -> Paper | None:
    """Keep why a paper cannot be made, in words; None when it was asked for anew meanwhile."""
    paper = _still_owed(session, paper_id, version)
    if paper is None:
        return None
    paper.state, paper.refusal = PaperState.REFUSED, sentence
    store.settle(paper, None)
    write_down(session, paper, "refuse_paper", by, now, code=code)
    return paper


def _still_owed(session: Session, paper_id: int, version: int) -> Paper | None:
    paper = store.locked(session, Paper, paper_id)
    return paper if paper and paper.state is PaperState.OWED and paper.version == version else None


def _pressed(session: Session, kind: str, found: dict[str, Any], press: Press, files: Files) -> Pressed:
    published = templates.current(session, kind)
    try:
        template = files.get(published.sha256) if published else press.form(kind)
        return press.draft(kind, press.words(kind, found), template, {})
    except press.refused as refusal:
        values = {name: str(value) for name, value in getattr(refusal, "values", {}).items()}
        raise Unsafe(f"paper.{getattr(refusal, 'code', 'unknown')}", **values) from refusal

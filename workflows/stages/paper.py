"""Papers without review: Word and facts, the PDF by LibreOffice outside any transaction, equality, then kept.

What the paper refuses, or what nobody has filled in yet, stays on its row in words; what LibreOffice cannot do waits.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from kdmp_core import papers
from kdmp_core.errors import InvalidInput, KdmpError, Unsafe
from kdmp_core.lifecycle import Actor
from kdmp_core.records import Paper, PaperState
from kdmp_core.texts import text
from workflows.stages.document import require_equal
from workflows.stages.own_draft import print_word
from workflows.stages.work import NOTHING, Done, Tools

REFUSED = ("paper.", "papers.", "facts.", "work.office_unreadable")
"""Codes whose cure is in the hands of who asked; any other refusal is trouble of the house and waits."""


def do(tools: Tools, paper_id: int) -> Done:
    """Make an owed paper, or keep why it cannot be made."""
    with tools.store.read() as session:
        paper = session.get(Paper, paper_id)
        version = paper.version if paper is not None and paper.state is PaperState.OWED else None
    if version is None:
        return NOTHING
    try:
        return _make(tools, paper_id)
    except (Unsafe, InvalidInput) as refusal:
        if not refusal.code.startswith(REFUSED):
            raise
        return _refuse(tools, paper_id, version, refusal)


def number(session: Session, paper_id: int) -> str:
    """Name a paper's run by its code."""
    return session.get_one(Paper, paper_id).code


def _make(tools: Tools, paper_id: int) -> Done:
    with tools.store.read() as session:
        legal = tools.settings.review_stamp
        prepared = papers.prepare(session, paper_id, tools.press, tools.files, legal_review=legal)
    printed = tools.outside("libreoffice", lambda: print_word(tools, prepared.docx))
    require_equal(tools, prepared.docx, printed.pdf)
    with tools.store.write() as session:
        by, now = tools.by(Actor.SYSTEM), tools.now()
        made = papers.finish(session, prepared, printed.pdf, printed.pages, tools.files, by, now)
    return Done("make_paper") if made else NOTHING


def _refuse(tools: Tools, paper_id: int, version: int, refusal: KdmpError) -> Done:
    sentence = text(f"errors.{refusal.code}", "id", **refusal.values)
    with tools.store.write() as session:
        by, now = tools.by(Actor.SYSTEM), tools.now()
        kept = papers.refuse(session, paper_id, version, sentence, refusal.code, by, now)
    return Done("refuse_paper") if kept else NOTHING

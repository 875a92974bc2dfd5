"""Drawing up: Word and facts in a transaction, the PDF by LibreOffice outside any, equality, then the move.

What the paper refuses sends the agreement back with the reason in words; what LibreOffice cannot do now waits.
"""

from __future__ import annotations

from kdmp_core import store
from kdmp_core.agreements import documents, moves
from kdmp_core.agreements.documents import Prepared, Printed
from kdmp_core.errors import InvalidInput, KdmpError, MoveRefused, Unsafe
from kdmp_core.lifecycle import Actor, State
from kdmp_core.records import Agreement
from kdmp_core.texts import text
from mou_templates.errors import Refused
from mou_templates.office import Anchor
from mou_templates.office import Printed as PrintedByOffice
from workflows.stages import own_draft
from workflows.stages.own_draft import print_word
from workflows.stages.work import NOTHING, Done, Tools

SENT_BACK = ("paper.", "facts.", "moves.words_not_reviewed", "work.office_unreadable")
"""Codes whose cure is in the drafter's hands; any other refusal is trouble of the house and waits."""


def do(tools: Tools, agreement_id: int) -> Done:
    """Draw up an approved agreement, or send it back when the paper would not say what was meant."""
    try:
        prepared = _prepare(tools, agreement_id)
        if prepared is None:
            return NOTHING
        printed = tools.outside("libreoffice", lambda: print_word(tools, prepared.docx))
        require_equal(tools, prepared.docx, printed.pdf)
        return _finish(tools, prepared, own_draft.joined(tools, prepared.own, _kept(printed)))
    except (Unsafe, InvalidInput, MoveRefused) as refusal:
        if not refusal.code.startswith(SENT_BACK):
            raise
        return _send_back(tools, agreement_id, refusal)


def _prepare(tools: Tools, agreement_id: int) -> Prepared | None:
    with tools.store.write() as session:
        agreement = store.locked(session, Agreement, agreement_id)
        if agreement is None or agreement.state is not State.APPROVED:
            return None
        legal = tools.settings.review_stamp
        return documents.prepare(session, agreement_id, tools.press, tools.files, tools.now(), legal_review=legal)


def require_equal(tools: Tools, docx: bytes, pdf: bytes) -> None:
    """Refuse (Unsafe) a PDF that does not say the same as its Word file."""
    try:
        tools.press.require_equal(docx, pdf)
    except Refused as refusal:
        raise Unsafe(f"paper.{refusal.code}", **refusal.values) from refusal


def _finish(tools: Tools, prepared: Prepared, kept: Printed) -> Done:
    with tools.store.write() as session:
        now, agreement = tools.now(), store.locked(session, Agreement, prepared.agreement_id)
        if agreement is None or agreement.state is not State.APPROVED or agreement.round != prepared.round:
            return NOTHING
        documents.finish(session, prepared, kept, tools.files, tools.by(Actor.SYSTEM), now)
        return Done("draw_up", agreement.due_at)


def _kept(printed: PrintedByOffice) -> Printed:
    return Printed(printed.pdf, printed.pages, {anchor.code: _place(anchor) for anchor in printed.anchors})


def _place(anchor: Anchor) -> list[int]:
    """Give the white room around a code: page from 1, then left, bottom, right, top in whole points."""
    room = anchor.room
    return [anchor.page + 1, *(edge // 100 for edge in (room.left, room.bottom, room.right, room.top))]


def _send_back(tools: Tools, agreement_id: int, refusal: KdmpError) -> Done:
    with tools.store.write() as session:
        now, agreement = tools.now(), store.locked(session, Agreement, agreement_id)
        if agreement is None or agreement.state is not State.APPROVED:
            return NOTHING
        reason = text(f"errors.{refusal.code}", "id", **refusal.values)[: moves.LONGEST_REASON]
        asked = moves.Asked("refuse", moves.own_key("refuse", agreement), reason, {"code": refusal.code})
        moves.apply(session, agreement_id, asked, tools.by(Actor.SYSTEM), now)
        return Done("refuse", agreement.due_at)

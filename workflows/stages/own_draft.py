"""A partner's own text: printed once when it was brought, and joined with our signature sheet when it is drawn up.

What is reviewed is this print: the pages people read, remark on and sign are the same from the first day on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kdmp_core import store
from kdmp_core.agreements import own_drafts
from kdmp_core.agreements.documents import WORD_TYPE, Printed
from kdmp_core.errors import KdmpError, TryLater, Unsafe
from kdmp_core.records import Agreement
from mou_templates import adopting
from mou_templates.adopting import Adopted
from mou_templates.errors import Refused
from mou_templates.office import DocumentUnreadable, OfficeFailed, OfficeMissing
from mou_templates.office import Printed as PrintedByOffice
from mou_templates.printing import print_alike
from workflows.stages.work import NOTHING, Done, Tools


def do(tools: Tools, agreement_id: int) -> Done:
    """Print the text that was brought and look at its pages, or keep why it cannot be the words."""
    with tools.store.read() as session:
        agreement = session.get(Agreement, agreement_id)
        own, kind = own_drafts.to_print(agreement), agreement.kind if agreement else ""
    if own is None:
        return _nothing(tools, agreement_id)
    try:
        pdf, found = _printed(tools, own, kind)
    except Unsafe as refusal:
        return _keep_trouble(tools, agreement_id, own["sha256"], refusal)
    with tools.store.write() as session:
        agreement = store.locked(session, Agreement, agreement_id)
        if agreement is None or not own_drafts.keep_print(agreement, own["sha256"], pdf, found.as_json(), tools.files):
            return NOTHING
        return Done("print", agreement.due_at)


def print_word(tools: Tools, docx: bytes) -> PrintedByOffice:
    """Print a Word file of ours. Raises TryLater when LibreOffice cannot now, Unsafe when it is no Word file to it."""
    return _answered(lambda: print_alike(tools.office(), docx))


def _answered(printing: Callable[[], PrintedByOffice]) -> PrintedByOffice:
    try:
        return printing()
    except (OfficeMissing, OfficeFailed) as trouble:
        raise TryLater(f"work.{trouble.code}") from trouble
    except DocumentUnreadable as refusal:
        raise Unsafe(f"work.{refusal.code}") from refusal


def joined(tools: Tools, own: Mapping[str, Any] | None, sheet: Printed) -> Printed:
    """Put the printed sheet behind the partner's pages; what is ours from the beginning is given back as it is.

    Signature codes are the sheet's alone: a code in a partner's text is a word like any other.
    """
    if own is None:
        return sheet
    theirs = int(own["pages"])
    try:
        pdf = adopting.combine(tools.files.get(own["pdf_sha256"]), sheet.pdf, claims=own["media_type"] == WORD_TYPE)
        adopting.require_equal(adopting.html(pdf), pdf)
    except Refused as refusal:
        raise _unsafe(refusal) from refusal
    places = {code: [place[0] + theirs, *place[1:]] for code, place in sheet.anchors.items()}
    return Printed(pdf, sheet.pages + theirs, places, theirs)


def _printed(tools: Tools, own: Mapping[str, Any], kind: str) -> tuple[bytes, Adopted]:
    data = tools.files.get(own["sha256"])
    if own["media_type"] == WORD_TYPE:
        data = tools.outside("libreoffice", lambda: _answered(lambda: tools.office().to_pdf(data))).pdf
    try:
        found = adopting.check(data, kind)
        pdf = adopting.cleaned(data)
        adopting.require_equal(adopting.html(pdf), pdf)
    except Refused as refusal:
        raise _unsafe(refusal) from refusal
    return pdf, found


def _keep_trouble(tools: Tools, agreement_id: int, sha256: str, refusal: KdmpError) -> Done:
    with tools.store.write() as session:
        agreement = store.locked(session, Agreement, agreement_id)
        if agreement is None or not own_drafts.keep_trouble(agreement, sha256, refusal.code, refusal.values):
            return NOTHING
        return Done("refuse_print", agreement.due_at)


def _nothing(tools: Tools, agreement_id: int) -> Done:
    """Forget the date of work that is not owed any more: the text was put away before it was printed."""
    with tools.store.write() as session:
        agreement = store.locked(session, Agreement, agreement_id)
        if agreement is not None and agreement.state in own_drafts.EDITABLE and own_drafts.to_print(agreement) is None:
            store.settle(agreement, None)
    return NOTHING


def _unsafe(refusal: Refused) -> Unsafe:
    return Unsafe(f"paper.{refusal.code}", **refusal.values)

"""The words of an agreement: read as light HTML, and the terms of its kind as a plain form while it is a draft."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from kdmp_core.agreements import documents, moves, own_drafts, proposals
from kdmp_core.errors import KdmpError, NotFound
from kdmp_core.lifecycle import State, find
from kdmp_core.records import Agreement, Document
from kdmp_core.texts import text
from mou_templates import pressroom
from webhooks.adopted import phone_text
from webhooks.context import by_staff, reach, staff
from webhooks.desk import forms, frame, places, terms
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake
from webhooks.problems import sentence


@blueprint.get("/meja/naskah/<code>/isi")
def words(code: str) -> str:
    """Show what the agreement says: its stored document once it was drawn up, else its words as they stand."""
    with reach().store.read() as session:
        found = places.agreement_here(session, code)
        html, drawn, refused = _reading(session, found)
        edits = any(row.name == "edit" for row in moves.allowed(session, found, staff().id))
        return frame.page(
            session,
            "words",
            "agreements",
            agreement=found,
            html=html,
            drawn=drawn,
            theirs=own_drafts.chosen(found) is not None,
            refused=refused,
            may_edit=edits,
        )


@blueprint.get("/meja/naskah/<code>/isi/ubah")
def terms_(code: str) -> str:
    """Show the terms to be edited."""
    return _terms_page(code, [])


@blueprint.post("/meja/naskah/<code>/isi/ubah")
def save_terms(code: str) -> forms.Answer:
    """Keep the terms; words that the paper would refuse are refused here, and nothing is kept."""

    def act(session: Session) -> str:
        found = places.agreement_here(session, code)
        changes = terms.read(found.kind)
        asked = moves.Asked("edit", forms.key(), revision=forms.revision())
        proposals.edit(session, found.id, changes, asked, by_staff(), reach().now())
        return url_for("desk.words", code=code)

    return forms.answer(act, lambda errors: _terms_page(code, errors))


def _reading(session: Session, found: Agreement) -> tuple[str, bool, str]:
    """Give (HTML, whether it is the stored document, why there is none)."""
    stored, own = _stored(session, found), own_drafts.chosen(found)
    if own is not None:
        return phone_text(stored.sha256 if stored else own["pdf_sha256"], reach().files), stored is not None, ""
    if stored is not None:
        return pressroom.html(reach().files.get(stored.sha256)), True, ""
    try:
        parts = reach()
        legal_review = parts.settings.review_stamp
        drafted = documents.preview(session, found, pressroom, parts.files, legal_review=legal_review)
        return pressroom.html(drafted.docx), False, ""
    except KdmpError as refusal:
        return "", False, sentence(refusal.code, refusal.values)


def _stored(session: Session, found: Agreement) -> Document | None:
    if found.state in {State.DRAFT, State.RETURNED, State.SUBMITTED, State.ENDORSED, State.APPROVED}:
        return None
    try:
        round_ = documents.round_of(session, found)
    except NotFound:
        return None
    kept = round_.pdf_id if "own_draft" in round_.facts else round_.word_id
    return session.get(Document, kept) if kept else None


def _terms_page(code: str, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.agreement_here(session, code)
        if find(found.state, "edit") is None:
            raise NotFound("desk.no_page")
        return frame.page(
            session,
            "terms",
            "agreements",
            agreement=found,
            groups=terms.groups(found.kind, found.terms),
            hint=text("desk.term.hint"),
            errors=errors,
        )

"""The page where an agreement is read: key facts, the text of the stored Word file as light HTML, the PDF by link."""

from __future__ import annotations

import json
from functools import lru_cache

from flask import redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kdmp_core import audit
from kdmp_core.agreements.documents import round_of
from kdmp_core.errors import NotFound
from kdmp_core.files import Files
from kdmp_core.records import Agreement, Document, Remark, Round
from kdmp_core.signing import consent, folders
from kdmp_core.signing.folders import Entry, Standing
from kdmp_core.signing.moments import moment_words
from kdmp_core.texts import text
from mou_templates import pressroom, reading, words
from webhooks.adopted import phone_text
from webhooks.context import reach
from webhooks.pages.shapes import Mistake
from webhooks.sign import visitor
from webhooks.sign.keyfacts import key_facts
from webhooks.sign.landing import steps

KILOBYTE = 1024
FINGERPRINT = 12
ELSEWHERE = {Standing.SIGNED: "sign.receipt", Standing.DECLINED: "sign.decline_form", Standing.DRAFT: "sign.show_draft"}
CLOSED = (Standing.OVER, Standing.ELSEWHERE, Standing.NOT_YET)


def show(agreement_id: int) -> str | Response:
    """Show an agreement to be signed; one that was answered already leads to its receipt or its no."""
    parts = reach()
    with parts.store.read() as session:
        entry = entry_of(session, agreement_id)
        if entry.standing in ELSEWHERE:
            return redirect(url_for(ELSEWHERE[entry.standing], agreement_id=agreement_id), 303)
        return page(session, entry)


def page(session: Session, entry: Entry, errors: tuple[Mistake, ...] = (), ticked: tuple[str, ...] = ()) -> str:
    """Render the agreement of a folder: to be signed, or closed with the reason."""
    link = visitor.link(session)
    given = {"entry": entry, "helper": visitor.person_to_ask(session, link)}
    if entry.standing in CLOSED:
        return render_template("sign/closed.html", **given)
    round_ = round_of(session, entry.agreement)
    document = session.get_one(Document, round_.pdf_id)
    return render_template(
        "sign/read.html",
        **given,
        steps=steps(),
        step=3,
        points=key_facts(entry.agreement, round_.facts),
        paper=paper_of(session, round_, reach().files),
        size=size_in_kb(document),
        sha256=document.sha256,
        fingerprint=fingerprint(document.sha256),
        consents=[(name, consent_words(name, entry)) for name in consent.CONSENTS],
        key=visitor.form_key(),
        errors=errors,
        ticked=ticked,
    )


def show_draft(agreement_id: int, errors: tuple[Mistake, ...] = (), written: str = "") -> str | Response:
    """Show a draft under review, to be read and remarked on; once it was sent, the page to sign takes its place."""
    parts = reach()
    with parts.store.read() as session:
        entry = entry_of(session, agreement_id)
        if entry.standing is not Standing.DRAFT:
            return redirect(url_for("sign.show_agreement", agreement_id=agreement_id), 303)
        link = visitor.link(session)
        round_ = round_of(session, entry.agreement)
        mine = select(Remark).where(Remark.agreement_id == agreement_id, Remark.officer_id == link.officer_id)
        area = entry.agreement.area_code
        remarks = [(moment_words(row.at, area), row) for row in session.scalars(mine.order_by(Remark.id))]
        return render_template(
            "sign/draft.html",
            entry=entry,
            points=key_facts(entry.agreement, round_.facts),
            paper=_paper(session, entry.agreement, round_, parts.files),
            remarks=remarks,
            helper=visitor.person_to_ask(session, link),
            key=visitor.form_key(),
            errors=errors,
            written=written,
        )


def pdf(agreement_id: int) -> Response:
    """Hand out the PDF: the one that is signed, or the sealed one once it is there."""
    parts = reach()
    with parts.store.read() as session:
        round_ = round_of(session, entry_of(session, agreement_id).agreement)
        document = session.get(Document, round_.sealed_id or round_.pdf_id or 0)
    if document is None:
        raise NotFound("signing.no_document")
    disposition = f'attachment; filename="{document.file_name}"'
    return Response(
        parts.files.get(document.sha256), mimetype=document.media_type, headers={"Content-Disposition": disposition}
    )


def entry_of(session: Session, agreement_id: int) -> Entry:
    """Give an agreement of the open folder. Raises NotFound when it is not in it."""
    link = visitor.link(session)
    return folders.entry(session, link, agreement_id, reach().now())


def consent_words(name: str, entry: Entry) -> str:
    """Give the wording of a tick, as version `consent.VERSION` has it."""
    party = entry.signatory.party.name if entry.signatory else ""
    return text(f"signing.consent.{name}", "id", party=party)


def size_in_kb(document: Document) -> int:
    """Give a file's size in whole kilobytes, at least one."""
    return max(1, round(document.size / KILOBYTE))


def fingerprint(sha256: str) -> str:
    """Give the first twelve letters of a hash in groups of four, to be read aloud: "7F3A 91C2 08DE"."""
    short = sha256[:FINGERPRINT].upper()
    return " ".join(short[at : at + 4] for at in range(0, FINGERPRINT, 4))


def paper_of(session: Session, round_: Round, files: Files) -> str:
    """Give the light HTML of a round's words: of its Word file, or of its PDF where a partner brought the text.

    Raises NotFound when the round has none yet.
    """
    if "own_draft" in round_.facts and (printed := session.get(Document, round_.pdf_id or 0)) is not None:
        return phone_text(printed.sha256, files)
    document = session.get(Document, round_.word_id or 0)
    if document is None:
        raise NotFound("signing.no_document")
    return _html(document.sha256, files)


def _paper(session: Session, agreement: Agreement, round_: Round, files: Files) -> str:
    if round_.pdf_id:
        return paper_of(session, round_, files)
    own = round_.facts.get("own_draft")
    return phone_text(own["pdf_sha256"], files) if own else draft_text(agreement, round_, files)


def draft_text(agreement: Agreement, round_: Round, files: Files) -> str:
    """Give the light HTML of words under review, pressed from the round's stored facts and the agreement's template."""
    return _draft_html(agreement.kind, audit.canonical(round_.facts), str(agreement.template_sha256), files)


@lru_cache(maxsize=64)
def _draft_html(kind: str, facts: bytes, template_sha256: str, files: Files) -> str:
    dressed = words.dress(kind, json.loads(facts))
    return pressroom.html(pressroom.draft(kind, dressed, files.get(template_sha256)).docx)


@lru_cache(maxsize=64)
def _html(sha256: str, files: Files) -> str:
    """Read a Word file once per process: what a hash names never changes."""
    return reading.to_html(reading.read(files.get(sha256)))

"""A partner's own text ("naskah mitra"): uploaded, looked at page by page, used as the words, or put away again."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from kdmp_core.agreements import moves, own_drafts
from kdmp_core.errors import InvalidInput, NotAllowed, NotFound
from kdmp_core.lifecycle import find
from kdmp_core.records import Agreement, User
from kdmp_core.texts import text
from mou_templates import adopting
from mou_templates.adopting import Adopted
from mou_templates.adopting.sheet import grouped
from mou_templates.errors import Refused
from webhooks.adopted import phone_text, picture
from webhooks.context import by_staff, reach, staff
from webhooks.desk import forms, frame, places
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Fact, Mistake
from webhooks.problems import sentence, status_of

SHOWN_PAGES = 4
MEGABYTE = 1024 * 1024
PICTURE_LASTS = "private, max-age=3600"


@blueprint.get("/meja/naskah/<code>/naskah-mitra")
def own_draft(code: str) -> str:
    """Show the text a partner brought, what it lacks, and what may be done with it."""
    return _page(code, [])


@blueprint.post("/meja/naskah/<code>/naskah-mitra")
def bring_own_draft(code: str) -> forms.Answer:
    """Look at a file and take it in; what may not be in it is said at the field."""
    try:
        found = _looked_at(code)
    except InvalidInput as refusal:
        return _page(code, forms.mistakes(refusal)), status_of(refusal)

    def act(session: Session) -> str:
        agreement = places.agreement_here(session, code)
        asked = moves.Asked("edit", forms.key(), revision=forms.revision())
        own_drafts.bring(session, reach().files, agreement.id, found, asked, by_staff(), reach().now())
        return url_for("desk.own_draft", code=code)

    return forms.answer(act, lambda errors: _page(code, errors))


@blueprint.post("/meja/naskah/<code>/naskah-mitra/pakai")
def choose_own_draft(code: str) -> forms.Answer:
    """Make the text the words of the agreement."""

    def act(session: Session) -> str:
        agreement = places.agreement_here(session, code)
        asked = moves.Asked("edit", forms.key(), revision=forms.revision())
        own_drafts.choose(session, agreement.id, forms.typed("sha256"), asked, by_staff(), reach().now())
        return url_for("desk.agreement", code=code)

    return forms.answer(act, lambda errors: _page(code, errors))


@blueprint.post("/meja/naskah/<code>/naskah-mitra/kembali")
def put_own_draft_away(code: str) -> forms.Answer:
    """Go back to our own words."""

    def act(session: Session) -> str:
        agreement = places.agreement_here(session, code)
        asked = moves.Asked("edit", forms.key(), revision=forms.revision())
        own_drafts.take_back(session, agreement.id, asked, by_staff(), reach().now())
        return url_for("desk.own_draft", code=code)

    return forms.answer(act, lambda errors: _page(code, errors))


@blueprint.get("/meja/naskah/<code>/naskah-mitra/berkas")
def own_draft_file(code: str) -> Response:
    """Give the file as it came."""
    with reach().store.read() as session:
        own = _own(places.agreement_here(session, code))
        answer = Response(reach().files.get(own["sha256"]), content_type=own["media_type"])
        answer.headers["Content-Disposition"] = f'attachment; filename="{own["file_name"]}"'
        return answer


@blueprint.get("/meja/naskah/<code>/naskah-mitra/halaman/<int:page>")
def own_draft_picture(code: str, page: int) -> Response:
    """Give one of its first pages as a picture."""
    with reach().store.read() as session:
        own = _own(places.agreement_here(session, code))
        if own["pdf_sha256"] is None or not 1 <= page <= min(SHOWN_PAGES, own["pages"]):
            raise NotFound("desk.no_page")
        answer = Response(picture(own["pdf_sha256"], page, reach().files), content_type="image/png")
        answer.headers["Cache-Control"] = PICTURE_LASTS
        return answer


def facts_of(session: Session, agreement: Agreement) -> list[Fact]:
    """Say whose text an agreement has, for its page; nothing where it is ours and no other was brought."""
    own = agreement.own_draft
    if own is None:
        return []
    state = "chosen" if own_drafts.chosen(agreement) else "waiting"
    who = session.get(User, own["brought_by"]) if own["brought_by"] else None
    remark = text("desk.own_draft.brought", name=who.name if who else "", size=_size(own["size"]))
    return [Fact(text("desk.own_draft.whose"), text(f"desk.own_draft.{state}", file=own["file_name"]), remark)]


def _looked_at(code: str) -> own_drafts.Brought:
    """Look at the file before the transaction: it takes its time, and nobody may wait with the record locked.

    Raises InvalidInput at the field, NotAllowed.
    """
    with reach().store.read() as session:
        agreement = places.agreement_here(session, code)
        if not _may_edit(session, agreement):
            raise NotAllowed("moves.not_yours")
        kind = agreement.kind
    given = request.files.get("file")
    if given is None or not given.filename:
        raise forms.wrong("file", "desk.no_file")
    data = given.read(adopting.LARGEST + 1)
    try:
        found: Adopted = adopting.check(data, kind)
    except Refused as refusal:
        raise forms.wrong("file", f"paper.{refusal.code}", **refusal.values) from refusal
    return own_drafts.Brought(data, given.filename, found.as_json())


def _may_edit(session: Session, agreement: Agreement) -> bool:
    return any(row.name == "edit" for row in moves.allowed(session, agreement, staff().id))


def _own(agreement: Agreement) -> dict[str, Any]:
    if agreement.own_draft is None:
        raise NotFound("desk.no_page")
    return agreement.own_draft


def _page(code: str, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        agreement = places.agreement_here(session, code)
        own = agreement.own_draft
        if own is None and find(agreement.state, "edit") is None:
            raise NotFound("desk.no_page")
        return frame.page(
            session,
            "own_draft",
            "agreements",
            agreement=agreement,
            own=own,
            chosen=own_drafts.chosen(agreement) is not None,
            state=_state(agreement),
            may_edit=_may_edit(session, agreement),
            facts=_facts(own) if own else [],
            hints=[text(f"preflight.element.{name}") for name in own["hints"]] if own else [],
            notices=_notices(own) if own else [],
            trouble=sentence(own["trouble"]["code"], own["trouble"]["values"]) if own and own["trouble"] else "",
            pictures=range(1, min(SHOWN_PAGES, own["pages"]) + 1) if own and own["pdf_sha256"] else (),
            html=phone_text(own["pdf_sha256"], reach().files) if own and own["pdf_sha256"] else "",
            most=adopting.LARGEST // MEGABYTE,
            most_pages=adopting.MOST_PAGES,
            errors=errors,
        )


def _state(agreement: Agreement) -> str:
    """Name what the page is about, for its heading."""
    own = agreement.own_draft
    if own is None:
        return "title"
    if own["trouble"]:
        return "trouble"
    if own["pdf_sha256"] is None:
        return "printing_title"
    return "used" if own_drafts.chosen(agreement) else "undecided"


def _facts(own: dict[str, Any]) -> list[Fact]:
    pages = text("desk.own_draft.pages_n", n=own["pages"]) if own["pages"] else text("desk.own_draft.pages_later")
    return [
        Fact(text("desk.own_draft.file"), own["file_name"], _size(own["size"])),
        Fact(text("desk.own_draft.pages"), pages),
        Fact("SHA-256", grouped(own["sha256"])),
    ]


def _notices(own: dict[str, Any]) -> list[str]:
    return [text(f"own_drafts.notice.{one['code']}", **one["values"]) for one in own["warnings"]]


def _size(size: int) -> str:
    return f"{max(1, size // 1024)} kB"

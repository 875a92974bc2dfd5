"""The Word templates ("format naskah"): download, upload what was edited in Word, and publish by a second person."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from flask import Response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import templates as kept
from kdmp_core.agreements import standing
from kdmp_core.agreements.documents import PDF_TYPE, WORD_TYPE
from kdmp_core.errors import NotAllowed, NotFound
from kdmp_core.records import Agreement, Role, Template
from kdmp_core.texts import text
from mou_templates import preflight, pressroom
from mou_templates.kinds import KINDS
from webhooks.context import by_staff, reach, staff
from webhooks.desk import forms, frame, template_words
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake

MOST_NAMED = 20


@blueprint.get("/meja/format")
def templates() -> str:
    """Show each kind of paper with the version of its template that applies."""
    _require(kept.READERS)
    with reach().store.read() as session:
        rows = [(kind, template_words.kind_name(kind), *_standing(session, kind)) for kind in KINDS]
        return frame.page(session, "templates", "templates", rows=rows)


@blueprint.get("/meja/format/<kind>")
def template_kind(kind: str) -> str:
    """Show the versions of one kind, and take an edited one."""
    return _kind_page(kind, [])


@blueprint.post("/meja/format/<kind>")
def upload_template(kind: str) -> forms.Answer:
    """Look at an edited template and keep it with what was found; its samples are printed by the worker."""
    _require(kept.EDITORS)
    _known(kind)
    given = request.files.get("file")
    data = given.read(kept.LARGEST + 1) if given else b""
    name = given.filename or "" if given else ""
    # Before the transaction: looking takes its time, and nobody may wait for it with the record locked.
    fit = 0 < len(data) <= kept.LARGEST
    found = [one.as_json() for one in preflight.check(data, kind)] if fit else []

    def act(session: Session) -> str:
        if not name:
            raise forms.wrong("file", "desk.no_file")
        note = forms.line("note", most=kept.LONGEST_NOTE)
        made = kept.upload(
            session, reach().files, kind, data, name, note, by_staff(), reach().now(),
            findings=found, shipped_sha256=_shipped_sha256(kind),
        )  # fmt: skip
        return url_for("desk.template", template_id=made.id)

    return forms.answer(act, lambda errors: _kind_page(kind, errors))


@blueprint.get("/meja/format/<kind>/berlaku")
def template_form(kind: str) -> Response:
    """Give the template that applies to a kind, to be edited in Word."""
    _require(kept.READERS)
    _known(kind)
    with reach().store.read() as session:
        applies = kept.current(session, kind)
        if applies is None:
            return _file(pressroom.form(kind), WORD_TYPE, f"format-{kind}.docx")
        return _file(reach().files.get(applies.sha256), WORD_TYPE, f"format-{kind}-versi-{applies.number}.docx")


@blueprint.get("/meja/format/versi/<int:template_id>")
def template(template_id: int) -> str:
    """Show a version: what is wrong with it, what changed, how it prints, and what may be done now."""
    return _version_page(template_id, [])


@blueprint.get("/meja/format/versi/<int:template_id>/naskah")
def template_file(template_id: int) -> Response:
    """Give the Word file of a version."""
    with reach().store.read() as session:
        found = _version(session, template_id)
        return _file(reach().files.get(found.sha256), WORD_TYPE, f"format-{found.kind}-versi-{found.number}.docx")


@blueprint.get("/meja/format/versi/<int:template_id>/contoh/<name>")
def template_sample(template_id: int, name: str) -> Response:
    """Give a printed sample as PDF, to be looked at in the browser."""
    with reach().store.read() as session:
        row = _sample(_version(session, template_id), name)
        if not row["pdf"]:
            raise NotFound("templates.no_sample")
        return _file(reach().files.get(row["pdf"]), PDF_TYPE, f"contoh-{name}.pdf", inline=True)


@blueprint.get("/meja/format/versi/<int:template_id>/contoh/<name>/<int:page>")
def template_picture(template_id: int, name: str, page: int) -> Response:
    """Give a page of a sample as a picture."""
    with reach().store.read() as session:
        row = _sample(_version(session, template_id), name)
        sha256 = next((one["sha256"] for one in row["pictures"] if one["page"] == page), None)
        if sha256 is None:
            raise NotFound("templates.no_sample")
        answer = _file(reach().files.get(sha256), "image/png", f"contoh-{name}-{page}.png", inline=True)
        answer.headers["Cache-Control"] = "private, max-age=86400"  # a page of a version never changes
        return answer


@blueprint.post("/meja/format/versi/<int:template_id>/terbit")
def publish_template(template_id: int) -> forms.Answer:
    """Let a version apply from now on; by somebody else than who uploaded it."""

    def act(session: Session) -> str:
        found = _version(session, template_id)
        ticked = [code for code in kept.warnings(found) if forms.typed(f"warning-{code}")]
        if not forms.typed("confirmed"):
            raise forms.wrong("confirmed", "templates.not_confirmed")
        shipped = _shipped_sha256(found.kind)
        kept.publish(session, template_id, ticked, by_staff(), reach().now(), shipped_sha256=shipped)
        return url_for("desk.template", template_id=template_id)

    return forms.answer(act, lambda errors: _version_page(template_id, errors))


@blueprint.post("/meja/format/versi/<int:template_id>/tarik")
def withdraw_template(template_id: int) -> forms.Answer:
    """Take a version back; after a published one the shipped template applies again."""

    def act(session: Session) -> str:
        _version(session, template_id)
        reason = forms.line("reason", most=kept.LONGEST_NOTE)
        kept.withdraw(session, template_id, reason, by_staff(), reach().now())
        return url_for("desk.template", template_id=template_id)

    return forms.answer(act, lambda errors: _version_page(template_id, errors))


def _kind_page(kind: str, errors: list[Mistake]) -> str:
    _require(kept.READERS)
    _known(kind)
    with reach().store.read() as session:
        applies, _ = _standing(session, kind)
        rows = [
            (row, template_words.state(row), frame.day(row.uploaded_at.date())) for row in kept.versions(session, kind)
        ]
        return frame.page(
            session,
            "template_kind",
            "templates",
            kind=kind,
            name=template_words.kind_name(kind),
            applies=applies,
            rows=rows,
            may_upload=frame.holds(*kept.EDITORS),
            most=kept.LARGEST // 2**20,
            longest=kept.LONGEST_NOTE,
            errors=errors,
        )


def _version_page(template_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = _version(session, template_id)
        shipped = _shipped_sha256(found.kind)
        told = template_words.findings(found)
        why_not = kept.why_not_publish(session, found, staff(), shipped_sha256=shipped)
        return frame.page(
            session,
            "template",
            "templates",
            version=found,
            name=template_words.kind_name(found.kind),
            state=template_words.state(found),
            facts=template_words.facts(session, found),
            wrong=[one for one in told if one.error],
            warnings=[one for one in told if not one.error],
            codes=kept.warnings(found),
            changes=template_words.changes(reach().files, _base(session, found), found),
            prints=template_words.prints(found),
            wanted=0 if kept.has_errors(found) else len(template_words.sample_names()),
            trouble=frame.trouble(found.stuck_reason) if found.stuck_reason else "",
            why_not=text(why_not) if why_not else "",
            may_withdraw=kept.may_withdraw(found, staff()),
            reason=kept.reason_withdrawn(session, found),
            used=kept.in_use(session, found),
            agreements=_agreements(session, found),
            errors=errors,
        )


def _base(session: Session, found: Template) -> bytes:
    """Give the template a version is compared with; one that came with an older kdmp is gone, the present stands in."""
    if found.base_sha256 == _shipped_sha256(found.kind):
        return pressroom.form(found.kind)
    known = any(row.sha256 == found.base_sha256 for row in kept.versions(session, found.kind))
    return reach().files.get(found.base_sha256) if known else pressroom.form(found.kind)


def _agreements(session: Session, found: Template) -> list[Agreement]:
    """Give the newest agreements made from a version that the user may look at."""
    query = select(Agreement).where(Agreement.template_sha256 == found.sha256).order_by(Agreement.id.desc())
    rows = session.scalars(query.limit(MOST_NAMED))
    return [row for row in rows if standing.sees(staff(), row)]


def _standing(session: Session, kind: str) -> tuple[Template | None, int]:
    """Give the version that applies and how many wait for a second person."""
    rows = kept.versions(session, kind)
    waiting = sum(kept.is_waiting(row) for row in rows)
    return kept.current(session, kind), waiting


def _version(session: Session, template_id: int) -> Template:
    _require(kept.READERS)
    return kept.find(session, template_id)


def _sample(found: Template, name: str) -> dict[str, Any]:
    row = next((one for one in found.samples if one["name"] == name), None)
    if row is None:
        raise NotFound("templates.no_sample")
    return dict(row)


def _known(kind: str) -> None:
    if kind not in KINDS:
        raise NotFound("templates.kind_unknown")


def _require(roles: frozenset[Role]) -> None:
    if not frame.holds(*roles):
        raise NotAllowed("templates.editors_only")


@cache
def _shipped_sha256(kind: str) -> str:
    return hashlib.sha256(pressroom.form(kind)).hexdigest()


def _file(data: bytes, media_type: str, name: str, *, inline: bool = False) -> Response:
    answer = Response(data, content_type=media_type)
    way = "inline" if inline else "attachment"
    answer.headers["Content-Disposition"] = f'{way}; filename="{name}"'
    return answer

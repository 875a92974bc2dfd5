"""Versions of the Word templates that staff upload: looked at, published by a second person, never changed.

The bytes lie in the files by their hash; which version applies is a row. Every act is a step of the house's chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kdmp_core import access, audit, store
from kdmp_core.audit import Act, By
from kdmp_core.errors import InvalidInput, MoveRefused, NotAllowed, NotFound, Problem, TooLarge
from kdmp_core.files import Files
from kdmp_core.records import Agreement, Paper, Role, Step, Template, TemplateState, User

EDITORS = frozenset({Role.COORDINATOR, Role.REVIEWER, Role.MINISTRY})
READERS = EDITORS | {Role.AUDITOR}
LARGEST = 10 * 2**20
LONGEST_NOTE = 500
LONGEST_FILE_NAME = 120


def current(session: Session, kind: str) -> Template | None:
    """Give the published version of a kind's template; None: the shipped one applies."""
    where = (Template.kind == kind, Template.state == TemplateState.PUBLISHED)
    return session.scalar(select(Template).where(*where).order_by(Template.number.desc()).limit(1))


def versions(session: Session, kind: str) -> list[Template]:
    """Give every version of a kind that was ever uploaded, the newest first."""
    return list(session.scalars(select(Template).where(Template.kind == kind).order_by(Template.number.desc())))


def published(session: Session) -> list[Template]:
    """Give the published versions of all kinds."""
    where = Template.state == TemplateState.PUBLISHED
    return list(session.scalars(select(Template).where(where).order_by(Template.kind)))


def find(session: Session, template_id: int) -> Template:
    """Give a version. Raises NotFound."""
    template = session.get(Template, template_id)
    if template is None:
        raise NotFound("templates.none")
    return template


def in_use(session: Session, template: Template) -> int:
    """Count the agreements and papers whose words were made from this version."""
    agreements = select(func.count()).where(Agreement.template_sha256 == template.sha256)
    papers = select(func.count()).where(Paper.template_sha256 == template.sha256)
    return (session.scalar(agreements) or 0) + (session.scalar(papers) or 0)


def upload(
    session: Session,
    files: Files,
    kind: str,
    data: bytes,
    file_name: str,
    note: str,
    by: By,
    now: datetime,
    *,
    findings: Sequence[Mapping[str, Any]],
    shipped_sha256: str,
) -> Template:
    """Keep an edited template with what preflight found in it; without an error its samples are owed to the worker.

    One with errors is kept as well, so that its report can be read; it can never be published. Raises NotAllowed,
    InvalidInput (no note, nothing changed) and TooLarge.
    """
    user = _editor(session, by)
    _require_fit(data, note)
    applies = current(session, kind)
    base, sha256 = applies.sha256 if applies else shipped_sha256, hashlib.sha256(data).hexdigest()
    if sha256 == base:
        raise InvalidInput("templates.same", problems=[Problem("templates.same", "file")])
    session.flush()
    audit.locked_head(session, audit.HOUSE)  # one after the other, so that no two get the same number
    last = session.scalar(select(func.max(Template.number)).where(Template.kind == kind)) or 0
    template = Template(
        kind=kind,
        number=last + 1,
        state=TemplateState.UPLOADED,
        sha256=files.put(data),
        size=len(data),
        file_name=file_name[-LONGEST_FILE_NAME:],
        note=note,
        base_sha256=base,
        findings=[dict(found) for found in findings],
        samples=[],
        layout={},
        uploaded_at=now,
        uploaded_by_id=user.id,
    )
    template.due_at = None if has_errors(template) else now
    session.add(template)
    session.flush()
    audit.append(session, _act("upload_template", template, base_sha256=base), by, now)
    return template


def keep_sample(
    session: Session,
    template: Template,
    sample: Mapping[str, Any],
    layout: Mapping[str, Any] | None,
    *,
    last: bool,
    by: By,
    now: datetime,
) -> None:
    """Add one printed sample (or its refusal); with the last one nothing is owed any more, which is a step."""
    template.samples = [*template.samples, dict(sample)]
    template.layout = dict(layout) if layout is not None else template.layout
    store.settle(template, None if last else now)
    if last:
        prints = {str(one["name"]): one.get("pdf") or one["refused"] for one in template.samples}
        audit.append(session, _act("print_template", template, samples=prints), by, now)


def publish(
    session: Session, template_id: int, ticked: Collection[str], by: By, now: datetime, *, shipped_sha256: str
) -> Template:
    """Let a version apply to its kind from now on; what was submitted before keeps the one it was submitted with.

    Only by the ministry and by another person than the uploader; every warning was ticked, every sample printed.
    Raises NotFound, NotAllowed, MoveRefused, InvalidInput (a warning not ticked, at its place).
    """
    template = _locked(session, template_id)
    user = _ministry(session, by)
    _require_publishable(session, template, user, shipped_sha256)
    missing = [code for code in warnings(template) if code not in ticked]
    if missing:
        problems = [Problem("templates.not_ticked", f"warning-{code}") for code in missing]
        raise InvalidInput("templates.not_ticked", problems=problems)
    before = current(session, template.kind)
    if before is not None:
        before.state = TemplateState.REPLACED
    session.flush()
    _decide(template, TemplateState.PUBLISHED, user, now)
    replaced = before.id if before else None
    audit.append(session, _act("publish_template", template, replaced=replaced, ticked=warnings(template)), by, now)
    return template


def withdraw(session: Session, template_id: int, reason: str, by: By, now: datetime) -> Template:
    """Take a version back: an uploaded one by its uploader or the ministry, a published one by the ministry alone.

    After a published one the shipped template applies again; that needs a reason. What was submitted keeps its own.
    Raises NotFound, NotAllowed, MoveRefused, InvalidInput (no reason).
    """
    template = _locked(session, template_id)
    uploaded = template.state is TemplateState.UPLOADED
    own = uploaded and template.uploaded_by_id == by.user_id
    user = _editor(session, by) if own else _ministry(session, by)
    if not uploaded and template.state is not TemplateState.PUBLISHED:
        raise MoveRefused("templates.over")
    if not uploaded and not reason:
        raise InvalidInput("templates.no_reason", problems=[Problem("templates.no_reason", "reason")])
    _decide(template, TemplateState.WITHDRAWN, user, now)
    store.release(template, None)
    audit.append(session, _act("withdraw_template", template, reason=reason or None), by, now)
    return template


def reason_withdrawn(session: Session, template: Template) -> str:
    """Give why a version was withdrawn, or an empty text."""
    step: Step | None = audit.seen(session, audit.HOUSE, f"withdraw_template:{template.id}")
    return (step.reason if step else None) or ""


def has_errors(template: Template) -> bool:
    """Whether preflight found an error in it."""
    return any(found["level"] == "error" for found in template.findings)


def warnings(template: Template) -> list[str]:
    """Give the codes of the warnings, each once, in the order they were found."""
    return list(dict.fromkeys(found["code"] for found in template.findings if found["level"] == "warning"))


def is_waiting(template: Template) -> bool:
    """Whether a version waits for a second person, or for its samples; one with errors waits for nobody."""
    return template.state is TemplateState.UPLOADED and not has_errors(template) and not refused_samples(template)


def is_printed(template: Template) -> bool:
    """Whether all samples were printed and none was refused."""
    return bool(template.samples) and template.due_at is None and not refused_samples(template)


def refused_samples(template: Template) -> list[str]:
    """Give the names of the samples that could not be printed."""
    return [sample["name"] for sample in template.samples if sample["refused"]]


def why_not_publish(session: Session, template: Template, user: User, *, shipped_sha256: str) -> str:
    """Give the key of the sentence that says why a user may not publish a version, or an empty text."""
    try:
        _require_publishable(session, template, user, shipped_sha256)
        _require_ministry(user)
    except (NotAllowed, MoveRefused) as refusal:
        return f"errors.{refusal.code}"
    return ""


def may_withdraw(template: Template, user: User) -> bool:
    """Whether a user may take a version back now."""
    own = template.state is TemplateState.UPLOADED and template.uploaded_by_id == user.id
    open_ = template.state in {TemplateState.UPLOADED, TemplateState.PUBLISHED}
    return open_ and (own or Role.MINISTRY in access.roles_over(user, ""))


def _require_publishable(session: Session, template: Template, user: User, shipped_sha256: str) -> None:
    if template.state is not TemplateState.UPLOADED:
        raise MoveRefused("templates.over")
    if has_errors(template):
        raise MoveRefused("templates.has_errors")
    if refused_samples(template):
        raise MoveRefused("templates.sample_refused")
    if not is_printed(template):
        raise MoveRefused("templates.samples_awaited")
    applies = current(session, template.kind)
    if template.base_sha256 != (applies.sha256 if applies else shipped_sha256):
        raise MoveRefused("templates.base_changed")
    if template.uploaded_by_id == user.id:
        raise MoveRefused("templates.four_eyes")


def _require_fit(data: bytes, note: str) -> None:
    if not data:
        raise InvalidInput("templates.empty", problems=[Problem("templates.empty", "file")])
    if len(data) > LARGEST:
        raise TooLarge("templates.too_large", most=LARGEST // 2**20)
    if not note:
        raise InvalidInput("templates.no_note", problems=[Problem("templates.no_note", "note")])
    if len(note) > LONGEST_NOTE:
        values = {"most": LONGEST_NOTE}
        raise InvalidInput("templates.long_note", problems=[Problem("templates.long_note", "note", values)], **values)


def _locked(session: Session, template_id: int) -> Template:
    template = store.locked(session, Template, template_id)
    if template is None:
        raise NotFound("templates.none")
    return template


def _decide(template: Template, state: TemplateState, user: User, now: datetime) -> None:
    template.state, template.decided_at, template.decided_by_id = state, now, user.id


def _act(move: str, template: Template, *, reason: str | None = None, **details: Any) -> Act:
    known = {"template": template.id, "kind": template.kind, "number": template.number, "sha256": template.sha256}
    return Act(move, f"{move}:{template.id}", reason=reason, details={**known, **details})


def _editor(session: Session, by: By) -> User:
    user = access.user_by_id(session, by.user_id or 0)
    if not any(grant.role in EDITORS for grant in user.grants):
        raise NotAllowed("templates.editors_only")
    return user


def _ministry(session: Session, by: By) -> User:
    user = access.user_by_id(session, by.user_id or 0)
    _require_ministry(user)
    return user


def _require_ministry(user: User) -> None:
    if Role.MINISTRY not in access.roles_over(user, ""):
        raise NotAllowed("templates.ministry_only")

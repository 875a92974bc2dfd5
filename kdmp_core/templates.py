"""Versions of the Word templates that staff uploaded: which one applies to a kind."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core.records import Template, TemplateState


def current(session: Session, kind: str) -> Template | None:
    """Give the published version of a kind's template; None: the shipped one applies."""
    where = (Template.kind == kind, Template.state == TemplateState.PUBLISHED)
    return session.scalar(select(Template).where(*where).order_by(Template.number.desc()).limit(1))

"""Versions of the Word templates, and the papers that hang on an event, a delivery or a signatory."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kdmp_core.records.columns import Base, Owed


class TemplateState(enum.StrEnum):
    """How far a version of a template has come; a version that was published never changes its bytes."""

    UPLOADED = "uploaded"
    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Template(Base, Owed):
    """A version of a kind's Word template that staff uploaded; the shipped one needs no row.

    `number` counts the versions of a kind from 1, `base_sha256` is the template it was compared with. `findings` is
    what preflight found, `samples` the printed samples (name, pages, hash of the PDF, hashes of the pictures, refusal),
    `layout` where each line of one sample stood when it was printed. A version without errors owes its samples.
    """

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("kind", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    number: Mapped[int]
    state: Mapped[TemplateState]
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    file_name: Mapped[str]
    note: Mapped[str]
    base_sha256: Mapped[str]
    findings: Mapped[list[Any]] = mapped_column(default=list)
    samples: Mapped[list[Any]] = mapped_column(default=list)
    layout: Mapped[dict[str, Any]] = mapped_column(default=dict)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class PaperState(enum.StrEnum):
    """A paper is owed to the worker, was made, was refused with a reason, or came back signed as a scan."""

    OWED = "owed"
    MADE = "made"
    REFUSED = "refused"
    SIGNED = "signed"


class Paper(Base, Owed):
    """A paper with signatures but without review: minutes, attendance list, handover, power of attorney.

    `about` names what it is for within its event ("minutes", "attendance:2025-10-22", "handover:12"), once each;
    asking again makes it anew while nobody has signed. `details` is what staff filled in, `facts` what it was made of.
    """

    __tablename__ = "papers"
    __table_args__ = (UniqueConstraint("event_id", "about"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    about: Mapped[str]
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    area_code: Mapped[str]
    title: Mapped[str]
    letter_number: Mapped[str | None]
    dated: Mapped[date | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[PaperState] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    facts_sha256: Mapped[str | None]
    template_sha256: Mapped[str | None]
    clauses: Mapped[dict[str, Any]] = mapped_column(default=dict)
    word_sha256: Mapped[str | None]
    pdf_sha256: Mapped[str | None]
    pages: Mapped[int | None]
    scan_sha256: Mapped[str | None]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

"""Documents are facts: bytes by content hash in the file store, what they are in the record."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kdmp_core.records.columns import Base


class DocumentKind(enum.StrEnum):
    """What a stored file is to its agreement."""

    WORD = "word"
    PDF = "pdf"
    SEALED = "sealed"
    PROVIDER_FILE = "provider_file"
    SCAN = "scan"
    SHEET = "sheet"


class Document(Base):
    """One stored file; never made again once it was sent."""

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    round: Mapped[int | None]
    kind: Mapped[DocumentKind]
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    media_type: Mapped[str]
    file_name: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

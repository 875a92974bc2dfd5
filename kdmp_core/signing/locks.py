"""Rows under their own lock, without those that are read along with them."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core.records import Base

_Row = TypeVar("_Row", bound=Base)


def lock_row(session: Session, model: type[_Row], key: int) -> _Row | None:
    """Give a row under its lock, as it stands now.

    Only the row's own table is locked: PostgreSQL refuses FOR UPDATE on what is joined to it from outside.
    """
    table: Any = model
    query = select(model).where(table.id == key).with_for_update(of=model)
    return session.scalar(query.execution_options(populate_existing=True))

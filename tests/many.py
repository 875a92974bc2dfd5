"""Many rows at once for tests and bench: one agreement copied, without the cost of making each by its own moves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from kdmp_core.records import Agreement, AgreementParty, Round


def copies(session: Session, like: int, number: int, *, whole: bool = True, **changes: Any) -> list[int]:
    """Copy an agreement with its parties and rounds so many times, each with a chain of its own that begins now.

    Gives the ids. `changes` are columns in which the copies differ from it; not `whole` leaves out parties and rounds.
    """
    first = (session.scalar(select(func.max(Agreement.id))) or 0) + 1
    ids = list(range(first, first + number))
    one = _values(session.get_one(Agreement, like))
    made = [{**one, "code": f"K-{9000 + place // 10**6}-{place % 10**6:06d}", **changes, "id": place} for place in ids]
    session.bulk_insert_mappings(inspect(Agreement), made)
    for model in (AgreementParty, Round) if whole else ():
        table: Any = model
        rows = [_values(row) for row in session.scalars(select(table).where(table.agreement_id == like))]
        session.bulk_insert_mappings(inspect(model), [{**row, "agreement_id": place} for place in ids for row in rows])
    return ids


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).columns if column.key != "id"}

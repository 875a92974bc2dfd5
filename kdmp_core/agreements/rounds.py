"""The end of a signing round, whichever move ends it: it is closed, and nobody is asked for a signature any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from kdmp_core import outbox
from kdmp_core.records import Agreement, Message, Round


def close(session: Session, agreement: Agreement, now: datetime) -> None:
    """Close the present round of an agreement and cancel the messages about it that have not left."""
    where = (Round.agreement_id == agreement.id, Round.number == agreement.round)
    session.execute(update(Round).where(*where).values(closed_at=now))
    outbox.cancel(session, Message.agreement_id == agreement.id)

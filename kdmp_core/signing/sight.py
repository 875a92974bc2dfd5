"""Who has seen which half of a folder: its link or its code, never both in the same hands (design.md §4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kdmp_core import access, audit
from kdmp_core.errors import NotAllowed
from kdmp_core.lifecycle import Actor
from kdmp_core.records import Event, Link, Reveal, Role, User

LINK = "link"
CODE = "code"
SENDERS = frozenset({Role.COORDINATOR, Role.PENDAMPING})
_SEEN_BY = (
    select(Reveal.user_id)
    .where(Reveal.officer_id == bindparam("officer"), Reveal.event_id == bindparam("event"))
    .where(Reveal.what == bindparam("what"))
    .order_by(Reveal.user_id)
)
RELEASERS = frozenset({Role.COORDINATOR, Role.REVIEWER, Role.MINISTRY, Role.PENDAMPING})


def require_one_half(
    session: Session, link: Link, user: User, what: str, *, roles: Collection[Role], now: datetime
) -> None:
    """Let a member of staff see the link or a code of a folder, once and for all only that one of the two.

    The database holds one row per folder and member of staff; the sight is a step in the house's chain. Raises
    NotAllowed when the role does not reach, or when the other half was already seen.
    """
    event = session.get_one(Event, link.event_id)
    access.require_role(user, roles, event.regency_code, [link.officer.party_id])
    if _kept(session, link, user, what, now) != what:
        raise NotAllowed(f"signing.saw_{LINK if what == CODE else CODE}")


def write_down(session: Session, link: Link, user_id: int, what: str, *, code_id: int | None, now: datetime) -> None:
    """Add the sight to the house's chain: ids only."""
    details = {"link": link.id, "officer": link.officer_id, "event": link.event_id, "code": code_id}
    key = f"reveal_{what}:{link.id}:{code_id or 0}:{user_id}:{now.isoformat()}"
    act = audit.Act(f"reveal_{what}", key, details=details)
    audit.append_once(session, act, audit.By(Actor.STAFF, user_id=user_id), now)


def seen_by(session: Session, link: Link, what: str) -> list[int]:
    """Give the ids of the staff who have seen that half of the folder, in order."""
    return list(session.scalars(_SEEN_BY, {"officer": link.officer_id, "event": link.event_id, "what": what}))


def _kept(session: Session, link: Link, user: User, what: str, now: datetime) -> str:
    """Give what this person is kept to have seen, writing it down at the first sight."""
    where = (Reveal.officer_id == link.officer_id, Reveal.event_id == link.event_id, Reveal.user_id == user.id)
    known = session.scalar(select(Reveal.what).where(*where))
    if known is not None:
        return known
    row = Reveal(officer_id=link.officer_id, event_id=link.event_id, user_id=user.id, what=what, first_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same person asked for both halves in the same instant
        return session.scalars(select(Reveal.what).where(*where)).one()
    return what

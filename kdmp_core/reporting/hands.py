"""What staff carries by hand: links to send on, codes to read out, and who has looked at which."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kdmp_core import outbox
from kdmp_core.records import Code, Event, Message, Officer, Reveal, Role, User
from kdmp_core.reporting.scope import helped_parties, within
from kdmp_core.signing import sight


def links_to_send(session: Session, user: User) -> list[Message]:
    """Give the messages with a link that this user may send by hand, oldest first."""
    return [message for message in _by_hand(session, user, sight.SENDERS) if message.code_id is None]


def codes_to_release(session: Session, user: User, now: datetime) -> list[Code]:
    """Give the codes that were asked for and wait for a member of staff of this user's kind, oldest first."""
    ids = [message.code_id for message in _by_hand(session, user, sight.RELEASERS) if message.code_id is not None]
    live = (Code.used_at.is_(None), Code.dead_at.is_(None), Code.expires_at > now)
    query = select(Code).where(Code.id.in_(ids), *live).order_by(Code.made_at, Code.id)
    return list(session.scalars(query))


def saw(session: Session, user: User, codes: Iterable[Code]) -> dict[int, str]:
    """Give what this user has seen of the folders of some codes: code id → "link" or "code"."""
    kept = {
        (row.officer_id, row.event_id): row.what
        for row in session.scalars(select(Reveal).where(Reveal.user_id == user.id))
    }
    found = {code.id: kept.get((code.link.officer_id, code.link.event_id), "") for code in codes}
    return {number: what for number, what in found.items() if what}


def _by_hand(session: Session, user: User, roles: Collection[Role]) -> list[Message]:
    """Give the messages staff must carry that this user may carry by his roles."""
    areas = [grant.area_code for grant in user.grants if grant.role in roles and grant.role is not Role.PENDAMPING]
    theirs = select(Officer.id).where(Officer.party_id.in_(helped_parties(user)))
    query = (
        select(Message)
        .join(Event, Event.id == Message.event_id)
        .where(Message.state.in_((outbox.BY_HAND, outbox.FAILED)))
        .where(or_(within(Event.regency_code, areas), Message.officer_id.in_(theirs)))
    )
    return list(session.scalars(query.order_by(Message.made_at, Message.id)))

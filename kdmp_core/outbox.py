"""The outbox: messages owed to people, written in the transaction that owes them.

A row holds ids only, never a link, a code or a number; the words are made at the moment of sending or revealing.
`state`: owed (the worker sends it) · by_hand (no gateway reaches this person: staff do it) · sent · failed ·
cancelled.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, false, or_, select, update
from sqlalchemy.orm import Session

from kdmp_core import store
from kdmp_core.records import Event, Message, Officer
from kdmp_core.settings import Settings

OWED = "owed"
BY_HAND = "by_hand"
SENT = "sent"
FAILED = "failed"
CANCELLED = "cancelled"
OPEN = (OWED, BY_HAND, FAILED)
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class About:
    """What a message is about: ids of the rows its words will be made of."""

    officer_id: int
    event_id: int
    agreement_id: int | None = None
    link_id: int | None = None
    code_id: int | None = None


def gateway_reaches(settings: Settings, officer: Officer) -> bool:
    """Whether a configured gateway can reach this person; never while our address is a loopback one."""
    if settings.on_this_machine_only:
        return False
    return bool((settings.gateway and officer.phone) or (settings.mail and officer.email))


def enqueue(session: Session, key: str, kind: str, about: About, *, settings: Settings, now: datetime) -> Message:
    """Owe a message and give its row; a key that was seen gives the row of then.

    `kind` names the sentence (invitation, reminder, last_day, code, done). Without a gateway for the person the
    row waits for staff (`by_hand`).
    """
    known = session.scalar(select(Message).where(Message.key == key))
    if known is not None:
        return known
    officer = session.get_one(Officer, about.officer_id)
    by_itself = gateway_reaches(settings, officer)
    message = Message(
        key=key,
        kind=kind,
        officer_id=about.officer_id,
        event_id=about.event_id,
        agreement_id=about.agreement_id,
        link_id=about.link_id,
        code_id=about.code_id,
        state=OWED if by_itself else BY_HAND,
        made_at=now,
        due_at=now if by_itself else None,
    )
    session.add(message)
    session.flush()
    return message


def cancel(session: Session, where: ColumnElement[bool]) -> int:
    """Cancel the open messages of a condition (a round that ended, a link that died) and give their number."""
    at_hand = any(isinstance(row, Message) for row in session.identity_map.values())
    changed = session.execute(
        update(Message)
        .where(where, Message.state.in_(OPEN))
        .values(state=CANCELLED, due_at=None, leased_by=None, lease_until=None)
        .execution_options(synchronize_session="fetch" if at_hand else False)
    )
    return cast("CursorResult[Any]", changed).rowcount


def by_hand(session: Session, areas: Collection[str], kinds: Collection[str] = ()) -> list[Message]:
    """Give what staff must send or release within their areas ("" = the nation), oldest first.

    A failed message stands here too: a person may carry what no gateway could.
    """
    scope = [_within(area) for area in areas] or [false()]
    query = select(Message).join(Event, Event.id == Message.event_id)
    query = query.where(Message.state.in_((BY_HAND, FAILED)), or_(*scope))
    if kinds:
        query = query.where(Message.kind.in_(kinds))
    return list(session.scalars(query.order_by(Message.made_at, Message.id)))


def mark_sent(message: Message, channel: str, now: datetime, *, user_id: int | None = None) -> None:
    """Note that a message left, by which channel (whatsapp, gateway, mail, by_hand) and by which member of staff."""
    message.state, message.channel = SENT, channel
    message.sent_at, message.sent_by_id = now, user_id
    message.stuck_reason = None
    store.release(message, None)


def mark_trouble(message: Message, reason: str, now: datetime) -> None:
    """Keep a message that did not leave: tried again later, and after five times shown to staff as failed."""
    store.postpone(message, reason, now)
    if message.attempts >= MOST_ATTEMPTS:
        message.state = FAILED
        store.release(message, None)


def claim(session: Session, limit: int, worker: str, now: datetime, lease: timedelta) -> Sequence[int]:
    """Lease up to `limit` messages that are to leave now to a worker and give their ids."""
    where = Message.state == OWED
    return store.claim(session, Message, where, limit=limit, worker=worker, now=now, lease=lease)


def _within(area: str) -> ColumnElement[bool]:
    if not area:
        return Event.regency_code.is_not(None)
    return or_(Event.regency_code == area, Event.regency_code.startswith(f"{area}.", autoescape=True))

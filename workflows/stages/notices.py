"""Messages to people: the words are made at the moment of sending, outside any transaction, and never kept."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kdmp_core import outbox, store
from kdmp_core.errors import TryLater
from kdmp_core.records import Agreement, Message
from kdmp_core.signing import messages
from workflows.stages import gateway
from workflows.stages.work import NOTHING, Done, Tools

STUCK = "errors.work.gateway"


def do(tools: Tools, message_id: int) -> Done:
    """Send a message that is owed, or cancel one that nobody needs any more (dead link, used code)."""
    with tools.store.read() as session:
        message = session.get(Message, message_id)
        if message is None or message.state != outbox.OWED:
            return NOTHING
        parcel = messages.delivery(session, message, tools.settings, tools.now())
    if parcel is None:
        return close(tools, message_id, None)
    return carry(tools, message_id, parcel)


def carry(tools: Tools, message_id: int, parcel: messages.Delivery) -> Done:
    """Hand a message to the gateway and note by which channel it left, or keep it for later."""
    try:
        channel = tools.outside("gateway", lambda: gateway.carry(tools.settings, parcel))
    except TryLater:
        return keep_trouble(tools, message_id)
    return close(tools, message_id, channel)


def number(session: Session, message_id: int) -> str:
    """Name a message's run: by the agreement it is about, else by its own number."""
    message = session.get_one(Message, message_id)
    about = session.get(Agreement, message.agreement_id) if message.agreement_id else None
    return about.code if about else f"message-{message_id}"


def close(tools: Tools, message_id: int, channel: str | None) -> Done:
    """Note by which channel a message left, or (None) that nobody needs it any more."""
    with tools.store.write() as session:
        message = store.locked(session, Message, message_id)
        if message is None or message.state != outbox.OWED:
            return NOTHING
        if channel is None:
            message.state = outbox.CANCELLED
            store.release(message, None)
            return Done("cancelled")
        outbox.mark_sent(message, channel, tools.now())
        return Done("sent")


def keep_trouble(tools: Tools, message_id: int) -> Done:
    """Keep a message that no gateway took: tried again later, and in the end shown to staff."""
    with tools.store.write() as session:
        message = store.locked(session, Message, message_id)
        if message is None or message.state != outbox.OWED:
            return NOTHING
        outbox.mark_trouble(message, STUCK, tools.now())
        return Done(None, message.due_at, STUCK)

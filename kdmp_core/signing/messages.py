"""The words of a message, made at the moment of sending or revealing; at most 300 characters (front.md §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kdmp_core import outbox, store
from kdmp_core.errors import Gone, NotFound
from kdmp_core.lifecycle import SignatoryState
from kdmp_core.records import Agreement, Code, Event, Link, Message, Officer, Signatory, User
from kdmp_core.settings import Settings
from kdmp_core.signing import codes, links, sight
from kdmp_core.signing.moments import date_words, deadline_words, local, time_words
from kdmp_core.texts import text

LONGEST = 300
ELLIPSIS = "…"
SHORTENED = ("title", "event", "party", "organiser", "office", "sender", "name")
"""What a sentence may lose the end of, the first first."""


@dataclass(frozen=True)
class Revealed:
    """What a member of staff is shown: the folder's address, the text with it, and the wa.me address that carries it.

    `whatsapp` is empty for a person without a number. `only_here`: the address works on this computer only.
    """

    address: str
    text: str
    whatsapp: str
    only_here: bool


@dataclass(frozen=True)
class Delivery:
    """What the worker hands to a gateway; never kept, never logged."""

    phone: str | None
    email: str | None
    subject: str
    text: str


def reveal_message(session: Session, message_id: int, user: User, settings: Settings, now: datetime) -> Revealed:
    """Give a waiting message to a member of staff who sends it by hand; it counts as sent, and the link as seen by him.

    Raises NotFound, Gone (the link has ended), NotAllowed (role, or he has seen a code of this folder).
    """
    message = store.locked(session, Message, message_id)
    if message is None or message.link_id is None or message.kind == "code":
        raise NotFound("signing.no_message")
    link = _seen_link(session, message.link_id, user, now)
    words = compose(session, message, settings, now, sender=user.name)
    if message.state in outbox.OPEN:
        outbox.mark_sent(message, "whatsapp" if link.officer.phone else "by_hand", now, user_id=user.id)
    session.flush()
    return _revealed(settings, link, words)


def reveal_link(session: Session, link_id: int, user: User, settings: Settings, now: datetime) -> Revealed:
    """Give a folder's address to a member of staff (a QR for the signatory's own phone); it counts as seen by him."""
    link = _seen_link(session, link_id, user, now)
    session.flush()
    return _revealed(
        settings, link, words_of("link", _values(session, link, None, settings=settings, now=now, sender=user.name))
    )


def compose(session: Session, message: Message, settings: Settings, now: datetime, sender: str = "") -> str:
    """Give the words of a message that carries a link, at most 300 characters; `sender` is who signs them."""
    link = session.get_one(Link, message.link_id)
    agreement = session.get(Agreement, message.agreement_id) if message.agreement_id else None
    sender = sender or _coordinator(session, link).name
    kind = message.kind
    if kind == "reminder" and agreement is not None and _last_day(agreement, now):
        kind = "last_day"
    return words_of(kind, _values(session, link, agreement, settings=settings, now=now, sender=sender))


def delivery(session: Session, message: Message, settings: Settings, now: datetime) -> Delivery | None:
    """Give what a gateway is to carry, or None when nobody needs it any more (dead link, used code, answered)."""
    officer = session.get_one(Officer, message.officer_id)
    if message.kind == "code":
        words = _code_words(session, message, settings, now)
    else:
        link = session.get(Link, message.link_id) if message.link_id else None
        alive = link is not None and links.state(link, now) is links.LinkState.LIVE
        words = compose(session, message, settings, now) if alive else None
    if words is None:
        return None
    return Delivery(officer.phone, officer.email, text("wa.subject"), words)


def helper(session: Session, link: Link) -> tuple[User, Event]:
    """Give the person to ask about a folder and the event he answers for."""
    return _coordinator(session, link), session.get_one(Event, link.event_id)


def whatsapp(phone: str | None, words: str) -> str:
    """Give the wa.me address that opens a chat with a number (E.164) and a text ready; empty without a number."""
    digits = "".join(filter(str.isdigit, phone or ""))
    return f"https://wa.me/{digits}?text={quote(words, safe='')}" if digits else ""


def words_of(kind: str, values: dict[str, str]) -> str:
    """Fill a sentence; what is too long loses the end of its title, then of the party's name, never of the link."""
    words = text(f"wa.{kind}", "id", **values)
    for name in SHORTENED:
        over = len(words) - LONGEST
        if over <= 0:
            break
        if name not in values:
            continue
        kept = max(12, len(values[name]) - over - 1)
        if kept < len(values[name]):
            values = {**values, name: values[name][:kept].rstrip() + ELLIPSIS}
            words = text(f"wa.{kind}", "id", **values)
    return words


def _seen_link(session: Session, link_id: int, user: User, now: datetime) -> Link:
    link = store.locked(session, Link, link_id)
    if link is None:
        raise NotFound("signing.no_link")
    links.require_live(link, now)
    sight.require_one_half(session, link, user, sight.LINK, roles=sight.SENDERS, now=now)
    sight.write_down(session, link, user.id, sight.LINK, code_id=None, now=now)
    return link


def _revealed(settings: Settings, link: Link, words: str) -> Revealed:
    address = links.address(settings, link.id)
    return Revealed(address, words, whatsapp(link.officer.phone, words), settings.on_this_machine_only)


def _code_words(session: Session, message: Message, settings: Settings, now: datetime) -> str | None:
    code = session.get(Code, message.code_id) if message.code_id else None
    if code is None or code.used_at or code.dead_at or code.expires_at <= now or code.level != codes.BY_GATEWAY:
        return None
    digits = codes.digits(settings, code.id)
    return text("wa.code", code=digits, host=urlsplit(settings.url).hostname or "")


def _values(
    session: Session, link: Link, agreement: Agreement | None, *, settings: Settings, now: datetime, sender: str
) -> dict[str, str]:
    event, officer = session.get_one(Event, link.event_id), link.officer
    area = agreement.area_code if agreement else event.regency_code
    deadline = agreement.deadline_at if agreement and agreement.deadline_at else link.expires_at
    signed, asked = _counts(session, agreement) if agreement else (0, 0)
    return {
        "name": officer.name,
        "office": officer.office,
        "party": officer.party.name,
        "title": agreement.title if agreement else text("wa.folder"),
        "deadline": deadline_words(deadline, area),
        "time": time_words(deadline, area)
        if agreement is None
        else deadline_words(deadline, area).rpartition("pukul ")[2],
        "date": date_words((agreement.in_force_on if agreement else None) or local(now, area).date()),
        "signed": str(signed),
        "asked": str(asked),
        "link": links.address(settings, link.id),
        "sender": sender,
        "organiser": event.organiser,
    }


def _counts(session: Session, agreement: Agreement) -> tuple[int, int]:
    where = (Signatory.agreement_id == agreement.id, Signatory.round == agreement.round)
    asked = session.scalar(select(func.count()).select_from(Signatory).where(*where)) or 0
    signed = select(func.count()).select_from(Signatory).where(*where, Signatory.state == SignatoryState.SIGNED)
    return session.scalar(signed) or 0, asked


def _last_day(agreement: Agreement, now: datetime) -> bool:
    if agreement.deadline_at is None:
        return False
    left = agreement.deadline_at - now
    return left.total_seconds() > 0 and left.days == 0


def _coordinator(session: Session, link: Link) -> User:
    event = session.get_one(Event, link.event_id)
    found = session.get(User, link.issued_by_id or event.created_by_id) or session.get(User, event.created_by_id)
    if found is None:
        raise Gone("signing.link_stopped")
    return found

"""The invitation to sign at a provider: its address is a secret that is kept nowhere, not even by us.

So it is asked of the provider again at the moment of sending or revealing, in three steps with no session open while
the provider is asked: `question` reads whom to ask, `Question.address` asks, `reveal` or `delivery` words the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, audit, outbox, store
from kdmp_core.errors import NotFound
from kdmp_core.lifecycle import Actor
from kdmp_core.providers import connections, envelopes
from kdmp_core.providers.connections import Live
from kdmp_core.providers.port import EnvelopeStatus
from kdmp_core.records import Agreement, Envelope, Event, Message, Officer, Signatory, User
from kdmp_core.settings import Settings
from kdmp_core.signing import sight
from kdmp_core.signing.messages import Delivery, Revealed, whatsapp
from kdmp_core.signing.moments import deadline_words
from kdmp_core.texts import text

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Question:
    """Where to ask for the address of one signer."""

    live: Live
    external_id: str
    reference: str

    def address(self) -> str:
        """Ask the provider; call it with no session open. Raises as `Provider.signing_address`."""
        return self.live.provider.signing_address(self.live.config, self.external_id, self.reference)


def question(session: Session, message_id: int, settings: Settings) -> Question | None:
    """Give what to ask for a waiting invitation; None when nobody needs it any more.

    Raises NotFound when there is no such message, or its connection is not there.
    """
    message = session.get(Message, message_id)
    if message is None or message.kind != envelopes.INVITATION:
        raise NotFound("envelope.no_invitation")
    envelope = _envelope(session, message)
    if envelope is None or envelope.external_id is None or not envelopes.wanted(session, envelope):
        return None
    live = connections.find(session, settings, envelope.provider, envelope.connection)
    return Question(live, envelope.external_id, envelope.reference)


def require_sender(session: Session, message_id: int, user: User) -> None:
    """Refuse (NotAllowed) a member of staff who may not send this invitation; asked before the provider is."""
    message = session.get(Message, message_id)
    if message is None or message.kind != envelopes.INVITATION:
        raise NotFound("envelope.no_invitation")
    officer, event = session.get_one(Officer, message.officer_id), session.get_one(Event, message.event_id)
    access.require_role(user, sight.SENDERS, event.regency_code, [officer.party_id])


def reveal(session: Session, message_id: int, address: str, user: User, now: datetime) -> Revealed:
    """Give the invitation to a member of staff who sends it by hand; it counts as sent, and the chain knows who saw it.

    Raises NotFound (not needed any more), NotAllowed (role).
    """
    require_sender(session, message_id, user)
    message = store.locked(session, Message, message_id)
    envelope = _envelope(session, message) if message is not None else None
    if message is None or envelope is None or not envelopes.wanted(session, envelope):
        raise NotFound("envelope.no_invitation")
    officer = session.get_one(Officer, message.officer_id)
    words = _words(session, message, address, user.name)
    if message.state in outbox.OPEN:
        outbox.mark_sent(message, "whatsapp" if officer.phone else "by_hand", now, user_id=user.id)
    key = f"reveal_provider_address:{envelope.id}:{user.id}:{now.isoformat()}"
    act = audit.Act("reveal_provider_address", key, details={"envelope": envelope.id, "officer": officer.id})
    audit.append_once(session, act, audit.By(Actor.STAFF, user_id=user.id), now)
    session.flush()
    return Revealed(address, words, whatsapp(officer.phone, words), (urlsplit(address).hostname or "") in LOOPBACK)


def delivery(session: Session, message_id: int, address: str) -> Delivery:
    """Give what a gateway is to carry; never kept, never logged."""
    message = session.get_one(Message, message_id)
    officer, event = session.get_one(Officer, message.officer_id), session.get_one(Event, message.event_id)
    words = _words(session, message, address, session.get_one(User, event.created_by_id).name)
    return Delivery(officer.phone, officer.email, text("wa.subject"), words)


def _envelope(session: Session, message: Message) -> Envelope | None:
    query = select(Envelope).join(Signatory, Signatory.id == Envelope.signatory_id)
    query = query.join(Agreement, Agreement.id == Envelope.agreement_id)
    mine = (Envelope.agreement_id == message.agreement_id, Signatory.officer_id == message.officer_id)
    return session.scalar(query.where(*mine, Envelope.round == Agreement.round, Envelope.status == _OPEN))


def _words(session: Session, message: Message, address: str, sender: str) -> str:
    """Fill the sentence; the address is never cut, so a long title is."""
    agreement, event = session.get_one(Agreement, message.agreement_id), session.get_one(Event, message.event_id)
    officer = session.get_one(Officer, message.officer_id)
    return text(
        "wa.provider_invitation",
        name=officer.name,
        office=officer.office,
        party=officer.party.name,
        title=agreement.title,
        deadline=deadline_words(agreement.deadline_at, agreement.area_code) if agreement.deadline_at else "",
        link=address,
        sender=sender,
        organiser=event.organiser,
    )


_OPEN: Final = EnvelopeStatus.OPEN.value

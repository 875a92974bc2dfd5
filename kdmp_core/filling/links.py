"""Links to forms: one live link per party and event, shown by staff; each sight is a step in the house's chain.

Whoever holds it may write what that party has and needs, and nothing else: it signs nothing and reads no other party.
So it needs no code and no confirmed officer; what it brings counts only once a person has accepted it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, addresses, areas, audit, registry, store
from kdmp_core.addresses import LinkState
from kdmp_core.errors import Conflict, Gone, InvalidInput, NotFound
from kdmp_core.lifecycle import Actor
from kdmp_core.records import Event, EventParty, FormAnswer, FormLink, FormState, Role, User
from kdmp_core.settings import Settings
from kdmp_core.signing import messages
from kdmp_core.signing.moments import date_words, end_of_day, local

PURPOSE = "form"
SHOWERS = (Role.COORDINATOR, Role.PENDAMPING)
LONGEST_LIFE = timedelta(days=120)
DAYS_OPEN = 7
MOST_WRITES = 120
WINDOW = timedelta(minutes=10)


def token(settings: Settings, link_id: int) -> str:
    """Give the secret part of a form's address, made again from the id of its link."""
    return addresses.token(settings, PURPOSE, link_id)


def address(settings: Settings, link_id: int) -> str:
    """Give the whole address of a form, for the moment of showing and never to be kept."""
    return f"{settings.url}/isi/{token(settings, link_id)}"


def find(session: Session, presented: str) -> FormLink:
    """Give the link of a presented token, whatever its state. Raises NotFound for one that was never ours."""
    kept = addresses.looked_up(presented)
    link = session.scalar(select(FormLink).where(FormLink.token_sha256 == kept)) if kept else None
    if link is None:
        raise NotFound("filling.link_unknown")
    return link


def require_live(link: FormLink, now: datetime) -> None:
    """Refuse (Gone) a link that has ended, saying how, without a name."""
    found = addresses.state(link, now)
    if found is not LinkState.LIVE:
        raise Gone(f"filling.link_{found.value}")


def held(session: Session, presented: str, now: datetime) -> FormLink:
    """Give the live link of a presented token under its lock: the writes of one form go one after the other.

    Raises NotFound, Gone.
    """
    link = store.locked(session, FormLink, find(session, presented).id)
    if link is None:
        raise NotFound("filling.link_unknown")
    require_live(link, now)
    return link


def count_write(session: Session, presented: str, now: datetime) -> None:
    """Count a form that was sent by a link, in a transaction of its own. Raises NotFound, Gone, TooMany."""
    link = held(session, presented, now)
    access.require_below(session, "form_write", str(link.id), MOST_WRITES, WINDOW, now)
    access.count(session, "form_write", str(link.id), WINDOW, now)


def open_form(session: Session, presented: str, now: datetime) -> FormLink:
    """Note that somebody has begun, and give the link."""
    link = held(session, presented, now)
    link.opened_at = link.opened_at or now
    session.flush()
    return link


def reveal(
    session: Session,
    event: Event,
    party_id: int,
    user: User,
    settings: Settings,
    key: str,
    now: datetime,
    *,
    renew: bool = False,
) -> messages.Revealed:
    """Show the link of a party's form to a member of staff who carries it; without a live one it gets one.

    `renew` replaces the live one; the same showing of a form (`key`) replaces it once. Raises NotFound (no
    cooperative of this event), NotAllowed, Conflict (its answers are accepted already).
    """
    seat = seat_of(session, event, party_id)
    access.require_role(user, SHOWERS, event.regency_code, [party_id])
    store.locked(session, EventParty, seat.id)
    answer = session.scalar(
        select(FormAnswer.state).where(FormAnswer.event_id == event.id, FormAnswer.party_id == party_id)
    )
    if answer is FormState.ACCEPTED:
        raise Conflict("filling.accepted")
    link = live(session, event.id, party_id)
    again = renew and audit.seen(session, audit.HOUSE, f"form_link:{key}") is None
    if link is None or again or addresses.state(link, now) is not LinkState.LIVE:
        link = _issue(session, event, party_id, user, settings, now)
        _write_down(session, link, user, "issue_form_link", f"form_link:{key}", now)
    _write_down(session, link, user, "reveal_form_link", f"reveal_form:{link.id}:{user.id}:{now.isoformat()}", now)
    session.flush()
    return _revealed(session, event, seat, link, user, settings)


def live(session: Session, event_id: int, party_id: int) -> FormLink | None:
    """Give the link of a party's form that was neither replaced nor stopped (it may have expired)."""
    where = (FormLink.event_id == event_id, FormLink.party_id == party_id)
    return session.scalar(
        select(FormLink).where(*where, FormLink.superseded_at.is_(None), FormLink.revoked_at.is_(None))
    )


def last_day(event: Event, now: datetime) -> date:
    """Give the last day on which forms may be filled in: as it was set, else the day before the event, else a week."""
    today = areas.today(event.regency_code, now)
    kept = event.policy.get("forms_until")
    if kept and date.fromisoformat(kept) >= today:
        return date.fromisoformat(kept)
    before = event.starts_on - timedelta(days=1)
    return before if before >= today else today + timedelta(days=DAYS_OPEN)


def last_day_of(link: FormLink, event: Event) -> date:
    """Give the last day a link lives, in the zone of its event."""
    return local(link.expires_at - timedelta(minutes=1), event.regency_code).date()


def set_last_day(session: Session, event: Event, day: date, by: audit.By, key: str, now: datetime) -> None:
    """Let every live form of an event, and those to come, end with a day. Raises InvalidInput for a day past."""
    today = areas.today(event.regency_code, now)
    if not today <= day <= today + LONGEST_LIFE:
        raise InvalidInput("filling.last_day", most=LONGEST_LIFE.days)
    event.policy = {**event.policy, "forms_until": day.isoformat()}
    for link in _all_live(session, event):
        link.expires_at = end_of_day(day, event.regency_code)
    details = {"event": event.id, "until": day.isoformat()}
    audit.append_once(session, audit.Act("set_forms_until", f"forms_until:{key}", details=details), by, now)


def close(session: Session, event: Event, by: audit.By, key: str, now: datetime) -> int:
    """Stop every live form of an event, and give how many there were; what was sent stays."""
    links = _all_live(session, event)
    for link in links:
        link.revoked_at = now
    details = {"event": event.id, "links": len(links)}
    audit.append_once(session, audit.Act("close_forms", f"close_forms:{key}", details=details), by, now)
    return len(links)


def seat_of(session: Session, event: Event, party_id: int) -> EventParty:
    """Give the seat of a cooperative at an event. Raises NotFound."""
    where = (EventParty.event_id == event.id, EventParty.party_id == party_id)
    seat = session.scalar(select(EventParty).where(*where))
    if seat is None:
        raise NotFound("registry.no_party")
    return seat


def _issue(session: Session, event: Event, party_id: int, user: User, settings: Settings, now: datetime) -> FormLink:
    before = live(session, event.id, party_id)
    if before is not None:
        before.superseded_at = now
        session.flush()
    until = end_of_day(last_day(event, now), event.regency_code)
    link = FormLink(party_id=party_id, event_id=event.id, issued_at=now, issued_by_id=user.id, expires_at=until)
    link.opened_at = before.opened_at if before is not None else None
    session.add(link)
    session.flush()
    link.token_sha256 = addresses.kept(token(settings, link.id))
    session.flush()
    return link


def _write_down(session: Session, link: FormLink, user: User, move: str, key: str, now: datetime) -> None:
    details = {"link": link.id, "party": link.party_id, "event": link.event_id}
    by = audit.By(Actor.STAFF, user_id=user.id)
    audit.append_once(session, audit.Act(move, key, details=details), by, now)


def _revealed(
    session: Session, event: Event, seat: EventParty, link: FormLink, user: User, settings: Settings
) -> messages.Revealed:
    officer = registry.signing_officer(session, seat.party_id)
    where = address(settings, link.id)
    words = messages.words_of(
        "form",
        {
            "party": seat.party.name,
            "event": event.name,
            "day": date_words(last_day_of(link, event)),
            "link": where,
            "sender": user.name,
            "organiser": event.organiser,
        },
    )
    phone = (officer.phone if officer else None) or seat.party.phone
    return messages.Revealed(where, words, messages.whatsapp(phone, words), settings.on_this_machine_only)


def _all_live(session: Session, event: Event) -> list[FormLink]:
    where = (FormLink.event_id == event.id, FormLink.superseded_at.is_(None), FormLink.revoked_at.is_(None))
    return list(session.scalars(select(FormLink).where(*where).with_for_update()))

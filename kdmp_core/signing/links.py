"""Links: one live link per officer and event opens the folder of his agreements.

The token is keyed and recomputable (`addresses`); the record keeps only its hash. A link lives until the last round of
its folder ends, at most `LONGEST_LIFE`; a new one replaces it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import addresses, outbox
from kdmp_core.errors import Gone, NotFound
from kdmp_core.records import Code, Link, Message, SignerSession
from kdmp_core.settings import Settings

PURPOSE = "link"
TOKEN_LENGTH = addresses.TOKEN_LENGTH
LinkState = addresses.LinkState
LONGEST_LIFE = timedelta(days=120)
LIFE_WITHOUT_ROUND = timedelta(days=14)


def token(settings: Settings, link_id: int) -> str:
    """Give the secret part of a link's address, made again from its id: 22 characters of base64url."""
    return addresses.token(settings, PURPOSE, link_id)


def address(settings: Settings, link_id: int) -> str:
    """Give the whole address of a link, for the moment of sending or revealing and never to be kept."""
    return f"{settings.url}/t/{token(settings, link_id)}"


def live(session: Session, officer_id: int, event_id: int) -> Link | None:
    """Give the link of a folder that was neither replaced nor stopped (it may have expired), under its lock."""
    where = (Link.officer_id == officer_id, Link.event_id == event_id)
    alive = (Link.superseded_at.is_(None), Link.revoked_at.is_(None))
    return session.scalar(select(Link).where(*where, *alive).with_for_update(of=Link))


def issue(
    session: Session,
    officer_id: int,
    event_id: int,
    until: datetime,
    *,
    by_user_id: int | None,
    settings: Settings,
    now: datetime,
) -> Link:
    """Give a folder a new link that lives until `until`; the one before it is replaced, its sessions end."""
    before = live(session, officer_id, event_id)
    if before is not None:
        before.superseded_at = now
        end_everything(session, before, now)
        session.flush()
    link = Link(
        officer_id=officer_id,
        event_id=event_id,
        issued_at=now,
        issued_by_id=by_user_id,
        expires_at=min(until, now + LONGEST_LIFE),
    )
    session.add(link)
    session.flush()
    link.token_sha256 = addresses.kept(token(settings, link.id))
    session.flush()
    return link


def keep_or_issue(
    session: Session,
    officer_id: int,
    event_id: int,
    until: datetime,
    *,
    by_user_id: int | None,
    settings: Settings,
    now: datetime,
) -> Link:
    """Give the live link of a folder, stretched to `until`; a folder whose link cannot live so long gets a new one."""
    link = live(session, officer_id, event_id)
    too_old = link is not None and link.issued_at + LONGEST_LIFE < until
    if link is None or too_old or state(link, now) is not LinkState.LIVE:
        return issue(session, officer_id, event_id, until, by_user_id=by_user_id, settings=settings, now=now)
    stretch([link], until)
    return link


def stretch(links: Iterable[Link], until: datetime) -> None:
    """Let links live until `until` where that is later, within the longest life since they were issued."""
    for link in links:
        link.expires_at = max(link.expires_at, min(until, link.issued_at + LONGEST_LIFE))


def revoke(session: Session, link: Link, now: datetime) -> None:
    """Stop a link at once, with its codes, its sessions and the messages that would carry it."""
    if link.revoked_at is None and link.superseded_at is None:
        link.revoked_at = now
        end_everything(session, link, now)
        session.flush()


def end_everything(session: Session, link: Link, now: datetime) -> None:
    """End what hangs on a link: open codes, signers' sessions, messages not yet sent."""
    codes = select(Code).where(Code.link_id == link.id, Code.dead_at.is_(None), Code.used_at.is_(None))
    for code in session.scalars(codes):
        code.dead_at = now
    opened = select(SignerSession).where(SignerSession.link_id == link.id, SignerSession.ended_at.is_(None))
    for row in session.scalars(opened):
        row.ended_at = now
    outbox.cancel(session, Message.link_id == link.id)


def state(link: Link, now: datetime) -> LinkState:
    """Say where a link stands; the last instant is exclusive."""
    return addresses.state(link, now)


def find(session: Session, presented: str) -> Link:
    """Give the link of a presented token, whatever its state. Raises NotFound for one that was never ours."""
    kept = addresses.looked_up(presented)
    link = session.scalar(select(Link).where(Link.token_sha256 == kept)) if kept else None
    if link is None:
        raise NotFound("signing.link_unknown")
    return link


def require_live(link: Link, now: datetime) -> None:
    """Refuse (Gone) a link that has ended, saying how, without a name."""
    found = state(link, now)
    if found is not LinkState.LIVE:
        raise Gone(f"signing.link_{found.value}")

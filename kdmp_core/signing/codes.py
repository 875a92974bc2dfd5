"""One-time codes: six digits that open a folder, in the browser that asked.

The digits are HMAC-SHA256(code key, row id) mod 10^6 and are never kept. A code is dead after use, after ten
minutes in somebody's hands, or after five tries; a link gives three a day (security.md §2.4). Counters are rows,
in the transaction of the try, so the caller commits a refused try as well.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, outbox, store
from kdmp_core.errors import Conflict, Gone, NotFound, TooMany
from kdmp_core.records import Code, Link, Message, User
from kdmp_core.settings import Settings
from kdmp_core.signing import links, sight

DIGITS = 6
LIFE = timedelta(minutes=10)
WAITS_FOR_STAFF = timedelta(hours=2)
MOST_TRIES = 5
A_DAY = timedelta(hours=24)
MOST_A_DAY = 3
SAME_ASKING = timedelta(seconds=60)
BREAKER = 60
BREAKER_WINDOW = timedelta(minutes=1)

BY_GATEWAY = "code_by_gateway"
BY_SECOND_STAFF = "code_by_second_staff"
IN_PERSON = "in_person"


@dataclass(frozen=True)
class Tried:
    """What a try came to: `code` when it fits, else how many tries are `left` (0: ask for a new code)."""

    code: Code | None
    left: int


def digits(settings: Settings, code_id: int) -> str:
    """Give the six digits of a code, made again from the id of its row."""
    mac = hmac.new(settings.key("code"), f"code:{code_id}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(mac, 'big') % 10**DIGITS:0{DIGITS}d}"


def ask(session: Session, link: Link, browser: str, settings: Settings, now: datetime, *, again: bool = False) -> Code:
    """Give the code row that answers a request from a browser, and owe the message that carries it.

    `browser` is the secret of the browser's cookie. Asked twice, the row of then is the answer as long as it
    waits to be released or is a minute old; `again` asks for a fresh one. Raises Gone (dead link), TooMany.
    """
    store.locked(session, Link, link.id)
    links.require_live(link, now)
    access.require_below(session, "code_wrong", "all", BREAKER, BREAKER_WINDOW, now)
    newest = next(iter(open_codes(session, browser, now, link.id)), None)
    if newest is not None and (not again or newest.level is None or now < newest.made_at + SAME_ASKING):
        return newest
    _require_below_daily(session, link, now)
    by_itself = outbox.gateway_reaches(settings, link.officer)
    code = Code(
        link_id=link.id,
        browser_sha256=_sha256(browser),
        made_at=now,
        expires_at=now + (LIFE if by_itself else WAITS_FOR_STAFF),
        level=BY_GATEWAY if by_itself else None,
    )
    session.add(code)
    session.flush()
    about = outbox.About(link.officer_id, link.event_id, link_id=link.id, code_id=code.id)
    outbox.enqueue(session, f"code:{code.id}", "code", about, settings=settings, now=now)
    return code


def open_codes(session: Session, browser: str, now: datetime, link_id: int | None = None) -> Sequence[Code]:
    """Give the codes a browser may still enter, newest first."""
    where = [
        Code.browser_sha256 == _sha256(browser),
        Code.used_at.is_(None),
        Code.dead_at.is_(None),
        Code.expires_at > now,
    ]
    if link_id is not None:
        where.append(Code.link_id == link_id)
    return session.scalars(select(Code).where(*where).order_by(Code.id.desc())).all()


def waiting(session: Session, areas: Collection[str], now: datetime) -> list[Code]:
    """Give the codes that wait for a second member of staff within his areas ("" = the nation), oldest first."""
    ids = [message.code_id for message in outbox.by_hand(session, areas, ["code"])]
    found = [code for code in (session.get(Code, code_id) for code_id in ids if code_id) if code]
    return [code for code in found if _open(code, now) and links.state(code.link, now) is links.LinkState.LIVE]


def newest(session: Session, browser: str) -> Code | None:
    """Give the newest code a browser asked for, dead or alive."""
    return session.scalar(select(Code).where(Code.browser_sha256 == _sha256(browser)).order_by(Code.id.desc()).limit(1))


def enter(session: Session, browser: str, typed: str, settings: Settings, now: datetime) -> Tried:
    """Try the digits somebody typed against the open codes of his browser; the one that fits is used up.

    Every try counts against each of them, and against all people together (a breaker). A code that nobody has
    been given yet never fits. The caller commits also when nothing fitted. Raises Gone when the browser has no
    open code or its link has ended, TooMany while the breaker is open.
    """
    access.require_below(session, "code_wrong", "all", BREAKER, BREAKER_WINDOW, now)
    tried = _under_lock(session, browser, now)
    if not tried:
        raise Gone("signing.code_old")
    alive = [code for code in tried if links.state(code.link, now) is links.LinkState.LIVE]
    if not alive:
        links.require_live(tried[0].link, now)
    tried = alive  # two people may share a phone: the end of one link is not the end of the other
    plain = "".join(typed.split()).replace("-", "")
    fitting = [code for code in tried if _fits(settings, code, plain)]
    if fitting:
        fitting[0].used_at = now
        for other in tried:
            other.dead_at = other.dead_at or now
        session.flush()
        return Tried(fitting[0], 0)
    for code in tried:
        code.tries += 1
        if code.tries >= MOST_TRIES:
            code.dead_at = now
    access.count(session, "code_wrong", "all", BREAKER_WINDOW, now)
    session.flush()
    return Tried(None, max(MOST_TRIES - code.tries for code in tried))


def release(
    session: Session, code_id: int, user: User, settings: Settings, now: datetime, *, in_person: bool = False
) -> str:
    """Give the digits to a second member of staff, who passes them on to the signatory; a step in the house's chain.

    `in_person`: he has checked the identity of the person in front of him. The ten minutes begin with the first
    release. Raises NotFound, Gone (used, dead, too late), NotAllowed (role, or he has seen the link), Conflict
    (another member of staff has released it).
    """
    code = store.locked(session, Code, code_id)
    if code is None:
        raise NotFound("signing.no_code")
    if not _open(code, now):
        raise Gone("signing.code_old")
    links.require_live(code.link, now)
    if code.released_by_id not in {None, user.id}:
        raise Conflict("signing.code_released")
    sight.require_one_half(session, code.link, user, sight.CODE, roles=sight.RELEASERS, now=now)
    if code.released_by_id is None:
        code.released_by_id, code.expires_at = user.id, now + LIFE
    code.level = IN_PERSON if in_person else BY_SECOND_STAFF
    sight.write_down(session, code.link, user.id, sight.CODE, code_id=code.id, now=now)
    message = session.scalar(select(Message).where(Message.code_id == code.id))
    if message is not None:
        outbox.mark_sent(message, "by_hand", now, user_id=user.id)
    session.flush()
    return digits(settings, code.id)


def _under_lock(session: Session, browser: str, now: datetime) -> list[Code]:
    ids = [code.id for code in open_codes(session, browser, now)]
    found = [code for code in (store.locked(session, Code, code_id) for code_id in sorted(ids, reverse=True)) if code]
    return [code for code in found if code.used_at is None and code.dead_at is None]


def _open(code: Code, now: datetime) -> bool:
    return code.used_at is None and code.dead_at is None and now < code.expires_at


def _fits(settings: Settings, code: Code, typed: str) -> bool:
    same = hmac.compare_digest(digits(settings, code.id).encode(), typed.encode())
    return same and code.level is not None


def _require_below_daily(session: Session, link: Link, now: datetime) -> None:
    made = session.scalars(
        select(Code.made_at).where(Code.link_id == link.id, Code.made_at > now - A_DAY).order_by(Code.made_at.desc())
    ).all()
    if len(made) >= MOST_A_DAY:
        free_at = made[MOST_A_DAY - 1] + A_DAY
        raise TooMany("signing.codes_a_day", retry_after=int((free_at - now).total_seconds()) + 1, most=MOST_A_DAY)


def _sha256(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()

"""Who may do what where: users and their grants, staff sessions, API clients, counters of attempts.

Passwords and client secrets are kept as argon2 hashes; session secrets as SHA-256 of 32 random bytes. Counters
live in the database, in the transaction of the attempt (security.md §2.4: memory let 29 of 60 through).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kdmp_core import audit
from kdmp_core.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotSignedIn, TooMany
from kdmp_core.records import ApiClient, Grant, Role, StaffSession, Tally, User

SESSION_LIFE = timedelta(hours=12)
SHORTEST_PASSWORD = 10
SIGN_IN_LIMIT = 8
SIGN_IN_WINDOW = timedelta(minutes=15)
_hasher = PasswordHasher()


def add_user(
    session: Session,
    login: str,
    name: str,
    roles: Iterable[tuple[Role, str]],
    *,
    now: datetime,
    by: audit.By,
    party_ids: Collection[int] = (),
) -> tuple[User, str]:
    """Make a user with roles over areas ((role, area code), "" = nation) and give him with a one-time password.

    A pendamping's scope is `party_ids`. Raises InvalidInput when the login is taken or empty.
    """
    login = login.strip().lower()
    if not login or session.scalar(select(User.id).where(User.login == login)):
        raise InvalidInput("access.login_taken", login=login)
    password = _new_password()
    user = User(login=login, name=name.strip(), password_hash=_hasher.hash(password), created_at=now)
    user.grants = [
        Grant(role=role, area_code=area, granted_at=now, party_ids=sorted(party_ids) if role is Role.PENDAMPING else [])
        for role, area in roles
    ]
    session.add(user)
    session.flush()
    details = {"user": user.id, "roles": [[grant.role.value, grant.area_code] for grant in user.grants]}
    audit.append(session, audit.Act("add_user", f"user:{user.id}", details=details), by, now)
    return user, password


def sign_in(session: Session, login: str, password: str, now: datetime) -> str | None:
    """Give the secret of a new session, or None when login and password do not belong together.

    Every failure counts against the login in the database, so the caller commits also when None comes back.
    Raises TooMany after eight failures in fifteen minutes.
    """
    login = login.strip().lower()
    _held(session, "sign_in", login, now)
    require_below(session, "sign_in", login, SIGN_IN_LIMIT, SIGN_IN_WINDOW, now)
    user = session.scalar(select(User).where(User.login == login, User.active))
    if not _matches(user.password_hash if user else _nobody(), password) or user is None:
        count(session, "sign_in", login, SIGN_IN_WINDOW, now)
        return None
    secret = secrets.token_urlsafe(32)
    session.add(
        StaffSession(token_sha256=_sha256(secret), user_id=user.id, created_at=now, expires_at=now + SESSION_LIFE)
    )
    return secret


def session_user(session: Session, secret: str, now: datetime) -> User:
    """Give the user of a live session. Raises NotSignedIn when it is unknown, ended or over."""
    row = session.scalar(select(StaffSession).where(StaffSession.token_sha256 == _sha256(secret)))
    if row is None or row.ended_at or row.expires_at <= now or not row.user.active:
        raise NotSignedIn("access.session_over")
    return row.user


def end_session(session: Session, secret: str, now: datetime) -> None:
    """End a session at once; an unknown one is no error."""
    row = session.scalar(select(StaffSession).where(StaffSession.token_sha256 == _sha256(secret)))
    if row and row.ended_at is None:
        row.ended_at = now


def change_password(session: Session, user: User, old: str, new: str, now: datetime) -> None:
    """Set a new password and end every session of the user; he signs in again.

    Raises InvalidInput when the old one is wrong or the new one weak.
    """
    if not _matches(user.password_hash, old):
        raise InvalidInput("access.old_password_wrong")
    if len(new) < SHORTEST_PASSWORD or new == old:
        raise InvalidInput("access.password_weak", length=SHORTEST_PASSWORD)
    user.password_hash = _hasher.hash(new)
    user.must_change_password = False
    _end_sessions(session, user, now)


def reset_password(session: Session, user: User, *, now: datetime, by: audit.By) -> str:
    """Give a user a new one-time password and end his sessions; the act is written to the house chain."""
    password = _new_password()
    user.password_hash = _hasher.hash(password)
    user.must_change_password = True
    _end_sessions(session, user, now)
    key = f"reset:{user.id}:{now.isoformat()}"
    audit.append(session, audit.Act("reset_password", key, details={"user": user.id}), by, now)
    return password


def set_active(session: Session, user: User, *, active: bool, now: datetime, by: audit.By, key: str) -> None:
    """Switch a user off (his sessions end) or on again; a step in the house's chain.

    Raises Conflict when he is the last active operator: nobody could let him in again.
    """
    if not active and is_operator(user) and not _other_operators(session, user):
        raise Conflict("access.last_operator")
    user.active = active
    if not active:
        _end_sessions(session, user, now)
    name = "switch_on" if active else "switch_off"
    audit.append(session, audit.Act(name, key, details={"user": user.id}), by, now)


def add_client(
    session: Session, name: str, user: User, scopes: Collection[str], *, now: datetime, by: audit.By
) -> tuple[ApiClient, str]:
    """Make an API client that acts for a user within scopes; give it with its secret, shown once."""
    secret = secrets.token_urlsafe(32)
    client = ApiClient(
        client_id=f"kc_{secrets.token_hex(8)}",
        name=name,
        secret_hash=_hasher.hash(secret),
        user_id=user.id,
        scopes=sorted(scopes),
        created_at=now,
    )
    session.add(client)
    session.flush()
    audit.append(session, audit.Act("add_client", f"client:{client.id}", details={"user": user.id}), by, now)
    return client, secret


def check_client(session: Session, client_id: str, secret: str, now: datetime) -> ApiClient | None:
    """Give the client whose id and secret belong together, or None; failures count (the caller commits)."""
    _held(session, "client", client_id, now)
    require_below(session, "client", client_id, SIGN_IN_LIMIT, SIGN_IN_WINDOW, now)
    client = session.scalar(select(ApiClient).where(ApiClient.client_id == client_id, ApiClient.active))
    if not _matches(client.secret_hash if client else _nobody(), secret) or client is None or not client.user.active:
        count(session, "client", client_id, SIGN_IN_WINDOW, now)
        return None
    return client


def user_by_id(session: Session, user_id: int) -> User:
    """Give an active user. Raises NotFound."""
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise NotFound("access.no_user")
    return user


def roles_over(user: User, area_code: str, party_ids: Collection[int] = ()) -> frozenset[Role]:
    """Give the roles a user holds over an area (and, for a pendamping, over all of the named parties)."""
    return frozenset(grant.role for grant in user.grants if _covers(grant, area_code, party_ids))


def require_role(user: User, wanted: Collection[Role], area_code: str, party_ids: Collection[int] = ()) -> None:
    """Refuse (NotAllowed) a user who holds none of the wanted roles over the place."""
    if not roles_over(user, area_code, party_ids) & frozenset(wanted):
        raise NotAllowed("access.not_your_area")


def is_operator(user: User) -> bool:
    """Whether the user runs the service."""
    return any(grant.role is Role.OPERATOR for grant in user.grants)


def areas_of(user: User) -> tuple[str, ...]:
    """Give the area codes over which a user sees events and agreements ("" = the nation)."""
    blind = {Role.OPERATOR, Role.PENDAMPING}
    return tuple(sorted({grant.area_code for grant in user.grants if grant.role not in blind}))


def sees(user: User, area_code: str) -> bool:
    """Whether an area lies in anything the user may look at."""
    return any(_inside(area_code, area) for area in areas_of(user))


def count(session: Session, kind: str, subject: str, window: timedelta, now: datetime) -> int:
    """Count one attempt of a subject (kept hashed) in the current window and give the count."""
    row = _held(session, kind, subject, now)
    if row.started_at + window <= now:
        row.started_at, row.count = now, 0
    row.count += 1
    session.flush()
    return row.count


def require_below(session: Session, kind: str, subject: str, limit: int, window: timedelta, now: datetime) -> None:
    """Refuse (TooMany) when the subject's attempts in the window have reached the limit."""
    row = _tally(session, kind, subject)
    if row and row.started_at + window > now and row.count >= limit:
        wait = int((row.started_at + window - now).total_seconds()) + 1
        raise TooMany("access.too_many", retry_after=wait, minutes=max(1, wait // 60))


def _end_sessions(session: Session, user: User, now: datetime) -> None:
    where = (StaffSession.user_id == user.id, StaffSession.ended_at.is_(None))
    for row in session.scalars(select(StaffSession).where(*where)):
        row.ended_at = now


def _other_operators(session: Session, user: User) -> bool:
    others = select(User.id).join(Grant, Grant.user_id == User.id)
    where = (User.active, User.id != user.id, Grant.role == Role.OPERATOR)
    return session.scalar(others.where(*where).limit(1)) is not None


def _tally(session: Session, kind: str, subject: str) -> Tally | None:
    return session.scalar(_tally_query(kind, subject))


def _tally_query(kind: str, subject: str) -> Select[Tally]:
    return select(Tally).where(Tally.kind == kind, Tally.subject == _sha256(subject)).with_for_update()


def _held(session: Session, kind: str, subject: str, now: datetime) -> Tally:
    """Give the counter under its lock, made if there is none: attempts of one subject go one after the other."""
    row = _tally(session, kind, subject)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            session.add(Tally(kind=kind, subject=_sha256(subject), started_at=now, count=0))
    except IntegrityError:  # somebody else made it in the same instant, and has committed
        pass
    return session.scalars(_tally_query(kind, subject)).one()


def _covers(grant: Grant, area_code: str, party_ids: Collection[int]) -> bool:
    if grant.role is Role.PENDAMPING:
        return bool(party_ids) and set(party_ids) <= set(grant.party_ids)
    return _inside(area_code, grant.area_code)


def _inside(area_code: str, area: str) -> bool:
    return not area or area_code == area or area_code.startswith(f"{area}.")


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Give a hash that fits no password, so that an unknown name takes as long as a known one."""
    return _hasher.hash(secrets.token_hex(8))


def _new_password() -> str:
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


def _sha256(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()

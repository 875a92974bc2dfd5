"""What most sub-commands open: the settings of the environment and the record; and the clock of this door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access
from kdmp_core.audit import By
from kdmp_core.errors import InvalidInput, NotFound
from kdmp_core.lifecycle import Actor
from kdmp_core.records import Role, User
from kdmp_core.settings import Settings
from kdmp_core.store import Store, migrate, open_store

OPERATOR = By(Actor.SYSTEM)
"""Who acts at the machine itself: whoever may read the keys; written as the system."""


def now() -> datetime:
    """Give the present instant; the only place of the command that asks the clock."""
    return datetime.now(UTC)


def prepare(settings: Settings) -> None:
    """Make what the first start needs: folders, keys, and the record in its newest shape."""
    settings.prepare()
    migrate(settings.database)


@contextmanager
def record(settings: Settings) -> Iterator[Store]:
    """Open the record, brought to its newest shape, for the time of the block."""
    prepare(settings)
    with closing(open_store(settings.database)) as store:
        yield store


def user_by_login(session: Session, login: str) -> User:
    """Give an active user by login. Raises NotFound."""
    user = session.scalar(select(User).where(User.login == login.strip().lower()))
    if user is None:
        raise NotFound("access.no_user")
    return access.user_by_id(session, user.id)


def coordinator_for(session: Session, login: str | None) -> User:
    """Give the user for whom the operator acts: the one named, else the only one there could be.

    Raises InvalidInput when several could be meant.
    """
    if login:
        return user_by_login(session, login)
    found = [user for user in session.scalars(select(User).where(User.active).order_by(User.id)) if _hosts(user)]
    if len(found) != 1:
        raise InvalidInput("command.whose")
    return found[0]


def _hosts(user: User) -> bool:
    return any(grant.role is Role.COORDINATOR for grant in user.grants)

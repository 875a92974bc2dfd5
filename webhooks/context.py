"""What a view may reach: the settings, the record, the files, the clock. Made once, kept by the application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import current_app, g

from kdmp_core.audit import By
from kdmp_core.files import Files
from kdmp_core.lifecycle import Actor
from kdmp_core.records import ApiClient, User
from kdmp_core.settings import Settings
from kdmp_core.store import Store

EXTENSION = "kdmp"


def wall_clock() -> datetime:
    """Give the present instant; the only place of this door that asks the clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Reach:
    """The parts of the house a view works with."""

    settings: Settings
    store: Store
    files: Files
    now: Callable[[], datetime] = wall_clock


def reach() -> Reach:
    """Give the parts of the house of the running application."""
    return cast("Reach", current_app.extensions[EXTENSION])


def staff() -> User:
    """Give the signed-in member of staff; the guard of the desk and of the API has put him there."""
    return cast("User", g.staff)


def client() -> ApiClient:
    """Give the API client that asks; the guard of the API has put it there."""
    return cast("ApiClient", g.client)


def by_staff() -> By:
    """Give the signed-in member of staff as the one who acts; his capacities are worked out by `apply`."""
    return By(Actor.STAFF, user_id=staff().id)

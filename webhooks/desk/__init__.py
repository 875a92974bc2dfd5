"""The desk: a coordinator's day in pages. A view reads, or makes one call, and answers; forms need no script."""

from __future__ import annotations

from webhooks.desk import (
    account,
    addenda,
    agreements,
    checkin,
    codes,
    contracts,
    drafts,
    event_papers,
    events,
    imports,
    joining,
    links,
    numbers,
    own_drafts,
    papers,
    plans,
    sending,
    steps,
    templates,
    today,
    users,
)
from webhooks.desk.room import blueprint

__all__ = [
    "account",
    "addenda",
    "agreements",
    "blueprint",
    "checkin",
    "codes",
    "contracts",
    "drafts",
    "event_papers",
    "events",
    "imports",
    "joining",
    "links",
    "numbers",
    "own_drafts",
    "papers",
    "plans",
    "sending",
    "steps",
    "templates",
    "today",
    "users",
]

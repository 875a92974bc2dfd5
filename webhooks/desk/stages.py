"""The seven stages of an event: which is done, which comes now, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from flask import url_for
from sqlalchemy.orm import Session

from kdmp_core import plans, reporting
from kdmp_core.records import Event
from kdmp_core.reporting import Count
from kdmp_core.texts import text
from webhooks.pages.shapes import Link, Stage

State = Literal["done", "now", "next"]


def rail(counts: Sequence[Count]) -> list[Stage]:
    """Give the stages with their counts; the first that is not done is the one that comes now."""
    found: list[Stage] = []
    state: State = "done"
    for count in counts:
        if state == "now":
            state = "next"
        elif state == "done" and not _is_done(count):
            state = "now"
        shown = str(count.done) if count.of is None else f"{count.done}/{count.of}"
        found.append(Stage(text(f"desk.stage.{count.stage}"), shown, state))
    return found


def next_step(session: Session, event: Event, counts: Sequence[Count]) -> tuple[str, Link]:
    """Give what to do next in words, and the way there."""
    here = {count.stage: count for count in counts}
    drafted, signing = here["drafted"].done, here["signing"]
    waiting = reporting.unconfirmed(session, event)
    if not here["mapped"].done:
        return _next("import", "desk.new_import")
    if waiting:
        return _next("checkin", "desk.checkin", event, n=waiting)
    if not drafted:
        return _next("propose" if plans.latest(session, event) else "plan", "desk.plan", event)
    if signing.of is None or signing.done < signing.of:
        return (
            _next("signing", "desk.agreements", n=signing.of - signing.done)
            if signing.of
            else _next("drafts", "desk.agreements", n=drafted)
        )
    return _next("deliveries" if here["contracts"].done else "contracts", "desk.agreements")


def _is_done(count: Count) -> bool:
    return bool(count.done) and (count.of is None or count.stage == "contracts" or count.done >= count.of)


def _next(name: str, endpoint: str, event: Event | None = None, **values: int) -> tuple[str, Link]:
    href = url_for(endpoint, event_id=event.id) if event else url_for(endpoint)
    return text(f"desk.next.{name}.why", "id", **values), Link(text(f"desk.next.{name}.action"), href)

"""The year of an event: its mapping month by month, by the harvest months that its coordinator set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kdmp_core import matching, plans
from kdmp_core.audit import By
from kdmp_core.errors import InvalidInput
from kdmp_core.matching.months import SEASONS, YEAR, Calendar, Months, Seasons
from kdmp_core.plans import CALENDAR, seasons_of
from kdmp_core.records import Event
from kdmp_core.workshops import event as events


def is_set(event: Event) -> bool:
    """Say whether somebody set the harvest months of an event."""
    return bool(event.policy.get(CALENDAR))


def of(session: Session, event: Event) -> Calendar:
    """Give the event's year, with the quantities its plan was made with. Raises InvalidInput without a mapping."""
    kept = plans.latest(session, event)
    problem = plans.problem_of(session, event, plans.choices_of(kept) if kept else plans.NONE)
    return matching.calendar(problem, seasons_of(event))


def span(first: int | None, last: int | None) -> Months:
    """Give the months from the first to the last, over the turn of the year if need be; none without both.

    Raises InvalidInput `whatif.months` when only one of them is given.
    """
    if first is None and last is None:
        return ()
    if first is None or last is None:
        raise InvalidInput("whatif.months")
    return tuple(YEAR[(first - 1 + step) % 12] for step in range((last - first) % 12 + 1))


def save(session: Session, event: Event, seasons: Seasons, by: By, key: str, now: datetime) -> None:
    """Keep the harvest months of an event. Raises InvalidInput `whatif.no_harvest` when its own season has none.

    The caller has checked the grant.
    """
    if seasons.own not in SEASONS or not seasons.harvests.get(seasons.own):
        raise InvalidInput("whatif.no_harvest")
    setting: Mapping[str, Any] = {
        "harvests": {name: list(months) for name, months in seasons.harvests.items()},
        "own": seasons.own,
        "every": seasons.every,
    }
    baseline = event.baseline_rupiah_per_kg
    events.change_settings(session, event, baseline, {CALENDAR: setting}, by, key, now)

"""Instants in the words of people, in the zone of a place, and the deadline as the day it is shown as."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from kdmp_core import areas
from kdmp_core.texts import text

_MINUTE = timedelta(minutes=1)


def deadline_after(now: datetime, days: int, area_code: str) -> datetime:
    """Give the deadline `days` after today in an area's zone: the exclusive instant 00.00 of the day after it (UTC)."""
    return end_of_day(areas.today(area_code, now) + timedelta(days=days), area_code)


def end_of_day(day: date, area_code: str) -> datetime:
    """Give the exclusive instant at which a day ends in an area's zone (UTC)."""
    return datetime.combine(day + timedelta(days=1), time(), areas.zone(area_code)).astimezone(UTC)


def local(at: datetime, area_code: str) -> datetime:
    """Give an instant in the zone of an area."""
    return at.astimezone(areas.zone(area_code))


def day_words(day: date) -> str:
    """Give a date as people write it: "Jumat, 31 Oktober 2025"."""
    return text("signing.day", weekday=text(f"signing.weekday.{day.isoweekday()}"), date=date_words(day))


def date_words(day: date) -> str:
    """Give a date without its weekday: "31 Oktober 2025"."""
    return f"{day.day} {text(f'month.{day.month}')} {day.year}"


def moment_words(at: datetime, area_code: str) -> str:
    """Give an instant with its zone: "Jumat, 31 Oktober 2025 pukul 17.00 WIB"."""
    here = local(at, area_code)
    return text("signing.moment", day=day_words(here.date()), time=time_words(at, area_code))


def time_words(at: datetime, area_code: str) -> str:
    """Give the time of day with its zone: "17.00 WIB"."""
    return f"{local(at, area_code):%H.%M} {areas.zone_name(area_code)}"


def deadline_words(deadline: datetime, area_code: str) -> str:
    """Give a deadline as it is shown: the minute before the exclusive instant, "… pukul 23.59 WIB"."""
    return moment_words(deadline - _MINUTE, area_code)

"""The time zone of each province (domain.md §6); Indonesia knows no summer time."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_CENTRAL = frozenset(["51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"])
_EASTERN = frozenset(["81", "82", "91", "92", "93", "94", "95", "96"])
_PONTIANAK = frozenset(["61", "62"])


def zone(code: str) -> ZoneInfo:
    """Give the time zone of the province an area code lies in."""
    province = code[:2]
    if province in _CENTRAL:
        return ZoneInfo("Asia/Makassar")
    if province in _EASTERN:
        return ZoneInfo("Asia/Jayapura")
    return ZoneInfo("Asia/Pontianak" if province in _PONTIANAK else "Asia/Jakarta")


def today(code: str, now: datetime) -> date:
    """Give the day it is at an instant where an area code lies."""
    return now.astimezone(zone(code)).date()


def zone_name(code: str) -> str:
    """Give the name people use for that zone: `WIB`, `WITA` or `WIT`."""
    return {"Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}.get(zone(code).key, "WIB")

"""Reading JSON that strangers wrote: every wrong shape is one refusal, never a crash."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from kdmp_core import strict_json

MAX_DEPTH: Final = 20


class Unreadable(Exception):
    """The bytes are not the JSON that was asked for."""


def read_object(raw: bytes) -> dict[str, object]:
    """Give the JSON object in `raw`, read strictly, 20 levels at most. Raises Unreadable."""
    try:
        return strict_json.read_object(raw, deepest=MAX_DEPTH)
    except ValueError as broken:
        raise Unreadable from broken


def object_at(holder: dict[str, object], name: str) -> dict[str, object]:
    """Give the object under `name`. Raises Unreadable when there is none."""
    value = holder.get(name)
    if not isinstance(value, dict):
        raise Unreadable
    return value


def objects_at(holder: dict[str, object], name: str) -> list[dict[str, object]]:
    """Give the list of objects under `name`. Raises Unreadable when there is none or it holds anything else."""
    value = holder.get(name)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Unreadable
    return value


def text_at(holder: dict[str, object], name: str, limit: int = 2000) -> str | None:
    """Give the text under `name`, or None when it is absent, null or empty. Raises Unreadable for anything else."""
    value = holder.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > limit:
        raise Unreadable
    return value or None


def id_at(holder: dict[str, object], name: str) -> str:
    """Give the positive whole number under `name` as text. Raises Unreadable when there is none."""
    value = holder.get(name)
    if type(value) is not int or not 0 < value < 2**63:
        raise Unreadable
    return str(value)


def time_at(holder: dict[str, object], name: str) -> datetime | None:
    """Give the RFC 3339 time under `name` in UTC, or None. Raises Unreadable for a time without a zone."""
    value = text_at(holder, name, limit=40)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return _in_utc(moment)
    except (ValueError, OverflowError) as broken:
        raise Unreadable from broken


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise Unreadable
    return moment.astimezone(UTC)

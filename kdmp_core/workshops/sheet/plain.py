"""A preview as plain data (dict, list, str, int, bool, None) for the API, the command and kept previews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from kdmp_core.workshops.sheet.facts import Preview, Row
from kdmp_core.workshops.sheet.finding import Finding


def plain(preview: Preview) -> dict[str, Any]:
    """Give a preview as plain data: rows with their status, findings with their Indonesian sentences, counts."""
    counts = preview.counts
    return {
        "file_name": preview.file_name,
        "sha256": preview.sha256,
        "counts": {"good": counts.good, "doubtful": counts.doubtful, "rejected": counts.rejected},
        "reasons": dict(sorted(preview.reasons.items())),
        "event": _value(preview.event),
        "parties": _value(preview.parties),
        "mapping": _value(preview.mapping),
        "attendance": _value(preview.attendance),
        "remarks": _value(preview.remarks),
    }


def _value(value: object) -> Any:
    if isinstance(value, Finding):
        return _finding(value)
    if isinstance(value, Row):
        return {**_parts(value), "status": value.status.value}
    if is_dataclass(value):
        return _parts(value)
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _value(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def _parts(value: Any) -> dict[str, Any]:
    return {part.name: _value(getattr(value, part.name)) for part in fields(value)}


def _finding(finding: Finding) -> dict[str, Any]:
    words = ("place", "name", "expected", "reason", "suggestion", "sentence")
    return {**_parts(finding), **{word: getattr(finding, word) for word in words}}

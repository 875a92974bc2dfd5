"""The workshop sheet: read an .xlsx into a preview, decide its doubtful rows, hand over what may be written.

`read(data, file_name)` gives a `Preview`; `decide(preview, decisions)` gives a `Decided`; `blank_workbook()` gives the
bytes of an empty workbook to begin with. All of it is pure: no database, no clock.
"""

from __future__ import annotations

from kdmp_core.records import PartyKind
from kdmp_core.workshops.sheet.blank import blank_workbook
from kdmp_core.workshops.sheet.decide import Choice, Decided, Decision, decide, decisions_from
from kdmp_core.workshops.sheet.facts import (
    AttendanceRow,
    Commodity,
    Counts,
    Direction,
    EventFacts,
    Field,
    MappingRow,
    Officer,
    Party,
    Preview,
    Row,
    Status,
)
from kdmp_core.workshops.sheet.finding import Finding, Level
from kdmp_core.workshops.sheet.plain import plain
from kdmp_core.workshops.sheet.preview import read

__all__ = [
    "AttendanceRow",
    "Choice",
    "Commodity",
    "Counts",
    "Decided",
    "Decision",
    "Direction",
    "EventFacts",
    "Field",
    "Finding",
    "Level",
    "MappingRow",
    "Officer",
    "Party",
    "PartyKind",
    "Preview",
    "Row",
    "Status",
    "blank_workbook",
    "decide",
    "decisions_from",
    "plain",
    "read",
]

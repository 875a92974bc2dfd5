"""The workshop sheet: read an .xlsx into a preview, decide its doubtful rows, hand over what may be written.

`read(data, file_name)` gives a `Preview`; `decide(preview, decisions)` gives a `Decided`; `blank_workbook()` gives the
bytes of an empty workbook to begin with. A file of another shape (.csv, other columns) goes `find_tables` →
`layout_from` what a person confirmed → `read_by_columns`, which gives the same `Preview`. All of it is pure: no
database, no clock.
"""

from __future__ import annotations

from kdmp_core.records import PartyKind
from kdmp_core.workshops.sheet.blank import blank_workbook
from kdmp_core.workshops.sheet.columns import (
    PERIODS,
    UNITS,
    ColumnUse,
    FoundTable,
    Layout,
    TableUse,
    heads_of,
    layout_from,
    plain_layout,
    remembered,
    to_remember,
)
from kdmp_core.workshops.sheet.decide import Choice, Decided, Decision, decide, decisions_from
from kdmp_core.workshops.sheet.event_facts import KEY as EVENT_KEY
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
from kdmp_core.workshops.sheet.other_shapes import Ground, find_tables, own_event, read_by_columns, typed_event
from kdmp_core.workshops.sheet.plain import plain
from kdmp_core.workshops.sheet.preview import read
from kdmp_core.workshops.sheet.recognise import IGNORE, is_amount, meanings
from kdmp_core.workshops.sheet.typed_rows import TYPED, read_typed_rows
from kdmp_core.workshops.sheet.vocabulary import COMMODITIES_OF

__all__ = [
    "COMMODITIES_OF",
    "EVENT_KEY",
    "IGNORE",
    "PERIODS",
    "TYPED",
    "UNITS",
    "AttendanceRow",
    "Choice",
    "ColumnUse",
    "Commodity",
    "Counts",
    "Decided",
    "Decision",
    "Direction",
    "EventFacts",
    "Field",
    "Finding",
    "FoundTable",
    "Ground",
    "Layout",
    "Level",
    "MappingRow",
    "Officer",
    "Party",
    "PartyKind",
    "Preview",
    "Row",
    "Status",
    "TableUse",
    "blank_workbook",
    "decide",
    "decisions_from",
    "find_tables",
    "heads_of",
    "is_amount",
    "layout_from",
    "meanings",
    "own_event",
    "plain",
    "plain_layout",
    "read",
    "read_by_columns",
    "read_typed_rows",
    "remembered",
    "to_remember",
    "typed_event",
]

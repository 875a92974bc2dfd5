"""Papers with signatures but without review: minutes, attendance lists, handover notes, powers of attorney.

Asked for by staff, made by the worker, signed by ink; the scan is confirmed by staff. They hang on an event, a
delivery or a signatory, and no move of an agreement waits for them.
"""

from __future__ import annotations

from kdmp_core.papers.asking import (
    Standing,
    about,
    ask_all,
    ask_attendance,
    ask_group_power,
    ask_handover,
    ask_minutes,
    ask_power,
    confirm_scan,
    days_of,
    find,
    of_event,
    require_writer,
    sketch,
    standing_of,
)
from kdmp_core.papers.facts import facts_of, place_of, suggested
from kdmp_core.papers.making import Prepared, finish, prepare, preview, refuse

__all__ = [
    "Prepared",
    "Standing",
    "about",
    "ask_all",
    "ask_attendance",
    "ask_group_power",
    "ask_handover",
    "ask_minutes",
    "ask_power",
    "confirm_scan",
    "days_of",
    "facts_of",
    "find",
    "finish",
    "of_event",
    "place_of",
    "prepare",
    "preview",
    "refuse",
    "require_writer",
    "sketch",
    "standing_of",
    "suggested",
]

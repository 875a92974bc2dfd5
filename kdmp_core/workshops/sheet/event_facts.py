"""The sheet "Acara": one label a line, its value beside it."""

from __future__ import annotations

from typing import Any

from kdmp_core import areas
from kdmp_core.texts import text
from kdmp_core.workshops.sheet.cells import Line
from kdmp_core.workshops.sheet.facts import EventFacts
from kdmp_core.workshops.sheet.finding import Finding, Level
from kdmp_core.workshops.sheet.headings import COLUMNS
from kdmp_core.workshops.sheet.layout import Column, Sheet
from kdmp_core.workshops.sheet.words import heading, shown
from kdmp_core.workshops.sheet.workbook import Grid

KEY = "acara"
_NEEDED = ("name", "starts", "ends", "regency", "baseline_price")
_TEXTS = ("name", "organiser", "venue", "commodity", "signing_place", "register_unit", "letter_number")


def read_event(grid: Grid) -> EventFacts:
    """Give the facts of the event; what is missing or cannot be read is an error about its value."""
    lines = _lines(grid)
    facts: dict[str, Any] = {meaning: lines[meaning].text(meaning) for meaning in _TEXTS if meaning in lines}
    for meaning in ("starts", "ends", "agreement_date"):
        if meaning in lines:
            facts[meaning] = lines[meaning].date(meaning, Level.NOTICE if meaning == "agreement_date" else Level.ERROR)
    if "baseline_price" in lines:
        facts["baseline_price"] = lines["baseline_price"].rupiah("baseline_price", "baseline_price")
    if "regency" in lines:
        facts["regency"] = _regency(lines["regency"])
    if "working_months" in lines:
        facts["working_months"] = _months(lines["working_months"])
    findings = [finding for line in lines.values() for finding in line.findings]
    return EventFacts(key=KEY, row=0, findings=(*findings, *_missing(facts, findings, grid)), **facts)


def _lines(grid: Grid) -> dict[str, Line]:
    lines: dict[str, Line] = {}
    for row, values in sorted(grid.rows.items()):
        said = [place for place, value in enumerate(values, start=1) if value is not None and str(value).strip()]
        meaning = COLUMNS["event"].get(heading(values[said[0] - 1])) if said else None
        if meaning and meaning not in lines:
            place = said[1] if len(said) > 1 else said[0] + 1
            column = Column(place, shown(values[said[0] - 1]))
            lines[meaning] = Line(Sheet(grid.title, grid, {meaning: column}, 0), row, values)
    return lines


def _regency(line: Line) -> str:
    written = line.given("regency")
    if areas.exists(written) and areas.find(written).level is areas.Level.REGENCY:
        return written
    found = areas.matches(written, level=areas.Level.REGENCY)
    exact = [match.area.code for match in found if match.how != "near"]
    if len(exact) == 1:
        return exact[0]
    if written:
        near = found[0].area if found else None
        name = areas.label(near.code) if near else ""
        line.note(
            "regency_unknown",
            Level.DOUBT if near else Level.ERROR,
            "regency",
            answer=near.code if near else None,
            name=name,
        )
    return ""


def _months(line: Line) -> int | None:
    digits = line.given("working_months").lower().removesuffix("bulan").strip()
    if digits.isdecimal() and 1 <= int(digits) <= 120:  # noqa: PLR2004 (ten years)
        return int(digits)
    if digits:
        line.note("not_months", Level.NOTICE, "working_months")
    return None


def _missing(facts: dict[str, Any], findings: list[Finding], grid: Grid) -> list[Finding]:
    spoken = {finding.about for finding in findings if finding.level is not Level.NOTICE}
    return [
        Finding(
            "event_lacks", Level.ERROR, grid.title, about=meaning, values={"column": text(f"sheet.columns.{meaning}")}
        )
        for meaning in _NEEDED
        if not facts.get(meaning) and meaning not in spoken
    ]

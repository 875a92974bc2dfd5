"""Read the cells of one line, one meaning at a time; what cannot be read becomes a finding, never an exception."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import phonenumbers

from kdmp_core.errors import InvalidInput
from kdmp_core.quantities import kilograms, rupiah
from kdmp_core.workshops.sheet.finding import Answer, Finding, Level
from kdmp_core.workshops.sheet.layout import Sheet
from kdmp_core.workshops.sheet.vocabulary import unit_and_period
from kdmp_core.workshops.sheet.words import bad_letters, shown, tidy

NAME = 120
SHORT = 200
LONG = 2000
"""Most letters of a name, of any other cell, of a note (the paper takes no more)."""

_SPREADS_DOWN = frozenset({"party", "name", "field", "village", "district", "kind", "period"})
_FAULTS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
EMPTY = frozenset({"", "-", "–", "—", "n/a", "tidak ada", "belum ada"})
_MONTHS = (
    *("januari", "februari", "maret", "april", "mei", "juni"),
    *("juli", "agustus", "september", "oktober", "november", "desember"),
)
_NUMERIC = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_WORDED = re.compile(r"(?:[a-z']+,?\s+)?(\d{1,2})\s+([a-z]{3,})\.?\s+(\d{4})")


class Line:
    """One line of a sheet while it is read: give values by meaning, collect findings."""

    def __init__(self, sheet: Sheet, row: int, values: tuple[Any, ...]) -> None:
        """Begin with the values of the line as openpyxl gave them."""
        self.sheet = sheet
        self.row = row
        self.findings: list[Finding] = []
        self._values = values

    def note(
        self, code: str, level: Level, about: str, /, *, answer: Answer | None = None, at: str = "", **values: str
    ) -> None:
        """Add a finding about a value, standing in the column `at` (default: the value's own)."""
        column = self.sheet.columns.get(at or about)
        place = {"column": column.label, "cell": self.sheet.cell(self.row, at or about)} if column else {}
        found = shown(self._value(at or about)) if self._value(at or about) is not None else ""
        self.findings.append(
            Finding(
                code, level, self.sheet.name, self.row, found=found, about=about, answer=answer, values=values, **place
            )
        )

    def raw(self, meaning: str, about: str = "") -> Any:
        """Give the value of a cell as it is, None when empty; merged, computed and faulty cells leave a finding."""
        if meaning in self.sheet.fixed:
            return self.sheet.fixed[meaning]
        column = self.sheet.columns.get(meaning)
        if column is None:
            return None
        place = (self.row, column.place)
        value = self._value(meaning)
        anchor = self.sheet.grid.merged.get(place)
        if anchor is not None:
            return self._shared(meaning, about or meaning, anchor)
        if place in self.sheet.grid.formulas:
            self._computed(meaning, about or meaning, value)
        if isinstance(value, str) and value.strip() in _FAULTS:
            self.note("cell_fault", Level.ERROR, about or meaning, at=meaning)
            return None
        return value

    def text(self, meaning: str, longest: int = SHORT, about: str = "") -> str:
        """Give a cell as tidy text; empty when there is nothing, or when it cannot be taken (with its finding)."""
        value = self.raw(meaning, about)
        if value is None or isinstance(value, bool):
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        written = tidy(value.strftime("%Y-%m-%d") if isinstance(value, datetime | date) else str(value))
        if bad_letters(written):
            self.note("control_letter", Level.ERROR, about or meaning, at=meaning)
            return ""
        if len(written) > longest:
            self.note("too_long", Level.ERROR, about or meaning, at=meaning, most=str(longest), long=str(len(written)))
            return ""
        return written

    def glance(self, meaning: str) -> str:
        """Give a cell as tidy text without judging it: for keys and for comparing lines, never for keeping."""
        column = self.sheet.columns.get(meaning)
        value = self._value(meaning)
        fixed = meaning in self.sheet.fixed
        anchor = self.sheet.grid.merged.get((self.row, column.place)) if column and not fixed else None
        if anchor is not None:
            values = self.sheet.grid.rows.get(anchor[0], ())
            value = values[anchor[1] - 1] if anchor[1] <= len(values) else None
        return tidy(str(value)[:LONG]) if value is not None else ""

    def given(self, meaning: str) -> str:
        """Give a cell as text, where "-" and its kin mean empty."""
        written = self.text(meaning)
        return "" if written.lower() in EMPTY else written

    def kilograms(self, amount: str, unit: str) -> int | None:
        """Give whole kilograms, or None with a finding about `kg`."""
        value, word = self._number(amount, "kg"), unit_and_period(self.text(unit, about="kg"))[0]
        value = unit_and_period(value)[0] if isinstance(value, str) else value
        return self._read("kg", amount, lambda: kilograms(value, word or None), value)

    def rupiah(self, meaning: str, about: str) -> int | None:
        """Give whole rupiah, or None: silently when the cell is empty, else with a finding."""
        value = self._number(meaning, about)
        if value is None or (isinstance(value, str) and value.lower() in EMPTY):
            return None
        return self._read(about, meaning, lambda: rupiah(value), value)

    def date(self, meaning: str, level: Level = Level.NOTICE) -> date | None:
        """Give a date, or None: silently when the cell is empty, else with a finding."""
        value = self.raw(meaning)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        written = self.given(meaning) if value is not None else ""
        found = date_of(written)
        if written and found is None:
            self.note("not_a_date", level, meaning)
        return found

    def phone(self, meaning: str) -> str:
        """Give a telephone number as E.164; empty with a finding when it is none."""
        written = self.given(meaning)
        found = phone_of(written)
        if written and not found:
            self.note("not_a_phone", Level.NOTICE, meaning)
        return found

    def _value(self, meaning: str) -> Any:
        if meaning in self.sheet.fixed:
            return self.sheet.fixed[meaning]
        column = self.sheet.columns.get(meaning)
        return self._values[column.place - 1] if column and column.place <= len(self._values) else None

    def _number(self, meaning: str, about: str) -> Any:
        value = self.raw(meaning, about)
        return value if isinstance(value, int | float) or value is None else self.text(meaning, about=about)

    def _read(self, about: str, at: str, reading: Callable[[], int], value: object) -> int | None:
        try:
            return reading()
        except InvalidInput as refused:
            if not any(finding.about == about and finding.level is Level.ERROR for finding in self.findings):
                code = refused.code.removeprefix("quantities.")
                self.note("amount_missing" if value in (None, "") else code, Level.ERROR, about, at=at)
            return None

    def _shared(self, meaning: str, about: str, anchor: tuple[int, int]) -> Any:
        line, column = anchor
        values = self.sheet.grid.rows.get(line, ())
        value = values[column - 1] if column <= len(values) else None
        if meaning in _SPREADS_DOWN and column == self.sheet.columns[meaning].place and line > self.sheet.heading_line:
            self.note("merged_shared", Level.NOTICE, about, at=meaning, shared=shown(value))
            return value
        if value is not None and line != self.row:
            self.note("merged_cell", Level.ERROR, about, at=meaning, shared=shown(value))
        return None

    def _computed(self, meaning: str, about: str, value: object) -> None:
        seen = any(finding.about == about and finding.code.startswith("formula") for finding in self.findings)
        if not seen and value is None:
            self.note("formula_empty", Level.ERROR, about, at=meaning)
        elif not seen:
            self.note("formula", Level.DOUBT, about, at=meaning, answer=shown(value))


def date_of(written: str) -> date | None:
    """Give the date of a text: `22 Oktober 2025`, `Rabu, 22 Okt 2025`, `22-10-2025`, `2025-10-22`; else None."""
    numeric, worded = _NUMERIC.fullmatch(written), _WORDED.fullmatch(written.lower())
    try:
        if numeric:
            return date(int(numeric[3]), int(numeric[2]), int(numeric[1]))
        if worded:
            month = next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(worded[2])), 0)
            return date(int(worded[3]), month, int(worded[1]))
        return date.fromisoformat(written)
    except ValueError:
        return None


def phone_of(written: str) -> str:
    """Give a telephone number of Indonesia (or with its own country code) as E.164; empty when it is none."""
    digits = re.sub(r"\D", "", written)
    candidate = f"+{digits}" if digits.startswith("62") else written
    try:
        number = phonenumbers.parse(candidate[:40], "ID")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

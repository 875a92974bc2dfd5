"""One thing found in a cell: where, what stood there, what was expected, and what is suggested with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kdmp_core.texts import has, text

Answer = str | int | bool


class Level(StrEnum):
    """How much a finding weighs: it rejects its row, it asks, or it only tells."""

    ERROR = "error"
    DOUBT = "doubt"
    NOTICE = "notice"


@dataclass(frozen=True)
class Finding:
    """One finding. `code` names its sentences under `sheet.findings.` of the catalogue.

    `sheet`, `row`, `column` (the heading as written) and `cell` ("F127") say where; `found` is what stood there, cut
    and cleaned for showing. `about` names the value of the row it concerns; `answer` is the value suggested for it,
    None when nothing can be suggested; `values` fill the sentences.
    """

    code: str
    level: Level
    sheet: str
    row: int = 0
    column: str = ""
    cell: str = ""
    found: str = ""
    about: str = ""
    answer: Answer | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Give where it is, for people."""
        if not self.row:
            return text("sheet.place.sheet", sheet=self.sheet)
        if not self.column:
            return text("sheet.place.row", sheet=self.sheet, row=self.row)
        return text("sheet.place.cell", sheet=self.sheet, row=self.row, column=self.column, cell=self.cell)

    @property
    def name(self) -> str:
        """Give its short name, as in a list of reasons."""
        return self._word("name")

    @property
    def expected(self) -> str:
        """Give what should stand there."""
        return self._word("expected")

    @property
    def reason(self) -> str:
        """Give why it was noticed, or why the suggestion is likely."""
        return self._word("reason")

    @property
    def suggestion(self) -> str:
        """Give what is suggested; empty when nothing is."""
        return self._word("suggestion") if self.answer is not None else ""

    @property
    def sentence(self) -> str:
        """Give the whole finding as people read it."""
        parts = [f"{self.place}: {self.reason}"]
        if self.found:
            parts.append(text("sheet.found", found=self.found))
        if self.suggestion:
            parts.append(text("sheet.suggested", suggestion=self.suggestion))
        elif self.expected:
            parts.append(text("sheet.wanted", expected=self.expected))
        return " ".join(parts)

    def _word(self, part: str) -> str:
        key = f"sheet.findings.{self.code}.{part}"
        if not has(key):
            return ""
        values: dict[str, Any] = {"found": self.found, "answer": self.answer, **self.values}
        return text(key, **values)

"""What is said of a text that was brought: what it is, what it lacks, and what somebody should know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Media = Literal["docx", "pdf"]

NOTICES: Mapping[str, tuple[str, ...]] = {
    "font_replaced": ("font",),
    "not_pdf_a": (),
    "fonts_outside": (),
}
"""Every code of a notice with the names of its values, so that the catalogue can be tested to be complete."""


@dataclass(frozen=True)
class Notice:
    """Something that does not stop the text: a code of `NOTICES` and its values."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Adopted:
    """A text that may be taken: its media, pages (None: not printed yet), hash of its words, hints and notices.

    `hints` are elements that were not found by their headings; a text may say them under others.
    """

    media: Media
    pages: int | None
    text_sha256: str
    hints: tuple[str, ...]
    warnings: tuple[Notice, ...]

    def as_json(self) -> dict[str, Any]:
        """Give plain data for `json.dumps`."""
        return {**asdict(self), "warnings": [{"code": one.code, "values": dict(one.values)} for one in self.warnings]}

    @classmethod
    def of_json(cls, row: Mapping[str, Any]) -> Adopted:
        """Read what `as_json` gave; raises KeyError or TypeError for anything else."""
        notices = tuple(Notice(one["code"], dict(one["values"])) for one in row["warnings"])
        return cls(row["media"], row["pages"], row["text_sha256"], tuple(row["hints"]), notices)

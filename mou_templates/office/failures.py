"""What can go wrong between a Word file and its PDF.

Refused
├── OfficeMissing       LibreOffice is not installed: a person must install it
├── DocumentUnreadable  the bytes are no Word document LibreOffice can read: asking again is useless
└── OfficeFailed        LibreOffice died or hung each time: try later
"""

from __future__ import annotations

from mou_templates.errors import Refused


class OfficeMissing(Refused):
    """LibreOffice is not installed. Values: `missing` (what) and `packages` (Debian's names of what to install)."""

    def __init__(self, missing: str, packages: str) -> None:
        """Keep what is missing and what to install."""
        super().__init__("office_missing", missing=missing, packages=packages)


class DocumentUnreadable(Refused):
    """LibreOffice's Word filter refuses the bytes, or they take too much. Value: `reason`, one of `REASONS`."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, a code."""
        super().__init__("office_unreadable", reason=reason)


class OfficeFailed(Refused):
    """LibreOffice gave no PDF, warm or cold. Value: `attempts`, how often it was tried."""

    def __init__(self, attempts: int) -> None:
        """Keep the number of attempts."""
        super().__init__("office_failed", attempts=str(attempts))


REASONS = ("not_word", "too_large", "refused", "memory", "pages")
"""No Word package, or a locked one · too many bytes · refused by the Word filter · ate the memory · too many pages."""

CODES: dict[str, tuple[str, ...]] = {
    "office_missing": ("missing", "packages"),
    "office_unreadable": ("reason",),
    "office_failed": ("attempts",),
}
"""Every code of this room with the names of its values."""

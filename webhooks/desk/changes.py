"""What accepting a sheet would change, in words: counted by kind, and row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kdmp_core.quantities import kg_text, rupiah_text
from kdmp_core.texts import text
from kdmp_core.workshops.accept import Change
from webhooks.desk import frame
from webhooks.pages.shapes import Fact

MOST_SHOWN = 60


def counts(changes: Sequence[Change]) -> list[Fact]:
    """Give how many things of each kind would be added, changed or removed."""
    numbers = Counter((change.what, change.how) for change in changes)
    return [
        Fact(text(f"desk.change.{what}"), str(number), text(f"desk.change.{how}"))
        for (what, how), number in numbers.items()
    ]


def rows(changes: Sequence[Change]) -> list[tuple[str, str, str]]:
    """Give the changes of what is known already as table rows: whose, what, from → to."""
    shown = [change for change in changes if change.how != "added"][:MOST_SHOWN]
    return [
        (change.whose, text(f"desk.change.{change.what}"), text(f"desk.change.{change.how}") + _fields(change))
        for change in shown
    ]


def _fields(change: Change) -> str:
    parts = [f"{_name(name)} {_value(name, old)} → {_value(name, new)}" for name, (old, new) in change.fields.items()]
    return f": {'; '.join(parts)}" if parts else ""


def _name(name: str) -> str:
    return frame.word("desk.value", name)


def _value(name: str, value: object) -> str:
    if value in {None, ""}:
        return text("desk.empty_value")
    if isinstance(value, int) and not isinstance(value, bool):
        return kg_text(value) if name.endswith("_kg") else rupiah_text(value)
    for prefix in ("sheet.field", "sheet.direction", "sheet.commodity", "desk.source"):
        if frame.word(prefix, str(value)) != str(value):
            return frame.word(prefix, str(value))
    return str(value)

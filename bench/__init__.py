"""What kdmp costs, measured beside what it is compared with in the same run.

A row is a function in a module of `bench/rows`, registered under its name:

    @row("word.30", better="less")
    def word_30() -> Measured:
        return {"ours": 0.63, "reference": 21.8, "unit": "ms", "n": 200}

`better` says which way is good: "less" for a cost, "more" for a value or a rate. From it the runner makes
`ratio`, how many times better ours is. Further fields (`kb`, `gap`, `cpu_s`) are printed as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Better = Literal["less", "more"]
Measured = Mapping[str, object]


@dataclass(frozen=True)
class Row:
    """One line of the bench: its name, the function that measures it, and which way is better."""

    name: str
    measure: Callable[[], Measured]
    better: Better

    def run(self) -> dict[str, object]:
        """Measure and give the whole line: name, ours, reference, ratio, unit, n, then the row's own fields.

        Raises KeyError when the row left out ours, unit or n.
        """
        found = dict(self.measure())
        ours, reference = found.pop("ours"), found.pop("reference", None)
        line = {
            "name": self.name,
            "ours": ours,
            "reference": reference,
            "ratio": ratio(ours, reference, self.better),
            "unit": found.pop("unit"),
            "n": found.pop("n"),
        }
        return line | found


ROWS: dict[str, Row] = {}


def row(name: str, *, better: Better = "less") -> Callable[[Callable[[], Measured]], Callable[[], Measured]]:
    """Register the function below under `name`. Raises ValueError when the name is taken."""

    def register(measure: Callable[[], Measured]) -> Callable[[], Measured]:
        if name in ROWS:
            raise ValueError(f"two rows are named {name}")
        ROWS[name] = Row(name, measure, better)
        return measure

    return register


def ratio(ours: object, reference: object, better: Better) -> float | None:
    """Say how many times better ours is, three digits after the point; None without two numbers above zero."""
    if not isinstance(ours, int | float) or not isinstance(reference, int | float) or min(ours, reference) <= 0:
        return None
    return round(reference / ours if better == "less" else ours / reference, 3)

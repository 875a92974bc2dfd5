"""The forms of the papers without review: what staff fill in for each kind, and what is suggested before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kdmp_core.records import Agreement
from webhooks.desk import terms
from webhooks.desk.terms import Rows, Term

PERSON = (Term("name", most=120), Term("office", most=120), Term("institution", most=120))
FIELDS: Mapping[str, tuple[Term | Rows, ...]] = {
    "minutes": (
        Term("number", most=60, optional=True),
        Term("place", most=120),
        Term("held_on", "day"),
        Term("opened", "clock"),
        Term("closed", "clock"),
        Term("basis", "lines", optional=True),
        Term("agenda", "lines"),
        Term("decisions", "lines", optional=True),
        Rows("chair", PERSON, single=True),
        Rows("minute_taker", PERSON, single=True),
        Rows("speakers", PERSON, optional=True),
        Rows("representatives", PERSON),
        Rows("acknowledged", PERSON, optional=True),
    ),
    "attendance": (
        Term("number", most=60, optional=True),
        Term("with_phone", "choice", options=("", "yes")),
        Rows("officer", PERSON, single=True, optional=True),
    ),
    "handover": (
        Term("number", most=60, optional=True),
        Term("parent_number", most=60, optional=True),
        Term("place", most=120),
        Term("delivered_at", most=200),
        Term("sacks", "whole", 100_000),
        Term("deductions", "whole", 10**9, optional=True),
        Term("condition", most=300),
        Term("reservations", most=300, optional=True),
        Term("vehicle", most=60, optional=True),
        Term("plate", most=20, optional=True),
        Term("driver", most=120, optional=True),
        Rows("tests", (Term("parameter"), Term("limit"), Term("result", optional=True), Term("deduction"))),
        Rows("witness", PERSON, single=True, optional=True),
    ),
    "power_of_attorney": (
        Term("number", most=60, optional=True),
        Term("place", most=120),
        Term("dated", "day", optional=True),
        Term("valid_until", "day", optional=True),
        Rows("agent", (Term("name", most=120), Term("office", most=120), Term("address", most=200)), single=True),
    ),
}


def groups(kind: str, known: Mapping[str, Any]) -> list[terms.Group]:
    """Give the form of a kind, filled."""
    return terms.filled(FIELDS[kind], known)


def read(kind: str) -> dict[str, Any]:
    """Read the form of a kind; what was left empty is left out. Raises InvalidInput at every field that is unfit."""
    fields = FIELDS[kind]
    if kind == "handover":  # a test without a result was not made
        fields = tuple(Rows("tests", one.columns, optional=True) if one.name == "tests" else one for one in fields)  # type: ignore[union-attr]
    values = {name: value for name, value in terms.read_fields(fields).items() if value not in (None, "", [], {})}
    if "tests" in values:
        values["tests"] = [row for row in values["tests"] if row["result"]]
    return values


def suggested_handover(pks: Agreement, commodity: str, place: str) -> dict[str, Any]:
    """Give what a handover note begins with: the limits of quality the PKS names, and where it wants the goods."""
    planned = (row["place"] for row in pks.terms.get("deliveries", ()) if row["commodity"] == commodity)
    tests = [
        {"parameter": row["parameter"], "limit": row["limit"], "deduction": "tidak ada"}
        for row in pks.terms.get("quality", ())
    ]
    return {"place": place, "delivered_at": next(planned, ""), "tests": tests, "deductions": 0}

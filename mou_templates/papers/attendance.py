"""The attendance list (Daftar Hadir) of one day, signed by ink. It never carries a citizen's number (NIK)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, TypedDict

from mou_templates import dressing, framing, invented, spelling
from mou_templates.errors import Refused
from mou_templates.facts import Event, Issue, Person
from mou_templates.kind import Kind, Parties, signature_code

Gender = Literal["L", "P"]
"""Laki-laki, perempuan."""


class Attendee(TypedDict):
    """Somebody expected; the phone is printed only where the organiser asks for it (`with_phone`)."""

    name: str
    office: str
    cooperative: str
    gender: Gender | None
    phone: str | None


class AttendanceFacts(Issue):
    """One day of the event; the officer who keeps the list signs it."""

    event: Event
    day: date
    with_phone: bool
    rows: list[Attendee]
    officer: Person


def parties(facts: Mapping[str, Any]) -> Parties:
    """List who signs with a code: the officer alone, everybody else signs in the row by ink."""
    return [("/officer", facts["officer"])]


def dress(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of an attendance list; raises `Refused("fact_range")` for a day that is not of the event."""
    event, rows = facts["event"], facts["rows"]
    if not event["first_day"] <= facts["day"] <= event["last_day"]:
        least, most = event["first_day"].isoformat(), event["last_day"].isoformat()
        raise Refused("fact_range", place="/day", least=least, most=most)
    return {
        framing.CHOICE: {"paper": facts["paper"], "phone": "shown" if facts["with_phone"] else "hidden"},
        framing.ISSUE: framing.placed(facts),
        "event": {name: event[name] for name in ("name", "organiser", "place")},
        "day": spelling.full_date(facts["day"]),
        "rows": [_row(row, at, with_phone=facts["with_phone"]) for at, row in enumerate(rows, start=1)],
        "count": _count(rows),
        "officer": facts["officer"] | {"code": signature_code(1)},
    }


def _row(row: Mapping[str, Any], position: int, *, with_phone: bool) -> dict[str, str]:
    shown = {"phone": row["phone"] or dressing.NOTHING} if with_phone else {}
    return {
        "no": str(position),
        "name": row["name"],
        "office": row["office"],
        "cooperative": row["cooperative"],
        "gender": row["gender"] or dressing.NOTHING,
        **shown,
    }


def _count(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    genders = [row["gender"] for row in rows]
    return {
        "people": spelling.counted(len(rows), "orang"),
        "men": spelling.grouped(genders.count("L")),
        "women": spelling.grouped(genders.count("P")),
        "cooperatives": spelling.counted(len({row["cooperative"] for row in rows}), "koperasi"),
    }


def example(people: int = 60) -> dict[str, Any]:
    """Give the facts of the first day's list with that many people (1..500), two from each cooperative."""
    return {
        **invented.issue("001/DH/LOK-KDKMP/X/2025"),
        "event": invented.event(),
        "day": date(2025, 10, 22),
        "with_phone": False,
        "rows": [
            {
                "name": invented.PEOPLE[at % len(invented.PEOPLE)],
                "office": "Sekretaris" if at % 2 else "Ketua Pengurus",
                "cooperative": invented.member(at // 2)["name"],
                "gender": "P" if at % 3 == 1 else "L",
                "phone": f"0812-0000-{at:04d}",
            }
            for at in range(people)
        ],
        "officer": invented.person("Fajar", "Petugas Registrasi", "Kementerian Koperasi"),
    }


KIND = Kind(
    code="attendance",
    version=1,
    facts=AttendanceFacts,
    bounds={"rows": (1, 500)},
    mandatory=("title", "place_date", "attendees"),
    dress=dress,
    parties=parties,
    example=example,
    agreement=False,
)

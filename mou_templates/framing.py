"""The words every agreement shares: its choices, its term, and what is given when it is drawn up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from mou_templates import spelling
from mou_templates.errors import Refused
from mou_templates.kind import Parties

BLANK = "." * 30
"""A declared blank, as it is printed."""

CHOICE = "choice"
"""The entry of the words that chooses variants and is not itself printed."""

ISSUE = "issue"
"""The entry of the words that holds number, place, date and what is derived from them."""

OWN_NUMBER = "own_number"
"""A party's own letter number: given late, like what stands in `issue`."""

CLOCK = re.compile(r"([01][0-9]|2[0-3])\.[0-5][0-9]")
"""A time of day, as it is written."""

ZONES = {
    **dict.fromkeys(("Asia/Jakarta", "Asia/Pontianak"), "Waktu Indonesia Barat (WIB)"),
    "Asia/Makassar": "Waktu Indonesia Tengah (WITA)",
    "Asia/Jayapura": "Waktu Indonesia Timur (WIT)",
}


def agreed(facts: Mapping[str, Any], parties: Parties, **choices: str) -> dict[str, Any]:
    """Give choices, subject, zone and issue of a paper that parties agree to."""
    return {
        CHOICE: {
            "paper": facts["paper"],
            "mode": facts["signing_mode"],
            "meterai": facts["meterai"],
            "logo": facts["logo"],
            **choices,
        },
        "subject": facts["subject"],
        "zone": ZONES[zone(facts)],
        ISSUE: {**issued(facts), **own_numbers(_outside_roster(parties))},
    }


def _outside_roster(parties: Parties) -> Parties:
    """Leave out those whom a roster lists: it prints their numbers, and hundreds have no room under the title."""
    listed = [place for place, _ in parties if place.count("/") > 1]
    return [(place, party) for place, party in parties if len(listed) == 1 or place not in listed]


def zone(facts: Mapping[str, Any]) -> str:
    """Give the time zone of a paper, one of the three of Indonesia; raises `Refused("fact_type")`."""
    name: str = facts["time_zone"]
    if name not in ZONES:
        raise Refused("fact_type", place="/time_zone", expected=" | ".join(ZONES))
    return name


def time_of_day(facts: Mapping[str, Any], name: str) -> time:
    """Read a time of day like "09.30"; raises `Refused("fact_type")`."""
    if CLOCK.fullmatch(facts[name]) is None:
        raise Refused("fact_type", place=f"/{name}", expected="09.30")
    hours, minutes = facts[name].split(".")
    return time(int(hours), int(minutes))


def own_numbers(parties: Parties) -> dict[str, Any]:
    """Give the letter numbers of the parties' own books, as far as they are known."""
    own = [party for _, party in parties if party[OWN_NUMBER]]
    return {"numbers": [{"number": party[OWN_NUMBER], "of": party["name"]} for party in own]}


def termed(facts: Mapping[str, Any], parties: Parties, **choices: str) -> dict[str, Any]:
    """Give what `agreed` gives, and the term: how long, until when, and with what notice it ends early."""
    words = agreed(facts, parties, **choices)
    dated, deadline = facts["dated"], facts.get("pks_deadline_months")
    words[ISSUE] |= {"until": last_day(dated, facts["duration_months"])}
    if deadline:
        words[ISSUE] |= {"pks_until": last_day(dated, deadline)}
        words |= {"pks_months": spelling.counted(deadline, "bulan")}
    notice = spelling.counted(facts["notice_days"], "hari")
    return words | {"term": {"length": length(facts["duration_months"]), "notice": notice}}


def choices(facts: Mapping[str, Any], *lists: str) -> dict[str, str]:
    """Give the choices of a short paper: its size, and of each of its lists whether anything stands in it."""
    return {"paper": facts["paper"]} | {name: "some" if facts[name] else "none" for name in lists}


def placed(facts: Mapping[str, Any], parties: Parties | None = None) -> dict[str, Any]:
    """Give the issue of a short paper: number, place and date, and the own numbers of its parties."""
    issue = issued(facts)
    return {name: issue[name] for name in ("number", "place", "date")} | own_numbers(parties or [])


def day(when: date) -> dict[str, str]:
    """Give a known day as an opening sentence tells it."""
    return {
        "day": spelling.day_name(when),
        "words": spelling.spelled_date(when),
        "numeric": spelling.numeric_date(when),
    }


def issued(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give number, place and date, each a dotted blank while it is not known."""
    dated: date | None = facts["dated"]
    return {
        "number": facts["letter_number"] or BLANK,
        "place": facts["place"] or BLANK,
        **(day(dated) if dated else dict.fromkeys(("day", "words", "numeric"), BLANK)),
        "date": spelling.long_date(dated) if dated else BLANK,
    }


def last_day(dated: date | None, months: int) -> str:
    """Give the last day of a term of months that begins on the dated day, or a blank."""
    return spelling.long_date(spelling.last_day(dated, months)) if dated else BLANK


def length(months: int) -> str:
    """Spell a length in years where it is whole years, else in months."""
    years, rest = divmod(months, 12)
    return spelling.counted(months, "bulan") if rest else spelling.counted(years, "tahun")

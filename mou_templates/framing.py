"""The words every agreement shares: its choices, its term, and what is given when it is drawn up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
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

ZONES = {
    **dict.fromkeys(("Asia/Jakarta", "Asia/Pontianak"), "Waktu Indonesia Barat (WIB)"),
    "Asia/Makassar": "Waktu Indonesia Tengah (WITA)",
    "Asia/Jayapura": "Waktu Indonesia Timur (WIT)",
}


def agreed(facts: Mapping[str, Any], parties: Parties, **choices: str) -> dict[str, Any]:
    """Give choices, subject, zone and issue of a paper that parties agree to."""
    if facts["time_zone"] not in ZONES:
        raise Refused("fact_type", place="/time_zone", expected=" | ".join(ZONES))
    own = [party for _, party in parties if party[OWN_NUMBER]]
    return {
        CHOICE: {
            "paper": facts["paper"],
            "mode": facts["signing_mode"],
            "meterai": facts["meterai"],
            "logo": facts["logo"],
            **choices,
        },
        "subject": facts["subject"],
        "zone": ZONES[facts["time_zone"]],
        ISSUE: {**issued(facts), "numbers": [{"number": party[OWN_NUMBER], "of": party["name"]} for party in own]},
    }


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


def issued(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give number, place and date, each a dotted blank while it is not known."""
    dated: date | None = facts["dated"]
    return {
        "number": facts["letter_number"] or BLANK,
        "place": facts["place"] or BLANK,
        "day": spelling.day_name(dated) if dated else BLANK,
        "words": spelling.spelled_date(dated) if dated else BLANK,
        "numeric": spelling.numeric_date(dated) if dated else BLANK,
        "date": spelling.long_date(dated) if dated else BLANK,
    }


def last_day(dated: date | None, months: int) -> str:
    """Give the last day of a term of months that begins on the dated day, or a blank."""
    return spelling.long_date(spelling.last_day(dated, months)) if dated else BLANK


def length(months: int) -> str:
    """Spell a length in years where it is whole years, else in months."""
    years, rest = divmod(months, 12)
    return spelling.counted(months, "bulan") if rest else spelling.counted(years, "tahun")

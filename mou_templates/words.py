"""Facts become the words of the paper: everything is text from here on, and nothing is formatted later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from mou_templates import dressing, spelling
from mou_templates.door import Words, check_words
from mou_templates.dressing import BLANK
from mou_templates.errors import Refused
from mou_templates.kinds import FIGURE_LIMIT, ISSUE, check_facts, kind_of

STAMPS = {
    "trial": "UJI COBA. Konsep, belum ditelaah ahli hukum",
    "draft": "Konsep, belum ditelaah ahli hukum",
    "reviewed": "",
}
ZONES = {
    **dict.fromkeys(("Asia/Jakarta", "Asia/Pontianak"), "Waktu Indonesia Barat (WIB)"),
    "Asia/Makassar": "Waktu Indonesia Tengah (WITA)",
    "Asia/Jayapura": "Waktu Indonesia Timur (WIT)",
}


def dress(kind: str, facts: Mapping[str, Any]) -> Words:
    """Give the words of one paper of `kind`: dict, list and exact str only, already through the door.

    `facts` as in `facts.py`. Raises `Refused` for facts that do not fit or words that may not be printed.
    """
    checked = check_facts(kind, facts)
    own = {"mou_network": _network, "mou_bilateral": _bilateral, "pks": _pks}[kind]
    return check_words({**_common(kind, checked), **own(checked)})


def review_hash(words: Words, kind: str) -> str:
    """Give the hash review binds to: SHA-256 (hex) of the canonical JSON of the words.

    Number, place, date and what is derived from them (the entry `issue`) are left out, so that
    draw_up may fill them; any other change of a word changes the hash.
    """
    kind_of(kind)
    bound = {name: value for name, value in words.items() if name != ISSUE}
    canonical = json.dumps([kind, bound], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _common(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    if facts["time_zone"] not in ZONES:
        raise Refused("fact_type", place="/time_zone", expected=" | ".join(ZONES))
    return {
        "form": kind_of(kind).form,
        "stamp": STAMPS[facts["legal_review"]],
        "mode": facts["signing_mode"],
        "subject": facts["subject"],
        "zone": ZONES[facts["time_zone"]],
        "term": {"length": _months(facts["duration_months"]), "notice": spelling.counted(facts["notice_days"], "hari")},
        ISSUE: _issue(facts),
    }


def _issue(facts: Mapping[str, Any]) -> dict[str, str]:
    dated: date | None = facts["dated"]
    months = facts.get("pks_deadline_months")
    return {
        "number": facts["letter_number"] or BLANK,
        "place": facts["place"] or BLANK,
        "day": spelling.day_name(dated) if dated else BLANK,
        "words": spelling.spelled_date(dated) if dated else BLANK,
        "numeric": spelling.numeric_date(dated) if dated else BLANK,
        "date": spelling.long_date(dated) if dated else BLANK,
        "until": _last_day(dated, facts["duration_months"]),
    } | ({"pks_until": _last_day(dated, months)} if months else {})


def _last_day(dated: date | None, months: int) -> str:
    return spelling.long_date(spelling.last_day(dated, months)) if dated else BLANK


def _months(months: int) -> str:
    years, rest = divmod(months, 12)
    return spelling.counted(months, "bulan") if rest else spelling.counted(years, "tahun")


def _network(facts: Mapping[str, Any]) -> dict[str, Any]:
    members = facts["members"]
    return {
        "event": dressing.event(facts["event"]),
        "count": spelling.counted(len(members)),
        "group": dressing.group(members),
        "regency": facts["regency"],
        "members": [dressing.member(member, at) for at, member in enumerate(members, start=1)],
        "counterpart": dressing.party(facts["counterpart"], len(members) + 1),
        "secretariat": {"of": facts["secretariat_name"], **dressing.contact(facts["secretariat"])},
        "pks_months": spelling.counted(facts["pks_deadline_months"], "bulan"),
        "matrix": dressing.matrix("mou_network", facts),
        "estimates": dressing.estimates(facts),
        "actions": [
            {
                "no": str(at),
                "action": row["action"],
                "owner": row["owner"],
                "due": spelling.long_date(row["due"]),
                "output": row["output"],
            }
            for at, row in enumerate(facts["actions"], start=1)
        ],
    }


def _bilateral(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "event": dressing.event(facts["event"]),
        "first": {**dressing.party(facts["first"], 1), "contact": dressing.contact(facts["first_contact"])},
        "second": {**dressing.party(facts["second"], 2), "contact": dressing.contact(facts["second_contact"])},
        "roles_first": dressing.lettered(facts["roles_first"]),
        "roles_second": dressing.lettered(facts["roles_second"]),
        "commodities": spelling.listed(facts["commodities"]),
        "pks_months": spelling.counted(facts["pks_deadline_months"], "bulan"),
        "matrix": dressing.matrix("mou_bilateral", facts),
        "estimates": dressing.estimates(facts),
    }


def _pks(facts: Mapping[str, Any]) -> dict[str, Any]:
    total_kg = sum(line["kg"] for line in facts["lines"])
    total = sum(line["kg"] * line["price"] for line in facts["lines"])
    if total >= FIGURE_LIMIT:
        raise Refused("fact_range", place="/lines", least="0", most=str(FIGURE_LIMIT - 1))
    parent, payment = facts["parent"], facts["payment"]
    return {
        "parent": {
            "title": parent["title"],
            "number": parent["letter_number"],
            "date": spelling.long_date(parent["dated"]),
        },
        "supplier": {**dressing.party(facts["supplier"], 1), "contact": dressing.contact(facts["supplier_contact"])},
        "buyer": {**dressing.party(facts["buyer"], 2), "contact": dressing.contact(facts["buyer_contact"])},
        "lines": [dressing.line(line, at) for at, line in enumerate(facts["lines"], start=1)],
        "total": {"kg": spelling.kilograms_in_words(total_kg), "rupiah": spelling.rupiah_in_words(total)},
        "deliveries": [dressing.delivery(row, at) for at, row in enumerate(facts["deliveries"], start=1)],
        "quality": [{"no": str(at), **row} for at, row in enumerate(facts["quality"], start=1)],
        "payment": {
            "days": spelling.counted(payment["days"], "hari kerja"),
            "bank": payment["bank"],
            "account": payment["account"],
            "holder": payment["holder"],
        },
        "price_basis": facts["price_basis"],
        "tester": facts["tester"],
        "court": facts["court"],
    }

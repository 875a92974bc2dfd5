"""Facts become the words of the paper: everything is text from here on, and nothing is formatted later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from mou_templates import spelling
from mou_templates.door import Words, check_words
from mou_templates.errors import Refused
from mou_templates.kinds import FIGURE_LIMIT, ISSUE, check_facts, kind_of, parties, signature_code

BLANK = "." * 30
"""A declared blank, as it is printed."""

STAMPS = {"draft": "Konsep, belum ditelaah ahli hukum", "reviewed": ""}
ZONES = {
    **dict.fromkeys(("Asia/Jakarta", "Asia/Pontianak"), "Waktu Indonesia Barat (WIB)"),
    "Asia/Makassar": "Waktu Indonesia Tengah (WITA)",
    "Asia/Jayapura": "Waktu Indonesia Timur (WIT)",
}
FIELDS = ("production", "processing", "distribution", "marketing")
DIRECTIONS = {"potential": "Potensi", "need": "Kebutuhan"}
STANDINGS = {
    **dict.fromkeys(("kdmp", "kkmp", "primary"), "koperasi"),
    "secondary": "koperasi sekunder",
    "soe": "badan usaha milik negara",
    "public_unit": "satuan pelayanan publik",
}
NOTHING = "\N{EN DASH}"


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


def _party(party: Mapping[str, Any], position: int) -> dict[str, str]:
    """Give a party as the opening names it."""
    signatory = party["signatory"]
    return {
        "code": signature_code(position),
        "name": party["name"],
        "standing": _standing(party),
        "seat": f"{party['address'] or BLANK}, {party['area']}",
        "signatory": signatory["name"],
        "office": signatory["office"],
        "authority": signatory["authority"] or BLANK,
    }


def _member(party: Mapping[str, Any], position: int) -> dict[str, str]:
    """Give a party as the roster lists it."""
    listed = _party(party, position)
    del listed["standing"]
    return listed | {
        "no": str(position),
        "legal": party["legal_number"] or NOTHING,
        "nib": party["nib"] or NOTHING,
    }


def _standing(party: Mapping[str, Any]) -> str:
    standing = STANDINGS[party["kind"]]
    if party["legal_number"] is None:
        return standing
    verb = "berbadan hukum dengan pengesahan" if "koperasi" in standing else "dengan dasar pendirian"
    return f"{standing} {verb} Nomor {party['legal_number']}"


def _contact(contact: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": contact["name"],
        "office": contact["office"],
        "phone": contact["phone"],
        "email": contact["email"] or NOTHING,
    }


def _event(event: Mapping[str, Any]) -> dict[str, str]:
    first, last = event["first_day"], event["last_day"]
    days = spelling.long_date(first)
    return {
        "name": event["name"],
        "organiser": event["organiser"],
        "place": event["place"],
        "days": days if first == last else f"{days} sampai dengan {spelling.long_date(last)}",
    }


def _matrix(code: str, facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """Give one row per party with its four fields, each line a potential or a need; a party may stand with none."""
    everyone = [party for _, party in parties(code, facts)]
    cells: dict[tuple[int, str], list[str]] = {}
    for at, row in enumerate(facts["capacity"]):
        if not 1 <= row["party"] <= len(everyone):
            raise Refused("fact_range", place=f"/capacity/{at}/party", least="1", most=str(len(everyone)))
        cells.setdefault((row["party"], row["field"]), []).append(_capacity(row))
    return [
        {"no": str(no), "name": party["name"]}
        | {field: "\n".join(cells.get((no, field), [NOTHING])) for field in FIELDS}
        for no, party in enumerate(everyone, start=1)
    ]


def _capacity(row: Mapping[str, Any]) -> str:
    amount = f"{spelling.grouped(row['kg'])} kg {row['period']}"
    return f"{DIRECTIONS[row['direction']]}: {row['commodity']} {amount}"


def _group(members: list[Mapping[str, Any]]) -> str:
    kinds = {member["kind"] for member in members}
    if kinds == {"kdmp"}:
        return "Koperasi Desa Merah Putih"
    if kinds == {"kkmp"}:
        return "Koperasi Kelurahan Merah Putih"
    return "Koperasi Desa/Kelurahan Merah Putih" if kinds <= {"kdmp", "kkmp"} else "Koperasi"


def _network(facts: Mapping[str, Any]) -> dict[str, Any]:
    members = facts["members"]
    return {
        "event": _event(facts["event"]),
        "count": spelling.counted(len(members)),
        "group": _group(members),
        "regency": facts["regency"],
        "members": [_member(member, at) for at, member in enumerate(members, start=1)],
        "counterpart": _party(facts["counterpart"], len(members) + 1),
        "secretariat": {"of": facts["secretariat_name"], **_contact(facts["secretariat"])},
        "pks_months": spelling.counted(facts["pks_deadline_months"], "bulan"),
        "matrix": _matrix("mou_network", facts),
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
        "event": _event(facts["event"]),
        "first": {**_party(facts["first"], 1), "contact": _contact(facts["first_contact"])},
        "second": {**_party(facts["second"], 2), "contact": _contact(facts["second_contact"])},
        "roles_first": _lettered(facts["roles_first"]),
        "roles_second": _lettered(facts["roles_second"]),
        "commodities": spelling.listed(facts["commodities"]),
        "pks_months": spelling.counted(facts["pks_deadline_months"], "bulan"),
        "matrix": _matrix("mou_bilateral", facts),
    }


def _lettered(sentences: list[str]) -> list[dict[str, str]]:
    ends = [";"] * (len(sentences) - 2) + ["; dan", "."][-len(sentences) :]
    return [
        {"letter": f"{chr(ord('a') + at)}.", "text": sentence.rstrip(".;") + end}
        for at, (sentence, end) in enumerate(zip(sentences, ends, strict=True))
    ]


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
        "supplier": {**_party(facts["supplier"], 1), "contact": _contact(facts["supplier_contact"])},
        "buyer": {**_party(facts["buyer"], 2), "contact": _contact(facts["buyer_contact"])},
        "lines": [_line(line, at) for at, line in enumerate(facts["lines"], start=1)],
        "total": {"kg": spelling.kilograms_in_words(total_kg), "rupiah": spelling.rupiah_in_words(total)},
        "deliveries": [_delivery(row, at) for at, row in enumerate(facts["deliveries"], start=1)],
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


def _line(line: Mapping[str, Any], position: int) -> dict[str, str]:
    return {
        "no": str(position),
        "commodity": line["commodity"],
        "grade": line["grade"],
        "amount": spelling.kilograms(line["kg"]),
        "tolerance": f"{line['tolerance_percent']}%",
        "price": spelling.rupiah(line["price"]),
        "value": spelling.rupiah(line["kg"] * line["price"]),
    }


def _delivery(row: Mapping[str, Any], position: int) -> dict[str, str]:
    return {
        "no": str(position),
        "day": spelling.full_date(row["day"]),
        "commodity": row["commodity"],
        "amount": spelling.kilograms(row["kg"]),
        "place": row["place"],
    }

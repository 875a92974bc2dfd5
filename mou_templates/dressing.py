"""Parts of papers put into words: parties, contacts, the workshop, the matrix, goods and deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mou_templates import spelling
from mou_templates.errors import Refused
from mou_templates.framing import BLANK, OWN_NUMBER
from mou_templates.kind import Parties, signature_code

FIELDS = {
    "production": "Produksi",
    "processing": "Pengolahan",
    "distribution": "Distribusi",
    "marketing": "Pemasaran",
}
DIRECTIONS = ("potential", "need")
ESTIMATE = "perkiraan"
STANDINGS = {
    **dict.fromkeys(("kdmp", "kkmp", "primary"), "koperasi"),
    "secondary": "koperasi sekunder",
    "soe": "badan usaha milik negara",
    "public_unit": "satuan pelayanan publik",
}
NOTHING = "\N{EN DASH}"


def party(facts: Mapping[str, Any], position: int) -> dict[str, str]:
    """Give a party as the opening names it."""
    signatory = facts["signatory"]
    return {
        "code": signature_code(position),
        "name": facts["name"],
        "standing": _standing(facts),
        "seat": f"{facts['address'] or BLANK}, {facts['area']}",
        "signatory": signatory["name"],
        "office": signatory["office"],
        "authority": signatory["authority"] or BLANK,
    }


def member(facts: Mapping[str, Any], position: int) -> dict[str, str]:
    """Give a party as the roster lists it."""
    listed = party(facts, position)
    del listed["standing"]
    return listed | {
        "no": str(position),
        "legal": facts["legal_number"] or NOTHING,
        "nib": facts["nib"] or NOTHING,
        OWN_NUMBER: f"\nNomor surat: {facts[OWN_NUMBER]}" if facts[OWN_NUMBER] else "",
    }


def _standing(party: Mapping[str, Any]) -> str:
    standing = STANDINGS[party["kind"]]
    if party["legal_number"] is None:
        return standing
    verb = "berbadan hukum dengan pengesahan" if "koperasi" in standing else "dengan dasar pendirian"
    return f"{standing} {verb} Nomor {party['legal_number']}"


def contact(facts: Mapping[str, Any]) -> dict[str, str]:
    """Give a contact, whose e-mail may be lacking."""
    return {
        "name": facts["name"],
        "office": facts["office"],
        "phone": facts["phone"],
        "email": facts["email"] or NOTHING,
    }


def parent(facts: Mapping[str, Any]) -> dict[str, str]:
    """Give the agreement that this one carries out, changes or joins."""
    return {
        "title": facts["title"],
        "number": facts["letter_number"],
        "date": spelling.long_date(facts["dated"]),
    }


def event(facts: Mapping[str, Any]) -> dict[str, str]:
    """Give the workshop with its days."""
    first, last = facts["first_day"], facts["last_day"]
    days = spelling.long_date(first)
    return {
        "name": facts["name"],
        "organiser": facts["organiser"],
        "place": facts["place"],
        "days": days if first == last else f"{days} sampai dengan {spelling.long_date(last)}",
    }


def matrix(parties: Parties, capacity: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Give one row per party with its potentials and its needs, ordered by field; a party may stand with none."""
    shared = _shared_period(capacity)
    cells: dict[tuple[int, str], list[str]] = {}
    for row in _by_field(capacity, len(parties)):
        cells.setdefault((row["party"], row["direction"]), []).append(_capacity(row, shared))
    return [
        {"no": str(no), "name": party["name"]}
        | {direction: "; ".join(cells.get((no, direction), [NOTHING])) for direction in DIRECTIONS}
        for no, (_, party) in enumerate(parties, start=1)
    ]


def estimates(capacity: Sequence[Mapping[str, Any]]) -> str:
    """Say what the figures of the matrix are: estimates, with the period when it is one and the same for all."""
    return f"{ESTIMATE} {_shared_period(capacity)}".rstrip()


def _by_field(rows: Sequence[Mapping[str, Any]], count: int) -> list[Mapping[str, Any]]:
    for at, row in enumerate(rows):
        if not 1 <= row["party"] <= count:
            raise Refused("fact_range", place=f"/capacity/{at}/party", least="1", most=str(count))
    order = list(FIELDS)
    return sorted(rows, key=lambda row: order.index(row["field"]))


def _shared_period(rows: Sequence[Mapping[str, Any]]) -> str:
    periods = {row["period"] for row in rows}
    return periods.pop() if len(periods) == 1 else ""


def _capacity(row: Mapping[str, Any], shared: str) -> str:
    """Say one potential or need in kilograms; the period only where the head of the annex does not say it for all."""
    period = "" if shared else f" {row['period']}"
    return f"{FIELDS[row['field']]}: {row['commodity']} {spelling.grouped(row['kg'])}{period}"


def group(members: list[Mapping[str, Any]]) -> str:
    """Name the cooperatives of a network together."""
    kinds = {member["kind"] for member in members}
    if kinds == {"kdmp"}:
        return "Koperasi Desa Merah Putih"
    if kinds == {"kkmp"}:
        return "Koperasi Kelurahan Merah Putih"
    return "Koperasi Desa/Kelurahan Merah Putih" if kinds <= {"kdmp", "kkmp"} else "Koperasi"


def lettered(sentences: list[str]) -> list[dict[str, str]]:
    """Letter the sentences of a list: each ends with ";", the last but one with "; dan"."""
    ends = [";"] * (len(sentences) - 2) + ["; dan", "."][-len(sentences) :]
    return [
        {"letter": f"{chr(ord('a') + at)}.", "text": sentence.rstrip(".;") + end}
        for at, (sentence, end) in enumerate(zip(sentences, ends, strict=True))
    ]


def numbered(sentences: Sequence[str]) -> list[dict[str, str]]:
    """Write the sentences of a list with numbers: each ends with ";", the last with "."."""
    last = len(sentences)
    return [
        {"no": f"{at}.", "text": sentence.rstrip(".;") + ("." if at == last else ";")}
        for at, sentence in enumerate(sentences, start=1)
    ]


def actions(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Give the rows of an action plan."""
    return [
        {
            "no": str(at),
            "action": row["action"],
            "owner": row["owner"],
            "due": spelling.long_date(row["due"]),
            "output": row["output"],
        }
        for at, row in enumerate(rows, start=1)
    ]


def line(facts: Mapping[str, Any], position: int) -> dict[str, str]:
    """Give goods with their value."""
    return {
        "no": str(position),
        "commodity": facts["commodity"],
        "grade": facts["grade"],
        "amount": spelling.kilograms(facts["kg"]),
        "tolerance": f"{facts['tolerance_percent']}%",
        "price": spelling.rupiah(facts["price"]),
        "value": spelling.rupiah(facts["kg"] * facts["price"]),
    }


def delivery(row: Mapping[str, Any], position: int) -> dict[str, str]:
    """Give one planned delivery."""
    return {
        "no": str(position),
        "day": spelling.full_date(row["day"]),
        "commodity": row["commodity"],
        "amount": spelling.kilograms(row["kg"]),
        "place": row["place"],
    }

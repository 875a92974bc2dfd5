"""The handover note (Berita Acara Serah Terima) of one delivery under a supply agreement: weighed, tested, priced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict

from mou_templates import dressing, framing, invented, spelling
from mou_templates.errors import Refused
from mou_templates.facts import Issue, Parent, Party, Person
from mou_templates.kind import FIGURE_LIMIT, Kind, Parties, signature_code, two_parties


class Goods(TypedDict):
    """What was weighed: whole kilograms, whole rupiah per kilogram; `net_kg` is `gross_kg` less `tare_kg`."""

    commodity: str
    grade: str
    sacks: int
    gross_kg: int
    tare_kg: int
    net_kg: int
    price: int


class QualityTest(TypedDict):
    """What was tested: "Kadar air", "24%", "paling tinggi 25%", "tidak ada"."""

    parameter: str
    result: str
    limit: str
    deduction: str


class HandoverFacts(Issue):
    """One delivery, `number` of `of_deliveries`, under the supply agreement `parent`.

    `amount` is the value of the net weights less `deductions`, all in whole rupiah; it must add up.
    """

    parent: Parent
    deliverer: Party
    receiver: Party
    number: int
    of_deliveries: int
    delivered_on: date
    delivered_at: str  # "gudang Koperasi Niaga Mukti, Kec. Cilaku"
    lines: list[Goods]
    tests: list[QualityTest]
    deductions: int
    amount: int
    vehicle: str | None
    plate: str | None
    driver: str | None
    condition: str  # "karung utuh dan kering"
    reservations: str | None
    witness: Person | None


def parties(facts: Mapping[str, Any]) -> Parties:
    """List deliverer, receiver and, if there is one, the witness."""
    witness = facts["witness"]
    return [*two_parties("deliverer", "receiver")(facts), *([("/witness", witness)] if witness else [])]


def dress(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of a handover note; raises `Refused("fact_sum")` for weights or an amount that do not add up."""
    lines, witness = facts["lines"], facts["witness"]
    value = _checked(facts)
    if not 1 <= facts["number"] <= facts["of_deliveries"]:
        raise Refused("fact_range", place="/number", least="1", most=str(facts["of_deliveries"]))
    total = {name: sum(line[name] for line in lines) for name in ("sacks", "gross_kg", "tare_kg", "net_kg")}
    return {
        framing.CHOICE: framing.choices(facts, "tests"),
        framing.ISSUE: framing.placed(facts, parties(facts)[:2]),
        "parent": dressing.parent(facts["parent"]),
        "deliverer": dressing.party(facts["deliverer"], 1),
        "receiver": dressing.party(facts["receiver"], 2),
        "delivery": {"at": f"ke-{facts['number']}", "of": spelling.counted(facts["of_deliveries"], "penyerahan")},
        "delivered": framing.day(facts["delivered_on"]) | {"at": facts["delivered_at"]},
        "lines": [_line(line, at) for at, line in enumerate(lines, start=1)],
        "total": {name: spelling.grouped(sum_of) for name, sum_of in total.items()} | {"value": spelling.rupiah(value)},
        "net": spelling.kilograms_in_words(total["net_kg"]),
        "tests": [{"no": str(at), **row} for at, row in enumerate(facts["tests"], start=1)],
        "deductions": spelling.rupiah(facts["deductions"]),
        "amount": spelling.rupiah_in_words(facts["amount"]),
        "transport": {name: facts[name] or dressing.NOTHING for name in ("vehicle", "plate", "driver")},
        "condition": facts["condition"].rstrip("."),
        "reservations": (facts["reservations"] or "tidak ada").rstrip("."),
        "witnesses": [witness | {"code": signature_code(3)}] if witness else [],
    }


def _checked(facts: Mapping[str, Any]) -> int:
    """Give the value of the net weights, once weights and amount add up."""
    for at, line in enumerate(facts["lines"]):
        if line["net_kg"] != line["gross_kg"] - line["tare_kg"]:
            expected = spelling.grouped(line["gross_kg"] - line["tare_kg"])
            raise Refused("fact_sum", place=f"/lines/{at}/net_kg", expected=expected)
    value: int = sum(line["net_kg"] * line["price"] for line in facts["lines"])
    if value >= FIGURE_LIMIT:
        raise Refused("fact_range", place="/lines", least="0", most=str(FIGURE_LIMIT - 1))
    if facts["deductions"] > value:
        raise Refused("fact_range", place="/deductions", least="0", most=str(value))
    if facts["amount"] != value - facts["deductions"]:
        raise Refused("fact_sum", place="/amount", expected=spelling.grouped(value - facts["deductions"]))
    return value


def _line(line: Mapping[str, Any], position: int) -> dict[str, str]:
    figures = {name: spelling.grouped(line[name]) for name in ("sacks", "gross_kg", "tare_kg", "net_kg")}
    money = {"price": spelling.rupiah(line["price"]), "value": spelling.rupiah(line["net_kg"] * line["price"])}
    return {"no": str(position), "commodity": line["commodity"], "grade": line["grade"], **figures, **money}


def example() -> dict[str, Any]:
    """Give the facts of the first delivery of paddy."""
    return {
        **invented.issue("001/BAST/KDMP-CIHEA/III/2026"),
        "dated": date(2026, 3, 9),
        "parent": {
            "title": "Perjanjian Kerja Sama tentang Pemasokan Gabah Kering Panen",
            "letter_number": "001/KDKMP-CIANJUR/PKS/XI/2025",
            "dated": date(2025, 11, 20),
        },
        "deliverer": invented.member(0) | {"own_number": None},
        "receiver": invented.counterpart() | {"own_number": None},
        "number": 1,
        "of_deliveries": 3,
        "delivered_on": date(2026, 3, 9),
        "delivered_at": "gudang Koperasi Niaga Mukti, Kec. Cilaku",
        "lines": [
            {
                "commodity": "Gabah Kering Panen (GKP)",
                "grade": "kadar air paling tinggi 25%",
                "sacks": 280,
                "gross_kg": 14_056,
                "tare_kg": 56,
                "net_kg": 14_000,
                "price": 6_700,
            },
            {
                "commodity": "Beras medium",
                "grade": "derajat sosoh 100%",
                "sacks": 20,
                "gross_kg": 1_004,
                "tare_kg": 4,
                "net_kg": 1_000,
                "price": 12_000,
            },
        ],
        "tests": [
            _test("Kadar air GKP", "26%", "paling tinggi 25%", "1% harga GKP"),
            _test("Kadar hampa GKP", "8%", "paling tinggi 10%", "tidak ada"),
            _test("Butir patah beras", "22%", "paling tinggi 25%", "tidak ada"),
        ],
        "deductions": 938_000,
        "amount": 104_862_000,
        "vehicle": "Truk engkel",
        "plate": "F 8123 WX",
        "driver": "Dede",
        "condition": "karung utuh, kering, dan tidak berbau apak",
        "reservations": "2 karung basah diganti pada penyerahan berikutnya",
        "witness": invented.person("Rukmini", "Petugas Penyuluh Lapangan", "Dinas Pertanian Kabupaten Cianjur"),
    }


def _test(parameter: str, result: str, limit: str, deduction: str) -> dict[str, Any]:
    return {"parameter": parameter, "result": result, "limit": limit, "deduction": deduction}


KIND = Kind(
    code="handover",
    version=1,
    facts=HandoverFacts,
    bounds={"lines": (1, 50), "tests": (0, 50), "of_deliveries": (1, 1_000)},
    mandatory=("title", "place_date", "parties", "basis", "goods", "payment", "closing"),
    dress=dress,
    parties=parties,
    example=example,
    agreement=False,
)

"""The supply agreement (PKS) for rice or maize under a MoU: goods, quality, price, deliveries, payment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypedDict

from mou_templates import dressing, framing, invented, spelling
from mou_templates.errors import Refused
from mou_templates.facts import Common, Contact, Parent, Party
from mou_templates.kind import FIGURE_LIMIT, PKS, TERMS, Kind, two_parties

Goods = Literal["rice", "maize"]
"""Paddy and rice · shelled maize: which goods the definitions and the terms of quality speak of."""

WAREHOUSE = "gudang Koperasi Niaga Mukti, Kec. Cilaku"


class Line(TypedDict):
    """Goods of a PKS: whole kilograms, whole rupiah per kilogram, tolerance in whole percent."""

    commodity: str
    grade: str
    kg: int
    price: int
    tolerance_percent: int


class Delivery(TypedDict):
    """One planned delivery."""

    day: date
    commodity: str
    kg: int
    place: str


class Quality(TypedDict):
    """One quality demand with what happens beyond it."""

    parameter: str
    limit: str
    deduction: str


class Payment(TypedDict):
    """How the supplier is paid: days after handover and invoice, and the account of the organisation."""

    days: int
    bank: str
    account: str
    holder: str


class PksFacts(Common):
    """A supply agreement for one kind of goods under a MoU; the first party supplies, the second buys."""

    goods: Goods
    parent: Parent
    supplier: Party
    buyer: Party
    supplier_contact: Contact
    buyer_contact: Contact
    lines: list[Line]
    deliveries: list[Delivery]
    quality: list[Quality]
    payment: Payment
    price_basis: str
    tester: str
    court: str


parties = two_parties("supplier", "buyer")


def dress(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of a supply agreement; raises `Refused("fact_range")` for a sum beyond words."""
    total_kg = sum(line["kg"] for line in facts["lines"])
    total = sum(line["kg"] * line["price"] for line in facts["lines"])
    if total >= FIGURE_LIMIT:
        raise Refused("fact_range", place="/lines", least="0", most=str(FIGURE_LIMIT - 1))
    payment = facts["payment"]
    return framing.termed(facts, parties(facts), goods=facts["goods"]) | {
        "parent": dressing.parent(facts["parent"]),
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


def example(goods: Goods = "rice") -> dict[str, Any]:
    """Give the facts of a supply agreement for those goods."""
    own = _rice() if goods == "rice" else _maize()
    return {
        **invented.common("001/KDKMP-CIANJUR/PKS/XI/2025", own.pop("subject"), "at_once", 6),
        **own,
        "dated": date(2025, 11, 20),
        "goods": goods,
        "parent": invented.parent(),
        "supplier": invented.member(0),
        "buyer": invented.counterpart(),
        "supplier_contact": invented.contact("Asep Sunandar", "Sekretaris"),
        "buyer_contact": invented.contact("Cecep Hidayat", "Kepala Bagian Pengadaan"),
        "payment": {
            "days": 7,
            "bank": "Bank Mandiri KCP Cianjur",
            "account": "132-00-0000000-0",
            "holder": "Koperasi Desa Merah Putih Cihea",
        },
        "tester": "petugas mutu PIHAK KEDUA, disaksikan wakil PIHAK PERTAMA",
        "court": "Pengadilan Negeri Cianjur",
    }


def _rice() -> dict[str, Any]:
    return {
        "subject": "Pemasokan Gabah Kering Panen",
        "lines": [
            _line("Gabah Kering Panen (GKP)", "kadar air paling tinggi 25%", 27_900, 6_700, 5),
            _line("Beras medium", "derajat sosoh 100%", 4_500, 12_000, 5),
        ],
        "deliveries": [
            _delivery(date(2026, 3, 9), "Gabah Kering Panen (GKP)", 14_000),
            _delivery(date(2026, 3, 23), "Gabah Kering Panen (GKP)", 13_900),
            _delivery(date(2026, 4, 6), "Beras medium", 4_500),
        ],
        "quality": [
            _quality("Kadar air GKP", "paling tinggi 25%", "potongan 1% harga untuk setiap kelebihan 1%"),
            _quality("Kadar hampa GKP", "paling tinggi 10%", "potongan 1% harga untuk setiap kelebihan 1%"),
            _quality("Butir patah beras", "paling tinggi 25%", "dapat ditolak bila lebih dari 30%"),
        ],
        "price_basis": (
            "Harga Pembelian Pemerintah menurut Keputusan Kepala Badan Pangan Nasional Nomor 2 Tahun 2025 "
            "dan kesepakatan PARA PIHAK pada tanggal Perjanjian ini"
        ),
    }


def _maize() -> dict[str, Any]:
    return {
        "subject": "Pemasokan Jagung Pipilan Kering",
        "lines": [_line("Jagung pipilan kering", "kadar air paling tinggi 15%", 18_000, 5_500, 5)],
        "deliveries": [
            _delivery(date(2026, 2, 16), "Jagung pipilan kering", 9_000),
            _delivery(date(2026, 3, 2), "Jagung pipilan kering", 9_000),
        ],
        "quality": [
            _quality("Kadar air", "paling tinggi 15%", "potongan 1% harga untuk setiap kelebihan 1%"),
            _quality("Butir rusak", "paling tinggi 3%", "potongan 1% harga untuk setiap kelebihan 1%"),
            _quality("Benda asing", "paling tinggi 2%", "dapat ditolak bila lebih dari 5%"),
        ],
        "price_basis": "kesepakatan PARA PIHAK pada tanggal Perjanjian ini",
    }


def _delivery(day: date, commodity: str, kg: int) -> dict[str, Any]:
    return {"day": day, "commodity": commodity, "kg": kg, "place": WAREHOUSE}


def _line(commodity: str, grade: str, kg: int, price: int, tolerance: int) -> dict[str, Any]:
    return {"commodity": commodity, "grade": grade, "kg": kg, "price": price, "tolerance_percent": tolerance}


def _quality(parameter: str, limit: str, deduction: str) -> dict[str, Any]:
    return {"parameter": parameter, "limit": limit, "deduction": deduction}


KIND = Kind(
    code="pks",
    version=3,
    facts=PksFacts,
    bounds={**TERMS, "lines": (1, 50), "deliveries": (1, 200), "quality": (1, 50)},
    mandatory=PKS,
    dress=dress,
    parties=parties,
    example=example,
)

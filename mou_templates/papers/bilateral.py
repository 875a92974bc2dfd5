"""The MoU of two parties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mou_templates import dressing, framing, invented, spelling
from mou_templates.facts import Capacity, Common, Contact, Event, Party
from mou_templates.kind import FRAMEWORK, MOU, Kind, two_parties


class BilateralFacts(Common):
    """A framework MoU of two parties; `roles_*` say what each brings, without prices."""

    event: Event
    first: Party
    second: Party
    first_contact: Contact
    second_contact: Contact
    roles_first: list[str]
    roles_second: list[str]
    commodities: list[str]
    pks_deadline_months: int
    capacity: list[Capacity]


parties = two_parties("first", "second")


def dress(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of a bilateral MoU."""
    return framing.termed(facts, parties(facts)) | {
        "event": dressing.event(facts["event"]),
        "first": {**dressing.party(facts["first"], 1), "contact": dressing.contact(facts["first_contact"])},
        "second": {**dressing.party(facts["second"], 2), "contact": dressing.contact(facts["second_contact"])},
        "roles_first": dressing.lettered(facts["roles_first"]),
        "roles_second": dressing.lettered(facts["roles_second"]),
        "commodities": spelling.listed(facts["commodities"]),
        "matrix": dressing.matrix(parties(facts), facts["capacity"]),
        "estimates": dressing.estimates(facts["capacity"]),
    }


def example() -> dict[str, Any]:
    """Give the facts of a bilateral MoU."""
    return {
        **invented.common("002/KDKMP-CIANJUR/NK/X/2025", "Kerja Sama Pengolahan dan Pemasaran Beras", "over_days", 24),
        "event": invented.event(),
        "first": invented.member(0),
        "second": invented.member(1),
        "first_contact": invented.contact("Asep Sunandar", "Sekretaris"),
        "second_contact": invented.contact("Suharti", "Bendahara"),
        "roles_first": [
            "menyediakan gabah kering panen hasil anggota sesuai kalender panen",
            "menyampaikan perkiraan panen setiap bulan",
        ],
        "roles_second": [
            "menyediakan kapasitas pengeringan dan penggilingan",
            "menyimpan beras hasil giling di gudang yang memenuhi syarat",
            "membantu pemasaran beras hasil kerja sama",
        ],
        "commodities": ["gabah kering panen", "beras medium"],
        "pks_deadline_months": 6,
        "capacity": [row for party in (1, 2) for row in invented.capacity(party)],
    }


KIND = Kind(
    code="mou_bilateral",
    version=3,
    facts=BilateralFacts,
    bounds={**FRAMEWORK, "roles_first": (1, 20), "roles_second": (1, 20)},
    mandatory=MOU,
    dress=dress,
    parties=parties,
    example=example,
)

"""The network MoU: up to two hundred cooperatives on one side, one counterpart on the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mou_templates import dressing, framing, invented, spelling
from mou_templates.facts import Action, Capacity, Common, Contact, Event, Party
from mou_templates.kind import FRAMEWORK, MOU, Kind, Parties


class NetworkFacts(Common):
    """A framework MoU: `members` (1..200 cooperatives) on one side, one counterpart on the other."""

    event: Event
    regency: str
    members: list[Party]
    counterpart: Party
    secretariat: Contact
    secretariat_name: str
    pks_deadline_months: int
    capacity: list[Capacity]
    actions: list[Action]


def parties(facts: Mapping[str, Any]) -> Parties:
    """List the members in the order of the roster, the counterpart last."""
    members = [(f"/members/{at}", member) for at, member in enumerate(facts["members"])]
    return [*members, ("/counterpart", facts["counterpart"])]


def dress(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of a network MoU."""
    members = facts["members"]
    return framing.termed(facts, parties(facts)) | {
        "event": dressing.event(facts["event"]),
        "count": spelling.counted(len(members)),
        "group": dressing.group(members),
        "regency": facts["regency"],
        "members": [dressing.member(member, at) for at, member in enumerate(members, start=1)],
        "counterpart": dressing.party(facts["counterpart"], len(members) + 1),
        "secretariat": {"of": facts["secretariat_name"], **dressing.contact(facts["secretariat"])},
        "matrix": dressing.matrix(parties(facts), facts["capacity"]),
        "estimates": dressing.estimates(facts["capacity"]),
        "actions": dressing.actions(facts["actions"]),
    }


def example(members: int = 30) -> dict[str, Any]:
    """Give the facts of a network MoU with that many cooperatives (1..200)."""
    return {
        **invented.common(
            "001/KDKMP-CIANJUR/NK/X/2025", "Jaringan Usaha Perberasan Koperasi Desa Merah Putih", "electronic", 36
        ),
        "event": invented.event(),
        "regency": "Kabupaten Cianjur",
        "members": [invented.member(at) for at in range(members)],
        "counterpart": invented.counterpart(),
        "secretariat_name": "Sekretariat Jaringan KDKMP Kabupaten Cianjur",
        "secretariat": invented.contact("Neneng Nurhayati", "Koordinator"),
        "pks_deadline_months": 6,
        "capacity": [row for at in range(members) for row in invented.capacity(at + 1)],
        "actions": [
            {
                "action": "Menyepakati jadwal panen dan pengumpulan gabah Musim Tanam I",
                "owner": "Sekretariat Jaringan",
                "due": date(2025, 11, 14),
                "output": "Kalender panen bersama",
            },
            {
                "action": "Menyusun Perjanjian Kerja Sama pertama",
                "owner": "Koperasi Niaga Mukti dan koperasi pemasok",
                "due": date(2026, 1, 30),
                "output": "Perjanjian Kerja Sama pemasokan gabah",
            },
        ],
    }


KIND = Kind(
    code="mou_network",
    version=3,
    facts=NetworkFacts,
    bounds={**FRAMEWORK, "members": (1, 200), "actions": (0, 100)},
    mandatory=MOU,
    dress=dress,
    parties=parties,
    example=example,
)

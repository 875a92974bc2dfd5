"""The declaration by which a cooperative joins an agreement, countersigned by its secretariat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mou_templates import dressing, framing, invented, spelling
from mou_templates.facts import Agreed, Capacity, Contact, Parent, Party
from mou_templates.kind import Kind, two_parties


class AccessionFacts(Agreed):
    """`joining` accepts the whole of `parent`; `secretariat` countersigns for all its parties.

    `amended` names the addenda of the parent; the rows of `capacity` are those of party 1.
    """

    parent: Parent
    amended: list[str]
    until: date  # the parent's last day
    joining: Party
    role_class: str  # "koperasi produsen"
    capacity: list[Capacity]
    contact: Contact
    secretariat: Party


parties = two_parties("joining", "secretariat")


def dress(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of an accession."""
    both, amended = parties(facts), facts["amended"]
    words = framing.agreed(facts, both, amended="yes" if amended else "no")
    if amended:
        words |= {"amended": spelling.listed(amended)}
    return words | {
        "parent": dressing.parent(facts["parent"]),
        "until": spelling.long_date(facts["until"]),
        "joining": {**dressing.party(facts["joining"], 1), "contact": dressing.contact(facts["contact"])},
        "role": facts["role_class"],
        "matrix": dressing.matrix(both[:1], facts["capacity"]),
        "estimates": dressing.estimates(facts["capacity"]),
        "secretariat": dressing.party(facts["secretariat"], 2),
    }


def example() -> dict[str, Any]:
    """Give the facts of an accession to the network MoU."""
    return {
        **invented.agreed("005/KDKMP-CIANJUR/SPB/II/2026", "Keikutsertaan dalam Jaringan Usaha Perberasan", "mixed"),
        "dated": date(2026, 2, 9),
        "parent": invented.parent(),
        "amended": [],
        "until": date(2028, 10, 21),
        "joining": invented.member(11),
        "role_class": "koperasi produsen",
        "capacity": invented.capacity(1),
        "contact": invented.contact("Iis Nurjanah, S.Pd.", "Sekretaris"),
        "secretariat": invented.counterpart(),
    }


KIND = Kind(
    code="accession",
    version=1,
    facts=AccessionFacts,
    bounds={"amended": (0, 20), "capacity": (0, 200)},
    mandatory=("title", "place_date", "parties", "acceptance", "contribution", "effect", "contact", "closing"),
    dress=dress,
    parties=parties,
    example=example,
)

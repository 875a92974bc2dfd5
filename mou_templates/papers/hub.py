"""The MoU of a village cooperative with a secondary cooperative as its hub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from mou_templates import dressing, invented, spelling
from mou_templates.errors import Refused
from mou_templates.kind import FRAMEWORK, MOU, Kind, two_parties
from mou_templates.papers import bilateral
from mou_templates.papers.bilateral import BilateralFacts

Membership = Literal["member", "candidate", "none"]
"""Whether the cooperative is a member of the hub · is to become one · is not."""

SIDES = {"first": ("kdmp", "kkmp", "primary"), "second": ("secondary",)}
"""Kinds of party that may stand on each side."""


class HubFacts(BilateralFacts):
    """A framework MoU with a hub: `first` a primary cooperative, `second` the secondary one that is its hub.

    `roles_first` are the tasks of the cooperative; `hub_functions` name what the hub does for it, `roles_second` how.
    """

    membership: Membership
    hub_functions: list[str]
    member_count: int | None  # member cooperatives of the hub
    reporting: str  # "setiap minggu pada masa panen dan setiap bulan di luar masa panen"
    first_offer_days: int  # 0: no right of first offer
    quality_standard: str


parties = two_parties("first", "second")


def dress(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of a hub MoU; raises `Refused("fact_type")` for a party of the wrong kind."""
    for side, kinds in SIDES.items():
        if facts[side]["kind"] not in kinds:
            raise Refused("fact_type", place=f"/{side}/kind", expected=" | ".join(kinds))
    words = bilateral.dress(facts)
    count, days = facts["member_count"], facts["first_offer_days"]
    words["choice"] |= {
        "membership": facts["membership"],
        "counted": "yes" if count else "no",
        "first_offer": "yes" if days else "no",
    }
    if count:
        words["second"] |= {"members": spelling.counted(count, "koperasi")}
    if days:
        words |= {"first_offer": spelling.counted(days, "hari")}
    return words | {
        "hub_functions": dressing.lettered(facts["hub_functions"]),
        "reporting": facts["reporting"],
        "quality_standard": facts["quality_standard"],
    }


def example() -> dict[str, Any]:
    """Give the facts of a hub MoU."""
    return {
        **bilateral.example(),
        **invented.agreed("003/KDKMP-CIANJUR/NK/X/2025", "Kerja Sama Usaha Perberasan melalui Hub", "mixed"),
        "second": invented.hub(),
        "second_contact": invented.contact("Neneng Nurhayati", "Manajer"),
        "roles_first": [
            "menyediakan pasokan gabah dan beras sesuai kalender panen",
            "menyampaikan data panen, stok, dan kebutuhan",
            "menjaga mutu awal di tingkat petani",
            "membina anggota sebagai pemasok",
        ],
        "roles_second": [
            "memberi tahu koperasi tentang permintaan pembeli dan syarat mutunya",
            "membuka kesempatan yang setara bagi semua koperasi yang dilayaninya",
        ],
        "membership": "candidate",
        "hub_functions": [
            "menghimpun pasokan dari beberapa koperasi",
            "menerapkan standar mutu yang sama",
            "menyimpan hasil di gudang yang layak",
            "merundingkan penjualan bersama",
            "memasarkan hasil",
            "melatih dan mendampingi koperasi",
        ],
        "member_count": 24,
        "reporting": "setiap minggu pada masa panen dan setiap bulan di luar masa panen",
        "first_offer_days": 3,
        "quality_standard": "syarat mutu gabah dan beras menurut ketentuan Badan Pangan Nasional",
    }


KIND = Kind(
    code="mou_hub",
    version=1,
    facts=HubFacts,
    bounds={
        **FRAMEWORK,
        **dict.fromkeys(("roles_first", "roles_second"), (1, 20)),
        "hub_functions": (1, 12),
        "first_offer_days": (0, 90),
    },
    mandatory=MOU,
    dress=dress,
    parties=parties,
    example=example,
)

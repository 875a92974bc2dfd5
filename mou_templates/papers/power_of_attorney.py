"""The special power of attorney (Surat Kuasa Khusus): one or many cooperatives let one person sign one paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypedDict

from mou_templates import dressing, framing, invented, spelling
from mou_templates.errors import Refused
from mou_templates.facts import Issue, Meterai, Party
from mou_templates.kind import Kind, Parties, signature_code

SigningWay = Literal["ink", "electronic", "either"]
"""How the agent may sign: on paper, by link, or either."""

WAYS = {
    "ink": "di atas kertas",
    "electronic": "secara elektronik",
    "either": "di atas kertas atau secara elektronik",
}


class Agent(TypedDict):
    """Who may sign for the principals."""

    name: str
    office: str
    address: str


class Deed(TypedDict):
    """The paper the agent may sign, with whom; its number is a dotted blank when it is not given yet."""

    title: str  # "Nota Kesepahaman tentang …"
    counterpart: str
    letter_number: str | None


class PowerFacts(Issue):
    """One act, without right to delegate, until the last day; more than one principal sign in the annex.

    Who signs, in order: the principals, the agent.
    """

    principals: list[Party]
    agent: Agent
    deed: Deed
    valid_until: date
    way: SigningWay
    meterai: Meterai


def parties(facts: Mapping[str, Any]) -> Parties:
    """List the principals, the agent last."""
    principals = [(f"/principals/{at}", party) for at, party in enumerate(facts["principals"])]
    return [*principals, ("/agent", facts["agent"])]


def dress(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of a power of attorney; raises `Refused("fact_range")` when it ends before it is given."""
    principals, dated = facts["principals"], facts["dated"]
    if dated and facts["valid_until"] < dated:
        raise Refused("fact_range", place="/valid_until", least=dated.isoformat(), most=f"{date.max:%Y-%m-%d}")
    agent = facts["agent"] | {"code": signature_code(len(principals) + 1)}
    words = {
        framing.CHOICE: {"paper": facts["paper"], "meterai": facts["meterai"]},
        framing.ISSUE: framing.placed(facts),
        "agent": agent,
        "deed": {
            "title": facts["deed"]["title"],
            "counterpart": facts["deed"]["counterpart"],
            "number": facts["deed"]["letter_number"] or framing.BLANK,
        },
        "until": spelling.long_date(facts["valid_until"]),
        "way": WAYS[facts["way"]],
    }
    if len(principals) == 1:
        words[framing.CHOICE] |= {"givers": "one"}
        words[framing.ISSUE] |= framing.own_numbers(parties(facts)[:1])
        return words | {"principal": dressing.party(principals[0], 1)}
    words[framing.CHOICE] |= {"givers": "many"}
    members = [dressing.member(party, at) for at, party in enumerate(principals, start=1)]
    return words | {"count": spelling.counted(len(principals)), "group": dressing.group(principals), "members": members}


def example(principals: int = 1) -> dict[str, Any]:
    """Give the facts of a power of attorney of that many cooperatives (1..200)."""
    return {
        **invented.issue("003/KDMP-CIHEA/SKU/X/2025"),
        "principals": [invented.member(at) | {"own_number": None} for at in range(principals)],
        "agent": {
            "name": "Imas Mulyana",
            "office": "Sekretaris Koperasi Desa Merah Putih Hegarmanah",
            "address": "Jalan Raya Hegarmanah Nomor 2, Desa Hegarmanah, Kec. Karangtengah, Kabupaten Cianjur",
        },
        "deed": {
            "title": "Nota Kesepahaman tentang Jaringan Usaha Perberasan Koperasi Desa Merah Putih",
            "counterpart": "Koperasi Niaga Mukti",
            "letter_number": "001/KDKMP-CIANJUR/NK/X/2025",
        },
        "valid_until": date(2025, 11, 5),
        "way": "either",
        "meterai": "per_copy",
    }


KIND = Kind(
    code="power_of_attorney",
    version=1,
    facts=PowerFacts,
    bounds={"principals": (1, 200)},
    mandatory=("title", "place_date", "parties", "mandate"),
    dress=dress,
    parties=parties,
    example=example,
    agreement=False,
)

"""The addendum: what an agreement said and what it says from a day on, signed by the same parties."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict

from mou_templates import dressing, framing, invented, spelling
from mou_templates.errors import Refused
from mou_templates.facts import Agreed, Parent, Party
from mou_templates.kind import Kind, Parties

PARAGRAPHS = (0, 40)
"""Least and most paragraphs of the old and of the new text of a change."""

MISSING = "(belum ada)"
DELETED = "(dihapus)"


class Change(TypedDict):
    """One article before and after, by paragraph; no old text adds it, no new text takes it away."""

    article: int
    heading: str
    old_text: list[str]
    new_text: list[str]


class AddendumFacts(Agreed):
    """A change of an agreement: the same parties as there, `firsts` in the order of its roster."""

    parent: Parent
    sequence: int  # the first addendum of its parent is 1
    reason: str  # goes on after "bahwa"
    changes: list[Change]
    effective_on: date
    firsts: list[Party]
    second: Party


def parties(facts: Mapping[str, Any]) -> Parties:
    """List the first parties in the order of the roster, the second last."""
    return [*((f"/firsts/{at}", party) for at, party in enumerate(facts["firsts"])), ("/second", facts["second"])]


def dress(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of an addendum; raises `Refused("fact_range")` for a change that changes nothing."""
    firsts, changes = facts["firsts"], facts["changes"]
    words = framing.agreed(facts, parties(facts), roster="yes" if len(firsts) > 1 else "no")
    if len(firsts) > 1:
        words |= {
            "count": spelling.counted(len(firsts)),
            "group": dressing.group(firsts),
            "members": [dressing.member(member, at) for at, member in enumerate(firsts, start=1)],
        }
    else:
        words |= {"first": dressing.party(firsts[0], 1)}
    return words | {
        "sequence": f"Ke{spelling.number_in_words(facts['sequence'])}",
        "parent": dressing.parent(facts["parent"]),
        "reason": facts["reason"].rstrip(".;"),
        "changes": [_change(change, at) for at, change in enumerate(changes)],
        "effective": spelling.long_date(facts["effective_on"]),
        "second": dressing.party(facts["second"], len(firsts) + 1),
    }


def _change(change: Mapping[str, Any], at: int) -> dict[str, Any]:
    for name in ("old_text", "new_text"):
        least, most = PARAGRAPHS
        if not least <= len(change[name]) <= most:
            raise Refused("fact_range", place=f"/changes/{at}/{name}", least=str(least), most=str(most))
    if change["old_text"] == change["new_text"]:
        raise Refused("fact_type", place=f"/changes/{at}/new_text", expected="another text")
    return {
        "no": f"{at + 1}.",
        "article": str(change["article"]),
        "heading": change["heading"],
        "old": change["old_text"] or [MISSING],
        "new": change["new_text"] or [DELETED],
    }


def example(firsts: int = 1) -> dict[str, Any]:
    """Give the facts of the first addendum of a MoU with that many first parties (1..200)."""
    return {
        **invented.agreed("004/KDKMP-CIANJUR/ADD/III/2026", "Perpanjangan dan Perluasan Ruang Lingkup", "electronic"),
        "dated": date(2026, 3, 18),
        "parent": invented.parent(),
        "sequence": 1,
        "reason": "hasil panen dan jumlah koperasi yang dilayani bertambah sehingga jangka waktu perlu diperpanjang",
        "changes": [
            {
                "article": 4,
                "heading": "RUANG LINGKUP",
                "old_text": ["(1) Ruang lingkup meliputi produksi, pengolahan, distribusi, dan pemasaran bersama."],
                "new_text": [
                    "(1) Ruang lingkup meliputi produksi, pengolahan, distribusi, dan pemasaran bersama.",
                    "(2) Ruang lingkup meliputi pula penyediaan sarana produksi bagi anggota koperasi.",
                ],
            },
            {
                "article": 11,
                "heading": "JANGKA WAKTU DAN PENGAKHIRAN",
                "old_text": ["(1) Nota Kesepahaman ini berlaku selama 3 (tiga) tahun."],
                "new_text": ["(1) Nota Kesepahaman ini berlaku selama 5 (lima) tahun."],
            },
        ],
        "effective_on": date(2026, 4, 1),
        "firsts": [invented.member(at) for at in range(firsts)],
        "second": invented.counterpart(),
    }


KIND = Kind(
    code="addendum",
    version=1,
    facts=AddendumFacts,
    bounds={"sequence": (1, 99), "changes": (1, 40), "firsts": (1, 200)},
    mandatory=("title", "place_date", "parties", "changes", "effect", "closing"),
    dress=dress,
    parties=parties,
    example=example,
)

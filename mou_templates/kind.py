"""What a kind of paper is: its facts and their bounds, the elements it may not lack, and how its words are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Facts = Mapping[str, Any]
Parties = list[tuple[str, Facts]]
"""(place as JSON pointer, party) in the order of the signature codes: the first is `§001`."""

MOU = (
    *("title", "place_date", "parties", "purpose", "scope", "implementation"),
    *("term", "correspondence", "amendment", "closing"),
)
PKS = (
    *("title", "place_date", "parties", "purpose", "scope", "rights_duties", "force_majeure"),
    *("disputes", "term", "correspondence", "amendment", "closing"),
)
"""Elements no agreement may lack (Permendagri 75/2022 article 3, a duty of governments only)."""

FIGURE_LIMIT = 10**15
"""Figures and their sums are spelled in words below this."""

TERMS = {"duration_months": (1, 120), "notice_days": (1, 365)}
FRAMEWORK = {**TERMS, "pks_deadline_months": (1, 36), "capacity": (0, 2_000)}
"""Bounds that several kinds share: least and most."""


@dataclass(frozen=True)
class Kind:
    """One kind: `bounds` of its lists and numbers (least, most), `dress` makes the words of checked facts.

    `agreement` tells whether it lives as an agreement: proposal, review, signatures. The others are papers with
    signatures but without review, which hang on an event, an agreement or a signatory (domain.md 3.7).
    """

    code: str
    version: int
    facts: type
    bounds: Mapping[str, tuple[int, int]]
    mandatory: tuple[str, ...]
    dress: Callable[[Facts], dict[str, Any]]
    parties: Callable[[Facts], Parties]
    example: Callable[[], dict[str, Any]]
    agreement: bool = True

    @property
    def form(self) -> str:
        """Name the form with its version: "mou_network/1"."""
        return f"{self.code}/{self.version}"


def two_parties(first: str, second: str) -> Callable[[Facts], Parties]:
    """Give the parties of a paper that has two, by the names of their facts."""
    return lambda facts: [(f"/{name}", facts[name]) for name in (first, second)]


def signature_code(position: int) -> str:
    """Give the short code printed in the signature cell of the party at `position` (from 1): "§001"."""
    return f"§{position:03d}"

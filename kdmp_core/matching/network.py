"""Rows become limits and paths, in canonical order, so that the order of the input never matters.

A *path* is one way paddy can take: offered row → (mill →) buyer. A *limit* is whatever paths share and can use
up: an offer, a milling wish, a rice wish, a mill, a buyer; a signed agreement is a limit from below. This is the
multicommodity form of matching.md §2.1f with every admissible pair in it; nothing is left out as "too far" below
the radii of the reference table.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

from kdmp_core.errors import TooLarge
from kdmp_core.matching.model import Goods, Party, Problem, Row, RowKind

MOST_PATHS = 60_000
"""Some four seconds and a hundred megabytes; a larger area needs the sparse form of matching.md §3.4."""


class LimitKind(StrEnum):
    """What can be used up."""

    SUPPLY = "supply"
    MILLING_WISH = "milling_wish"
    RICE_WISH = "rice_wish"
    MILL = "mill"
    BUYER = "buyer"
    AGREEMENT = "agreement"
    PIN = "pin"
    STORE = "store"


PROMISES = frozenset({LimitKind.AGREEMENT, LimitKind.PIN})
"""Limits from below: what was signed, and what people decided."""


@dataclass(frozen=True)
class Limit:
    """At most `most` and at least `least` kg paddy on the paths that touch it. `rows` are the rows it came from.

    `period` is the period it holds in; for a store the one after which it holds what the next one will use.
    """

    kind: LimitKind
    party: str
    rows: tuple[str, ...]
    most: int
    least: int = 0
    period: int | None = None


@dataclass(frozen=True)
class Path:
    """One admissible way. `gain` and `net` are Rp per tonne paddy: above the baseline, and at the party's own gate.

    `metres` are to the mill and on to the buyer (0 for paddy's second leg); `limits` are indices. With periods it is
    `harvested` in one and milled and `delivered` in the same or a later one, until then in the store of a party.
    """

    source: Row
    wish: Row | None
    mill: Row | None
    buyer: Row
    goods: Goods
    gain: int
    net: int
    metres: tuple[int, int]
    limits: tuple[int, ...]
    harvested: int | None = None
    delivered: int | None = None
    store: str | None = None

    @property
    def rows(self) -> tuple[str, ...]:
        """Give the keys of the rows this path uses."""
        return tuple(row.key for row in (self.source, self.wish, self.mill, self.buyer) if row is not None)

    @property
    def counterparts(self) -> tuple[str, ...]:
        """Give the parties of the mill, if there is one, and of the buyer."""
        return (self.buyer.party,) if self.mill is None else (self.mill.party, self.buyer.party)


class Block(StrEnum):
    """Why a pair that fits in kind has no path."""

    PRICE = "price"
    DISTANCE = "distance"
    FORBIDDEN = "forbidden"
    PERIOD = "period"


@dataclass
class Network:
    """What the solver, the greedy baselines and the reasons read.

    `rows` are the usable ones in canonical order. `blocked` counts, per row, why pairs fell out.
    """

    problem: Problem
    parties: dict[str, Party]
    rows: list[Row]
    limits: list[Limit] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    blocked: dict[str, set[Block]] = field(default_factory=lambda: defaultdict(set))
    paths_of_row: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def rank(self, row: Row | None) -> tuple[int, str, str]:
        """Give the canonical place of a row's party; None (no mill) stands first."""
        if row is None:
            return (-1, "", "")
        party = self.parties[row.party]
        return (party.number, party.key, row.key)


def ordered_rows(problem: Problem) -> list[Row]:
    """Give the usable rows in canonical order: party's number and key, goods, period, row key."""
    parties = {party.key: party for party in problem.parties}
    usable = [row for row in problem.rows if not row.rejected and parties[row.party].point is not None]
    rows = [row for row in usable if not problem.is_outside(row)]

    def place(row: Row) -> tuple[int, str, str, str, str]:
        return (parties[row.party].number, row.party, row.goods or "", row.period, row.key)

    return sorted(rows, key=place)


def is_buyer(row: Row, party: Party) -> bool:
    """Say whether a market offer buys from others: with a price, and confirmed where it is a village's own outlet."""
    if row.kind is not RowKind.MARKET_OFFER or row.goods is None or row.price is None:
        return False
    return row.confirmed or not party.kind.is_village


def too_many(paths: int) -> None:
    """Refuse more paths than an event may have. Raises TooLarge `matching.too_large`."""
    if paths > MOST_PATHS:
        raise TooLarge("matching.too_large", paths=paths, most=MOST_PATHS)

"""Rows become limits and paths, in canonical order, so that the order of the input never matters.

A *path* is one way paddy can take: offered row → (mill →) buyer. A *limit* is whatever paths share and can use
up: an offer, a milling wish, a rice wish, a mill, a buyer; a signed agreement is a limit from below. This is the
multicommodity form of matching.md §2.1f with every admissible pair in it; nothing is left out as "too far" below
the radii of the reference table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from kdmp_core.errors import TooLarge
from kdmp_core.matching.gains import paddy_for, paddy_of
from kdmp_core.matching.model import Commitment, Goods, Party, Problem, Row, RowKind

MOST_PATHS = 2_000_000
"""Above this an event belongs to the province's engine, not here (matching.md, rule 18)."""

CLEARANCE = 10**6
"""Capacities are clipped to the total offered plus this; exactly the total would look used up and falsify prices."""


class LimitKind(StrEnum):
    """What can be used up."""

    SUPPLY = "supply"
    MILLING_WISH = "milling_wish"
    RICE_WISH = "rice_wish"
    MILL = "mill"
    BUYER = "buyer"
    AGREEMENT = "agreement"


@dataclass(frozen=True)
class Limit:
    """At most `most` and at least `least` kg paddy on the paths that touch it. `rows` are the rows it came from."""

    kind: LimitKind
    party: str
    rows: tuple[str, ...]
    most: int
    least: int = 0
    goods: Goods | None = None


@dataclass(frozen=True)
class Path:
    """One admissible way. `gain` and `net` are Rp per tonne paddy: above the baseline, and at the party's own gate.

    `metres` are to the mill and on to the buyer (0 for paddy's second leg); `limits` are indices.
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

    @property
    def rows(self) -> tuple[str, ...]:
        """Give the keys of the rows this path uses."""
        return tuple(row.key for row in (self.source, self.wish, self.mill, self.buyer) if row is not None)


class Block(StrEnum):
    """Why a pair that fits in kind has no path."""

    PRICE = "price"
    DISTANCE = "distance"
    FORBIDDEN = "forbidden"


@dataclass
class Network:
    """What the solver, the greedy baselines and the reasons read. `blocked` counts, per row, why pairs fell out."""

    problem: Problem
    parties: dict[str, Party]
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
    rows = [row for row in problem.rows if not row.rejected and parties[row.party].point is not None]

    def place(row: Row) -> tuple[int, str, str, str, str]:
        return (parties[row.party].number, row.party, row.goods or "", row.period, row.key)

    return sorted(rows, key=place)


def is_buyer(row: Row, party: Party) -> bool:
    """Say whether a market offer buys from others: with a price, and confirmed where it is a village's own outlet."""
    if row.kind is not RowKind.MARKET_OFFER or row.goods is None or row.price is None:
        return False
    return row.confirmed or not party.kind.is_village


class Limits:
    """Gathers limits while the network is built and finds them again by row or party."""

    def __init__(self, problem: Problem, rows: Iterable[Row], parties: dict[str, Party]) -> None:
        """Make the limits of all rows, capacities clipped to the total offered plus the clearance."""
        self.all: list[Limit] = []
        self.of_row: dict[str, int] = {}
        self.milling_wish: dict[str, int] = {}
        self.agreements: list[tuple[int, Commitment]] = []
        self._parameters = problem.parameters
        rows = list(rows)
        offered = sum(row.kg for row in rows if row.kind is RowKind.PRODUCTION_OFFER and row.goods is Goods.GKP)
        self._ceiling = offered + CLEARANCE
        for row in rows:
            self._take(row, parties[row.party])
        self._wishes(rows)
        for signed in sorted(problem.commitments.signed, key=lambda item: item.agreement):
            self._sign(signed)

    def _add(self, limit: Limit) -> int:
        self.all.append(limit)
        return len(self.all) - 1

    def _take(self, row: Row, party: Party) -> None:
        kind = _kind_of(row, party)
        if kind is None:
            return
        kg = paddy_of(self._parameters, row.kg) if row.goods and row.goods.is_rice else row.kg
        self.of_row[row.key] = self._add(
            Limit(kind, row.party, (row.key,), min(kg, self._ceiling), goods=row.goods),
        )

    def _wishes(self, rows: list[Row]) -> None:
        """A party's milling wishes cap what it sends to mills, unless it has a mill of its own."""
        own = {row.party for row in rows if row.kind is RowKind.MILLING_OFFER}
        wishes: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row.kind is RowKind.MILLING_NEED and row.party not in own:
                wishes[row.party].append(row)
        for party, mine in wishes.items():
            kg = min(sum(row.kg for row in mine), self._ceiling)
            keys = tuple(row.key for row in mine)
            self.milling_wish[party] = self._add(Limit(LimitKind.MILLING_WISH, party, keys, kg))

    def _sign(self, signed: Commitment) -> None:
        rice = signed.goods is not None and signed.goods.is_rice
        kg = paddy_for(self._parameters, signed.kg) if rice else signed.kg
        limit = Limit(
            LimitKind.AGREEMENT,
            signed.party,
            (signed.agreement,),
            max(kg, self._ceiling),
            least=kg,
            goods=signed.goods,
        )
        self.agreements.append((self._add(limit), signed))

    def kept_to(self, party: str, counterparts: Iterable[str], goods: Goods) -> list[int]:
        """Give the agreements a path of these parties and goods helps to keep."""
        met = set(counterparts)
        return [
            index
            for index, signed in self.agreements
            if signed.party == party and signed.counterpart in met and signed.goods in {None, goods}
        ]


def _kind_of(row: Row, party: Party) -> LimitKind | None:
    if row.kind is RowKind.PRODUCTION_OFFER and row.goods is Goods.GKP:
        return LimitKind.SUPPLY
    if row.kind is RowKind.MILLING_OFFER:
        return LimitKind.MILL
    if row.kind is RowKind.MARKET_NEED and row.goods and row.goods.is_rice:
        return LimitKind.RICE_WISH
    return LimitKind.BUYER if is_buyer(row, party) else None


def too_many(paths: int) -> None:
    """Refuse more paths than an event may have. Raises TooLarge `matching.too_large`."""
    if paths > MOST_PATHS:
        raise TooLarge("matching.too_large", paths=paths, most=MOST_PATHS)

"""What matching is asked: parties, rows of the sheet, the dated reference table, and what is already settled.

Everything is whole: kilograms, rupiah, metres, hundred-thousandths of a degree. Fractions are exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from kdmp_core.matching.periods import Timing, parts


class PartyKind(StrEnum):
    """Who a party is; only village cooperatives have own outlets (matching.md §2.1c)."""

    KDMP = "kdmp"
    KKMP = "kkmp"
    EXISTING = "existing"
    SECONDARY = "secondary"
    SOE = "soe"
    PUBLIC_UNIT = "public_unit"

    @property
    def is_village(self) -> bool:
        """Say whether this is a village or ward cooperative."""
        return self in {PartyKind.KDMP, PartyKind.KKMP}


class Goods(StrEnum):
    """The goods of the rice chain: paddy dry at harvest, and the two classes of milled rice."""

    GKP = "gkp"
    MEDIUM = "rice_medium"
    PREMIUM = "rice_premium"

    @property
    def is_rice(self) -> bool:
        """Say whether the goods come out of a mill."""
        return self is not Goods.GKP


class RowKind(StrEnum):
    """One field and direction of the sheet. Distribution is called transport here."""

    PRODUCTION_OFFER = "production_offer"
    PRODUCTION_NEED = "production_need"
    MILLING_OFFER = "milling_offer"
    MILLING_NEED = "milling_need"
    TRANSPORT_OFFER = "transport_offer"
    TRANSPORT_NEED = "transport_need"
    MARKET_OFFER = "market_offer"
    MARKET_NEED = "market_need"


TIMED = frozenset({RowKind.PRODUCTION_OFFER, RowKind.MILLING_OFFER, RowKind.TRANSPORT_OFFER, RowKind.MARKET_OFFER})
"""Rows that lie in periods: what is harvested, milled, carried and bought."""


@dataclass(frozen=True, order=True)
class Point:
    """A place in hundred-thousandths of a degree (five decimals, about one metre)."""

    latitude: int
    longitude: int

    @classmethod
    def of(cls, latitude: Decimal | float | str, longitude: Decimal | float | str) -> Point:
        """Give the point of two figures in degrees, rounded to five decimals."""
        return cls(round(Decimal(str(latitude)) * 100_000), round(Decimal(str(longitude)) * 100_000))


@dataclass(frozen=True)
class Party:
    """A party of the event.

    `number` is its number in the event's register: it and then `key` give the canonical order and break
    ties, so it must not depend on the order of rows. `point` None means nobody knows where it is.
    """

    key: str
    number: int
    kind: PartyKind
    point: Point | None


@dataclass(frozen=True)
class Row:
    """One offer or need.

    `kg` are kilograms as written, never multiplied by a period. `price` in Rp/kg is the ask (production,
    market need), the fee (milling offer) or the price paid (market offer). `goods` None where the field has
    none (milling, transport) or the commodity is not one of ours. `rejected`: the sheet could not read it;
    it only receives its reason, and its `party` may be empty. `confirmed`: a coordinator confirmed that a
    village cooperative's outlet takes the rice of others at `price`.
    """

    key: str
    party: str
    kind: RowKind
    kg: int
    goods: Goods | None = None
    price: int | None = None
    period: str = ""
    confirmed: bool = False
    rejected: bool = False

    @property
    def is_supply(self) -> bool:
        """Say whether the row offers paddy, the one thing that flows."""
        return self.kind is RowKind.PRODUCTION_OFFER and self.goods is Goods.GKP

    @property
    def wished_rice(self) -> Goods | None:
        """Give the class of rice a market need asks a buyer for; None for every other row."""
        is_wish = self.kind is RowKind.MARKET_NEED and self.goods is not None and self.goods.is_rice
        return self.goods if is_wish else None


@dataclass(frozen=True)
class Parameters:
    """The dated reference table of one run (matching.md §2.2); a kept plan stores the one it used.

    `rho` is kg rice per kg paddy. Rates are Rp per tonne and road kilometre, `load` Rp per tonne and leg,
    the by-product, default fee and floor (HPP) Rp per kg paddy, radii whole metres as the crow flies.

    A *link* is a party with one counterpart, its mill or its buyer. `lot` (with a state enterprise `soe_lot`) is
    the least kg paddy of a link, `link_cost` its rupiah, `partners` the most links of one party; 0 is none of
    them. Above `share_percent` of its offer with one buyer a party's kg weigh `share_penalty` Rp/t less: a soft
    limit. `fairness_percent` of each servable offer must be sold. `stability_bonus` (Rp/t) goes to links that
    live already. Penalty and bonus only weigh; they are no rupiah of the value.
    """

    since: date = date(2025, 1, 15)
    source: str = "Kepbadan 2/2025; matching.md"
    rho: Fraction = Fraction(1323, 2500)
    road_factor: Fraction = Fraction(27, 20)
    paddy_rate: int = 3_500
    rice_rate: int = 2_100
    load: int = 40_000
    byproduct: int = 250
    default_fee: int = 450
    paddy_floor: int = 6_500
    mill_radius: int = 60_000
    paddy_radius: int = 200_000
    rice_radius: int = 200_000
    truck_radius: int = 20_000
    truck_payload: int = 4_000
    market_rows_bind: bool = True
    lot: int = 0
    soe_lot: int = 0
    link_cost: int = 0
    partners: int = 0
    share_percent: int = 100
    share_penalty: int = 10_000
    fairness_percent: int = 0
    stability_bonus: int = 5_000

    @property
    def links_matter(self) -> bool:
        """Say whether lots, link costs or a limit on partners ask for the second step."""
        return bool(self.lot or self.soe_lot or self.link_cost or self.partners)


CUSTOMARY = MappingProxyType({"lot": 2_000, "soe_lot": 10_000, "partners": 3, "share_percent": 70})
"""The lots and limits that people usually agree on (matching.md, rule 7); off until somebody chooses them."""


@dataclass(frozen=True)
class Commitment:
    """An agreement already signed: at least `kg` of `goods` from `party` to `counterpart` (its mill or buyer).

    For rice `kg` counts rice; for paddy, and for None (whatever goods), it counts kg paddy.
    """

    agreement: str
    party: str
    counterpart: str
    kg: int
    goods: Goods | None = None


@dataclass(frozen=True, order=True)
class Pin:
    """What a person decides of a pair: at least `kg` of `goods` from `party` to `counterpart`, or exactly that.

    `goods` and `kg` are read as in a commitment.
    """

    party: str
    counterpart: str
    kg: int
    goods: Goods | None = None
    exact: bool = False

    @property
    def key(self) -> str:
        """Give the name a refusal calls it by."""
        return f"{self.party}>{self.counterpart}:{self.goods or '-'}"


@dataclass(frozen=True, order=True)
class Lot:
    """A counterpart that takes nothing below `kg` paddy from all parties together."""

    counterpart: str
    kg: int


@dataclass(frozen=True)
class Commitments:
    """What is settled before matching.

    Signed lower bounds; pairs (party, counterpart) that must not meet; what people pinned; other quantities by row
    key; other limits on partners by party; lots in total; pairs that live already, which the bonus holds; and pairs of
    the plan this one is changed from, which are held where all else is equal. Signed agreements in `aside` are left
    out, because a person said so.
    """

    signed: tuple[Commitment, ...] = ()
    forbidden: frozenset[tuple[str, str]] = frozenset()
    pinned: tuple[Pin, ...] = ()
    quantities: tuple[tuple[str, int], ...] = ()
    partners: tuple[tuple[str, int], ...] = ()
    lots: tuple[Lot, ...] = ()
    living: frozenset[tuple[str, str]] = frozenset()
    former: frozenset[tuple[str, str]] = frozenset()
    aside: tuple[str, ...] = ()

    @property
    def binding(self) -> tuple[Commitment, ...]:
        """Give the signed agreements that count."""
        return tuple(signed for signed in self.signed if signed.agreement not in self.aside)

    def forbids(self, one: str, other: str) -> bool:
        """Say whether these two must not meet, in either order."""
        return (one, other) in self.forbidden or (other, one) in self.forbidden

    def lives(self, one: str, other: str) -> bool:
        """Say whether these two work together already, in either order."""
        return (one, other) in self.living or (other, one) in self.living


@dataclass(frozen=True)
class Problem:
    """One event to match. `baseline` is f, the Rp/kg paddy a farmer gets today when selling alone.

    Without `timing` all of it lies in one period.
    """

    parties: tuple[Party, ...]
    rows: tuple[Row, ...]
    baseline: int
    parameters: Parameters = field(default_factory=Parameters)
    commitments: Commitments = field(default_factory=Commitments)
    timing: Timing | None = None

    def lying(self, row: Row, kg: int | None = None) -> dict[int | None, int]:
        """Give the kg of a row (or of what it is worth in paddy) by period; all of them at None without periods.

        Wishes hold for all periods together. Nothing when the row lies outside the periods.
        """
        kg = row.kg if kg is None else kg
        if self.timing is None or row.kind not in TIMED:
            return {None: kg}
        weights = self.timing.weights(row.key, row.period, grown=row.is_supply)
        return {period: part for period, part in parts(kg, weights).items()}  # noqa: C416 (a wider kind of key)

    def is_outside(self, row: Row) -> bool:
        """Say whether a row lies in no period."""
        if self.timing is None or row.kind not in TIMED:
            return False
        return not any(self.timing.weights(row.key, row.period, grown=row.is_supply))

    @property
    def decided(self) -> Problem:
        """Give the problem with the quantities that people changed."""
        changed = dict(self.commitments.quantities)
        if not changed:
            return self
        return replace(self, rows=tuple(replace(row, kg=changed.get(row.key, row.kg)) for row in self.rows))

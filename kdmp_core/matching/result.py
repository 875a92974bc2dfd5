"""What matching answers: frozen, whole numbers only, and the same bytes for the same question."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kdmp_core.matching.canonical import canonical, revive
from kdmp_core.matching.model import Goods, RowKind
from kdmp_core.matching.network import LimitKind


class ReasonCode(StrEnum):
    """Why something of a row is left (matching.md, rule 12)."""

    PRICE = "price"
    CAPACITY = "capacity"
    DISTANCE = "distance"
    LOT = "lot"
    PARTNER_LIMIT = "partner_limit"
    FORBIDDEN = "forbidden"
    DATA = "data"
    SUPPLY = "supply"
    TRANSPORT = "transport"


class Detail(StrEnum):
    """Which sentence a reason is told by: `matching.why.<detail>` in the catalogue."""

    REJECTED = "rejected"
    NO_PLACE = "no_place"
    NOT_MATCHED = "not_matched"
    GOODS = "goods"
    OWN_OUTLET = "own_outlet"
    NO_PRICE = "no_price"
    FORBIDDEN_PAIR = "forbidden_pair"
    TOO_FAR = "too_far"
    ASK_ABOVE_BUYERS = "ask_above_buyers"
    NO_GAIN = "no_gain"
    UNMILLED_EARNS_MORE = "unmilled_earns_more"
    COUNTERPART_FULL = "counterpart_full"
    NOBODY_OFFERS = "nobody_offers"
    NOBODY_TAKES = "nobody_takes"
    NOTHING_OF_OWN = "nothing_of_own"
    NOTHING_LEFT = "nothing_left"
    NO_TRUCK_LEFT = "no_truck_left"
    NO_MORE_LOAD = "no_more_load"
    IDLE_TRUCK = "idle_truck"
    BELOW_LOT = "below_lot"
    PARTNERS_FULL = "partners_full"
    LINK_TOO_DEAR = "link_too_dear"
    SHARE_REACHED = "share_reached"
    OUTSIDE_PERIODS = "outside_periods"
    NOTHING_THEN = "nothing_then"
    NOBODY_TAKES_THEN = "nobody_takes_then"


@dataclass(frozen=True)
class Full:
    """Something used up: whose it is, what one more tonne of paddy there is worth in rupiah, and in which period."""

    kind: LimitKind
    party: str
    rp_per_t: int
    period: int | None = None


@dataclass(frozen=True)
class Reason:
    """Exactly one reason with its values.

    `break_even` is the Rp/kg of the
    row's goods from which the best path is worth going; `offered` the Rp/kg that the best buyer pays; `ask` the
    row's own; `full` what is used up on the best path; `missing` the kg paddy up to the least lot; `partners` how
    many partners the owner of the paddy may have.
    """

    code: ReasonCode
    detail: Detail
    break_even: int | None = None
    offered: int | None = None
    ask: int | None = None
    full: tuple[Full, ...] = ()
    missing: int | None = None
    partners: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one row, in kg of its own goods: `met` + `rest` = `kg`. `reason` stands where rest counts."""

    row: str
    party: str
    kind: RowKind
    goods: Goods | None
    kg: int
    met: int
    rest: int
    reason: Reason | None


@dataclass(frozen=True)
class Alternative:
    """Another way the same paddy could go, its net Rp per tonne at the own gate, and what is full on it.

    With periods it begins with the same harvest.
    """

    mill: str | None
    buyer: str
    goods: Goods
    net_per_t: int
    full: tuple[Full, ...]
    delivered: int | None = None


@dataclass(frozen=True)
class Flow:
    """Paddy of `party` that goes (through `mill`) to `buyer`.

    `kg_goods` is what the buyer receives, rounded down; `price` its Rp/kg; `gain_per_t` and `net_per_t` Rp per
    tonne paddy above the baseline and at the own gate; `net_below_ask` warns, it never refuses (§2.1d). With periods
    it is `harvested` and milled and `delivered` in those with these positions, between them in the `store` of a party
    (`SHARED`: the one open to all), None where it does not wait.
    """

    party: str
    mill: str | None
    buyer: str
    goods: Goods
    kg_gkp: int
    kg_goods: int
    price: int
    gain_per_t: int
    net_per_t: int
    net_below_ask: bool
    metres: tuple[int, int]
    rows: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    harvested: int | None = None
    delivered: int | None = None
    store: str | None = None


@dataclass(frozen=True)
class Sold:
    """What one buyer takes of one goods."""

    buyer: str
    goods: Goods
    kg_gkp: int
    kg_goods: int


@dataclass(frozen=True)
class Milled:
    """What one mill mills, kg paddy, of the capacity it offers."""

    mill: str
    kg: int
    capacity: int


@dataclass(frozen=True)
class Kept:
    """Paddy a party keeps to sell alone."""

    party: str
    kg: int


@dataclass(frozen=True)
class Pair:
    """A bilateral agreement that comes out of the flows: `party` mills `kg` paddy at `mill`."""

    mill: str
    party: str
    kg: int


@dataclass(frozen=True)
class Shadow:
    """What one more tonne of a full limit is worth: the right-hand price. "What if we lose it" needs a re-solve."""

    kind: LimitKind
    party: str
    rows: tuple[str, ...]
    rp_per_t: int
    period: int | None = None


@dataclass(frozen=True)
class Lift:
    """`kg` of a load carried by a truck party, which drives `empty_metres` to it, in `trips`, in a `period`."""

    truck: str
    owner: str
    origin: str
    destination: str
    goods: Goods
    kg: int
    empty_metres: int
    trips: int
    period: int | None = None


@dataclass(frozen=True)
class Transport:
    """The second flow and its sums in kg. `proven`: no other way carries more or drives less empty."""

    loads: int
    kg_to_lift: int
    kg_offered: int
    kg_asked: int
    kg_carried: int
    empty_kg_metres: int
    proven: bool
    lifts: tuple[Lift, ...]


@dataclass(frozen=True)
class Standing:
    """What a party that offers paddy sells (kg of `offered`), with how many partners, and what that brings it.

    Thousandths of a rupiah above selling alone at the baseline: by this plan, and by best margin first.
    """

    party: str
    offered: int
    sold: int
    partners: int
    value_milli: int
    greedy_milli: int


@dataclass(frozen=True)
class Stored:
    """What a store holds from one period (by position) to the next, kg paddy, of its capacity."""

    party: str
    period: int
    kg: int
    capacity: int
    rp_per_t: int


@dataclass(frozen=True)
class Assumed:
    """What was assumed of when rows lie: how many of them.

    `word` is `harvest` (over the harvest months of their season), `even` (over all periods), `season` (a capacity over
    the harvest months that its row names) or `given` (as somebody said).
    """

    word: str
    rows: int


LATER = frozenset({"period", "harvested", "delivered", "store", "periods", "stored", "assumed"})
"""Members that came with periods: written only where they say something, so that older answers keep their bytes."""


def _told(members: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in members if name not in LATER or (value is not None and value != ())}


@dataclass(frozen=True)
class Result:
    """The answer for one event.

    Rupiah a season above selling alone at `baseline` (Rp/kg paddy), never to be shown without it. `value_milli`
    and `upper_bound_milli` are exact thousandths of a rupiah; `value` is rounded half up. `gap_milli` says how
    much better anything could be at most, weighed as the problem asks. The four other values are what hands would
    reach (`greedy.py`). `links` counts who deals with whom, where links were weighed. `periods` are the months of
    each, where somebody chose them.
    """

    baseline: int
    value: int
    value_milli: int
    upper_bound_milli: int
    best_margin: int
    nearest: int
    promised: int
    deliverable: int
    paths_admissible: int
    paths_with_gain: int
    flows: tuple[Flow, ...]
    sold: tuple[Sold, ...]
    milled: tuple[Milled, ...]
    kept: tuple[Kept, ...]
    pairs: tuple[Pair, ...]
    shadows: tuple[Shadow, ...]
    transport: Transport
    outcomes: tuple[Outcome, ...]
    solver: str
    standings: tuple[Standing, ...] = ()
    links: int = 0
    periods: tuple[tuple[int, ...], ...] = ()
    stored: tuple[Stored, ...] = ()
    assumed: tuple[Assumed, ...] = ()

    @property
    def gap_milli(self) -> int:
        """Give how many thousandths of a rupiah better anything could be at most."""
        return self.upper_bound_milli - self.value_milli

    def to_json(self) -> bytes:
        """Give canonical UTF-8 JSON: sorted keys, no white space, whole numbers only."""
        return canonical(self, _told)

    @classmethod
    def from_json(cls, content: bytes | str) -> Result:
        """Give the result that `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        return revive(cls, json.loads(content))

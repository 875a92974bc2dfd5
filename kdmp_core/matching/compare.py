"""What changed from one answer to the next, flow by flow, each with one cause; the same two give the same changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from kdmp_core.matching.model import Commitments, Goods, Problem
from kdmp_core.matching.network import LimitKind
from kdmp_core.matching.periods import SHARED
from kdmp_core.matching.result import Flow, Result

Way = tuple[str, str | None, str, Goods]
Place = tuple[LimitKind, str, tuple[str, ...], int | None]
"""A limit: its kind, owner, rows and period."""


class Turn(StrEnum):
    """What became of a flow."""

    GONE = "gone"
    NEW = "new"
    MORE = "more"
    LESS = "less"


class Why(StrEnum):
    """What changed it: `desk.changes.why.<why>` in the catalogue."""

    FORBIDDEN = "forbidden"
    ALLOWED = "allowed"
    PINNED = "pinned"
    RELEASED = "released"
    SIGNED = "signed"
    ADDED = "added"
    QUANTITY = "quantity"
    SCARCER = "scarcer"
    FREER = "freer"
    RULES = "rules"
    PERIODS = "periods"
    EQUAL = "equal"


@dataclass(frozen=True)
class Solved:
    """A question with its answer."""

    problem: Problem
    result: Result


@dataclass(frozen=True)
class Change:
    """A flow that changed. `limit` and `owner` say what became scarcer or freer, by `rp_per_t`, in which `period`."""

    party: str
    mill: str | None
    buyer: str
    goods: Goods
    turn: Turn
    before: int
    after: int
    why: Why
    limit: LimitKind | None = None
    owner: str = ""
    rp_per_t: int = 0
    period: int | None = None


@dataclass(frozen=True)
class Gained:
    """What the change is worth to a party, in thousandths of a rupiah."""

    party: str
    milli: int


@dataclass(frozen=True)
class Changes:
    """Rupiah and kg paddy before and after, the flows that changed, and what that is worth to whom.

    `periods` are those after.
    """

    value_before: int
    value_after: int
    sold_before: int
    sold_after: int
    left_out_before: tuple[str, ...]
    left_out_after: tuple[str, ...]
    flows: tuple[Change, ...]
    gained: tuple[Gained, ...]
    periods: tuple[tuple[int, ...], ...] = ()


def compare(before: Solved, after: Solved) -> Changes:
    """Give what changed between two answers to questions about one event."""
    old, new = _flows(before.result), _flows(after.result)
    rank = {party.key: party.number for party in (*after.problem.parties, *before.problem.parties)}
    ways = {way for way in {*old, *new} if old[way] != new[way]}
    ordered = sorted(ways, key=lambda way: (rank.get(way[0], 0), way[0], way[1] or "", way[2], way[3]))
    causes = _Causes(before, after)
    return Changes(
        value_before=before.result.value,
        value_after=after.result.value,
        sold_before=sum(old.values()),
        sold_after=sum(new.values()),
        left_out_before=left_out(before.result),
        left_out_after=left_out(after.result),
        flows=tuple(causes.of(way, old[way], new[way]) for way in ordered),
        gained=tuple(_gained(before.result, after.result)),
        periods=after.result.periods,
    )


def left_out(result: Result) -> tuple[str, ...]:
    """Give the parties that offer paddy and sell none."""
    return tuple(standing.party for standing in result.standings if not standing.sold)


def _flows(result: Result) -> Counter[Way]:
    flows = Counter[Way]()
    for flow in result.flows:
        flows[flow.party, flow.mill, flow.buyer, flow.goods] += flow.kg_gkp
    return flows


def _gained(before: Result, after: Result) -> Iterator[Gained]:
    was = {standing.party: standing.value_milli for standing in before.standings}
    for standing in after.standings:
        more = standing.value_milli - was.get(standing.party, 0)
        if more:
            yield Gained(standing.party, more)


class _Causes:
    def __init__(self, before: Solved, after: Solved) -> None:
        self.was, self.now = before.problem.commitments, after.problem.commitments
        self.rows: dict[Way, set[str]] = {}
        for flow in (*before.result.flows, *after.result.flows):
            self.rows.setdefault(_way(flow), set()).update(flow.rows)
        kg = [{row.key: row.kg for row in solved.problem.decided.rows} for solved in (before, after)]
        self.other_kg = {key for key in {*kg[0], *kg[1]} if kg[0].get(key) != kg[1].get(key)}
        self.added = kg[1].keys() - kg[0].keys()
        self.prices = [
            {(shadow.kind, shadow.party, shadow.rows, shadow.period): shadow.rp_per_t
             for shadow in solved.result.shadows}
            for solved in (before, after)
        ]  # fmt: skip
        timings = [solved.problem.timing for solved in (before, after)]
        times = [timing and replace(timing, stores=(), store_cost=0) for timing in timings]
        self.other_periods = times[0] != times[1]
        rules = [
            (replace(solved.problem.parameters, since=before.problem.parameters.since), solved.problem.commitments.lots,
             solved.problem.commitments.partners, solved.problem.timing)
            for solved in (before, after)
        ]  # fmt: skip
        self.other_rules = rules[0] != rules[1]

    def of(self, way: Way, before: int, after: int) -> Change:
        turn = Turn.NEW if not before else Turn.GONE if not after else Turn.MORE if after > before else Turn.LESS
        why = self._decided(way, grew=after > before)
        if why is not None:
            return Change(*way, turn, before, after, why)
        if self.other_periods:
            return Change(*way, turn, before, after, Why.PERIODS)
        moved = self._moved(way, grew=after > before)
        if moved is not None:
            (kind, owner, _, period), by = moved
            why = Why.SCARCER if by > 0 else Why.FREER
            return Change(*way, turn, before, after, why, kind, owner, abs(by), period)
        return Change(*way, turn, before, after, Why.RULES if self.other_rules else Why.EQUAL)

    def _decided(self, way: Way, *, grew: bool) -> Why | None:
        """Give what people decided of this pair, if that fits the way it went."""
        here, there = (self._of_pair(settled, way) for settled in (self.was, self.now))
        tests = (
            (Why.FORBIDDEN, not here["forbidden"] and there["forbidden"] and not grew),
            (Why.ALLOWED, here["forbidden"] and not there["forbidden"] and grew),
            (Why.PINNED, there["pinned"] and here["pinned"] != there["pinned"]),
            (Why.RELEASED, here["pinned"] and not there["pinned"]),
            (Why.SIGNED, here["signed"] != there["signed"]),
            (Why.ADDED, grew and bool(self.rows[way] & self.added)),
            (Why.QUANTITY, bool(self.rows[way] & self.other_kg)),
        )
        return next((why for why, holds in tests if holds), None)

    def _of_pair(self, settled: Commitments, way: Way) -> dict[str, object]:
        party, mill, buyer, _ = way
        others = [other for other in (mill, buyer) if other is not None]
        return {
            "forbidden": any(settled.forbids(party, other) for other in others),
            "pinned": [pin for pin in settled.pinned if _about(pin.party, pin.counterpart, pin.goods, way)],
            "signed": [one for one in settled.binding if _about(one.party, one.counterpart, one.goods, way)],
        }

    def _moved(self, way: Way, *, grew: bool) -> tuple[Place, int] | None:
        """Give the limit of this flow whose price moved most: up where the flow shrank, down where it grew."""
        before, after = self.prices
        moves = {
            key: after.get(key, 0) - before.get(key, 0)
            for key in sorted({*before, *after}, key=_rank)
            if self._touches(way, key)
        }
        fitting = {key: by for key, by in moves.items() if by and (by < 0) == grew}
        return max(fitting.items(), key=lambda item: (abs(item[1]), _rank(item[0])), default=None)

    def _touches(self, way: Way, place: Place) -> bool:
        kind, owner, rows, _ = place
        if kind is LimitKind.STORE:
            return owner in {way[0], way[1], SHARED}
        return bool(self.rows[way].intersection(rows))


def _rank(place: Place) -> tuple[LimitKind, str, tuple[str, ...], int]:
    return (*place[:3], -1 if place[3] is None else place[3])


def _way(flow: Flow) -> Way:
    return flow.party, flow.mill, flow.buyer, flow.goods


def _about(party: str, counterpart: str, goods: Goods | None, way: Way) -> bool:
    return party == way[0] and counterpart in way[1:3] and goods in {None, way[3]}

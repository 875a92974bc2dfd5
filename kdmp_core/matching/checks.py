"""The door of matching: what cannot be used is named, row by row, before anything is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from kdmp_core.errors import InvalidInput
from kdmp_core.errors import Problem as Fault
from kdmp_core.matching.model import Goods, Party, Problem, Row, RowKind
from kdmp_core.matching.periods import MOST_PERIODS, SHARED, Timing

MOST_KG = 100_000_000
"""No village row is above a hundred thousand tonnes (matching.md, rule 17)."""

MOST_RUPIAH = 1_000_000
"""No goods or service of the chain costs a million rupiah a kilogram."""


PERCENT = range(101)
MONTHS = frozenset(range(1, 13))


def check(problem: Problem) -> None:
    """Pass a usable problem; raise InvalidInput `matching.unusable` that names every fault by row or party key."""
    rooms = (_rows, _signed, _pins, _decisions, _figures, _timing)
    faults = [*_parties(problem.parties), *(fault for room in rooms for fault in room(problem))]
    if faults:
        raise InvalidInput("matching.unusable", problems=faults, count=len(faults))


def _parties(parties: Iterable[Party]) -> Iterator[Fault]:
    keys = Counter(party.key for party in parties)
    yield from (Fault("matching.party_twice", key, {"party": key}) for key, times in keys.items() if times > 1)


def _rows(problem: Problem) -> Iterator[Fault]:
    known = {party.key for party in problem.parties}
    keys = Counter(row.key for row in problem.rows)
    yield from (Fault("matching.row_twice", key, {"row": key}) for key, times in keys.items() if times > 1)
    for row in problem.rows:
        if not row.rejected:
            yield from _row(row, known)


def _row(row: Row, known: set[str]) -> Iterator[Fault]:
    if row.party not in known:
        yield Fault("matching.party_unknown", row.key, {"party": row.party})
    if not 0 < row.kg <= MOST_KG:
        yield Fault("matching.quantity", row.key, {"kg": row.kg, "most": MOST_KG})
    if row.price is not None and not 0 < row.price <= MOST_RUPIAH:
        yield Fault("matching.price", row.key, {"price": row.price, "most": MOST_RUPIAH})
    if row.kind is RowKind.MILLING_OFFER and row.goods not in {None, Goods.GKP}:
        yield Fault("matching.milling_goods", row.key, {"goods": str(row.goods)})


def _signed(problem: Problem) -> Iterator[Fault]:
    known = {party.key for party in problem.parties}
    agreements = Counter(signed.agreement for signed in problem.commitments.signed)
    yield from (
        Fault("matching.agreement_twice", key, {"agreement": key}) for key, times in agreements.items() if times > 1
    )
    for signed in problem.commitments.signed:
        for key in (signed.party, signed.counterpart):
            if key not in known:
                yield Fault("matching.party_unknown", signed.agreement, {"party": key})
        if not 0 < signed.kg <= MOST_KG:
            yield Fault("matching.quantity", signed.agreement, {"kg": signed.kg, "most": MOST_KG})


def _pins(problem: Problem) -> Iterator[Fault]:
    known = {party.key for party in problem.parties}
    keys = Counter(pin.key for pin in problem.commitments.pinned)
    yield from (Fault("matching.pin_twice", key, {"pin": key}) for key, times in keys.items() if times > 1)
    for pin in problem.commitments.pinned:
        for key in (pin.party, pin.counterpart):
            if key not in known:
                yield Fault("matching.party_unknown", pin.key, {"party": key})
        if not 0 < pin.kg <= MOST_KG:
            yield Fault("matching.quantity", pin.key, {"kg": pin.kg, "most": MOST_KG})
        if problem.commitments.forbids(pin.party, pin.counterpart):
            yield Fault("matching.pin_forbidden", pin.key, {"pin": pin.key})


def _decisions(problem: Problem) -> Iterator[Fault]:
    settled = problem.commitments
    rows = {row.key for row in problem.rows if not row.rejected}
    for key, kg in settled.quantities:
        if key not in rows:
            yield Fault("matching.row_unknown", key, {"row": key})
        if not 0 < kg <= MOST_KG:
            yield Fault("matching.quantity", key, {"kg": kg, "most": MOST_KG})
    named = {*(key for pair in settled.forbidden for key in pair), *(key for key, _ in settled.partners)}
    named |= {lot.counterpart for lot in settled.lots}
    for key in sorted(named - {party.key for party in problem.parties}):
        yield Fault("matching.party_unknown", key, {"party": key})
    if any(most < 0 for _, most in settled.partners) or any(not 0 < lot.kg <= MOST_KG for lot in settled.lots):
        yield Fault("matching.rule", "commitments", {})


def _figures(problem: Problem) -> Iterator[Fault]:
    parameters = problem.parameters
    if not 0 < problem.baseline <= MOST_RUPIAH:
        yield Fault("matching.price", "baseline", {"price": problem.baseline, "most": MOST_RUPIAH})
    if not 0 < parameters.rho <= 1:
        yield Fault("matching.yield", "rho", {"rho": str(parameters.rho)})
    costs = (parameters.paddy_rate, parameters.rice_rate, parameters.load, parameters.default_fee)
    if min(costs) < 0 or parameters.road_factor < 1 or parameters.truck_payload <= 0:
        yield Fault("matching.rate", "parameters", {})
    rules = (parameters.lot, parameters.soe_lot, parameters.link_cost, parameters.partners)
    weights = (parameters.share_penalty, parameters.stability_bonus)
    if (
        min(*rules, *weights) < 0
        or parameters.share_percent not in PERCENT
        or parameters.fairness_percent not in PERCENT
    ):
        yield Fault("matching.rule", "parameters", {})


def _timing(problem: Problem) -> Iterator[Fault]:
    timing = problem.timing
    if timing is None:
        return
    months = [month for period in timing.periods for month in period]
    harvests = {month for harvest in timing.harvests for month in harvest.months}
    whole = 0 < len(timing.periods) <= MOST_PERIODS and all(timing.periods)
    if not whole or len(set(months)) < len(months) or not harvests.union(months) <= MONTHS:
        yield Fault("matching.periods", "timing", {"most": MOST_PERIODS})
    yield from _stores(problem, timing)
    rows = {row.key for row in problem.rows if not row.rejected}
    for spread in timing.spreads:
        if spread.row not in rows:
            yield Fault("matching.row_unknown", spread.row, {"row": spread.row})
        if len(spread.parts) != len(timing.periods) or min(spread.parts) < 0 or not 0 < sum(spread.parts) <= MOST_KG:
            yield Fault("matching.spread", spread.row, {"row": spread.row, "periods": len(timing.periods)})


def _stores(problem: Problem, timing: Timing) -> Iterator[Fault]:
    known = {party.key for party in problem.parties} | {SHARED}
    owners = Counter(store.party for store in timing.stores)
    yield from (Fault("matching.store_twice", key, {"party": key}) for key, times in owners.items() if times > 1)
    for store in timing.stores:
        if store.party not in known:
            yield Fault("matching.party_unknown", store.party, {"party": store.party})
        if not 0 < store.kg <= MOST_KG:
            yield Fault("matching.quantity", store.party, {"kg": store.kg, "most": MOST_KG})
    if not 0 <= timing.store_cost <= 1000 * MOST_RUPIAH:
        yield Fault("matching.store_cost", "timing", {"cost": timing.store_cost})

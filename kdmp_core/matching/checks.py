"""The door of matching: what cannot be used is named, row by row, before anything is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from kdmp_core.errors import InvalidInput
from kdmp_core.errors import Problem as Fault
from kdmp_core.matching.model import Goods, Party, Problem, Row, RowKind

MOST_KG = 100_000_000
"""No village row is above a hundred thousand tonnes (matching.md, rule 17)."""

MOST_RUPIAH = 1_000_000
"""No goods or service of the chain costs a million rupiah a kilogram."""


def check(problem: Problem) -> None:
    """Pass a usable problem; raise InvalidInput `matching.unusable` that names every fault by row or party key."""
    faults = [*_parties(problem.parties), *_rows(problem), *_commitments(problem), *_figures(problem)]
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


def _commitments(problem: Problem) -> Iterator[Fault]:
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


def _figures(problem: Problem) -> Iterator[Fault]:
    parameters = problem.parameters
    if not 0 < problem.baseline <= MOST_RUPIAH:
        yield Fault("matching.price", "baseline", {"price": problem.baseline, "most": MOST_RUPIAH})
    if not 0 < parameters.rho <= 1:
        yield Fault("matching.yield", "rho", {"rho": str(parameters.rho)})
    costs = (parameters.paddy_rate, parameters.rice_rate, parameters.load, parameters.default_fee)
    if min(costs) < 0 or parameters.road_factor < 1 or parameters.truck_payload <= 0:
        yield Fault("matching.rate", "parameters", {})

"""What is told of a solved area, as plain whole figures: sums, each area below, reasons by kind, mills that lack.

No figure here names what one party wished for; parties appear only as places where a mill would bring most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from kdmp_core.area_plans import reading
from kdmp_core.area_plans.reading import Note
from kdmp_core.area_plans.scope import Scope
from kdmp_core.matching.area import AreaResult, Kind, Rest, Why, new_mills, reasons, views
from kdmp_core.matching.area.model import Ints, Words

NEW_MILL = 150_000
"""Kg paddy a season of a mill whose place is looked for: the usual one (matching.md §4)."""
PLACES, AMONG = 5, 60
PARTY = "U21"
"""How much of a place's code names the party."""
LAYERS = {"paddy": "paddy", "mill": "mill", "paddy_hub": "paddy_buyer", "hub": "rice_buyer", "buyer": "rice_buyer"}
"""Whose rest it is, as people see it."""


def of(result: AreaResult, scope: Scope, notes: Iterable[Note]) -> dict[str, Any]:
    """Give the facts of a result; the notes say what the area model could not hold."""
    rests, seen = reasons(result), views(result)
    network = result.network
    sold = network.supply - result.kept
    parties = network.codes[network.layers.paddy].astype(PARTY)
    growers = np.unique(parties)
    into_mills = int(result.milled.sum())
    return {
        "offered": int(network.supply.sum()),
        "placed": int(sold.sum()),
        "milled": into_mills,
        "mill_capacity": int(result.problem.mills.capacities.sum()),
        "rice": int(result.problem.rates.rice_of(np.array([into_mills]))[0]),
        "growers": len(growers),
        "served": len(np.unique(parties[sold > 0])),
        "mills": len(result.milled),
        "mills_full": int((result.mill_prices > 0).sum()),
        "mill_worth_per_t": seen.median_mill_price,
        "buyers": len(np.unique(network.codes[network.sink_tails[network.sink_most > 0]].astype(PARTY))),
        "lot_alone": int(network.supply.sum()) // max(len(growers), 1),
        "lot_at_mill": seen.mean_lot_at_mill,
        "flows": {kind.name.lower(): int((result.flows(kind).kg > 0).sum()) for kind in Kind},
        "pairs_weighed": len(result.arcs),
        "rounds": result.rounds,
        "value_milli": result.value_milli,
        "upper_bound_milli": result.certificate.upper_bound,
        "reasons": _by_kind(rests),
        "children": _children(result, scope, rests),
        "new_mills": _new_mills(result),
        "notes": [{"code": note.code, "count": note.count, "kg": note.kg} for note in notes],
    }  # fmt: skip


def _new_mills(result: AreaResult) -> list[dict[str, Any]]:
    """Give the areas where one more mill would bring most, by prices alone; whoever has one already is passed over."""
    having = {code[:13] for code in result.problem.villages.codes[result.problem.mills.villages].tolist()}
    best: dict[str, int] = {}
    for place in new_mills(result, NEW_MILL, AMONG):
        if place.code[:13] not in having and place.estimate >= 1000:  # noqa: PLR2004  (a rupiah)
            best.setdefault(place.code[:13], place.estimate // 1000)
    return [{"area": reading.area_of(code), "rupiah": worth} for code, worth in list(best.items())[:PLACES]]


def _by_kind(rests: Iterable[Rest]) -> list[dict[str, Any]]:
    """Give how many are left with how much, by what is left and why, the most kilograms first."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for rest in rests:
        total = sums[LAYERS[rest.layer], _why(rest)]
        total[0] += 1
        total[1] += rest.kg
    ordered = sorted(sums.items(), key=lambda item: (item[0][0], -item[1][1], item[0][1]))
    return [{"what": what, "why": why, "count": count, "kg": kg} for (what, why), (count, kg) in ordered]


def _why(rest: Rest) -> str:
    """Give the reason by name; where something is full, whether a mill or a buyer."""
    if rest.why is Why.CAPACITY:
        return "buyers_full" if rest.at_buyer else "mills_full"
    return rest.why.value


def _children(result: AreaResult, scope: Scope, rests: Iterable[Rest]) -> list[dict[str, Any]]:
    """Give the sums of every area directly below, by code; what stands in none of them, at the area itself."""
    digits = scope.digits
    sums = result.sums(digits)
    left: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for rest in rests:
        if rest.layer == "paddy":
            left[rest.code[:digits]][_why(rest)] += rest.kg
    mills, full = _mills(result, sums.codes, digits)
    columns = zip(
        sums.codes.tolist(), sums.offered.tolist(), sums.sold.tolist(), sums.milled.tolist(), sums.capacity.tolist(),
        sums.bought.tolist(), mills.tolist(), full.tolist(), strict=True,
    )  # fmt: skip
    names = ("offered", "placed", "milled", "capacity", "bought", "mills", "mills_full")
    return [
        {"area": reading.area_of(code), **dict(zip(names, row, strict=True)), "left": dict(sorted(left[code].items()))}
        for code, *row in columns
    ]


def _mills(result: AreaResult, codes: Words, digits: int) -> tuple[Ints, Ints]:
    """Give how many mills each area has and how many of them are full."""
    problem = result.problem
    rows = np.searchsorted(codes, problem.villages.codes[problem.mills.villages].astype(f"U{digits}"))
    every, full = (np.zeros(len(codes), np.int64) for _ in range(2))
    np.add.at(every, rows, 1)
    np.add.at(full, rows, result.mill_prices > 0)
    return every, full

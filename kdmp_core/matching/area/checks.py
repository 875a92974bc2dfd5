"""The door of an area: columns that cannot be used are named before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import numpy as np

from kdmp_core.errors import InvalidInput
from kdmp_core.errors import Problem as Fault
from kdmp_core.matching.area.model import AreaProblem, Ints
from kdmp_core.matching.checks import MOST_KG, MOST_RUPIAH


def check(problem: AreaProblem) -> None:
    """Pass a usable problem; raise InvalidInput `matching.unusable` that names every fault by column and code."""
    faults = [*_shapes(problem)] or [*_rows(problem), *_signed(problem), *_rates(problem)]
    if faults:
        raise InvalidInput("matching.unusable", problems=faults, count=len(faults))


def _shapes(problem: AreaProblem) -> Iterator[Fault]:
    for name in ("villages", "mills", "demands", "hubs"):
        part = getattr(problem, name)
        columns = {one.name: getattr(part, one.name) for one in fields(part)}
        lengths = {len(column) for column in columns.values()}
        wrong = [
            key
            for key, column in columns.items()
            if column.dtype.kind not in {"codes": "U", "towns": "b", "milled": "b"}.get(key, "i")
        ]
        yield from (Fault("matching.column", f"{name}.{key}", {"column": f"{name}.{key}"}) for key in wrong)
        if len(lengths) > 1:
            yield Fault("matching.column", name, {"column": name})


def _rows(problem: AreaProblem) -> Iterator[Fault]:
    villages, mills, demands, hubs = problem.villages, problem.mills, problem.demands, problem.hubs
    for codes in (villages.codes, hubs.codes):
        found, times = np.unique(codes, return_counts=True)
        for code in found[times > 1].tolist():
            yield Fault("matching.party_twice", code, {"party": code})
    for places in (mills.villages, demands.villages):
        for row in places[(places < 0) | (places >= len(villages.codes))].tolist():
            yield Fault("matching.party_unknown", str(row), {"party": str(row)})
    most = MOST_KG
    kilograms = {
        "villages.paddy": villages.paddy, "mills.capacities": mills.capacities, "demands.rice": demands.rice,
        "hubs.paddy": hubs.paddy, "hubs.rice": hubs.rice,
    }  # fmt: skip
    yield from _between(kilograms, "matching.quantity", "kg", most)
    prices = {
        "villages.asks": villages.asks, "mills.fees": mills.fees, "demands.prices": demands.prices,
        "hubs.paddy_prices": hubs.paddy_prices, "hubs.rice_prices": hubs.rice_prices,
    }  # fmt: skip
    yield from _between(prices, "matching.price", "price", MOST_RUPIAH)
    yield from _between({"mills.yields": mills.yields}, "matching.yield", "rho", 10_000)


def _between(columns: dict[str, Ints], code: str, word: str, most: int) -> Iterator[Fault]:
    for name, column in columns.items():
        for row in np.flatnonzero((column < 0) | (column > most)).tolist():
            yield Fault(code, f"{name}/{row}", {word: int(column[row]), "most": most})


def _signed(problem: AreaProblem) -> Iterator[Fault]:
    for one in problem.signed:
        if not 0 < one.kg <= MOST_KG:
            yield Fault("matching.quantity", one.agreement, {"kg": one.kg, "most": MOST_KG})


def _rates(problem: AreaProblem) -> Iterator[Fault]:
    rates = problem.rates
    if not 0 < rates.baseline <= MOST_RUPIAH:
        yield Fault("matching.price", "baseline", {"price": rates.baseline, "most": MOST_RUPIAH})
    if min(rates.paddy_rate, rates.rice_rate, rates.truck_rate, rates.load, rates.sea_surcharge) < 0:
        yield Fault("matching.rate", "rates", {})
    if rates.road_percent < 100 or not 0 < rates.rho <= 1 or min(rates.radii) < 0:  # noqa: PLR2004  (road is never shorter than the crow's flight)
        yield Fault("matching.rate", "rates", {})

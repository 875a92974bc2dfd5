"""The proof of an area: any price bounds, a changed kilogram is caught, and no omitted pair escapes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdmp_core.errors import Trouble
from kdmp_core.matching.area import AreaProblem, Engine, Rates, match_area
from kdmp_core.matching.area import certify as certify_room
from kdmp_core.matching.area.certify import bound, certify, lift
from kdmp_core.matching.area.engines import solve
from kdmp_core.matching.area.legs import metres, points
from kdmp_core.matching.area.network import Network
from kdmp_core.matching.distance import metres as metres_of_events
from kdmp_core.matching.model import Point
from tests.places import everything, hubs, made, mills, rice, villages
from tests.regions import region


@st.composite
def areas(draw: st.DrawFn) -> AreaProblem:
    count = draw(st.integers(1, 12))
    whole = st.integers(0, 60)
    spots = st.lists(st.integers(-60_000, 60_000), min_size=count, max_size=count)
    groups = draw(st.lists(st.sampled_from([1, 1, 2]), min_size=count, max_size=count))
    paddy = [1_000 * draw(whole) for _ in range(count)]
    places = villages(count, paddy, groups, draw(spots), draw(spots))
    rows = st.lists(st.integers(0, count - 1), max_size=6, unique=True)
    at, wanting = draw(rows), draw(rows)
    works = replace(
        mills(at, 0),
        capacities=np.array([1_000 * draw(whole) for _ in at], np.int64),
        fees=np.array([draw(st.integers(200, 700)) for _ in at], np.int64),
        yields=np.array([draw(st.integers(6_000, 6_600)) for _ in at], np.int64),
    )
    buyers = replace(
        rice(wanting, 0, 0),
        rice=np.array([1_000 * draw(whole) for _ in wanting], np.int64),
        prices=np.array([draw(st.integers(12_000, 15_000)) for _ in wanting], np.int64),
        towns=np.array([draw(st.booleans()) for _ in wanting], np.bool_),
    )
    east = [draw(st.integers(-60_000, 60_000)) for _ in range(3)]
    stores = hubs(["11.01", "11.02", "12.01"], [1, 1, 2], east, 1_000 * draw(whole), draw(st.integers(6_400, 6_900)))
    stores = replace(stores, rice=1_000 * np.array([draw(whole) for _ in range(3)], np.int64))
    rates = replace(Rates(), sea_surcharge=draw(st.sampled_from([0, 100_000])))
    return replace(made(places, works, buyers, stores), rates=rates).canonical()


def brute(problem: AreaProblem) -> int:
    network = Network(problem)
    everything(network)
    arcs = network.arcs()
    kg, _ = solve(arcs, Engine.HIGHS)
    return int((arcs.gains * kg).sum())


@pytest.mark.parametrize("engine", Engine)
@settings(max_examples=25, deadline=None)
@given(problem=areas())
def test_the_optimum_is_that_over_all_pairs(engine: Engine, problem: AreaProblem) -> None:
    few = pytest.MonkeyPatch()
    with few.context() as patched:  # so few to begin with that nearly all pairs must be found by price
        patched.setattr("kdmp_core.matching.area.network.NEAREST", 1)
        patched.setattr("kdmp_core.matching.area.network.BEST", 1)
        patched.setattr("kdmp_core.matching.area.match.ADDED", 1)
        patched.setattr("kdmp_core.matching.area.match.MOST_ROUNDS", 60)
        result = match_area(problem, engine=engine)
    assert result.value_milli == brute(problem)
    assert result.gap_milli == 0


@settings(max_examples=30, deadline=None)
@given(problem=areas(), data=st.data())
def test_any_prices_bound_from_above(problem: AreaProblem, data: st.DataObject) -> None:
    network = Network(problem)
    prices = data.draw(st.lists(st.integers(-(10**6), 10**7), min_size=network.nodes, max_size=network.nodes))
    lifted, _ = lift(network, np.array(prices, np.int64))
    assert bound(network, lifted) >= brute(problem)


@settings(max_examples=25, deadline=None)
@given(problem=areas())
def test_lifted_prices_lie_on_or_above_every_admissible_pair(problem: AreaProblem) -> None:
    network = Network(problem)
    lifted, better = lift(network, np.zeros(network.nodes, np.int64))
    full = Network(problem)
    everything(full)
    for leg, keys in zip(full.legs, full.model, strict=True):
        tails, heads = leg.pairs(keys)
        assert (lifted[leg.tails.nodes[tails]] >= lifted[leg.heads.nodes[heads]] - leg.costs(keys)).all()
    assert len(better) == len(full.legs)


def test_a_flow_changed_by_a_kilogram_is_caught() -> None:
    result = match_area(region("18.05"))
    chance = np.random.default_rng(1)
    for arc in chance.choice(len(result.kg), 200, replace=False).tolist():
        for change in (-1, 1):
            wrong = result.kg.copy()
            wrong[arc] += change
            with pytest.raises(Trouble):
                certify(result.network, result.arcs, wrong, result.prices)


def test_wrong_prices_prove_less_but_never_too_little() -> None:
    result = match_area(region("18.05"))
    chance = np.random.default_rng(2)
    for _ in range(20):
        wrong = result.prices + chance.integers(-50_000, 50_000, len(result.prices))
        assert certify(result.network, result.arcs, result.kg, wrong).upper_bound >= result.certificate.upper_bound


def test_a_value_above_the_bound_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    result = match_area(region("18.05"))
    monkeypatch.setattr(certify_room, "bound", lambda *_: result.value_milli - 1)
    with pytest.raises(Trouble) as refused:
        certify(result.network, result.arcs, result.kg, result.prices)
    assert refused.value.values == {"cause": "bound"}


def test_one_more_kilogram_of_paddy_is_worth_exactly_its_price() -> None:
    problem = region("18.05")
    result = match_area(problem, engine=Engine.FLOW)
    for row in result.network.growers[::12].tolist():
        more = problem.villages.paddy.copy()
        more[row] += 1
        grown = match_area(replace(problem, villages=replace(problem.villages, paddy=more)), engine=Engine.FLOW)
        at = int(np.searchsorted(result.network.growers, row))
        assert grown.value_milli - result.value_milli == result.paddy_prices[at]


def test_distances_are_those_of_events() -> None:
    places = [
        Point(-767_000, 10_965_000),
        Point(-767_001, 10_965_000),
        Point(-610_000, 10_680_000),
        Point(5_000, 9_500_000),
    ]
    columns = [np.array([getattr(one, name) for one in places]) for name in ("latitude", "longitude")]
    spots = points(*columns, np.zeros(4, np.int64))
    for one in range(4):
        found = metres(np.repeat(spots[[one]], 4, axis=0), spots).tolist()
        assert found == [metres_of_events(places[one], other) for other in places]

"""What is asked of a solved area: one change, places for mills, reasons, and figures of scale and access."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kdmp_core.errors import InvalidInput
from kdmp_core.matching.area import AreaResult, Forbidden, Kind, WhatIf, Why, match_area, new_mills, reasons, views
from tests.places import made, mills, rice, villages
from tests.regions import region


@pytest.fixture(scope="module")
def result() -> AreaResult:
    return match_area(region("32.03"))


@pytest.fixture(scope="module")
def asked(result: AreaResult) -> WhatIf:
    return WhatIf(result)


def test_more_capacity_is_answered_as_a_new_solve_would(result: AreaResult, asked: WhatIf) -> None:
    problem = result.problem
    for mill in (1, 5, 9):
        code = str(problem.villages.codes[problem.mills.villages[mill]])
        more = problem.mills.capacities.copy()
        more[mill] += 50_000
        exact = match_area(replace(problem, mills=replace(problem.mills, capacities=more))).value_milli
        answer = asked.mill(code, int(more[mill]))
        assert answer.before == result.value_milli
        assert exact - answer.value <= exact // 10_000
        assert answer.value <= exact <= answer.upper_bound


def test_a_closed_mill_a_lost_buyer_and_a_forbidden_pair_cost(result: AreaResult, asked: WhatIf) -> None:
    problem, flows = result.problem, result.flows(Kind.MILLING)
    pair = str(flows.sellers[0]), str(flows.buyers[0])
    answers = [
        asked.mill(pair[1], 0),
        asked.demand(str(problem.villages.codes[0]), 0),
        asked.forbid(Kind.MILLING, *pair),
    ]
    assert all(answer.gain <= 0 and answer.upper_bound >= answer.value for answer in answers)
    exact = match_area(replace(problem, forbidden=(Forbidden(Kind.MILLING, *pair),))).value_milli
    assert 0 <= exact - answers[2].value <= exact // 10_000
    assert (pair[1], -int(result.milled[_mill(result, pair[1])])) in answers[0].nodes


def test_a_question_leaves_nothing_behind(result: AreaResult, asked: WhatIf) -> None:
    code = str(result.problem.villages.codes[result.problem.mills.villages[2]])
    place = new_mills(result, 150_000, 1)[0]
    first = asked.mill(code, 10_000)
    asked.new_mill(place.code, 150_000, 430)
    assert asked.mill(code, 10_000).value == first.value


def test_a_new_mill_brings_at_most_what_the_prices_say(result: AreaResult, asked: WhatIf) -> None:
    places = new_mills(result, 150_000, 3)
    assert [place.estimate for place in places] == sorted((place.estimate for place in places), reverse=True)
    answer = asked.new_mill(places[0].code, 150_000, 430)
    assert 0.7 * places[0].estimate < answer.gain <= answer.upper_bound - answer.before


def test_an_unknown_place_is_refused(asked: WhatIf) -> None:
    for ask in (lambda: asked.mill("x", 1), lambda: asked.demand("x", 1), lambda: asked.new_mill("x", 1, 1)):
        with pytest.raises(InvalidInput):
            ask()


def test_all_that_is_left_has_one_reason(result: AreaResult) -> None:
    found = reasons(result)
    left = {one.code: one for one in found if one.layer == "paddy"}
    kept = result.network.growers[result.kept > 0]
    assert sorted(left) == sorted(result.problem.villages.codes[kept].tolist())
    assert sum(one.kg for one in left.values()) == result.kept.sum()
    assert all(one.full and one.one_more > 0 for one in left.values() if one.why is Why.CAPACITY)
    room = {one.code for one in found if one.layer == "mill"}
    assert len(room) == int((result.milled < result.problem.mills.capacities).sum())


def test_the_reasons_of_one_village() -> None:
    alone = made(villages(1, [10_000]), mills([], 0), rice([], 0, 0))
    assert [(one.why, one.kg) for one in reasons(match_area(alone))] == [(Why.DISTANCE, 10_000)]
    cheap = made(villages(1, [10_000]), mills([0], 10_000), rice([0], 50_000, 11_000))
    grower = reasons(match_area(cheap))[0]
    assert (grower.why, grower.missing) == (Why.PRICE, 6_200_000 + 180_000 - 5_821_200)
    small = made(villages(1, [10_000]), mills([0], 4_000), rice([0], 50_000, 13_000))
    grower = reasons(match_area(small))[0]
    assert (grower.why, grower.kg, grower.full, grower.one_more) == (Why.CAPACITY, 6_000, "11.01.01.2000", 499_600)


def test_the_figures_of_scale_and_access(result: AreaResult) -> None:
    seen = views(result)
    assert 0 < seen.served <= seen.growers == len(result.network.growers)
    assert seen.mean_lot_alone < seen.mean_lot_at_mill < seen.mean_lot_at_hub
    assert seen.value_per_t == result.value_milli // int(result.sums(2).sold.sum())
    sold = result.kept < result.network.supply
    assert ((seen.concentration[sold] > 0) & (seen.concentration[sold] <= 10_000)).all()
    assert np.median(seen.buyers_near) > 0


def _mill(result: AreaResult, code: str) -> int:
    return result.problem.villages.codes[result.problem.mills.villages].tolist().index(code)

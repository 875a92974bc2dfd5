"""Matching of a regency: against another solver, in any order, under agreements and bans, and with nothing to do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import networkx as nx
import numpy as np
import pytest

from kdmp_core.errors import Conflict, InvalidInput
from kdmp_core.matching.area import (
    AreaProblem,
    AreaResult,
    Engine,
    Forbidden,
    Kind,
    Rates,
    Signed,
    match_area,
)
from kdmp_core.matching.area.model import take
from kdmp_core.matching.area.network import Network
from tests.places import everything, hubs, made, mills, permuted, rice, villages
from tests.regions import region

CIANJUR = "32.03"
TULANG_BAWANG = "18.05"


@pytest.fixture(scope="module")
def cianjur() -> AreaResult:
    return match_area(region(CIANJUR), engine=Engine.FLOW)


def test_the_made_figures_stay_as_they_are(cianjur: AreaResult) -> None:
    assert len(region(CIANJUR).villages.codes) == 360
    assert cianjur.value == 5_034_622_250
    assert cianjur.baseline == 6_200


def test_another_solver_finds_the_same_value_over_all_pairs(cianjur: AreaResult) -> None:
    network = Network(region(CIANJUR))
    everything(network)
    arcs = network.arcs()
    graph = nx.DiGraph()
    for node, supply in enumerate(arcs.supplies.tolist()):
        graph.add_node(node, demand=-supply)
    for tail, head, most, gain in zip(
        *(column.tolist() for column in (arcs.tails, arcs.heads, arcs.most, arcs.gains)), strict=True
    ):
        graph.add_edge(tail, head, capacity=most, weight=-gain)
    cost, _ = nx.network_simplex(graph)
    assert -cost == cianjur.value_milli
    assert cianjur.gap_milli == 0
    assert len(cianjur.arcs) < len(arcs) / 3


@pytest.mark.parametrize("code", [CIANJUR, TULANG_BAWANG])
def test_both_engines_prove_the_same_value(code: str) -> None:
    found = [match_area(region(code), engine=engine) for engine in Engine]
    assert found[0].value_milli == found[1].value_milli > 0
    assert [one.gap_milli for one in found] == [0, 0]
    assert found[0].solver.startswith("highspy ")
    assert found[1].solver.startswith("ortools ")


@pytest.mark.parametrize("engine", Engine)
def test_the_order_of_the_input_changes_no_byte(engine: Engine) -> None:
    problem = region(TULANG_BAWANG)
    first = match_area(problem, engine=engine).fingerprint()
    assert {match_area(permuted(problem, seed), engine=engine).fingerprint() for seed in range(5)} == {first}


def test_hands_reach_less_and_the_nearest_first_least(cianjur: AreaResult) -> None:
    assert 0 < cianjur.greedy.nearest < cianjur.greedy.best_margin < cianjur.value_milli


def test_every_kilogram_is_in_one_sum(cianjur: AreaResult) -> None:
    regency, alone = cianjur.sums(5), cianjur.sums(13)
    assert regency.codes.tolist() == [CIANJUR]
    for column in ("offered", "sold", "milled", "capacity"):
        assert getattr(alone, column).sum() == getattr(regency, column)[0] > 0
    paddy = cianjur.flows(Kind.PADDY).kg.sum()
    assert regency.sold[0] == regency.milled[0] + paddy == regency.bought[0] + paddy
    assert cianjur.flows(Kind.MILLING).kg.sum() == regency.milled[0]


def test_rice_does_not_cross_the_sea_but_from_hub_to_hub() -> None:
    near = made(
        villages(2, paddy=[10_000, 0], islands=[1, 2], east=[0, 1_000]), mills([0], 10_000), rice([1], 10_000, 14_000)
    )
    assert match_area(near).value == 0
    stores = hubs(["11.01", "12.01"], islands=[1, 2], east=[0, 1_000])
    town = replace(near.demands, towns=np.array([True]))
    over = match_area(replace(near, hubs=stores, demands=town))
    sea = over.flows(Kind.TRANSFER)
    assert over.value > 0
    assert (sea.sellers.tolist(), sea.buyers.tolist(), sea.kg.tolist()) == (["11.01"], ["12.01"], [10_000])
    dear = match_area(replace(near, hubs=stores, demands=town, rates=replace(Rates(), sea_surcharge=3_000_000)))
    assert dear.value == 0


def test_an_agreement_is_kept_by_growers_beyond_the_nearest() -> None:
    some = made(
        villages(41, paddy=[0] + [1_000] * 40, east=[200 * number for number in range(41)]),
        mills([0], 50_000),
        rice([0], 50_000, 14_000),
    )
    code = str(some.villages.codes[0])
    promised = Signed(Kind.RETAIL, code, code, 39_500, "K-1")
    assert match_area(replace(some, signed=(promised,))).flows(Kind.RETAIL).kg.sum() >= 39_500


def test_an_agreement_that_one_island_cannot_keep_is_kept_across_the_sea() -> None:
    near = made(
        villages(2, paddy=[10_000, 0], islands=[1, 2], east=[0, 1_000]), mills([0], 10_000), rice([1], 10_000, 14_000)
    )
    stores = hubs(["11.01", "12.01"], islands=[1, 2], east=[0, 1_000])
    promised = Signed(Kind.SUPPLY, "12.01", str(near.villages.codes[1]), 4_000, "K-1")
    town = replace(near.demands, towns=np.array([True]))
    kept = match_area(replace(near, hubs=stores, demands=town, signed=(promised,)))
    assert (kept.gap_milli, kept.flows(Kind.TRANSFER).kg.tolist()) == (0, [10_000])


def test_a_mill_whose_rice_nobody_buys_is_no_gain() -> None:
    assert match_area(made(villages(1, paddy=[10_000]), mills([0], 10_000, fee=200), rice([], 0, 0))).value == 0


def test_a_forbidden_pair_has_no_leg(cianjur: AreaResult) -> None:
    flows = cianjur.flows(Kind.MILLING)
    most = int(flows.kg.argmax())
    ban = Forbidden(Kind.MILLING, str(flows.sellers[most]), str(flows.buyers[most]))
    without = match_area(replace(region(CIANJUR), forbidden=(ban,)))
    pairs = zip(without.flows(Kind.MILLING).sellers.tolist(), without.flows(Kind.MILLING).buyers.tolist(), strict=True)
    assert (ban.seller, ban.buyer) not in set(pairs)
    assert without.value_milli <= cianjur.value_milli
    assert without.gap_milli == 0


@pytest.mark.parametrize("engine", Engine)
def test_an_agreement_in_force_flows_even_at_a_loss(cianjur: AreaResult, engine: Engine) -> None:
    problem = region(CIANJUR)
    grower = int(np.flatnonzero(problem.villages.paddy > 20_000)[0])
    seller = str(problem.villages.codes[grower])
    far = str(problem.villages.codes[problem.mills.villages[-1]])
    kept = match_area(replace(problem, signed=(Signed(Kind.MILLING, seller, far, 20_000, "K-1"),)), engine=engine)
    flows = kept.flows(Kind.MILLING)
    at = (flows.sellers == seller) & (flows.buyers == far)
    assert flows.kg[at].sum() >= 20_000
    assert kept.gap_milli == 0
    assert kept.value_milli < cianjur.value_milli


def test_agreements_that_cannot_be_kept_are_named_with_what_limits_them() -> None:
    problem = made(villages(2, paddy=[10_000, 10_000]), mills([1], 12_000), rice([1], 50_000, 13_500))
    codes = problem.villages.codes.tolist()
    signed = tuple(Signed(Kind.MILLING, code, codes[1], 8_000, f"K-{code}") for code in codes)
    with pytest.raises(Conflict) as refused:
        match_area(replace(problem, signed=signed))
    assert refused.value.code == "matching.infeasible"
    assert codes[1] in str(refused.value.values["capacities"])
    assert "K-" in str(refused.value.values["agreements"])
    assert match_area(replace(problem, signed=signed[:1])).gap_milli == 0


def test_paddy_is_never_sold_below_the_floor() -> None:
    problem = made(
        villages(1, paddy=[10_000]), mills([], 0), rice([], 0, 0), hubs(["11.01"], paddy=50_000, price=6_490)
    )
    assert match_area(problem).value == 0
    paid = match_area(replace(problem, hubs=replace(problem.hubs, paddy_prices=np.array([6_500]))))
    assert paid.value == 10_000 * (6_500 - 6_200)


def test_a_better_yield_is_worth_its_rice() -> None:
    problem = made(villages(1, paddy=[10_000]), mills([0], 10_000), rice([0], 50_000, 13_000))
    usual = match_area(problem).value_milli
    better = match_area(replace(problem, mills=replace(problem.mills, yields=np.array([6_400])))).value_milli
    assert better - usual == 10_000 * Fraction(84 * 100 * 12_600, 1_000)


@pytest.mark.parametrize("empty", ["villages", "mills", "demands", "hubs"])
def test_an_area_without_one_side_still_has_an_answer(empty: str) -> None:
    problem = region(TULANG_BAWANG)
    nobody = np.empty(0, np.int64)
    less = {empty: take(getattr(problem, empty), nobody)}
    if empty == "villages":
        less |= {"mills": take(problem.mills, nobody), "demands": take(problem.demands, nobody)}
    assert match_area(replace(problem, **less)).gap_milli == 0


def test_what_cannot_be_used_is_named_by_column_and_row() -> None:
    good = region(TULANG_BAWANG)
    bad: list[AreaProblem] = [
        replace(good, villages=replace(good.villages, paddy=good.villages.paddy - 10**9)),
        replace(
            good, villages=replace(good.villages, codes=np.repeat(good.villages.codes[:1], len(good.villages.codes)))
        ),
        replace(good, villages=replace(good.villages, paddy=good.villages.paddy / 2)),
        replace(good, mills=replace(good.mills, villages=good.mills.villages + 10**6)),
        replace(good, rates=replace(Rates(), baseline=0)),
        replace(good, rates=replace(Rates(), load=-1)),
        replace(good, signed=(Signed(Kind.MILLING, "x", "y", 0, "K-1"),)),
    ]
    for problem in bad:
        with pytest.raises(InvalidInput) as refused:
            match_area(problem)
        assert refused.value.code == "matching.unusable"
        assert refused.value.problems
    with pytest.raises(InvalidInput):
        match_area(replace(good, signed=(Signed(Kind.MILLING, "x", "y", 5, "K-1"),)))

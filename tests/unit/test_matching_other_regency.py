"""A generated sheet of another regency, rows permuted, against an independent enumeration (tests/oracle.py)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from kdmp_core.matching import LimitKind, Problem, ReasonCode, Row, RowKind, match
from tests import oracle
from tests.cianjur import cianjur, expected
from tests.villages import regency, shuffled


def test_the_oracle_knows_cianjur() -> None:
    assert oracle.best_value(cianjur()) == pytest.approx(expected()["goods"]["V_exact_milli_rp"], abs=1_000)


@pytest.mark.parametrize("seed", range(12))
def test_another_regency_gets_the_value_the_oracle_finds(seed: int) -> None:
    problem = shuffled(regency(seed), seed)
    result = match(problem)
    assert result.gap_milli == 0
    assert result.value_milli == pytest.approx(oracle.best_value(problem), abs=1_000)
    assert result.value > 0
    assert result.best_margin <= result.value


@pytest.mark.parametrize("seed", range(6))
def test_its_trucks_carry_what_the_oracle_finds(seed: int) -> None:
    problem = regency(seed)
    result = match(problem)
    assert (result.transport.kg_carried, result.transport.empty_kg_metres) == oracle.best_lifts(problem, result)
    assert result.transport.proven


def test_its_permuted_rows_give_the_same_bytes() -> None:
    problem = regency(3)
    content = match(problem).to_json()
    assert all(match(shuffled(problem, seed)).to_json() == content for seed in range(20))


@pytest.mark.parametrize("seed", range(6))
def test_each_of_its_rows_ends_in_a_flow_or_one_reason(seed: int) -> None:
    problem = regency(seed)
    result = match(problem)
    assert sorted(line.row for line in result.outcomes) == sorted(row.key for row in problem.rows)
    used = {key for flow in result.flows for key in flow.rows}
    trucked = {lift.truck for lift in result.transport.lifts} | {lift.owner for lift in result.transport.lifts}
    for line in result.outcomes:
        moved = line.row in used or line.party in trucked or line.kind is RowKind.MILLING_NEED
        assert moved or line.reason is not None
        rounding = 1 if line.goods and line.goods.is_rice else 0
        unusable = line.reason is not None and line.reason.code is ReasonCode.DATA
        assert unusable or (line.reason is None) == (line.rest <= rounding)
    counts = Counter(line.reason.code for line in result.outcomes if line.reason)
    assert counts[ReasonCode.DATA] >= 1


@pytest.mark.parametrize("seed", range(3))
def test_what_a_reason_calls_full_is_worth_its_price_when_it_grows(seed: int) -> None:
    problem = regency(seed)
    result = match(problem)
    named = {full.party: full.rp_per_t for line in result.outcomes if line.reason for full in line.reason.full
             if full.kind is LimitKind.MILL}  # fmt: skip
    assert named
    for mill, price in sorted(named.items())[:3]:
        rows = [row for row in problem.rows if row.party == mill and row.kind is RowKind.MILLING_OFFER]
        grown = [_one_more(row) if row is rows[0] else row for row in problem.rows]
        assert match(_with(problem, grown)).value_milli - result.value_milli == price


def _one_more(row: Row) -> Row:
    return replace(row, kg=row.kg + 1)


def _with(problem: Problem, rows: list[Row]) -> Problem:
    return replace(problem, rows=tuple(rows))

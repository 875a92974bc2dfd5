"""The year of an event: what is written a season, a month, a year; nothing is lost and no harvest is multiplied."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kdmp_core.matching import Goods, Problem, Row, Seasons, calendar
from kdmp_core.matching.months import SEASONS, USUAL
from tests.villages import buys, event, grows, mills

TON = 1_000
HARVESTS = {"season_1": (2, 3), "season_2": (7,), "season_3": ()}


def written(row: Row, period: str) -> Row:
    return replace(row, period=period)


def year(*rows: Row, every: bool = False) -> dict[str, list[int]]:
    found = calendar(event(rows), Seasons(HARVESTS, "season_1", every))
    return {name: [getattr(month, name) // TON for month in found.months] for name in found.total.__dataclass_fields__}


def test_rice_is_made_first_and_what_is_over_or_short_stands_by_month() -> None:
    found = year(
        written(grows("A", 100), "season_1"),
        written(grows("B", 30), "season_2"),
        written(mills("M", 20), "month"),
        written(buys("X", 60, 6_600), "year"),
        written(buys("Y", 12, 14_000, Goods.MEDIUM), "season_1"),
    )
    assert found["harvest"] == [0, 50, 50, 0, 0, 0, 30, 0, 0, 0, 0, 0]
    assert found["milling"] == [20] * 12
    assert found["paddy_need"] == [5] * 12
    # SIMPLE: one kg rice from two kg paddy; 6 t rice a month want 12 t of the 20 t that could be milled
    assert found["paddy_over"][1] == 50 - 12 - 5
    assert found["rice_over"][1] == 10 - 6
    assert (found["paddy_over"][6], found["rice_over"][6]) == (25, 10)
    assert found["paddy_over"][11] == -5


def test_a_harvest_per_month_counts_once_and_a_season_s_row_counts_in_every_season_only_when_asked() -> None:
    rows = (written(grows("A", 40), "month"), written(mills("M", 60), "season"))
    once, every = year(*rows), year(*rows, every=True)
    assert once["harvest"] == every["harvest"] == [0, 20, 20, *[0] * 9]
    assert once["milling"] == [0, 30, 30, *[0] * 9]
    assert every["milling"] == [0, 30, 30, 0, 0, 0, 60, 0, 0, 0, 0, 0]
    doubts = calendar(event(rows), USUAL).doubts
    assert [(doubt.word, doubt.rows, doubt.kg) for doubt in doubts] == [
        ("season", 1, 60 * TON),
        ("month_harvest", 1, 40 * TON),
    ]


def test_what_no_month_can_hold_is_named() -> None:
    found = calendar(event([written(grows("A", 10), "season_3")]), Seasons(HARVESTS))
    assert found.total.harvest == 0
    assert [(doubt.word, doubt.kg) for doubt in found.doubts] == [("no_months", 10 * TON)]


@given(
    st.lists(st.tuples(st.integers(1, 10**8), st.sampled_from([*SEASONS, "season", "month", "year", ""])), max_size=6)
)
def test_every_kilogram_of_the_harvest_stands_in_one_month(rows: list[tuple[int, str]]) -> None:
    problem: Problem = event(
        [replace(grows(f"A{at}", 1), kg=kg, period=period) for at, (kg, period) in enumerate(rows)]
    )
    assert calendar(problem, USUAL).total.harvest == sum(kg for kg, _ in rows)

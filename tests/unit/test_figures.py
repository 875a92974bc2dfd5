"""Drawings of a plan: no name covers another, nothing is lost between the columns, and a crowd stays light."""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from kdmp_core import areas
from kdmp_core.matching import Point, Problem, Solved, match
from kdmp_core.records import Party
from tests.source import ROOT
from tests.villages import regency
from webhooks.desk import picture_words
from webhooks.desk.picture_words import KEPT, Pictures, hundredths, percent
from webhooks.figures.apart import Box, push_apart
from webhooks.figures.flow_map import Spot, Way, flow_map
from webhooks.figures.sankey import Piece, sankey
from webhooks.figures.shapes import Label, Mark
from webhooks.pages import furnish

MOST_ELEMENTS = 3_000


def crowd(villages: int, partners: int) -> tuple[Solved, dict[str, Party]]:
    """Make an event of real villages of one province with the rows of a made one."""
    made = regency(7, villages, partners)
    places = [
        village for town in areas.below("33") for part in areas.below(town.code) for village in areas.below(part.code)
    ]
    chosen = places[:: len(places) // len(made.parties)]
    parties = {}
    at = []
    for party, place in zip(made.parties, chosen, strict=False):
        parties[party.key] = Party(name=f"Koperasi Desa Merah Putih {place.name}", area_code=place.code)
        point = areas.point(place.code)
        at.append(replace(party, point=Point(point.latitude, point.longitude)))
    problem: Problem = replace(made, parties=tuple(at))
    return Solved(problem, match(problem)), parties


def drawn(pictures: Pictures) -> str:
    """Draw all figures and tables as the page does."""
    app = Flask("drawing", template_folder=str(ROOT / "webhooks" / "pages"))
    furnish(app, owner="", trial=False, version="1")
    page = app.jinja_env.from_string(
        '{% import "figures.html" as figures %}'
        "<svg>{{ figures.flow_map(shown.map) }}</svg><svg>{{ figures.network(shown.network) }}</svg>"
        '<svg>{{ figures.sankey(shown.sankey, shown.bars, ["gkp", "rice_medium", "rice_premium", "kept"]) }}</svg>'
        "{% for table in shown.tables.values() %}{{ figures.fact_table(table) }}{% endfor %}"
    )
    return page.render(shown=pictures)


def covers(one: Mark, other: Mark) -> bool:
    """Say whether two marks or their labels share a place."""

    def sides(mark: Mark) -> tuple[float, float, float, float]:
        half = max(mark.radius, mark.label.height / 2, 13)
        return mark.x - mark.radius, mark.text_x + mark.label.width, mark.y - half, mark.y + half

    left, right, top, bottom = sides(one)
    left_, right_, top_, bottom_ = sides(other)
    return min(right, right_) - max(left, left_) > 0.2 and min(bottom, bottom_) - max(top, top_) > 0.2


@pytest.mark.parametrize("spread", [0.0, 0.001, 0.3], ids=["one place", "one village", "a regency"])
def test_no_name_on_the_map_covers_another_or_leaves_it(spread: float) -> None:
    label = Label(("Mekarwangi/Sukatani",), "Kec. Karangtengah")
    spots = [
        Spot(str(n), -6.8 + spread * (n * 7 % 11) / 11, 107.1 + spread * (n * 5 % 13) / 13, n, ("grower",), label, "")
        for n in range(60)
    ]
    ways = [Way("1", str(n), "gkp", 1_000 * n, "") for n in range(2, 60)]
    shown = flow_map(spots, ways)
    assert not [(one.key, other.key) for one, other in combinations(shown.marks, 2) if covers(one, other)]
    assert all(mark.x > mark.radius and mark.text_x + mark.label.width < shown.width for mark in shown.marks)
    assert all(
        mark.y - mark.label.height / 2 > 0 and mark.y + mark.label.height / 2 < shown.height for mark in shown.marks
    )
    assert flow_map(spots, ways) == shown


def test_boxes_that_lie_apart_stay_where_they_are() -> None:
    boxes = [Box(0, 0, 10, 10), Box(20, 0, 10, 10), Box(0, 30, 10, 10)]
    push_apart(boxes, 100)
    assert [(box.x, box.y) for box in boxes] == [(0, 0), (20, 0), (0, 30)]


def test_bands_carry_every_kilogram_and_the_left_crosses_least() -> None:
    pieces = [
        Piece("a", "low", "second", "gkp", 5_001),
        Piece("b", "high", "first", "rice", 3_000),
        Piece("b", "high", "second", "rice", 999),
        Piece("c", "low", "second", "gkp", 7),
    ]
    shown = sankey([pieces[1], pieces[0], pieces[2], pieces[3]])
    into, out = Counter[str](), Counter[str]()
    for band in shown.bands:
        out[band.source] += band.kg
        into[band.target] += band.kg
    assert {bar.key: bar.kg for bar in shown.bars} == dict(out | into)
    assert out["low"] == into["low"] == 5_008
    places = {bar.key: bar.y for bar in shown.bars}
    assert places["b"] < places["a"]
    assert places["high"] < places["low"]


def test_a_crowd_is_drawn_by_area_and_stays_light() -> None:
    solved, parties = crowd(64, 4)
    shown = picture_words.of(solved, parties, lambda key: f"/lembar/{key}", fees=True)
    assert shown.grouped
    page = drawn(shown)
    assert len(BeautifulSoup(page, "lxml").select("svg, svg *")) <= MOST_ELEMENTS
    assert len(gzip.compress(page.encode(), 9)) <= 50 * 1024  # the rest of the page takes ten at most
    offered = sum(one.offered for one in solved.result.standings)
    assert sum(bar.kg for bar in shown.sankey.bars if bar.column == 0) == offered
    kept = sum(one.kg for one in solved.result.kept)
    assert sum(bar.kg for bar in shown.sankey.bars if bar.key == KEPT) == kept > 0
    assert len(shown.network.marks) == len(shown.map.marks) <= picture_words.MOST_MARKS


def test_an_empty_plan_can_be_drawn() -> None:
    solved, parties = crowd(2, 1)
    empty = Solved(solved.problem, replace(solved.result, flows=(), kept=(), pairs=()))
    shown = picture_words.of(empty, parties, lambda _: "", fees=False)
    assert not shown.sankey.bands
    assert "Jumlah" in drawn(shown)


def test_shares_and_hundredths_are_told_with_one_digit() -> None:
    assert [percent(share) for share in (0, 6_279, 9_999, 10_000)] == ["0%", "62,8%", "100%", "100%"]
    assert [hundredths(number) for number in (0, 166, 300)] == ["0", "1,7", "3"]

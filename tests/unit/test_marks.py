"""What is drawn on the pages: it fits its cell, hides nothing, and is refused rather than left out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mou_templates.errors import Refused
from mou_templates.marks import Mark, draw_band, draw_digest, draw_links, draw_marks
from mou_templates.office.anchors import Anchor, Box
from mou_templates.outlines import called_glyphs, face
from mou_templates.surface import Surface

PAPER = Box(0, 0, 59500, 84200)
PLACED = re.compile(r"q ([\d.]+) 0 0 [\d.]+ ([\d.]+) ([\d.]+) cm")
NAMES = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ.,'-", min_size=1, max_size=12)


def cell(code: str = "§001", page: int = 0, width: int = 15000, height: int = 5000) -> Anchor:
    room = Box(10000, 10000, 10000 + width, 10000 + height)
    return Anchor(code, page, Box(10200, room.top - 600, 11200, room.top - 200), room)


@given(
    st.lists(NAMES, min_size=1, max_size=10).map(" ".join),
    st.integers(6000, 20000),
    st.integers(4500, 9000),
)
def test_a_mark_stays_inside_its_cell_whatever_the_name(name: str, width: int, height: int) -> None:
    anchor = cell(width=width, height=height)
    drawn = draw_marks([Mark("§001", (name, "24 November 2026 pukul 10.15 WIB"))], [anchor])
    lines = [tuple(float(one) for one in found) for found in PLACED.findall("\n".join(drawn[0]))]
    for scale, left, base in lines:
        assert anchor.room.left <= left * 100 <= anchor.room.right
        assert anchor.room.bottom <= base * 100 + 30
        assert base * 100 + scale * 2048 * 70 <= anchor.box.top
    calls = re.findall(r"1 0 0 1 (\d+) 0 cm", drawn[0][0].partition("Q")[0])
    assert sum(map(int, calls)) * lines[0][0] <= width / 100


def test_marks_of_one_page_share_one_size() -> None:
    cells = [cell("§001"), cell("§002", width=7000), cell("§003", page=1)]
    long = ("H. Asep Sunandar bin Sulaeman", "24 November 2026 pukul 10.15 WIB")
    drawn = draw_marks([Mark(one.code, long) for one in cells], cells)
    sizes = {page: {found[0] for found in PLACED.findall("\n".join(parts))} for page, parts in drawn.items()}
    assert len(sizes[0]) == 1
    assert sizes[0] != sizes[1]


@pytest.mark.parametrize(
    ("marks", "cells", "code"),
    [
        (["§002"], ["§001"], "mark_place"),
        (["§001"], ["§001", "§001"], "mark_place"),
        (["§001"], [], "mark_place"),
    ],
)
def test_a_mark_needs_exactly_one_printed_place(marks: list[str], cells: list[str], code: str) -> None:
    with pytest.raises(Refused, match=code):
        draw_marks([Mark(one, ("Nama",)) for one in marks], [cell(one) for one in cells])


def test_a_cell_without_room_and_a_letter_without_outline_are_refused() -> None:
    with pytest.raises(Refused, match="mark_room"):
        draw_marks([Mark("§001", ("Nama " * 20,))], [cell(width=1500, height=700)])
    with pytest.raises(Refused, match="mark_character"):
        draw_marks([Mark("§001", ("中村",))], [cell()])


@pytest.mark.parametrize(("code", "lines"), [("§1", ("Nama",)), ("001", ("Nama",)), ("§001", ()), ("§001", ("",))])
def test_an_empty_mark_is_refused(code: str, lines: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="mark_empty"):
        Mark(code, lines)


def test_each_glyph_is_drawn_once_and_called_by_name() -> None:
    operators = face("Bold").draw("Aha", 0, 0, 8) + face().draw("ha h", 0, 0, 8)
    assert list(called_glyphs(operators)) == ["B0041", "B0061", "B0068", "R0061", "R0068"]
    assert all(path.endswith("f") for path in called_glyphs(operators).values())


def test_the_link_is_drawn_in_a_corner_that_is_free() -> None:
    footer = Box(30000, 1000, 58000, 4000)
    surface = Surface(PAPER, [footer])
    assert surface.corner(4000).right < footer.left
    drawn = draw_links("https://kdmp.contoh.id/v/AB", [surface, Surface(PAPER, [])])
    assert set(drawn) == {0, 1}


def test_the_digest_goes_to_the_last_page_with_room_and_is_refused_without() -> None:
    full, empty = Surface(PAPER, [PAPER]), Surface(PAPER, [])
    assert set(draw_digest("A" * 230, [empty, Surface(PAPER, []), full])) == {1}
    with pytest.raises(Refused, match="digest_room"):
        draw_digest("A" * 230, [full])


def test_two_codes_never_lie_on_each_other() -> None:
    surface = Surface(PAPER, [])
    draw_links("https://kdmp.contoh.id/v/AB", [surface])
    taken = surface.corner(3969)
    spot = surface.square(8504)
    assert spot is not None
    assert surface.is_free(spot)
    assert not spot.touches(Box(taken.left, 0, PAPER.right, 1700))


def test_the_trial_band_stands_on_every_page() -> None:
    assert set(draw_band([Surface(PAPER, [])] * 3)) == {0, 1, 2}

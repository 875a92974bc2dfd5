"""Where the lines of a print stand: small roundings are no difference, a moved or changed line is one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mou_templates import typeset
from mou_templates.typeset import Moved, Row
from tests import builders, golden

PAGE = (Row("NOTA KESEPAHAMAN", 229, 758), Row("ANTARA", 281, 731), Row("Pasal 1", 270, 300))
PRINT = (PAGE, (Row("Pasal 2", 270, 758),))


def moved(at: int, **changes: int) -> typeset.Layout:
    rows = tuple(replace(row, **changes) if number == at else row for number, row in enumerate(PAGE))  # type: ignore[arg-type]
    return (rows, PRINT[1])


def test_a_print_looks_like_itself_also_after_it_was_stored() -> None:
    assert typeset.compare(PRINT, PRINT) is None
    assert typeset.of_json(json.loads(json.dumps(typeset.as_json(PRINT)))) == PRINT


@pytest.mark.parametrize(("at", "changes"), [(0, {"left": 231}), (2, {"foot": 298})])
def test_two_points_are_rounding(at: int, changes: dict[str, int]) -> None:
    assert typeset.compare(PRINT, moved(at, **changes)) is None


@pytest.mark.parametrize(("at", "changes"), [(0, {"left": 232}), (2, {"foot": 297})])
def test_three_points_are_a_move(at: int, changes: dict[str, int]) -> None:
    other = moved(at, **changes)
    assert typeset.compare(PRINT, other) == Moved(1, at + 1, PAGE[at], other[0][at])


def test_another_word_a_line_less_and_a_page_more_are_told() -> None:
    other = (PAGE[:2], *PRINT[1:])
    assert typeset.compare(PRINT, other) == Moved(1, 3, PAGE[2], None)
    assert typeset.compare(PRINT, (*PRINT, PRINT[1])) == Moved(3, 1, None, PRINT[1][0])
    assert typeset.compare(PRINT, ((replace(PAGE[0], text="NOTA KESEPAHAMEN"), *PAGE[1:]), PRINT[1])) is not None


def test_a_white_page_has_no_lines() -> None:
    assert typeset.layout(builders.blank_pdf()) == ((),)


@pytest.mark.parametrize("kind", golden.kinds())
def test_the_words_of_a_shipped_form_are_the_golden_ones(kind: str) -> None:
    assert (golden.FOLDER / f"{kind}.json").exists(), f"python -m tests.golden {kind}"
    assert golden.words(kind) == golden.stored(kind)["words"], f"wanted? look, then: python -m tests.golden {kind}"

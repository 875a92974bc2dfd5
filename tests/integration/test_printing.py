"""A print that lost words is made once more on shorter pages, and never taken for the paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mou_templates import equality, reading
from mou_templates.office import Office, Printed
from mou_templates.printing import SHORTER, print_alike
from tests import papers
from tests.source import ROOT

LOSING = ROOT / "tests" / "data" / "rows_at_the_foot_of_a_page.docx"
"""A handover note of which LibreOffice 7.4 prints the first of two rows only."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office")) as pool:
        yield pool


def alike(docx: bytes, pdf: bytes) -> bool:
    read = reading.read(docx)
    return equality.compare(read, reading.to_html(read), pdf) is None


def test_rows_that_libreoffice_loses_at_the_foot_of_a_page_are_printed(office: Office) -> None:
    docx = LOSING.read_bytes()
    assert alike(docx, print_alike(office, docx).pdf)


def test_shorter_pages_say_the_same_and_break_elsewhere(office: Office) -> None:
    docx = papers.agreement(parties=30, articles=60)
    usual, shorter = office.to_pdf(docx), office.to_pdf(docx, 3_000)
    assert alike(docx, shorter.pdf)
    assert [anchor.code for anchor in shorter.anchors] == [anchor.code for anchor in usual.anchors]
    assert [anchor.box for anchor in shorter.anchors] != [anchor.box for anchor in usual.anchors]


class Losing:
    """A LibreOffice that prints another, shorter paper until its pages are so much shorter."""

    def __init__(self, office: Office, until: int) -> None:
        self.asked: list[int] = []
        self._office, self._until = office, until

    def to_pdf(self, docx: bytes, shorter: int = 0) -> Printed:
        self.asked.append(shorter)
        return self._office.to_pdf(docx if shorter >= self._until else papers.agreement(articles=1), shorter)


def test_a_print_that_lost_words_is_made_again_until_it_says_them(office: Office) -> None:
    docx = papers.agreement()
    losing: Any = Losing(office, SHORTER[1])
    assert alike(docx, print_alike(losing, docx).pdf)
    assert losing.asked == [0, *SHORTER[:2]]


def test_a_print_that_never_says_them_is_given_as_it_came_first(office: Office) -> None:
    docx = papers.agreement()
    losing: Any = Losing(office, 10_000)
    assert not alike(docx, print_alike(losing, docx).pdf)
    assert losing.asked == [0, *SHORTER]

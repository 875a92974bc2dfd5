"""Minutes, handover notes, powers of attorney and attendance lists print whole: Word = phone = PDF, one code a cell."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest

from mou_templates import equality, reading
from mou_templates.examples import example_facts
from mou_templates.kind import signature_code
from mou_templates.kinds import SHORT_PAPERS, parties
from mou_templates.office import Office
from mou_templates.papers import attendance, power_of_attorney
from mou_templates.press import shipped
from mou_templates.words import dress

BLANKS = {"letter_number": None, "place": None, "dated": None}
A4, F4 = (595, 842), (610, 936)
"""Points of a page, upright, as LibreOffice rounds them."""
LEAST_ROOM = (8_000, 3_000)
"""Width and height, in hundredths of a point, that a drawn signature finds in its cell."""
KINDS = [paper.KIND.code for paper in SHORT_PAPERS]
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    **{kind: (kind, example_facts(kind)) for kind in KINDS},
    **{f"{kind} on F4, blank": (kind, {**example_facts(kind), **BLANKS, "paper": "F4"}) for kind in KINDS},
    "two hundred people": ("attendance", attendance.example(200)),
    "five hundred phones": ("attendance", {**attendance.example(500), "with_phone": True}),
    "thirty principals": ("power_of_attorney", power_of_attorney.example(30)),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    if shutil.which("soffice") is None:
        pytest.skip("soffice is not installed")
    with Office(tmp_path_factory.mktemp("profiles")) as pool:
        yield pool


@pytest.mark.parametrize("name", CASES)
def test_a_short_paper_says_the_same_in_word_on_the_phone_and_in_print(office: Office, name: str) -> None:
    kind, facts = CASES[name]
    draft = reading.draft(shipped(kind), dress(kind, facts))
    printed = office.to_pdf(draft.docx)
    equality.require_equal(draft.reading, reading.to_html(draft.reading), printed.pdf)
    codes = [signature_code(at) for at in range(1, len(parties(kind, facts)) + 1)]
    assert sorted(anchor.code for anchor in printed.anchors) == codes
    assert all(anchor.room.width > LEAST_ROOM[0] and anchor.room.height > LEAST_ROOM[1] for anchor in printed.anchors)
    with pypdfium2.PdfDocument(printed.pdf) as document:
        sizes = {tuple(round(side) for side in document[at].get_size()) for at in range(len(document))}
    assert sizes == {F4 if facts["paper"] == "F4" else A4}


@pytest.mark.parametrize("paper", ["A4", "F4"])
@pytest.mark.parametrize("meterai", ["none", "per_copy", "electronic"])
def test_a_power_of_attorney_of_one_keeps_to_one_page(office: Office, paper: str, meterai: str) -> None:
    facts = {**power_of_attorney.example(), "paper": paper, "meterai": meterai}
    docx = reading.draft(shipped("power_of_attorney"), dress("power_of_attorney", facts)).docx
    assert office.to_pdf(docx).pages == 1

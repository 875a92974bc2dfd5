"""Every kind of paper for one event, and a network of two hundred, from facts to the PDF of the real pool."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mou_templates import equality, reading
from mou_templates.examples import example_facts, network
from mou_templates.kinds import KINDS, parties
from mou_templates.office import Office
from mou_templates.press import Press, shipped, shipped_form
from mou_templates.words import dress
from tests import pdfa

LIGHT = 30_000
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    **{kind: (kind, example_facts(kind)) for kind in sorted(KINDS)},
    "two hundred": ("mou_network", network(200)),
}
LARGEST_KB = {"two hundred": 250}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office")) as pool:
        yield pool


def test_there_are_ten_kinds() -> None:
    assert len(KINDS) == 10


@pytest.mark.parametrize("name", CASES)
def test_a_kind_is_printed_alike_signed_in_its_cells_and_kept_as_pdf_a(office: Office, name: str) -> None:
    kind, facts = CASES[name]
    words = dress(kind, facts)
    draft = reading.draft(shipped(kind), words)
    printed = office.to_pdf(draft.docx)
    equality.require_equal(draft.reading, reading.to_html(draft.reading), printed.pdf)
    assert pdfa.broken_rules(printed.pdf) == []
    codes = [f"§{number:03d}" for number, _ in enumerate(parties(kind, facts), start=1)]
    assert sorted(anchor.code for anchor in printed.anchors) == codes
    assert all(anchor.room.width > 0 < anchor.room.height for anchor in printed.anchors)
    assert len(printed.pdf) < LARGEST_KB.get(name, 100) * 1000
    assert draft.docx == Press(shipped_form(kind)).render(words)


@pytest.mark.parametrize("name", [name for name in CASES if name != "two hundred"])
def test_the_phone_gets_a_light_page(name: str) -> None:
    kind, facts = CASES[name]
    html = reading.to_html(reading.draft(shipped(kind), dress(kind, facts)).reading)
    assert len(html.encode()) < LIGHT

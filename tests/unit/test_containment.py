"""Does a PDF that came back still say what was sent."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from mou_templates.containment import contains_text, page_sizes
from mou_templates.errors import Refused

ONE, TWO = "Pasal 1 (1) Para Pihak masing-masing sepakat.", "Pasal 2 Harga Rp6.700 per kg."


def pdf(*pages: tuple[str, ...]) -> bytes:
    """Give a PDF with lines of text on each page."""
    file = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    for lines in pages:
        page = file.add_blank_page(page_size=(595.3, 841.9))
        name = page.add_resource(font, pikepdf.Name.Font)
        for number, line in enumerate(lines):
            words = line.replace("(", r"\(").replace(")", r"\)")
            page.contents_add(file.make_stream(f"BT {name} 12 Tf 72 {700 - 40 * number} Td ({words}) Tj ET".encode()))
    made = BytesIO()
    file.save(made)
    return made.getvalue()


SENT = pdf((ONE,), (TWO,))


@pytest.mark.parametrize(
    ("returned", "holds"),
    [
        (SENT, True),
        (pdf((ONE, "Ditandatangani: Siti"), (TWO, "Stempel")), True),
        (pdf((ONE,), (TWO,), ("Catatan penyedia",)), True),
        (pdf((ONE,)), False),
        (pdf((TWO,), (ONE,)), False),
        (pdf((ONE,), (TWO.replace("6.700", "5.700"),)), False),
        (pdf((ONE.replace("sepakat", "tidak sepakat"),), (TWO,)), False),
        (pdf(("",), (TWO,)), False),
        (b"%PDF-1.7 pecah %%EOF", False),
        (b"", False),
    ],
    ids=["same", "stamped", "longer", "a page less", "turned", "figure", "a word", "empty", "broken", "nothing"],
)
def test_every_page_must_hold_its_whole_text(returned: bytes, holds: bool) -> None:
    assert contains_text(SENT, returned) is holds


def test_a_sent_pdf_without_text_proves_nothing() -> None:
    assert not contains_text(pdf(("",)), SENT)


def test_the_sizes_of_pages_are_whole_hundredths_of_a_point() -> None:
    assert page_sizes(SENT) == ((59530, 84190),) * 2
    with pytest.raises(Refused):
        page_sizes(b"bukan pdf")

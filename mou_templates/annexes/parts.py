"""What the annexes of several kinds are made of: signature blocks, headed annexes, tables of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.shared import Pt

from mou_templates.layout import TEXT_WIDTH, add_row, add_table, write, write_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document

    Column = tuple[str, float, str, str]
    """Heading, width in centimetres, style and text of the cell in each row."""

MATRIX: tuple[Column, ...] = (
    ("Nama", 5.2, "CellNumbered", "{{ row.no }}.\t{{ row.name }}"),
    ("Potensi", 5.6, "Cell", "{{ row.potential }}"),
    ("Kebutuhan", 6.2, "Cell", "{{ row.need }}"),
)
SIGNING_HEIGHT = 1.45
"""Least height in centimetres of a row that is signed."""
ESTIMATES = "Semua angka adalah {{ estimates }}, dalam kilogram."
STAMP_PLACES = {"electronic": "e-Meterai", "per_copy": "Meterai"}
STAMP_LINES = 5
"""Lines of the box for a duty stamp, 22 to 24 mm on its side."""
SIGNING_LINES = 5
"""Empty lines in the box of a signature: room for ink and a duty stamp."""

MATRIX_TITLE = "POTENSI DAN KEBUTUHAN PARA PIHAK"


def signer(head: str, party: str) -> list[tuple[str, str]]:
    """Give the block of a party: head, name, the box with its code, signatory, office."""
    return [
        ("SignatureHead", head),
        ("SignatureText", f"{{{{ {party}.name }}}}"),
        ("SignatureCode", f"{{{{ {party}.code }}}}" + "\n" * SIGNING_LINES),
        ("SignatureText", f"*{{{{ {party}.signatory }}}}*"),
        ("SignatureText", f"{{{{ {party}.office }}}}"),
    ]


def signatures(document: Document, left: list[tuple[str, str]], right: list[tuple[str, str]]) -> None:
    """Put two blocks side by side in one row that never splits and stays with the last sentence."""
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    document.paragraphs[-1].paragraph_format.space_after = Pt(12)
    half = TEXT_WIDTH / 2
    table = add_table(document, (half, half), grid=False)
    add_row(table, [("SignatureHead", ""), ("SignatureHead", "")])
    for cell, block in zip(table.rows[0].cells, (left, right), strict=True):
        write_cell(cell, block)
    stamp_place(document)


def stamp_place(document: Document) -> None:
    """Keep a boxed place for the duty stamp, where the paper owes one."""
    for choice, label in STAMP_PLACES.items():
        write(document.add_paragraph(style="StampPlace"), f"{{%p if choice.meterai == '{choice}' %}}")
        write(document.add_paragraph(style="StampPlace"), label + "\n" * STAMP_LINES)
        write(document.add_paragraph(style="StampPlace"), "{%p endif %}")


def annex(document: Document, paper: str, number: str, title: str, note: str = "") -> None:
    """Begin an annex on a new page, with the paper it belongs to."""
    write(document.add_paragraph(style="Annex"), number)
    reference = f"{paper} tentang {{{{ subject }}}}\nNomor: {{{{ issue.number }}}}\nTanggal: {{{{ issue.date }}}}"
    write(document.add_paragraph(style="AnnexReference"), reference)
    write(document.add_paragraph(style="AnnexTitle"), title)
    if note:
        write(document.add_paragraph(style="AnnexNote"), note)


def resized(columns: Sequence[Column], widths: Sequence[float]) -> list[Column]:
    """Give the same columns with other widths in centimetres."""
    return [(heading, width, style, text) for (heading, _, style, text), width in zip(columns, widths, strict=True)]


def table(document: Document, columns: Sequence[Column], rows: str, *, height: float = 0, empty: str = "") -> None:
    """Add a table with a repeated head and one row for each entry of the words `rows`."""
    table = add_table(document, [width for _, width, _, _ in columns], grid=True)
    blanks = [("Cell", "")] * (len(columns) - 1)
    add_row(table, [("CellHead", heading) for heading, _, _, _ in columns], head=True)
    add_row(table, [("Cell", f"{{%tr for row in {rows} %}}"), *blanks])
    add_row(table, [(style, text) for _, _, style, text in columns], height=height)
    add_row(table, [("Cell", "{%tr endfor %}"), *blanks])
    if empty:
        add_row(table, [("Cell", f"{{%tr if not {rows} %}}"), *blanks])
        add_row(table, [("Cell", ""), ("Cell", empty), *blanks[1:]])
        add_row(table, [("Cell", "{%tr endif %}"), *blanks])

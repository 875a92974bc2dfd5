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
ABOUT = " tentang {{ subject }}"
STAMP = "StampBeside"
HALVES = (TEXT_WIDTH / 2, TEXT_WIDTH / 2)
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
    """Put two blocks side by side behind the last sentence, the place of the duty stamp below the left one.

    It stands in the same row, for below the table it slips to the next page alone.
    """
    side_by_side(document, [*left, *stamp()], right)


def stamp() -> list[tuple[str, str]]:
    """Give the place of the duty stamp for a cell, where the paper owes one."""
    return [
        line
        for choice, label in STAMP_PLACES.items()
        for line in given(f"choice.meterai == '{choice}'", STAMP, [(STAMP, label + "\n" * STAMP_LINES)])
    ]


def side_by_side(document: Document, *blocks: list[tuple[str, str]], widths: Sequence[float] = HALVES) -> None:
    """Put blocks side by side in one row that never splits and stays with the last sentence."""
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    document.paragraphs[-1].paragraph_format.space_after = Pt(12)
    table = add_table(document, widths, grid=False)
    add_row(table, [("SignatureHead", "")] * len(widths))
    for cell, block in zip(table.rows[0].cells, blocks, strict=True):
        write_cell(cell, block)


def given(condition: str, style: str, block: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Print the paragraphs of a cell only where the condition holds; the cell keeps another one beside them."""
    return [(style, f"{{%p if {condition} %}}"), *block, (style, "{%p endif %}")]


def stamp_place(document: Document) -> None:
    """Keep a boxed place for the duty stamp, where the paper owes one."""
    for choice, label in STAMP_PLACES.items():
        write(document.add_paragraph(style="StampPlace"), f"{{%p if choice.meterai == '{choice}' %}}")
        write(document.add_paragraph(style="StampPlace"), label + "\n" * STAMP_LINES)
        write(document.add_paragraph(style="StampPlace"), "{%p endif %}")


def annex(document: Document, paper: str, number: str, title: str, note: str = "", about: str = ABOUT) -> None:
    """Begin an annex on a new page, with the paper it belongs to."""
    write(document.add_paragraph(style="Annex"), number)
    reference = f"{paper}{about}\nNomor: {{{{ issue.number }}}}\nTanggal: {{{{ issue.date }}}}"
    write(document.add_paragraph(style="AnnexReference"), reference)
    write(document.add_paragraph(style="AnnexTitle"), title)
    if note:
        write(document.add_paragraph(style="AnnexNote"), note)


def resized(columns: Sequence[Column], widths: Sequence[float]) -> list[Column]:
    """Give the same columns with other widths in centimetres."""
    return [(heading, width, style, text) for (heading, _, style, text), width in zip(columns, widths, strict=True)]


def table(
    document: Document,
    columns: Sequence[Column],
    rows: str,
    *,
    height: float = 0,
    empty: str = "",
    total: Sequence[str] = (),
) -> None:
    """Add a table with a repeated head, one row for each entry of the words `rows`, and a last row of totals."""
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
    if total:
        add_row(
            table, [(style, f"*{text}*" if text else "") for (_, _, style, _), text in zip(columns, total, strict=True)]
        )

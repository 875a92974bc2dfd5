"""Tables and signatures of the short papers: minutes, handover note, power of attorney, attendance list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docx.shared import Cm

from mou_templates.annexes.frameworks import ROSTER
from mou_templates.annexes.joining import SIGNED_IN_ANNEX, UPRIGHT_ROSTER
from mou_templates.annexes.parts import (
    SIGNING_HEIGHT,
    SIGNING_LINES,
    annex,
    given,
    resized,
    side_by_side,
    signer,
    stamp,
    table,
)
from mou_templates.layout import ANNEX_SIDE, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docx.document import Document

    from mou_templates.annexes.parts import Column

PLACE_DATE = "{{ issue.place }}, {{ issue.date }}"
LIST_HEIGHT = 0.95
"""Least height in centimetres of a row that somebody signs by pen in a long list."""


@dataclass(frozen=True)
class Listed:
    """A table in the middle of a text: its columns, the words of its rows, a last row of totals."""

    columns: Sequence[Column]
    rows: str
    total: Sequence[str] = ()
    height: float = 0


TABLES: Mapping[str, Listed] = {
    "mapping": Listed(
        (
            ("Bidang", 2.9, "Cell", "*{{ row.field }}*"),
            ("Potensi", 6.3, "Cell", "{{ row.potential }}"),
            ("Kebutuhan", 6.3, "Cell", "{{ row.need }}"),
        ),
        "mapping",
    ),
    "actions": Listed(
        (
            ("No.", 0.9, "CellCentred", "{{ row.no }}"),
            ("Kegiatan", 5.2, "Cell", "{{ row.action }}"),
            ("Penanggung jawab", 3.4, "Cell", "{{ row.owner }}"),
            ("Tenggat", 2.6, "Cell", "{{ row.due }}"),
            ("Keluaran", 3.4, "Cell", "{{ row.output }}"),
        ),
        "actions",
    ),
    "goods": Listed(
        (
            ("No.", 1.0, "CellCentred", "{{ row.no }}"),
            ("Barang dan mutu", 3.5, "Cell", "{{ row.commodity }}\n{{ row.grade }}"),
            ("Karung", 1.5, "CellFigure", "{{ row.sacks }}"),
            ("Kotor (kg)", 1.6, "CellFigure", "{{ row.gross_kg }}"),
            ("Tara (kg)", 1.4, "CellFigure", "{{ row.tare_kg }}"),
            ("Bersih (kg)", 1.7, "CellFigure", "{{ row.net_kg }}"),
            ("Harga per kg", 2.0, "CellFigure", "{{ row.price }}"),
            ("Nilai", 2.8, "CellFigure", "{{ row.value }}"),
        ),
        "lines",
        total=(
            *("", "Jumlah", "{{ total.sacks }}", "{{ total.gross_kg }}", "{{ total.tare_kg }}", "{{ total.net_kg }}"),
            *("", "{{ total.value }}"),
        ),
    ),
    "tests": Listed(
        (
            ("No.", 0.9, "CellCentred", "{{ row.no }}"),
            ("Yang diperiksa", 4.2, "Cell", "{{ row.parameter }}"),
            ("Hasil", 2.8, "Cell", "{{ row.result }}"),
            ("Batas", 3.8, "Cell", "{{ row.limit }}"),
            ("Rafaksi", 3.8, "Cell", "{{ row.deduction }}"),
        ),
        "tests",
    ),
    "attendees": Listed(
        (
            ("No.", 1.0, "CellCentred", "{{ row.no }}"),
            ("Nama", 4.7, "Cell", "{{ row.name }}"),
            ("Jabatan", 2.8, "Cell", "{{ row.office }}"),
            ("Koperasi", 4.5, "Cell", "{{ row.cooperative }}"),
            ("L/P", 0.9, "CellCentred", "{{ row.gender }}"),
            ("Tanda tangan", 3.1, "Cell", ""),
        ),
        "rows",
        height=LIST_HEIGHT,
    ),
    "attendees_with_phone": Listed(
        (
            ("No.", 1.0, "CellCentred", "{{ row.no }}"),
            ("Nama", 3.8, "Cell", "{{ row.name }}"),
            ("Jabatan", 2.3, "Cell", "{{ row.office }}"),
            ("Koperasi", 3.6, "Cell", "{{ row.cooperative }}"),
            ("L/P", 0.9, "CellCentred", "{{ row.gender }}"),
            ("Telepon", 2.5, "Cell", "{{ row.phone }}"),
            ("Tanda tangan", 2.9, "Cell", ""),
        ),
        "rows",
        height=LIST_HEIGHT,
    ),
}
"""Tables by the name a clause calls them."""

PRINCIPALS = resized(ROSTER, UPRIGHT_ROSTER)
STAMPED = (6.2, 3.1, 6.2)
"""Widths of two signatures with the duty stamp between them, for a paper that should keep to one page."""


def listed(document: Document, name: str) -> None:
    """Add the table of that name where the text stands."""
    one = TABLES[name]
    table(document, one.columns, one.rows, height=one.height, total=one.total)


def minutes(document: Document, _: str) -> None:
    """Add chair and minute-taker side by side, the representatives and who acknowledges in rows."""
    chair = [("SignatureText", PLACE_DATE), *_person("Pimpinan,", "chair")]
    side_by_side(document, [("SignatureText", ""), *_person("Notulis,", "minute_taker")], chair)
    _signed_rows(document, "Wakil peserta", "representatives")
    _if(document, "choice.acknowledged == 'some'")
    _signed_rows(document, "Mengetahui", "acknowledged")
    _endif(document)


def handover(document: Document, _: str) -> None:
    """Add deliverer and receiver side by side, and the witness in a row."""
    receiver = [("SignatureText", PLACE_DATE), *signer("PIHAK KEDUA, yang menerima,", "receiver")]
    side_by_side(document, [("SignatureText", ""), *signer("PIHAK PERTAMA, yang menyerahkan,", "deliverer")], receiver)
    _if(document, "witnesses")
    _signed_rows(document, "Saksi", "witnesses")
    _endif(document)


def power_of_attorney(document: Document, paper: str) -> None:
    """Add principal and agent side by side; many principals sign in the annex."""
    alone = given("choice.givers == 'one'", "SignatureText", signer("", "principal")[1:])
    many = given("choice.givers == 'many'", "SignatureText", SIGNED_IN_ANNEX)
    agent = _person("PENERIMA KUASA,", "agent", institution=False)
    document.sections[0].top_margin = document.sections[0].bottom_margin = Cm(ANNEX_SIDE)
    _stamped(document, [("SignatureHead", "PEMBERI KUASA,"), *alone, *many], agent)
    _if(document, "choice.givers == 'many'")
    annex(document, paper, "LAMPIRAN", "DAFTAR PEMBERI KUASA", about="")
    table(document, PRINCIPALS, "members", height=SIGNING_HEIGHT)
    _endif(document)


def attendance(document: Document, _: str) -> None:
    """Add the officer's signature, and give the list the width of the page."""
    document.sections[0].left_margin = document.sections[0].right_margin = Cm(ANNEX_SIDE)
    side_by_side(document, [("SignatureText", "")], [("SignatureText", PLACE_DATE), *_person("Petugas,", "officer")])


def _stamped(document: Document, left: list[tuple[str, str]], right: list[tuple[str, str]]) -> None:
    """Put two blocks side by side with the place of the duty stamp between them."""
    blocks = [left, [("SignatureText", ""), *stamp()], right]
    side_by_side(document, *blocks, widths=STAMPED)
    for paragraph in document.tables[-1].rows[0].cells[1].paragraphs:
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Cm(0.2)


def _person(head: str, who: str, *, institution: bool = True) -> list[tuple[str, str]]:
    of = [("SignatureText", f"{{{{ {who}.institution }}}}")] if institution else []
    return [
        ("SignatureHead", head),
        ("SignatureCode", f"{{{{ {who}.code }}}}" + "\n" * SIGNING_LINES),
        ("SignatureText", f"*{{{{ {who}.name }}}}*"),
        ("SignatureText", f"{{{{ {who}.office }}}}"),
        *of,
    ]


def _signed_rows(document: Document, head: str, rows: str) -> None:
    columns: tuple[Column, ...] = (
        (head, 10.5, "Cell", "*{{ row.name }}*\n{{ row.office }}\n{{ row.institution }}"),
        ("Tanda tangan", 5.0, "CellCode", "{{ row.code }}"),
    )
    write(document.add_paragraph(style="SignatureText"), "")
    table(document, columns, rows, height=SIGNING_HEIGHT)


def _if(document: Document, condition: str) -> None:
    write(document.add_paragraph(style="Body"), f"{{%p if {condition} %}}")


def _endif(document: Document) -> None:
    write(document.add_paragraph(style="Body"), "{%p endif %}")

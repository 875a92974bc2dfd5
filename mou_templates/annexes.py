"""What stands behind the articles of each form: signature blocks, roster, matrix, plan, price and schedule tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.shared import Pt

from mou_templates.layout import TEXT_WIDTH, add_row, add_table, begin_annexes, write, write_cell

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
ROSTER: tuple[Column, ...] = (
    (
        *("Nama, kedudukan, badan hukum, dan NIB", 14.6, "CellNumbered"),
        "*{{ row.no }}.\t{{ row.name }}*\n{{ row.seat }}\n{{ row.legal }}, NIB {{ row.nib }}",
    ),
    ("Diwakili oleh", 7.3, "Cell", "*{{ row.signatory }}*\n{{ row.office }}\n{{ row.authority }}"),
    ("Tanda tangan", 3.8, "CellCode", "{{ row.code }}"),
)
"""The number stands before the name: each cell costs LibreOffice as much as a line, and each line a third of a ms."""
WIDE_MATRIX = (7.1, 8.0, 10.6)
WIDE_ACTIONS = (0.9, 9.8, 6.0, 3.4, 5.6)
"""Widths of the same tables on a page laid on its side, where a row of the network's long lists fits one line."""
ACTIONS: tuple[Column, ...] = (
    ("No.", 0.9, "CellCentred", "{{ row.no }}"),
    ("Kegiatan", 6.1, "Cell", "{{ row.action }}"),
    ("Penanggung jawab", 3.7, "Cell", "{{ row.owner }}"),
    ("Tenggat", 2.7, "Cell", "{{ row.due }}"),
    ("Keluaran", 3.6, "Cell", "{{ row.output }}"),
)
LINES: tuple[Column, ...] = (
    ("No.", 0.9, "CellCentred", "{{ row.no }}"),
    ("Barang", 3.4, "Cell", "{{ row.commodity }}"),
    ("Kelas mutu", 3.1, "Cell", "{{ row.grade }}"),
    ("Jumlah", 2.5, "CellFigure", "{{ row.amount }}"),
    ("Toleransi", 1.9, "CellFigure", "{{ row.tolerance }}"),
    ("Harga per kg", 2.1, "CellFigure", "{{ row.price }}"),
    ("Nilai", 3.1, "CellFigure", "{{ row.value }}"),
)
QUALITY: tuple[Column, ...] = (
    ("No.", 0.9, "CellCentred", "{{ row.no }}"),
    ("Syarat", 5.1, "Cell", "{{ row.parameter }}"),
    ("Batas", 4.4, "Cell", "{{ row.limit }}"),
    ("Rafaksi", 6.6, "Cell", "{{ row.deduction }}"),
)
DELIVERIES: tuple[Column, ...] = (
    ("No.", 0.9, "CellCentred", "{{ row.no }}"),
    ("Hari dan tanggal", 4.2, "Cell", "{{ row.day }}"),
    ("Barang", 3.8, "Cell", "{{ row.commodity }}"),
    ("Jumlah", 2.9, "CellFigure", "{{ row.amount }}"),
    ("Tempat", 5.2, "Cell", "{{ row.place }}"),
)
SIGNING_HEIGHT = 1.45
"""Least height in centimetres of a row that is signed."""
ESTIMATES = "Semua angka adalah {{ estimates }}, dalam kilogram."
SIGNING_LINES = 5
"""Empty lines in the box of a signature: room for ink and a duty stamp."""

MATRIX_TITLE = "POTENSI DAN KEBUTUHAN PARA PIHAK"
SIGNED_IN_ANNEX = [
    ("SignatureHead", "PIHAK PERTAMA,"),
    ("SignatureText", "{{ count }} {{ group }} di {{ regency }}"),
    ("SignatureText", "sebagaimana tercantum dan ditandatangani dalam Lampiran I"),
]


def add(document: Document, kind: str, paper: str) -> None:
    """Add signatures and annexes of `kind` to its form."""
    {"mou_network": _network, "mou_bilateral": _bilateral, "pks": _pks}[kind](document, paper)


def _network(document: Document, paper: str) -> None:
    _signatures(document, SIGNED_IN_ANNEX, _signer("PIHAK KEDUA,", "counterpart"))
    begin_annexes(document, on_side=True)
    _annex(document, paper, "LAMPIRAN I", "DAFTAR ANGGOTA JARINGAN (PIHAK PERTAMA)")
    _table(document, ROSTER, "members", height=SIGNING_HEIGHT)
    _annex(document, paper, "LAMPIRAN II", MATRIX_TITLE, ESTIMATES)
    _table(document, _resized(MATRIX, WIDE_MATRIX), "matrix")
    _annex(document, paper, "LAMPIRAN III", "RENCANA TINDAK LANJUT")
    _table(document, _resized(ACTIONS, WIDE_ACTIONS), "actions", empty="Belum ada rencana yang dicatat.")


def _bilateral(document: Document, paper: str) -> None:
    _signatures(document, _signer("PIHAK PERTAMA,", "first"), _signer("PIHAK KEDUA,", "second"))
    begin_annexes(document)
    _annex(document, paper, "LAMPIRAN", MATRIX_TITLE, ESTIMATES)
    _table(document, MATRIX, "matrix")


def _pks(document: Document, paper: str) -> None:
    _signatures(document, _signer("PIHAK PERTAMA,", "supplier"), _signer("PIHAK KEDUA,", "buyer"))
    begin_annexes(document)
    _annex(document, paper, "LAMPIRAN I", "BARANG, JUMLAH, DAN HARGA")
    _table(document, LINES, "lines")
    write(document.add_paragraph(style="Body"), "\nJumlah seluruhnya: *{{ total.kg }}*.")
    write(document.add_paragraph(style="Body"), "Nilai seluruhnya: *{{ total.rupiah }}*, sebelum rafaksi.")
    _annex(document, paper, "LAMPIRAN II", "SYARAT MUTU DAN RAFAKSI")
    _table(document, QUALITY, "quality")
    _annex(document, paper, "LAMPIRAN III", "JADWAL DAN TEMPAT PENYERAHAN")
    _table(document, DELIVERIES, "deliveries")


def _signer(head: str, party: str) -> list[tuple[str, str]]:
    return [
        ("SignatureHead", head),
        ("SignatureText", f"{{{{ {party}.name }}}}"),
        ("SignatureCode", f"{{{{ {party}.code }}}}" + "\n" * SIGNING_LINES),
        ("SignatureText", f"*{{{{ {party}.signatory }}}}*"),
        ("SignatureText", f"{{{{ {party}.office }}}}"),
    ]


def _signatures(document: Document, left: list[tuple[str, str]], right: list[tuple[str, str]]) -> None:
    """Put two blocks side by side in one row that never splits and stays with the last sentence."""
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    document.paragraphs[-1].paragraph_format.space_after = Pt(12)
    half = TEXT_WIDTH / 2
    table = add_table(document, (half, half), grid=False)
    add_row(table, [("SignatureHead", ""), ("SignatureHead", "")])
    for cell, block in zip(table.rows[0].cells, (left, right), strict=True):
        write_cell(cell, block)


def _annex(document: Document, paper: str, number: str, title: str, note: str = "") -> None:
    write(document.add_paragraph(style="Annex"), number)
    reference = f"{paper} tentang {{{{ subject }}}}\nNomor: {{{{ issue.number }}}}\nTanggal: {{{{ issue.date }}}}"
    write(document.add_paragraph(style="AnnexReference"), reference)
    write(document.add_paragraph(style="AnnexTitle"), title)
    if note:
        write(document.add_paragraph(style="AnnexNote"), note)


def _resized(columns: Sequence[Column], widths: Sequence[float]) -> list[Column]:
    return [(heading, width, style, text) for (heading, _, style, text), width in zip(columns, widths, strict=True)]


def _table(document: Document, columns: Sequence[Column], rows: str, *, height: float = 0, empty: str = "") -> None:
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

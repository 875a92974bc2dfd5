"""What stands behind the articles of a supply agreement: goods with prices, quality, schedule of deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mou_templates.annexes.parts import annex, signatures, signer, table
from mou_templates.layout import begin_annexes, write

if TYPE_CHECKING:
    from docx.document import Document

    from mou_templates.annexes.parts import Column

LINES: tuple[Column, ...] = (
    ("No.", 0.9, "CellCentred", "{{ row.no }}"),
    ("Barang", 3.1, "Cell", "{{ row.commodity }}"),
    ("Kelas mutu", 2.7, "Cell", "{{ row.grade }}"),
    ("Jumlah", 3.4, "CellFigure", "{{ row.amount }}"),
    ("Toleransi", 1.8, "CellFigure", "{{ row.tolerance }}"),
    ("Harga per kg", 2.1, "CellFigure", "{{ row.price }}"),
    ("Nilai", 3.0, "CellFigure", "{{ row.value }}"),
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
    ("Barang", 3.6, "Cell", "{{ row.commodity }}"),
    ("Jumlah", 3.4, "CellFigure", "{{ row.amount }}"),
    ("Tempat", 4.9, "Cell", "{{ row.place }}"),
)


def supply(document: Document, paper: str) -> None:
    """Add two signatures, and goods, quality and schedule."""
    signatures(document, signer("PIHAK PERTAMA,", "supplier"), signer("PIHAK KEDUA,", "buyer"))
    begin_annexes(document)
    annex(document, paper, "LAMPIRAN I", "BARANG, JUMLAH, DAN HARGA")
    table(document, LINES, "lines")
    write(document.add_paragraph(style="Body"), "\nJumlah seluruhnya: *{{ total.kg }}*.")
    write(document.add_paragraph(style="Body"), "Nilai seluruhnya: *{{ total.rupiah }}*, sebelum rafaksi.")
    annex(document, paper, "LAMPIRAN II", "SYARAT MUTU DAN RAFAKSI")
    table(document, QUALITY, "quality")
    annex(document, paper, "LAMPIRAN III", "JADWAL DAN TEMPAT PENYERAHAN")
    table(document, DELIVERIES, "deliveries")

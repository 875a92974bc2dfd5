"""What stands behind the articles of a MoU: signatures, roster, matrix of potential and need, action plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mou_templates.annexes.parts import (
    ESTIMATES,
    MATRIX,
    MATRIX_TITLE,
    SIGNING_HEIGHT,
    annex,
    resized,
    signatures,
    signer,
    table,
)
from mou_templates.layout import begin_annexes

if TYPE_CHECKING:
    from docx.document import Document

    from mou_templates.annexes.parts import Column

ROSTER: tuple[Column, ...] = (
    (
        *("Nama, kedudukan, badan hukum, dan NIB", 14.6, "CellNumbered"),
        "*{{ row.no }}.\t{{ row.name }}*\n{{ row.seat }}\n{{ row.legal }}, NIB {{ row.nib }}{{ row.own_number }}",
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
SIGNED_IN_ANNEX = [
    ("SignatureHead", "PIHAK PERTAMA,"),
    ("SignatureText", "{{ count }} {{ group }} di {{ regency }}"),
    ("SignatureText", "sebagaimana tercantum dan ditandatangani dalam Lampiran I"),
]


def network(document: Document, paper: str) -> None:
    """Add the counterpart's signature, and the three annexes, the roster with the members' signatures."""
    signatures(document, SIGNED_IN_ANNEX, signer("PIHAK KEDUA,", "counterpart"))
    begin_annexes(document, on_side=True)
    annex(document, paper, "LAMPIRAN I", "DAFTAR ANGGOTA JARINGAN (PIHAK PERTAMA)")
    table(document, ROSTER, "members", height=SIGNING_HEIGHT)
    annex(document, paper, "LAMPIRAN II", MATRIX_TITLE, ESTIMATES)
    table(document, resized(MATRIX, WIDE_MATRIX), "matrix")
    annex(document, paper, "LAMPIRAN III", "RENCANA TINDAK LANJUT")
    table(document, resized(ACTIONS, WIDE_ACTIONS), "actions", empty="Belum ada rencana yang dicatat.")


def bilateral(document: Document, paper: str) -> None:
    """Add two signatures and the matrix."""
    signatures(document, signer("PIHAK PERTAMA,", "first"), signer("PIHAK KEDUA,", "second"))
    begin_annexes(document)
    annex(document, paper, "LAMPIRAN", MATRIX_TITLE, ESTIMATES)
    table(document, MATRIX, "matrix")

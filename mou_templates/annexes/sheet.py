"""The signature sheet behind a text that is not ours: what is signed, by its hash, and a cell for each party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.shared import Cm

from mou_templates.annexes.parts import SIGNING_HEIGHT, stamp_place, table
from mou_templates.layout import ANNEX_SIDE, write

if TYPE_CHECKING:
    from docx.document import Document

    from mou_templates.annexes.parts import Column

NAME = "signature_sheet"
TITLE = "LEMBAR TANDA TANGAN"
PARTIES: tuple[Column, ...] = (
    (
        *("Nama, kedudukan, badan hukum, dan NIB", 7.4, "CellNumbered"),
        "*{{ row.no }}.\t{{ row.name }}*\n{{ row.seat }}\n{{ row.legal }}, NIB {{ row.nib }}{{ row.own_number }}",
    ),
    ("Diwakili oleh", 5.4, "Cell", "*{{ row.signatory }}*\n{{ row.office }}\n{{ row.authority }}"),
    ("Tanda tangan", 4.2, "CellCode", "{{ row.code }}"),
)
FACTS = (
    ("Berkas", "{{ draft.name }} ({{ draft.pages }})"),
    ("Nomor", "{{ issue.number }}"),
    ("Tempat", "{{ issue.place }}"),
    ("Tanggal", "{{ issue.date }}"),
    ("SHA-256", "{{ draft.hash }}"),
)
PART_OF = (
    "Lembar ini adalah bagian yang tidak terpisahkan dari naskah pada halaman-halaman sebelumnya, yang dibawa oleh "
    "salah satu pihak dalam berkas tersebut di atas dan dikenali dari sidik SHA-256 berkas itu."
)
SIGNED_HERE = (
    "Para Pihak menandatangani naskah itu pada kolom di bawah ini. Kolom tanda tangan di dalam naskah, jika ada, "
    "dibiarkan kosong. Waktu dan cara tanda tangan setiap pihak tercantum pada kolomnya masing-masing."
)
FOOTER = "Lembar tanda tangan, halaman "


def signature_sheet(document: Document) -> None:
    """Write the sheet: title, what is signed, and the parties in a table whose rows never split."""
    section = document.sections[0]
    section.left_margin = section.right_margin = Cm(ANNEX_SIDE)
    section.footer.paragraphs[0].runs[0].text = FOOTER
    write(document.add_paragraph(style="Title"), TITLE)
    write(document.add_paragraph(style="TitleLine"), "{{ title }}")
    for at, (label, value) in enumerate(FACTS, start=1):
        style = "LabelledLast" if at == len(FACTS) else "LabelledLine"
        write(document.add_paragraph(style=style), f"{label}\t:\t{value}")
    for sentence in (PART_OF, SIGNED_HERE):
        write(document.add_paragraph(style="Body"), sentence)
    table(document, PARTIES, "parties", height=SIGNING_HEIGHT)
    stamp_place(document)

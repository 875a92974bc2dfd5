"""What stands behind the text of an addendum and of an accession: signatures, the roster, the joining party's row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mou_templates.annexes.frameworks import ROSTER
from mou_templates.annexes.parts import (
    ESTIMATES,
    MATRIX,
    SIGNING_HEIGHT,
    annex,
    given,
    resized,
    signatures,
    signer,
    table,
)
from mou_templates.layout import begin_annexes

if TYPE_CHECKING:
    from docx.document import Document

UPRIGHT_ROSTER = (8.4, 4.1, 3.0)
"""Widths of the roster on an upright page: an addendum of two parties has none, so its paper is never on its side."""
FIRST_HEAD = [("SignatureHead", "PIHAK PERTAMA,")]
SIGNED_IN_ANNEX = [
    ("SignatureText", "{{ count }} {{ group }}"),
    ("SignatureText", "sebagaimana tercantum dan ditandatangani dalam Lampiran"),
]


def addendum(document: Document, paper: str) -> None:
    """Add two signatures; where many stand on the first side, theirs in a roster."""
    alone = given("choice.roster == 'no'", "SignatureText", signer("", "first")[1:])
    many = given("choice.roster == 'yes'", "SignatureText", SIGNED_IN_ANNEX)
    signatures(document, [*FIRST_HEAD, *alone, *many], signer("PIHAK KEDUA,", "second"))
    document.add_paragraph("{%p if choice.roster == 'yes' %}", style="Body")
    annex(document, paper, "LAMPIRAN", "DAFTAR PIHAK PERTAMA")
    table(document, resized(ROSTER, UPRIGHT_ROSTER), "members", height=SIGNING_HEIGHT)
    document.add_paragraph("{%p endif %}", style="Body")


def accession(document: Document, paper: str) -> None:
    """Add the joining party's signature, the countersignature, and what it brings and needs."""
    signatures(document, signer("KOPERASI,", "joining"), signer("SEKRETARIAT,", "secretariat"))
    begin_annexes(document)
    annex(document, paper, "LAMPIRAN", "POTENSI DAN KEBUTUHAN KOPERASI", ESTIMATES)
    table(document, MATRIX, "matrix")

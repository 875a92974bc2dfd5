"""Papers for the tests of print, seal and verdict: a small agreement with signature cells, its marks, its evidence."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime
from typing import Any

import docx
from docx.shared import Cm, Pt

from mou_templates.seal import Mark, Sealed, SealKey, seal

SEALED_AT = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)
LINK = "https://kdmp.contoh.id/v/7Q2MZK4T"
TOKEN = "eyJhbGciOiJFUzI1NiJ9." + "Ab3_" * 55


def agreement(parties: int = 6, articles: int = 3) -> bytes:
    """Give a Word file: articles, then a table with a signature cell (`§001` …) for each party."""
    paper = docx.Document()
    paper.sections[0].page_width, paper.sections[0].page_height = Cm(21), Cm(29.7)
    paper.styles["Normal"].font.name, paper.styles["Normal"].font.size = "Arial", Pt(10)
    for article in range(1, articles + 1):
        paper.add_paragraph(f"PASAL {article}")
        paper.add_paragraph(f"(1) Para Pihak masing-masing menyediakan {article * 125} kg gabah kering panen.")
    table = paper.add_table(rows=parties, cols=2)
    table.style = "Table Grid"
    for number, row in enumerate(table.rows, start=1):
        row.height = Cm(1.8)
        row.cells[0].text = f"Koperasi Desa Merah Putih Contoh {number}"
        row.cells[1].paragraphs[0].add_run(f"§{number:03d}").font.size = Pt(5)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def marks(parties: int = 6) -> list[Mark]:
    """Give one mark for each party."""
    when, way = "24 November 2026 pukul 10.15 WIB", "Tautan dan kode (tidak tersertifikasi)"
    return [Mark(f"§{number:03d}", (f"H. Asep Sunandar {number}", when, way)) for number in range(1, parties + 1)]


def evidence(pdf: bytes, **more: Any) -> bytes:
    """Give evidence that names the signed bytes."""
    told = {"signed_sha256": hashlib.sha256(pdf).hexdigest(), "signed_length": len(pdf), **more}
    return json.dumps(told).encode()


def sealed(pdf: bytes, key: SealKey, parties: int = 6, **options: Any) -> Sealed:
    """Seal as the worker does."""
    given = {"link": LINK, "digest": TOKEN, "trial": True, **options}
    return seal(pdf, marks(parties), evidence(pdf), key, SEALED_AT, **given)

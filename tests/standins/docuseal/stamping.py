"""File B: the PDF as it comes back, visibly stamped by the stand-in."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf

from tests.standins.docuseal.naming import NAME


def stamped(pdf: bytes, submission: dict[str, Any]) -> bytes:
    """Give file B: every page of A with visible words on top, and each signer's name in his places; A's text stays."""
    with pikepdf.open(BytesIO(pdf)) as file:
        for number, page in enumerate(file.pages, start=1):
            box = [float(value) for value in page.mediabox]
            words = [(box[0] + 20, box[1] + 12, 7, f"{NAME} - pengiriman {submission['id']} - halaman {number}")]
            for one in submission["submitters"]:
                for area in (area for field in one["fields"].values() for area in field if area["page"] == number):
                    x = box[0] + area["x"] * (box[2] - box[0])
                    y = box[3] - (area["y"] + area["h"]) * (box[3] - box[1]) + 4
                    words.append((x, y, 9, f"Tiruan: {one['name']}"))
            put_words(file, page, words)
        with file.open_metadata() as about:
            about["xmp:CreatorTool"] = NAME
        made = BytesIO()
        file.save(made)
    return made.getvalue()


def put_words(file: pikepdf.Pdf, page: pikepdf.Page, words: list[tuple[float, float, int, str]]) -> None:
    """Draw lines of words (x, y, size, text) on a page in Helvetica, wrapped so that the page's own state is safe."""
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    name = page.add_resource(font, pikepdf.Name.Font)
    drawn = [b"Q q BT 0.6 0 0 rg"]
    for x, y, size, text in words:
        code = text.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        drawn.append(f"{name} {size} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm (".encode() + code + b") Tj")
    page.contents_add(file.make_stream(b"q"), prepend=True)
    page.contents_add(file.make_stream(b"\n".join([*drawn, b"ET Q"])))

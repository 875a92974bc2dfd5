"""A specimen of a scan: a one-page PDF that says of itself that it is none."""

from __future__ import annotations

LINES = (
    "SPESIMEN PINDAIAN",
    "Contoh untuk peragaan kdmp. Bukan dokumen asli.",
    "Tidak ada tanda tangan siapa pun di halaman ini.",
)


def scan(code: str) -> bytes:
    """Give the PDF, with the code of the agreement it stands for."""
    rows = (*LINES, f"Naskah {code}")
    text = " ".join(f"1 0 0 1 72 {700 - 24 * row} Tm ({words}) Tj" for row, words in enumerate(rows))
    content = f"BT /F1 14 Tf {text} ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)

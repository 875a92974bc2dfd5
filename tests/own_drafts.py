"""Texts as partners bring them: a Word file with automatic numbers, letterhead and table; hostile ones of each kind."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import docx
import pikepdf
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm, Pt
from pikepdf import Dictionary, Name

TITLE = ("PERJANJIAN KERJA SAMA", "ANTARA", "PERUM BULOG", "DENGAN", "KOPERASI DESA MERAH PUTIH", "TENTANG",
         "PENGADAAN GABAH DAN BERAS")  # fmt: skip
ARTICLES = (
    (
        "MAKSUD DAN TUJUAN",
        "Perjanjian ini dimaksudkan sebagai dasar kerja sama pengadaan gabah dan beras dalam negeri.",
    ),
    (
        "RUANG LINGKUP",
        "Ruang lingkup Perjanjian ini meliputi pembelian, pengangkutan, dan penyimpanan gabah kering panen.",
    ),
    (
        "HAK DAN KEWAJIBAN",
        "PIHAK PERTAMA berhak menolak gabah yang tidak memenuhi syarat mutu masing-masing pengiriman.",
    ),
    ("PELAKSANAAN", "Pelaksanaan Perjanjian ini diatur lebih lanjut dalam jadwal yang disepakati PARA PIHAK."),
    ("JANGKA WAKTU", "Perjanjian ini berlaku 12 (dua belas) bulan terhitung sejak tanggal ditandatangani."),
    ("KORESPONDENSI", "Surat-menyurat disampaikan kepada alamat PARA PIHAK sebagaimana tersebut dalam Perjanjian ini."),
    ("PENYELESAIAN PERSELISIHAN", "Perselisihan diselesaikan secara musyawarah untuk mufakat oleh PARA PIHAK."),
    ("PENUTUP", "Perjanjian ini dibuat dalam rangkap 2 (dua), lihat §001 dan §002 pedoman umum, bermeterai cukup."),
)
LONG = " ".join(
    ["Segala hal yang belum diatur dalam ayat ini akan dibicarakan bersama oleh PARA PIHAK dengan itikad baik."] * 6
)


def partner_docx(articles: int = len(ARTICLES), *, page_numbers: bool = True, **changes: str) -> bytes:
    """Give a Word file as a partner writes it: styles of his own, lists with automatic numbers, letterhead, table."""
    paper: Any = docx.Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    paper.styles["Normal"].font.name, paper.styles["Normal"].font.size = "Times New Roman", Pt(12)
    section.header.paragraphs[0].text = "PERUM BULOG Kantor Cabang Cianjur"
    if page_numbers:
        section.footer.paragraphs[0].text = "Halaman "
        field = f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        section.footer.paragraphs[0]._p.append(parse_xml(field))
    for line in TITLE:
        _centred(paper, line)
    paper.add_paragraph("Pada hari ini, Rabu, tanggal dua puluh lima bulan November tahun dua ribu dua puluh enam, "
                        "bertempat di Cianjur, yang bertanda tangan di bawah ini sepakat sebagai berikut:")  # fmt: skip
    for party, name in (("PERTAMA", "Perum BULOG Kantor Cabang Cianjur"), ("KEDUA", "Koperasi Desa Merah Putih Cihea")):
        paper.add_paragraph(f"Pimpinan, bertindak untuk dan atas nama {name}, selanjutnya disebut PIHAK {party};")
    for number, (heading, words) in enumerate(ARTICLES[:articles], start=1):
        _centred(paper, f"Pasal {number}")
        _centred(paper, heading)
        paper.add_paragraph(changes.get(f"article_{number}", words), style="List Number")
        paper.add_paragraph(LONG, style="List Number")
    table = paper.add_table(rows=3, cols=3)
    table.style = "Table Grid"
    for row, cells in zip(table.rows, (("Barang", "Jumlah", "Harga"), ("Gabah kering panen", "60.000 kg", "Rp6.500"),
                                       ("Beras medium", "12.000 kg", "Rp12.400")), strict=True):  # fmt: skip
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    _centred(paper, "PIHAK PERTAMA                         PIHAK KEDUA")
    return saved(paper)


def saved(paper: Any) -> bytes:
    """Give the bytes of a Word file."""
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _centred(paper: Any, words: str) -> None:
    paragraph = paper.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(words).bold = True


def changed_docx(docx_bytes: bytes, edit: Mapping[str, Callable[[bytes], bytes]], **added: bytes) -> bytes:
    """Give a Word file with some of its parts edited and others added ("__" stands for "/" in their names)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_bytes)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            made.writestr(name, edit.get(name, bytes)(given.read(name)))
        for name, data in added.items():
            made.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def with_run(run: str) -> bytes:
    """Give the partner's Word file with a paragraph of one more run of that source before its first."""
    body = b"<w:body>"
    paragraph = f"<w:p>{run}</w:p>".encode()
    return changed_docx(partner_docx(2), {"word/document.xml": lambda data: data.replace(body, body + paragraph, 1)})


def with_relation(kind: str, target: str, part: str = "word/_rels/document.xml.rels") -> bytes:
    """Give the partner's Word file with one more relation to something outside."""
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    row = f'<Relationship Id="rId900" Type="{types}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    return changed_docx(partner_docx(2), {part: lambda data: data.replace(b"</Relationships>", row.encode())})


def text_pdf(
    *pages: str, operators: str = "BT /F1 11 Tf 72 760 Td 14 TL {lines} ET", size: str = "0 0 595 842"
) -> bytes:
    """Give a PDF of plain pages in Helvetica, a line of text a line; `operators` draw it."""
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
        )
        for page in pages:
            lines = " ".join(f"({_escaped(line)}) Tj T*" for line in page.split("\n"))
            content = operators.format(lines=lines).encode("cp1252")
            box = [float(edge) for edge in size.split()]
            made = pdf.add_blank_page(page_size=(box[2], box[3]))
            made.obj.MediaBox = pikepdf.Array(box)
            made.obj.Resources = Dictionary(Font=Dictionary(F1=font))
            made.obj.Contents = pdf.make_stream(content)
        out = io.BytesIO()
        pdf.save(out, static_id=True)
        return out.getvalue()


def changed_pdf(change: Callable[[pikepdf.Pdf], None], pdf: bytes = b"", **how: Any) -> bytes:
    """Give a plain PDF after a change."""
    with pikepdf.open(io.BytesIO(pdf or text_pdf(PLAIN))) as document:
        change(document)
        out = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a field without a form is made on purpose
            document.save(out, **how)
        return out.getvalue()


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


PLAIN = """PERJANJIAN KERJA SAMA
Pasal 1
MAKSUD DAN TUJUAN
Para Pihak bekerja sama dalam pengadaan gabah dan beras pada hari ini di Cianjur.
Pasal 2
PENUTUP
Demikian perjanjian ini dibuat oleh PIHAK PERTAMA dan PIHAK KEDUA."""

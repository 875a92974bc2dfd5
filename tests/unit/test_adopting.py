"""A partner's own text: hostile files are refused by name, honest ones read whole and joined to our sheet."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from kdmp_core.texts import has
from mou_templates import adopting, build
from mou_templates.adopting import joining, pages, phone, sheet, watched, word
from mou_templates.adopting.finding import Adopted
from mou_templates.door import ROWS_LIMIT
from mou_templates.equality import bare, pdf_pages
from mou_templates.errors import CODES, Refused
from mou_templates.examples import example_facts
from mou_templates.kinds import KINDS
from mou_templates.reading import plain_text, read
from tests import own_drafts
from tests.own_drafts import PLAIN, changed_docx, changed_pdf, partner_docx, text_pdf, with_relation, with_run

FONTS = word.families() | {"times new roman", "calibri", "cambria"}
WORD = partner_docx(2)
PDF = text_pdf(PLAIN)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
VML = "urn:schemas-microsoft-com:office:office"


def root(**entries: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        for name, value in entries.items():
            pdf.Root[f"/{name}"] = value(pdf) if callable(value) else value

    return change


def note(**entries: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        made = Dictionary(Type=Name.Annot, Rect=[72, 72, 144, 96], **entries)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(made)])

    return change


def attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["rahasia.txt"] = pikepdf.AttachedFileSpec(pdf, b"rahasia", filename="rahasia.txt")


def signature_field(pdf: pikepdf.Pdf) -> Dictionary:
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T="Tanda", V=Dictionary(Type=Name.Sig, Filter=Name("/X"))))
    return Dictionary(Fields=Array([field]), SigFlags=3)


def hide_layer(pdf: pikepdf.Pdf) -> Dictionary:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="rahasia"))
    return Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))


def encrypted(owner_only: bool) -> bytes:
    user = "" if owner_only else "sandi"
    return changed_pdf(root(), encryption=pikepdf.Encryption(owner="pemilik", user=user))


def bomb() -> bytes:
    return changed_docx(WORD, {}, word__media__besar=b"0" * 40_000_000)


def scan(text: str = "") -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        picture = pdf.make_stream(bytes(range(0, 250, 10)) * 25)
        picture.stream_dict = Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=25, Height=25, ColorSpace=Name.DeviceGray, BitsPerComponent=8
        )
        page = pdf.pages[0]
        page.obj.Resources.XObject = Dictionary(Im=pdf.make_indirect(picture))
        page.contents_add(pdf.make_stream(b"q 595 0 0 842 0 0 cm /Im Do Q"), prepend=True)

    return changed_pdf(change, text_pdf(text, operators="BT /F1 11 Tf 3 Tr 72 760 Td 14 TL {lines} ET"))


INSTRUCTION = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{}</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
COMMENT = (
    b'<?xml version="1.0"?><w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b'<w:comment w:id="1"><w:p><w:r><w:t>Ubah!</w:t></w:r></w:p></w:comment></w:comments>'
)
TYPED = {"[Content_Types].xml": lambda data: data.replace(b"document.main+xml", b"document.macroEnabled.main+xml")}
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("adopted_media", lambda: b""),
    "a picture": ("adopted_media", lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 100),
    "a web page": ("adopted_media", lambda: b"<html><body>Perjanjian</body></html>"),
    "old Word": ("adopted_old_word", lambda: OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le")),
    "Word with password": ("adopted_locked", lambda: OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")),
    "a plain zip": ("adopted_media", lambda: changed_zip({"a.txt": b"halo"})),
    "half a zip": ("adopted_unreadable", lambda: WORD[: len(WORD) // 2]),
    "zip bomb": ("adopted_bomb", bomb),
    "too large": ("adopted_large", lambda: PDF + b"\n%" + b"0" * (10 * 2**20)),
    "entities": ("adopted_unreadable", lambda: changed_docx(WORD, {"word/document.xml": entities})),
    "macro": ("adopted_macro", lambda: changed_docx(WORD, TYPED, word__vbaProject_bin=b"x")),
    "macro by name": ("adopted_macro", lambda: changed_docx(WORD, {}, **{"word__vbaProject.bin": b"x"})),
    "OLE object": ("adopted_embedded", lambda: changed_docx(WORD, {}, **{"word__embeddings__ole1.bin": OLE})),
    "outside picture": ("adopted_outside", lambda: with_relation("image", "https://jahat.example/logo.png")),
    "picture of a disk": ("adopted_outside", lambda: with_relation("image", "file:///etc/passwd")),
    "outside template": ("adopted_outside", lambda: with_relation("attachedTemplate", "https://jahat.example/a.dotm")),
    "tracked changes": ("adopted_changes", lambda: with_run('<w:ins w:author="A"><w:r><w:t>baru</w:t></w:r></w:ins>')),
    "deleted words": ("adopted_changes", lambda: with_run("<w:del><w:r><w:delText>lama</w:delText></w:r></w:del>")),
    "comments": ("adopted_comments", lambda: changed_docx(WORD, {}, **{"word__comments.xml": COMMENT})),
    "hidden text": ("adopted_hidden", lambda: with_run("<w:r><w:rPr><w:vanish/></w:rPr><w:t>denda</w:t></w:r>")),
    "white text": ("adopted_hidden", lambda: with_run(coloured("FFFFFF"))),
    "nearly white text": ("adopted_hidden", lambda: with_run(coloured("FDFDFD"))),
    "date field": ("adopted_live_field", lambda: with_run(INSTRUCTION.format("DATE"))),
    "included file": ("adopted_live_field", lambda: with_run(INSTRUCTION.format('INCLUDETEXT "c:/a.docx"'))),
    "form field": ("adopted_form_fields", lambda: with_run(INSTRUCTION.format("FORMTEXT"))),
    "left-over tag": ("adopted_tag", lambda: with_run("<w:r><w:t>Nomor {{ nomor }}</w:t></w:r>")),
    "sign of no font": ("adopted_font", lambda: with_run("<w:r><w:t>\U0001f33e</w:t></w:r>")),
    "turned writing": ("adopted_character", lambda: with_run("<w:r><w:t>Rp1\u202e000</w:t></w:r>")),
    "empty Word": ("adopted_empty", lambda: own_drafts.saved(own_drafts.docx.Document())),
    "broken PDF": ("adopted_unreadable", lambda: b"%PDF-1.7\nomong kosong"),
    "PDF with password": ("adopted_locked", lambda: encrypted(owner_only=False)),
    "PDF with the owner's lock": ("adopted_locked", lambda: encrypted(owner_only=True)),
    "too many pages": ("adopted_pages", lambda: text_pdf(*["Halaman"] * 101)),
    "JavaScript at opening": (
        "adopted_script",
        lambda: changed_pdf(root(OpenAction=Dictionary(S=Name.JavaScript, JS="app.alert(1)"))),
    ),
    "JavaScript by name": (
        "adopted_script",
        lambda: changed_pdf(root(Names=Dictionary(JavaScript=Dictionary(Names=Array([]))))),
    ),
    "launch": (
        "adopted_launch",
        lambda: changed_pdf(note(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F="cmd.exe"))),
    ),
    "attachment": ("adopted_attachment", lambda: changed_pdf(attach)),
    "portfolio": ("adopted_attachment", lambda: changed_pdf(root(Collection=Dictionary()))),
    "file on a page": ("adopted_attachment", lambda: changed_pdf(note(Subtype=Name.FileAttachment))),
    "form": ("adopted_form_fields", lambda: changed_pdf(note(Subtype=Name.Widget, FT=Name.Tx, T="nama"))),
    "form without a page": (
        "adopted_form_fields",
        lambda: changed_pdf(root(AcroForm=Dictionary(Fields=Array([Dictionary(FT=Name.Tx, T="nama")])))),
    ),
    "signature": ("adopted_signed", lambda: changed_pdf(root(AcroForm=signature_field))),
    "XFA": ("adopted_xfa", lambda: changed_pdf(root(AcroForm=Dictionary(XFA="<xdp/>", Fields=Array([]))))),
    "sticky note": ("adopted_comments", lambda: changed_pdf(note(Subtype=Name.Text, Contents="ubah"))),
    "text laid over": ("adopted_comments", lambda: changed_pdf(note(Subtype=Name.FreeText, Contents="Rp1"))),
    "hidden layer": ("adopted_hidden_layer", lambda: changed_pdf(root(OCProperties=hide_layer))),
    "white words": ("adopted_hidden", lambda: drawn("BT 1 g /F1 11 Tf 72 760 Td 14 TL {lines} ET")),
    "words without ink": ("adopted_hidden", lambda: drawn("BT 3 Tr /F1 11 Tf 72 760 Td 14 TL {lines} ET")),
    "words that are covered": (
        "adopted_hidden",
        lambda: drawn("BT /F1 11 Tf 72 760 Td 14 TL {lines} ET 1 g 0 0 595 842 re f"),
    ),
    "black words on black": (
        "adopted_hidden",
        lambda: drawn("0 0 595 842 re f BT /F1 11 Tf 72 760 Td 14 TL {lines} ET"),
    ),
    "words over words": (
        "adopted_hidden",
        lambda: drawn("BT /F1 11 Tf 72 760 Td 14 TL {lines} ET BT /F1 11 Tf 72 676 Td (Rp900.000 saja) Tj ET"),
    ),
    "a scan": ("adopted_picture", scan),
    "a scan that was read": ("adopted_hidden", lambda: scan(PLAIN)),
    "no words": ("adopted_empty", lambda: text_pdf("")),
    "tag in a PDF": ("adopted_tag", lambda: text_pdf("Nomor {{ nomor }}")),
    "a stamp of a page": ("adopted_page_size", lambda: text_pdf(PLAIN, size="0 0 100 100")),
}


def changed_zip(members: dict[str, bytes]) -> bytes:
    return changed_docx(EMPTY_ZIP, {}, **members)


EMPTY_ZIP = b"PK\x05\x06" + b"\0" * 18


def entities(data: bytes) -> bytes:
    return data.replace(b"<w:document", b'<!DOCTYPE x [<!ENTITY a "b">]><w:document', 1)


def coloured(colour: str) -> str:
    return f'<w:r><w:rPr><w:color w:val="{colour}"/></w:rPr><w:t>denda seratus persen</w:t></w:r>'


def drawn(operators: str) -> bytes:
    return text_pdf(PLAIN, operators=operators)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_may_not_be_the_words_is_refused_by_its_code(name: str) -> None:
    code, make = HOSTILE[name]
    with pytest.raises(Refused) as refusal:
        adopting.inspect(make(), "pks", families=FONTS)
    assert refusal.value.code == code
    assert set(refusal.value.values) == set(CODES[code])


def test_every_code_is_tried_and_worded_in_both_languages() -> None:
    codes = {code for code in CODES if code.startswith("adopted_")}
    assert codes - {code for code, _ in HOSTILE.values()} == {"adopted_limits", "adopted_unknown_letters"}
    assert all(has(f"errors.paper.{code}", "id") and has(f"errors.paper.{code}", "en") for code in codes)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", OLE]))
def test_any_bytes_are_refused_and_never_crash(data: bytes, begin: bytes) -> None:
    with pytest.raises(Refused):
        adopting.inspect(begin + data, "pks", families=FONTS)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=8), st.booleans())
def test_a_file_with_a_few_bytes_changed_is_read_or_refused(at: int, other: bytes, as_pdf: bool) -> None:
    whole = PDF if as_pdf else WORD
    at %= len(whole)
    assert isinstance(_answer(whole[:at] + other + whole[at + len(other) :]), Adopted | Refused)


def _answer(data: bytes) -> Adopted | Refused:
    try:
        return adopting.inspect(data, "pks", families=FONTS)
    except Refused as refusal:
        return refusal


def test_an_honest_word_file_is_taken_with_hints_for_what_it_lacks() -> None:
    found = adopting.inspect(partner_docx(), "pks", families=FONTS)
    assert (found.media, found.pages, found.hints) == ("docx", None, ("force_majeure", "amendment"))
    strange = adopting.inspect(partner_docx(), "pks", families=FONTS - {"times new roman", "liberation serif"})
    assert strange.hints == found.hints
    assert Adopted.of_json(found.as_json()) == found


def test_an_honest_pdf_is_taken_and_said_not_to_be_pdf_a() -> None:
    found = adopting.check(PDF, "pks")
    assert (found.media, found.pages) == ("pdf", 1)
    assert [one.code for one in found.warnings] == ["not_pdf_a"]
    assert "purpose" not in found.hints
    assert "closing" not in found.hints
    assert "rights_duties" in found.hints
    assert has("own_drafts.notice.not_pdf_a")


def test_the_process_that_inspects_refuses_with_the_same_code_and_dies_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="adopted_xfa"):
        adopting.check(HOSTILE["XFA"][1](), "pks")
    monkeypatch.setattr(watched, "COMMAND", ("sleep", "9"))
    monkeypatch.setattr(watched, "WALL_SECONDS", 0.2)
    begun = time.monotonic()
    with pytest.raises(Refused, match="adopted_limits"):
        adopting.check(PDF, "pks")
    assert time.monotonic() - begun < 5


def test_links_and_a_page_on_its_side_are_no_reason_to_refuse() -> None:
    link = note(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="https://bulog.example"))
    assert adopting.inspect(changed_pdf(link), "pks").media == "pdf"

    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.Rotate = 90
        pdf.pages[0].obj.MediaBox = Array([-50, -20, 595, 842])

    turned = changed_pdf(turn)
    upright = joining.cleaned(turned)
    assert sorted(bare(pdf_pages(upright)[0])) == sorted(bare(PLAIN))
    with pikepdf.open(io.BytesIO(upright)) as pdf:
        assert [float(edge) for edge in pdf.pages[0].mediabox] == [0, 0, 862, 645]
    assert adopting.inspect(turned, "pks").pages == 1


@pytest.mark.parametrize("quarter", [0, 90, 180, 270])
def test_a_page_put_upright_looks_as_before(quarter: int) -> None:
    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.Rotate = quarter
        pdf.pages[0].obj.CropBox = Array([20, 30, 575, 822])

    turned = changed_pdf(turn)
    assert pages.picture(turned, 1, 1) == pages.picture(joining.cleaned(turned), 1, 1)


# The phone text


def test_headers_and_footers_are_told_once_and_lines_become_paragraphs() -> None:
    body = "Pasal {n}\nISI\nKalimat panjang tentang hal yang masing-\nmasing pihak ketahui dengan baik sekali."
    drawing = (
        "BT /F1 8 Tf 72 810 Td (KOP SURAT) Tj ET BT /F1 11 Tf 72 760 Td 14 TL {lines} ET BT 72 30 Td (Halaman 7) Tj ET"
    )
    pdf = text_pdf(*[body.format(n=number) for number in (1, 2, 3)], operators=drawing)
    told = phone.html(pdf)
    phone.require_equal(told, pdf)
    assert told.count("KOP SURAT") == told.count("Halaman 7") == 1
    assert told.index("KOP SURAT") < told.index("Pasal 1") < told.index("Pasal 3") < told.index("Halaman 7")
    assert "<h3>Pasal 2<br>ISI</h3>" in told
    assert "masing-masing pihak" in told


def test_words_from_outside_are_escaped() -> None:
    pdf = text_pdf("Pasal 1\n<script>alert(1)</script> & <b>tebal</b>")
    told = phone.html(pdf)
    assert "<script" not in told
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in told
    phone.require_equal(told, pdf)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.replace("gabah", "emas"),
        lambda told: told.replace("PENUTUP", ""),
        lambda told: told + "<p>Denda 100 persen</p>",
        lambda told: told.replace("<p>", "<p>Tidak ", 1),
        lambda told: told[: len(told) // 2],
    ],
)
def test_a_phone_text_that_says_something_else_is_refused(change: Callable[[str], str]) -> None:
    told = phone.html(PDF)
    phone.require_equal(told, PDF)
    with pytest.raises(Refused, match="texts_differ"):
        phone.require_equal(change(told), PDF)


LINES = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyzABC 0123456789.,;:()-/", min_size=1, max_size=70).filter(str.strip),
    min_size=1,
    max_size=30,
).map("\n".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=4))
def test_the_phone_text_says_every_character_of_any_pages(texts: list[str]) -> None:
    pdf = text_pdf(*texts)
    phone.require_equal(phone.html(pdf), pdf)


# The sheet


def brought(**changes: Any) -> dict[str, Any]:
    given = {"title": "Perjanjian Bulog", "file_name": "Naskah Bulog.docx", "sha256": "ab12" * 16, "pages": 4}
    return {**given, **changes}


def test_the_shipped_sheet_is_what_the_source_builds() -> None:
    built, kept = (zipfile.ZipFile(io.BytesIO(data)) for data in (build.build_sheet(), sheet.shipped()))
    with built, kept:
        assert built.namelist() == kept.namelist()
        assert [built.read(name) for name in built.namelist()] == [kept.read(name) for name in kept.namelist()]


@pytest.mark.parametrize("kind", sorted(kind for kind, made in KINDS.items() if made.agreement))
def test_the_sheet_names_file_hash_and_every_party_with_its_cell(kind: str) -> None:
    made = sheet.make(kind, example_facts(kind), brought())
    text = plain_text(read(made.docx))
    assert " ".join(["AB12"] * 16) in text
    assert "Naskah Bulog.docx (4 (empat) halaman)" in text
    parties = KINDS[kind].parties(example_facts(kind))
    assert len(parties) <= ROWS_LIMIT
    for number, (_, party) in enumerate(parties, start=1):
        assert party["name"] in text
        assert party["signatory"]["name"] in text
        assert f"§{number:03d}" in text


def test_review_of_a_sheet_binds_to_file_and_signatories_not_to_number_place_and_date() -> None:
    facts = example_facts("pks")
    bound = sheet.make("pks", facts, brought()).words_hash
    later = {**facts, "letter_number": "9/X", "place": "Bandung", "dated": "2026-01-01"}
    assert sheet.make("pks", later, brought()).words_hash == bound
    other = {**facts, "buyer": {**facts["buyer"], "signatory": {**facts["buyer"]["signatory"], "name": "Orang Lain"}}}
    assert sheet.make("pks", other, brought()).words_hash != bound
    for change in ({"sha256": "cd34" * 16}, {"file_name": "Lain.docx"}, {"pages": 5}, {"title": "Lain"}):
        assert sheet.make("pks", facts, brought(**change)).words_hash != bound


def test_joined_files_keep_every_page_and_claim_nothing_for_a_partner() -> None:
    def claim(pdf: pikepdf.Pdf) -> None:
        with pdf.open_metadata() as told:
            told["pdfaid:part"], told["pdfaid:conformance"] = "1", "B"

    theirs = joining.cleaned(changed_pdf(claim))
    ours = text_pdf("LEMBAR TANDA TANGAN\n§001".replace("§", "\xa7"))
    whole = adopting.combine(theirs, ours)
    assert whole == adopting.combine(theirs, ours)
    assert [bare(page) for page in pdf_pages(whole)] == [bare(page) for page in (*pdf_pages(theirs), *pdf_pages(ours))]
    with pikepdf.open(io.BytesIO(whole)) as pdf, pdf.open_metadata() as told:
        assert "pdfaid:part" not in told
        assert "/StructTreeRoot" not in pdf.Root

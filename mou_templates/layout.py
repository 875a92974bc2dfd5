"""The look of the shipped forms: paper, styles, tables, page numbers; python-docx here and in `build.py` only."""

from __future__ import annotations

import io
import re
import struct
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

FONT = "Arial"
"""Printed as Liberation Sans, of the same widths, where Arial is not installed."""

TEXT_WIDTH = 15.5
ANNEX_SIDE = 2.0
"""Margin of the annexes in centimetres: 17 cm for tables (25.7 on the side), for rows cost LibreOffice by the line."""
LOGO_HEIGHT = 2.0
CELL_EDGE = 40
"""White above and below the words of a ruled cell, in twentieths of a point."""
LEFT, CENTRE, RIGHT, BOTH = (
    *(WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER),
    *(WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY),
)
SIDES = ("top", "left", "bottom", "right")
KEPT_STYLES = {"Normal", "Default Paragraph Font", "Normal Table", "No List"}
KEPT_PARTS = ("/styles", "/settings", "/fontTable", "/header", "/footer")

# name: alignment, points, bold, indent cm, hanging cm, space before, space after, keep with next, outline level
STYLES: dict[str, tuple[Any, float, bool, float, float, float, float, bool, int | None]] = {
    "Title": (CENTRE, 14, True, 0, 0, 0, 10, True, 0),
    "TitleLine": (CENTRE, 11.5, True, 0, 0, 0, 6, True, None),
    "DocumentNumber": (CENTRE, 11, False, 0, 0, 8, 8, False, None),
    "OwnNumber": (CENTRE, 10, False, 0, 0, 0, 8, False, None),
    "Letterhead": (CENTRE, 12, True, 0, 0, 0, 14, True, None),
    "Logo": (CENTRE, 11, False, 0, 0, 0, 12, True, None),
    "Body": (BOTH, 11, False, 0, 0, 0, 8, False, None),
    "PartyText": (LEFT, 11, False, 1.0, 1.0, 0, 8, False, None),
    "Article": (CENTRE, 11, True, 0, 0, 14, 8, True, 1),
    "Section": (LEFT, 11, True, 0.8, 0.8, 10, 4, True, 1),
    "Count": (LEFT, 10, False, 0, 0, 10, 8, True, None),
    "Clause": (BOTH, 11, False, 1.0, 1.0, 0, 6, False, None),
    "ClauseAlone": (BOTH, 11, False, 0, 0, 0, 6, False, None),
    "Item": (LEFT, 11, False, 1.8, 0.8, 0, 4, False, None),
    "ItemAlone": (LEFT, 11, False, 0.8, 0.8, 0, 4, False, None),
    "ChangeHead": (LEFT, 11, True, 1.0, 1.0, 8, 4, True, None),
    "ChangeLabel": (LEFT, 11, False, 1.0, 0, 0, 4, True, None),
    "Quoted": (LEFT, 11, False, 1.6, 0, 0, 6, False, None),
    "LabelledLine": (LEFT, 11, False, 4.9, 3.9, 0, 2, True, None),
    "LabelledLast": (LEFT, 11, False, 4.9, 3.9, 0, 8, False, None),
    "SignatureHead": (CENTRE, 11, True, 0, 0, 0, 2, True, None),
    "SignatureCode": (LEFT, 8, False, 0.5, 0, 8, 8, True, None),
    "SignatureText": (CENTRE, 11, False, 0, 0, 0, 0, True, None),
    "StampPlace": (CENTRE, 8, False, 6.4, 0, 8, 0, False, None),
    "StampBeside": (CENTRE, 8, False, 2.5, 0, 14, 4, False, None),
    "Annex": (LEFT, 11, True, 8.0, 0, 0, 2, True, 1),
    "AnnexReference": (LEFT, 10, False, 8.0, 0, 0, 2, True, None),
    "AnnexTitle": (CENTRE, 11, True, 0, 0, 18, 10, True, 2),
    "AnnexNote": (CENTRE, 10, False, 0, 0, 0, 8, True, None),
    "CellHead": (CENTRE, 9, True, 0, 0, 0, 0, True, None),
    "Cell": (LEFT, 9, False, 0, 0, 0, 0, False, None),
    "CellNumbered": (LEFT, 9, False, 0.65, 0.65, 0, 0, False, None),
    "CellCentred": (CENTRE, 9, False, 0, 0, 0, 0, False, None),
    "CellFigure": (RIGHT, 9, False, 0, 0, 0, 0, False, None),
    "CellCode": (LEFT, 7, False, 0, 0, 0, 0, False, None),
    "HeaderText": (RIGHT, 8, False, 0, 0, 0, 0, False, None),
    "FooterText": (CENTRE, 8, False, 0, 0, 0, 0, False, None),
}
CLOSE = ("Cell", "Signature", "Stamp", "Header", "Footer", "Labelled", "Annex")
TIGHT = {name for name in STYLES if name.startswith(CLOSE)}
BOXED = {"SignatureCode": 0.5, "StampPlace": 6.4, "StampBeside": 2.5}
"""Styles in a thin box, with their right indent in centimetres."""
RULED = ("Letterhead",)
"""Styles with a thin line below: who the paper comes from."""
BARRED = ("Quoted",)
"""Styles with a thin bar at their left: what another text says."""
TABS = dict.fromkeys(("LabelledLine", "LabelledLast"), (4.6, 4.9))


def new_document(title: str) -> Document:
    """Begin an A4 document in Indonesian with our styles only, a header for the stamp and page numbers."""
    document = docx.Document()
    _slim(document)
    for name in STYLES:
        _add_style(document, name)
    _set_page(document)
    _set_properties(document, title)
    return document


def add_logo(document: Document) -> None:
    """Keep the place of a logo above the title, printed only where one is chosen; the press puts the picture in."""
    document.add_paragraph("{%p if choice.logo == 'yes' %}", style="Logo")
    shape = (
        document.add_paragraph(style="Logo").add_run().add_picture(io.BytesIO(grey_square()), height=Cm(LOGO_HEIGHT))
    )
    shape._inline.docPr.set("descr", "gambar:logo")  # noqa: SLF001 - python-docx knows no alternative text
    document.add_paragraph("{%p endif %}", style="Logo")


def grey_square() -> bytes:
    """Give a grey PNG of 8 by 8 points, which every logo takes the place of."""
    chunks = (
        (b"IHDR", struct.pack(">2I5B", 8, 8, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\xc0\xc0\xc0\xc0\xc0\xc0\xc0\xc0" * 8, 9)),
        (b"IEND", b""),
    )
    packed = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def write(paragraph: Paragraph, text: str) -> Paragraph:
    """Put text into a paragraph: `*…*` is bold, a newline a line break, a tab a tab."""
    for at, piece in enumerate(re.split(r"\*(.+?)\*", text)):
        if piece:
            run = paragraph.add_run(piece)
            if at % 2:
                run.bold = True
    return paragraph


def mark(paragraph: Paragraph, name: str) -> None:
    """Put a Word bookmark on a paragraph: it stays with the paragraph while people edit around it."""
    body: Any = paragraph._p.getparent()  # noqa: SLF001 - python-docx knows no bookmarks
    number = 1 + len(body.findall(f".//{qn('w:bookmarkStart')}"))
    start = parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="{number}" w:name="{name}"/>')
    paragraph._p.insert(1, start)  # noqa: SLF001
    paragraph._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{number}"/>'))  # noqa: SLF001


def add_table(document: Document, widths: Sequence[float], *, grid: bool) -> Table:
    """Add an empty table of fixed widths in centimetres; the grid says them too, for LibreOffice goes by it."""
    table: Table = document.add_table(rows=0, cols=len(widths))
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no name for borders and layout
    for child in list(properties):
        properties.remove(child)
    total = round(sum(widths) * 567)
    properties.append(parse_xml(f'<w:tblW {nsdecls("w")} w:w="{total}" w:type="dxa"/>'))
    if grid:
        properties.append(
            parse_xml(f"<w:tblBorders {nsdecls('w')}>{_borders((*SIDES, 'insideH', 'insideV'))}</w:tblBorders>")
        )
    properties.append(parse_xml(f'<w:tblLayout {nsdecls("w")} w:type="fixed"/>'))
    if grid:
        properties.append(parse_xml(_cell_margins()))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    return table


def begin_annexes(document: Document, *, on_side: bool = False) -> None:
    """Go on from the next page with narrower margins, the paper laid on its side if asked; header and footer stay."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    # The paragraph that carries the break must never make a page of its own below full signature blocks.
    document.paragraphs[-1].paragraph_format.line_spacing = Pt(1)
    section.left_margin = section.right_margin = Cm(ANNEX_SIDE)
    if on_side:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
        section.top_margin = section.bottom_margin = Cm(ANNEX_SIDE)


def add_row(table: Table, texts: Sequence[tuple[str, str]], *, head: bool = False, height: float = 0) -> None:
    """Add a row that never splits over pages; `texts` holds (style, text) per cell, `head` repeats it on each page."""
    row = table.add_row()  # type: ignore[no-untyped-call]
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001
    properties.append(OxmlElement("w:cantSplit"))
    if height:
        properties.append(parse_xml(f'<w:trHeight {nsdecls("w")} w:val="{round(height * 567)}" w:hRule="atLeast"/>'))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    for cell, column, (style, text) in zip(row.cells, table.columns, texts, strict=True):
        cell.width = column.width
        write_cell(cell, [(style, text)])
        if head:
            _shade(cell)


def write_cell(cell: _Cell, paragraphs: Sequence[tuple[str, str]]) -> None:
    """Fill a cell with paragraphs of (style, text)."""
    for at, (style, text) in enumerate(paragraphs):
        paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
        paragraph.style = style
        write(paragraph, text)


def _shade(cell: _Cell) -> None:
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001
    properties.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="EDEDED"/>'))
    properties.append(parse_xml(f'<w:vAlign {nsdecls("w")} w:val="center"/>'))


def _add_lines(shape: Any, sides: Sequence[str], space: int) -> None:
    """Draw thin lines at a paragraph, as around the place of a signature; schema order wants them before spacing."""
    box = parse_xml(f"<w:pBdr {nsdecls('w')}>{_borders(sides, space=space, colour='A6A6A6')}</w:pBdr>")
    shape.find(qn("w:tabs") if shape.find(qn("w:tabs")) is not None else qn("w:spacing")).addprevious(box)


def _cell_margins() -> str:
    edges = "".join(f'<w:{side} w:w="{CELL_EDGE}" w:type="dxa"/>' for side in ("top", "bottom"))
    return f"<w:tblCellMar {nsdecls('w')}>{edges}</w:tblCellMar>"


def _borders(sides: Sequence[str], *, space: int = 0, colour: str = "404040") -> str:
    return "".join(f'<w:{side} w:val="single" w:sz="4" w:space="{space}" w:color="{colour}"/>' for side in sides)


def _slim(document: Document) -> None:
    """Keep what is used: python-docx's own start carries 790 kB of styles, a thumbnail and a theme."""
    for style in list(document.styles):
        if style.name not in KEPT_STYLES:
            style.delete()
    latent = document.styles.element.find(qn("w:latentStyles"))
    document.styles.element.remove(latent)
    for part in (document.part, document.part.package):
        for key, rel in list(part.rels.items()):
            if not rel.reltype.endswith((*KEPT_PARTS, "/officeDocument", "/core-properties")):
                del part.rels[key]


def _add_style(document: Document, name: str) -> None:
    align, points, bold, indent, hanging, before, after, keep, outline = STYLES[name]
    style: Any = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.font.size, style.font.bold = Pt(points), bold
    shape = style.paragraph_format
    shape.alignment, shape.left_indent, shape.first_line_indent = align, Cm(indent), Cm(-hanging)
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.keep_with_next, shape.widow_control = keep, True
    shape.line_spacing = 1.0 if name in TIGHT else 1.2
    for position in TABS.get(name, (indent,) if hanging else ()):
        shape.tab_stops.add_tab_stop(Cm(position))
    if outline is not None:
        level = parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{outline}"/>')
        style.element.get_or_add_pPr().append(level)
    if name == "Annex":
        shape.page_break_before = True
    if name in BOXED:
        shape.right_indent, shape.keep_together = Cm(BOXED[name]), True
        _add_lines(style.element.get_or_add_pPr(), SIDES, 3)
    if name in RULED:
        _add_lines(style.element.get_or_add_pPr(), ("bottom",), 6)
    if name in BARRED:
        _add_lines(style.element.get_or_add_pPr(), ("left",), 8)


def _set_page(document: Document) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(11)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    defaults = document.styles.element.find(qn("w:docDefaults"))
    document.styles.element.replace(defaults, parse_xml(_defaults()))
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.top_margin = section.bottom_margin = section.right_margin = Cm(2.5)
    section.left_margin = Cm(3)
    section.header_distance = section.footer_distance = Cm(1.25)
    header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
    header.style, footer.style = "HeaderText", "FooterText"
    write(header, "{{ stamp }}")
    write(footer, "Halaman ")
    _field(footer, "PAGE")
    write(footer, " dari ")
    _field(footer, "NUMPAGES")


def _defaults() -> str:
    run = f'<w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:cs="{FONT}" w:eastAsia="{FONT}"/><w:sz w:val="22"/>'
    language = '<w:lang w:val="id-ID" w:eastAsia="id-ID" w:bidi="id-ID"/></w:rPr>'
    return f"<w:docDefaults {nsdecls('w')}><w:rPrDefault>{run}{language}</w:rPrDefault><w:pPrDefault/></w:docDefaults>"


def _field(paragraph: Paragraph, name: str) -> None:
    field = f'<w:fldSimple {nsdecls("w")} w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(field))  # noqa: SLF001


def _set_properties(document: Document, title: str) -> None:
    birth = datetime(2025, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    core = document.core_properties
    core.author = core.last_modified_by = "kdmp"
    core.title, core.language, core.comments = title, "id-ID", ""
    core.created = core.modified = birth
    core.revision = 1

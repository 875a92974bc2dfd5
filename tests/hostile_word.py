"""Word files that mean harm to LibreOffice: they reach out of the house, run programs, or eat the machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from tests import papers

BODY, RELATIONS, TYPES = "word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LAST_SECTION = b"<w:sectPr"
PICTURE = (
    '<w:p><w:r><w:drawing xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    f'xmlns:r="{OFFICE}"><wp:inline><wp:extent cx="1900000" cy="1900000"/><wp:docPr id="9" name="p"/>'
    '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
    '<pic:nvPicPr><pic:cNvPr id="9" name="p"/><pic:cNvPicPr/></pic:nvPicPr>'
    '<pic:blipFill><a:blip r:link="rId900"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
    '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1900000" cy="1900000"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
    "</wp:inline></w:drawing></w:r></w:p>"
)
OLD_PICTURE = (
    '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:150pt;height:150pt">'
    '<v:imagedata src="{target}"/></v:shape></w:pict></w:r></w:p>'
)
FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {told} </w:instrText>'
    '</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)


def members_of(docx: bytes) -> dict[str, bytes]:
    """Give the members of a package by name."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return {name: package.read(name) for name in package.namelist()}


def package(members: Mapping[str, bytes]) -> bytes:
    """Give a package of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


def with_body(more: str, members: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Give the members of a small agreement with more at the end of its body."""
    found = dict(members or members_of(papers.agreement()))
    before, mark, section = found[BODY].rpartition(LAST_SECTION)
    found[BODY] = before + more.encode() + mark + section
    return found


def related(
    members: Mapping[str, bytes], kind: str, target: str, part: str = RELATIONS, mode: str = "External"
) -> bytes:
    """Give a package in which a part is related to a target as `rId900`."""
    found = dict(members)
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    outside = f' TargetMode="{mode}"' if mode else ""
    entry = f'<Relationship Id="rId900" Type="{OFFICE}/{kind}" Target="{target}"{outside}/></Relationships>'
    found[part] = found.get(part, empty).replace(b"</Relationships>", entry.encode())
    return package(found)


def linked_picture(target: str) -> bytes:
    """Give an agreement with a picture that lies outside of it."""
    return related(with_body(PICTURE), "image", target)


def old_linked_picture(target: str) -> bytes:
    """Give an agreement with a picture named by its address in an old drawing."""
    return package(with_body(OLD_PICTURE.format(target=target)))


def field(told: str) -> bytes:
    """Give an agreement with a field that LibreOffice or Word may follow."""
    return package(with_body(FIELD.format(told=told)))


def remote_template(target: str) -> bytes:
    """Give an agreement that hangs on a template elsewhere."""
    return related(members_of(papers.agreement()), "attachedTemplate", target, "word/_rels/settings.xml.rels")


def linked_chunk(target: str) -> bytes:
    """Give an agreement that takes a piece of text from elsewhere."""
    return related(with_body(f'<w:altChunk xmlns:r="{OFFICE}" r:id="rId900"/>'), "aFChunk", target)


def linked_object(target: str) -> bytes:
    """Give an agreement with an object that lies elsewhere."""
    drawn = (
        '<w:p><w:r><w:object><v:shape xmlns:v="urn:schemas-microsoft-com:vml" id="s9" style="width:99pt;height:99pt"/>'
        f'<o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:r="{OFFICE}" Type="Link" '
        'ProgID="Word.Document.12" ShapeID="s9" DrawAspect="Content" r:id="rId900" UpdateMode="Always"/>'
        "</w:object></w:r></w:p>"
    )
    return related(with_body(drawn), "oleObject", target)


def frame_set(target: str) -> bytes:
    """Give an agreement whose web settings name a page in a frame."""
    members = members_of(papers.agreement())
    return related(members, "frame", target, "word/_rels/webSettings.xml.rels")


def sub_document(target: str) -> bytes:
    """Give an agreement that has another document in its middle."""
    return related(with_body(f'<w:subDoc xmlns:r="{OFFICE}" r:id="rId900"/>'), "subDocument", target)


def nested(depth: int) -> bytes:
    """Give an agreement with tables in tables."""
    cell = '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="900"/></w:tblGrid><w:tr><w:tc><w:tcPr/>'
    return package(with_body(cell * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl><w:p/>" * depth))


def paragraphs(count: int, words: str = "Para Pihak") -> bytes:
    """Give an agreement with many more paragraphs: a few kilobytes, hundreds of pages."""
    return package(with_body(f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>" * count))


def cells(count: int) -> bytes:
    """Give an agreement with a table of so many rows of sixty cells: small to send, large to lay out."""
    row = "<w:tr>" + "<w:tc><w:tcPr/><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>" * 60 + "</w:tr>"
    grid = '<w:gridCol w:w="150"/>' * 60
    return package(with_body(f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{row * count}</w:tbl><w:p/>"))


def breaks(count: int) -> bytes:
    """Give an agreement with so many page breaks."""
    return package(with_body('<w:p><w:r><w:br w:type="page"/></w:r></w:p>' * count))

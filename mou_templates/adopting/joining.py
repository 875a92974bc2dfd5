"""The partner's pages and our sheet behind them, in one PDF: every page stays as it is, tags and all."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary

from mou_templates.errors import Refused
from mou_templates.office.printed import PDF_A_3_VERSION

QUARTERS = {
    90: (0, -1, 1, 0),
    180: (-1, 0, 0, -1),
    270: (0, 1, -1, 0),
}
"""How a page turned by so many degrees is drawn upright: the matrix without its shift."""
BOXES = ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox")
MOST_DEPTH = 50
"""Of a tree of pages or numbers: an honest one has three or four."""
UNSEEN = ("/OpenAction", "/AA", "/AcroForm", "/Threads", "/URI", "/Legal", "/PieceInfo", "/SpiderInfo", "/Extensions")
"""Entries of the whole document that put nothing on a page."""


def cleaned(pdf: bytes) -> bytes:
    """Give a PDF with every page upright from the corner 0, 0, without what acts when it is opened.

    Nothing that is seen changes; the same bytes give the same bytes. Raises `Refused("adopted_unreadable")`.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            for name in UNSEEN:
                if name in document.Root:
                    del document.Root[name]
            for page in document.pages:
                _put_upright(document, page)
            return _saved(document)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError):
        raise Refused("adopted_unreadable") from None


def combine(pdf: bytes, sheet: bytes, *, claims: bool = False) -> bytes:
    """Put the sheet's pages behind the others; its tags go with them where the others are tagged.

    `pdf`: cleaned. `claims`: both are PDF/A-3b of our own making, and the whole is called so; a partner's own PDF
    never is, whatever it said of itself.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document, pikepdf.open(io.BytesIO(sheet)) as behind:
        first = len(document.pages)
        document.pages.extend(behind.pages)
        tagged = _is_tagged(document)
        if tagged and "/StructTreeRoot" in behind.Root:
            _join_tags(document, behind, first)
        else:
            for page in document.pages[first:]:
                if "/StructParents" in page.obj:
                    del page.obj["/StructParents"]
        if not claims:
            _claim_nothing(document)
        return _saved(document)


def _put_upright(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    left, right, bottom, top = min(left, right), max(left, right), min(bottom, top), max(bottom, top)
    turned = int(page.obj.get("/Rotate", _inherited(page, "/Rotate") or 0)) % 360
    width, height = right - left, top - bottom
    a, b, c, d = QUARTERS.get(turned, (1, 0, 0, 1))
    shift = {90: (-bottom, right), 180: (right, top), 270: (top, -left)}.get(turned, (-left, -bottom))
    if turned in (90, 270):
        width, height = height, width
    matrix = pikepdf.Matrix(a, b, c, d, *shift)
    if matrix != pikepdf.Matrix():
        numbers = " ".join(f"{number:.4f}".rstrip("0").rstrip(".") for number in matrix.shorthand)
        page.contents_add(document.make_stream(f"q {numbers} cm\n".encode()), prepend=True)
        page.contents_add(document.make_stream(b"\nQ"))
        for note in page.obj.get("/Annots", []):
            _move(note, matrix)
    for name in (*BOXES, "/Rotate", "/AA"):
        if name in page.obj:
            del page.obj[name]
    page.obj.Rotate = 0
    page.obj.MediaBox = Array([0, 0, round(width, 4), round(height, 4)])
    page.obj.CropBox = page.obj.MediaBox


def _inherited(page: pikepdf.Page, name: str) -> Any:
    node: Any = page.obj
    for _ in range(MOST_DEPTH):
        if node is None or name in node:
            break
        node = node.get("/Parent")
    return None if node is None else node.get(name)


def _is_tagged(document: pikepdf.Pdf) -> bool:
    marks: Any = document.Root.get("/MarkInfo", Dictionary())
    return "/StructTreeRoot" in document.Root and bool(marks.get("/Marked", False))


def _move(note: Any, matrix: pikepdf.Matrix) -> None:
    if "/Rect" in note:
        box = matrix.transform(pikepdf.Rectangle(note.Rect))
        note.Rect = Array([round(edge, 3) for edge in (box.llx, box.lly, box.urx, box.ury)])
    if "/QuadPoints" in note:
        del note["/QuadPoints"]


def _join_tags(document: pikepdf.Pdf, behind: pikepdf.Pdf, first: int) -> None:
    """Hang the sheet's tags behind the others', its numbers of pages and annotations counted on."""
    root, added = document.Root.StructTreeRoot, document.copy_foreign(behind.Root.StructTreeRoot)
    start = _next_key(root)
    numbers = _numbers(root)
    for key, value in _pairs(added.get("/ParentTree", Dictionary())):
        numbers.extend([key + start, value])
    for page in document.pages[first:]:
        for item in (page.obj, *page.obj.get("/Annots", [])):
            for name in ("/StructParents", "/StructParent"):
                if name in item:
                    item[name] = int(item[name]) + start
    root.ParentTree = document.make_indirect(Dictionary(Nums=Array(numbers)))
    root.ParentTreeNextKey = max([int(key) for key in numbers[::2]], default=-1) + 1
    kids = _list(added.get("/K"))
    for kid in kids:
        kid.P = root
    root.K = Array([*_list(root.get("/K")), *kids])
    for name in ("/RoleMap", "/ClassMap"):
        if name in added:
            known = root.get(name, Dictionary())
            root[name] = Dictionary({**dict(added[name].items()), **dict(known.items())})


def _next_key(root: Any) -> int:
    keys = [key for key, _ in _pairs(root.get("/ParentTree", Dictionary()))]
    return max([*keys, int(root.get("/ParentTreeNextKey", 0)) - 1], default=-1) + 1


def _numbers(root: Any) -> list[Any]:
    return [item for pair in _pairs(root.get("/ParentTree", Dictionary())) for item in pair]


def _pairs(tree: Any, depth: int = 0) -> list[tuple[int, Any]]:
    nums = _list(tree.get("/Nums"))
    found = [(int(nums[at]), nums[at + 1]) for at in range(0, len(nums) - 1, 2)]
    if depth < MOST_DEPTH:
        for kid in _list(tree.get("/Kids")):
            found += _pairs(kid, depth + 1)
    return found


def _list(item: Any) -> list[Any]:
    if item is None:
        return []
    return list(item) if isinstance(item, Array) else [item]


def _claim_nothing(document: pikepdf.Pdf) -> None:
    """Take back a claim of PDF/A: what was made elsewhere was not checked."""
    if "/Metadata" not in document.Root:
        return
    try:
        with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
            for name in [name for name in told if "pdfa" in name]:
                del told[name]
    except Exception:  # noqa: BLE001 - a description that cannot be read claims nothing either
        del document.Root["/Metadata"]


def _saved(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(
        out,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
        min_version=PDF_A_3_VERSION,
        deterministic_id=True,
    )
    return out.getvalue()

"""What a PDF may not carry to become the words of an agreement: whatever acts, asks, hides, or was signed before."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf

from mou_templates.errors import Refused

ACTIONS = {
    "/JavaScript": "adopted_script",
    "/Launch": "adopted_launch",
    "/SubmitForm": "adopted_launch",
    "/ImportData": "adopted_launch",
    "/GoToE": "adopted_attachment",
    "/GoToR": "adopted_launch",
    "/Rendition": "adopted_launch",
    "/RichMediaExecute": "adopted_launch",
    "/Movie": "adopted_launch",
    "/Sound": "adopted_launch",
    "/ResetForm": "adopted_form_fields",
    "/Hide": "adopted_hidden_layer",
    "/SetOCGState": "adopted_hidden_layer",
}
CARRIED = {"/EmbeddedFile": "adopted_attachment", "/Filespec": "adopted_attachment", "/Sig": "adopted_signed"}
HARMLESS = frozenset({"/Link", "/Popup"})
"""Annotations that may stay: a link is followed only by who clicks it; a popup without its note shows nothing."""
ASKING = "/Widget"
MOST_OBJECTS = 200_000
MOST_DEPTH = 60
POINTS_A_MILLIMETRE = 72 / 25.4
LEAST_SIDE, MOST_SIDE = 100 * POINTS_A_MILLIMETRE, 1000 * POINTS_A_MILLIMETRE


def judge(data: bytes) -> str:
    """Refuse a PDF that carries what it may not; give what it claims to be ("PDF/A-3B"), "" when it claims nothing.

    Raises `Refused`: `adopted_unreadable`, `adopted_locked`, and the codes of what was found.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            if document.is_encrypted:
                raise Refused("adopted_locked")
            _judge_root(document)
            for number, page in enumerate(document.pages, start=1):
                _judge_page(page, number)
            for item in _everything(document):
                _judge_item(item)
            return _claim(document)
    except pikepdf.PasswordError:
        raise Refused("adopted_locked") from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused("adopted_unreadable") from None


def _judge_root(document: pikepdf.Pdf) -> None:
    root = document.Root
    form = root.get("/AcroForm")
    if form is not None and "/XFA" in form:
        raise Refused("adopted_xfa")
    names: Any = root.get("/Names", pikepdf.Dictionary())
    for name, code in (("/JavaScript", "adopted_script"), ("/EmbeddedFiles", "adopted_attachment")):
        if name in names:
            raise Refused(code)
    if "/Collection" in root:
        raise Refused("adopted_attachment")
    if "/Perms" in root or (form is not None and int(form.get("/SigFlags", 0)) & 1):
        raise Refused("adopted_signed")
    if "/OCProperties" in root and _hides(root.OCProperties):
        raise Refused("adopted_hidden_layer")
    if form is not None and len(form.get("/Fields", [])):
        _judge_fields(form.Fields)


def _judge_fields(fields: Any) -> None:
    if any(str(field.get("/FT", "")) == "/Sig" for field in fields):
        raise Refused("adopted_signed")
    raise Refused("adopted_form_fields")


def _hides(layers: Any) -> bool:
    default = layers.get("/D", {})
    return bool(
        len(default.get("/OFF", [])) or len(default.get("/AS", [])) or str(default.get("/BaseState", "")) == "/OFF"
    )


def _judge_page(page: pikepdf.Page, number: int) -> None:
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    sides = (abs(right - left), abs(top - bottom))
    if not all(LEAST_SIDE <= side <= MOST_SIDE for side in sides) or "/UserUnit" in page.obj:
        raise Refused("adopted_page_size", page=str(number))
    for note in page.obj.get("/Annots", []):
        kind = str(note.get("/Subtype", ""))
        if kind == ASKING:
            raise Refused("adopted_signed" if str(note.get("/FT", "")) == "/Sig" else "adopted_form_fields")
        if kind == "/FileAttachment":
            raise Refused("adopted_attachment")
        if kind not in HARMLESS:
            raise Refused("adopted_comments")


def _everything(document: pikepdf.Pdf) -> Iterator[Any]:
    """Give every dictionary of the file, those inside others too."""
    if len(document.objects) > MOST_OBJECTS:
        raise Refused("adopted_limits")
    for item in document.objects:
        yield from _inside(item, 0)
    yield from _inside(document.trailer, 0)


def _inside(item: Any, depth: int) -> Iterator[Any]:
    if depth > MOST_DEPTH:
        raise Refused("adopted_unreadable")
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        yield item
        inner: Iterable[Any] = item.values()
    else:
        inner = item if isinstance(item, pikepdf.Array) else ()
    for value in inner:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            yield from _inside(value, depth + 1)


def _judge_item(item: Any) -> None:
    if "/JS" in item:
        raise Refused("adopted_script")
    if "/RichMediaContent" in item or "/3DD" in item:
        raise Refused("adopted_launch")
    kind, action = str(item.get("/Type", "")), str(item.get("/S", ""))
    if kind in CARRIED and not (kind == "/Filespec" and "/EF" not in item):
        raise Refused(CARRIED[kind])
    if "/EF" in item:
        raise Refused("adopted_attachment")
    if action in ACTIONS and kind in ("", "/Action"):
        raise Refused(ACTIONS[action])
    if kind == "" and "/ByteRange" in item and "/Contents" in item:
        raise Refused("adopted_signed")


def _claim(document: pikepdf.Pdf) -> str:
    if "/Metadata" not in document.Root:
        return ""
    try:
        with document.open_metadata() as told:
            part, level = told.get("pdfaid:part", ""), told.get("pdfaid:conformance", "")
    except Exception:  # noqa: BLE001 - a broken description claims nothing; pikepdf lists no errors of its XML
        return ""
    return f"PDF/A-{part}{level}" if part else ""

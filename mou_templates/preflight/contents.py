"""What a form may not carry: programs, objects, links out of the house, fields that change, open changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mou_templates.preflight.findings import Finding, Place, finding
from mou_templates.preflight.form import BOX, WORD_MACRO
from mou_templates.preflight.package import TYPES
from mou_templates.preflight.styles import on
from mou_templates.reading import W

if TYPE_CHECKING:
    from lxml import etree

    from mou_templates.preflight.form import Form

MEMBERS = (
    ("macro", re.compile(r"vbaproject|vbadata|\.bas$")),
    ("activex", re.compile(r"/activex/")),
    ("embedded_object", re.compile(r"/embeddings/|oleobject")),
    ("alt_chunk", re.compile(r"afchunk")),
)
RELATIONS = {
    "vbaproject": "macro",
    "wordvbadata": "macro",
    "control": "activex",
    "activexcontrolbinary": "activex",
    "oleobject": "embedded_object",
    "package": "embedded_object",
    "afchunk": "alt_chunk",
}
ELEMENTS = {
    f"{W}object": "embedded_object",
    "{urn:schemas-microsoft-com:office:office}OLEObject": "embedded_object",
    f"{W}control": "activex",
    f"{W}altChunk": "alt_chunk",
}
CHANGES = frozenset(
    f"{W}{name}"
    for name in (
        *("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange"),
        *("trPrChange", "tcPrChange", "tblPrExChange", "cellIns", "cellDel", "cellMerge", "numberingChange"),
    )
)
ALLOWED_FIELDS = ("PAGE", "NUMPAGES")
CLOCKS = frozenset(f"{W}{unit}{size}" for unit in ("day", "month", "year") for size in ("Short", "Long"))
BOXES = (BOX, "{urn:schemas-microsoft-com:vml}textbox", "{urn:schemas-microsoft-com:vml}textpath")
FIELD_MARK, FIELD_TEXT, FIELD = f"{W}fldChar", (f"{W}instrText", f"{W}delInstrText"), f"{W}fldSimple"
AWAY = re.compile(r"^(?:[a-z][a-z0-9+.-]+:|//|\\\\)", re.IGNORECASE)
SETTINGS = "word/settings.xml"


def judge(form: Form) -> Iterator[Finding]:
    """Give what the form carries that it may not."""
    yield from _carried(form)
    for name, tree in form.trees.items():
        if name.casefold().endswith(".rels"):
            yield from _links(name, tree)
    for name, tree in form.written.items():
        yield from _live(form, name, tree)
        yield from _changed(form, name, tree)
        yield from (finding("text_box", form.place(name, box)) for box in tree.iter(*BOXES))
        yield from _pictures(form, name, tree)
    yield from _set(form.trees.get(SETTINGS))
    yield from _commented(form)


def _carried(form: Form) -> Iterator[Finding]:
    """Give each kind of foreign content once: the cure is the same for all of it."""
    told: set[str] = set()
    for code, place in _foreign(form):
        if code not in told:
            told.add(code)
            yield finding(code, place, part=place.part)


def _foreign(form: Form) -> Iterator[tuple[str, Place]]:
    for name, tree in form.written.items():
        yield from ((ELEMENTS[str(one.tag)], form.place(name, one)) for one in tree.iter(*ELEMENTS))
    for name in form.members:
        yield from ((code, Place(name)) for code, pattern in MEMBERS if pattern.search(name.casefold()))
    types = form.members[TYPES].lower()
    if WORD_MACRO in types or b"vbaproject" in types:
        yield "macro", Place(TYPES)
    for name, tree in form.trees.items():
        if name.casefold().endswith(".rels"):
            kinds = (_kind(relation).casefold() for relation in tree.iter("{*}Relationship"))
            yield from ((RELATIONS[kind], Place(name)) for kind in kinds if kind in RELATIONS)


def _links(part: str, tree: etree._Element) -> Iterator[Finding]:
    for relation in tree.iter("{*}Relationship"):
        target = str(relation.get("Target", ""))
        outside = str(relation.get("TargetMode", "")).casefold() == "external"
        if outside or AWAY.match(target):
            yield finding("outside_link", Place(part), kind=_kind(relation), target=target)


def _kind(relation: etree._Element) -> str:
    return str(relation.get("Type", "")).rpartition("/")[2]


def _pictures(form: Form, part: str, tree: etree._Element) -> Iterator[Finding]:
    """Find pictures that old drawings name by address, past the relations."""
    for shape in tree.iter("{urn:schemas-microsoft-com:vml}*"):
        for name, value in shape.attrib.items():
            if str(name).rpartition("}")[2] in ("src", "href", "althref") and AWAY.match(str(value)):
                yield finding("outside_link", form.place(part, shape), kind="image", target=str(value))


def _live(form: Form, part: str, tree: etree._Element) -> Iterator[Finding]:
    for element, instruction in _instructions(tree):
        words = instruction.split()
        if not words or words[0].upper() not in ALLOWED_FIELDS:
            name = words[0].upper() if words else "?"
            yield finding("live_field", form.place(part, element), field=name)
    for clock in tree.iter(*CLOCKS, f"{W}dataBinding"):
        yield finding("live_field", form.place(part, clock), field=str(clock.tag).rpartition("}")[2])


def _instructions(tree: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Give each field with its whole instruction, which Word splits over runs and nests."""
    open_fields: list[list[str]] = []
    for node in tree.iter(FIELD, FIELD_MARK, *FIELD_TEXT):
        if node.tag == FIELD:
            yield node, str(node.get(f"{W}instr", ""))
        elif node.tag in FIELD_TEXT:
            if open_fields:
                open_fields[-1].append(node.text or "")
            elif (node.text or "").strip():
                yield node, node.text or ""
        elif node.get(f"{W}fldCharType") == "begin":
            open_fields.append([])
        elif open_fields and node.get(f"{W}fldCharType") == "end":
            yield node, "".join(open_fields.pop())
    yield from ((tree, "".join(pieces)) for pieces in open_fields)


def _changed(form: Form, part: str, tree: etree._Element) -> Iterator[Finding]:
    for change in tree.iter(*CHANGES):
        yield finding("tracked_changes", form.place(part, change), author=str(change.get(f"{W}author", "")) or "?")


def _set(settings: etree._Element | None) -> Iterator[Finding]:
    if settings is None:
        return
    if on(settings.find(f"{W}trackRevisions")):
        yield finding("tracking_on", Place(SETTINGS))
    if settings.find(f"{W}mailMerge") is not None:
        yield finding("outside_link", Place(SETTINGS), kind="mailMerge", target="mailMerge")


def _commented(form: Form) -> Iterator[Finding]:
    for name, tree in form.trees.items():
        if name.startswith("word/comments") and (count := sum(1 for _ in tree.iter(f"{W}comment"))):
            yield finding("comments", Place(name), count=str(count))

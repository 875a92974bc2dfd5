"""The second floor: every XML part parsed without entities or network; the paragraphs in the order they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from mou_templates.preflight.findings import Finding, Place, errors, finding
from mou_templates.preflight.package import BODY, TYPES
from mou_templates.press import WRITTEN
from mou_templates.reading import BREAK, PARAGRAPH, RUN, TAB, TEXT, W

DELETED_TEXT, ROW, BOX = f"{W}delText", f"{W}tr", f"{W}txbxContent"
DELETED = frozenset({f"{W}del", f"{W}moveFrom"})
WORD_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WORD_MACRO = b"macroenabled"
MOST_XML = 10 * 2**20
"""Of all XML together: the healing of tags is far from linear, and a form of text has a hundredth of this."""


@dataclass(frozen=True, eq=False)
class Paragraph:
    """A paragraph: `text` without what was deleted, `deleted` that alone, `row` the table row it stands in."""

    place: Place
    element: etree._Element
    text: str
    deleted: str

    @property
    def row(self) -> etree._Element | None:
        """Give the nearest row of a table, or None."""
        return next(self.element.iterancestors(ROW), None)


@dataclass(frozen=True)
class Form:
    """A form taken apart: its members and the trees of those that are XML."""

    members: Mapping[str, bytes]
    trees: Mapping[str, etree._Element]

    @cached_property
    def written(self) -> Mapping[str, etree._Element]:
        """Give the parts that hold text of the paper: body, headers, footers, notes."""
        return {name: tree for name, tree in self.trees.items() if name.startswith(WRITTEN)}

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Give all paragraphs, part by part."""
        return tuple(one for name, tree in self.written.items() for one in _paragraphs(name, tree))

    @cached_property
    def _by_element(self) -> Mapping[etree._Element, Paragraph]:
        return {one.element: one for one in self.paragraphs}

    def place(self, part: str, element: etree._Element) -> Place:
        """Say where an element stands: its paragraph, or the first one inside it, or the part alone."""
        if element.tag != PARAGRAPH:
            inside = next(element.iter(PARAGRAPH), element)
            element = next(element.iterancestors(PARAGRAPH), inside)
        found = self._by_element.get(element)
        return found.place if found else Place(part)


def parsed(members: Mapping[str, bytes]) -> tuple[Form, tuple[Finding, ...]]:
    """Parse every XML part, or say which are not fit to be. Raises nothing."""
    texts = {name: data for name, data in members.items() if _is_xml(name, data)}
    found = tuple(_unsafe(texts))
    trees: dict[str, etree._Element] = {}
    if not found:
        found = tuple(_grown(texts, trees))
    if not errors(found):
        found = tuple(_not_word(members[TYPES].lower(), trees[BODY]))
    return Form(members, trees), found


def _is_xml(name: str, data: bytes) -> bool:
    return name.casefold().endswith((".xml", ".rels")) or data.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t\0").startswith(b"<")


def _unsafe(texts: Mapping[str, bytes]) -> Iterator[Finding]:
    size = sum(len(data) for data in texts.values())
    if size > MOST_XML:
        yield finding("too_large", size=f"{size / 2**20:.1f}", most=str(MOST_XML // 2**20))
    for name, data in texts.items():
        plain = data.replace(b"\0", b"")  # as UTF-16 hides it
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            yield finding("doctype", Place(name), part=name)


def _grown(texts: Mapping[str, bytes], trees: dict[str, etree._Element]) -> Iterator[Finding]:
    for name, data in texts.items():
        try:
            data.decode("utf-8")  # the press knows no other writing, and Word writes no other
            tree = etree.fromstring(data, _parser())
        except (etree.XMLSyntaxError, ValueError, LookupError):
            yield finding("unreadable", Place(name), part=name)
            continue
        if tree.getroottree().docinfo.internalDTD is not None:
            yield finding("doctype", Place(name), part=name)
        elif tree.getroottree().docinfo.encoding not in ("UTF-8", "utf-8", "ASCII", "US-ASCII", "us-ascii", None):
            yield finding("unreadable", Place(name), part=name)
        trees[name] = tree


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _not_word(types: bytes, body: etree._Element) -> Iterator[Finding]:
    """Refuse templates (.dotx), strict Open XML and other papers; a form with macros is told so on the next floor."""
    known = WORD_MAIN in types or WORD_MACRO in types
    if not known or body.tag != f"{W}document" or not len(body) or body.find(f"{W}body") is None:
        yield finding("not_word")


def _paragraphs(part: str, tree: etree._Element) -> Iterator[Paragraph]:
    for number, element in enumerate(tree.iter(PARAGRAPH), start=1):
        text, deleted = _text(element)
        place = Place(part, number if part == BODY else None, " ".join(text.split())[:200])
        yield Paragraph(place, element, text, deleted)


def _text(paragraph: etree._Element) -> tuple[str, str]:
    kept: list[str] = []
    deleted: list[str] = []
    for node in paragraph.iter(TEXT, DELETED_TEXT, BREAK, TAB):
        above = list(_above(node, paragraph))
        if PARAGRAPH in above:  # a text box: its own paragraphs say it
            continue
        gone = node.tag == DELETED_TEXT or not DELETED.isdisjoint(above)
        if node.tag in (BREAK, TAB):
            kept.append(("\n" if node.tag == BREAK else "\t") if above[:1] == [RUN] and not gone else "")
        else:
            (deleted if gone else kept).append(node.text or "")
    return "".join(kept), "".join(deleted)


def _above(node: etree._Element, top: etree._Element) -> Iterator[str]:
    for parent in node.iterancestors():
        if parent is top:
            return
        yield str(parent.tag)

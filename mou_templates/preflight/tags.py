"""The tags of a form, paragraph by paragraph, and the half tags that nobody would ever fill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from mou_templates.preflight.findings import Finding, Place, finding
from mou_templates.preflight.form import DELETED_TEXT
from mou_templates.press import PROPERTIES
from mou_templates.reading import TEXT

if TYPE_CHECKING:
    from mou_templates.preflight.form import Form, Paragraph

OPENER = re.compile(r"\{[{%#]")
CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
WHOLE = re.compile(r"\{[{%#]|[%}#]\}")
PREFIX = re.compile(r"(tr|tc|p|r)[ ]")
"""docxtpl's: the row, cell, paragraph or run around the tag goes with it."""
STRAIGHT = str.maketrans("“”‘’", "\"\"''")
"""Word sets quotes round; docxtpl sets them straight again."""
LOOSE = re.compile(r"[{}\uff5b\uff5d«»]|<<\s*[\w.]+\s*>>")
"""A single brace, one of full width, a mark of mail merge."""
UNSEEN = re.compile("[\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
DASH = re.compile(r"^\s*[‐-―−]|[‐-―−]\s*$")  # noqa: RUF001 - dashes Word puts in place of a hyphen
BRACE_BY_NUMBER = re.compile(rb"&#(?:x0*7[bd]|0*12[35]);", re.IGNORECASE)
PLAIN = ("title", "subject")


@dataclass(frozen=True, eq=False)
class Tag:
    """A tag: `sign` is its opener, `prefix` p, tr, tc, r or "", `inner` what it says with straight quotes."""

    place: Place
    paragraph: Paragraph | None
    source: str
    sign: str
    prefix: str
    inner: str

    @property
    def word(self) -> str:
        """Give the command of a `{% … %}` tag."""
        return self.inner.split(maxsplit=1)[0] if self.sign == "{%" and self.inner.split() else ""


@dataclass(frozen=True, eq=False)
class Told:
    """One paragraph (or property) with its tags and the words beside them."""

    place: Place
    paragraph: Paragraph | None
    tags: tuple[Tag, ...]
    beside: str


def told(form: Form) -> tuple[Told, ...]:
    """Give every paragraph and every core property, in order, with its tags."""
    core = form.trees.get(PROPERTIES)
    properties = [] if core is None else [node for node in core.iter("*") if node.text and not len(node)]
    return (
        *(_read(one.place, one, one.text) for one in form.paragraphs),
        *(_read(Place(PROPERTIES, None, str(node.text)), None, str(node.text)) for node in properties),
    )


def judge(form: Form, read: tuple[Told, ...]) -> Iterator[Finding]:
    """Give tags that are broken, deleted, or where no tag is looked for."""
    for one in read:
        loose = LOOSE.search(one.beside)
        if loose:
            yield finding("half_tag", one.place, found=one.beside[max(0, loose.start() - 10) :][:40].strip())
        yield from (finding("half_tag", one.place, found=tag.source[:40]) for tag in one.tags if broken(tag))
    for paragraph in form.paragraphs:
        if WHOLE.search(paragraph.deleted):
            yield finding("tag_in_deleted", paragraph.place, found=paragraph.deleted[:40])
    for part in form.written:
        if numbered := BRACE_BY_NUMBER.search(form.members[part]):  # the press looks for braces before XML is read
            yield finding("half_tag", Place(part), found=numbered[0].decode())
    yield from _misplaced(form)
    yield from _in_properties(form)


def broken(tag: Tag) -> bool:
    """Say whether a tag holds what belongs in none: another brace, an unseen character, a dash at its edge."""
    inside = tag.source[2:-2]
    return bool(LOOSE.search(inside) or UNSEEN.search(inside) or DASH.search(inside))


def _read(place: Place, paragraph: Paragraph | None, text: str) -> Told:
    tags, beside, at = [], [], 0
    while opener := OPENER.search(text, at):
        end = text.find(CLOSERS[opener[0]], opener.end())
        if end < 0:
            break
        beside.append(text[at : opener.start()])
        at = end + 2
        tags.append(_tag(place, paragraph, text[opener.start() : at]))
    return Told(place, paragraph, tuple(tags), "".join((*beside, text[at:])))


def _tag(place: Place, paragraph: Paragraph | None, source: str) -> Tag:
    # What Word and docxtpl drop inside a tag: breaks and tabs.
    inner = source[2:-2].replace("\n", "").replace("\t", "").translate(STRAIGHT)
    prefix = PREFIX.match(inner)
    inner = inner[prefix.end() :] if prefix else inner.removeprefix("-").removesuffix("-")
    return Tag(place, paragraph, source, source[:2], prefix[1] if prefix else "", inner.strip())


def _misplaced(form: Form) -> Iterator[Finding]:
    """Find tags outside the text of paragraphs (names of pictures, comments in the XML): the press would run them."""
    for part, tree in form.written.items():
        for node in tree.iter():
            said = [*node.attrib.values(), node.tail or ""] if type(node.tag) is str else [node.tail or ""]
            said += [node.text or ""] if node.tag not in (TEXT, DELETED_TEXT) else []
            for text in said:
                if WHOLE.search(str(text)):
                    yield finding("language", form.place(part, node), found=str(text)[:60])


def _in_properties(form: Form) -> Iterator[Finding]:
    for part, tree in form.trees.items():
        if part.startswith("docProps/"):
            for node in tree.iter("*"):
                name = etree.QName(node).localname
                if WHOLE.search(node.text or "") and (part, name in PLAIN) != (PROPERTIES, True):
                    yield finding("properties_tag", Place(part), field=name)

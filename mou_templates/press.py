"""The press: a Word form and words become a .docx. The same words give the same bytes.

docxtpl prepares a form once (it heals tags that Word has split over runs); everything after that is
ours, because docxtpl opens, patches, compiles and zips anew for every paper.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from docxtpl import DocxTemplate
from jinja2.exceptions import SecurityError, UndefinedError
from lxml.etree import XMLSyntaxError

from mou_templates.archive import Member, kept, pack
from mou_templates.errors import Refused
from mou_templates.framing import CHOICE
from mou_templates.kinds import kind_of
from mou_templates.language import check_braces, compile_part
from mou_templates.pictures import FRAMES, PREFIX, Slot, sizes, slots, swapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Template

    from mou_templates.door import Words

WRITTEN = ("word/document.xml", "word/header", "word/footer", "word/footnotes.xml", "word/endnotes.xml")
PROPERTIES = "docProps/core.xml"
DRAWN = "A4"
LOGO, YES = "logo", "yes"
A4 = re.compile(r'w:w="(1190[0-9]|1683[0-9])" w:h="(1683[0-9]|1190[0-9])"')
"""The size of a page as Word writes it, upright or on its side, in twentieths of a point; below, those of F4."""
UPRIGHT, ON_SIDE = 'w:w="12189" w:h="18709"', 'w:w="18709" w:h="12189"'


class Press:
    """One Word form, prepared: `render(words)` gives a .docx.

    `template` is the form, `sha256` its hash (hex). Raises `Refused` (`template_*`) when the form cannot be read or
    says more than the language of forms allows.
    """

    def __init__(self, template: bytes) -> None:
        """Read, heal, check and compile the form once; parts without tags are kept as they go into the zip."""
        self.template = template
        self.sha256 = hashlib.sha256(template).hexdigest()
        self._media, self._slots = _placeholders(template)
        self._parts = {DRAWN: list(_prepared(template, DRAWN))}

    def render(self, words: Words, pictures: Mapping[str, bytes] | None = None) -> bytes:
        """Give the .docx of these words (already through the door), on the paper they choose.

        `pictures` holds exactly those the words choose: `{"logo": png}` where `choice.logo` is "yes". Raises `Refused`:
        `word_missing` (a word the form asks for), `value_refused` (not printable text), `picture_missing`,
        `picture_unknown` (not chosen, or the form has no place for it), `picture_format`, `picture_large`.
        """
        given = _chosen(words, pictures or {})
        frames = {FRAMES: sizes(self._slots, given)} if given else {}
        media = swapped(self._slots, self._media, given)
        return pack(
            Member.of(name, media[name])
            if name in media
            else part
            if isinstance(part, Member)
            else Member.of(name, _rendered(name, part, words | frames))
            for name, part in self.on(words[CHOICE]["paper"])
        )

    def sampled(self, words: Words) -> tuple[Words, dict[str, bytes]]:
        """Give words and pictures for a sample: the form's own placeholder, or no logo where it has no place."""
        if words[CHOICE].get(LOGO) != YES:
            return words, {}
        own = [self._media[slot.member] for slot in self._slots if slot.name == LOGO and slot.member in self._media]
        if own:
            return words, {LOGO: own[0]}
        return words | {CHOICE: words[CHOICE] | {LOGO: "no"}}, {}

    def on(self, paper: str) -> list[tuple[str, Member | Template]]:
        """Give the parts laid out for a paper size, by name: kept as they are, or compiled."""
        if paper not in self._parts:
            self._parts[paper] = list(_prepared(self.template, paper))
        return self._parts[paper]


@cache
def shipped(kind: str) -> Press:
    """Give the press of the kind's shipped form; raises `Refused("kind_unknown")`."""
    return of(shipped_form(kind))


@lru_cache(maxsize=32)
def of(template: bytes) -> Press:
    """Give the press of a template, prepared once; raises `Refused` (`template_*`)."""
    return Press(template)


def shipped_form(kind: str) -> bytes:
    """Give the bytes of the kind's shipped form."""
    return (files("mou_templates") / "shipped" / f"{kind_of(kind).code}.docx").read_bytes()


def _sized(part: str, paper: str) -> str:
    """Lay an A4 form on the paper asked for; a form of another size keeps the one it was drawn in."""
    return part if paper == DRAWN else A4.sub(lambda size: UPRIGHT if size[1] < size[2] else ON_SIDE, part)


def _chosen(words: Words, pictures: Mapping[str, bytes]) -> Mapping[str, bytes]:
    wanted = {LOGO} if words[CHOICE].get(LOGO) == YES else set()
    for name in sorted(wanted ^ set(pictures)):
        raise Refused("picture_missing" if name in wanted else "picture_unknown", name=name)
    return pictures


def _placeholders(template: bytes) -> tuple[dict[str, bytes], tuple[Slot, ...]]:
    """Give the media members and the placeholders of a form."""
    members, found = dict(_members(template)), list[Slot]()
    for name, data in members.items():
        if name.startswith(WRITTEN) and PREFIX.encode() in data:
            try:
                found += slots(name, data, members[_links(name)])[1]
            except (KeyError, XMLSyntaxError) as fault:
                raise Refused("template_unreadable", part=type(fault).__name__) from None
    return {slot.member: members.get(slot.member, b"") for slot in found}, tuple(found)


def _links(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def _members(template: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as form:
            return [(name, form.read(name)) for name in form.namelist()]
    except (zipfile.BadZipFile, KeyError, ValueError) as fault:
        raise Refused("template_unreadable", part=type(fault).__name__) from None


def _prepared(template: bytes, paper: str) -> Iterator[tuple[str, Member | Template]]:
    try:
        healer = DocxTemplate(io.BytesIO(template))
        healer.init_docx()
    except (zipfile.BadZipFile, KeyError, ValueError, XMLSyntaxError) as fault:
        raise Refused("template_unreadable", part=type(fault).__name__) from None
    members = dict(_members(template))
    for name, data in members.items():
        tagged = name == PROPERTIES or name.startswith(WRITTEN)
        if tagged and (b"{{" in data or b"{%" in data or b"{#" in data or b"{<" in data):
            check_braces(name, data.decode("utf-8"))
            framed = slots(name, data, members[_links(name)])[0] if PREFIX.encode() in data else data
            yield name, compile_part(name, _sized(healer.patch_xml(framed.decode("utf-8")), paper))
        else:
            yield name, kept(name, data)


def _rendered(name: str, part: Template, words: Words) -> bytes:
    try:
        return part.render(words).encode("utf-8")
    except UndefinedError as fault:
        raise Refused("word_missing", name=str(fault.message or "")[:120]) from None
    except (SecurityError, TypeError, AttributeError, ValueError) as fault:
        raise Refused("template_render", part=name, found=type(fault).__name__) from None

"""The clause library: articles as versioned, readable source, the order of each kind, and what a kind may not lack.

A clause has an id, a version, the element of an agreement it provides, the kinds it may stand in, and
paragraphs. A paragraph may carry lettered `items`, a list of the words to letter (`each`), labelled `lines`, or the
changes of an addendum (`pairs`); `when` names the choices it is for ("electronic" is a signing mode,
"membership=member" another choice), and `same` gives it the number of the one before.
"""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from lxml import etree

from mou_templates.errors import Refused
from mou_templates.kinds import KINDS, kind_of

SOURCES = (
    *("frame.toml", "common.toml", "network.toml", "bilateral.toml", "hub.toml", "supply.toml"),
    *("addendum.toml", "accession.toml", "short.toml"),
)
ALSO: Mapping[str, Mapping[str, str]] = {"pks": {"object": "scope"}}
"""A supply agreement says its scope by its object and quantities."""

MARK, OWN, EDITED = "klausul_", "own.", "+"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SIGNS = {f"{W}br": "\n", f"{W}tab": "\t"}
BEHIND = ("Signature", "Annex", "Stamp")
"""Styles of what stands behind the last clause."""
OWN_ARTICLE = re.compile(r"\s*Pasal\s+\d+\s*(?:\n.*)?", re.DOTALL)
ARTICLE_NUMBER = re.compile(r"\bPasal \d+")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of a clause, as its source says it."""

    text: str = ""
    mark: str = ""
    items: tuple[str, ...] = ()
    each: str = ""
    item: str = "{{ row.letter }}\t{{ row.text }}"
    pairs: str = ""
    table: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    when: tuple[str, ...] = ()
    same: bool = False


@dataclass(frozen=True)
class Clause:
    """A clause; one with a heading is an article and gets a number."""

    id: str
    version: int
    element: str
    kinds: tuple[str, ...]
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Frame:
    """The order of one kind and what its text calls itself."""

    paper: str
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """What the linter found: a code, and the element or clause it is about."""

    code: str
    about: str


@cache
def library() -> Mapping[str, Clause]:
    """Read every clause, by id."""
    rows = [row for name in SOURCES for row in _source(name)["clause"]]
    return {row["id"]: _clause(row) for row in rows}


@cache
def frame(kind: str) -> Frame:
    """Give the order of `kind`; raises `Refused("kind_unknown")`."""
    row = _source("frames.toml")[kind_of(kind).code]
    return Frame(row["paper"], tuple(row["clauses"]))


def is_agreement(clause: Clause) -> bool:
    """Tell whether a clause stands in agreements, where a heading makes it an article; else it makes a section."""
    return kind_of(clause.kinds[0]).agreement


def bookmark(name: str, version: int) -> str:
    """Give the Word bookmark of a clause ("klausul_purpose_network_1"): letters, digits and underscores only."""
    return f"{MARK}{name.replace('.', '_')}_{version}"


def of_form(template: bytes) -> dict[str, str]:
    """Name the clauses of a template, ours or one that staff have edited, in their order.

    The value is the version, with "+" behind it where the words are not those we ship with that version. An article
    without our bookmark is one of the staff's own: "own.1", "own.2", … with "+".
    """
    return dict(_of_form(template))


def kind_of_form(template: bytes) -> str | None:
    """Guess the kind a template is for by the clauses in it; None when it has none of ours or cannot be read."""
    try:
        known = set(of_form(template))
    except Refused:
        return None
    shared = {kind: len(known & set(frame(kind).clauses)) for kind in KINDS}
    best = max(shared, key=lambda kind: shared[kind])
    return best if shared[best] else None


@lru_cache(maxsize=64)
def _of_form(template: bytes) -> tuple[tuple[str, str], ...]:
    ids = {name.replace(".", "_"): name for name in library()}
    found = []
    for mark, words in _marked(template):
        name, _, version = mark.removeprefix(MARK).rpartition("_")
        edited = "" if words in _shipped().get(mark, ()) else EDITED
        found += [(mark, EDITED) if mark.startswith(OWN) else (ids.get(name, name), version + edited)]
    return tuple(found)


@cache
def _shipped() -> Mapping[str, frozenset[str]]:
    """Read the words of each clause as it stands in the shipped forms, by its bookmark."""
    found: dict[str, set[str]] = {}
    for kind in KINDS:
        for mark, words in _marked((files("mou_templates") / "shipped" / f"{kind}.docx").read_bytes()):
            found.setdefault(mark, set()).add(words)
    return {mark: frozenset(words) for mark, words in found.items()}


def _marked(template: bytes) -> Iterator[tuple[str, str]]:
    """Give each clause by its bookmark with its words; numbers of articles are left out, for they may move."""
    kept: dict[str, list[str]] = {}
    mark, own = "", 0
    for node in _body(template).iter(f"{W}bookmarkStart", f"{W}p"):
        text = _words(node) if node.tag == f"{W}p" else ""
        marks = [str(start.get(f"{W}name")) for start in node.iter(f"{W}bookmarkStart")]
        ours = next((name for name in marks if name.startswith(MARK)), "")
        if ours:
            mark = ours
        elif node.tag == f"{W}p" and OWN_ARTICLE.fullmatch(text) and kept.get(mark):
            own, mark = own + 1, f"{OWN}{own + 1}"
        elif _style(node).startswith(BEHIND):
            mark = ""
        if mark:
            kept.setdefault(mark, []).append(text)
    for name, texts in kept.items():
        yield name, ARTICLE_NUMBER.sub("Pasal", " ".join(" ".join(texts).split()))


def _body(template: bytes) -> etree._Element:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            return etree.fromstring(package.read("word/document.xml"), parser)
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as fault:
        raise Refused("template_unreadable", part=type(fault).__name__) from None


def _words(paragraph: etree._Element) -> str:
    nodes = (node for run in paragraph.iter(f"{W}r") for node in run)
    return "".join(SIGNS.get(str(node.tag)) or (node.text or "" if node.tag == f"{W}t" else "") for node in nodes)


def _style(node: etree._Element) -> str:
    style = node.find(f"{W}pPr/{W}pStyle")
    return "" if style is None else str(style.get(f"{W}val"))


def completeness(kind: str, clause_ids: Sequence[str]) -> tuple[Finding, ...]:
    """List what is wrong with a choice of clauses for `kind`; empty when it may go to review.

    Codes: `element_missing` (about the element), `clause_unknown`, `clause_of_other_kind`,
    `clause_twice` (about the clause id).
    """
    mandatory = kind_of(kind).mandatory
    known = [library()[name] for name in clause_ids if name in library()]
    present = {clause.element for clause in known} | {ALSO.get(kind, {}).get(clause.element, "") for clause in known}
    return (
        *(Finding("clause_unknown", name) for name in clause_ids if name not in library()),
        *(Finding("clause_of_other_kind", clause.id) for clause in known if kind not in clause.kinds),
        *(Finding("clause_twice", name) for name in sorted(set(clause_ids)) if list(clause_ids).count(name) > 1),
        *(Finding("element_missing", element) for element in mandatory if element not in present),
    )


def _source(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text("utf-8"))


def _clause(row: Mapping[str, Any]) -> Clause:
    return Clause(
        id=row["id"],
        version=row["version"],
        element=row["element"],
        kinds=tuple(row["kinds"]),
        heading=row.get("heading", ""),
        paragraphs=tuple(_paragraph(paragraph) for paragraph in row["paragraphs"]),
    )


def _paragraph(row: Mapping[str, Any]) -> Paragraph:
    lists = {name: tuple(row.get(name, ())) for name in ("items", "when")}
    lines = tuple((label, value) for label, value in row.get("lines", ()))
    return Paragraph(
        text=row.get("text", ""),
        mark=row.get("mark", ""),
        lines=lines,
        each=row.get("each", ""),
        item=row.get("item", Paragraph.item),
        table=row.get("table", ""),
        pairs=row.get("pairs", ""),
        same=row.get("same", False),
        **lists,
    )

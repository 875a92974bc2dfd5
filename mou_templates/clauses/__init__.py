"""The clause library: articles as versioned, readable source, the order of each kind, and what a kind may not lack.

A clause has an id, a version, the element of an agreement it provides, the kinds it may stand in, and
paragraphs. A paragraph may carry lettered `items`, a list of the words to letter (`each`), labelled `lines`, or the
changes of an addendum (`pairs`); `when` names the choices it is for ("electronic" is a signing mode,
"membership=member" another choice), and `same` gives it the number of the one before.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mou_templates.kinds import kind_of

SOURCES = (
    *("frame.toml", "common.toml", "network.toml", "bilateral.toml", "hub.toml", "supply.toml"),
    *("addendum.toml", "accession.toml", "short.toml"),
)
ALSO = {"object": "scope"}
"""A supply agreement says its scope by its object and quantities."""


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


def versions(kind: str) -> dict[str, int]:
    """Give each clause id of the kind's shipped form with its version, for the record of a document."""
    return {name: library()[name].version for name in frame(kind).clauses}


def bookmark(name: str, version: int) -> str:
    """Give the Word bookmark of a clause ("klausul_purpose_network_1"): letters, digits and underscores only."""
    return f"klausul_{name.replace('.', '_')}_{version}"


def completeness(kind: str, clause_ids: Sequence[str]) -> tuple[Finding, ...]:
    """List what is wrong with a choice of clauses for `kind`; empty when it may go to review.

    Codes: `element_missing` (about the element), `clause_unknown`, `clause_of_other_kind`,
    `clause_twice` (about the clause id).
    """
    mandatory = kind_of(kind).mandatory
    known = [library()[name] for name in clause_ids if name in library()]
    present = {clause.element for clause in known} | {ALSO.get(clause.element, "") for clause in known}
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

"""The language of each tag, and each name in it: a word of this kind or not; and words that are never printed."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from mou_templates.errors import Refused
from mou_templates.language import WORD, compile_part
from mou_templates.preflight.blocks import BEGINNINGS, BETWEEN, ENDS
from mou_templates.preflight.findings import Finding, Level, errors, finding
from mou_templates.preflight.package import BODY
from mou_templates.preflight.tags import broken
from mou_templates.preflight.vocabulary import fields_of, missable, required

if TYPE_CHECKING:
    from mou_templates.preflight.tags import Tag, Told
    from mou_templates.preflight.vocabulary import Tree

LOOP = dict.fromkeys(("index", "index0", "revindex", "revindex0", "first", "last", "length"), "1")
LIKENESS = 0.6
NAMES_SHOWN = 8
COUNTED = (BODY, "word/header")
"""Where `reading.check` looks for the words."""
OF_ROWS = ("first", "last")
NOT_THE_WORD = ("length", *OF_ROWS)

Scope = Mapping[str, tuple[Any, str]]
"""Name → the shape of its word, and its path in the vocabulary ("" when that is not known)."""


class Names:
    """Walks the tags of a form with the scopes of its loops; `printed` are the paths of the words it prints."""

    def __init__(self, kind: str) -> None:
        """Begin with the words of the kind."""
        self.kind = kind
        self.scopes: list[Scope] = [{name: (tree, name) for name, tree in fields_of(kind).items()}]
        self.printed: set[str] = set()
        self.fine: set[str] = set()
        self.parsed = cache(lambda source: WORD.parse(source).body[0])

    def judge(self, read: tuple[Told, ...]) -> Iterator[Finding]:
        """Give what the language refuses and names nobody knows; then, if all could be read, words never printed."""
        self._compile(read)
        found = [entry for one in read for tag in one.tags if not broken(tag) for entry in self._tag(tag)]
        yield from found
        if not errors(found):
            for path, example in required(self.kind).items():
                if path not in self.printed:
                    level: Level = "warning" if missable(example) else "error"
                    yield finding("word_unused", level=level, name=path)

    def _compile(self, read: tuple[Told, ...]) -> None:
        """Try all tags in one go, for that costs a third; when one is refused they are tried one by one."""
        sources = {_alone(tag) or "" for one in read for tag in one.tags if not broken(tag)}
        with contextlib.suppress(Refused):
            compile_part(BODY, "".join(sorted(sources)))
            self.fine |= sources

    def _tag(self, tag: Tag) -> Iterator[Finding]:
        source = _alone(tag)
        if tag.word == "endfor" and len(self.scopes) > 1:
            self.scopes.pop()
        if source is None:
            return
        try:
            if source not in self.fine:
                compile_part(tag.place.part, source)
            self.fine.add(source)
        except Refused as refused:
            yield finding("language", tag.place, found=refused.values.get("found", tag.source))
            self.scopes += [self.scopes[-1]] * (tag.word == "for")
            return
        yield from self._read(tag, self.parsed(source))

    def _read(self, tag: Tag, node: nodes.Node) -> Iterator[Finding]:
        scope = self.scopes[-1]
        if isinstance(node, nodes.For):
            yield from self._loop(tag, node)
        elif isinstance(node, nodes.If):
            yield from _unknown(tag, node.test, scope)
        else:
            yield from _unknown(tag, node, scope)
            if tag.place.part.startswith(COUNTED):
                self.printed |= {path for found in _printed(node) if (path := _path(found, scope))}

    def _loop(self, tag: Tag, node: nodes.For) -> Iterator[Finding]:
        outer = self.scopes[-1]
        yield from _unknown(tag, node.iter, outer)
        rows, path = _known(node.iter, outer)
        row = rows[0] if isinstance(rows, tuple) else None
        inner = {**outer, "loop": (LOOP, ""), str(getattr(node.target, "name", "")): (row, path and f"{path}[]")}
        self.scopes.append(inner)
        if node.test is not None:
            yield from _unknown(tag, node.test, inner)


def _alone(tag: Tag) -> str | None:
    """Give a source that says this tag alone, or None for those that only end or part a block rightly."""
    if tag.sign == "{#" or tag.inner in (*ENDS, "else"):
        return None
    if tag.sign == "{{":
        return f"{{{{ {tag.inner} }}}}"
    inner = tag.inner.replace("elif", "if", 1) if tag.word in BETWEEN else tag.inner
    return f"{{% {inner} %}}{{% {BEGINNINGS.get(inner.split(maxsplit=1)[0] if inner else '', 'endif')} %}}"


def _unknown(tag: Tag, node: nodes.Node, scope: Scope) -> Iterator[Finding]:
    for chain in _chains(node):
        try:
            _look(chain, scope)
        except _NotKnown as missing:
            yield finding("word_unknown", tag.place, name=missing.name, suggestion=missing.suggestion)


class _NotKnown(Exception):
    def __init__(self, name: str, near: Mapping[str, Any]) -> None:
        self.name = name
        self.suggestion = _nearest(name.rpartition(".")[2], near)


def _nearest(name: str, near: Mapping[str, Any]) -> str:
    """Give the most alike name, or those there are: the sentence always has something to offer."""
    small = {one.casefold(): one for one in near}
    alike = difflib.get_close_matches(name.casefold(), small, 1, LIKENESS)
    return small[alike[0]] if alike else " / ".join(list(near)[:NAMES_SHOWN])


def _look(node: nodes.Node, scope: Scope) -> tuple[Tree, str] | None:
    """Give shape and path of a chain of names; None where it is no chain. Raises `_NotKnown`."""
    if isinstance(node, nodes.Name):
        if node.name not in scope:
            raise _NotKnown(node.name, scope)
        return scope[node.name]
    if isinstance(node, nodes.Filter) and node.node is not None:
        shape, _ = _look(node.node, scope) or (None, "")
        return (shape[0] if isinstance(shape, tuple) and node.name in OF_ROWS else None), ""
    return _inside(node, scope) if isinstance(node, nodes.Getattr) else None


def _inside(node: nodes.Getattr, scope: Scope) -> tuple[Tree, str]:
    shape, path = _look(node.node, scope) or (None, "")
    if shape is None:
        return None, ""
    names = shape if isinstance(shape, Mapping) else {}
    if node.attr not in names:
        raise _NotKnown(_spelled(node), names)
    return names[node.attr], path and f"{path}.{node.attr}"


def _spelled(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_spelled(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "…"


def _chains(node: nodes.Node) -> Iterator[nodes.Node]:
    if isinstance(node, nodes.Name | nodes.Getattr):
        yield node
    elif isinstance(node, nodes.Filter):
        yield from _chains(node.node) if node.node is not None else ()
        yield from (chain for value in node.args for chain in _chains(value))
    else:
        yield from (chain for child in node.iter_child_nodes() for chain in _chains(child))


def _printed(node: nodes.Node) -> Iterator[nodes.Node]:
    """Give the chains whose words an output prints whole."""
    if isinstance(node, nodes.Name | nodes.Getattr):
        yield node
    elif isinstance(node, nodes.Filter):
        if node.node is not None and node.name not in NOT_THE_WORD:
            yield from _printed(node.node)
    elif not isinstance(node, nodes.Compare):
        yield from (chain for child in node.iter_child_nodes() for chain in _printed(child))


def _known(node: nodes.Node, scope: Scope) -> tuple[Tree, str]:
    try:
        return _look(node, scope) or (None, "")
    except _NotKnown:
        return None, ""


def _path(node: nodes.Node, scope: Scope) -> str:
    shape, path = _known(node, scope)
    return f"{path}[]" if isinstance(shape, tuple) and isinstance(shape[0], str) else path

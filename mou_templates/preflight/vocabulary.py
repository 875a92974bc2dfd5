"""The words a form of a kind may use, read off the words of its example: nothing is listed twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from mou_templates.door import Words
from mou_templates.examples import example_facts
from mou_templates.reading import NOT_PRINTED
from mou_templates.words import dress

Tree = Mapping[str, Any] | tuple[Any] | str | None
"""A mapping of names, a tuple of the one shape its rows have, the example's text, or None where nothing is known."""

SHORT = 3
"""Letters, row numbers and percentages: the check of the printed paper finds them in any text."""


@cache
def example_words(kind: str) -> Words:
    """Give the words of the kind's example; raises `Refused("kind_unknown")`."""
    return dress(kind, example_facts(kind))


@cache
def fields_of(kind: str) -> Mapping[str, Any]:
    """Give the tree of names a form of `kind` may use; raises `Refused("kind_unknown")`."""
    return {name: _shape(value) for name, value in example_words(kind).items()}


@cache
def required(kind: str) -> Mapping[str, str]:
    """Give each word the paper must print, with the example's text; `members[].name` is that of every row."""
    return dict(_leaves({name: tree for name, tree in fields_of(kind).items() if name not in NOT_PRINTED}, ""))


def missable(example: str) -> bool:
    """Say whether a word may stay unprinted: `reading.check` would find one so short in any paper."""
    return len(example) <= SHORT


def _shape(value: Any) -> Tree:
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in value.items()}
    return (_row([_shape(inner) for inner in value]),) if isinstance(value, list) else str(value)


def _row(shapes: list[Tree]) -> Tree:
    """Give the shape of all rows together, the longest text of each field; None for an empty list."""
    merged: dict[str, Any] = {}
    for shape in shapes:
        if not isinstance(shape, Mapping):
            return max((one for one in shapes if isinstance(one, str)), key=len, default=None)
        for name, inner in shape.items():
            known = merged.get(name)
            longer = isinstance(inner, str) and isinstance(known, str) and len(inner) > len(known)
            merged[name] = inner if name not in merged or longer else known
    return merged or None


def _leaves(tree: Tree, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(tree, Mapping):
        for name, inner in tree.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(tree, tuple):
        yield from _leaves(tree[0], f"{path}[]")
    elif tree is not None:
        yield path, tree

"""The words a form of a kind may use, read off the words of its example and variants: nothing is listed twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from mou_templates.preflight.variants import example_words, variant_words
from mou_templates.reading import NOT_PRINTED

Tree = Mapping[str, Any] | tuple[Any] | str | None
"""A mapping of names, a tuple of the one shape its rows have, the example's text, or None where nothing is known."""

SHORT = 3
"""Letters, row numbers and percentages: the check of the printed paper finds them in any text."""


@cache
def fields_of(kind: str) -> Mapping[str, Any]:
    """Give the tree of names a form of `kind` may use; raises `Refused("kind_unknown")`."""
    shape = _together([_shape(words) for words in (example_words(kind), *variant_words(kind))])
    return shape if isinstance(shape, Mapping) else {}


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
    return (_together([_shape(inner) for inner in value]),) if isinstance(value, list) else str(value)


def _together(shapes: list[Tree]) -> Tree:
    """Give one shape for all: every name, of texts the longest; None where there is nothing to go by."""
    told = [shape for shape in shapes if shape is not None]
    if named := [shape for shape in told if isinstance(shape, Mapping)]:
        names = dict.fromkeys(name for shape in named for name in shape)
        return {name: _together([shape[name] for shape in named if name in shape]) for name in names}
    if listed := [shape for shape in told if isinstance(shape, tuple)]:
        return (_together([shape[0] for shape in listed]),)
    return max((shape for shape in told if isinstance(shape, str)), key=len, default=None)


def _leaves(tree: Tree, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(tree, Mapping):
        for name, inner in tree.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(tree, tuple):
        yield from _leaves(tree[0], f"{path}[]")
    elif tree is not None:
        yield path, tree

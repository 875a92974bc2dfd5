"""The words of a kind in all its variants: each choice made otherwise, each list empty, of one row and of two.

A word that only some papers have is still a word of the kind. They are made from the kind's example and the types of
its facts, so that a new kind has its variants without a line here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

from mou_templates.door import Words
from mou_templates.errors import Refused
from mou_templates.examples import example_facts
from mou_templates.kinds import kind_of
from mou_templates.words import dress

SIZES = (0, 1, 2)
ANY = (0, 2)
MADE: Mapping[Any, Any] = {str: "contoh", int: 1, bool: True, date: date(2026, 1, 2)}


@cache
def example_words(kind: str) -> Words:
    """Give the words of the kind's example; raises `Refused("kind_unknown")`."""
    return dress(kind, example_facts(kind))


@cache
def variant_words(kind: str) -> tuple[Words, ...]:
    """Give the words of a few papers in which every choice is made every way; raises `Refused("kind_unknown")`.

    In each, all choices and lists change together; the lists stay as they are where they bind each other.
    """
    made, facts = kind_of(kind), example_facts(kind)
    values = {
        name: [*_others(hint, facts[name], made.bounds.get(name, ANY))]
        for name, hint in get_type_hints(made.facts).items()
    }
    lists = {name: value for name, value in facts.items() if isinstance(value, list)}
    found = []
    for turn in range(max(len(others) for others in values.values())):
        turned = {name: others[turn % len(others)] for name, others in values.items()}
        found += [_dressed(kind, turned) or _dressed(kind, {**turned, **lists})]
    return tuple(words for words in found if words is not None)


def _dressed(kind: str, facts: dict[str, Any]) -> Words | None:
    try:
        return dress(kind, facts)
    except Refused:
        return None


def _others(hint: Any, value: Any, bounds: tuple[int, int]) -> Iterator[Any]:
    """Give values a fact may have that may change which words there are."""
    if get_origin(hint) is list:
        rows = [*value, *(_made(get_args(hint)[0]) for _ in SIZES)]
        yield from (rows[:size] for size in SIZES if bounds[0] <= size <= bounds[1])
        return
    yield value
    if get_origin(hint) is Literal:
        yield from (choice for choice in get_args(hint) if choice != value)
    elif get_origin(hint) is UnionType:
        yield _made(hint) if value is None else None
    elif hint is bool:
        yield not value


def _made(hint: Any) -> Any:
    """Make up a value of a type, where the example has none."""
    if is_typeddict(hint):
        return {name: _made(inner) for name, inner in get_type_hints(hint).items()}
    if get_origin(hint) is list:
        return [_made(get_args(hint)[0])]
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if get_origin(hint) is UnionType:
        return _made(next(inner for inner in get_args(hint) if inner is not type(None)))
    return MADE.get(hint)

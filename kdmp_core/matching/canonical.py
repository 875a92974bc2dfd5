"""Frozen records of whole numbers, words and tuples to JSON bytes and back; one record, one sequence of bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields, is_dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import GenericAlias, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record")


def canonical(record: DataclassInstance, told: Callable[[list[tuple[str, Any]]], dict[str, Any]] = dict) -> bytes:
    """Give UTF-8 JSON with sorted keys and no white space; `told` makes an object of a record's members."""
    return json.dumps(
        asdict(record, dict_factory=told), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def revive(kind: type[Record], value: object) -> Record:
    """Give the record of a kind from what `json.loads` made of its bytes.

    Raises KeyError, TypeError or ValueError when the value is of another shape.
    """
    return cast("Record", _revive(kind, value))


def _revive(kind: Any, value: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        # a member that was added since takes its default
        given = [field for field in fields(kind) if field.name in value or field.default is MISSING]
        return kind(**{field.name: _revive(hints[field.name], value[field.name]) for field in given})
    if isinstance(kind, UnionType):
        inner = next(choice for choice in get_args(kind) if choice is not type(None))
        return None if value is None else _revive(inner, value)
    if isinstance(kind, GenericAlias) and get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return tuple(_revive(inner, item) for item in value)
    if isinstance(kind, GenericAlias):  # a frozenset of pairs, written as the text of its list
        return frozenset(tuple(item) for item in json.loads(value))
    if kind is date:
        return date.fromisoformat(value)
    return kind(value) if issubclass(kind, StrEnum | Fraction) else value

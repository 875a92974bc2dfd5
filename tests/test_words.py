"""The catalogue holds: every sentence that code asks for exists, can be filled, and says the same in both languages."""

from __future__ import annotations

import ast
import inspect
from string import Formatter

import pytest

from kdmp_core import errors
from kdmp_core.texts import catalogue
from tests.source import Call, calls
from webhooks.problems import STATUS

ROOMS = ("kdmp_core", "webhooks", "workflows")
TEXT = "kdmp_core.texts.text"
PROBLEM = "kdmp_core.errors.Problem"
REFUSALS = {
    f"kdmp_core.errors.{name}": kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, errors.KdmpError)
}
ID, EN = catalogue("id"), catalogue("en")


def test_every_sentence_that_code_names_exists() -> None:
    missing = []
    for call, key, whole in _asked():
        held = key in ID if whole else any(known.startswith(key) for known in ID)
        if not held:
            missing.append(f"{call.place}: {key}")
    assert not missing, "\n".join(missing)


def test_every_sentence_that_code_names_gets_its_values() -> None:
    starved = []
    for call, key, whole in _asked():
        given = _values(call)
        if whole and key in ID and given is not None and (lacking := _places(ID[key]) - given):
            starved.append(f"{call.place}: {key} lacks {', '.join(sorted(lacking))}")
    assert not starved, "\n".join(starved)


def test_every_error_is_worded_in_both_languages() -> None:
    assert {key for key in ID if key.startswith("errors.")} == {key for key in EN if key.startswith("errors.")}


def test_no_sentence_is_english_only() -> None:
    assert not EN.keys() - ID.keys() - {key for key in EN if key.startswith("status.")}


@pytest.mark.parametrize("key", sorted(ID.keys() & EN.keys()))
def test_both_languages_are_filled_with_the_same_values(key: str) -> None:
    assert _places(ID[key]) == _places(EN[key])


@pytest.mark.parametrize("kind", sorted(REFUSALS.values(), key=lambda kind: kind.__name__))
def test_every_class_of_error_has_its_number_at_the_door(kind: type[errors.KdmpError]) -> None:
    assert 400 <= STATUS[kind] < 600


def _asked() -> list[tuple[Call, str, bool]]:
    found = []
    for call in calls(*ROOMS):
        if call.key and call.name in {TEXT, PROBLEM, *REFUSALS}:
            key, whole = call.key
            found.append((call, key if call.name == TEXT else f"errors.{key}", whole))
    return found


def _values(call: Call) -> set[str] | None:
    """Give the names of the values a call fills its sentence with; None when the source does not tell."""
    if call.name != PROBLEM:
        return call.given
    handed = [word.value for word in call.node.keywords if word.arg == "values"] + call.node.args[2:3]
    if not handed:
        return set()
    mapping = handed[0]
    if isinstance(mapping, ast.Dict) and all(isinstance(name, ast.Constant) for name in mapping.keys):
        return {str(name.value) for name in mapping.keys if isinstance(name, ast.Constant)}
    return None


def _places(sentence: str) -> set[str]:
    return {name.partition(".")[0] for _, name, _, _ in Formatter().parse(sentence) if name is not None}

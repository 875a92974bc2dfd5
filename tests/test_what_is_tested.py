"""The list of what is tested names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache

from tests.source import ROOT

PAGE = ROOT / "docs" / "reference" / "what-is-tested.md"


@cache
def names_in(file: str) -> set[str]:
    """Give the names of the tests of a file."""
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_test_the_list_names_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE.read_text("utf-8"))
    assert len(named) > 100
    assert not [f"{file}::{name}" for file, name in named if name not in names_in(file)]

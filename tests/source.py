"""Reads our own source for the house tests: which files there are, and which calls they make by their full names."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("kdmp_core", "mou_templates", "webhooks", "workflows")


@cache
def tracked() -> tuple[Path, ...]:
    """Give every file that git keeps or would keep: tracked, or new and not ignored; paths from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    names = sorted(set(listed.stdout.decode().split("\0")) - {""})
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


def modules(*tops: str) -> list[Path]:
    """Give the Python files under the given top folders, paths from the root."""
    return [path for path in tracked() if path.suffix == ".py" and path.parts[0] in tops]


def text_of(path: Path) -> str | None:
    """Give a tracked file as text; None when it is none."""
    try:
        return (ROOT / path).read_text("utf-8")
    except UnicodeDecodeError:
        return None


def imported(path: Path) -> set[str]:
    """Give the top names of everything a file imports."""
    found: set[str] = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@dataclass(frozen=True)
class Call:
    """One call in the source: where, the full name of what is called, and the arguments as written."""

    place: str
    name: str
    node: ast.Call

    @property
    def key(self) -> tuple[str, bool] | None:
        """The first argument: its words, and whether they are whole (an f-string gives its beginning); else None."""
        first = self.node.args[0] if self.node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value, True
        if isinstance(first, ast.JoinedStr) and first.values and isinstance(first.values[0], ast.Constant):
            return str(first.values[0].value), False
        return None

    @property
    def given(self) -> set[str] | None:
        """The names of the keyword arguments; None when some are handed on with `**`."""
        names = {word.arg for word in self.node.keywords}
        return None if None in names else {name for name in names if name}


def calls(*tops: str) -> Iterator[Call]:
    """Give every call whose full name the imports of its file tell (`kdmp_core.texts.text`)."""
    for path in modules(*tops):
        tree = _tree(path)
        names = _names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (name := _full_name(node.func, names)):
                yield Call(f"{path}:{node.lineno}", name, node)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"), str(path))


def _names(tree: ast.Module) -> dict[str, str]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.asname: alias.name for alias in node.names if alias.asname}
    return found


def _full_name(called: ast.expr, names: dict[str, str]) -> str | None:
    if isinstance(called, ast.Name):
        return names.get(called.id)
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id in names:
        return f"{names[called.value.id]}.{called.attr}"
    return None

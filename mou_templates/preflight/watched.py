"""Preflight for bytes from outside: in a process of its own, which may die of them without harm."""

from __future__ import annotations

import json
import subprocess
import sys

from mou_templates import apart
from mou_templates.kinds import kind_of
from mou_templates.preflight import fonts, package
from mou_templates.preflight.findings import Finding, errors, finding

COMMAND = (sys.executable, "-I", "-m", "mou_templates.preflight.process")
WALL_SECONDS = 20


def check(data: bytes, kind: str) -> tuple[Finding, ...]:
    """Say what is wrong with a form of `kind`, errors first; an empty tuple when nothing is.

    A form that takes more time or memory than any honest one gets the single error `limits`. Raises
    `Refused("kind_unknown")`.
    """
    kind_of(kind)
    _, found = package.opened(data)
    if errors(found):
        return found
    asked = json.dumps({"kind": kind, "families": sorted(fonts.installed())}).encode()
    try:
        told = json.loads(apart.answer(COMMAND, asked + b"\n" + data, WALL_SECONDS))
        return tuple(Finding.of_json(row) for row in told)
    except (OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError):
        return (finding("limits"),)

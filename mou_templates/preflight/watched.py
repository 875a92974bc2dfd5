"""Preflight for bytes from outside: in a process of its own, which may die of them without harm."""

from __future__ import annotations

import json
import subprocess
import sys

from mou_templates.kinds import kind_of
from mou_templates.preflight import fonts, package
from mou_templates.preflight.findings import Finding, errors, finding

COMMAND = (sys.executable, "-I", "-m", "mou_templates.preflight.process")
WALL_SECONDS = 20
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
"""Nothing of ours: keys and passwords stand in our own."""


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
        return tuple(Finding.of_json(row) for row in json.loads(_answer(asked + b"\n" + data)))
    except (OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError):
        return (finding("limits"),)


def _answer(asked: bytes) -> bytes:
    done = subprocess.run(
        COMMAND, input=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        timeout=WALL_SECONDS, check=True, env=ENVIRONMENT,
    )  # fmt: skip
    return done.stdout

"""Inspection of bytes from outside: in a process of its own, which may die of them without harm."""

from __future__ import annotations

import json
import subprocess
import sys

from mou_templates import apart
from mou_templates.adopting.finding import Adopted
from mou_templates.adopting.inspection import LARGEST
from mou_templates.errors import Refused
from mou_templates.kinds import kind_of
from mou_templates.preflight import fonts

COMMAND = (sys.executable, "-I", "-m", "mou_templates.adopting.process")
WALL_SECONDS = 60


def check(data: bytes, kind: str) -> Adopted:
    """Say what a Word file or PDF is, or refuse it as `inspect` does; `adopted_limits` for what takes too much.

    Raises `Refused`.
    """
    kind_of(kind)
    if len(data) > LARGEST:
        raise Refused("adopted_large", size=f"{len(data) / 2**20:.1f}", most=str(LARGEST // 2**20))
    asked = json.dumps({"kind": kind, "families": sorted(fonts.installed())}).encode()
    try:
        told = json.loads(apart.answer(COMMAND, asked + b"\n" + data, WALL_SECONDS))
        if "refused" not in told:
            return Adopted.of_json(told)
        code, values = str(told["refused"]), {str(name): str(value) for name, value in told["values"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, subprocess.SubprocessError):
        raise Refused("adopted_limits") from None
    raise Refused(code, **values)

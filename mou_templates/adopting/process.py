"""Inspection's own process, `python -I -m mou_templates.adopting.process`: a line that says what, then the bytes.

It binds itself before it reads a byte: a file from outside may be made to eat the machine.
"""

from __future__ import annotations

import json
import resource
import sys

CPU_SECONDS = 30
MEMORY_BYTES = 1_200 * 10**6
FILE_BYTES = 0
"""It writes no file at all; a pipe is none."""


def main() -> None:
    """Read kind, fonts and bytes from the standard input; write what was found, or the refusal, as JSON."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    from mou_templates.adopting.inspection import inspect  # noqa: PLC0415 - bound first, then the libraries
    from mou_templates.errors import Refused  # noqa: PLC0415 - likewise

    asked = json.loads(sys.stdin.buffer.readline())
    try:
        answer = inspect(sys.stdin.buffer.read(), asked["kind"], families=frozenset(asked["families"])).as_json()
    except Refused as refusal:
        answer = {"refused": refusal.code, "values": refusal.values}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()

"""Preflight's own process, `python -I -m mou_templates.preflight.process`: a line that says what, then the form.

It binds itself before it reads a byte: a form from outside may be made to eat the machine.
"""

from __future__ import annotations

import gc
import json
import resource
import sys

CPU_SECONDS = 10
MEMORY_BYTES = 600 * 10**6
FILE_BYTES = 0
"""It writes no file at all; a pipe is none."""


def confine() -> None:
    """Bind this process: processor, memory, files. Never taken back."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    """Read kind, fonts and form from the standard input; write the findings as JSON."""
    confine()
    gc.disable()  # a short life in bounded memory
    from mou_templates.preflight.inspection import inspect  # noqa: PLC0415 - bound first, then the libraries

    asked = json.loads(sys.stdin.buffer.readline())
    found = inspect(sys.stdin.buffer.read(), asked["kind"], families=frozenset(asked["families"]))
    json.dump([entry.as_json() for entry in found], sys.stdout)


if __name__ == "__main__":
    main()

"""Preflight's own process, `python -I -m mou_templates.preflight.process`: a line that says what, then the form.

It binds itself before it reads a byte: a form from outside may be made to eat the machine.
"""

from __future__ import annotations

import gc
import json
import sys

from mou_templates import apart

CPU_SECONDS = 10
MEMORY_BYTES = 600 * 10**6


def main() -> None:
    """Read kind, fonts and form from the standard input; write the findings as JSON."""
    apart.confine(cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES)
    gc.disable()  # a short life in bounded memory
    from mou_templates.preflight.inspection import inspect  # noqa: PLC0415 - bound first, then the libraries

    asked = json.loads(sys.stdin.buffer.readline())
    found = inspect(sys.stdin.buffer.read(), asked["kind"], families=frozenset(asked["families"]))
    json.dump([entry.as_json() for entry in found], sys.stdout)


if __name__ == "__main__":
    main()

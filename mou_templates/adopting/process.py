"""Inspection's own process, `python -I -m mou_templates.adopting.process`: a line that says what, then the bytes.

It binds itself before it reads a byte: a file from outside may be made to eat the machine.
"""

from __future__ import annotations

import json
import sys

from mou_templates import apart

CPU_SECONDS = 30
MEMORY_BYTES = 1_200 * 10**6


def main() -> None:
    """Read kind, fonts and bytes from the standard input; write what was found, or the refusal, as JSON."""
    apart.confine(cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES)
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

"""Bytes from outside are worked on in a process of its own, which may die of them without harm."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Sequence

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
"""Nothing of ours: keys and passwords stand in our own."""


def confine(*, cpu_seconds: int, memory_bytes: int) -> None:
    """Bind this process before it reads a byte: processor, memory, no file at all (a pipe is none). Never taken back.

    A file from outside may be made to eat the machine.
    """
    for what, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def answer(command: Sequence[str], asked: bytes, seconds: float) -> bytes:
    """Give what a process of its own writes when it is given these bytes.

    Raises OSError, or subprocess.SubprocessError when it fails or takes longer.
    """
    done = subprocess.run(
        command, input=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        timeout=seconds, check=True, env=ENVIRONMENT,
    )  # fmt: skip
    return done.stdout

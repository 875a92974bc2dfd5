"""Whether processes are still there; one that was killed takes a moment to leave."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE_SECONDS = 10


def lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def all_gone(processes: Iterable[int]) -> bool:
    """Wait until every process has ended; False when one stays."""
    watched, give_up = list(processes), time.monotonic() + PATIENCE_SECONDS
    while any(map(lives, watched)) and time.monotonic() < give_up:
        time.sleep(0.05)
    return not any(map(lives, watched))

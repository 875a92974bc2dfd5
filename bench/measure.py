"""How a row measures: CPU seconds of this process and of the children it has waited for, the best of several turns.

The best turn, because on a machine shared with others every disturbance only adds.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable


def cpu_now() -> float:
    """Give the CPU seconds spent so far by this process and by its children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def cpu_seconds(call: Callable[[], object], *, calls: int, turns: int = 5) -> float:
    """Give the CPU seconds of one call: `turns` times `calls` calls in a row, the best turn divided by `calls`.

    One call before the first turn warms caches. os.times counts in hundredths of a second: choose `calls` so that a
    turn takes some tenths.
    """
    call()
    best = float("inf")
    for _ in range(turns):
        gc.collect()
        before = cpu_now()
        for _ in range(calls):
            call()
        best = min(best, cpu_now() - before)
    return best / calls

"""What a calculation costs this process: CPU and the most memory it ever held."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

STATUS = Path("/proc/self/status")


class Cost:
    """A count of CPU that begins when it is made."""

    def __init__(self) -> None:
        """Begin to count."""
        self._before = time.process_time_ns()

    @property
    def milliseconds(self) -> int:
        """Give the CPU milliseconds since the beginning."""
        return (time.process_time_ns() - self._before) // 1_000_000

    def spent(self) -> dict[str, int]:
        """Give CPU milliseconds and megabytes, as they are kept with a plan."""
        return {"cpu_ms": self.milliseconds, "mb": most_mb()}


def most_mb() -> int:
    """Give the most megabytes this program held; a fork's parent does not count where the system tells."""
    if STATUS.exists():
        lines = dict(line.split(":", 1) for line in STATUS.read_text("ascii", "replace").splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) // 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1024 * 1024 if sys.platform == "darwin" else 1024)

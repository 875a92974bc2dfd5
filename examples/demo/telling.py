"""What the demo shows while it works: one line a step, the seconds of each stage, a table at the end."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Telling:
    """The course of the demo: what is said, how long each stage took, and the summary that is written down."""

    summary: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Say that a stage begins, and how long it took."""
        self.say(f"\n== {name}")
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 1)
        self.say(f"   {self.seconds[name]:.1f} detik")

    @staticmethod
    def say(line: str) -> None:
        """Say one line at once."""
        print(line, flush=True)

    def count(self, done: int, of: int, what: str) -> None:
        """Say how far long work is; on a terminal in place, else every tenth."""
        if sys.stdout.isatty():
            print(f"\r   {done}/{of} {what}", end="\n" if done == of else "", flush=True)
        elif done == of or done % max(1, of // 3) == 0:
            self.say(f"   {done}/{of} {what}")

    def write(self, path: Path) -> None:
        """Write the summary with the seconds of each stage."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**self.summary, "seconds": self.seconds}, indent=1, ensure_ascii=False) + "\n")

    def table(self, rows: list[tuple[str, str]]) -> None:
        """Say a table of two columns."""
        width = max(len(name) for name, _ in rows)
        self.say("")
        for name, value in rows:
            self.say(f"  {name:<{width}}  {value}")


def tonnes(kg: int) -> str:
    """Give tonnes as people write them."""
    whole, tenths = divmod(kg // 100, 10)
    grouped = f"{whole:,}".replace(",", ".")
    return f"{grouped},{tenths} ton" if tenths else f"{grouped} ton"


def rupiah(amount: int) -> str:
    """Give rupiah as people write them."""
    return "Rp" + f"{amount:,}".replace(",", ".")

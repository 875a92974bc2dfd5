"""Calculations in processes of their own that a worker has started and does not wait for."""

from __future__ import annotations

import subprocess


class Children:
    """The calculations that one worker has started; they are ended with it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def busy(self) -> bool:
        """Whether one is still at work."""
        return bool(self.pids)

    @property
    def pids(self) -> list[int]:
        """Give the process ids of those at work; those that have ended are let go."""
        for child in [one for one in self._running if one.poll() is not None]:
            self._let_go(child)
        return [child.pid for child in self._running]

    def start(self, words: list[str], environment: dict[str, str]) -> None:
        """Start one; it ends when this process does, for its input is then at its end."""
        child = subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self._running.append(child)

    def wait(self, seconds: float) -> None:
        """Wait until all have ended. Raises TimeoutExpired."""
        for child in list(self._running):
            child.wait(seconds)
            self._let_go(child)

    def end(self) -> None:
        """End those that are still at work; what they were asked stays owed."""
        for child in self._running:
            child.terminate()
        for child in list(self._running):
            child.wait()
            self._let_go(child)

    def _let_go(self, child: subprocess.Popen[bytes]) -> None:
        if child.stdin:
            child.stdin.close()
        self._running.remove(child)

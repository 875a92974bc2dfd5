"""Stops Python code of this thread that hostile bytes keep busy, for readers that know no time limit of their own."""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
from collections.abc import Iterator


class TooSlow(BaseException):
    """The time was over. Not an Exception, so that no reader's `except Exception` on the way swallows it."""


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Run the block for at most `seconds` of wall time; raise TooSlow inside it when they are over.

    It is raised between two bytecodes: a loop in Python is stopped, a single long call into C is waited for.
    """
    guard = _Guard()
    timer = threading.Timer(seconds, guard.fire)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        guard.disarm()


class _Guard:
    """Knows whether the block is over, so that nothing is raised in whatever the thread does next."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._over = False
        self._fired = False

    def fire(self) -> None:
        with self._lock:
            if not self._over:
                self._fired = True
                _raise_in(self._thread)

    def disarm(self) -> None:
        with self._lock:
            self._over = True
        if self._fired:
            _take_back(self._thread)


def _raise_in(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TooSlow))


def _take_back(thread: int) -> None:
    # Raised already, or still on its way: without this it would come after the block.
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), None)
    time.sleep(0)

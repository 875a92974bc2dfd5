"""Places that threads take in turn, first come, first served: a queue of the library lets a late one slip past."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Generic, TypeVar

Place = TypeVar("Place")


class Turns(Generic[Place]):
    """So many places; whoever finds none free waits behind those who waited before."""

    def __init__(self, places: Iterable[Place]) -> None:
        """Take the places, all free."""
        self._free = deque(places)
        self._waiting: deque[SimpleQueue[Place]] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[Place]:
        """Give a place for the time of the block."""
        place = self.take()
        try:
            yield place
        finally:
            self.give(place)

    def take(self) -> Place:
        """Wait for a place and keep it, until it is given back."""
        with self._lock:
            if self._free:
                return self._free.popleft()
            ticket: SimpleQueue[Place] = SimpleQueue()
            self._waiting.append(ticket)
        try:
            return ticket.get()
        except BaseException:
            self._leave(ticket)
            raise

    def give(self, place: Place) -> None:
        """Give a place to the one who has waited longest, or back."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().put(place)
            else:
                self._free.append(place)

    def _leave(self, ticket: SimpleQueue[Place]) -> None:
        """Stop waiting; a place that came at that very moment goes to the next."""
        with self._lock:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                return
        self.give(ticket.get_nowait())

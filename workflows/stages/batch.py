"""Many rows of one kind of work: chunk after chunk is claimed and done, and what fails stays on its own row.

Resumable by what it is: a chunk is leased rows of the record. Whoever dies in the middle leaves leases that run out,
and the next one claims what is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from workflows.stages import owed
from workflows.stages.owed import Item
from workflows.stages.work import Done, Tools, Work

MOST = 2_000
LONGEST_SECONDS = 30.0
"""After so long no further chunk is begun: what else is owed has its turn, and the rest is the next batch."""


class Chunk(Protocol):
    """How a chunk is done: directly, or as a task of a flow run."""

    def __call__(self, name: str, call: Callable[[], list[Done]]) -> list[Done]:
        """Give what `call` gives; `name` says which rows."""


@dataclass(frozen=True)
class Batch:
    """What is to be done at one go: up to `most` rows of one kind of work, held with `holding` while in hand."""

    work: Work
    most: int
    lease: timedelta
    holding: Callable[..., AbstractContextManager[None]]
    stopped: Callable[[], bool]
    seconds: float = LONGEST_SECONDS


@dataclass(frozen=True)
class Count:
    """How far a batch has come."""

    done: int
    stuck: int


def run(tools: Tools, batch: Batch, chunk: Chunk, tell: Callable[[Count], None]) -> Count:
    """Do a batch and give what came of it; `tell` hears of it after each chunk."""
    count, give_up = Count(0, 0), time.monotonic() + batch.seconds
    while count.done < batch.most and not batch.stopped():
        items = owed.take_many(tools, batch.work, min(batch.work.chunk, batch.most - count.done), batch.lease)
        if not items:
            break
        with batch.holding(*items):
            done = chunk(_name(batch.work, items), lambda held=items: _chunk(tools, held, batch.stopped))  # type: ignore[misc]
        count = Count(count.done + len(done), count.stuck + sum(one.stuck is not None for one in done))
        tell(count)
        if time.monotonic() >= give_up:
            break
    return count


def _chunk(tools: Tools, items: Sequence[Item], stopped: Callable[[], bool]) -> list[Done]:
    """Do the rows one after the other; told to stop, the rest is given back at once."""
    done: list[Done] = []
    for place, item in enumerate(items):
        if stopped():
            owed.give_back(tools, items[place:])
            break
        done.append(owed.attempt(tools, item))
    return done


def _name(work: Work, items: Sequence[Item]) -> str:
    return f"{work.name}: {items[0].number}..{items[-1].number}"

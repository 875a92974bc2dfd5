"""What a stage works with and gives back, and one kind of owed work as the worker sees it.

A stage is a plain function `do(tools, item) -> Done`: it opens its own transactions, calls what is outside through
`tools.outside` and never raises for work that is merely not owed any more. It knows nothing of Prefect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from kdmp_core.audit import By
from kdmp_core.files import Files
from kdmp_core.lifecycle import Actor
from kdmp_core.records import Agreement
from kdmp_core.settings import Settings
from kdmp_core.store import Store, open_store
from mou_templates import keys, pressroom
from mou_templates.office import Office
from workflows.stages.children import Children

_Answer = TypeVar("_Answer")


class Outside(Protocol):
    """How a stage calls what stands outside our process: directly, or as a task of a flow run."""

    def __call__(self, name: str, call: Callable[[], _Answer]) -> _Answer:
        """Give what `call` gives; `name` (libreoffice, seal, gateway, a provider) is what people read of it."""


def directly(name: str, call: Callable[[], _Answer]) -> _Answer:
    """Call what is outside without anybody in between."""
    del name
    return call()


@dataclass(frozen=True)
class Tools:
    """The parts of the house a stage may reach. `now` is the clock of this door; `worker` is who holds the leases.

    `office` and `seal` start and load when first asked. `flow_run_id` is Prefect's name of the run this happens in;
    `children` are calculations that go on beside.
    """

    store: Store
    files: Files
    settings: Settings
    now: Callable[[], datetime]
    worker: str
    office: Callable[[], Office]
    seal: Callable[[], keys.SealKey]
    press: ModuleType = pressroom
    outside: Outside = directly
    flow_run_id: str | None = None
    children: Children = field(default_factory=Children)

    def by(self, actor: Actor) -> By:
        """Give the machine as the one who acts, with the flow run it acts in."""
        return By(actor, flow_run_id=self.flow_run_id)


@dataclass(frozen=True)
class Done:
    """What a stage did: the move or act by its name (None: it only looked), and when somebody must look again.

    `stuck` is the catalogue key of what went wrong, when something did.
    """

    did: str | None
    due_at: datetime | None = None
    stuck: str | None = None


NOTHING = Done(None)
CHUNK = 250
SLOW_CHUNK = 25
"""Rows a batch claims at a time; the second where something outside takes its time over each."""


@dataclass(frozen=True)
class Work:
    """One kind of owed work: the table (with the columns of `records.Owed`), which rows, and the stage that does it.

    `number` gives what people call a row: the agreement's code, or the message's number; it names and tags the run.
    `chunk` is how many rows a batch claims at a time: fewer where each takes long outside, so that several workers
    share them and a dead one holds few back.
    """

    name: str
    table: Any
    where: ColumnElement[bool]
    do: Callable[[Tools, int], Done]
    number: Callable[[Session, int], str]
    chunk: int = CHUNK


def agreement_code(session: Session, agreement_id: int) -> str:
    """Give the code of an agreement ("K-2026-000123")."""
    return session.get_one(Agreement, agreement_id).code


@contextmanager
def tools(settings: Settings, now: Callable[[], datetime], worker: str) -> Iterator[Tools]:
    """Open the parts for the time of the block; at its end every LibreOffice and every connection is gone."""
    with ExitStack() as stack:
        store = open_store(settings.database)
        stack.callback(store.close)
        office = cache(lambda: stack.enter_context(Office(settings.data.absolute() / "office")))
        seal = cache(lambda: seal_of(settings))
        children = Children()
        stack.callback(children.end)
        yield Tools(store, Files(settings.documents), settings, now, worker, office, seal, children=children)


def seal_of(settings: Settings) -> keys.SealKey:
    """Load the seal: the one of KDMP_SEAL_P12, else the trial seal among the keys (made at the first start)."""
    if settings.seal_file:
        return keys.load_seal(p12=settings.seal_file, password=settings.seal_secret)
    return keys.make_trial_seal(settings.keys)

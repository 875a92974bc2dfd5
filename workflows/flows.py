"""Prefect's shells around the stages: one flow run a journey, one task a call outside. They decide nothing.

Nothing here may be needed: when Prefect's API is away the worker does the same plain functions (design.md §4).
Flow-run tags only: a tag on a task costs a slot call of 60 ms and fails under load (prefect.md §5).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from prefect import Flow, Task, tags
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import TagsContext
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from kdmp_core.errors import KdmpError, Trouble, TryLater
from kdmp_core.texts import text
from workflows.stages import owed
from workflows.stages.owed import Item
from workflows.stages.work import Done, Tools, Work

RETRY_SECONDS = [2.0, 15.0]
_Answer = TypeVar("_Answer")


class ApiAway(Exception):
    """Prefect took no new run: nothing of the item was begun."""


class Journeys:
    """The flow `journey(number, stage)` over the tools of one worker. Batches, one run a stage, come beside it."""

    def __init__(self, tools: Tools, works: Sequence[Work], lease: timedelta = owed.LEASE) -> None:
        """Take what the stages work with; asks nobody yet."""
        self._tools, self._works, self._lease = tools, works, lease
        self._item: Item | None = None
        self._done: list[Done] = []
        self._flow = Flow(
            self._journey,
            name="journey",
            flow_run_name="{number} · {stage}",
            persist_result=False,
            validate_parameters=False,
        )

    def run(self, item: Item) -> list[Done]:
        """Do an item within a flow run of its own and give what was done.

        Raises ApiAway when no run could be begun. Trouble of Prefect after that (a server that died) is swallowed:
        what was done stands in the record, what was not is still owed.
        """
        self._item, self._done = item, []
        try:
            with tags(item.number, f"stage:{item.work.name}"):
                self._flow(item.number, item.work.name, return_state=True)
        except Exception as trouble:  # noqa: BLE001  (Prefect's troubles have no common root, and none may stop us)
            if not self._begun():
                raise ApiAway(type(trouble).__name__) from None
            owed.log.warning("%s · %s: Prefect lost the run (%s)", item.number, item.work.name, type(trouble).__name__)
        return self._done

    def _begun(self) -> bool:
        return self._item is None

    def _journey(self, number: str, stage: str) -> State[Any]:
        """Carry one agreement, message or callback as far as the system can."""
        item, self._item = self._item, None
        if item is None:
            return Failed(message=f"{number} · {stage}")
        inside = replace(self._tools, outside=_as_task, flow_run_id=flow_run.id)
        with TagsContext(current_tags=set()):
            self._done = owed.journey(inside, self._works, item, self._lease)
        return _shown(self._done)


def _as_task(name: str, call: Callable[[], _Answer]) -> _Answer:
    """Call what is outside as a task, twice again for trouble that passes. Prefect sees no message of an error."""
    hidden: list[BaseException] = []

    def called() -> _Answer:
        try:
            return call()
        except KdmpError:
            raise
        except Exception as trouble:  # noqa: BLE001  (whatever it is, its words may hold what Prefect must not keep)
            hidden.append(trouble)
            raise Trouble("work.unexpected") from None

    shell: Task[[], _Answer] = Task(
        called,
        name=name,
        retries=len(RETRY_SECONDS),
        retry_delay_seconds=RETRY_SECONDS,
        retry_condition_fn=_passes,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    try:
        return shell()
    except Trouble:
        if hidden:
            raise hidden[-1] from None
        raise


def _passes(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Say whether to try again within the run: not when the part outside named its own time, which the record keeps."""
    del task, run
    return isinstance(state.data, TryLater) and state.data.retry_after is None


def _shown(done: Sequence[Done]) -> State[Any]:
    """Word the end of a run for who looks at Prefect's page: the moves made, or what holds the work up."""
    stuck = next((one.stuck for one in done if one.stuck), None)
    moves = ", ".join(one.did for one in done if one.did) or "–"
    return Failed(message=text(stuck)) if stuck else Completed(message=moves)

"""Prefect's shells around the stages. They decide nothing.

A journey is one flow run with a task for each call outside; a batch is one flow run with a task for each chunk.

Nothing here may be needed: when Prefect's API is away the worker does the same plain functions (design.md §4).
Flow-run tags only: a tag on a task costs a slot call of 60 ms and fails under load (prefect.md §5).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from prefect import Flow, Task, tags
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import TagsContext
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from kdmp_core.errors import KdmpError, Trouble, TryLater
from kdmp_core.texts import text
from workflows.area_child import Seen
from workflows.stages import batch, owed
from workflows.stages.batch import Batch, Count
from workflows.stages.owed import Item
from workflows.stages.work import Done, Tools, Work

RETRY_SECONDS = [2.0, 15.0]
_Answer = TypeVar("_Answer")


class ApiAway(Exception):
    """Prefect took no new run: nothing of the item was begun."""


class Flows:
    """The flows `journey(number, stage)` and `batch(stage, n)` over the tools of one worker."""

    def __init__(self, tools: Tools, works: Sequence[Work], lease: timedelta = owed.LEASE) -> None:
        """Take what the stages work with; asks nobody yet."""
        self._tools, self._works, self._lease = tools, works, lease
        self._body: Callable[[Tools], State[Any]] | None = None
        shared: dict[str, Any] = {"persist_result": False, "validate_parameters": False}
        self._journey_flow = Flow(self._journey, name="journey", flow_run_name="{number} · {stage}", **shared)
        self._batch_flow = Flow(self._batch, name="batch", flow_run_name="{stage} · {n}", **shared)

    def journey(self, item: Item) -> list[Done]:
        """Do an item within a flow run of its own and give what was done. Raises ApiAway when none could be begun."""
        done: list[Done] = []

        def body(inside: Tools) -> State[Any]:
            done.extend(owed.journey(replace(inside, outside=_as_task), self._works, item, self._lease))
            return _shown(done)

        self._within(self._journey_flow, (item.number, item.work.name), (item.number, f"stage:{item.work.name}"), body)
        return done

    def batch(self, wanted: Batch) -> int:
        """Do many rows within one flow run, a task a chunk, and give how many. Raises ApiAway when none was begun.

        Calls outside are plain here: what fails for a row is tried again when the record says so.
        """
        stage, found = wanted.work.name, [batch.Count(0, 0)]

        def body(inside: Tools) -> State[Any]:
            bar = _Progress(f"batch-{stage}")

            def tell(count: Count) -> None:
                found[0] = count
                bar.show(100 * count.done / max(wanted.most, 1), _counted(count, wanted.most))

            tell(found[0])
            batch.run(inside, wanted, _as_chunk, tell)
            return Completed(message=_counted(found[0], wanted.most))

        self._within(self._batch_flow, (stage, wanted.most), ("batch", f"stage:{stage}"), body)
        return found[0].done

    def _within(
        self, flow: Any, parameters: tuple[Any, ...], labels: Sequence[str], body: Callable[[Tools], State[Any]]
    ) -> None:
        """Run a body in a flow run.

        Raises ApiAway when no run could be begun. Trouble of Prefect after that (a server that died) is swallowed:
        what was done stands in the record, what was not is still owed.
        """
        self._body = body
        try:
            with tags(*labels):
                flow(*parameters, return_state=True)
        except Exception as trouble:  # noqa: BLE001  (Prefect's troubles have no common root, and none may stop us)
            if not self._begun():
                self._body = None
                raise ApiAway(type(trouble).__name__) from None
            owed.log.warning("%s · %s: Prefect lost the run (%s)", *parameters, type(trouble).__name__)

    def _begun(self) -> bool:
        return self._body is None

    def _journey(self, number: str, stage: str) -> State[Any]:
        """Carry one agreement, message or callback as far as the system can."""
        return self._inside(f"{number} · {stage}")

    def _batch(self, stage: str, n: int) -> State[Any]:
        """Do what is owed of one kind, chunk after chunk."""
        return self._inside(f"{stage} · {n}")

    def _inside(self, name: str) -> State[Any]:
        body, self._body = self._body, None
        if body is None:
            return Failed(message=name)
        with TagsContext(current_tags=set()):
            return body(replace(self._tools, flow_run_id=flow_run.id))


def area_run(area: str, find: Callable[[Callable[[Seen], None], str | None], None]) -> None:
    """Find an area plan within a flow run with a progress artifact; `find` gets who is told, and the run's name.

    Raises ApiAway when no run could be begun, and whatever `find` raises.
    """
    raised: list[BaseException] = []
    begun: list[bool] = []

    def body(area: str) -> State[Any]:
        del area
        begun.append(True)
        bar = _Progress("area-plan")

        def tell(seen: Seen) -> None:
            bar.show(seen.percent, f"{seen.step} {seen.round}: {seen.value} / {seen.bound}")

        try:
            find(tell, flow_run.id)
        except Exception as trouble:  # noqa: BLE001  (kept on the row by who asked; Prefect sees no message of it)
            raised.append(trouble)
            return Failed(message=type(trouble).__name__)
        return Completed(message="kept")

    shell = Flow(body, name="area_plan", flow_run_name="{area}", persist_result=False, validate_parameters=False)
    try:
        with tags(area, "stage:area_plan"):
            shell(area, return_state=True)
    except Exception as trouble:  # noqa: BLE001  (Prefect's troubles have no common root, and none may stop us)
        if not begun:
            raise ApiAway(type(trouble).__name__) from None
        owed.log.warning("%s · area_plan: Prefect lost the run (%s)", area, type(trouble).__name__)
    if raised:
        raise raised[0]


class _Progress:
    """A bar on Prefect's page: made at its beginning, moved now and then, left alone when it fails."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._id: UUID | None = None
        self._broken = False

    def show(self, percent: float, words: str) -> None:
        if self._broken:
            return
        try:
            if self._id is None:
                made = create_progress_artifact(percent, key=self._key, description=words)
                self._id = cast("UUID", made)
            else:
                update_progress_artifact(self._id, percent, description=words)
        except Exception as trouble:  # noqa: BLE001  (a picture of the work never stops the work)
            self._broken = True
            owed.log.warning("%s: no progress shown (%s)", self._key, type(trouble).__name__)


def _counted(count: Count, of: int) -> str:
    return f"{count.done} / {of}" + (f", {count.stuck} stuck" if count.stuck else "")


def _as_chunk(name: str, call: Callable[[], list[Done]]) -> list[Done]:
    """Do a chunk as a task; nothing of a row is raised in it, and nothing is tried twice."""
    shell: Task[[], list[Done]] = Task(call, name=name, cache_policy=NO_CACHE, persist_result=False)
    return shell()


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

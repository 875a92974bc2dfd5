"""Plans of areas that are kept: found by the same question, made again from what is kept, asked of the worker.

The core is told the time and the actor; what finding a plan cost is measured by the door that found it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import store
from kdmp_core.area_plans import facts, packing, reading
from kdmp_core.area_plans.scope import Scope, find
from kdmp_core.audit import Act, By, append
from kdmp_core.errors import Conflict, InvalidInput, KdmpError, NotFound
from kdmp_core.matching.area import NATION_GAP, AreaProblem, AreaResult, Engine, match_area
from kdmp_core.matching.checks import MOST_RUPIAH
from kdmp_core.records import AreaAsk, AreaPlan, AskState

BASELINE = reading.FALLBACK.baseline
"""f where nobody names one: the reference table's, what a trader pays at the farm gate."""
EVERY = {"daily": timedelta(days=1), "weekly": timedelta(days=7), "monthly": timedelta(days=30)}
MOST_ATTEMPTS = 5
MILLI = 1000
Progress = Callable[[int, int, int], None]


@dataclass(frozen=True)
class Question:
    """A question ready to be solved: its bytes, its hash, and what was read."""

    scope: Scope
    read: reading.Reading
    gap: int
    engine: Engine
    content: bytes

    @property
    def sha256(self) -> str:
        """Give the hash of the question."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Answer:
    """A solved question: the result, its bytes and what is told of it."""

    question: Question
    result: AreaResult
    content: bytes
    facts: dict[str, Any]


@dataclass(frozen=True)
class Proof:
    """A kept plan made again from its kept question: the hash found now beside the one that is kept."""

    plan: int
    kept_sha256: str
    found_sha256: str
    inputs_whole: bool

    @property
    def same(self) -> bool:
        """Whether the question is untouched and the same bytes came out."""
        return self.inputs_whole and self.kept_sha256 == self.found_sha256


def question(session: Session, scope: Scope, baseline: int | None, engine: Engine) -> Question:
    """Read an area from the record as a question. Raises InvalidInput like `reading.read`, and for a baseline."""
    baseline = BASELINE if baseline is None else baseline
    check_baseline(baseline)
    read = reading.read(session, scope, baseline)
    gap = NATION_GAP if scope.is_wide else 0
    return Question(scope, read, gap, engine, packing.question(read.problem, scope.code, gap))


def check_baseline(baseline: int) -> None:
    """Pass a usable baseline. Raises InvalidInput."""
    if not 0 < baseline <= MOST_RUPIAH:
        raise InvalidInput("area_plans.baseline", most=MOST_RUPIAH)


def solve(asked: Question, progress: Progress | None = None) -> Answer:
    """Answer a question, with its proof and what hands would reach. Raises like `match_area`."""
    result = match_area(asked.read.problem, asked.gap, progress, asked.engine)
    told = facts.of(result, asked.scope, asked.read.notes)
    told |= {"events": asked.read.events, "entries": asked.read.entries, "rejected": asked.read.rejected,
             "parties": asked.read.parties, "gap_asked": asked.gap}  # fmt: skip
    greedy = result.greedy
    told |= {"greedy": greedy.best_margin // MILLI, "nearest": greedy.nearest // MILLI}
    return Answer(asked, result, packing.answer(result), told)


def known(session: Session, asked: Question) -> AreaPlan | None:
    """Give the plan that is kept for a question, or None."""
    where = (
        AreaPlan.area_code == asked.scope.code,
        AreaPlan.inputs_sha256 == asked.sha256,
        AreaPlan.solver == asked.engine.label,
    )
    return session.scalar(select(AreaPlan).where(*where))


def keep(session: Session, found: Answer, cost: Mapping[str, Any], by: By, now: datetime) -> AreaPlan:
    """Keep an answer as the newest plan of its area; what is kept for the same question is found again."""
    asked = found.question
    plan = known(session, asked)
    if plan is not None:
        return again_found(plan, now)
    plan = AreaPlan(
        area_code=asked.scope.code,
        inputs=packing.squeeze(asked.content),
        inputs_sha256=asked.sha256,
        result=packing.squeeze(found.content),
        result_sha256=sha256(found.content).hexdigest(),
        value_rupiah=found.result.value,
        baseline_rupiah_per_kg=found.result.baseline,
        gap_milli=found.result.gap_milli,
        greedy_rupiah=found.facts["greedy"],
        nearest_rupiah=found.facts["nearest"],
        solver=asked.engine.label,
        facts={**found.facts, "cost": dict(cost)},
        made_at=now,
        made_by_id=by.user_id,
        found_at=now,
    )
    session.add(plan)
    session.flush()
    details = {"plan": plan.id, "inputs_sha256": plan.inputs_sha256, "result_sha256": plan.result_sha256}
    append(session, Act("make_area_plan", f"area_plan:{plan.id}", details=details), by, now)
    return plan


def again_found(plan: AreaPlan, now: datetime) -> AreaPlan:
    """Note that a plan still answers the question of its area; it is the newest from now on."""
    plan.found_at = now
    return plan


def latest(session: Session, code: str) -> AreaPlan | None:
    """Give the newest plan of an area, without its bytes, or None."""
    query = select(AreaPlan).where(AreaPlan.area_code == code).order_by(AreaPlan.found_at.desc(), AreaPlan.id.desc())
    return session.scalars(query.limit(1)).first()


def newest(session: Session) -> dict[str, AreaPlan]:
    """Give the newest plan of every area that has one."""
    rows = session.scalars(select(AreaPlan).order_by(AreaPlan.found_at, AreaPlan.id))
    return {plan.area_code: plan for plan in rows}


def problem_of(plan: AreaPlan) -> tuple[AreaProblem, int]:
    """Give the kept question of a plan and its gap. Raises Conflict when its bytes are not those that were hashed."""
    content = packing.expand(plan.inputs)
    if sha256(content).hexdigest() != plan.inputs_sha256:
        raise Conflict("area_plans.changed")
    problem, _, gap = packing.asked(content)
    return problem, gap


def engine_of(plan: AreaPlan) -> Engine:
    """Give the engine a plan was found by. Raises Conflict when that version is not installed here."""
    name = plan.solver.partition(" ")[0]
    engine = Engine(name)
    if not engine.installed or engine.label != plan.solver:
        raise Conflict("area_plans.other_solver", solver=plan.solver)
    return engine


def prove(plan: AreaPlan, progress: Progress | None = None) -> Proof:
    """Make a plan again from its kept question, with the same engine and gap. Raises Conflict without that engine."""
    engine = engine_of(plan)
    content = packing.expand(plan.inputs)
    whole = sha256(content).hexdigest() == plan.inputs_sha256
    problem, _, gap = packing.asked(content)
    found = packing.answer(match_area(problem, gap, progress, engine))
    return Proof(plan.id, plan.result_sha256, sha256(found).hexdigest(), whole)


def ask(session: Session, scope: Scope, baseline: int | None, by: By, now: datetime) -> AreaAsk:
    """Owe the worker a plan of an area; one that is owed already at the same baseline is given back."""
    baseline = BASELINE if baseline is None else baseline
    check_baseline(baseline)
    there = pending(session, scope.code)
    if there is not None and there.baseline_rupiah_per_kg == baseline:
        return there
    row = AreaAsk(
        area_code=scope.code, baseline_rupiah_per_kg=baseline, state=AskState.ASKED, progress={}, refusal={},
        asked_at=now, asked_by_id=by.user_id, due_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    details = {"ask": row.id, "baseline": baseline}
    append(session, Act("ask_area_plan", f"area_ask:{row.id}", details=details), by, now)
    return row


def pending(session: Session, code: str) -> AreaAsk | None:
    """Give what is owed for an area, or None."""
    return _newest_ask(session, AreaAsk.area_code == code, AreaAsk.state == AskState.ASKED)


def last_ask(session: Session, code: str) -> AreaAsk | None:
    """Give what was asked for an area last, or None."""
    return _newest_ask(session, AreaAsk.area_code == code)


def find_ask(session: Session, ask_id: int) -> AreaAsk:
    """Give what was asked. Raises NotFound."""
    row = session.get(AreaAsk, ask_id)
    if row is None:
        raise NotFound("area_plans.no_ask")
    return row


def made(row: AreaAsk, plan: AreaPlan, now: datetime) -> None:
    """Settle what was asked by a plan."""
    row.state, row.plan_id, row.ended_at = AskState.MADE, plan.id, now
    store.settle(row, None)


def refuse(row: AreaAsk, refusal: KdmpError, now: datetime) -> None:
    """Settle what was asked by a refusal that people read."""
    values = {name: value for name, value in refusal.values.items() if isinstance(value, str | int)}
    row.state, row.ended_at, row.refusal = AskState.REFUSED, now, {"code": refusal.code, "values": values}
    store.settle(row, None)


def schedule(session: Session, every: str, by: By, now: datetime) -> AreaAsk | None:
    """Owe the nation's plan when the last one was asked for longer ago than the setting says; None when it is not time.

    Nothing is asked while the record has no event.
    """
    wait = EVERY.get(every)
    scope = find("")
    last = last_ask(session, scope.code)
    if wait is None or (last is not None and now - last.asked_at < wait) or not reading.has_events(session, scope):
        return None
    return ask(session, scope, None, by, now)


def _newest_ask(session: Session, *where: Any) -> AreaAsk | None:
    return session.scalars(select(AreaAsk).where(*where).order_by(AreaAsk.id.desc()).limit(1)).first()

"""`kdmp match`: the plan of an event, or of an area with all its events, proven and kept."""

from __future__ import annotations

import json
from typing import Any

import click
from sqlalchemy.orm import Session

from kdmp_core import area_plans, plans
from kdmp_core.area_plans import Scope, words
from kdmp_core.audit import By
from kdmp_core.errors import Conflict, InvalidInput, NotFound
from kdmp_core.lifecycle import Actor
from kdmp_core.matching.area import Engine, engine_at_hand
from kdmp_core.quantities import number_text, rupiah_text, ton_text
from kdmp_core.records import AreaPlan
from kdmp_core.settings import Settings
from kdmp_core.store import Store
from kdmp_core.texts import text
from kdmp_core.workshops import event
from workflows.command import choices, house
from workflows.command.words import say, show
from workflows.cost import Cost

BASELINE_HELP = text("command.baseline_help", baseline=rupiah_text(area_plans.BASELINE))


@click.command(help=text("command.match_help"))
@click.argument("event_id", type=int, metavar="[EVENT]", required=False)
@click.option("--area", "area", metavar="CODE", help=text("command.match_area_help"))
@click.option("--baseline", type=int, metavar="RUPIAH", help=BASELINE_HELP)
@click.option("--engine", type=click.Choice([one.value for one in Engine]), help=text("command.engine_help"))
@click.option("--again", is_flag=True, help=text("command.again_help"))
@choices.options
@click.option("--json", "as_json", is_flag=True, help=text("command.json_help"))
@click.option("--as", "login", metavar="LOGIN", help=text("command.as_help"))
def match(
    event_id: int | None,
    *,
    area: str | None,
    baseline: int | None,
    engine: str | None,
    again: bool,
    as_json: bool,
    login: str | None,
    **chosen: Any,
) -> None:
    """Match an event's mapping with some choices, or an area's, and keep the plan."""
    decided = choices.read(**chosen)
    if (event_id is None) == (area is None):
        raise click.UsageError(text("errors.area_command.one"))
    if area is None:
        for option, given in (("--baseline", baseline), ("--engine", engine), ("--again", again)):
            if given not in {None, False}:
                raise click.UsageError(text("errors.area_command.only_area", option=option))
        _event(event_id or 0, decided, as_json=as_json, login=login)
        return
    if decided != plans.NONE:
        raise click.UsageError(text("errors.area_command.only_event"))
    scope = area_plans.find(area)
    with house.record(Settings()) as store:
        if again:
            _prove(store, scope, as_json=as_json)
        else:
            _area(store, scope, baseline, _engine(engine), as_json=as_json, login=login)


def _event(event_id: int, decided: plans.Choices, *, as_json: bool, login: str | None) -> None:
    with house.record(Settings()) as store, store.write() as session:
        owner = house.coordinator_for(session, login)
        found = event.find(session, event_id)
        plan = plans.make(session, found, By(Actor.STAFF, user_id=owner.id), house.now(), decided)
        result = plans.result_of(plan)
        plan_id, facts = plan.id, {"event": event_id, "plan": plan.id, "inputs_sha256": plan.inputs_sha256}
    if as_json:
        show({**facts, "result": json.loads(result.to_json())})
        return
    say(
        "matched",
        plan=plan_id,
        flows=len(result.flows),
        value=rupiah_text(result.value),
        greedy=rupiah_text(result.best_margin),
        baseline=rupiah_text(result.baseline),
    )


def _area(
    store: Store, scope: Scope, baseline: int | None, engine: Engine, *, as_json: bool, login: str | None
) -> None:
    """Read, solve outside any transaction, keep, and tell."""
    cost = Cost()
    _progress("area_reading", area=scope.label)
    with store.read() as session:
        by = _by(session, scope, login)
        asked = area_plans.question(session, scope, baseline, engine)
        kept = area_plans.known(session, asked)
    read = asked.read
    counts = {"entries": read.entries, "parties": read.parties, "events": read.events, "rejected": read.rejected}
    _progress("area_read", **{name: number_text(number) for name, number in counts.items()})
    found = None
    if kept is None:
        found = area_plans.solve(asked, lambda *round_: _round(cost, *round_))
    else:
        _progress("area_same")
    with store.write() as session:
        if found is None and kept is not None:
            plan = area_plans.again_found(session.get_one(AreaPlan, kept.id), house.now())
        else:
            assert found is not None  # noqa: S101  (solved above where nothing was kept)
            plan = area_plans.keep(session, found, cost.spent(), by, house.now())
        session.flush()
    if as_json:
        show(as_plain(plan))
    else:
        _tell(plan, scope)


def as_plain(plan: AreaPlan) -> dict[str, Any]:
    """Give a plan as a machine reads it; the value stands with its baseline and its gap."""
    return {
        "plan": plan.id,
        "area": plan.area_code,
        "value_rupiah": plan.value_rupiah,
        "baseline_rupiah_per_kg": plan.baseline_rupiah_per_kg,
        "gap_milli": plan.gap_milli,
        "greedy_rupiah": plan.greedy_rupiah,
        "nearest_rupiah": plan.nearest_rupiah,
        "solver": plan.solver,
        "inputs_sha256": plan.inputs_sha256,
        "result_sha256": plan.result_sha256,
        "made_at": plan.made_at,
        "facts": plan.facts,
    }


def _prove(store: Store, scope: Scope, *, as_json: bool) -> None:
    """Make the newest plan of an area again from its kept inputs; status 1 when other bytes come out."""
    cost = Cost()
    with store.read() as session:
        plan = area_plans.latest(session, scope.code)
        if plan is None:
            raise NotFound("area_plans.no_plan")
        proof = area_plans.prove(plan, lambda *round_: _round(cost, *round_))
    kept, found = proof.kept_sha256, proof.found_sha256
    if as_json:
        show({"plan": proof.plan, "kept_sha256": kept, "found_sha256": found, "inputs_whole": proof.inputs_whole,
              "same": proof.same})  # fmt: skip
    else:
        say("area_proved" if proof.same else "area_not_proved", plan=proof.plan, sha256=found, kept=kept, found=found)
    if not proof.same:
        raise Conflict("area_plans.changed")


def _engine(name: str | None) -> Engine:
    engine = Engine(name) if name else engine_at_hand()
    if not engine.installed:
        raise InvalidInput("area_plans.no_engine", engine=engine.value)
    return engine


def _by(session: Session, scope: Scope, login: str | None) -> By:
    """Give who acts: the member of staff named, who must be allowed to, else the system."""
    if login is None:
        return house.OPERATOR
    user = house.user_by_login(session, login)
    area_plans.require(user, scope)
    return By(Actor.STAFF, user_id=user.id)


def _progress(key: str, **values: object) -> None:
    click.echo(text(f"command.{key}", "id", **values), err=True)


def _round(cost: Cost, number: int, value: int, bound: int) -> None:
    rupiah: dict[str, object] = {"value": rupiah_text(value // 1000), "bound": rupiah_text(bound // 1000)}
    _progress("area_progress", round=number, seconds=f"{cost.milliseconds / 1000:.1f}".replace(".", ","), **rupiah)


def _tell(plan: AreaPlan, scope: Scope) -> None:
    facts, tons = plan.facts, ("offered", "placed", "milled")
    say("area_plan", plan=plan.id, area=scope.label)
    click.echo(words.finding(plan))
    say("area_value", value=rupiah_text(plan.value_rupiah), above=words.above(plan), gap=words.proof(plan))
    say("area_hands", greedy=rupiah_text(plan.greedy_rupiah), nearest=rupiah_text(plan.nearest_rupiah))
    say(
        "area_placed",
        **{name: ton_text(facts[name]) for name in tons},
        capacity=ton_text(facts["mill_capacity"]),
        full=number_text(facts["mills_full"]),
        mills=number_text(facts["mills"]),
    )
    say("area_children")
    for row in facts["children"]:
        left = ton_text(row["offered"] - row["placed"])
        say(
            "area_child",
            area=words.child(row, plan.area_code),
            left=left,
            **{name: ton_text(row[name]) for name in tons},
        )
    _lines("area_reasons", words.told_reasons(plan))
    _lines("area_notes", words.notes(plan))
    cost = facts["cost"]
    seconds = f"{cost['cpu_ms'] / 1000:.1f}".replace(".", ",")
    say("area_cost", solver=plan.solver, cpu=seconds, mb=number_text(cost["mb"]))


def _lines(key: str, lines: list[str]) -> None:
    if lines:
        say(key)
        for line in lines:
            click.echo(f"  {line}")

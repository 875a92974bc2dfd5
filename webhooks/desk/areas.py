"""Areas: the newest plan of a regency, a province or the nation; asking for another, and how far that one is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, area_plans
from kdmp_core.area_plans import Scope, words
from kdmp_core.quantities import number_text, rupiah_text, ton_text
from kdmp_core.records import AreaAsk, AreaPlan, AskState, Event
from kdmp_core.texts import text
from webhooks.context import by_staff, reach, staff
from webhooks.desk import forms, frame
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Fact, Link, Mistake
from webhooks.problems import sentence

LEAST, MOST_EVENTS = 1, 40
MOST_RUPIAH = 1_000_000
SMALLEST = 8
"""How long the code of the smallest area is that has a page of its own: a district's."""
CHILD_DIGITS = frozenset({"offered", "placed", "milled", "mills"})


@dataclass(frozen=True)
class Child:
    """An area below another: its name, its page if it has one, what is shown of it, and why paddy is left there."""

    name: str
    href: str
    cells: list[str]
    why: str


@blueprint.get("/meja/wilayah")
def areas() -> str:
    """Show the areas a user looks after and those directly below with events, each with its newest plan."""
    with reach().store.read() as session:
        kept, asked = area_plans.newest(session), _asked(session)
        rows = [
            (scope.code, scope.label, _short(kept.get(scope.code), scope.code in asked)) for scope in _mine(session)
        ]
        return frame.page(session, "areas", "areas", rows=rows)


@blueprint.get("/meja/wilayah/<area>")
def area(area: str) -> str:
    """Show the newest plan of an area, what is asked of it, and the ways down."""
    return _page(area, [])


@blueprint.post("/meja/wilayah/<area>")
def ask_area(area: str) -> forms.Answer:
    """Owe the worker a new plan of the area."""

    def act(session: Session) -> str:
        scope = area_plans.visible(staff(), area)
        area_plans.require(staff(), scope)
        baseline = forms.whole("baseline", least=LEAST, most=MOST_RUPIAH)
        area_plans.ask(session, scope, baseline, by_staff(), reach().now())
        return url_for("desk.area", area=scope.code)

    return forms.answer(act, lambda errors: _page(area, errors))


@blueprint.get("/meja/wilayah/<area>/kemajuan")
def area_progress(area: str) -> Response:
    """Say whether something has moved since the page was made: 204 when not, else how far it is in words."""
    scope = area_plans.visible(staff(), area)
    with reach().store.read() as session:
        last = area_plans.last_ask(session, scope.code)
    if request.args.get("tanda", "") == _pulse(last):
        return Response(status=204)
    answer = make_response(_moved(last))
    answer.mimetype = "text/plain"
    return answer


def _page(code: str, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        scope = area_plans.visible(staff(), code)
        plan, last = area_plans.latest(session, scope.code), area_plans.last_ask(session, scope.code)
        baseline = plan.baseline_rupiah_per_kg if plan else area_plans.BASELINE
        return frame.page(
            session,
            "area",
            "areas",
            scope=scope,
            day=frame.day,
            plan=plan,
            finding=words.finding(plan) if plan else "",
            made=frame.moment(plan.found_at) if plan else "",
            stats=_stats(plan) if plan else [],
            children=list(_children(plan)) if plan else [],
            child_columns=frame.columns("desk.areas.column", "area offered placed milled mills why", CHILD_DIGITS),
            reasons=_reasons(plan) if plan else [],
            reason_columns=frame.columns("desk.areas.column", "what count left reason", {"count", "left"}),
            wanted=words.mills_wanted(plan) if plan else [],
            notes=words.notes(plan) if plan else [],
            facts=_facts(plan) if plan else [],
            events=_events(session, scope),
            up=[Link(area_plans.find(one).label, url_for("desk.area", area=one)) for one in _up(scope)],
            last=last,
            waiting=last is not None and last.state is AskState.ASKED,
            moved=_moved(last),
            percent=last.progress.get("percent", 0) if last else 0,
            pulse=_pulse(last),
            refused=_refused(last),
            trouble=frame.trouble(last.stuck_reason) if last and last.stuck_reason else "",
            may_ask=area_plans.may(staff(), scope, area_plans.ASKERS),
            baseline=number_text(baseline),
            errors=errors,
        )


def _mine(session: Session) -> Iterator[Scope]:
    """Give the areas of the user's grants and those directly below in which there are events."""
    regencies = set(session.scalars(select(Event.regency_code).distinct()))
    codes: dict[str, None] = {}
    for mine in access.areas_of(staff()):
        codes[mine or area_plans.NATION] = None
        if not mine:
            codes |= {f"{area_plans.ISLAND}{number}": None for number in range(1, 8)}
        digits = area_plans.find(mine).digits
        codes |= {one[:digits]: None for one in sorted(regencies) if one.startswith(mine) and len(one) >= digits}
    for code in codes:
        scope = area_plans.find(code)
        there = any(one.startswith(part) for one in regencies for part in scope.parts)
        if area_plans.may(staff(), scope, area_plans.LOOKERS) and (there or code in {"", *access.areas_of(staff())}):
            yield scope


def _asked(session: Session) -> set[str]:
    return set(session.scalars(select(AreaAsk.area_code).where(AreaAsk.state == AskState.ASKED)))


def _short(plan: AreaPlan | None, asked: bool) -> str:  # noqa: FBT001  (one of two facts of a line)
    if plan is None:
        return text("desk.areas.underway" if asked else "desk.areas.not_yet")
    value = f"{rupiah_text(plan.value_rupiah)} {words.above(plan)}"
    return f"{words.finding(plan)} {value}"


def _stats(plan: AreaPlan) -> list[Fact]:
    facts = plan.facts
    hands = text("desk.areas.nearest", nearest=rupiah_text(plan.nearest_rupiah))
    mills = f"{number_text(facts['mills_full'])} / {number_text(facts['mills'])}"
    per_t = facts["mill_worth_per_t"]
    worth = text("desk.areas.mill_worth", worth=rupiah_text(per_t)) if per_t else ""
    return [
        Fact(text("desk.plan.value"), rupiah_text(plan.value_rupiah), f"{words.above(plan)} {words.proof(plan)}"),
        Fact(text("desk.plan.greedy"), rupiah_text(plan.greedy_rupiah), f"{words.above(plan)} {hands}"),
        Fact(
            text("desk.areas.placed"),
            ton_text(facts["placed"]),
            text("desk.areas.placed_of", offered=ton_text(facts["offered"]), served=number_text(facts["served"]),
                 growers=number_text(facts["growers"])),
        ),
        Fact(text("desk.areas.mills"), mills, worth),
    ]  # fmt: skip


def _children(plan: AreaPlan) -> Iterator[Child]:
    for row in plan.facts["children"]:
        code = row["area"]
        if code == plan.area_code and not (row["offered"] or row["mills"]):
            continue
        has_page = len(code) <= SMALLEST and code != plan.area_code
        mills = f"{number_text(row['mills_full'])} / {number_text(row['mills'])}"
        cells = [*(ton_text(row[name]) for name in ("offered", "placed", "milled")), mills]
        left = sorted(row["left"].items(), key=lambda one: -one[1])
        why = "; ".join(
            text("desk.areas.left", amount=ton_text(kg), why=text(f"area_plans.why.{why}")) for why, kg in left
        )
        yield Child(words.child(row, plan.area_code), url_for("desk.area", area=code) if has_page else "", cells, why)


def _reasons(plan: AreaPlan) -> list[list[str]]:
    return [[what, number_text(count), ton_text(kg), why] for what, why, count, kg in words.reasons(plan)]


def _facts(plan: AreaPlan) -> list[Fact]:
    facts, cost = plan.facts, plan.facts["cost"]
    counts: dict[str, object] = {
        name: number_text(facts[name]) for name in ("entries", "parties", "events", "rejected")
    }
    seconds = f"{cost['cpu_ms'] / 1000:.1f}".replace(".", ",")
    return [
        Fact(text("desk.areas.fact.read"), text("desk.areas.fact.counts", "id", **counts)),
        Fact(
            text("desk.areas.fact.solver"),
            plan.solver,
            text("desk.areas.fact.cost", seconds=seconds, mb=number_text(cost["mb"])),
        ),
        Fact(text("desk.areas.fact.made"), frame.moment(plan.made_at)),
        Fact(text("desk.areas.fact.inputs"), plan.inputs_sha256[:16], text("desk.areas.fact.inputs_means")),
        Fact(text("desk.areas.fact.result"), plan.result_sha256[:16]),
    ]


def _events(session: Session, scope: Scope) -> list[Event]:
    query = select(Event).where(scope.has_events()).order_by(Event.starts_on.desc(), Event.id.desc())
    return list(session.scalars(query.limit(MOST_EVENTS)))


def _up(scope: Scope) -> list[str]:
    found = (area_plans.find(code) for code in area_plans.above(scope))
    return [one.code for one in found if area_plans.may(staff(), one, area_plans.LOOKERS)]


def _pulse(last: AreaAsk | None) -> str:
    """Give what changes when something has moved."""
    if last is None:
        return "0"
    seen = last.progress
    return f"{last.id}-{last.state.value}-{seen.get('step', '')}-{seen.get('round', 0)}-{last.attempts}"


def _moved(last: AreaAsk | None) -> str:
    """Give how far what was asked is, in words."""
    if last is None:
        return ""
    if last.state is not AskState.ASKED:
        return text(f"desk.areas.state.{last.state.value}")
    seen: dict[str, Any] = last.progress
    if seen.get("step") != "solving":
        return text("desk.areas.state.reading" if seen else "desk.areas.state.asked")
    value, bound = rupiah_text(seen["value"]), rupiah_text(seen["bound"])
    baseline = rupiah_text(last.baseline_rupiah_per_kg)
    return text("desk.areas.state.solving", round=seen["round"], value=value, bound=bound, baseline=baseline)


def _refused(last: AreaAsk | None) -> str:
    if last is None or last.state is not AskState.REFUSED:
        return ""
    return sentence(last.refusal["code"], dict(last.refusal["values"]))

"""From an event's mapping to kept plans: rows and choices → matching → result, with the hash of what went in.

The same question gives the same plan, found again; nothing is solved twice. What people choose (pins, refusals, other
quantities, lots, limits on partners, fairness) is part of the question. Agreements in force are kept by themselves.
Plans stand side by side; the event goes by the one that was made or chosen last.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import areas, matching
from kdmp_core.audit import Act, By, append
from kdmp_core.errors import InvalidInput, NotFound
from kdmp_core.lifecycle import State
from kdmp_core.matching import (
    Changes,
    Commitment,
    Commitments,
    Goods,
    Harvest,
    Lot,
    Parameters,
    Pin,
    Problem,
    Result,
    Row,
    RowKind,
    Seasons,
    Solved,
    Spread,
    Store,
    Timing,
)
from kdmp_core.matching.canonical import revive
from kdmp_core.matching.months import SEASONS, USUAL
from kdmp_core.matching.periods import Months
from kdmp_core.records import (
    VILLAGE_COOPERATIVES,
    Agreement,
    Event,
    EventParty,
    MappingEntry,
    Party,
    PartyKind,
    Plan,
)
from kdmp_core.texts import text

FIELDS = {"production": "production", "processing": "milling", "distribution": "transport", "marketing": "market"}
DIRECTIONS = {"potential": "offer", "need": "need"}
GOODS = frozenset(Goods)
FLOWING = ("mou_bilateral", "mou_hub", "pks")
"""Kinds of agreement between two parties that work together; a network's roster says nothing of flows."""
OVER = (State.WITHDRAWN, State.REJECTED, State.VOID, State.ENDED, State.TERMINATED, State.SUPERSEDED, State.DECLINED,
        State.LAPSED)  # fmt: skip
LATER = frozenset({"share_penalty", "stability_bonus"})
HELD = ("living", "former")
"""What holds a plan steady but is no part of the question."""
FREE = Parameters()
CALENDAR = "calendar"
"""The setting of an event that holds its harvest months."""
TIMES = ("periods", "stores", "store_cost", "spreads")


@dataclass(frozen=True)
class Choices:
    """What people decide before matching, by the keys of parties and rows; the defaults decide nothing.

    `periods` are the months of each; without them there are no stores, no cost of storing and no spreads.
    """

    pinned: tuple[Pin, ...] = ()
    forbidden: frozenset[tuple[str, str]] = frozenset()
    quantities: tuple[tuple[str, int], ...] = ()
    partner_limits: tuple[tuple[str, int], ...] = ()
    lots: tuple[Lot, ...] = ()
    aside: tuple[str, ...] = ()
    lot: int = FREE.lot
    soe_lot: int = FREE.soe_lot
    link_cost: int = FREE.link_cost
    partners: int = FREE.partners
    share_percent: int = FREE.share_percent
    fairness_percent: int = FREE.fairness_percent
    periods: tuple[Months, ...] = ()
    stores: tuple[Store, ...] = ()
    store_cost: int = 0
    spreads: tuple[Spread, ...] = ()

    @property
    def rules(self) -> dict[str, Any]:
        """Give the part that stands in the reference table."""
        return {one.name: getattr(self, one.name) for one in fields(self) if hasattr(FREE, one.name)}


NONE = Choices()


@dataclass(frozen=True)
class Asked:
    """A question that is not kept: its problem and its answer, and what is new against the event's plan."""

    solved: Solved
    changes: Changes | None = field(default=None)


def problem_of(session: Session, event: Event, choices: Choices = NONE) -> Problem:
    """Give the event as a question for matching: parties by their number on the sheet, rows by their key.

    Raises InvalidInput when the event has no mapping yet, and when stores are chosen without periods.
    """
    numbers = {row.party_id: row for row in _event_parties(session, event)}
    where = MappingEntry.event_id == event.id
    entries = list(session.scalars(select(MappingEntry).where(where).order_by(MappingEntry.row_number)))
    if not any(entry.status == "good" for entry in entries):
        raise InvalidInput("plans.no_mapping")
    parties = tuple(
        matching.Party(str(row.number), row.number, _kind(row.party), _point(row.party)) for row in numbers.values()
    )
    rows = tuple(
        _row(entry, str(numbers[entry.party_id].number) if entry.party_id in numbers else "") for entry in entries
    )
    keys = {row.party_id: str(row.number) for row in numbers.values()}
    commitments = Commitments(
        signed=tuple(_signed(session, event, keys)),
        forbidden=choices.forbidden,
        pinned=tuple(sorted(choices.pinned)),
        quantities=tuple(sorted(choices.quantities)),
        partners=tuple(sorted(choices.partner_limits)),
        lots=tuple(sorted(choices.lots)),
        living=_living(session, event, keys),
        aside=tuple(sorted(choices.aside)),
    )
    parameters, timing = replace(FREE, **choices.rules), _timing(event, choices)
    return Problem(parties, rows, event.baseline_rupiah_per_kg, parameters, commitments, timing)


def make(session: Session, event: Event, by: By, now: datetime, choices: Choices = NONE) -> Plan:
    """Match the event's mapping with some choices and keep the plan; the event goes by it from now on.

    The plan that is kept for the same question is given back. Where choices changed, the flows of the plan before
    are held where all else is equal.
    """
    former = latest(session, event)
    problem = problem_of(session, event, choices)
    kept = _kept(session, event, problem)
    if kept is not None:
        return choose(session, event, kept, by, now)
    problem = _after(problem, former, choices)
    inputs = _canonical(problem)
    digest = sha256(inputs.encode()).hexdigest()
    result = matching.match(problem)
    answer = result.to_json()
    plan = Plan(
        event_id=event.id,
        inputs=inputs,
        inputs_sha256=digest,
        result=answer.decode(),
        result_sha256=sha256(answer).hexdigest(),
        value_rupiah=result.value,
        baseline_rupiah_per_kg=result.baseline,
        greedy_rupiah=result.best_margin,
        solver=result.solver,
        turn=_next_turn(former),
        made_at=now,
        made_by_id=by.user_id,
    )
    session.add(plan)
    session.flush()
    details = {"event": event.id, "plan": plan.id, "inputs_sha256": digest, "result_sha256": plan.result_sha256}
    append(session, Act("make_plan", f"plan:{plan.id}", details=details), by, now)
    return plan


def ask(
    session: Session,
    event: Event,
    choices: Choices,
    added: Callable[[Problem], Sequence[matching.Addition]] = lambda _: (),
) -> Asked:
    """Answer what would be with some choices, beside the event's plan; nothing is kept.

    `added` gives what is added to the problem before it is matched.
    """
    former = latest(session, event)
    problem = _after(problem_of(session, event, choices), former, choices)
    problem = matching.extended(problem, added(problem))
    solved = Solved(problem, matching.match(problem))
    return Asked(solved, matching.compare(solved_of(former), solved) if former else None)


def standing(session: Session, event: Event) -> Solved:
    """Give the event's plan as the answer of today: the kept one while it is current, else with its choices anew."""
    kept = latest(session, event)
    problem = problem_of(session, event, choices_of(kept) if kept else NONE)
    if kept is not None and _question(_canonical(problem)) == _question(kept.inputs):
        return solved_of(kept)
    return Solved(problem, matching.match(problem))


def choose(session: Session, event: Event, plan: Plan, by: By, now: datetime) -> Plan:
    """Let the event go by a plan that is kept; undoing is choosing the former one. Raises NotFound for another's."""
    if plan.event_id != event.id:
        raise NotFound("plans.no_plan")
    present = latest(session, event)
    if present is not None and present.id != plan.id:
        plan.turn = _next_turn(present)
        session.flush()
        append(session, Act("choose_plan", f"plan:{plan.id}:{plan.turn}", details={"event": event.id, "plan": plan.id}),
               by, now)  # fmt: skip
    return plan


def plans_of(session: Session, event: Event, most: int = 12) -> list[Plan]:
    """Give the plans of an event: the one it goes by first, then the former one, and so on."""
    where = Plan.event_id == event.id
    return list(session.scalars(select(Plan).where(where).order_by(Plan.turn.desc(), Plan.id.desc()).limit(most)))


def latest(session: Session, event: Event) -> Plan | None:
    """Give the plan the event goes by, or None."""
    return next(iter(plans_of(session, event, 1)), None)


def choices_of(plan: Plan) -> Choices:
    """Give the choices a plan was made with."""
    problem = solved_of(plan).problem
    settled = problem.commitments
    rules = {name: getattr(problem.parameters, name) for name in NONE.rules}
    timing = problem.timing
    times = {name: getattr(timing, name) for name in TIMES} if timing else {}
    return Choices(
        settled.pinned, settled.forbidden, settled.quantities, settled.partners, settled.lots, settled.aside,
        **rules, **times,
    )  # fmt: skip


def seasons_of(event: Event) -> Seasons:
    """Give the seasons of an event; the usual ones, an estimate, until somebody set them."""
    kept = event.policy.get(CALENDAR)
    if not kept:
        return USUAL
    return Seasons({name: tuple(months) for name, months in kept["harvests"].items()}, kept["own"], kept["every"])


def solved_of(plan: Plan) -> Solved:
    """Give a kept plan as the question it answered, with its answer."""
    return Solved(revive(Problem, json.loads(plan.inputs)), result_of(plan))


def changes(before: Plan, after: Plan) -> Changes:
    """Give what changed from one kept plan to another."""
    return matching.compare(solved_of(before), solved_of(after))


def find(session: Session, plan_id: int) -> Plan:
    """Give a plan. Raises NotFound."""
    plan = session.get(Plan, plan_id)
    if plan is None:
        raise NotFound("plans.no_plan")
    return plan


def result_of(plan: Plan) -> Result:
    """Give a kept plan's result."""
    return Result.from_json(plan.result)


def parties_of(session: Session, event: Event) -> dict[str, Party]:
    """Give the event's parties by the key they have in a result."""
    return {str(row.number): row.party for row in _event_parties(session, event)}


def is_current(session: Session, event: Event, plan: Plan) -> bool:
    """Whether the mapping and the agreements in force are still those the plan was made of."""
    now = problem_of(session, event, choices_of(plan))
    return _question(_canonical(now)) == _question(plan.inputs)


def _kept(session: Session, event: Event, problem: Problem) -> Plan | None:
    """Find the plan that answers a question, whatever held it steady."""
    asked = _question(_canonical(problem))
    kept = session.scalars(select(Plan).where(Plan.event_id == event.id).order_by(Plan.turn.desc(), Plan.id.desc()))
    return next((plan for plan in kept if _question(plan.inputs) == asked), None)


def _question(inputs: str) -> str:
    content = json.loads(inputs)
    for name in HELD:
        content["commitments"].pop(name, None)
    return json.dumps(content, sort_keys=True)


def _next_turn(before: Plan | None) -> int:
    return before.turn + 1 if before else 1


def _after(problem: Problem, former: Plan | None, choices: Choices) -> Problem:
    """Hold the flows of the plan before where all else is equal, when it is choices that changed."""
    if former is None or choices == NONE:
        return problem
    flows = result_of(former).flows
    pairs = frozenset((flow.party, other) for flow in flows for other in (flow.mill, flow.buyer) if other)
    return replace(problem, commitments=replace(problem.commitments, former=pairs))


def _timing(event: Event, choices: Choices) -> Timing | None:
    """Give the periods chosen, with the harvest months of the event's calendar; None without periods."""
    times = {name: getattr(choices, name) for name in TIMES}
    if not choices.periods:
        if any(times.values()):
            raise InvalidInput("plans.stores_without_periods")
        return None
    seasons = seasons_of(event)
    harvests = tuple(Harvest(name, tuple(seasons.harvests.get(name, ()))) for name in SEASONS)
    return Timing(
        choices.periods, harvests, seasons.own, tuple(sorted(choices.stores)), choices.store_cost,
        tuple(sorted(choices.spreads)),
    )  # fmt: skip


def _signed(session: Session, event: Event, keys: dict[int, str]) -> Iterator[Commitment]:
    """Give what supply agreements in force promise, per goods (matching.md, rule 11)."""
    names = {text(f"commodity.{goods.value}"): goods for goods in Goods}
    where = (Agreement.event_id == event.id, Agreement.kind == "pks", Agreement.state == State.IN_FORCE)
    for agreement in session.scalars(select(Agreement).where(*where).order_by(Agreement.code)):
        supplier, buyer = (keys.get(row.party_id) for row in (agreement.parties[0], agreement.parties[-1]))
        sums = Counter[Goods]()
        for line in agreement.terms.get("lines", ()):
            if line["commodity"] in names:
                sums[names[line["commodity"]]] += line["kg"]
        if supplier and buyer:
            for goods, kg in sorted(sums.items()):
                name = agreement.code if len(sums) == 1 else f"{agreement.code} {goods.value}"
                yield Commitment(name, supplier, buyer, kg, goods)


def _living(session: Session, event: Event, keys: dict[int, str]) -> frozenset[tuple[str, str]]:
    """Give the pairs that an agreement under way or in force holds together (rule 19)."""
    where = (Agreement.event_id == event.id, Agreement.kind.in_(FLOWING), Agreement.state.not_in(OVER))
    pairs = set()
    for agreement in session.scalars(select(Agreement).where(*where)):
        first, second = (keys.get(row.party_id) for row in (agreement.parties[0], agreement.parties[-1]))
        if first and second:
            pairs.add((first, second))
    return frozenset(pairs)


def _event_parties(session: Session, event: Event) -> list[EventParty]:
    return list(session.scalars(select(EventParty).where(EventParty.event_id == event.id).order_by(EventParty.number)))


def _kind(party: Party) -> matching.PartyKind:
    kind = "existing" if party.kind is PartyKind.PRIMARY else party.kind.value
    return matching.PartyKind(kind)


def _point(party: Party) -> matching.Point:
    place = areas.point(party.area_code)
    return matching.Point(place.latitude, place.longitude)


def _row(entry: MappingEntry, party: str) -> Row:
    rejected = entry.status == "rejected" or not party
    field, direction = FIELDS.get(entry.field, "production"), DIRECTIONS.get(entry.direction, "offer")
    return Row(
        key=entry.row_key,
        party=party,
        kind=RowKind(f"{field}_{direction}"),
        kg=entry.quantity_kg,
        goods=Goods(entry.commodity) if entry.commodity in GOODS else None,
        price=entry.price_rupiah_per_kg,
        period=entry.period,
        confirmed=entry.is_buyer and entry.party is not None and entry.party.kind in VILLAGE_COOPERATIVES,
        rejected=rejected,
    )


def _canonical(problem: Problem) -> str:
    def spell(value: object) -> str:
        if isinstance(value, Fraction):
            return f"{value.numerator}/{value.denominator}"
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, frozenset):
            return json.dumps(sorted(value))
        raise TypeError(type(value).__name__)

    content = asdict(problem)
    if problem.timing is None:
        content.pop("timing")
    for name, usual in (("parameters", asdict(FREE)), ("commitments", asdict(Commitments()))):
        # what was added since the first plans is written only where it says something, so that old hashes hold
        first = {"signed", "forbidden"} | (usual.keys() - NONE.rules.keys() - LATER if name == "parameters" else set())
        content[name] = {key: value for key, value in content[name].items() if key in first or value != usual[key]}
    content["parties"] = sorted(content["parties"], key=lambda party: party["number"])
    content["rows"] = sorted(content["rows"], key=lambda row: row["key"])
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=spell)

"""Choosing in a plan: refuse, pin or fix a pair, set lots, partners and fairness, go back to a plan that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import request, url_for
from sqlalchemy.orm import Session

from kdmp_core import matching, plans
from kdmp_core.errors import Conflict, InvalidInput
from kdmp_core.matching import CUSTOMARY, SHARED, Goods, Pin, Problem, Result
from kdmp_core.matching.limits import store_key
from kdmp_core.plans import Choices
from kdmp_core.quantities import kilograms, rupiah_text, ton_text
from kdmp_core.records import Event, Plan, Role
from kdmp_core.texts import text
from webhooks.context import by_staff, reach
from webhooks.desk import forms, frame, period_fields, places, plan_words
from webhooks.desk.period_words import store_name
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake

PLANNERS = (Role.COORDINATOR, Role.MINISTRY)
ACTS = ("keep", "forbid", "least", "exact")
CURVE = (0, 6, 15, 30, 50)
RULES = ("lot", "soe_lot", "partners", "share_percent", "link_cost")
MOST = {"share_percent": 100, "partners": 30}
AT_PLACE = {"matching.unfair": "fairness_percent", "matching.lots": "lot"}


@dataclass(frozen=True)
class PairChoice:
    """A pair to decide on: its words, the name of its fields, what is chosen now, the amount."""

    name: str
    words: str
    act: str
    amount: str


@blueprint.get("/meja/acara/<int:event_id>/rencana/pilihan")
def choices_page(event_id: int) -> str:
    """Show every pair of the plan with what can be decided of it, and the rules for all."""
    return _choices_page(event_id, [])


@blueprint.post("/meja/acara/<int:event_id>/rencana/pilihan")
def choose(event_id: int) -> forms.Answer:
    """Match again with what was chosen and let the event go by the new plan; the former one is kept."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, PLANNERS)
        kept = plans.latest(session, found)
        before = plans.choices_of(kept) if kept else plans.NONE
        with named(session, found):
            plans.make(session, found, by_staff(), reach().now(), _chosen(before))
        return url_for("desk.plan", event_id=found.id) + "#changes"

    return forms.answer(act, lambda errors: _choices_page(event_id, errors))


@blueprint.post("/meja/acara/<int:event_id>/rencana/pakai")
def choose_plan(event_id: int) -> forms.Answer:
    """Let the event go by a plan that is kept: proposals come from it."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, PLANNERS)
        given = forms.typed("plan")
        kept = {str(plan.id): plan for plan in plans.plans_of(session, found)}
        if given not in kept:
            raise InvalidInput("desk.no_plan_chosen")
        plans.choose(session, found, kept[given], by_staff(), reach().now())
        return url_for("desk.plan", event_id=found.id) + "#changes"

    return forms.answer(act, lambda errors: _choices_page(event_id, errors))


class named:  # noqa: N801 (read as a word: with named(...))
    """Let a refusal that names parties and rows by key name them as people do."""

    def __init__(self, session: Session, event: Event) -> None:
        """Remember where the names are."""
        self.session, self.event = session, event

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, refusal: BaseException | None, trace: object) -> None:
        """Word a Conflict anew, at its field where it has one."""
        if not isinstance(refusal, Conflict):
            return
        if refusal.code in AT_PLACE:
            raise forms.wrong(AT_PLACE[refusal.code], refusal.code, **refusal.values) from refusal
        problem = plans.problem_of(self.session, self.event)
        names = {key: party.name for key, party in plans.parties_of(self.session, self.event).items()}
        known = [row for row in problem.rows if row.party in names]
        words = {row.key: f"{names[row.party]}, {plan_words.row_words(row)}" for row in known}
        words |= {store_key(party): store_name(party, names) for party in (SHARED, *names)}
        values = {name: _worded(str(value), words, names) for name, value in refusal.values.items()}
        raise Conflict(refusal.code, **values) from refusal


def _worded(keys: str, words: Mapping[str, str], names: Mapping[str, str]) -> str:
    return ", ".join(words.get(key) or _pin_words(key, names) for key in keys.split(", "))


def _pin_words(key: str, names: Mapping[str, str]) -> str:
    party, arrow, rest = key.partition(">")
    counterpart = rest.rpartition(":")[0]
    return _pair(party, counterpart, names) if arrow and {party, counterpart} <= names.keys() else key


def _pair(party: str, counterpart: str, names: Mapping[str, str]) -> str:
    return f"{names[party]} → {names[counterpart]}"


def _choices_page(event_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.event_here(session, event_id, PLANNERS)
        kept = plans.latest(session, found)
        choices = plans.choices_of(kept) if kept else plans.NONE
        problem = plans.problem_of(session, found, choices)
        names = {key: party.name for key, party in plans.parties_of(session, found).items()}
        return frame.page(
            session,
            "choices",
            "events",
            event=found,
            pairs=_pairs(plans.result_of(kept), choices, names) if kept else [],
            acts=[(act, text(f"desk.choices.act.{act}")) for act in ACTS],
            rules=[(name, _rule(choices, name), _customary(name)) for name in RULES],
            fairness=_curve(problem, choices),
            fair=str(choices.fairness_percent),
            times=period_fields.of(problem, choices, plans.seasons_of(found), names),
            signed=[(one.agreement, one.agreement in choices.aside) for one in problem.commitments.signed],
            errors=errors,
        )


def _rule(choices: Choices, name: str) -> str:
    value = getattr(choices, name)
    return ton_text(value) if value and name in {"lot", "soe_lot"} else str(value)


def _customary(name: str) -> str:
    usual = CUSTOMARY.get(name)
    if usual is None:
        return text(f"desk.choices.hint.{name}")
    amount = ton_text(usual) if name in {"lot", "soe_lot"} else str(usual)
    return text(f"desk.choices.hint.{name}", usual=amount)


def _curve(problem: Problem, choices: Choices) -> list[tuple[str, str, str]]:
    """Give the choices of fairness: percent, its words, and its price against selling freely."""
    points = dict(matching.fairness(problem, CURVE))
    shown = {0: "", choices.fairness_percent: ""}
    shown |= {
        percent: text("desk.choices.fair_price", rupiah=rupiah_text(points[0] - value))
        for percent, value in points.items()
        if percent
    }
    return [
        (str(percent), text("desk.choices.fair", percent=percent) if percent else text("desk.choices.fair_none"), price)
        for percent, price in sorted(shown.items())
    ]


def _pairs(result: Result, choices: Choices, names: Mapping[str, str]) -> list[PairChoice]:
    """Give every pair that flows, is pinned or is refused, in the order of the flows."""
    kg: dict[tuple[str, str, Goods | None], int] = {}
    for flow in result.flows:
        buys = (flow.party, flow.buyer, flow.goods)
        kg[buys] = kg.get(buys, 0) + flow.kg_goods
        if flow.mill and flow.mill != flow.party:
            mills = (flow.party, flow.mill, None)
            kg[mills] = kg.get(mills, 0) + flow.kg_gkp
    pins = {(pin.party, pin.counterpart, pin.goods): pin for pin in choices.pinned}
    for pair in (*pins, *((party, other, None) for party, other in sorted(choices.forbidden))):
        kg.setdefault(pair, 0)
    return [_pair_choice(pair, amount, pins.get(pair), choices, names) for pair, amount in kg.items()]


def _pair_choice(
    pair: tuple[str, str, Goods | None], kg: int, pin: Pin | None, choices: Choices, names: Mapping[str, str]
) -> PairChoice:
    party, other, goods = pair
    act = "keep"
    if (party, other) in choices.forbidden:
        act = "forbid"
    elif pin is not None:
        act = "exact" if pin.exact else "least"
    what = "sells" if goods else "mills" if kg else "meets"
    words = text(f"desk.choices.{what}", party=names[party], other=names[other], amount=ton_text(kg),
                 goods=text(f"sheet.commodity.{goods}") if goods else "")  # fmt: skip
    amount = pin.kg if pin else kg
    return PairChoice(f"{party}-{other}-{goods or 'mill'}", words, act, ton_text(amount) if amount else "")


def _chosen(before: Choices) -> Choices:
    """Give the choices of the form; what it does not show stays as it was."""
    pinned: list[Pin] = []
    forbidden: set[tuple[str, str]] = set()
    for field, act in request.form.items():
        kind, _, name = field.partition("-")
        if kind == "act" and act in ACTS[1:]:
            party, other, goods = _pair_of(name)
            if act == "forbid":
                forbidden.add((party, other))
            else:
                pinned.append(Pin(party, other, _amount(f"kg-{name}"), goods, act == "exact"))
    pinned = [pin for pin in pinned if (pin.party, pin.counterpart) not in forbidden]
    rules = {name: _number(name) for name in RULES}
    decided = Choices(
        pinned=tuple(sorted(pinned)),
        forbidden=frozenset(forbidden),
        quantities=before.quantities,
        partner_limits=before.partner_limits,
        lots=before.lots,
        aside=tuple(sorted(request.form.getlist("aside"))),
        fairness_percent=forms.whole("fairness_percent", most=100),
    )
    return period_fields.chosen(before, replace(decided, **rules))  # type: ignore[arg-type]  # whole numbers, all


def _pair_of(name: str) -> tuple[str, str, Goods | None]:
    party, _, rest = name.partition("-")
    other, _, goods = rest.partition("-")
    try:
        return party, other, None if goods == "mill" else Goods(goods)
    except ValueError:
        raise InvalidInput("desk.no_pair_chosen") from None


def _amount(field: str) -> int:
    with forms.refused_at(field):
        return kilograms(forms.typed(field))


def _number(name: str) -> int:
    if name not in {"lot", "soe_lot"}:
        return forms.whole(name, most=MOST.get(name, 10**9))
    if forms.typed(name) in {"", "0"}:
        return 0
    return _amount(name)


def summary(choices: Choices) -> str:
    """Give the choices of a plan in one sentence."""
    parts = [text(f"desk.choices.said.{name}", n=count) for name, count in _counts(choices) if count]
    parts += [
        text(f"desk.choices.said.{name}", n=_rule(choices, name))
        for name in (*RULES, "fairness_percent")
        if getattr(choices, name) != getattr(plans.NONE, name)
    ]
    parts += period_fields.said(choices)
    return ", ".join(parts) or text("desk.choices.said.nothing")


def _counts(choices: Choices) -> tuple[tuple[str, int], ...]:
    return (
        ("forbidden", len(choices.forbidden)),
        ("pinned", len(choices.pinned)),
        ("quantities", len(choices.quantities)),
        ("lots", len(choices.lots)),
        ("partner_limits", len(choices.partner_limits)),
        ("aside", len(choices.aside)),
    )


def kept_rows(kept: list[Plan], area: str) -> list[tuple[str, list[str], bool]]:
    """Give the kept plans to choose from: id, cells, and whether the event goes by it."""
    rows = []
    for plan in kept:
        result = plans.result_of(plan)
        sold = sum(flow.kg_gkp for flow in result.flows)
        left_out = len(matching.left_out(result))
        cells = [str(plan.id), frame.moment(plan.made_at, area), summary(plans.choices_of(plan)),
                 rupiah_text(plan.value_rupiah), ton_text(sold), str(left_out)]  # fmt: skip
        rows.append((str(plan.id), cells, plan is kept[0]))
    return rows

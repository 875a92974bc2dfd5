"""A plan in words and numbers: the finding as a heading, flows with why, unmet rows with their one reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kdmp_core import plans
from kdmp_core.matching import Result, Row, RowKind
from kdmp_core.matching.result import Alternative, Detail, Flow, Full, Outcome, Reason
from kdmp_core.quantities import number_text, rupiah_text, ton_text
from kdmp_core.texts import text
from webhooks.desk import frame, period_words, plan_changes
from webhooks.desk.period_words import Times
from webhooks.pages.shapes import Column, Fact

Names = Mapping[str, str]
FIELDS = {matched: written for written, matched in plans.FIELDS.items()}
DIRECTIONS = {matched: written for written, matched in plans.DIRECTIONS.items()}


@dataclass(frozen=True)
class PairWords:
    """A bilateral agreement that the flows suggest: its value on the form, its words, a remark."""

    value: str
    words: str
    remark: str


@dataclass(frozen=True)
class PlanWords:
    """A plan ready to be read."""

    finding: str
    stats: list[Fact]
    bad: tuple[str, ...]
    flow_columns: list[Column]
    flows: list[list[str]]
    lift_columns: list[Column]
    lifts: list[list[str]]
    unmet_columns: list[Column]
    unmet: list[list[str]]
    pairs: list[PairWords]
    standing_columns: list[Column]
    standings: list[list[str]]
    store_columns: list[Column]
    stores: list[list[str]]
    assumed: list[str]


def of(result: Result, names: Names, places: Names, own: frozenset[str] | None = None) -> PlanWords:
    """Give a result for people; `names` and `places` by the keys of its parties.

    With `own`, what a party asked and gains is told of those parties alone.
    """
    kg = {outcome.row: outcome.kg for outcome in result.outcomes}

    def told(party: str) -> bool:
        return own is None or party in own

    times = Times.of(result)
    lacks = result.transport.kg_carried < result.transport.kg_to_lift
    return PlanWords(
        finding=_finding(result),
        stats=_stats(result),
        bad=(text("desk.plan.carried"),) if lacks else (),
        flow_columns=frame.columns("desk.plan.column", FLOW_TIMED if result.periods else FLOW, FLOW_DIGITS),
        flows=[_flow(flow, names, times, kg if told(flow.party) else None) for flow in result.flows],
        lift_columns=frame.columns("desk.plan.column", LIFT_TIMED if result.periods else LIFT, LIFT_DIGITS),
        lifts=[
            [
                names[lift.truck],
                names[lift.origin],
                names[lift.destination],
                *([] if lift.period is None else [times.name(lift.period)]),
                f"{ton_text(lift.kg)} {_goods(lift.goods)}",
                number_text(lift.trips),
                _km(lift.empty_metres),
            ]
            for lift in result.transport.lifts
        ],
        unmet_columns=frame.columns("desk.plan.column", "party row rest reason explained", {"rest"}),
        unmet=[_unmet(one, names, times) for one in result.outcomes if one.reason and told(one.party)],
        pairs=[_pair(pair.mill, pair.party, pair.kg, names, places) for pair in result.pairs],
        standing_columns=frame.columns("desk.standing.column", STANDING, STANDING.split()[1:]),
        standings=plan_changes.standings([one for one in result.standings if told(one.party)], names),
        store_columns=frame.columns("desk.periods.column", "store step kept room worth", {"kept", "room", "worth"}),
        stores=times.stores(result.stored, names),
        assumed=period_words.assumed(result),
    )


def told_flows(result: Result, names: Names) -> list[dict[str, str]]:
    """Give each flow as a sentence with its why, as the API tells them."""
    kg = {outcome.row: outcome.kg for outcome in result.outcomes}
    lines = ((flow, _flow(flow, names, Times.of(result), kg)) for flow in result.flows)
    return [{"party": flow.party, "words": " · ".join(cells[:-1]), "why": cells[-1]} for flow, cells in lines]


def told_unmet(result: Result, names: Names) -> list[dict[str, str]]:
    """Give each row that is not met whole, with the code and the sentence of its one reason."""
    times = Times.of(result)
    return [
        {"party": one.party, "row": one.row, "code": one.reason.code.value,
         "words": f"{row_words(one)} · {ton_text(one.rest)}", "why": _reason(one.reason, names, times)}
        for one in result.outcomes
        if one.reason
    ]  # fmt: skip


STANDING = "party offered sold partners alone greedy"
FLOW = "from through to goods amount price distance why"
FLOW_TIMED = "from through to when goods amount price distance why"
LIFT = "truck origin to load trips empty"
LIFT_TIMED = "truck origin to when load trips empty"
FLOW_DIGITS = frozenset({"amount", "price", "distance"})
LIFT_DIGITS = frozenset({"load", "trips", "empty"})


def _finding(result: Result) -> str:
    offers = [outcome for outcome in result.outcomes if outcome.kind is RowKind.PRODUCTION_OFFER]
    offered, met = sum(row.kg for row in offers), sum(row.met for row in offers)
    if not met:
        return text("desk.plan.no_flow")
    paddy = text("desk.plan.all_sold") if met == offered else text(
        "desk.plan.part_sold", met=ton_text(met), offered=ton_text(offered)
    )  # fmt: skip
    carried = result.transport
    enough = "trucks_enough" if carried.kg_carried >= carried.kg_to_lift else "trucks_short"
    return f"{paddy} {text(f'desk.plan.{enough}')}"


def _stats(result: Result) -> list[Fact]:
    baseline, carried = rupiah_text(result.baseline), result.transport
    proven = "proven" if result.gap_milli <= 0 else "gap"
    gap = rupiah_text(result.gap_milli // 1000 + 1) if result.gap_milli > 0 else ""
    sold = sum(flow.kg_gkp for flow in result.flows)
    return [
        Fact(
            text("desk.plan.value"),
            rupiah_text(result.value),
            f"{text('desk.plan.above', baseline=baseline)} {text(f'desk.plan.{proven}', gap=gap)}",
        ),
        Fact(text("desk.plan.greedy"), rupiah_text(result.best_margin), text("desk.plan.greedy_means")),
        Fact(text("desk.plan.sold"), ton_text(sold), text("desk.plan.flows", n=len(result.flows))),
        Fact(
            text("desk.plan.carried"),
            ton_text(carried.kg_carried),
            text("desk.plan.to_lift", amount=ton_text(carried.kg_to_lift)),
        ),
    ]


def _flow(flow: Flow, names: Names, times: Times, kg: Mapping[str, int] | None) -> list[str]:
    return [
        names[flow.party],
        names[flow.mill] if flow.mill else text("desk.plan.unmilled"),
        names[flow.buyer],
        *([times.when(flow, names)] if times.periods else []),
        _goods(flow.goods),
        ton_text(flow.kg_goods),
        rupiah_text(flow.price),
        _km(sum(flow.metres)),
        _why(flow, names, times, kg) if kg is not None else "",
    ]


def _why(flow: Flow, names: Names, times: Times, kg: Mapping[str, int]) -> str:
    """Say what there was and what is wanted (kg by row), what it gains, and what else was possible."""
    offered, wanted = kg.get(flow.rows[0], 0), kg.get(flow.rows[-1], 0)
    parts = [
        text("desk.plan.supply_need", offered=ton_text(offered), wanted=ton_text(wanted)),
        text("desk.plan.gain", rupiah=rupiah_text((flow.gain_per_t + 500) // 1000)),
    ]
    better = [other for other in flow.alternatives if other.net_per_t > flow.net_per_t]
    best = max(flow.alternatives, key=lambda other: other.net_per_t, default=None)
    if better and better[0].full:
        full = _full(better[0].full, names, times)
        parts.append(text("desk.plan.better_full", buyer=_to(better[0], names, times), full=full))
    elif better:
        parts.append(text("desk.plan.better_closed", buyer=_to(better[0], names, times)))
    elif best is not None:
        less = rupiah_text(max(0, flow.net_per_t - best.net_per_t))
        buyer = _to(best, names, times)
        parts.append(text("desk.plan.next_best", buyer=buyer, goods=_goods(best.goods), rupiah=less))
    if flow.net_below_ask:
        parts.append(text("desk.plan.below_ask"))
    return " ".join(parts)


def _to(other: Alternative, names: Names, times: Times) -> str:
    return names[other.buyer] + times.delivery(other.delivered)


def _unmet(outcome: Outcome, names: Names, times: Times) -> list[str]:
    reason = outcome.reason
    return [
        names.get(outcome.party, text("desk.plan.unknown_party")),
        row_words(outcome),
        ton_text(outcome.rest),
        text(f"matching.reason.{reason.code}") if reason else "",
        _reason(reason, names, times) if reason else "",
    ]


def row_words(outcome: Outcome | Row) -> str:
    """Give a row in the words of the sheet: "Produksi · Potensi · GKP"."""
    field, _, direction = outcome.kind.value.rpartition("_")
    parts = [text(f"sheet.field.{FIELDS[field]}"), text(f"sheet.direction.{DIRECTIONS[direction]}")]
    return " · ".join([*parts, *([_goods(outcome.goods)] if outcome.goods else [])])


def _reason(reason: Reason, names: Names, times: Times) -> str:
    worth = max((full.rp_per_t for full in reason.full), default=0)
    detail = reason.detail.value
    if reason.detail is Detail.COUNTERPART_FULL and worth > 0:
        detail = "counterpart_full_price"
    return text(
        f"matching.why.{detail}",
        offered=number_text(reason.offered or 0),
        break_even=number_text(reason.break_even or 0),
        full=_full(reason.full, names, times),
        rp_per_t=rupiah_text(worth),
        missing=number_text(reason.missing or 0),
        partners=number_text(reason.partners or 0),
    )


def _full(full: tuple[Full, ...], names: Names, times: Times) -> str:
    return ", ".join(times.limit(limit.kind, limit.party, limit.period, names) for limit in full)


def _pair(mill: str, party: str, kg: int, names: Names, places: Names) -> PairWords:
    words = text("desk.plan.pair", grower=names[party], miller=names[mill], amount=ton_text(kg))
    return PairWords(f"{mill}:{party}", words, f"{places[party]} · {places[mill]}")


def _goods(goods: object) -> str:
    return text(f"sheet.commodity.{goods}")


def _km(metres: int) -> str:
    return f"{number_text(round(metres / 1000))} km"

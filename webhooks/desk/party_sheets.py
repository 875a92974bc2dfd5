"""The sheet of one cooperative: what the plan is for us, in words a chairman reads aloud; never what another asks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kdmp_core import areas
from kdmp_core.matching import Flow, Outcome, RowKind, Solved
from kdmp_core.matching.own import OwnPart
from kdmp_core.quantities import number_text, rupiah_text, ton_text
from kdmp_core.texts import text
from webhooks.desk import frame, plan_words
from webhooks.desk.picture_words import Told, per_kg
from webhooks.pages.shapes import Column

MOST_PARTNERS = 14
"""Above this partners are told by district: more lines would not stay on the page."""
MOST_LIFTS = 6
FREED = ("price", "capacity", "distance", "lot", "partner_limit", "forbidden", "data", "supply", "transport")


@dataclass(frozen=True)
class Left:
    """A row that is not met whole: what and how much, why, and what would free it."""

    what: str
    why: str
    free: str


@dataclass(frozen=True)
class PartySheet:
    """A page for one party."""

    key: str
    name: str
    place: str
    finding: str
    brings: list[str]
    columns: list[Column]
    partners: list[list[str]]
    gains: list[str]
    left: list[Left]
    trucks: list[str]
    steps: list[str]


@dataclass(frozen=True)
class _Deal:
    """What is done with one partner. `price` is Rp/kg of the goods that we receive (or pay as buyers)."""

    act: str
    other: str
    goods: str
    kg: int
    price: int | None
    metres: int


def of(part: OwnPart, solved: Solved, told: Told) -> PartySheet:
    """Give the sheet of a party in words."""
    party = told.parties[part.party]
    deals = list(_deals(part, solved))
    return PartySheet(
        key=part.party,
        name=party.name,
        place=areas.label(party.area_code),
        finding=_finding(part, solved),
        brings=[_brings(row) for row in part.brings],
        columns=frame.columns(
            "desk.party_sheet.column", "what who amount price distance", {"amount", "price", "distance"}
        ),
        partners=_partners(deals, told),
        gains=_gains(part, solved),
        left=[_left(row, solved, told) for row in part.left],
        trucks=_trucks(part, told),
        steps=_steps(part, deals, told),
    )


def _finding(part: OwnPart, solved: Solved) -> str:
    sold = sum(flow.kg_gkp for flow in part.sells)
    more = part.standing.value_milli // 1000 if part.standing else 0
    if sold and more > 0:
        baseline = rupiah_text(solved.result.baseline)
        return text("desk.party_sheet.sells", amount=ton_text(sold), more=rupiah_text(more), baseline=baseline)
    if sold:
        return text("desk.party_sheet.sells_even", amount=ton_text(sold))
    bought = sum(flow.kg_gkp for flow in part.buys)
    if bought:
        sellers = len({flow.party for flow in part.buys})
        return text("desk.party_sheet.buys", amount=ton_text(bought), n=sellers)
    milled = sum(flow.kg_gkp for flow in part.mills)
    if milled:
        return text("desk.party_sheet.mills", amount=ton_text(milled))
    return text("desk.party_sheet.nothing")


def _brings(row: Outcome) -> str:
    name = row.kind.value if row.kind is not RowKind.MARKET_OFFER or row.met else "market_open"
    goods = frame.word("desk.picture.goods", row.goods.value) if row.goods else ""
    all_of_it = "all" if row.met == row.kg else "none" if not row.met else "part"
    used = text(f"desk.party_sheet.used.{all_of_it}", met=ton_text(row.met))
    return text(f"desk.party_sheet.brings.{name}", amount=ton_text(row.kg), goods=goods, used=used)


def _deals(part: OwnPart, solved: Solved) -> Iterable[_Deal]:
    """Give what is done with whom, one line a partner, act and goods; farthest distance of those put together."""
    fees = {row.key: row.price for row in solved.problem.decided.rows if row.kind is RowKind.MILLING_OFFER}
    usual = solved.problem.parameters.default_fee
    kg: Counter[tuple[str, str, str, int | None]] = Counter()
    metres: dict[tuple[str, str, str, int | None], int] = defaultdict(int)

    def add(act: str, other: str, goods: str, amount: int, price: int | None, away: int) -> None:
        if other != part.party:
            kg[act, other, goods, price] += amount
            metres[act, other, goods, price] = max(metres[act, other, goods, price], away)

    for flow in part.sells:
        if flow.mill is not None:
            add("mill_at", flow.mill, "gkp", flow.kg_gkp, None, flow.metres[0])
        add("sell_to", flow.buyer, flow.goods.value, flow.kg_goods, flow.price, flow.metres[1 if flow.mill else 0])
    for flow in part.mills:
        fee = next((fees[row] for row in flow.rows if row in fees), None)
        add("mill_for", flow.party, "gkp", flow.kg_gkp, usual if fee is None else fee, flow.metres[0])
    for flow in part.buys:
        add("buy_from", flow.party, flow.goods.value, flow.kg_goods, flow.price, flow.metres[1 if flow.mill else 0])
    return [_Deal(*key[:3], amount, key[3], metres[key]) for key, amount in kg.items()]


def _partners(deals: list[_Deal], told: Told) -> list[list[str]]:
    if len(deals) <= MOST_PARTNERS:
        return [_line(deal, _who(deal.other, told)) for deal in deals]
    together: dict[tuple[str, str, int | None, str], list[_Deal]] = defaultdict(list)
    for deal in deals:
        together[deal.act, deal.goods, deal.price, told.district(deal.other) or told.name(deal.other)].append(deal)
    lines = []
    for (act, goods, price, where), some in together.items():
        whole = _Deal(act, "", goods, sum(deal.kg for deal in some), price, max(deal.metres for deal in some))
        names = ", ".join(told.short(deal.other) for deal in some)
        who = text("desk.party_sheet.several", n=len(some), where=where, names=names)
        if len(some) == 1:
            who = _who(some[0].other, told)
        lines.append(_line(whole, who))
    return lines


def _who(key: str, told: Told) -> str:
    where = told.district(key)
    return f"{told.name(key)}, {where}" if where else told.name(key)


def _line(deal: _Deal, who: str) -> list[str]:
    goods = frame.word("desk.picture.goods", deal.goods)
    away = (
        text("desk.party_sheet.same_place")
        if not deal.metres
        else f"{number_text(max(1, round(deal.metres / 1000)))} km"
    )
    return [
        text(f"desk.party_sheet.act.{deal.act}"),
        who,
        f"{ton_text(deal.kg)} {goods}",
        "–" if deal.price is None else text("desk.party_sheet.per_kg", rupiah=rupiah_text(deal.price)),
        away,
    ]


def _gains(part: OwnPart, solved: Solved) -> list[str]:
    standing, alone = part.standing, part.alone
    if standing is None or alone is None:
        return [text("desk.party_sheet.no_paddy")]
    told = []
    sold, net = sum(flow.kg_gkp for flow in part.sells), sum(flow.kg_gkp * flow.net_per_t for flow in part.sells)
    if sold:
        told.append(text(
            "desk.party_sheet.net", net=per_kg(net // sold), baseline=rupiah_text(solved.result.baseline),
            gain=per_kg(standing.value_milli // sold), more=rupiah_text(standing.value_milli // 1000),
        ))  # fmt: skip
    promised, held = alone.promised_milli // 1000, alone.deliverable_milli // 1000
    each = "each_kept" if promised == held else "each_broken"
    told.append(text(f"desk.party_sheet.{each}", promised=rupiah_text(promised), held=rupiah_text(held)))
    difference = standing.value_milli // 1000 - held
    way = "more" if difference > 0 else "less" if difference < 0 else "same"
    told.append(text(f"desk.party_sheet.against.{way}", rupiah=rupiah_text(abs(difference))))
    return told


def _left(row: Outcome, solved: Solved, told: Told) -> Left:
    (line,) = (one for one in plan_words.told_unmet(solved.result, told.names) if one["row"] == row.row)
    return Left(line["words"], line["why"], text(f"desk.party_sheet.free.{line['code']}"))


def _trucks(part: OwnPart, told: Told) -> list[str]:
    lines = []
    for lift in part.carried:
        whose = "own" if lift.truck == part.party else "theirs"
        lines.append(text(
            f"desk.party_sheet.truck.{whose}", truck=told.name(lift.truck), amount=ton_text(lift.kg),
            goods=frame.word("desk.picture.goods", lift.goods.value), to=told.name(lift.destination), trips=lift.trips,
        ))  # fmt: skip
    lines += [
        text("desk.party_sheet.truck.for_others", owner=told.name(lift.owner), amount=ton_text(lift.kg),
             goods=frame.word("desk.picture.goods", lift.goods.value), to=told.name(lift.destination), trips=lift.trips)
        for lift in part.carries[:MOST_LIFTS]
    ]  # fmt: skip
    if part.carries[MOST_LIFTS:]:
        lines.append(text("desk.party_sheet.truck.more", n=len(part.carries) - MOST_LIFTS))
    return [*lines, *_hired(part)]


def _hired(part: OwnPart) -> list[str]:
    """Say what of our own goods no party's truck carries."""
    to_lift = sum(_lifted(flow) for flow in part.sells)
    rest = to_lift - sum(lift.kg for lift in part.carried)
    if rest <= 0:
        return []
    which = "rest" if part.carried else "all"
    return [text(f"desk.party_sheet.hired.{which}", amount=ton_text(rest))]


def _lifted(flow: Flow) -> int:
    """Give the kilograms that travel for a flow, each leg with what it carries."""
    if flow.mill is None:
        return flow.kg_gkp if flow.metres[0] else 0
    return (flow.kg_gkp if flow.metres[0] else 0) + (flow.kg_goods if flow.metres[1] else 0)


def _steps(part: OwnPart, deals: list[_Deal], told: Told) -> list[str]:
    """Say what to do next: with buyers, mills, those who mill here, trucks; then what frees the rest."""
    steps = []
    for act in ("sell_to", "mill_at", "mill_for", "buy_from"):
        others = list(dict.fromkeys(deal.other for deal in deals if deal.act == act))
        if others:
            names = ", ".join(told.name(key) for key in others[:2])
            words = names if len(others) <= 2 else text("desk.party_sheet.and_others", names=names, n=len(others) - 2)  # noqa: PLR2004 (two names)
            steps.append(text(f"desk.party_sheet.step.{act}", others=words))
    trucks = list(dict.fromkeys(lift.truck for lift in part.carried if lift.truck != part.party))
    if trucks:
        steps.append(text("desk.party_sheet.step.truck", others=", ".join(told.name(key) for key in trucks)))
    if part.carries:
        steps.append(text("desk.party_sheet.step.carry"))
    return [*steps, text("desk.party_sheet.step.sign" if deals else "desk.party_sheet.step.ask")]

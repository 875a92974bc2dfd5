"""A plan as pictures, and the same facts as tables: map, network, field to market, matrix, before and after."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap

from kdmp_core import areas
from kdmp_core.matching import Solved
from kdmp_core.matching.effects import Effects, Measures, effects
from kdmp_core.matching.views import Leg, Role, Stream, legs, matrix, roles, streams
from kdmp_core.quantities import number_text, rupiah_text, ton_text
from kdmp_core.records import Party
from kdmp_core.texts import text
from webhooks.desk import frame
from webhooks.figures.flow_map import FlowMap, Spot, Way, flow_map
from webhooks.figures.network import Network, network
from webhooks.figures.sankey import Band, Piece, Sankey, sankey
from webhooks.figures.shapes import Label
from webhooks.pages.shapes import Column

MOST_MARKS = 60
"""Above this parties are drawn by district, and districts by regency: more names cannot be read."""
MOST_BARS = 12
"""Above this growers stand by district on the left of the bands."""
LEVELS = (8, 5, 2)
"""Letters of an area's code: district, regency, province."""
MERAH_PUTIH = re.compile(r"^(?:Koperasi (?:Desa|Kelurahan) Merah Putih|KDMP|KKMP)\s+(?=\S)", re.IGNORECASE)
LABEL = 23
BAR_LABEL = 31
RIGHT = 2
GLYPHS = {"buyer": "■", "mill": "◆", "grower": "●", "carrier": "▲"}
"""What stands for a role in a line of text, as its shape does in a drawing."""
UNMILLED, KEPT = "-unmilled", "-kept"
Sheet = Callable[[str], str]
"""Gives the address of a party's sheet, or nothing where the reader may not read it."""


@dataclass(frozen=True)
class Row:
    """A row of a table whose first cell leads to a party's sheet, where it does."""

    head: str
    href: str
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """A table with the same facts as a picture."""

    caption: str
    columns: list[Column]
    rows: list[Row]
    foot: list[str]


@dataclass(frozen=True)
class Bars:
    """The words of the bands: a bar's name and amount by its key, a band's title by its two ends and its goods.

    What stands on the right has a label of several lines.
    """

    names: dict[str, str]
    amounts: dict[str, str]
    labels: dict[str, Label]
    titles: dict[tuple[str, str, str], str]


@dataclass(frozen=True)
class Pictures:
    """All there is to see of a plan; `grouped` where districts stand for parties."""

    finding: str
    map: FlowMap
    network: Network
    sankey: Sankey
    bars: Bars
    tables: dict[str, Table]
    effects: Table
    described: dict[str, str]
    grouped: bool


class Told:
    """The parties of a plan by their keys: names, places, and where each one's sheet is."""

    def __init__(self, parties: Mapping[str, Party], sheet: Sheet) -> None:
        """Take the parties and what gives a sheet's address."""
        self.parties, self.sheet = parties, sheet
        self.names = {key: party.name for key, party in parties.items()}

    def name(self, key: str) -> str:
        """Give the whole name of a party or of a group's area."""
        return self.names.get(key) or areas.label(key)

    def short(self, key: str) -> str:
        """Give the name without what all have in common."""
        name = MERAH_PUTIH.sub("", self.name(key))
        return name if key in self.names else name.partition(",")[0]

    def label(self, key: str, below: str) -> Label:
        """Give a mark's label: at most two lines and what stands below."""
        lines = wrap(self.short(key), LABEL, max_lines=2, placeholder="…")
        return Label(tuple(lines), below)

    def placed(self, key: str) -> str:
        """Give the short name, with the district of a village's cooperative: village names alone repeat."""
        return ", ".join(filter(None, (self.short(key), self.district(key))))

    def district(self, key: str) -> str:
        """Give the district of a village's cooperative; nothing of others and of groups."""
        party = self.parties.get(key)
        if party is None or not MERAH_PUTIH.match(party.name):
            return ""
        return areas.label(party.area_code).partition(", ")[2]

    def groups(self, keys: Iterable[str], most: int) -> dict[str, str]:
        """Give by party the key it is drawn under: its own, or the smallest area with at most `most` of them."""
        wanted = list(keys)
        if len(wanted) <= most:
            return {key: key for key in wanted}
        found = {}
        for length in LEVELS:
            found = {key: self.parties[key].area_code[:length] for key in wanted}
            if len(set(found.values())) <= most:
                break
        return found


def of(solved: Solved, parties: Mapping[str, Party], sheet: Sheet, *, fees: bool) -> Pictures:
    """Give a plan's pictures and tables; with `fees` what mills ask in the mean is told too."""
    told, result = Told(parties, sheet), solved.result
    all_roles = [role for role in roles(solved.problem, result) if role.party in parties]
    group = told.groups((role.party for role in all_roles), MOST_MARKS)
    several = [_together(key, all_roles, group) for key in dict.fromkeys(group.values())]
    flowing = streams(result, lambda party: group[party])
    ways = [_way(leg, told) for leg in legs(flowing)]
    carried = _lifts(solved, group, told)
    seen = effects(solved.problem, result)
    bands, bars = _bands(solved, told)
    spots = [_spot(role, told, places=True) for role in several]
    return Pictures(
        finding=_finding(seen),
        map=flow_map(spots, ways),
        network=network([_spot(role, told, places=False) for role in several], [*ways, *carried]),
        sankey=bands,
        bars=bars,
        tables={
            "flows": _flows_table(legs(flowing), told),
            "roles": _roles_table(several, told),
            "carried": _carried_table(carried, told),
            "streams": _streams_table(bands, bars),
            "matrix": _matrix_table(flowing, several, told),
        },
        effects=_effects_table(seen, fees=fees),
        described=_described(several, ways, solved),
        grouped=len(several) < len(all_roles),
    )


def _described(several: list[Role], ways: list[Way], solved: Solved) -> dict[str, str]:
    """Give what a picture shows in a sentence, for those who do not see it."""
    counts = Counter(name for role in several for name in role.names)
    largest = max(ways, key=lambda way: way.kg, default=None)
    kept = sum(one.kg for one in solved.result.kept)
    offered = kept + sum(flow.kg_gkp for flow in solved.result.flows)
    return {
        "map": text(
            "desk.picture.map.describes", n=len(several), lines=len(ways),
            largest=largest.title if largest else text("desk.picture.map.none"),
        ),
        "network": text(
            "desk.picture.network.describes", n=len(several), growers=counts["grower"], mills=counts["mill"],
            buyers=counts["buyer"], carriers=counts["carrier"],
        ),
        "sankey": text("desk.picture.sankey.describes", total=ton_text(offered), kept=ton_text(kept)),
    }  # fmt: skip


def _together(key: str, all_roles: Iterable[Role], group: Mapping[str, str]) -> Role:
    members = [role for role in all_roles if group[role.party] == key]
    counted = ("grows", "sells", "mills", "mill_room", "buys", "buys_room", "carries", "truck_room")
    return Role(key, *(sum(getattr(role, name) for role in members) for name in counted))


def role_words(role: Role) -> str:
    """Give what a party does: "menggiling, menanam"."""
    return ", ".join(text(f"desk.picture.role.{name}") for name in role.names)


def _spot(role: Role, told: Told, *, places: bool) -> Spot:
    party = told.parties.get(role.party)
    where = areas.point(party.area_code if party else role.party)
    kg = max(role.sells, role.mills, role.buys)
    words = role_words(role)
    marked = " ".join(f"{GLYPHS[name]} {text(f'desk.picture.role.{name}')}" for name in role.names)
    title = text("desk.picture.mark", party=told.name(role.party), roles=words, amount=ton_text(kg))
    return Spot(
        key=role.party,
        latitude=where.latitude / 100_000,
        longitude=where.longitude / 100_000,
        kg=kg,
        roles=role.names,
        label=told.label(role.party, told.district(role.party) if places else marked),
        title=title,
        href=told.sheet(role.party) if party else "",
    )


def _way(leg: Leg, told: Told) -> Way:
    goods = frame.word("sheet.commodity", leg.goods.value)
    title = text(
        "desk.picture.way", source=told.short(leg.source), target=told.short(leg.target), amount=ton_text(leg.kg),
        goods=goods,
    )  # fmt: skip
    return Way(leg.source, leg.target, leg.goods.value, leg.kg, title)


def _lifts(solved: Solved, group: Mapping[str, str], told: Told) -> list[Way]:
    """Give whose trucks carry whose loads."""
    kg: dict[tuple[str, str], int] = {}
    for lift in solved.result.transport.lifts:
        pair = group[lift.truck], group[lift.owner]
        kg[pair] = kg.get(pair, 0) + lift.kg
    return [
        Way(truck, owner, "lift", amount, text(
            "desk.picture.lift", truck=told.short(truck), owner=told.short(owner), amount=ton_text(amount)
        ))
        for (truck, owner), amount in kg.items()
        if truck != owner
    ]  # fmt: skip


def _bands(solved: Solved, told: Told) -> tuple[Sankey, Bars]:
    plain = streams(solved.result)
    growers = told.groups(dict.fromkeys(one.source for one in plain), MOST_BARS)
    mills = told.groups(dict.fromkeys(one.mill for one in plain if one.mill), MOST_BARS + MOST_BARS)
    buyers = told.groups(dict.fromkeys(one.buyer for one in plain if one.buyer), MOST_BARS)
    names = {UNMILLED: text("desk.picture.unmilled"), KEPT: text("desk.picture.kept")}
    sums: dict[tuple[str, str, str, str], int] = {}
    for one in plain:
        left = f"l{growers[one.source]}"
        middle = f"m{mills[one.mill]}" if one.mill else UNMILLED if one.buyer else f"{KEPT} "
        right = f"r{buyers[one.buyer]}{one.goods.value}" if one.buyer else KEPT
        names[left] = told.short(left[1:])
        if one.mill:
            names[middle] = told.short(middle[1:])
        if one.buyer:
            goods = frame.word("sheet.commodity", one.goods.value)
            names[right] = text("desk.picture.buys", buyer=told.short(buyers[one.buyer]), goods=goods)
        goods_class = one.goods.value if one.buyer else "kept"
        sums[left, middle, right, goods_class] = sums.get((left, middle, right, goods_class), 0) + one.kg
    names[f"{KEPT} "] = text("desk.picture.at_home")
    order = {key: at for at, key in enumerate(sorted({key[2] for key in sums}, key=lambda key: (key == KEPT, key)))}
    pieces = [Piece(*way, kg) for way, kg in sorted(sums.items(), key=lambda item: order[item[0][2]])]
    drawn = sankey(pieces)
    titles = {(band.source, band.target, band.goods): _band_title(band, names) for band in drawn.bands}
    amounts = {bar.key: ton_text(bar.kg) for bar in drawn.bars}
    labels = {bar.key: _bar_label(names[bar.key], amounts[bar.key]) for bar in drawn.bars if bar.column == RIGHT}
    return drawn, Bars(names, amounts, labels, titles)


def _bar_label(name: str, amount: str) -> Label:
    buyer, _, goods = name.partition(" · ")
    return Label(tuple(wrap(buyer, BAR_LABEL, max_lines=2, placeholder="…")), f"{goods} {amount}".strip())


def _band_title(band: Band, names: Mapping[str, str]) -> str:
    return text(
        "desk.picture.way",
        source=names[band.source],
        target=names[band.target],
        amount=ton_text(band.kg),
        goods=_goods_of(band),
    )


def _goods_of(band: Band) -> str:
    return text("desk.picture.kept") if band.goods == "kept" else frame.word("sheet.commodity", band.goods)


def _finding(seen: Effects) -> str:
    return text(
        "desk.picture.finding",
        alone=ton_text(_round_ton(seen.lot)),
        joined=ton_text(_round_ton(seen.plan.lot_at_buyer)),
        gain=per_kg(seen.plan.gain_per_t),
    )


def _round_ton(kg: int) -> int:
    """Round a mean to a tenth of a ton: more digits say nothing."""
    return (kg + 50) // 100 * 100


def per_kg(rupiah_per_t: int) -> str:
    """Give rupiah per tonne as rupiah per kg, for people."""
    return rupiah_text((rupiah_per_t + 500) // 1000)


def percent(share: int) -> str:
    """Give a share per 10,000 for people: `6279` becomes `62,8%`."""
    whole, tenth = divmod((share + 5) // 10, 10)
    return f"{whole},{tenth}%" if tenth else f"{whole}%"


def hundredths(number: int) -> str:
    """Give hundredths as a number with one digit after the comma: `166` becomes `1,7`."""
    whole, tenth = divmod((number + 5) // 10, 10)
    return f"{number_text(whole)},{tenth}" if tenth else number_text(whole)


def _table(name: str, columns: str, digits: Iterable[str], rows: list[Row], foot: list[str] | None = None) -> Table:
    heads = frame.columns(f"desk.picture.{name}", columns, digits)
    return Table(text(f"desk.picture.{name}.caption"), heads, rows, foot or [])


def _flows_table(given: Iterable[Leg], told: Told) -> Table:
    ordered = sorted(given, key=lambda leg: (-leg.kg, leg.source, leg.target))
    rows = [
        Row(told.name(leg.source), told.sheet(leg.source),
            [told.name(leg.target), frame.word("sheet.commodity", leg.goods.value), ton_text(leg.kg)])
        for leg in ordered
    ]  # fmt: skip
    total = sum(leg.kg for leg in ordered)
    return _table(
        "flows", "source target goods amount", {"amount"}, rows, [text("desk.picture.total"), "", "", ton_text(total)]
    )


def _roles_table(several: Iterable[Role], told: Told) -> Table:
    def of_room(kg: int, room: int) -> str:
        return text("desk.picture.of", amount=ton_text(kg), room=ton_text(room)) if room else "–"

    rows = [
        Row(told.name(role.party), told.sheet(role.party), [
            role_words(role) or "–", of_room(role.sells, role.grows), of_room(role.mills, role.mill_room),
            ton_text(role.buys) if role.buys_room else "–", of_room(role.carries, role.truck_room),
        ])
        for role in several
    ]  # fmt: skip
    foot = [
        text("desk.picture.total"), "", ton_text(sum(role.sells for role in several)),
        ton_text(sum(role.mills for role in several)), ton_text(sum(role.buys for role in several)),
        ton_text(sum(role.carries for role in several)),
    ]  # fmt: skip
    return _table("roles", "party does grows mills buys carries", {"grows", "mills", "buys", "carries"}, rows, foot)


def _carried_table(carried: Iterable[Way], told: Told) -> Table:
    rows = [
        Row(told.name(way.source), told.sheet(way.source), [told.name(way.target), ton_text(way.kg)]) for way in carried
    ]
    return _table("carried", "truck owner amount", {"amount"}, rows)


def _streams_table(bands: Sankey, bars: Bars) -> Table:
    rows = [
        Row(bars.names[band.source], "", [bars.names[band.target], _goods_of(band),
                                          ton_text(band.kg)])
        for band in bands.bands
    ]  # fmt: skip
    return _table("streams", "source target goods amount", {"amount"}, rows)


def _matrix_table(flowing: Iterable[Stream], several: list[Role], told: Told) -> Table:
    cells = matrix(flowing)
    at = {(cell.supplier, cell.counterpart, cell.bought): cell.kg for cell in cells}
    order = [role.party for role in several]
    heads = [(key, bought) for bought in (False, True) for key in order
             if any(cell.counterpart == key and cell.bought is bought for cell in cells)]  # fmt: skip
    suppliers = [key for key in order if any(cell.supplier == key for cell in cells)]
    rows = [
        Row(told.placed(key), told.sheet(key), [
            *(_tons(at.get((key, *head), 0)) for head in heads),
            _tons(sum(at.get((key, other, True), 0) for other, bought in heads if bought)),
        ])
        for key in suppliers
    ]  # fmt: skip
    totals = [sum(at.get((key, *head), 0) for key in suppliers) for head in heads]
    sold = sum(kg for kg, (_, bought) in zip(totals, heads, strict=True) if bought)
    columns = [Column(text("desk.picture.matrix.supplier"))]
    columns += [
        Column(text(f"desk.picture.matrix.{'buys' if bought else 'mills'}", party=told.short(key)), digits=True)
        for key, bought in heads
    ]
    columns.append(Column(text("desk.picture.matrix.sold"), digits=True))
    foot = [text("desk.picture.total"), *(_tons(kg) for kg in totals), _tons(sold)]
    return Table(text("desk.picture.matrix.caption"), columns, rows, foot)


def _tons(kg: int) -> str:
    return ton_text(kg).removesuffix(" ton") if kg else ""


def _effects_table(seen: Effects, *, fees: bool) -> Table:
    def rows() -> Iterable[tuple[str, Callable[[Measures], int | None], Callable[[int], str]]]:
        yield "lot_at_mill", lambda one: one.lot_at_mill, lambda kg: ton_text(_round_ton(kg))
        yield "lot_at_buyer", lambda one: one.lot_at_buyer, lambda kg: ton_text(_round_ton(kg))
        yield "near", lambda one: one.near, number_text
        yield "reach", lambda one: one.reach, number_text
        yield "gain", lambda one: one.gain_per_t, per_kg
        yield "transport", lambda one: one.transport_per_t, per_kg
        if fees:
            yield "milling", lambda one: one.milling_per_t, per_kg
        yield "mill_use", lambda one: one.mill_use, percent
        yield "truck_use", lambda one: one.truck_use, percent
        yield "links", lambda one: one.links, hundredths
        yield "sharing", lambda one: one.sharing, number_text
        yield "short", lambda one: one.short, number_text
        yield "concentration", lambda one: one.concentration, percent
        yield "one_buyer", lambda one: one.one_buyer, percent
        yield "largest", lambda one: one.largest, percent
        yield "uncovered", lambda one: one.uncovered, number_text
        yield "left_out", lambda one: one.left_out, number_text

    ways = (seen.alone, seen.greedy, seen.plan)
    body = []
    for name, figure, worded in rows():
        figures = [figure(one) for one in ways]
        body.append(
            Row(text(f"desk.picture.effect.{name}"), "", ["–" if one is None else worded(one) for one in figures])
        )
    return _table("effects", "what alone greedy plan", {"alone", "greedy", "plan"}, body)

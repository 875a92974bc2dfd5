"""From the record to the question of an area: good entries of all its events become villages, mills, buyers and hubs.

The readings of matching.md §2.1 hold as far as the area model can: whole columns, no row of an entry as an object. What
it cannot hold is told as a note with its count and kilograms; nothing falls out silently.

Each party stands at its own code, the area's (filled up to a village's), its number in the record and a place of its
own: `32.03.31.2002.0000123001`. Buyers that are no village cooperatives are hubs which only buy; a village outlet
confirmed as buyer takes rice from mills within the radius of retail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, func, select, type_coerce
from sqlalchemy.orm import Session

from kdmp_core.area_plans.scope import Scope
from kdmp_core.areas.store import table
from kdmp_core.errors import InvalidInput
from kdmp_core.lifecycle import State
from kdmp_core.matching import Goods, Parameters
from kdmp_core.matching.area import ISLANDS, AreaProblem, Demands, Forbidden, Hubs, Kind, Mills, Rates, Signed, Villages
from kdmp_core.records import VILLAGE_COOPERATIVES, Agreement, Event, MappingEntry, Party
from kdmp_core.texts import text

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]
Words = NDArray[np.str_]

REFERENCE = Parameters()
"""The dated reference table, whose since and source stand beside a result."""

FALLBACK = Rates()
RADII = (REFERENCE.mill_radius, REFERENCE.paddy_radius, FALLBACK.radii[Kind.RETAIL], REFERENCE.rice_radius, 0, 0)
"""Buyers of the record only buy: nothing is passed on from one to another."""

MAIN, REST, BUYS = 1, 2, 11
"""Places of a party: its paddy that may be milled, its paddy that may not, and from there on what it buys."""

NO_LIMIT = 1 << 60


@dataclass(frozen=True)
class Note:
    """What the area model could not hold, or holds otherwise: a key under `area_plans.note`, how many, how much."""

    code: str
    count: int
    kg: int = 0


@dataclass(frozen=True)
class Reading:
    """The question of an area and where it came from."""

    problem: AreaProblem
    events: int
    entries: int
    rejected: int
    parties: int
    notes: tuple[Note, ...]


def read(session: Session, scope: Scope, baseline: int = FALLBACK.baseline) -> Reading:
    """Give the question of an area at a baseline (Rp per kg paddy).

    Raises InvalidInput `area_plans.no_event`, `.no_mapping`, `.no_offer`, `.no_buyer`.
    """
    events = has_events(session, scope)
    if not events:
        raise InvalidInput("area_plans.no_event", area=scope.label)
    entries = _entries(session, scope)
    if not len(entries.kg):
        raise InvalidInput("area_plans.no_mapping", area=scope.label)
    rates = Rates(
        baseline=baseline, paddy_rate=REFERENCE.paddy_rate, rice_rate=REFERENCE.rice_rate, load=REFERENCE.load,
        byproduct=REFERENCE.byproduct, paddy_floor=REFERENCE.paddy_floor, radii=RADII,
    )  # fmt: skip
    reader = _Reader(entries, rates)
    problem = reader.problem(tuple(_promises(session, scope)))
    if not problem.villages.paddy.any():
        raise InvalidInput("area_plans.no_offer", area=scope.label)
    if not (len(problem.demands.rice) or len(problem.hubs.codes)):
        raise InvalidInput("area_plans.no_buyer", area=scope.label)
    rejected = _rejected(session, scope)
    notes = tuple(sorted(reader.notes, key=lambda note: note.code))
    return Reading(problem, events, len(entries.kg), rejected, len(reader.ids), notes)


def has_events(session: Session, scope: Scope) -> int:
    """Give how many events lie in an area."""
    return session.scalar(select(func.count()).select_from(Event).where(scope.has_events())) or 0


def party_of(code: str) -> int:
    """Give the number of the party that stands at a place of the question."""
    return int(code[14:-3])


def area_of(code: str) -> str:
    """Give the area code of a place of the question; of a party without a village, the area it names."""
    return code[:13].replace(".0000", "").removesuffix(".00").removesuffix(".00")


@dataclass(frozen=True)
class _Entries:
    """The columns of all good entries that count; `price` is -1 where none is named, `goods` empty where none."""

    party: Ints
    kind: Words
    area: Words
    what: Words
    goods: Words
    kg: Ints
    price: Ints
    is_buyer: Truths


def _entries(session: Session, scope: Scope) -> _Entries:
    """Read the entries of the latest event per (party, field, direction, commodity, period), column by column."""
    entry, event = MappingEntry, Event
    same = (entry.party_id, entry.field, entry.direction, entry.commodity, entry.period)
    order = func.rank().over(partition_by=same, order_by=(event.starts_on.desc(), event.id.desc()))
    inner = (
        select(
            entry.id, entry.party_id, type_coerce(Party.kind, String).label("kind"), Party.area_code,
            (entry.field + "_" + entry.direction).label("what"), entry.commodity, entry.quantity_kg,
            func.coalesce(entry.price_rupiah_per_kg, -1).label("price"), entry.is_buyer, order.label("turn"),
        )
        .join(event, event.id == entry.event_id)
        .join(Party, Party.id == entry.party_id)
        .where(entry.status == "good", scope.has_events(), scope.has_parties())
        .subquery()
    )  # fmt: skip
    rows = session.execute(select(*list(inner.c)[1:-1]).where(inner.c.turn == 1).order_by(inner.c.id)).all()
    columns = list(zip(*rows, strict=True)) or [()] * 8
    kinds = (np.int64, np.str_, np.str_, np.str_, np.str_, np.int64, np.int64, np.bool_)
    return _Entries(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))


def _rejected(session: Session, scope: Scope) -> int:
    query = (
        select(func.count())
        .select_from(MappingEntry)
        .join(Event, Event.id == MappingEntry.event_id)
        .outerjoin(Party, Party.id == MappingEntry.party_id)
        .where(MappingEntry.status != "good", scope.has_events(), scope.has_parties())
    )
    return session.scalar(query) or 0


@dataclass(frozen=True)
class _Promise:
    """What a supply agreement in force promises: goods by their key, whole kg."""

    code: str
    seller: int
    buyer: int
    goods: str
    kg: int


def _promises(session: Session, scope: Scope) -> Iterator[_Promise]:
    names = {text(f"commodity.{goods.value}"): goods.value for goods in Goods}
    query = select(Agreement).join(Event, Event.id == Agreement.event_id).order_by(Agreement.code)
    for agreement in session.scalars(
        query.where(Agreement.kind == "pks", Agreement.state == State.IN_FORCE, scope.has_events())
    ):
        seller, buyer = agreement.parties[0].party_id, agreement.parties[-1].party_id
        for line in agreement.terms.get("lines", ()):
            goods = names.get(line["commodity"], "")
            yield _Promise(agreement.code, seller, buyer, goods, int(line["kg"]))


@dataclass
class _Reader:
    """Columns of entries become columns of the question; what does not fit becomes notes."""

    entries: _Entries
    rates: Rates
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Give every party of the entries a row with its place."""
        every = self.entries
        places = _Places()
        unknown = ~np.isin(every.area, places.codes)
        self._note("no_place", unknown)
        self.entries = every = _Entries(*(column[~unknown] for column in vars(every).values()))
        self.ids, first, self.row = np.unique(every.party, return_index=True, return_inverse=True)
        self.area = every.area[first]
        self.latitude, self.longitude = places.of(self.area)
        self.island = np.array([ISLANDS[code[:2]] for code in self.area.tolist()], np.int64)

    def problem(self, promises: tuple[_Promise, ...]) -> AreaProblem:
        """Give the question in canonical order."""
        every = self.entries
        rice = np.isin(every.goods, (Goods.MEDIUM.value, Goods.PREMIUM.value))
        paddy, village = (
            every.goods == Goods.GKP.value,
            np.isin(every.kind, [kind.value for kind in VILLAGE_COOPERATIVES]),
        )
        offers = every.what == "production_potential"
        milling, wishing = every.what == "processing_potential", every.what == "processing_need"
        sells, buys = every.what == "marketing_need", every.what == "marketing_potential"
        confirmed, priced = ~village | every.is_buyer, every.price >= 0
        self._note("other_goods", (offers & ~paddy) | (milling & rice) | ((buys | sells) & ~(rice | paddy)))
        self._note("production_need", every.what == "production_need")
        self._note("trucks", np.char.startswith(every.what, "distribution"))
        self._note("paddy_wish", sells & paddy)
        self._note("own_outlet", buys & (rice | paddy) & ~confirmed)
        self._note("buyer_without_price", buys & (rice | paddy) & confirmed & ~priced)
        buys = buys & (rice | paddy) & confirmed & priced
        milling &= ~rice
        room = every.kg.copy()
        paid = {
            goods: int(every.price[buys & (every.goods == goods)].max(initial=-1))
            for goods in (Goods.MEDIUM.value, Goods.PREMIUM.value)
        }
        may = self._may_mill(milling, wishing, sells & rice, paid)
        grown = np.minimum(may, self._sum(offers & paddy, every.kg))
        self._premium(buys, sells & (every.price <= paid[Goods.PREMIUM.value]), grown, room)
        retail = buys & rice & village
        villages, of_party = self._villages(offers & paddy, may, milling | retail)
        hubs, hub_rows = self._hubs(buys & ~retail, room, paddy)
        fees = np.where(every.price[milling] < 0, REFERENCE.default_fee, every.price[milling])
        yields = np.full(int(milling.sum()), self.rates.yield_standard)
        outlets = np.zeros(int(retail.sum()), np.bool_)
        return AreaProblem(
            villages,
            Mills(of_party[self.row[milling]], every.kg[milling], yields, fees),
            Demands(of_party[self.row[retail]], room[retail], every.price[retail], outlets),
            hubs,
            self.rates,
            signed=tuple(self._signed(promises, villages, hubs)),
            forbidden=tuple(self._themselves(villages, hubs, hub_rows)),
        ).canonical()

    def _premium(self, buys: Truths, sells: Truths, grown: Ints, room: Ints) -> None:
        """Let premium buyers have no more together than is declared as premium and grown; the best price first."""
        every, premium = self.entries, self.entries.goods == Goods.PREMIUM.value
        rice = self.rates.rice_of(grown)
        declared = int(np.minimum(self._sum(sells & premium, every.kg), rice).sum())
        rows = np.flatnonzero(buys & premium)
        rows = rows[np.lexsort((every.party[rows], -every.price[rows]))]
        kg = every.kg[rows]
        room[rows] = np.clip(declared - (np.cumsum(kg) - kg), 0, kg)
        short = room[rows] < kg
        self.notes += (
            [Note("premium_undeclared", int(short.sum()), int((kg - room[rows]).sum()))] if short.any() else []
        )
        if declared:
            self._note("one_rice", sells & premium)

    def _may_mill(self, milling: Truths, wishing: Truths, sells: Truths, paid: dict[str, int]) -> Ints:
        """Give the most kg paddy that each party sends to mills: by its wish to mill, and by its rice to sell."""
        every = self.entries
        best = np.array([paid.get(goods, -1) for goods in every.goods.tolist()], np.int64)
        dear = sells & (every.price > best)
        self._note("ask_above_buyers", dear)
        self._note("asks_sift", sells & ~dear & (every.price > 0))
        may = np.full(len(self.ids), NO_LIMIT, np.int64)
        asked = self._some(wishing) & ~self._some(milling)
        may[asked] = self._sum(wishing, every.kg)[asked]
        bound = self._some(sells)
        rice = self._sum(sells & ~dear, self.rates.paddy_of(every.kg))
        may[bound] = np.minimum(may, rice)[bound]
        return may

    def _villages(self, offers: Truths, may: Ints, others: Truths) -> tuple[Villages, Ints]:
        """Give a row for each party that offers, mills or has an outlet, a second one for paddy that is not milled.

        And the row of each party, for its mills and outlets.
        """
        every = self.entries
        paddy, ask = self._sum(offers, every.kg), np.zeros(len(self.ids), np.int64)
        np.maximum.at(ask, self.row[offers], every.price[offers])
        main = np.flatnonzero(self._some(offers | others))
        rest = np.flatnonzero(paddy > may)
        rows = np.concatenate((main, rest))
        milled = np.arange(len(rows)) < len(main)
        kg = np.where(milled, np.minimum(paddy, may)[rows], (paddy - may)[rows])
        of_party = np.full(len(self.ids), -1, np.int64)
        of_party[main] = np.arange(len(main))
        codes = self._codes(rows, np.where(milled, MAIN, REST))
        places = self.latitude[rows], self.longitude[rows], self.island[rows]
        return Villages(codes, *places, kg, ask[rows], milled), of_party

    def _hubs(self, buys: Truths, room: Ints, paddy: Truths) -> tuple[Hubs, Ints]:
        """Give a hub for each thing that a party buys, in the order of the record, and the row of its party."""
        every, rows = self.entries, np.flatnonzero(buys)
        rows = rows[np.lexsort((every.price[rows], every.kg[rows], every.goods[rows], every.party[rows]))]
        party = self.row[rows]
        turn = np.arange(len(rows)) - np.searchsorted(party, party, side="left")
        codes, is_paddy = self._codes(party, BUYS + turn), paddy[rows]
        kg, price, none = room[rows], every.price[rows], np.zeros(len(rows), np.int64)
        goods = (np.where(is_paddy, kg, none), np.where(is_paddy, price, none))
        rice = (np.where(is_paddy, none, kg), np.where(is_paddy, none, price))
        places = self.latitude[party], self.longitude[party], self.island[party]
        return Hubs(codes, *places, *goods, *rice), party

    def _signed(self, promises: tuple[_Promise, ...], villages: Villages, hubs: Hubs) -> Iterator[Signed]:
        """Give the agreements on paddy as lower bounds, from what may not be milled first; note what cannot be held."""
        kept, rice, short = 0, [0, 0], [0, 0]
        left = dict(zip(villages.codes.tolist(), villages.paddy.tolist(), strict=True))
        gates = _gates(hubs, self.rates.paddy_floor)
        stands = dict(zip(self.ids.tolist(), self.area.tolist(), strict=True))
        for one in promises:
            if one.goods != Goods.GKP.value:
                rice = [rice[0] + 1, rice[1] + one.kg]
                continue
            rest, gate = one.kg, gates.get(one.buyer)
            for slot in (REST, MAIN) if gate and one.seller in stands else ():
                seller = place_code(stands[one.seller], one.seller, slot)
                kg = min(rest, left.get(seller, 0))
                if kg > 0:
                    left[seller] -= kg
                    rest -= kg
                    kept += kg
                    yield Signed(Kind.PADDY, seller, str(gate), kg, one.code)
            short = [short[0] + (rest > 0), short[1] + rest]
        if rice[0]:
            self.notes.append(Note("signed_rice", *rice))
        if short[0]:
            self.notes.append(Note("signed_short", *short))

    def _themselves(self, villages: Villages, hubs: Hubs, hub_rows: Ints) -> Iterator[Forbidden]:
        """Forbid that a party sells its paddy to itself."""
        growing = {party_of(code) for code in villages.codes[villages.paddy > 0].tolist()}
        codes = villages.codes[villages.paddy > 0].tolist()
        for row in np.flatnonzero(hubs.paddy > 0).tolist():
            party = int(self.ids[hub_rows[row]])
            if party in growing:
                yield from (
                    Forbidden(Kind.PADDY, code, str(hubs.codes[row])) for code in codes if party_of(code) == party
                )

    def _codes(self, rows: Ints, slots: Ints) -> Words:
        areas, ids = self.area[rows].tolist(), self.ids[rows].tolist()
        return np.array([place_code(*one) for one in zip(areas, ids, slots.tolist(), strict=True)], np.str_)

    def _some(self, which: Truths) -> Truths:
        found = np.zeros(len(self.ids), np.bool_)
        found[self.row[which]] = True
        return found

    def _sum(self, which: Truths, kg: Ints) -> Ints:
        total = np.zeros(len(self.ids), np.int64)
        np.add.at(total, self.row[which], kg[which])
        return total

    def _note(self, code: str, which: Truths) -> None:
        if which.any():
            self.notes.append(Note(code, int(which.sum()), int(self.entries.kg[which].sum())))


def place_code(area: str, party: int, slot: int) -> str:
    """Give the code at which a party stands in the question."""
    return f"{area}{VILLAGE[len(area) :]}.{party:07d}{slot:03d}"


VILLAGE = "00.00.00.0000"


def _gates(hubs: Hubs, floor: int) -> dict[int, str]:
    """Give, for each party that buys paddy at the floor or more, the hub of its best price."""
    lawful = np.flatnonzero((hubs.paddy > 0) & (hubs.paddy_prices >= floor))
    order = lawful[np.argsort(hubs.paddy_prices[lawful], kind="stable")]
    return {party_of(code): code for code in hubs.codes[order].tolist()}


class _Places:
    """Where all areas lie, as columns; what has no point takes that of the area above."""

    def __init__(self) -> None:
        known = table()
        self.codes = np.array(known.codes)
        self.latitudes = np.array(known.latitudes, np.int64)
        self.longitudes = np.array(known.longitudes, np.int64)
        self.has_point = np.frombuffer(known.has_point, np.uint8) > 0

    def of(self, codes: Words) -> tuple[Ints, Ints]:
        rows = np.searchsorted(self.codes, codes)
        for place in np.flatnonzero(~self.has_point[rows]).tolist():
            code = str(codes[place])
            while not self.has_point[rows[place]]:
                code = code.rpartition(".")[0]
                rows[place] = np.searchsorted(self.codes, code)
        return self.latitudes[rows], self.longitudes[rows]

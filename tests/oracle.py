"""Matching solved once more, otherwise: by arcs instead of paths, with its own distances, prices and readings.

It shares only the records of a question and an answer with the room it checks. Values are in milli-rupiah.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import atan2, cos, hypot, radians, sin

import highspy

from kdmp_core.matching import Goods, Party, PartyKind, Problem, Result, Row, RowKind

Terms = Mapping[int, float]


class Linear:
    """A linear programme to be written down term by term."""

    def __init__(self) -> None:
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)  # HiGHS has one scheduler a process: all must agree on its size
        self.size = 0

    def column(self, cost: float) -> int:
        self.solver.addVar(0.0, highspy.kHighsInf)
        self.solver.changeColCost(self.size, cost)
        self.size += 1
        return self.size - 1

    def row(self, least: float, terms: Terms, most: float) -> None:
        self.solver.addRow(least, most, len(terms), list(terms), list(terms.values()))

    def least_cost(self) -> float:
        if not self.size:
            return 0.0
        self.solver.run()
        assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return float(self.solver.getInfo().objective_function_value)


def away(one: Party, other: Party) -> int:
    """Metres by the angle between two vectors of the sphere (not haversine)."""
    assert one.point is not None
    assert other.point is not None
    lat_1, lat_2 = radians(one.point.latitude / 1e5), radians(other.point.latitude / 1e5)
    turn = radians((other.point.longitude - one.point.longitude) / 1e5)
    across = hypot(cos(lat_2) * sin(turn), cos(lat_1) * sin(lat_2) - sin(lat_1) * cos(lat_2) * cos(turn))
    return round(6371008.8 * atan2(across, sin(lat_1) * sin(lat_2) + cos(lat_1) * cos(lat_2) * cos(turn)))


def whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def haul(problem: Problem, metres: int, rate: int) -> int:
    factor = Decimal(problem.parameters.road_factor.numerator) / problem.parameters.road_factor.denominator
    return whole(factor * rate * metres / 1000) + problem.parameters.load if metres else 0


def best_value(problem: Problem) -> float:
    """Give the greatest value of the goods flow in milli-rupiah."""
    return _Arcs(problem).value()


class _Arcs:
    def __init__(self, problem: Problem) -> None:
        self.problem, self.table = problem, problem.parameters
        self.rho = Decimal(self.table.rho.numerator) / self.table.rho.denominator
        self.party = {party.key: party for party in problem.parties}
        self.of_kind: dict[RowKind, list[Row]] = defaultdict(list)
        for row in problem.rows:
            if not row.rejected:
                self.of_kind[row.kind].append(row)
        self.buyers = [row for row in self.of_kind[RowKind.MARKET_OFFER] if self.takes(row)]
        self.linear = Linear()
        self.under: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        self.most: dict[tuple[str, str], int] = {}
        self.at_mill: dict[tuple[str, Goods, frozenset[str]], dict[int, float]] = defaultdict(dict)

    def takes(self, row: Row) -> bool:
        village = self.party[row.party].kind in {PartyKind.KDMP, PartyKind.KKMP}
        return row.price is not None and (row.confirmed or not village)

    def cap(self, name: str, row: Row, column: int, most: int) -> None:
        self.under[name, row.key][column] = 1.0
        self.most[name, row.key] = most

    def value(self) -> float:
        for source in self.of_kind[RowKind.PRODUCTION_OFFER]:
            self.as_paddy(source)
            self.as_rice(source)
        self.from_mills()
        for key, terms in self.under.items():
            self.linear.row(-highspy.kHighsInf, terms, float(self.most[key]))
        for terms in self.at_mill.values():
            self.linear.row(0.0, terms, 0.0)
        return -self.linear.least_cost()

    def as_paddy(self, source: Row) -> None:
        for buyer in self.buyers:
            metres = away(self.party[source.party], self.party[buyer.party])
            enough = (buyer.price or 0) >= max(self.table.paddy_floor, source.price or 0)
            if buyer.goods is Goods.GKP and enough and metres <= self.table.paddy_radius:
                gain = 1000 * ((buyer.price or 0) - self.problem.baseline)
                column = self.linear.column(haul(self.problem, metres, self.table.paddy_rate) - gain)
                self.cap("offer", source, column, source.kg)
                self.cap("buyer", buyer, column, buyer.kg)

    def as_rice(self, source: Row) -> None:
        mine = [wish for wish in self.of_kind[RowKind.MARKET_NEED] if wish.party == source.party]
        own_mill = any(mill.party == source.party for mill in self.of_kind[RowKind.MILLING_OFFER])
        needs = [need for need in self.of_kind[RowKind.MILLING_NEED] if need.party == source.party]
        branches: list[Row | None] = [*mine] or [None]
        for wish in branches:
            goods, ask = (Goods.MEDIUM, 0) if wish is None else (wish.goods, wish.price or 0)
            assert goods is not None
            open_to = frozenset(row.key for row in self.buyers if row.goods is goods and (row.price or 0) >= ask)
            for mill in self.of_kind[RowKind.MILLING_OFFER]:
                metres = away(self.party[source.party], self.party[mill.party])
                if metres > self.table.mill_radius:
                    continue
                fee = self.table.default_fee if mill.price is None else mill.price
                cost = 1000 * (fee - self.table.byproduct) + haul(self.problem, metres, self.table.paddy_rate)
                column = self.linear.column(cost + 1000 * self.problem.baseline)
                self.cap("offer", source, column, source.kg)
                self.cap("mill", mill, column, mill.kg)
                if wish is not None:
                    self.cap("wish", wish, column, int(wish.kg / self.rho))
                if needs and not own_mill:
                    self.cap("need", needs[0], column, sum(need.kg for need in needs))
                self.at_mill[mill.key, goods, open_to][column] = 1.0

    def from_mills(self) -> None:
        mills = {mill.key: mill for mill in self.of_kind[RowKind.MILLING_OFFER]}
        for (mill, goods, open_to), terms in self.at_mill.items():
            for buyer in self.buyers:
                metres = away(self.party[mills[mill].party], self.party[buyer.party])
                if buyer.goods is goods and buyer.key in open_to and metres <= self.table.rice_radius:
                    worth = whole(self.rho * 1000 * (buyer.price or 0))
                    cost = whole(self.rho * haul(self.problem, metres, self.table.rice_rate))
                    column = self.linear.column(cost - worth)
                    self.cap("buyer", buyer, column, int(buyer.kg / self.rho))
                    terms[column] = -1.0


def best_lifts(problem: Problem, result: Result) -> tuple[int, int]:
    """Give the most kg that trucks can carry of a result's flows, and then the fewest empty kg-metres."""
    party = {one.key: one for one in problem.parties}
    asked = _sums(problem.rows, RowKind.TRANSPORT_NEED)
    loads: dict[tuple[str, str, str, Goods], int] = defaultdict(int)
    for flow in result.flows:
        first, second = flow.metres
        if first:
            loads[flow.party, flow.party, flow.mill or flow.buyer, Goods.GKP] += flow.kg_gkp
        if second and flow.mill:
            loads[flow.party, flow.mill, flow.buyer, flow.goods] += flow.kg_goods
    trucks = [row for row in problem.rows if row.kind is RowKind.TRANSPORT_OFFER and not row.rejected]
    linear = Linear()
    carries: dict[object, dict[int, float]] = defaultdict(dict)
    most: dict[object, float] = {}
    empty: dict[int, int] = {}
    for truck in trucks:
        for load, kg in loads.items():
            metres = away(party[truck.party], party[load[1]])
            if load[0] in asked and metres <= problem.parameters.truck_radius and truck.party != load[0]:
                column = linear.column(-1.0)
                empty[column] = metres
                bounds: list[tuple[object, int]] = [(truck.key, truck.kg), (load, kg), (load[0], asked[load[0]])]
                for key, limit in bounds:
                    carries[key][column], most[key] = 1.0, float(limit)
    for key, terms in carries.items():
        linear.row(-highspy.kHighsInf, terms, most[key])
    carried = round(-linear.least_cost())
    linear.row(float(carried), dict.fromkeys(empty, 1.0), float(carried))
    for column, metres in empty.items():
        linear.solver.changeColCost(column, float(metres))
    return carried, round(linear.least_cost())


def _sums(rows: Iterable[Row], kind: RowKind) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.kind is kind and not row.rejected:
            sums[row.party] += row.kg
    return dict(sums)

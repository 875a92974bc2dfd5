"""Small events for tests of matching, built row by row; at one place and with simple rates unless said otherwise."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from kdmp_core.matching import Commitments, Goods, Parameters, Party, PartyKind, Point, Problem, Row, RowKind

HERE = Point.of("-7.67000", "109.65000")
BASELINE = 6_500
SIMPLE = Parameters(rho=Fraction(1, 2), byproduct=0, road_factor=Fraction(1), paddy_rate=1_000, rice_rate=1_000, load=0)
"""One kg rice from two kg paddy; a metre costs one rupiah a tonne; nothing for loading."""


def party(key: str, number: int, kind: PartyKind = PartyKind.KDMP, point: Point | None = HERE) -> Party:
    return Party(key, number, kind, point)


def row(owner: str, kind: RowKind, tonnes: float, goods: Goods | None = None, price: int | None = None) -> Row:
    name = f"{owner}-{kind}-{goods or ''}"
    return Row(name, owner, kind, round(1000 * tonnes), goods, price, "musim")


def grows(owner: str, tonnes: float, ask: int | None = None) -> Row:
    return row(owner, RowKind.PRODUCTION_OFFER, tonnes, Goods.GKP, ask)


def buys(owner: str, tonnes: float, price: int, goods: Goods = Goods.GKP) -> Row:
    return row(owner, RowKind.MARKET_OFFER, tonnes, goods, price)


def mills(owner: str, tonnes: float, fee: int | None = None) -> Row:
    return row(owner, RowKind.MILLING_OFFER, tonnes, None, fee)


def wishes(owner: str, tonnes: float, goods: Goods, ask: int | None = None) -> Row:
    return row(owner, RowKind.MARKET_NEED, tonnes, goods, ask)


def event(
    rows: Iterable[Row],
    parties: Iterable[Party] | None = None,
    parameters: Parameters = SIMPLE,
    commitments: Commitments | None = None,
) -> Problem:
    """Put an event together; parties that are not given stand HERE, those from X on as buyers."""
    rows = tuple(rows)
    known = {one.key: one for one in parties or ()}
    for number, key in enumerate(sorted({one.party for one in rows}), 1):
        kind = PartyKind.SOE if key >= "X" else PartyKind.KDMP
        known.setdefault(key, party(key, number, kind))
    return Problem(tuple(known.values()), rows, BASELINE, parameters, commitments or Commitments())


def regency(seed: int, villages: int = 40, partners: int = 4) -> Problem:
    """Make the sheet of another regency: seeded, with every kind of row, dirt that is data, and real figures."""
    chance = random.Random(seed)
    near = [Point(HERE.latitude + chance.randrange(-20_000, 20_000), HERE.longitude + chance.randrange(-30_000, 30_000))
            for _ in range(villages + partners)]  # fmt: skip
    parties, rows = [], list[Row]()
    for number, point in enumerate(near, 1):
        kind = PartyKind.KDMP if number <= villages else chance.choice([PartyKind.SOE, PartyKind.SECONDARY])
        parties.append(party(f"33.05.{number:02d}", number, kind, point))
        rows += _village(parties[-1].key, chance) if number <= villages else _partner(parties[-1].key, chance)
    rows.append(Row("lost", "", RowKind.PRODUCTION_OFFER, 0, Goods.GKP, rejected=True))
    return Problem(tuple(parties), tuple(rows), chance.choice([6_200, 6_300, 6_500]), Parameters())


def _village(key: str, chance: random.Random) -> list[Row]:
    tonnes = chance.randrange(200, 1800) / 10
    rows = [grows(key, tonnes, chance.choice([None, 6_500, 6_700, 6_900]))]
    if chance.random() < 0.3:
        rows.append(mills(key, chance.randrange(300, 2500) / 10, chance.choice([None, 400, 450, 480])))
    elif chance.random() < 0.8:
        rows.append(row(key, RowKind.MILLING_NEED, tonnes * 0.9))
    if chance.random() < 0.6:
        goods = chance.choice([Goods.MEDIUM, Goods.MEDIUM, Goods.PREMIUM])
        rows.append(wishes(key, tonnes * 0.5, goods, chance.choice([None, 12_000, 13_500])))
    elif chance.random() < 0.5:
        rows.append(buys(key, tonnes * 0.5, 13_000, Goods.MEDIUM))
    kind = RowKind.TRANSPORT_OFFER if chance.random() < 0.3 else RowKind.TRANSPORT_NEED
    rows.append(row(key, kind, tonnes * chance.choice([0.3, 0.5])))
    return rows


def _partner(key: str, chance: random.Random) -> list[Row]:
    prices = {Goods.GKP: (6_500, 6_900), Goods.MEDIUM: (12_000, 13_600), Goods.PREMIUM: (13_800, 14_500)}
    chosen = chance.sample(list(Goods), 2)
    return [buys(key, chance.randrange(300, 1500), chance.randrange(*prices[goods]), goods) for goods in chosen]


def shuffled(problem: Problem, seed: int) -> Problem:
    """Give the same event with parties and rows in another order."""
    chance = random.Random(seed)
    parties, rows = list(problem.parties), list(problem.rows)
    chance.shuffle(parties)
    chance.shuffle(rows)
    return replace(problem, parties=tuple(parties), rows=tuple(rows))

"""Finds every admissible path of a problem (matching.md §2.1, §2.2) and remembers why the others fell out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial

from kdmp_core.matching.distance import metres
from kdmp_core.matching.gains import milling_cost, paddy_net, rice_haul, rice_worth
from kdmp_core.matching.limits import Limits
from kdmp_core.matching.model import Goods, Problem, Row, RowKind
from kdmp_core.matching.network import Block, Network, Path, is_buyer, ordered_rows, too_many
from kdmp_core.matching.periods import SHARED

Branch = tuple[Row | None, Goods, int]
"""A party's rice: the market row that binds it (or None), its class, and its ask in Rp/kg (0 for none)."""


CAUSES = (Block.PRICE, Block.DISTANCE, Block.FORBIDDEN, Block.PERIOD)


def build(problem: Problem) -> Network:
    """Give the network of a checked problem. Raises TooLarge when it has more than the allowed number of paths."""
    return _Builder(problem).network


class _Builder:
    def __init__(self, problem: Problem) -> None:
        self.parameters, self.timing = problem.parameters, problem.timing
        self.baseline = 1000 * problem.baseline
        self.commitments = problem.commitments
        self.signed = {(one.party, one.counterpart) for one in problem.commitments.binding}
        self.rows = ordered_rows(problem)
        self.network = Network(problem, {party.key: party for party in problem.parties}, self.rows)
        self.limits = Limits(problem, self.rows, self.network.parties)
        self.network.limits = self.limits.all
        self.of_party: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            self.of_party[row.party].append(row)
        self.away, self.also_met = cache(self._away), cache(self._also_met)
        self.worth = cache(partial(rice_worth, problem.parameters))
        self.haul = cache(partial(rice_haul, problem.parameters))
        self.mills = [row for row in self.rows if row.kind is RowKind.MILLING_OFFER]
        self.buyers = [row for row in self.rows if is_buyer(row, self.network.parties[row.party])]
        self._paths()

    def _away(self, one: str, other: str) -> int:
        first, second = self.network.parties[one].point, self.network.parties[other].point
        if first is None or second is None:  # ordered_rows leaves such parties out
            raise LookupError(one, other)
        return metres(first, second)

    def _paths(self) -> None:
        for source in self.rows:
            if source.is_supply:
                for buyer in self.buyers:
                    if buyer.goods is Goods.GKP and buyer.party != source.party:
                        self._paddy(source, buyer)
                for branch in self._branches(source.party):
                    self._rice(source, branch)
                too_many(len(self.network.paths))

    def _branches(self, party: str) -> Iterator[Branch]:
        """Give what the party's rice may be: bound by its market rows, or free medium without one (§2.1a, b)."""
        wishes = [(row, goods) for row in self.of_party[party] if (goods := row.wished_rice)]
        if wishes and self.parameters.market_rows_bind:
            for row, goods in wishes:
                yield row, goods, row.price or 0
            return
        for goods in sorted({Goods.MEDIUM, *(goods for _, goods in wishes)}):
            yield None, goods, 0

    def _paddy(self, source: Row, buyer: Row) -> None:
        price, away = buyer.price or 0, self.away(source.party, buyer.party)
        floor = max(source.price or 0, self.parameters.paddy_floor)
        net = paddy_net(self.parameters, price, away)
        path = Path(source, None, None, buyer, Goods.GKP, net - self.baseline, net, (away, 0), ())
        self._add(path, self._blocks(path, paid=price >= floor, near=away <= self.parameters.paddy_radius))

    def _rice(self, source: Row, branch: Branch) -> None:
        wish, goods, ask = branch
        buyers = [row for row in self.buyers if row.goods is goods and row.party != source.party]
        for mill in self.mills:
            there = self.away(source.party, mill.party)
            fee = self.parameters.default_fee if mill.price is None else mill.price
            cost = milling_cost(self.parameters, fee, there)
            for buyer in buyers:
                on, price = self.away(mill.party, buyer.party), buyer.price or 0
                near = there <= self.parameters.mill_radius and on <= self.parameters.rice_radius
                net = self.worth(price) - cost - self.haul(on)
                path = Path(source, wish, mill, buyer, goods, net - self.baseline, net, (there, on), ())
                self._add(path, self._blocks(path, paid=price >= ask, near=near))

    def _blocks(self, path: Path, *, paid: bool, near: bool) -> set[Block]:
        """Give why a path falls out. Who has signed has agreed to price and distance; the floor stands for all."""
        blocks = set()
        signed = any((path.source.party, other) in self.signed for other in path.counterparts)
        legal = path.mill is not None or (path.buyer.price or 0) >= self.parameters.paddy_floor
        if not paid and not (signed and legal):
            blocks.add(Block.PRICE)
        if not near and not signed:
            blocks.add(Block.DISTANCE)
        if any(self.commitments.forbids(path.source.party, other) for other in path.counterparts):
            blocks.add(Block.FORBIDDEN)
        return blocks

    def _add(self, path: Path, blocks: set[Block]) -> None:
        """Take a path up, or remember on its rows why it fell out; of several causes money speaks first."""
        rows = [*path.rows, *self.also_met(path.source.party, paddy=path.mill is None)]
        times = [] if blocks else list(self._times(path))
        if not times:
            blocks = blocks or {Block.PERIOD}
            cause = next(cause for cause in CAUSES if cause in blocks)
            for key in rows:
                self.network.blocked[key].add(cause)
            return
        for timed in times:
            for key in rows:
                self.network.paths_of_row[key].append(len(self.network.paths))
            self.network.paths.append(replace(timed, limits=self._touched(timed)))

    def _times(self, path: Path) -> Iterator[Path]:
        """Give the path in every period of harvest and of delivery that it can have, and through every store."""
        if self.timing is None:
            yield path
            return
        ends = [self.limits.of_row[row.key] for row in (path.mill, path.buyer) if row is not None]
        for harvested in self.limits.of_row[path.source.key]:
            for delivered in range(harvested or 0, len(self.timing.periods)):
                if all(delivered in end for end in ends):
                    cost = self.timing.store_cost * (delivered - (harvested or 0))
                    stores = self._stores(path) if harvested != delivered else [None]
                    for store in stores:
                        yield replace(
                            path, gain=path.gain - cost, net=path.net - cost,
                            harvested=harvested, delivered=delivered, store=store,
                        )  # fmt: skip

    def _stores(self, path: Path) -> list[str | None]:
        owners = (path.source.party, path.mill.party if path.mill else None, SHARED)
        return [owner for owner in dict.fromkeys(owners) if owner in self.limits.stores]

    def _also_met(self, party: str, *, paddy: bool) -> tuple[str, ...]:
        """Give the party's rows that its paths of paddy or of rice meet without being limited by them.

        They are milling needs, and wishes for a paddy buyer.
        """
        kind = RowKind.MARKET_NEED if paddy else RowKind.MILLING_NEED
        return tuple(
            row.key for row in self.of_party[party] if row.kind is kind and (not paddy or row.goods is Goods.GKP)
        )

    def _touched(self, path: Path) -> tuple[int, ...]:
        whens = ((path.source, path.harvested), (path.wish, None), (path.mill, path.delivered),
                 (path.buyer, path.delivered))  # fmt: skip
        indices = [self.limits.of_row[row.key][when] for row, when in whens if row is not None]
        if path.mill is not None and path.source.party in self.limits.milling_wish:
            indices.append(self.limits.milling_wish[path.source.party])
        kept_to = self.limits.kept_to(path.source.party, path.counterparts, path.goods)
        held = () if path.store is None else self.limits.stores[path.store][path.harvested : path.delivered]
        return (*indices, *kept_to, *held)

"""Rows become limits: what paths share and can use up, clipped so that prices stay true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kdmp_core.matching.gains import paddy_for, paddy_of
from kdmp_core.matching.model import Commitment, Goods, Party, Pin, Problem, Row, RowKind
from kdmp_core.matching.network import Limit, LimitKind, is_buyer
from kdmp_core.matching.periods import SHARED, Store

CLEARANCE = 10**6
"""Capacities are clipped to the total offered plus this; exactly the total would look used up and falsify prices."""


class Limits:
    """Gathers limits while the network is built and finds them again by row or party."""

    def __init__(self, problem: Problem, rows: Iterable[Row], parties: dict[str, Party]) -> None:
        """Make the limits of all rows, capacities clipped to the total offered plus the clearance."""
        self.all: list[Limit] = []
        self.of_row: dict[str, dict[int | None, int]] = {}
        self.stores: dict[str, list[int]] = {}
        self.milling_wish: dict[str, int] = {}
        self.promises: list[tuple[int, Commitment | Pin]] = []
        self._problem, self._parameters = problem, problem.parameters
        rows = list(rows)
        offered = sum(row.kg for row in rows if row.is_supply)
        self._ceiling = offered + CLEARANCE
        for row in rows:
            self._take(row, parties[row.party])
        self._wishes(rows)
        for signed in sorted(problem.commitments.binding, key=lambda item: item.agreement):
            self._promise(LimitKind.AGREEMENT, signed.agreement, signed)
        for pin in sorted(problem.commitments.pinned):
            self._promise(LimitKind.PIN, pin.key, pin, exact=pin.exact)
        self._stores()

    def _add(self, limit: Limit) -> int:
        self.all.append(limit)
        return len(self.all) - 1

    def _take(self, row: Row, party: Party) -> None:
        kind = _kind_of(row, party)
        if kind is None:
            return
        kg = paddy_of(self._parameters, row.kg) if row.goods and row.goods.is_rice else row.kg
        self.of_row[row.key] = {
            period: self._add(Limit(kind, row.party, (row.key,), min(part, self._ceiling), period=period))
            for period, part in self._problem.lying(row, kg).items()
        }

    def _stores(self) -> None:
        """Take every store up, one limit for each step; the one open to all also while it holds nothing.

        So the price of that limit tells what a first ton in store would be worth.
        """
        timing = self._problem.timing
        if timing is None:
            return
        stores = {SHARED: Store(SHARED, 0), **{store.party: store for store in sorted(timing.stores)}}
        for owner, store in stores.items():
            most = min(store.kg, self._ceiling)
            limits = (
                Limit(LimitKind.STORE, owner, (store_key(owner),), most, period=step)
                for step in range(len(timing.periods) - 1)
            )
            self.stores[owner] = [self._add(limit) for limit in limits]

    def _wishes(self, rows: list[Row]) -> None:
        """Cap what a party sends to mills by its milling wishes, unless it has a mill of its own."""
        own = {row.party for row in rows if row.kind is RowKind.MILLING_OFFER}
        wishes: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row.kind is RowKind.MILLING_NEED and row.party not in own:
                wishes[row.party].append(row)
        for party, mine in wishes.items():
            kg = min(sum(row.kg for row in mine), self._ceiling)
            keys = tuple(row.key for row in mine)
            self.milling_wish[party] = self._add(Limit(LimitKind.MILLING_WISH, party, keys, kg))

    def _promise(self, kind: LimitKind, name: str, promise: Commitment | Pin, *, exact: bool = False) -> None:
        rice = promise.goods is not None and promise.goods.is_rice
        kg = paddy_for(self._parameters, promise.kg) if rice else promise.kg
        limit = Limit(kind, promise.party, (name,), kg if exact else max(kg, self._ceiling), least=kg)
        self.promises.append((self._add(limit), promise))

    def kept_to(self, party: str, counterparts: tuple[str, ...], goods: Goods) -> list[int]:
        """Give the agreements and pins a path of these parties and goods helps to keep."""
        return [
            index
            for index, promise in self.promises
            if promise.party == party and promise.counterpart in counterparts and promise.goods in {None, goods}
        ]


def store_key(party: str) -> str:
    """Give the name a refusal calls a store by."""
    return f"store:{party}"


def _kind_of(row: Row, party: Party) -> LimitKind | None:
    if row.is_supply:
        return LimitKind.SUPPLY
    if row.kind is RowKind.MILLING_OFFER:
        return LimitKind.MILL
    if row.wished_rice:
        return LimitKind.RICE_WISH
    return LimitKind.BUYER if is_buyer(row, party) else None

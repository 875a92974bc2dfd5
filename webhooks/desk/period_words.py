"""Periods and stores in words: what each is called, where a limit binds in time, and when a flow goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kdmp_core.matching import SHARED, Flow, LimitKind, Result, Stored
from kdmp_core.quantities import number_text, rupiah_text, ton_text
from kdmp_core.texts import text

Names = Mapping[str, str]
Months = tuple[int, ...]


def period_name(months: Months) -> str:
    """Give a period by its months: "Jan–Apr"."""
    first, last = (text(f"month.{month}")[:3] for month in (months[0], months[-1]))
    return first if len(months) == 1 else f"{first}–{last}"


def store_name(party: str, names: Names) -> str:
    """Give a store by its owner's name; the one open to all has none."""
    return text("desk.periods.shared") if party == SHARED else text("matching.limit.store", party=names[party])


@dataclass(frozen=True)
class Times:
    """The periods of an answer; `no_store` while the store open to all holds nothing."""

    periods: tuple[Months, ...] = ()
    no_store: bool = False

    @classmethod
    def of(cls, result: Result) -> Times:
        """Give the times of a result."""
        return cls(result.periods, not any(one.capacity for one in result.stored if one.party == SHARED))

    def name(self, period: int) -> str:
        """Give a period by its position."""
        return period_name(self.periods[period])

    def limit(self, kind: LimitKind, party: str, period: int | None, names: Names) -> str:
        """Say what is used up, and in which period or between which."""
        if kind is LimitKind.STORE:
            store = text("desk.periods.no_store") if party == SHARED and self.no_store else store_name(party, names)
            if period is None or not self.periods:
                return store
            return text("desk.periods.between", store=store, first=self.name(period), then=self.name(period + 1))
        words = text(f"matching.limit.{kind}", party=names.get(party, ""))
        return words if period is None or not self.periods else f"{words} ({self.name(period)})"

    def when(self, flow: Flow, names: Names) -> str:
        """Say when a flow is harvested and delivered, and where it waits; nothing without periods."""
        if flow.harvested is None or flow.delivered is None:
            return ""
        harvest, delivery = self.name(flow.harvested), self.name(flow.delivered)
        if flow.store is None:
            return harvest
        return text("desk.periods.waits", harvest=harvest, delivery=delivery, store=store_name(flow.store, names))

    def delivery(self, period: int | None) -> str:
        """Give the period of a delivery in brackets, for a sentence; nothing without periods."""
        return "" if period is None else f" ({self.name(period)})"

    def stores(self, stored: tuple[Stored, ...], names: Names) -> list[list[str]]:
        """Give what lies in every store between two periods, as cells."""
        return [
            [
                store_name(one.party, names),
                text("desk.periods.step", first=self.name(one.period), then=self.name(one.period + 1)),
                ton_text(one.kg),
                ton_text(one.capacity),
                rupiah_text(one.rp_per_t),
            ]
            for one in stored
            if one.capacity or one.rp_per_t
        ]


def assumed(result: Result) -> list[str]:
    """Say what was assumed of when the rows lie, and what holds for all periods together."""
    if not result.periods:
        return []
    said = [text(f"desk.periods.assumed.{one.word}", n=number_text(one.rows)) for one in result.assumed]
    return [*said, *(text(f"desk.periods.assumed.{name}") for name in ("as_written", "wishes", "waiting"))]

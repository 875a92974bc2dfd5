"""The part "periods and stores" of the page of choices: its fields, and what was typed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import request

from kdmp_core.matching import MOST_PERIODS, SHARED, Problem, RowKind, Seasons, Store
from kdmp_core.matching.months import YEAR
from kdmp_core.matching.periods import Months
from kdmp_core.plans import Choices
from kdmp_core.quantities import kilograms, number_text, ton_text
from kdmp_core.texts import text
from webhooks.desk import forms
from webhooks.desk.period_words import period_name

LENGTHS = (1, 2, 3, 4, 6)
USUAL_LENGTH = 4
MOST_COST = 10**9
STORE = "store-"
SHARED_FIELD = "shared_store"

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class PeriodFields:
    """The fields with what is chosen now; `stores` are (name, label, amount) of the parties that may keep paddy."""

    counts: Options
    count: str
    lengths: Options
    length: str
    months: Options
    first: str
    shared: str
    cost: str
    stores: list[tuple[str, str, str]]
    any_own: bool


def of(problem: Problem, choices: Choices, seasons: Seasons, names: Mapping[str, str]) -> PeriodFields:
    """Give the fields for an event's problem; without periods they begin at the harvest of its own season."""
    count, length, first = _shown(choices.periods, seasons.harvests[seasons.own][0])
    held = {store.party: ton_text(store.kg) for store in choices.stores}
    keeping = {RowKind.PRODUCTION_OFFER, RowKind.MILLING_OFFER}
    owners = {row.party for row in problem.rows if row.kind in keeping and not row.rejected} | held.keys() - {SHARED}
    return PeriodFields(
        counts=[("0", text("desk.periods.undivided"))]
        + [(str(n), text("desk.periods.count", n=n)) for n in range(2, MOST_PERIODS + 1)],
        count=str(count),
        lengths=[(str(n), text("desk.periods.length", n=n)) for n in LENGTHS],
        length=str(length),
        months=[(str(month), text(f"month.{month}")) for month in YEAR],
        first=str(first),
        shared=held.get(SHARED, ""),
        cost=number_text(choices.store_cost),
        stores=[(STORE + key, names[key], held.get(key, "")) for key in names if key in owners],
        any_own=any(party != SHARED for party in held),
    )


def chosen(before: Choices, now: Choices) -> Choices:
    """Give the choices with the periods and stores that were typed; undivided, what is typed of stores is not used.

    Periods of another shape, as the API may give them, stay while their fields are left as they were.
    """
    count = forms.whole("periods", most=MOST_PERIODS)
    if not count:
        return now
    length, first = (forms.whole(name, least=1, most=12) for name in ("period_months", "first_month"))
    if count * length > len(YEAR):
        raise forms.wrong("periods", "desk.periods_long", months=count * length)
    same = before.periods and (count, length, first) == _shown(before.periods, first)
    months = [YEAR[(first - 1 + step) % 12] for step in range(count * length)]
    periods = tuple(tuple(months[at : at + length]) for at in range(0, len(months), length))
    return replace(
        now,
        periods=before.periods if same else periods,
        stores=tuple(sorted(_stores())),
        store_cost=forms.whole("store_cost", most=MOST_COST),
        spreads=before.spreads if same else (),
    )


def said(choices: Choices) -> list[str]:
    """Give what is chosen, for the sentence of a plan's choices."""
    if not choices.periods:
        return []
    words = [text("desk.choices.said.periods", n=len(choices.periods), first=period_name(choices.periods[0]))]
    if choices.stores:
        words.append(text("desk.choices.said.stores", n=ton_text(sum(store.kg for store in choices.stores))))
    if choices.store_cost:
        words.append(text("desk.choices.said.store_cost", n=number_text(choices.store_cost)))
    if choices.spreads:
        words.append(text("desk.choices.said.spreads", n=len(choices.spreads)))
    return words


def _shown(periods: tuple[Months, ...], first: int) -> tuple[int, int, int]:
    """Give periods as the three fields show them."""
    if not periods:
        return 0, USUAL_LENGTH, first
    return len(periods), len(periods[0]), periods[0][0]


def _stores() -> list[Store]:
    """Read the stores. Raises InvalidInput at the field whose amount cannot be read."""
    fields = {SHARED_FIELD: SHARED}
    fields |= {name: name.removeprefix(STORE) for name in request.form if name.startswith(STORE)}
    stores = []
    for name, party in fields.items():
        if forms.typed(name) not in {"", "0"}:
            with forms.refused_at(name):
                stores.append(Store(party, kilograms(forms.typed(name))))
    return stores

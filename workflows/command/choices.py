"""What is chosen before an event is matched, as options of `kdmp match`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click

from kdmp_core import plans
from kdmp_core.errors import InvalidInput
from kdmp_core.matching import SHARED, Goods, Pin, Store
from kdmp_core.quantities import kilograms
from kdmp_core.texts import text

KILOGRAMS = click.IntRange(0, 10**8)
PERCENT = click.IntRange(0, 100)
PIN_PARTS = (3, 4)
MONTHS = frozenset(str(month) for month in range(1, 13))
PIN_FORM = "PARTY:OTHER:KG[:GOODS]"

_OPTIONS = (
    click.option("--pin", multiple=True, metavar=PIN_FORM, help=text("command.pin_help")),
    click.option("--exact", multiple=True, metavar=PIN_FORM, help=text("command.exact_help")),
    click.option("--forbid", multiple=True, metavar="PARTY:OTHER", help=text("command.forbid_help")),
    click.option("--partners", type=click.IntRange(0, 100), default=0, help=text("command.partners_help")),
    click.option("--lot", type=KILOGRAMS, default=0, help=text("command.lot_help")),
    click.option("--soe-lot", type=KILOGRAMS, default=0, help=text("command.soe_lot_help")),
    click.option("--link-cost", type=click.IntRange(0, 10**9), default=0, help=text("command.link_cost_help")),
    click.option("--share", "share_percent", type=PERCENT, default=100, help=text("command.share_help")),
    click.option("--period", "periods", multiple=True, metavar="FIRST-LAST", help=text("command.period_help")),
    click.option("--store", "stores", multiple=True, metavar="[PARTY:]KG", help=text("command.store_help")),
    click.option("--store-cost", type=click.IntRange(0, 10**9), default=0, help=text("command.store_cost_help")),
    click.option("--fairness", "fairness_percent", type=PERCENT, default=0, help=text("command.fairness_help")),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command every option of choice."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read(
    pin: tuple[str, ...],
    exact: tuple[str, ...],
    forbid: tuple[str, ...],
    periods: tuple[str, ...],
    stores: tuple[str, ...],
    **rules: int,
) -> plans.Choices:
    """Read the options as they were typed. Raises InvalidInput for a pair, pin, period or store it cannot read."""
    pins = (*(_pin(one, exact=False) for one in pin), *(_pin(one, exact=True) for one in exact))
    pairs = frozenset(_pair(one) for one in forbid)
    decided = plans.Choices(
        pinned=tuple(sorted(pins, key=lambda one: one.key)),
        forbidden=pairs,
        periods=tuple(_period(one) for one in periods),
        stores=tuple(sorted(_store(one) for one in stores)),
    )
    return replace(decided, **rules)  # type: ignore[arg-type]  # click checked each of them


def _pair(written: str) -> tuple[str, str]:
    """Read PARTY:OTHER, by their numbers on the sheet. Raises InvalidInput."""
    party, _, other = written.partition(":")
    if not party or not other or ":" in other:
        raise InvalidInput("command.pair_unreadable", found=written[:80])
    return party, other


def _pin(written: str, *, exact: bool) -> Pin:
    """Read PARTY:OTHER:KG[:GOODS]; KG may be written as "12,5 ton". Raises InvalidInput."""
    parts = written.split(":")
    if len(parts) not in PIN_PARTS:
        raise InvalidInput("command.pin_unreadable", found=written[:80])
    party, other, amount, *goods = parts
    if goods and goods[0] not in set(Goods):
        raise InvalidInput("command.pin_unreadable", found=written[:80])
    return Pin(party, other, _kg(amount), Goods(goods[0]) if goods else None, exact)


def _kg(amount: str) -> int:
    return int(amount) if amount.isascii() and amount.isdecimal() else kilograms(amount)


def _period(written: str) -> tuple[int, ...]:
    """Read FIRST-LAST, months by their numbers, over the turn of the year if need be. Raises InvalidInput."""
    first, _, last = written.partition("-")
    ends = [int(end) for end in (first, last or first) if end in MONTHS]
    if len(ends) < len((first, last)):
        raise InvalidInput("command.period_unreadable", found=written[:80])
    return tuple((ends[0] - 1 + step) % 12 + 1 for step in range((ends[1] - ends[0]) % 12 + 1))


def _store(written: str) -> Store:
    """Read [PARTY:]KG; without a party it is open to all. Raises InvalidInput."""
    party, _, amount = written.rpartition(":")
    return Store(party or SHARED, _kg(amount))

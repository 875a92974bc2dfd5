"""What changed from one plan to the next, in words: value, flows with their cause, gain and loss by party."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kdmp_core.matching import Change, Changes, Standing
from kdmp_core.quantities import number_text, rupiah_text, ton_text
from kdmp_core.texts import text
from webhooks.desk import frame
from webhooks.desk.period_words import Times
from webhooks.pages.shapes import Column, Fact

Names = Mapping[str, str]


@dataclass(frozen=True)
class ChangeWords:
    """Changes ready to be read."""

    facts: list[Fact]
    columns: list[Column]
    flows: list[list[str]]
    gained: list[Fact]


def of(changes: Changes, names: Names) -> ChangeWords:
    """Give changes for people; `names` by the keys of the parties."""
    left = [", ".join(names[key] for key in keys) or text("desk.mapping.none")
            for keys in (changes.left_out_before, changes.left_out_after)]  # fmt: skip
    return ChangeWords(
        facts=[
            Fact(
                text("desk.changes.value"),
                rupiah_text(changes.value_after),
                _moved(changes.value_after - changes.value_before, rupiah_text),
            ),
            Fact(
                text("desk.changes.sold"),
                ton_text(changes.sold_after),
                _moved(changes.sold_after - changes.sold_before, ton_text),
            ),
            Fact(
                text("desk.changes.left_out"),
                left[1],
                "" if left[0] == left[1] else text("desk.changes.amount", before=left[0], after=left[1]),
            ),
        ],
        columns=frame.columns("desk.changes.column", "from through to goods turn amount why", {"amount"}),
        flows=[_flow(change, names, Times(changes.periods)) for change in changes.flows],
        gained=[
            Fact(names[one.party], _moved(_rupiah(one.milli), rupiah_text))
            for one in changes.gained
            if _rupiah(one.milli)
        ],
    )


def standings(lines: Iterable[Standing], names: Names) -> list[list[str]]:
    """Give what each party that offers paddy gains against selling alone, and against picking one after another."""
    return [
        [
            names[line.party],
            ton_text(line.offered),
            ton_text(line.sold),
            number_text(line.partners),
            rupiah_text(_rupiah(line.value_milli)),
            _moved(_rupiah(line.value_milli - line.greedy_milli), rupiah_text),
        ]
        for line in lines
    ]


def _flow(change: Change, names: Names, times: Times) -> list[str]:
    limit = times.limit(change.limit, change.owner, change.period, names) if change.limit else ""
    limit, worth = limit[:1].upper() + limit[1:], rupiah_text(change.rp_per_t)
    return [
        names[change.party],
        names[change.mill] if change.mill else text("desk.plan.unmilled"),
        names[change.buyer],
        text(f"sheet.commodity.{change.goods}"),
        text(f"desk.changes.turn.{change.turn}"),
        text("desk.changes.amount", before=ton_text(change.before), after=ton_text(change.after)),
        text(f"desk.changes.why.{change.why}", limit=limit, rupiah=worth),
    ]


def _rupiah(milli: int) -> int:
    return (milli + 500) // 1000


def _moved(by: int, words: Callable[[int], str]) -> str:
    if not by:
        return text("desk.changes.same")
    return text("desk.changes.more" if by > 0 else "desk.changes.less", amount=words(abs(by)))

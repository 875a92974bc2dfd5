"""An event's plan with additions: places by name or code become points, the answer stands beside the plan of today.

A wish is one addition as people write it. It has a short text, so that a question fits in an address and can be sent
to somebody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from kdmp_core import areas, matching, plans
from kdmp_core.errors import InvalidInput
from kdmp_core.errors import Problem as Fault
from kdmp_core.mapping import REFERENCE_PRICE
from kdmp_core.matching import Added, Addition, Best, Changes, Goods, Point, Problem, Ranked, Solved, additions
from kdmp_core.quantities import number_text
from kdmp_core.records import Event

PART = "~"
LONGEST = 100
USUAL = {Added.MILL: "milling", Added.VILLAGE: "gkp"}
LEAST_TENTHS, MOST_TENTHS = 3, 30
"""A price from 0.3 to 3 times the usual one passes (matching.md, rule 17)."""


@dataclass(frozen=True)
class Wish:
    """One addition as people ask for it: where (the code of an area), kg a season, Rp/kg, and a buyer's goods."""

    kind: Added
    place: str
    kg: int
    price: int | None = None
    goods: Goods | None = None

    def __str__(self) -> str:
        """Give the wish as it stands in an address."""
        return PART.join((self.kind, self.place, str(self.kg), str(self.price or ""), self.goods or ""))

    @classmethod
    def read(cls, written: str) -> Wish:
        """Read what `str` gave. Raises InvalidInput `whatif.unreadable`."""
        try:
            kind, place, kg, price, goods = written[:LONGEST].split(PART)
            wish = cls(Added(kind), place, int(kg), int(price) if price else None, Goods(goods) if goods else None)
        except ValueError:
            raise InvalidInput("whatif.unreadable") from None
        if not areas.exists(place):
            raise InvalidInput("whatif.unreadable")
        return wish


@dataclass(frozen=True)
class Answered:
    """The plan of today, the answer with the additions, what changed, and what each addition is called by its key."""

    before: Solved
    after: Solved
    changes: Changes
    wishes: dict[str, Wish]


@dataclass(frozen=True)
class Proposed:
    """The best additions of an event, each as a wish; `truck` the best place of a truck."""

    best: Best
    ranked: tuple[tuple[Wish, Ranked], ...]
    truck: Wish | None


def ask(session: Session, event: Event, wishes: Sequence[Wish]) -> Answered:
    """Give what the additions would change in the event's plan; nothing is kept.

    Raises InvalidInput (`matching.unusable` with the wish's position as its place) and what `match` raises.
    """
    before = plans.standing(session, event)
    asked = in_problem(session, event, before.problem, wishes)
    after = additions.answer(before, asked)
    named = {additions.key_of(position): wish for position, wish in enumerate(wishes)}
    return Answered(before, after, matching.compare(before, after), named)


def choose(session: Session, event: Event, choices: plans.Choices, wishes: Sequence[Wish]) -> plans.Asked:
    """Answer what would be with some choices and additions, beside the event's plan; nothing is kept."""
    return plans.ask(session, event, choices, lambda problem: in_problem(session, event, problem, wishes))


def check(session: Session, event: Event, problem: Problem, wishes: Sequence[Wish]) -> None:
    """Refuse wishes that cannot be added to a problem of the event, without solving anything; raises like `ask`."""
    additions.extended(problem, in_problem(session, event, problem, wishes))


def in_problem(session: Session, event: Event, problem: Problem, wishes: Sequence[Wish]) -> tuple[Addition, ...]:
    """Give wishes as additions to a problem of the event. Raises InvalidInput for prices that are slips of the pen."""
    faults = [fault for position, wish in enumerate(wishes) for fault in _unlikely(position, wish)]
    if faults:
        raise InvalidInput("matching.unusable", problems=faults, count=len(faults))
    mills = additions.mills_of(problem)
    codes = {key: party.area_code for key, party in plans.parties_of(session, event).items()}
    return tuple(_addition(wish, [key for key in mills if codes.get(key) == wish.place]) for wish in wishes)


def best(session: Session, event: Event, kinds: Collection[Added]) -> Proposed:
    """Give the additions of some kinds that bring the event most, at the places of its village cooperatives."""
    kept = plans.latest(session, event)
    problem = plans.problem_of(session, event, plans.choices_of(kept) if kept else plans.NONE)
    villages = [party.key for party in problem.parties if party.kind.is_village]
    found = matching.best(problem, villages, kinds)
    codes = {key: party.area_code for key, party in plans.parties_of(session, event).items()}
    places = {party.point: codes[party.key] for party in problem.parties if party.point is not None}

    def wish(one: Addition) -> Wish:
        place = places[one.point] if one.point else codes[one.at]
        return Wish(one.kind, place, one.kg, one.price, one.goods)

    ranked = tuple((wish(one.addition), one) for one in found.ranked)
    return Proposed(found, ranked, wish(found.truck) if found.truck else None)


def _addition(wish: Wish, mills: list[str]) -> Addition:
    place = areas.point(wish.place)
    addition = Addition(wish.kind, wish.kg, Point(place.latitude, place.longitude), "", wish.price, wish.goods)
    if wish.kind is Added.DRYER:
        return replace(addition, point=None, at=mills[0] if mills else "", price=None, goods=None)
    return addition


def _unlikely(position: int, wish: Wish) -> Iterator[Fault]:
    usual = REFERENCE_PRICE.get(wish.goods or "" if wish.kind is Added.BUYER else USUAL.get(wish.kind, ""))
    if usual and wish.price and not LEAST_TENTHS * usual <= 10 * wish.price <= MOST_TENTHS * usual:
        values = {"price": number_text(wish.price), "usual": number_text(usual)}
        yield Fault("whatif.price_unlikely", str(position), values)

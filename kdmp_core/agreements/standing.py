"""In which capacities a user stands towards an agreement: grants over its place, and relations to its words."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access
from kdmp_core.lifecycle import Actor
from kdmp_core.records import VILLAGE_COOPERATIVES, Agreement, Party, Role, Step, User

DRAFTING = frozenset({"propose", "edit", "submit", "record", "answer", "redraw"})
SENDING = frozenset({"send", "ask_void", "ask_annul", "record"})
SECONDS = frozenset({Role.COORDINATOR, Role.REVIEWER, Role.MINISTRY})
_BY_ROLE = {
    Role.COORDINATOR: Actor.COORDINATOR,
    Role.REVIEWER: Actor.REVIEWER,
    Role.MINISTRY: Actor.MINISTRY,
    Role.PENDAMPING: Actor.PENDAMPING,
}


def capacities(session: Session, agreement: Agreement, user: User) -> frozenset[Actor]:
    """Give every capacity of a user towards an agreement.

    Drafter = everyone who edited its words. Second = a coordinator, reviewer or ministry user over the scope who
    neither drafted nor sent. Whoever has no grant there any more is none of these. Nobody reviews what he drafted,
    and who endorsed a round does not approve it.
    """
    return capacities_of(agreement, user, acts_of(session, agreement, user.id))


def capacities_of(agreement: Agreement, user: User, acts: Collection[tuple[str, int]]) -> frozenset[Actor]:
    """Give the capacities of a user whose acts (move, round) in the agreement's chain are known already."""
    party_ids = helped(row.party for row in agreement.parties)
    roles = access.roles_over(user, agreement.area_code, party_ids)
    found = {_BY_ROLE[role] for role in roles if role in _BY_ROLE}
    drafted = any(move in DRAFTING for move, _ in acts)
    if not found:
        return frozenset()
    found.add(Actor.STAFF)
    if drafted:
        found.add(Actor.DRAFTER)
        found -= {Actor.REVIEWER, Actor.MINISTRY}
    if ("endorse", agreement.round) in acts:
        found.discard(Actor.MINISTRY)
    if roles & SECONDS and not drafted and not any(move in SENDING for move, _ in acts):
        found.add(Actor.SECOND)
    return frozenset(found)


def helped(parties: Iterable[Party]) -> list[int]:
    """Give the parties a pendamping must have on his list to help with an agreement: its village cooperatives.

    A counterpart is nobody's to help; where no village cooperative stands, all of them count.
    """
    all_of_them = list(parties)
    cooperatives = [party.id for party in all_of_them if party.kind in VILLAGE_COOPERATIVES]
    return cooperatives or [party.id for party in all_of_them]


def acts_of(session: Session, agreement: Agreement, user_id: int) -> list[tuple[str, int]]:
    """Give (move, round) of every step a user made in an agreement's chain."""
    rows = session.execute(
        select(Step.move, Step.round).where(Step.agreement_id == agreement.id, Step.user_id == user_id)
    )
    return [(move, round_) for move, round_ in rows]


def sees(user: User, agreement: Agreement) -> bool:
    """Whether a user may look at an agreement at all: by its place, or as pendamping of its parties."""
    party_ids = helped(row.party for row in agreement.parties)
    mine = access.roles_over(user, agreement.area_code, party_ids)
    return access.sees(user, agreement.area_code) or Role.PENDAMPING in mine

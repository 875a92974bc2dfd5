"""What needs me. Who owes the next move is read from the table of moves.

The list costs a fixed number of queries, however long it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kdmp_core.agreements import standing
from kdmp_core.lifecycle import ANSWERED, Actor, State, from_state
from kdmp_core.records import Agreement, Event, EventParty, Obligation, Remark, Role, SheetImport, Signatory, Step, User
from kdmp_core.reporting.hands import codes_to_release, links_to_send
from kdmp_core.reporting.people import confirmed_parties
from kdmp_core.reporting.scope import PEOPLE, agreements_for, within

SOON = timedelta(days=3)
PKS_SOON = timedelta(days=60)
UNANSWERED_IN = (State.SUBMITTED, State.ENDORSED, State.APPROVED, State.DRAWN_UP, State.RETURNED)
ASKED_BY = {"void": "ask_void", "annul_record": "ask_annul"}
"""Moves that are owed only once somebody has asked for them."""


@dataclass(frozen=True)
class Need:
    """One thing that waits for a user: `what` is a move's name or one of the other kinds, `count` how many there are.

    Other kinds: stuck, answer, links, codes, officers, import, obligation. `since` is when it began to wait, `due`
    the instant it must be done by; `agreement` or `event` is what it is about.
    """

    what: str
    since: datetime
    count: int = 1
    due: datetime | None = None
    agreement: Agreement | None = None
    event: Event | None = None
    number: int = 0
    reason: str = ""


def needs_me(session: Session, user: User, now: datetime) -> list[Need]:
    """Give what waits for a user, what is due first and then what waits longest."""
    found = [
        *_moves(session, user, now),
        *_remarks(session, user),
        *_messages(session, user, now),
        *_officers(session, user),
        *_imports(session, user),
        *_obligations(session, user, now),
    ]
    return sorted(found, key=lambda need: (need.due or need.since, need.since))


def _moves(session: Session, user: User, now: datetime) -> Iterable[Need]:
    living = agreements_for(session, user, living=True)
    ids = [agreement.id for agreement in living]
    acts, began = _acts(session, user, ids), _began(session, ids)
    asked, awaited = _asked(session, ids), _awaited(session, ids)
    for agreement in living:
        capacities = standing.capacities_of(agreement, user, acts[agreement.id])
        since = began.get(agreement.id, agreement.created_at)
        if agreement.stuck_reason and Actor.COORDINATOR in capacities:
            yield Need("stuck", since, agreement=agreement, reason=agreement.stuck_reason)
        for row in from_state(agreement.state):
            at = asked.get((agreement.id, ASKED_BY.get(row.name, ""), agreement.round))
            if row.actors & capacities & PEOPLE and (row.main or at):
                yield Need(row.name, at or since, agreement=agreement)
        deadline, waiting = agreement.deadline_at, awaited.get(agreement.id, 0)
        late = agreement.state is State.SIGNING and deadline is not None and deadline - now <= SOON
        if late and waiting and Actor.COORDINATOR in capacities:
            yield Need("remind", since, waiting, deadline, agreement)


def _remarks(session: Session, user: User) -> Iterable[Need]:
    """Give one row per agreement with remarks that its drafter has not answered."""
    drafted = select(Step.agreement_id).where(Step.user_id == user.id, Step.move.in_(standing.DRAFTING))
    query = (
        select(Agreement, func.count(), func.min(Remark.at))
        .join(Remark, Remark.agreement_id == Agreement.id)
        .where(Remark.answered_at.is_(None), Agreement.state.in_(UNANSWERED_IN))
        .where(Agreement.id.in_(drafted))
        .group_by(Agreement.id)
    )
    for agreement, number, since in session.execute(query):
        yield Need("answer", since, number, agreement=agreement)


def _messages(session: Session, user: User, now: datetime) -> Iterable[Need]:
    links = links_to_send(session, user)
    if links:
        yield Need("links", links[0].made_at, len(links))
    codes = codes_to_release(session, user, now)
    if codes:
        yield Need("codes", codes[0].made_at, len(codes), codes[0].made_at)


def _officers(session: Session, user: User) -> Iterable[Need]:
    """Give one row per event whose signatories are not all confirmed yet."""
    areas = [grant.area_code for grant in user.grants if grant.role is Role.COORDINATOR]
    query = (
        select(Event, func.count(EventParty.id))
        .join(EventParty, EventParty.event_id == Event.id)
        .where(within(Event.regency_code, areas), EventParty.party_id.not_in(confirmed_parties()))
        .group_by(Event.id)
    )
    for event, number in session.execute(query):
        yield Need("officers", event.created_at, number, event=event)


def _imports(session: Session, user: User) -> Iterable[Need]:
    where = (SheetImport.uploaded_by_id == user.id, SheetImport.accepted_at.is_(None))
    for row in session.scalars(select(SheetImport).where(*where)):
        yield Need("import", row.uploaded_at, number=row.id, reason=row.file_name)


def _obligations(session: Session, user: User, now: datetime) -> Iterable[Need]:
    areas = [grant.area_code for grant in user.grants if grant.role is Role.COORDINATOR]
    query = (
        select(Obligation, Agreement)
        .join(Agreement, Agreement.id == Obligation.agreement_id)
        .where(Obligation.done_at.is_(None), Obligation.due_on <= (now + PKS_SOON).date())
        .where(Agreement.state == State.IN_FORCE, within(Agreement.area_code, areas))
    )
    for row, agreement in session.execute(query):
        due = now + (row.due_on - now.date())
        yield Need("obligation", due, due=due, agreement=agreement, reason=row.kind)


def _acts(session: Session, user: User, ids: Sequence[int]) -> dict[int, set[tuple[str, int]]]:
    acts: dict[int, set[tuple[str, int]]] = defaultdict(set)
    query = select(Step.agreement_id, Step.move, Step.round).where(Step.user_id == user.id, Step.agreement_id.in_(ids))
    for number, move, round_ in session.execute(query):
        acts[number or 0].add((move, round_))
    return acts


def _began(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """Give since when each agreement stands where it stands: its last step that changed the state."""
    query = select(Step.agreement_id, func.max(Step.at)).where(
        Step.agreement_id.in_(ids), or_(Step.source.is_(None), Step.source != Step.target)
    )
    return {number: at for number, at in session.execute(query.group_by(Step.agreement_id)) if number is not None}


def _asked(session: Session, ids: Sequence[int]) -> dict[tuple[int, str, int], datetime]:
    """Give when somebody asked for a second: (agreement, move, round) → instant."""
    query = select(Step.agreement_id, Step.move, Step.round, func.max(Step.at)).where(
        Step.agreement_id.in_(ids), Step.move.in_(ASKED_BY.values())
    )
    rows = session.execute(query.group_by(Step.agreement_id, Step.move, Step.round))
    return {(number or 0, move, round_): at for number, move, round_, at in rows}


def _awaited(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Give how many signatories each agreement's present round still awaits."""
    query = (
        select(Agreement.id, func.count())
        .join(Signatory, (Signatory.agreement_id == Agreement.id) & (Signatory.round == Agreement.round))
        .where(Agreement.id.in_(ids), Signatory.state.not_in(ANSWERED))
        .group_by(Agreement.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}

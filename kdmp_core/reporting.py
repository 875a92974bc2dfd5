"""What needs me, where an event stands, who has signed, what happened: facts read for pages, never worded here.

Who owes the next move is read from the table of moves. Each list costs a fixed number of queries, however long it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from kdmp_core import access, outbox, plans
from kdmp_core.agreements import standing
from kdmp_core.lifecycle import ANSWERED, FINAL, Actor, SignatoryState, State, from_state
from kdmp_core.records import (
    Agreement,
    AgreementParty,
    Code,
    Delivery,
    Envelope,
    Event,
    EventParty,
    MappingEntry,
    Message,
    Obligation,
    Officer,
    Remark,
    Reveal,
    Role,
    SheetImport,
    Signatory,
    Step,
    User,
)
from kdmp_core.signing import sight

STAGES = ("listed", "mapped", "matched", "drafted", "signing", "contracts", "deliveries")
"""The seven stages of an event, in the order of the way of the data."""

SOON = timedelta(days=3)
PKS_SOON = timedelta(days=60)
UNANSWERED_IN = (State.SUBMITTED, State.ENDORSED, State.APPROVED, State.DRAWN_UP, State.RETURNED)
ASKED_BY = {"void": "ask_void", "annul_record": "ask_annul"}
"""Moves that are owed only once somebody has asked for them."""

PEOPLE = frozenset(Actor) - {Actor.SYSTEM, Actor.CLOCK, Actor.SIGNATORY, Actor.PROVIDER, Actor.PARTY, Actor.STAFF}


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


@dataclass(frozen=True)
class Count:
    """One stage of an event: how many `done`, `of` how many (None: no total)."""

    stage: str
    done: int
    of: int | None = None


@dataclass(frozen=True)
class Recap:
    """Where a round stands, for the group chat: who signed, and how many are awaited, on paper, refused, left out."""

    agreement: Agreement
    asked: int
    signed: tuple[str, ...]
    awaited: tuple[str, ...]
    declined: int
    left_out: int


@dataclass(frozen=True)
class Happened:
    """One step with the names of who made it; empty for the machine."""

    step: Step
    user: str
    officer: str
    party: str


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


def agreements_for(session: Session, user: User, *, living: bool = False) -> list[Agreement]:
    """Give the agreements a user may look at, newest first, with their parties and event; `living`: not ended ones."""
    query = select(Agreement).options(
        selectinload(Agreement.parties).joinedload(AgreementParty.party), joinedload(Agreement.event)
    )
    if living:
        query = query.where(Agreement.state.not_in(FINAL))
    helped = _helped(user)
    mine = select(AgreementParty.agreement_id).where(AgreementParty.party_id.in_(helped))
    query = query.where(or_(_within(Agreement.area_code, access.areas_of(user)), Agreement.id.in_(mine)))
    rows = session.scalars(query.order_by(Agreement.id.desc()))
    return [agreement for agreement in rows if standing.sees(user, agreement)]


def links_to_send(session: Session, user: User, now: datetime) -> list[Message]:
    """Give the messages with a link that this user may send by hand, oldest first."""
    del now
    return [message for message in _by_hand(session, user, sight.SENDERS) if message.code_id is None]


def codes_to_release(session: Session, user: User, now: datetime) -> list[Code]:
    """Give the codes that were asked for and wait for a member of staff of this user's kind, oldest first."""
    ids = [message.code_id for message in _by_hand(session, user, sight.RELEASERS) if message.code_id is not None]
    live = (Code.used_at.is_(None), Code.dead_at.is_(None), Code.expires_at > now)
    query = select(Code).where(Code.id.in_(ids), *live).order_by(Code.made_at, Code.id)
    return list(session.scalars(query))


def saw(session: Session, user: User, codes: Iterable[Code]) -> dict[int, str]:
    """Give what this user has seen of the folders of some codes: code id → "link" or "code"."""
    kept = {
        (row.officer_id, row.event_id): row.what
        for row in session.scalars(select(Reveal).where(Reveal.user_id == user.id))
    }
    found = {code.id: kept.get((code.link.officer_id, code.link.event_id), "") for code in codes}
    return {number: what for number, what in found.items() if what}


def event_counts(session: Session, event: Event) -> list[Count]:
    """Give the seven stages of an event."""
    where = Agreement.event_id == event.id
    states = session.execute(select(Agreement.kind, Agreement.state, func.count()).where(where).group_by(
        Agreement.kind, Agreement.state
    )).all()  # fmt: skip
    living = [(kind, state, number) for kind, state, number in states if state not in {State.WITHDRAWN, State.VOID}]
    signed, asked = _signatures(session, event)
    contracts = [(state, number) for kind, state, number in living if kind == "pks"]
    return [
        Count("listed", _number(session, EventParty.id, EventParty.event_id == event.id)),
        Count("mapped", _mapped(session, event), None),
        Count("matched", len(_matched(session, event)), None),
        Count("drafted", sum(number for kind, _, number in living if kind != "pks")),
        Count("signing", signed, asked or None),
        Count("contracts", sum(number for state, number in contracts if state is State.IN_FORCE), _total(contracts)),
        Count("deliveries", _delivered(session, event)),
    ]


def recap(session: Session, agreement: Agreement) -> Recap:
    """Give where the present round of an agreement stands."""
    where = (Signatory.agreement_id == agreement.id, Signatory.round == agreement.round)
    rows = list(session.scalars(select(Signatory).where(*where).order_by(Signatory.position)))
    named = [(row.party.name, row.state) for row in rows]
    return Recap(
        agreement,
        len(rows),
        tuple(name for name, state in named if state is SignatoryState.SIGNED),
        tuple(name for name, state in named if state not in ANSWERED),
        sum(state is SignatoryState.DECLINED for _, state in named),
        sum(state is SignatoryState.DROPPED for _, state in named),
    )


def history(session: Session, agreement: Agreement) -> list[Happened]:
    """Give an agreement's steps, newest first, with the names of who made them."""
    where = Step.agreement_id == agreement.id
    steps = list(session.scalars(select(Step).where(where).order_by(Step.sequence.desc())))
    users = _names(session, User, {step.user_id for step in steps})
    officers = {
        officer.id: officer
        for officer in session.scalars(
            select(Officer).options(joinedload(Officer.party)).where(Officer.id.in_(_ids(steps)))
        )
    }
    return [_happened(step, users, officers) for step in steps]


def open_moves(session: Session, agreement: Agreement, user: User) -> tuple[list[str], list[str]]:
    """Give the names of a user's moves from where an agreement stands, and of those that are other people's."""
    capacities = standing.capacities(session, agreement, user)
    rows = [row for row in from_state(agreement.state) if row.actors & (PEOPLE | {Actor.PARTY})]
    mine = [row.name for row in rows if row.actors & capacities]
    return mine, [row.name for row in rows if row.name not in mine]


def _happened(step: Step, users: dict[int, str], officers: dict[int, Officer]) -> Happened:
    officer = officers.get(step.officer_id or 0)
    user = users.get(step.user_id or 0, "")
    return Happened(step, user, officer.name if officer else "", officer.party.name if officer else "")


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
    links = links_to_send(session, user, now)
    if links:
        yield Need("links", links[0].made_at, len(links))
    codes = codes_to_release(session, user, now)
    if codes:
        yield Need("codes", codes[0].made_at, len(codes), codes[0].made_at)


def unconfirmed(session: Session, event: Event) -> int:
    """Give how many parties of an event still lack a confirmed signatory."""
    return _number(session, EventParty.id, EventParty.event_id == event.id, EventParty.party_id.not_in(_confirmed()))


def _officers(session: Session, user: User) -> Iterable[Need]:
    """Give one row per event whose signatories are not all confirmed yet."""
    areas = [grant.area_code for grant in user.grants if grant.role is Role.COORDINATOR]
    query = (
        select(Event, func.count(EventParty.id))
        .join(EventParty, EventParty.event_id == Event.id)
        .where(_within(Event.regency_code, areas), EventParty.party_id.not_in(_confirmed()))
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
        .where(Agreement.state == State.IN_FORCE, _within(Agreement.area_code, areas))
    )
    for row, agreement in session.execute(query):
        due = now + (row.due_on - now.date())
        yield Need("obligation", due, due=due, agreement=agreement, reason=row.kind)


def _by_hand(session: Session, user: User, roles: Collection[Role]) -> list[Message]:
    """Give the messages staff must carry that this user may carry by his roles."""
    areas = [grant.area_code for grant in user.grants if grant.role in roles and grant.role is not Role.PENDAMPING]
    helped = _helped(user)
    theirs = select(Officer.id).where(Officer.party_id.in_(helped))
    query = (
        select(Message)
        .join(Event, Event.id == Message.event_id)
        .where(Message.state.in_((outbox.BY_HAND, outbox.FAILED)))
        .where(or_(_within(Event.regency_code, areas), Message.officer_id.in_(theirs)))
    )
    return list(session.scalars(query.order_by(Message.made_at, Message.id)))


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


def _signatures(session: Session, event: Event) -> tuple[int, int]:
    query = (
        select(Signatory.state, func.count())
        .join(Agreement, Agreement.id == Signatory.agreement_id)
        .where(Agreement.event_id == event.id, Signatory.round == Agreement.round, Agreement.kind != "pks")
        .where(Agreement.state.not_in((State.VOID, State.RETURNED, State.WITHDRAWN)))
        .group_by(Signatory.state)
    )
    rows = [(state, number) for state, number in session.execute(query)]
    return sum(number for state, number in rows if state is SignatoryState.SIGNED), _total(rows) or 0


def _mapped(session: Session, event: Event) -> int:
    where = (MappingEntry.event_id == event.id, MappingEntry.status == "good")
    return session.scalar(select(func.count(func.distinct(MappingEntry.party_id))).where(*where)) or 0


def _matched(session: Session, event: Event) -> set[str]:
    plan = plans.latest(session, event)
    if plan is None:
        return set()
    flows = plans.result_of(plan).flows
    return {party for flow in flows for party in (flow.party, flow.mill, flow.buyer) if party}


def _delivered(session: Session, event: Event) -> int:
    """Give how many deliveries stand: neither reversals nor reversed ones."""
    reversed_ = select(Delivery.reverses_id).where(Delivery.reverses_id.is_not(None))
    query = select(func.count(Delivery.id)).join(Agreement, Agreement.id == Delivery.agreement_id)
    return session.scalar(
        query.where(Agreement.event_id == event.id, Delivery.reverses_id.is_(None), Delivery.id.not_in(reversed_))
    ) or 0  # fmt: skip


def _confirmed() -> ColumnElement[int]:
    newest = select(func.max(Officer.id)).where(Officer.signs).group_by(Officer.party_id)
    return select(Officer.party_id).where(Officer.id.in_(newest), Officer.confirmed_at.is_not(None))  # type: ignore[return-value]


def _total(rows: Iterable[tuple[object, int]]) -> int | None:
    return sum(number for _, number in rows) or None


def _number(session: Session, column: InstrumentedAttribute[int], *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*where)) or 0


def _helped(user: User) -> list[int]:
    return [number for grant in user.grants if grant.role is Role.PENDAMPING for number in grant.party_ids]


def _within(column: InstrumentedAttribute[str], areas: Collection[str]) -> ColumnElement[bool]:
    """Give the condition that an area code lies in one of some areas ("" = the nation); never for none."""
    if "" in areas:
        return true()
    return or_(false(), *(or_(column == area, column.startswith(f"{area}.", autoescape=True)) for area in areas))


def signing_officers(session: Session, party_ids: Collection[int]) -> dict[int, Officer]:
    """Give who signs now for each of some parties that have somebody."""
    query = select(Officer).where(Officer.signs, Officer.party_id.in_(party_ids)).order_by(Officer.id)
    return {officer.party_id: officer for officer in session.scalars(query)}


def troubles_at_providers(session: Session, agreement: Agreement) -> dict[int, str]:
    """Give what holds up the envelopes of the present round: signatory id → catalogue key of the sentence."""
    where = (Envelope.agreement_id == agreement.id, Envelope.round == agreement.round)
    query = select(Envelope.signatory_id, Envelope.stuck_reason).where(*where, Envelope.stuck_reason.is_not(None))
    return {number: reason for number, reason in session.execute(query) if reason is not None}


def people(session: Session, officer_ids: Collection[int]) -> dict[int, Officer]:
    """Give officers with their parties by id."""
    query = select(Officer).options(joinedload(Officer.party)).where(Officer.id.in_(officer_ids))
    return {officer.id: officer for officer in session.scalars(query)}


def who_said(session: Session, remark: Remark) -> str:
    """Give who made a remark: a member of staff, or an officer with his party."""
    if remark.user_id is not None:
        return _names(session, User, {remark.user_id}).get(remark.user_id, "")
    officer = session.get(Officer, remark.officer_id) if remark.officer_id else None
    return f"{officer.name}, {officer.party.name}" if officer else ""


def _names(session: Session, model: type[User], ids: Collection[int | None]) -> dict[int, str]:
    rows = session.execute(select(model.id, model.name).where(model.id.in_([number for number in ids if number])))
    return {row.id: row.name for row in rows}


def _ids(steps: Iterable[Step]) -> list[int]:
    return [step.officer_id for step in steps if step.officer_id]

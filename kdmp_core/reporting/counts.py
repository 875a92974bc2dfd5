"""Where an event stands, in seven stages, and where a round stands: numbers, never worded here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kdmp_core import plans
from kdmp_core.agreements import guards
from kdmp_core.lifecycle import ANSWERED, SignatoryState, State
from kdmp_core.records import FRAMEWORKS, Agreement, Delivery, Event, EventParty, MappingEntry, Signatory
from kdmp_core.reporting.people import confirmed_parties

STAGES = ("listed", "mapped", "matched", "drafted", "signing", "contracts", "deliveries")
"""The seven stages of an event, in the order of the way of the data."""


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
        Count("drafted", sum(number for kind, _, number in living if kind in FRAMEWORKS)),
        Count("signing", signed, asked or None),
        Count("contracts", sum(number for state, number in contracts if state is State.IN_FORCE), _total(contracts)),
        Count("deliveries", _delivered(session, event)),
    ]


def unconfirmed(session: Session, event: Event) -> int:
    """Give how many parties of an event still lack a confirmed signatory."""
    return _number(
        session, EventParty.id, EventParty.event_id == event.id, EventParty.party_id.not_in(confirmed_parties())
    )


def recap(session: Session, agreement: Agreement) -> Recap:
    """Give where the present round of an agreement stands."""
    rows = guards.signatories(session, agreement)
    named = [(row.party.name, row.state) for row in rows]
    return Recap(
        agreement,
        len(rows),
        tuple(name for name, state in named if state is SignatoryState.SIGNED),
        tuple(name for name, state in named if state not in ANSWERED),
        sum(state is SignatoryState.DECLINED for _, state in named),
        sum(state is SignatoryState.DROPPED for _, state in named),
    )


def _signatures(session: Session, event: Event) -> tuple[int, int]:
    query = (
        select(Signatory.state, func.count())
        .join(Agreement, Agreement.id == Signatory.agreement_id)
        .where(Agreement.event_id == event.id, Signatory.round == Agreement.round, Agreement.kind.in_(FRAMEWORKS))
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


def _total(rows: Iterable[tuple[object, int]]) -> int | None:
    return sum(number for _, number in rows) or None


def _number(session: Session, column: InstrumentedAttribute[int], *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*where)) or 0

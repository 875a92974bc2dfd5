"""The round out for signature: what the answers amount to, looked at again under the lock; reminders by the clock.

A signature or refusal only sets `due_at`; the moves that end a round are made here (design.md §2).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import audit, store
from kdmp_core.agreements import guards, moves, policy
from kdmp_core.agreements.policy import SigningPolicy
from kdmp_core.lifecycle import Actor, SignatoryState, State
from kdmp_core.providers import envelopes
from kdmp_core.records import Agreement, Signatory, Step
from kdmp_core.signing import requests
from kdmp_core.texts import text
from workflows.stages.work import NOTHING, Done, Tools

ACTORS = {"complete": Actor.SYSTEM, "fail": Actor.SYSTEM, "close": Actor.CLOCK, "lapse": Actor.CLOCK}


def do(tools: Tools, agreement_id: int) -> Done:
    """End the round if its answers or its deadline end it; else remind if a reminder's day has come; else wait."""
    with tools.store.write() as session:
        now, agreement = tools.now(), store.locked(session, Agreement, agreement_id)
        if agreement is None or agreement.state is not State.SIGNING:
            return NOTHING
        rule = SigningPolicy.of(agreement.event.policy)
        if rule.on_decline == "drop":
            _drop_who_declined(session, agreement, tools, now)
        move = policy.outcome(rule, guards.answers(session, agreement), agreement.deadline_at, now)
        if move is not None:
            return _end(session, agreement, move, tools, now)
        envelopes.open_envelopes(session, agreement, tools.settings, now)
        if _remind(session, agreement, rule, tools, now):
            return Done("remind", agreement.due_at)
        store.settle(agreement, requests.next_look(session, agreement, now))
        return Done(None, agreement.due_at)


def _end(session: Session, agreement: Agreement, move: str, tools: Tools, now: datetime) -> Done:
    asked = moves.Asked(move, moves.own_key(move, agreement), details=_tally(session, agreement))
    moves.apply(session, agreement.id, asked, tools.by(ACTORS[move]), now)
    return Done(move, agreement.due_at)


def _tally(session: Session, agreement: Agreement) -> dict[str, int]:
    states = [row.state for row in guards.signatories(session, agreement)]
    return {state.value: states.count(state) for state in SignatoryState if state in states}


def _drop_who_declined(session: Session, agreement: Agreement, tools: Tools, now: datetime) -> None:
    """Write down who is left out by the event's rule: never the counterpart, and two parties must stay."""
    second = {party.party_id for party in agreement.parties if party.side == "second"}
    rows = guards.signatories(session, agreement)
    staying = [row for row in rows if row.state not in {SignatoryState.DECLINED, SignatoryState.DROPPED}]
    if len({row.party_id for row in staying}) < policy.FEWEST_PARTIES:
        return
    for row in rows:
        if row.state is SignatoryState.DECLINED and row.party_id not in second:
            _drop(session, agreement, row, tools, now)


def _drop(session: Session, agreement: Agreement, row: Signatory, tools: Tools, now: datetime) -> None:
    key = f"drop:{agreement.round}:{row.id}"
    if audit.seen(session, agreement.code, key) is None:
        details = {"party": row.party_id, "signatories": [row.id]}
        asked = moves.Asked("drop", key, text("work.dropped_by_policy"), details)
        moves.apply(session, agreement.id, asked, tools.by(Actor.SYSTEM), now)


def _remind(session: Session, agreement: Agreement, rule: SigningPolicy, tools: Tools, now: datetime) -> bool:
    """Owe the reminder of the last day that has come, once; a day missed while nobody ran is not made up for."""
    where = (Step.agreement_id == agreement.id, Step.move == "send", Step.round == agreement.round)
    sent = session.scalar(select(Step.at).where(*where).order_by(Step.sequence.desc()).limit(1))
    come = [days for days in rule.reminder_days if sent is not None and sent + timedelta(days=days) <= now]
    waiting = any(
        row.state is SignatoryState.INVITED and row.method == "link" for row in guards.signatories(session, agreement)
    )
    if not come or not waiting:
        return False
    key = f"remind:{agreement.round}:{max(come)}"
    if audit.seen(session, agreement.code, key) is not None:
        return False
    by = tools.by(Actor.CLOCK)
    requests.remind(session, agreement.id, by, key=key, now=now, settings=tools.settings)
    return True

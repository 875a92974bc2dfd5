"""`apply`: the only writer of an agreement's state. Lock, key, table, guard, step, state, what is owed.

Every act is one call inside the caller's transaction; the step of the audit chain is written with it. A key
that was seen gives the step of then, so anything may be tried twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from kdmp_core import access, audit, letters, store
from kdmp_core.agreements import guards, rounds, standing
from kdmp_core.audit import By
from kdmp_core.errors import Conflict, InvalidInput, MoveRefused, NotAllowed, NotFound, Stale
from kdmp_core.lifecycle import (
    ALWAYS_OWED,
    MACHINE,
    SIGNATORY_MOVES,
    Actor,
    Move,
    SignatoryState,
    State,
    find,
    from_state,
)
from kdmp_core.records import Agreement, Signatory, Step

_MOVE_SIGNATORY = (
    update(Signatory)
    .where(Signatory.id == bindparam("signatory"), Signatory.state == bindparam("source"))
    .values(state=bindparam("target"), decided_at=bindparam("decided"))
    .execution_options(synchronize_session=False)
)
LONGEST_REASON = 1_000
REVIEW_LEVELS = {State.SUBMITTED: "regency", State.ENDORSED: "ministry"}
ALL_LEVELS = ["regency", "ministry"]
BY_THEMSELVES = MACHINE | {Actor.PARTY, Actor.SIGNATORY, Actor.PROVIDER}
"""Actors who are who they say, because their door has checked it; everybody else acts as a user with his grants."""


@dataclass(frozen=True)
class Asked:
    """A move somebody asks for.

    `key`: the provider's event key or the caller's Idempotency-Key for facts from outside, `own_key()` for our
    own acts. `revision`: what the caller saw (If-Match), None when he does not say. `details`: ids, hashes and
    whole numbers for the chain. `due_at`: when the worker must look again, where only the caller knows.
    """

    name: str
    key: str
    reason: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    revision: int | None = None
    due_at: datetime | None = None


def own_key(name: str, agreement: Agreement) -> str:
    """Give the key of an act of our own: bound to the round, because a constant one blocks the second for ever."""
    return f"{name}:{agreement.round}"


def apply(session: Session, agreement_id: int, asked: Asked, by: By, now: datetime) -> Step:
    """Make a move of an agreement and give its step.

    `by` names the user (actor STAFF: his capacities are worked out here), the officer, the provider, or the
    machine. Raises NotFound, Stale (revision), MoveRefused (no such row from here, or a guard), NotAllowed
    (not this person), InvalidInput (a reason is missing), Conflict (key used for another move).
    """
    return apply_locked(session, locked_agreement(session, agreement_id), asked, by, now)


def locked_agreement(session: Session, agreement_id: int) -> Agreement:
    """Give an agreement under its lock, as it stands now. Raises NotFound."""
    agreement = store.locked(session, Agreement, agreement_id)
    if agreement is None:
        raise NotFound("moves.no_agreement")
    return agreement


def apply_locked(session: Session, agreement: Agreement, asked: Asked, by: By, now: datetime) -> Step:
    """Make a move of an agreement the caller has read under its lock in this transaction; else as `apply`."""
    done = done_before(session, agreement, asked)
    if done is not None:
        return done
    if asked.revision is not None and asked.revision != agreement.revision:
        raise Stale("moves.stale")
    row = find(agreement.state, asked.name)
    if row is None:
        raise MoveRefused("moves.not_from_here", move=asked.name, state=agreement.state.value)
    acting = replace(by, actor=_acting(session, agreement, row, by))
    _require_reason(row, asked)
    guard = guards.GUARDS.get(row.name)
    if guard:
        guard(session, agreement, asked.details, now)
    return _write(session, agreement, row, asked, acting, now)


def done_before(session: Session, agreement: Agreement, asked: Asked) -> Step | None:
    """Give the step of then when the key was seen. Raises Conflict when it was another move's."""
    done = audit.seen(session, agreement.code, asked.key)
    if done is not None and done.move != asked.name:
        raise Conflict("moves.key_reused")
    return done


def begin(session: Session, agreement: Agreement, key: str, by: By, now: datetime) -> Step:
    """Write the birth of a new agreement (move `propose`) and give its step; the caller has checked the grant."""
    session.add(agreement)
    session.flush()
    act = audit.Act("propose", key, target=State.DRAFT.value)
    return audit.append(session, act, by, now, agreement)


def allowed(session: Session, agreement: Agreement, user_id: int) -> list[Move]:
    """Give the rows a user could follow now, in the order of the table; guards are not asked."""
    found = standing.capacities(session, agreement, access.user_by_id(session, user_id))
    return [row for row in from_state(agreement.state) if row.actors & found]


def move_signatory(session: Session, signatory: Signatory, name: str, now: datetime) -> bool:
    """Make a move of a signatory by one conditional UPDATE; False when somebody else was first.

    Raises MoveRefused when the second table has no such row from where the signatory stood.
    """
    source = signatory.state
    target = SIGNATORY_MOVES.get((source, name))
    if target is None:
        raise MoveRefused("moves.signatory_not_from_here", state=source.value)
    decided = now if target is not SignatoryState.INVITED else None
    given = {"signatory": signatory.id, "source": source, "target": target, "decided": decided}
    changed = session.execute(_MOVE_SIGNATORY, given)
    if cast("CursorResult[Any]", changed).rowcount != 1:
        session.refresh(signatory)
        return False
    set_committed_value(signatory, "state", target)
    set_committed_value(signatory, "decided_at", decided)
    return True


def _acting(session: Session, agreement: Agreement, row: Move, by: By) -> Actor:
    if by.actor in BY_THEMSELVES & row.actors:
        return by.actor
    if by.actor is not Actor.STAFF or by.user_id is None:
        raise NotAllowed("moves.not_yours")
    user = access.user_by_id(session, by.user_id)
    found = standing.capacities(session, agreement, user) & row.actors
    if found:
        return min(found, key=list(Actor).index)
    roles = {role.value for role in access.roles_over(user, agreement.area_code)}
    four_eyes = bool(roles & {actor.value for actor in row.actors}) or Actor.SECOND in row.actors
    raise NotAllowed("moves.four_eyes" if four_eyes and roles else "moves.not_yours")


def _require_reason(row: Move, asked: Asked) -> None:
    given = (asked.reason or "").strip()
    if row.reason and not given:
        raise InvalidInput("moves.reason_missing")
    if len(given) > LONGEST_REASON:
        raise InvalidInput("moves.reason_long", most=LONGEST_REASON)


def _write(session: Session, agreement: Agreement, row: Move, asked: Asked, by: By, now: datetime) -> Step:
    if row.new_round:
        agreement.round += 1
        agreement.deadline_at = None
    if row.name == "submit":
        agreement.reviewed_hash = asked.details["words_hash"]
    target = row.lands
    if agreement.state is State.SIGNING and target is not State.SIGNING:
        rounds.close(session, agreement, now)
    act = audit.Act(
        row.name,
        asked.key,
        round=agreement.round,
        source=agreement.state.value,
        target=target.value if target else None,
        reason=(asked.reason or "").strip() or None,
        details=asked.details,
    )
    agreement.state = target or agreement.state
    if agreement.state is State.VOID:
        letters.mark_void(agreement, now)
    agreement.revision += 1
    agreement.attempts, agreement.stuck_reason = 0, None
    store.release(agreement, _due(agreement, row, asked, now))
    return audit.append(session, act, by, now, agreement)


def _due(agreement: Agreement, row: Move, asked: Asked, now: datetime) -> datetime | None:
    if asked.due_at is not None:
        return asked.due_at
    state = agreement.state
    if state in ALWAYS_OWED or (state is State.SIGNING and row.name in {"sign", "decline", "drop"}):
        return now
    level = REVIEW_LEVELS.get(state)
    if level is not None:
        return None if level in review_levels(agreement) else now
    if row.target is None:
        return agreement.due_at
    return None


def review_levels(agreement: Agreement) -> list[str]:
    """Give the levels of review the event's policy asks for this kind (both by default)."""
    levels = agreement.event.policy.get("review", {}).get(agreement.kind, ALL_LEVELS)
    return [level for level in ALL_LEVELS if level in levels]

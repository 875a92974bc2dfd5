"""The audit chain: one per agreement and one for the house, written in the transaction of the act itself.

`h_n = SHA256("KDMP-1" ‖ h_{n-1} ‖ SHA256(canonical JSON))`; canonical = sorted keys, no spaces, UTF-8, whole
numbers only (security.md §4). Free text enters as a salted hash, so erasing it keeps the chain verifiable.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kdmp_core.lifecycle import Actor
from kdmp_core.records import Agreement, ChainHead, Step

PREFIX = b"KDMP-1"
START = "0" * 64
HOUSE = "house"
_HEAD = (
    select(ChainHead)
    .where(ChainHead.chain == bindparam("chain"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_SEEN = select(Step).where(Step.chain == bindparam("chain"), Step.key == bindparam("key"))


@dataclass(frozen=True)
class By:
    """Who acts: in which capacity, which user or officer, and in which Prefect flow run if in one."""

    actor: Actor
    user_id: int | None = None
    officer_id: int | None = None
    flow_run_id: str | None = None


@dataclass(frozen=True)
class Act:
    """What is written down: the move's name, the states around it, the caller's key, reason and details.

    `details` holds ids, hashes and whole numbers, never names or numbers of people.
    """

    move: str
    key: str
    round: int = 0
    source: str | None = None
    target: str | None = None
    reason: str | None = None
    details: Mapping[str, Any] | None = None


def canonical(value: object) -> bytes:
    """Give the one JSON spelling of a value; a float or another unknown type is refused (TypeError)."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: object) -> str:
    """Give the SHA-256 (hex) of the canonical spelling."""
    return hashlib.sha256(canonical(value)).hexdigest()


def append(session: Session, act: Act, by: By, now: datetime, agreement: Agreement | None = None) -> Step:
    """Add a link to the agreement's chain (or the house's) and give it; the caller's transaction keeps it."""
    chain = agreement.code if agreement else HOUSE
    head = locked_head(session, chain)
    step = Step(
        chain=chain,
        sequence=head.sequence + 1,
        agreement_id=agreement.id if agreement else None,
        at=now,
        move=act.move,
        source=act.source,
        target=act.target,
        round=act.round,
        actor_kind=by.actor.value,
        user_id=by.user_id,
        officer_id=by.officer_id,
        key=act.key,
        reason=act.reason,
        details=dict(act.details or {}),
        flow_run_id=by.flow_run_id,
        salt=secrets.token_hex(8),
        previous_hash=head.hash,
        hash="",
    )
    step.hash = link_hash(step)
    head.sequence, head.hash = step.sequence, step.hash
    session.add(step)
    session.flush()
    return step


def append_once(session: Session, act: Act, by: By, now: datetime) -> None:
    """Add a link to the house's chain unless its key was seen there."""
    if seen(session, HOUSE, act.key) is None:
        append(session, act, by, now)


def locked_head(session: Session, chain: str) -> ChainHead:
    """Give the head of a chain under its lock, made if the chain has not begun: one writer of a chain at a time."""
    with session.no_autoflush:  # heads and steps are never left unflushed: what waits here may wait for the step
        head = session.scalar(_HEAD, {"chain": chain})
    if head is not None:
        return head
    session.flush()
    try:
        with session.begin_nested():
            session.add(ChainHead(chain=chain, sequence=0, hash=START))
    except IntegrityError:  # somebody else began it in the same instant, and has committed
        pass
    return session.get_one(ChainHead, chain, with_for_update=True, populate_existing=True)


def seen(session: Session, chain: str, key: str) -> Step | None:
    """Give the step that was already written in a chain for a key."""
    with session.no_autoflush:
        return session.scalar(_SEEN, {"chain": chain, "key": key})


def chain_of(session: Session, chain: str) -> list[Step]:
    """Give a chain's steps in order."""
    return list(session.scalars(select(Step).where(Step.chain == chain).order_by(Step.sequence)))


def first_broken(session: Session, chain: str) -> int | None:
    """Give the sequence of the first link that does not hold, or None when the chain is whole to its head."""
    previous, sequence = START, 0
    for step in chain_of(session, chain):
        sequence += 1
        if step.sequence != sequence or step.previous_hash != previous or step.hash != link_hash(step):
            return sequence
        previous = step.hash
    head = session.get(ChainHead, chain)
    whole = head is None if sequence == 0 else head is not None and (head.sequence, head.hash) == (sequence, previous)
    return None if whole else sequence + 1


def chains(session: Session) -> list[str]:
    """Give the names of all chains that have begun."""
    return list(session.scalars(select(ChainHead.chain).order_by(ChainHead.chain)))


def link_hash(step: Step) -> str:
    """Compute a link's hash from its row."""
    body = {
        "chain": step.chain,
        "sequence": step.sequence,
        "at": step.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "move": step.move,
        "source": step.source,
        "target": step.target,
        "round": step.round,
        "actor": step.actor_kind,
        "user": step.user_id,
        "officer": step.officer_id,
        "key": step.key,
        "reason_sha256": hashlib.sha256(f"{step.salt}{step.reason}".encode()).hexdigest() if step.reason else None,
        "details": step.details,
        "flow_run": step.flow_run_id,
    }
    inner = hashlib.sha256(canonical(body)).digest()
    return hashlib.sha256(PREFIX + bytes.fromhex(step.previous_hash) + inner).hexdigest()


def _refuse_floats(value: object) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError("keys of a canonical value are text")
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
    elif not (value is None or isinstance(value, str | bool | int)):
        raise TypeError(f"a {type(value).__name__} has no canonical spelling")

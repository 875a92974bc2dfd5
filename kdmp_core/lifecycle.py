"""The life of an agreement and of a signatory: two tables, and everything that is read from them.

Permission, buttons, API links, due work, deadlines, audit wording and the picture in the docs come from the
rows below and from nowhere else. A row whose target is its source writes a step and changes no state.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class State(enum.StrEnum):
    """Where an agreement stands."""

    DRAFT = "draft"
    RECORDED = "recorded"
    SUBMITTED = "submitted"
    ENDORSED = "endorsed"
    APPROVED = "approved"
    DRAWN_UP = "drawn_up"
    SIGNING = "signing"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    LAPSED = "lapsed"
    VOID = "void"
    ENDED = "ended"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"


class Actor(enum.StrEnum):
    """Who may make a move: grants, relations, channels, machine (design.md §2). A closed list."""

    COORDINATOR = "coordinator"
    REVIEWER = "reviewer"
    MINISTRY = "ministry"
    PENDAMPING = "pendamping"
    DRAFTER = "drafter"
    SECOND = "second"
    PARTY = "party"
    SIGNATORY = "signatory"
    PROVIDER = "provider"
    STAFF = "staff"
    SYSTEM = "system"
    CLOCK = "clock"


MACHINE = frozenset({Actor.SYSTEM, Actor.CLOCK})


class Stage(enum.StrEnum):
    """The work the worker does for a state: the stage function that makes its system moves."""

    REVIEW = "review"
    DOCUMENT = "document"
    SIGNATURE = "signature"
    SEAL = "seal"
    TERM = "term"


@dataclass(frozen=True)
class Move:
    """One row. `source` None is birth; `target` None means the state stays.

    `reason`: a reason must be given. `new_round`: the row opens a new round. `main`: the row carries the life
    forward, so its actors are who owes the next move in `source`.
    """

    source: State | None
    name: str
    actors: frozenset[Actor]
    target: State | None
    reason: bool = False
    new_round: bool = False
    main: bool = False

    @property
    def lands(self) -> State | None:
        """The state after the move."""
        return self.target or self.source

    @property
    def by_machine(self) -> bool:
        """Whether the worker makes this move."""
        return bool(self.actors & MACHINE)


def _rows(
    sources: Iterable[State], name: str, actors: Iterable[Actor], target: State | None, **flags: bool
) -> list[Move]:
    return [Move(source, name, frozenset(actors), target, **flags) for source in sources]


_S = State
_A = Actor
_REVIEWABLE = (_S.SUBMITTED, _S.ENDORSED, _S.APPROVED, _S.DRAWN_UP, _S.RETURNED)

MOVES: tuple[Move, ...] = (
    Move(None, "propose", frozenset({_A.COORDINATOR, _A.PENDAMPING}), _S.DRAFT, main=True),
    *_rows((_S.DRAFT, _S.RETURNED), "edit", (_A.DRAFTER, _A.COORDINATOR), None),
    *_rows((_S.DRAFT, _S.RETURNED), "submit", (_A.DRAFTER,), _S.SUBMITTED, new_round=True, main=True),
    *_rows((_S.DRAFT, _S.RETURNED), "withdraw", (_A.DRAFTER,), _S.WITHDRAWN),
    *_rows((_S.DRAFT, _S.RETURNED), "record", (_A.COORDINATOR,), _S.RECORDED, new_round=True),
    *_rows((_S.RECORDED,), "confirm", (_A.SECOND,), _S.IN_FORCE, main=True),
    *_rows((_S.RECORDED,), "refuse_record", (_A.SECOND,), _S.DRAFT, reason=True),
    *_rows((_S.SUBMITTED,), "endorse", (_A.REVIEWER, _A.SYSTEM), _S.ENDORSED, main=True),
    *_rows((_S.SUBMITTED,), "return", (_A.REVIEWER,), _S.RETURNED, reason=True),
    *_rows((_S.SUBMITTED,), "reject", (_A.REVIEWER,), _S.REJECTED, reason=True),
    *_rows((_S.ENDORSED,), "approve", (_A.MINISTRY, _A.SYSTEM), _S.APPROVED, main=True),
    *_rows((_S.ENDORSED,), "return", (_A.MINISTRY,), _S.RETURNED, reason=True),
    *_rows((_S.ENDORSED,), "reject", (_A.MINISTRY,), _S.REJECTED, reason=True),
    *_rows((_S.SUBMITTED, _S.ENDORSED), "recall", (_A.DRAFTER,), _S.RETURNED),
    *_rows(_REVIEWABLE, "remark", (_A.PARTY, _A.REVIEWER, _A.MINISTRY), None),
    *_rows(_REVIEWABLE, "answer", (_A.DRAFTER,), None),
    *_rows((_S.APPROVED,), "draw_up", (_A.SYSTEM,), _S.DRAWN_UP, main=True),
    *_rows((_S.APPROVED,), "refuse", (_A.SYSTEM,), _S.RETURNED, reason=True),
    *_rows((_S.DRAWN_UP,), "send", (_A.COORDINATOR,), _S.SIGNING, main=True),
    *_rows((_S.DRAWN_UP,), "redraw", (_A.COORDINATOR,), _S.APPROVED, new_round=True),
    *_rows((_S.DRAWN_UP,), "revise", (_A.COORDINATOR,), _S.RETURNED),
    *_rows((_S.SIGNING,), "sign", (_A.SIGNATORY, _A.PROVIDER, _A.STAFF), None, main=True),
    *_rows((_S.SIGNING,), "decline", (_A.SIGNATORY, _A.PROVIDER, _A.STAFF), None, reason=True),
    *_rows((_S.SIGNING,), "remind", (_A.COORDINATOR, _A.CLOCK), None),
    *_rows((_S.SIGNING,), "extend", (_A.COORDINATOR,), None, reason=True),
    *_rows((_S.SIGNING,), "drop", (_A.SYSTEM, _A.COORDINATOR), None, reason=True),
    *_rows((_S.SIGNING,), "complete", (_A.SYSTEM,), _S.SIGNED),
    *_rows((_S.SIGNING,), "close", (_A.COORDINATOR, _A.CLOCK), _S.SIGNED),
    *_rows((_S.SIGNING,), "fail", (_A.SYSTEM,), _S.DECLINED),
    *_rows((_S.SIGNING,), "lapse", (_A.CLOCK,), _S.LAPSED),
    *_rows((_S.SIGNING,), "recall", (_A.COORDINATOR,), _S.RETURNED, reason=True),
    *_rows((_S.APPROVED, _S.DRAWN_UP, _S.DECLINED, _S.LAPSED), "void", (_A.COORDINATOR,), _S.VOID, reason=True),
    *_rows((_S.SIGNING, _S.SIGNED), "ask_void", (_A.COORDINATOR,), None, reason=True),
    *_rows((_S.SIGNING, _S.SIGNED), "void", (_A.SECOND,), _S.VOID),
    *_rows((_S.DECLINED, _S.LAPSED), "reopen", (_A.COORDINATOR,), _S.APPROVED, new_round=True, main=True),
    *_rows((_S.DECLINED, _S.LAPSED), "revise", (_A.COORDINATOR,), _S.RETURNED),
    *_rows((_S.SIGNED,), "seal", (_A.SYSTEM,), _S.IN_FORCE, main=True),
    *_rows((_S.IN_FORCE,), "remind", (_A.CLOCK,), None),
    *_rows((_S.IN_FORCE,), "expire", (_A.CLOCK,), _S.ENDED),
    *_rows((_S.IN_FORCE,), "terminate", (_A.COORDINATOR,), _S.TERMINATED, reason=True),
    *_rows((_S.IN_FORCE,), "supersede", (_A.SYSTEM,), _S.SUPERSEDED),
    *_rows((_S.IN_FORCE,), "ask_annul", (_A.COORDINATOR,), None, reason=True),
    *_rows((_S.IN_FORCE,), "annul_record", (_A.SECOND,), _S.VOID),
)

_BY_SOURCE_AND_NAME = {(row.source, row.name): row for row in MOVES}

STAGES: dict[State, Stage] = {
    _S.SUBMITTED: Stage.REVIEW,
    _S.ENDORSED: Stage.REVIEW,
    _S.APPROVED: Stage.DOCUMENT,
    _S.SIGNING: Stage.SIGNATURE,
    _S.SIGNED: Stage.SEAL,
    _S.IN_FORCE: Stage.TERM,
}

ALWAYS_OWED = frozenset({_S.APPROVED, _S.SIGNED})
"""States whose next move is the system's as soon as they are reached."""

FINAL = frozenset(State) - {row.source for row in MOVES if row.source is not None}
"""States from which no row leads."""


def find(source: State | None, name: str) -> Move | None:
    """Give the row of a move from a state, or None when the table has none."""
    return _BY_SOURCE_AND_NAME.get((source, name))


def from_state(source: State) -> tuple[Move, ...]:
    """Give every row that leads from a state, in the order of the table."""
    return tuple(row for row in MOVES if row.source == source)


def owners(state: State) -> frozenset[Actor]:
    """Say who owes the next move of a state; empty for a state that only waits or has ended."""
    return frozenset(actor for row in from_state(state) if row.main for actor in row.actors)


def states_of(stage: Stage) -> tuple[State, ...]:
    """Give the states whose owed work a stage does."""
    return tuple(state for state, at in STAGES.items() if at == stage)


class SignatoryState(enum.StrEnum):
    """Where a signatory stands in a round."""

    WAITING = "waiting"
    INVITED = "invited"
    ON_PAPER = "on_paper"
    SIGNED = "signed"
    DECLINED = "declined"
    DELEGATED = "delegated"
    DROPPED = "dropped"


_P = SignatoryState

SIGNATORY_MOVES: dict[tuple[SignatoryState, str], SignatoryState] = {
    (_P.WAITING, "invite"): _P.INVITED,
    (_P.INVITED, "sign"): _P.SIGNED,
    (_P.INVITED, "decline"): _P.DECLINED,
    (_P.INVITED, "delegate"): _P.DELEGATED,
    (_P.INVITED, "choose_paper"): _P.ON_PAPER,
    (_P.INVITED, "drop"): _P.DROPPED,
    (_P.ON_PAPER, "sign"): _P.SIGNED,
    (_P.ON_PAPER, "decline"): _P.DECLINED,
    (_P.ON_PAPER, "drop"): _P.DROPPED,
}

ANSWERED = frozenset({_P.SIGNED, _P.DECLINED, _P.DELEGATED, _P.DROPPED})
"""States of a signatory from whom nothing more is awaited in this round."""


def diagram() -> str:
    """Draw both tables as Mermaid state diagrams, for the docs; a test redraws and compares."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for row in MOVES:
        source = "[*]" if row.source is None else row.source.value
        if row.target is None:
            continue
        actors = "/".join(sorted(actor.value for actor in row.actors))
        lines.append(f"    {source} --> {row.target.value}: {row.name} ({actors})")
    lines += [f"    {state.value} --> [*]" for state in State if state in FINAL]
    lines += ["```", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {source.value} --> {target.value}: {name}" for (source, name), target in SIGNATORY_MOVES.items()]
    return "\n".join([*lines, "```", ""])

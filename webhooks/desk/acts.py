"""The acts allowed now, as forms, read from the table of moves; and those of other people, with the reason why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from kdmp_core import access
from kdmp_core.agreements import guards, standing
from kdmp_core.lifecycle import MACHINE, Actor, Move, find
from kdmp_core.records import Agreement
from kdmp_core.texts import has, text
from webhooks.context import staff

ELSEWHERE = {
    "edit": "desk.terms_",
    "send": "desk.send_page",
    "record": "desk.record_page",
}
"""Moves with a page of their own."""

NOT_HERE = frozenset({"sign", "decline", "answer"})
"""Signing is done at the signatory's own door; a remark is answered beside it."""

ANNULLING = frozenset({"ask_annul", "annul_record"})

GRAVE = frozenset(
    {"withdraw", "reject", "void", "ask_void", "terminate", "ask_annul", "annul_record", "drop", "refuse_record"}
)
WITH_REASON = frozenset({"remark"})
ISSUE = frozenset({"redraw"})


@dataclass(frozen=True)
class Act:
    """One act: its name and words, where its form goes (`page`: a link instead), and what it asks for."""

    name: str
    words: str
    action: str
    page: str
    kind: str
    reason: bool
    day: bool
    party: bool
    issue: bool
    explained: str


def shown(session: Session, agreement: Agreement, mine: Collection[str]) -> list[Act]:
    """Give the user's acts, the main one of the state first; annulling only where paper was recorded."""
    hidden = NOT_HERE if guards.was_recorded(session, agreement) else NOT_HERE | ANNULLING
    rows = [row for name in dict.fromkeys(mine) if name not in hidden and (row := find(agreement.state, name))]
    return [_act(agreement, row) for row in sorted(rows, key=lambda row: (not row.main, row.name in GRAVE))]


def not_mine(session: Session, agreement: Agreement, others: Collection[str]) -> list[tuple[str, str]]:
    """Give (act, why not) for the rows of other people."""
    capacities = standing.capacities(session, agreement, staff())
    roles = {role.value for role in access.roles_over(staff(), agreement.area_code)}
    found = []
    for name in dict.fromkeys(others):
        row = find(agreement.state, name)
        if row is None or row.actors <= MACHINE | {Actor.SIGNATORY, Actor.PROVIDER, Actor.STAFF}:
            continue
        own = {actor.value for actor in row.actors} & roles or (Actor.SECOND in row.actors and roles)
        if own and Actor.DRAFTER in capacities:
            why = text("errors.moves.four_eyes")
        else:
            who = " / ".join(text(f"actor.{actor}") for actor in sorted(row.actors - MACHINE))
            why = text("desk.act.only", who=who)
        found.append((text(f"move.{name}"), why))
    return found


def _act(agreement: Agreement, row: Move) -> Act:
    page = ELSEWHERE.get(row.name, "")
    key = f"desk.act.{row.name}"
    kind = "main" if row.main else "grave" if row.name in GRAVE else "plain"
    return Act(
        row.name,
        text(f"move.{row.name}"),
        url_for("desk.step", code=agreement.code, move=row.name),
        url_for(page, code=agreement.code) if page else "",
        kind,
        row.reason or row.name in WITH_REASON,
        row.name == "extend",
        row.name == "drop",
        row.name in ISSUE,
        text(key) if has(key) else "",
    )

"""The history of an agreement in plain words, from its audit chain, with the flow run that did a step."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from kdmp_core import access, reporting
from kdmp_core.lifecycle import Actor
from kdmp_core.records import Agreement
from kdmp_core.reporting import Happened
from kdmp_core.texts import has, text
from webhooks.context import reach, staff
from webhooks.desk import frame
from webhooks.pages.shapes import Link, Step, Tone

BAD = frozenset({"decline", "fail", "lapse", "reject", "refuse", "refuse_record", "void", "annul_record", "terminate"})
GOOD = frozenset({"sign", "seal", "complete", "confirm", "approve"})
MACHINE = frozenset({Actor.SYSTEM.value, Actor.CLOCK.value, Actor.PROVIDER.value})

OWN_DRAFT = ("own_draft_pdf_sha256", "own_draft_put_away", "own_draft_sha256")
"""Details of an edit that tell of a partner's own text: used, put away, brought."""


def of(session: Session, agreement: Agreement) -> list[Step]:
    """Give the steps of an agreement for the page, newest first."""
    runs = _runs_address() if access.is_operator(staff()) else ""
    return [_step(agreement, found, runs) for found in reporting.history(session, agreement)]


def _step(agreement: Agreement, found: Happened, runs: str) -> Step:
    step = found.step
    tone: Tone = "bad" if step.move in BAD else "ok" if step.move in GOOD else "plain"
    remarks = [step.reason or ""]
    run = step.flow_run_id or ""
    link = Link(text("desk.timeline.run", run=run[:8]), f"{runs}/{run}") if run and runs else None
    if run and link is None:
        remarks.append(text("desk.timeline.run", run=run[:8]))
    return Step(
        frame.moment(step.at, agreement.area_code),
        _who(found),
        _what(found),
        " · ".join(filter(None, remarks)),
        link,
        tone,
    )


def _who(found: Happened) -> str:
    if found.user:
        return f"{found.user} ({frame.word('actor', found.step.actor_kind)})"
    if found.officer:
        return f"{found.officer}, {found.party}"
    return frame.word("actor", found.step.actor_kind)


def _what(found: Happened) -> str:
    own = next((text(f"desk.did.{name}") for name in OWN_DRAFT if name in found.step.details), "")
    if own and found.step.move == "edit":
        return own
    key = f"desk.did.{found.step.move}"
    return text(key) if has(key) else frame.word("move", found.step.move)


def _runs_address() -> str:
    """Give the address under which Prefect shows its runs, as the supervisor wrote it down; empty when it has not."""
    try:
        kept = json.loads((reach().settings.data / "run.json").read_text("utf-8"))
        return f"{kept['prefect'].rstrip('/')}/runs/flow-run"
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return ""

"""The recap for the group chat: plain text; whom we wait for is a count unless the coordinator wants the names."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kdmp_core import reporting
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement
from kdmp_core.reporting import Recap
from kdmp_core.signing.moments import deadline_words
from kdmp_core.texts import text
from webhooks.context import reach
from webhooks.desk import frame


def of_agreement(session: Session, agreement: Agreement, *, names: bool) -> str:
    """Give the recap of one agreement, or an empty text before it was sent."""
    found = reporting.recap(session, agreement)
    return "\n".join([_stamp(agreement), "", *_lines(found, names=names)]) if found.asked else ""


def of_event(session: Session, agreements: Sequence[Agreement], *, names: bool) -> str:
    """Give the recap of an event's agreements that were sent, or an empty text when none was."""
    found = [recap for row in reversed(agreements) if (recap := reporting.recap(session, row)).asked]
    if not found:
        return ""
    parts = [line for recap in found for line in (*_lines(recap, names=names), "")]
    return "\n".join([_stamp(found[0].agreement), "", *parts]).strip()


def _stamp(agreement: Agreement) -> str:
    return text("desk.recap.stamp", at=frame.moment(reach().now(), agreement.area_code))


def _lines(found: Recap, *, names: bool) -> list[str]:
    agreement = found.agreement
    lines = [f"*{agreement.title}*", text("desk.recap.count", signed=len(found.signed), asked=found.asked)]
    if found.signed:
        lines.append(text("desk.recap.signed"))
        lines += [f"{place}. {name}" for place, name in enumerate(found.signed, 1)]
    if found.awaited:
        lines.append(text("desk.recap.awaited", n=len(found.awaited)))
        lines += [f"- {name}" for name in found.awaited] if names else []
    if found.left_out:
        lines.append(text("desk.recap.left_out", n=found.left_out))
    if agreement.state is State.SIGNING and agreement.deadline_at:
        lines.append(text("desk.recap.deadline", at=deadline_words(agreement.deadline_at, agreement.area_code)))
    elif agreement.state is not State.SIGNING:
        lines.append(text("desk.recap.state", state=text(f"state.{agreement.state.value}")))
    return lines

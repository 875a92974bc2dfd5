"""The first page: what needs me today, read from the table of moves, oldest first, one action each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from kdmp_core import areas, reporting
from kdmp_core.records import Role
from kdmp_core.reporting import Need
from kdmp_core.texts import text
from kdmp_core.workshops import event as events
from webhooks.context import reach, staff
from webhooks.desk import frame, stages
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Tone


@dataclass(frozen=True)
class Task:
    """One row of the list: when, what, why, and the one action."""

    title: str
    href: str
    why: str
    when: str
    tone: Tone
    action: str


@blueprint.get("/meja")
def today() -> str:
    """Show what waits for the user, and where his newest event stands."""
    user, now = staff(), reach().now()
    with reach().store.read() as session:
        tasks = [_task(need) for need in reporting.needs_me(session, user, now)]
        event = next(iter(events.visible(session, user)), None)
        return frame.page(
            session,
            "today",
            "today",
            tasks_=tasks,
            event=event,
            stages=stages.rail(reporting.event_counts(session, event)) if event else (),
            regency=areas.label(event.regency_code) if event else "",
            may_import=frame.holds(Role.COORDINATOR),
        )


def _task(need: Need) -> Task:
    kind = need.agreement.kind if need.agreement else ""
    values = {
        "n": need.count,
        "title": need.agreement.title if need.agreement else need.event.name if need.event else need.reason,
        "code": need.agreement.code if need.agreement else "",
        "kind": frame.word("desk.kind", kind),
        "reason": _reason(need),
    }
    when, tone = _when(need)
    words = {part: text(f"desk.need.{need.what}.{part}", "id", **values) for part in ("title", "why", "action")}
    return Task(words["title"], _href(need), words["why"], when, tone, words["action"])


def _href(need: Need) -> str:
    if need.agreement is not None:
        page = {"send": "desk.send_page"}.get(need.what, "desk.agreement")
        return url_for(page, code=need.agreement.code)
    if need.event is not None:
        return url_for("desk.checkin", event_id=need.event.id)
    if need.what == "import":
        return url_for("desk.show_import", import_id=need.number)
    return url_for(f"desk.{need.what}")


def _reason(need: Need) -> str:
    if need.what == "stuck":
        return frame.trouble(need.reason)
    return frame.word("obligation", need.reason) if need.what == "obligation" else need.reason


def _when(need: Need) -> tuple[str, Tone]:
    now = reach().now()
    if need.what == "codes":
        return text("desk.when.now"), "warn"
    if need.due is None:
        return frame.age(need.since, now), "bad" if need.what == "stuck" else "wait"
    days = (need.due - now).days
    if need.due <= now:
        return text("desk.when.late", n=max(1, -days)), "bad"
    return (text("desk.when.left", n=days), "wait") if days else (text("desk.when.today"), "warn")

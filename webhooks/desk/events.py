"""Events: the list, one event with its seven stages, its settings, its recap for the group chat."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import areas, letters, reporting
from kdmp_core.agreements import policy
from kdmp_core.agreements.moves import ALL_LEVELS
from kdmp_core.quantities import rupiah_text
from kdmp_core.records import FRAMEWORKS, Event, LetterRegister, Role
from kdmp_core.texts import text
from kdmp_core.workshops import event as events
from mou_templates import pictures
from mou_templates.errors import Refused
from webhooks.context import by_staff, reach, staff
from webhooks.desk import forms, frame, places, recaps, stages
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Fact, Mistake

PAPERS = ("A4", "F4")
KINDS = (*FRAMEWORKS, "pks", "addendum", "accession")
WHENS = ("all", "counterpart_plus")
DECLINES = ("stop", "drop")


@blueprint.get("/meja/acara")
def list_events() -> str:
    """Show the events of the user's area."""
    with reach().store.read() as session:
        rows = [(event, areas.label(event.regency_code)) for event in events.visible(session, staff())]
        return frame.page(
            session, "events", "events", rows=rows, day=frame.day, may_import=frame.holds(Role.COORDINATOR)
        )


@blueprint.get("/meja/acara/<int:event_id>")
def event(event_id: int) -> str:
    """Show where an event stands and what to do next."""
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        counts = reporting.event_counts(session, found)
        why, way = stages.next_step(session, found, counts)
        rows = reporting.agreements_for(session, staff(), event=found)
        return frame.page(
            session,
            "event",
            "events",
            event=found,
            regency=areas.label(found.regency_code),
            facts=_facts(session, found),
            stages=stages.rail(counts),
            why=why,
            next_way=way,
            agreements=rows,
            recap=recaps.of_event(session, rows, names="nama" in request.args),
            coordinates=places.may(found, Role.COORDINATOR),
            day=frame.day,
        )


@blueprint.get("/meja/acara/<int:event_id>/setelan")
def settings(event_id: int) -> str:
    """Show an event's settings."""
    return _settings_page(event_id, [])


@blueprint.post("/meja/acara/<int:event_id>/setelan")
def save_settings(event_id: int) -> forms.Answer:
    """Keep an event's settings; they hold for what comes, not for what was sent."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        baseline = forms.whole("baseline", least=1, most=100_000)
        chosen = _policy() | _logo()
        policy.SigningPolicy.of(chosen)
        unit = forms.typed("register_unit")
        if unit and _register(session, found) is None:
            letters.open_register(session, found.id, unit)
        events.change_settings(session, found, baseline, chosen, by_staff(), forms.key(), reach().now())
        return url_for("desk.event", event_id=found.id)

    return forms.answer(act, lambda errors: _settings_page(event_id, errors))


def _policy() -> dict[str, Any]:
    levels = {kind: [level for level in ALL_LEVELS if forms.typed(f"review-{kind}-{level}")] for kind in KINDS}
    signing = {
        "effective_when": forms.typed("effective_when") or "all",
        "enough": forms.whole("enough", least=1, most=500),
        "on_decline": forms.typed("on_decline") or "stop",
        "deadline_days": forms.whole("deadline_days", least=1, most=policy.LONGEST_DEADLINE_DAYS),
    }
    if forms.typed("paper") not in PAPERS:
        raise forms.wrong("paper", "desk.missing")
    return {"review": levels, "signing": signing, "paper": forms.typed("paper")}


def _logo() -> dict[str, Any]:
    """Keep a logo that was uploaded, or let go of the one that is there. Raises InvalidInput for what is no picture."""
    if forms.typed("drop_logo"):
        return {"logo_sha256": None}
    given = request.files.get("logo")
    if given is None or not given.filename:
        return {}
    data = given.read(pictures.MOST_BYTES + 1)
    try:
        pictures.size_of("logo", data)
    except Refused as refusal:
        raise forms.wrong("logo", f"paper.{refusal.code}", **refusal.values) from refusal
    if not data.startswith(pictures.PNG):
        raise forms.wrong("logo", "paper.picture_format", name="logo", expected="PNG")
    return {"logo_sha256": reach().files.put(data)}


def _settings_page(event_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        kept = found.policy.get("review", {})
        reviewed = {kind: kept.get(kind, ALL_LEVELS) for kind in KINDS}
        return frame.page(
            session,
            "settings",
            "events",
            event=found,
            rule=policy.SigningPolicy.of(found.policy),
            reviewed=reviewed,
            levels=ALL_LEVELS,
            register=_register(session, found),
            kinds=KINDS,
            whens=[(name, text(f"desk.settings.when.{name}"), "") for name in WHENS],
            papers=[(name, text(f"desk.settings.paper.{name}"), "") for name in PAPERS],
            declines=[(name, text(f"desk.settings.decline.{name}"), "") for name in DECLINES],
            errors=errors,
        )


def _register(session: Session, found: Event) -> LetterRegister | None:
    return session.scalar(select(LetterRegister).where(LetterRegister.event_id == found.id))


def _facts(session: Session, found: Event) -> list[Fact]:
    register = _register(session, found)
    missing = text("desk.not_yet")
    return [
        Fact(text("desk.event.organiser"), found.organiser),
        Fact(text("desk.event.venue"), found.venue),
        Fact(text("desk.event.commodity"), found.commodity),
        Fact(
            text("desk.event.baseline"),
            f"{rupiah_text(found.baseline_rupiah_per_kg)}/kg",
            text("desk.event.baseline_means"),
        ),
        Fact(text("desk.event.register"), register.unit_code if register else missing),
    ]

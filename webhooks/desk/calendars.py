"""The year of an event: what is harvested, milled, carried and wanted in each month, what is over or short."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from sqlalchemy.orm import Session

from kdmp_core import plans
from kdmp_core.errors import InvalidInput
from kdmp_core.matching.months import SEASONS, SINCE, YEAR, Calendar, Month, Seasons
from kdmp_core.quantities import ton_text
from kdmp_core.records import Role
from kdmp_core.texts import text
from kdmp_core.whatif import year
from webhooks.context import by_staff, reach
from webhooks.desk import forms, frame, places
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Column, Mistake

FIGURES = "paddy_over rice_over harvest paddy_need rice_need milling trucks"
TON = " ton"
OVER = frozenset({"paddy_over", "rice_over"})


@dataclass(frozen=True)
class Bar:
    """One month of the picture: its word, heights of harvest and need in percent of the greatest, and where it is."""

    word: str
    at: int
    harvest: int
    need: int


@blueprint.get("/meja/acara/<int:event_id>/rencana/kalender")
def calendar_page(event_id: int) -> str:
    """Show the event's year."""
    return _page(event_id, [])


@blueprint.post("/meja/acara/<int:event_id>/rencana/kalender")
def save_calendar(event_id: int) -> forms.Answer:
    """Keep the harvest months of the event."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        year.save(session, found, _seasons(), by_staff(), forms.key(), reach().now())
        return url_for("desk.calendar_page", event_id=found.id)

    return forms.answer(act, lambda errors: _page(event_id, errors))


def _seasons() -> Seasons:
    harvests = {}
    for name in SEASONS:
        with forms.refused_at(f"{name}-first"):
            harvests[name] = year.span(_month_typed(f"{name}-first"), _month_typed(f"{name}-last"))
    own = forms.typed("own")
    if not harvests.get(own):
        raise forms.wrong(f"{own if own in SEASONS else SEASONS[0]}-first", "whatif.no_harvest")
    return Seasons(harvests, own, "every" in request.form)


def _month_typed(name: str) -> int | None:
    return forms.whole(name, least=1, most=12) if forms.typed(name) else None


def _page(event_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        seasons = plans.seasons_of(found)
        calendar = _calendar(session, event_id)
        return frame.page(
            session,
            "calendar",
            "events",
            event=found,
            finding=_finding(calendar) if calendar else "",
            columns=[
                Column(text("calendar.column.month")),
                *frame.columns("calendar.column", FIGURES, FIGURES.split()),
            ],
            rows=[_row(month) for month in calendar.months] if calendar else [],
            total=_row(calendar.total) if calendar else [],
            bars=_bars(calendar) if calendar else [],
            readings=_readings(calendar, seasons) if calendar else [],
            source=text("calendar.set" if year.is_set(found) else "calendar.estimate", since=frame.day(SINCE)),
            harvests=[_season(seasons, name) for name in SEASONS],
            months=[("", text("calendar.no_month")), *((str(month), text(f"month.{month}")) for month in YEAR)],
            owns=[(name, text(f"sheet.period.{name}"), "") for name in SEASONS],
            own=seasons.own,
            every=seasons.every,
            may_set=places.may(found, Role.COORDINATOR),
            errors=errors,
        )


def _calendar(session: Session, event_id: int) -> Calendar | None:
    try:
        return year.of(session, places.event_here(session, event_id))
    except InvalidInput:  # no mapping yet
        return None


def _season(seasons: Seasons, name: str) -> tuple[str, str, str, str]:
    months = seasons.harvests.get(name, ())
    first, last = (str(months[0]), str(months[-1])) if months else ("", "")
    return name, text(f"sheet.period.{name}"), first, last


def _row(month: Month) -> list[str]:
    word = text(f"month.{month.month}") if month.month else text("calendar.year")
    return [word, *(_cell(name, getattr(month, name)) for name in FIGURES.split())]


def _cell(name: str, kg: int) -> str:
    amount = ton_text(abs(kg)).removesuffix(TON)
    if name not in OVER or not kg:
        return amount
    return text("calendar.over" if kg > 0 else "calendar.short", amount=amount)


def _finding(calendar: Calendar) -> str:
    short = [text(f"month.{month.month}") for month in calendar.months if month.rice_over < 0]
    if not short:
        return text("calendar.enough")
    if len(short) == len(YEAR):
        return text("calendar.short_all")
    return text("calendar.short_in", n=len(short), months=", ".join(short))


def _readings(calendar: Calendar, seasons: Seasons) -> list[str]:
    meant = " · ".join(text(f"sheet.period.{name}") for name in seasons.meant)
    return [
        text(f"calendar.reading.{doubt.word}", n=doubt.rows, amount=ton_text(doubt.kg), season=meant)
        for doubt in calendar.doubts
    ]


def _bars(calendar: Calendar) -> list[Bar]:
    """Give the picture: paddy harvested beside what buyers of paddy and of rice want, in paddy."""
    wants = [month.harvest - month.paddy_over for month in calendar.months]
    top = max(1, *wants, *(month.harvest for month in calendar.months))
    return [
        Bar(text(f"month.{month.month}")[:3], 40 * at, 100 * month.harvest // top, 100 * max(0, want) // top)
        for at, (month, want) in enumerate(zip(calendar.months, wants, strict=True))
    ]

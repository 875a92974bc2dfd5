"""The page a link opens, and the four steps: rows typed as people say them, kept as they stand when all can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kdmp_core.errors import Conflict, InvalidInput
from kdmp_core.filling import answers, links, reading
from kdmp_core.signing.moments import date_words, deadline_words
from kdmp_core.texts import text
from kdmp_core.workshops.sheet import Direction, Field
from webhooks.context import reach
from webhooks.fill import visitor
from webhooks.pages.shapes import Mistake
from webhooks.problems import sentence

UNITS = ("ton", "kuintal", "kg")
PERIODS = ("season", "season_1", "season_2", "season_3", "month", "year")
OUTLETS = (reading.OWN, reading.BUYER)
Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Group:
    """What a step asks in one direction: its rows as typed, and whether a price and an outlet are asked for."""

    direction: str
    title: str
    rows: Rows
    price: str
    outlet: bool
    more: bool


def landing(token: str) -> str | Response:
    """Say what the form is and for whom; previews and scanners may look as often as they like."""
    with reach().store.read() as session:
        form = visitor.form(session, token)
        if form.accepted:
            return redirect(url_for("fill.receipt", token=token))
        return render_template(
            "fill/landing.html",
            token=token,
            party=form.seat.party.name,
            event=form.event.name,
            day=date_words(form.event.starts_on),
            until=deadline_words(form.link.expires_at, form.event.regency_code),
            begun=bool(form.answer and form.answer.draft),
        )


def start(token: str) -> Response:
    """Note that the form was opened, and go to the first step."""
    parts = reach()
    visitor.count(token)
    with parts.store.write() as session:
        links.open_form(session, token, parts.now())
    return redirect(url_for("fill.step", token=token, step=visitor.STEPS[0]), 303)


def show(token: str, step: str) -> str | Response:
    """Show a step with what was typed before."""
    field = visitor.field_of(step)
    with reach().store.read() as session:
        form = visitor.form(session, token)
        if form.accepted:
            return redirect(url_for("fill.receipt", token=token))
        kept = form.answer.draft.get(field.value, {}) if form.answer else {}
    return _page(token, step, kept, ())


def keep(token: str, step: str) -> Response | str | tuple[str, int]:
    """Keep a step and go on; a row more, or a mistake, shows it again with everything that was typed."""
    parts = reach()
    field = visitor.field_of(step)
    visitor.count(token)
    given = _typed()
    more = request.form.get("more", "")
    if more in {direction.value for direction in Direction}:
        return _page(token, step, given, (), more=more)
    try:
        with parts.store.write() as session:
            answers.keep_step(session, token, field, given, parts.now())
    except InvalidInput as unfit:
        told = [(problem.place.partition("/")[2], problem) for problem in unfit.problems]
        errors = tuple(Mistake(place, sentence(problem.code, dict(problem.values))) for place, problem in told)
        return _page(token, step, given, errors), 422
    except Conflict:
        return redirect(url_for("fill.receipt", token=token), 303)
    return redirect(_next(token, step), 303)


def _next(token: str, step: str) -> str:
    later = visitor.STEPS[visitor.STEPS.index(step) + 1 :]
    return url_for("fill.step", token=token, step=later[0]) if later else url_for("fill.check", token=token)


def _typed() -> dict[str, Any]:
    """Give a step as it was typed, in the order of its rows; rows without a word fall away."""
    rows = {direction.value: _rows(direction.value) for direction in Direction}
    return {"nothing": bool(request.form.get("nothing")), **rows}


def _rows(direction: str) -> list[dict[str, str]]:
    found = []
    for at in range(reading.MOST_ROWS):
        row = {name: request.form.get(f"{direction}-{at}-{name}", "").strip() for name in reading.VALUES}
        cut = {name: value[: reading.LONGEST + 1] for name, value in row.items()}
        found += [cut] if reading.is_row(cut) else []
    return found


def _page(token: str, step: str, given: Mapping[str, Any], errors: tuple[Mistake, ...], more: str = "") -> str:
    field = visitor.field_of(step)
    at = visitor.STEPS.index(step)
    return render_template(
        "fill/step.html",
        token=token,
        here=step,
        steps=visitor.step_words(),
        step=at + 1,
        former=visitor.STEPS[at - 1] if at else "",
        name=text(f"sheet.field.{field.value}"),
        about=text(f"fill.lead.{field.value}"),
        goods=reading.goods_of(field),
        goods_options=[(words, words) for words in reading.goods_of(field)],
        groups=[_group(field, direction, given, more) for direction in Direction],
        nothing=bool(given.get("nothing")),
        units=[("", text("fill.unit_choose")), *((unit, unit) for unit in UNITS)],
        periods=[(words, words) for words in (text(f"sheet.period.{period}") for period in PERIODS)],
        outlets=[(outlet, text(f"fill.outlet_{outlet}"), "") for outlet in OUTLETS],
        errors=errors,
    )


def _group(field: Field, direction: Direction, given: Mapping[str, Any], more: str) -> Group:
    rows = list(given.get(direction.value, ()))
    wanted = max(1, len(rows) + (more == direction.value))
    rows += [dict.fromkeys(reading.VALUES, "")] * (min(wanted, reading.MOST_ROWS) - len(rows))
    priced = (field, direction) in reading.PRICED
    buys = (field, direction) == (Field.MARKETING, Direction.POTENTIAL)
    price = "fill.price_fee" if field is Field.PROCESSING else "fill.price_buy" if buys else "fill.price"
    return Group(
        direction.value,
        text(f"fill.group.{field.value}.{direction.value}"),
        rows,
        text(price) if priced else "",
        outlet=buys,
        more=len(rows) < reading.MOST_ROWS,
    )

"""What every page of the desk stands in: the menu with its counts, the account, words for days and roles."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime

import segno
from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from kdmp_core import access, area_plans, areas, reporting, templates
from kdmp_core.records import Role, User
from kdmp_core.signing.moments import date_words, local, time_words
from kdmp_core.texts import has, text
from webhooks.context import reach, staff
from webhooks.pages.shapes import Account, Column, MenuGroup, MenuItem

PAGES = {"events": "list_events"}
HERE = "31"
"""Jakarta: whose zone the desk's clock shows when an agreement does not say otherwise."""


def page(session: Session, template: str, current: str, **values: object) -> str:
    """Render a page of the desk. `current` is the endpoint of the menu's line that is lit; `typed` what a form sent."""
    values.setdefault("typed", request.form if request.method == "POST" else {})
    return render_template(
        f"desk/{template}.html",
        menu=_menu(session, current),
        account=_account(),
        form_key=secrets.token_urlsafe(16),
        today=moment(reach().now(), zone_area()),
        **values,
    )


def zone_area(area_code: str = "") -> str:
    """Give an area whose zone is meant: the given one, else the first the user works in, else Jakarta."""
    mine = (grant.area_code for grant in staff().grants if grant.area_code)
    return area_code or next(mine, HERE)


def moment(at: datetime, area_code: str = "") -> str:
    """Give an instant for people: "24 November 2026, 10.00 WIB"."""
    area = zone_area(area_code)
    return f"{date_words(local(at, area).date())}, {time_words(at, area)}"


def day(value: date | None) -> str:
    """Give a day for people, or an empty text."""
    return date_words(value) if value else ""


def today_at(area_code: str) -> date:
    """Give the day it is in an area."""
    return local(reach().now(), area_code).date()


def age(since: datetime, now: datetime) -> str:
    """Give how long something has been waiting, in words."""
    days = (now.astimezone(UTC) - since).days
    return text("desk.age.today") if days < 1 else text("desk.age.days", n=days)


def qr_svg(address: str) -> str:
    """Give the QR code of an address as SVG that takes the size of its place; with a size of its own it was cut off."""
    return str(segno.make(address, error="m").svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None))


def word(prefix: str, name: str, otherwise: str = "") -> str:
    """Give the word of a name under a prefix of the catalogue; `otherwise` (or the name) where it has none."""
    key = f"{prefix}.{name}"
    return text(key) if name and has(key) else otherwise or name


def trouble(reason: str) -> str:
    """Give the sentence of a kept reason, which is a whole key of the catalogue; a plain one where it has none."""
    return text(reason) if has(reason) else text("desk.need.stuck.unknown")


def columns(prefix: str, names: str, digits: Iterable[str] = ()) -> list[Column]:
    """Give table columns from their names (separated by spaces), worded under a prefix of the catalogue."""
    right = set(digits)
    return [Column(text(f"{prefix}.{name}"), name in right) for name in names.split()]


def roles_words(user: User) -> str:
    """Give what a user is, where: "Koordinator, Kabupaten Cianjur"."""
    parts = []
    for grant in user.grants:
        where = areas.label(grant.area_code) if grant.area_code and areas.exists(grant.area_code) else ""
        parts.append(", ".join(filter(None, (text(f"roles.{grant.role.value}"), where))))
    return " · ".join(dict.fromkeys(parts))


def holds(*roles: Role) -> bool:
    """Whether the signed-in user holds one of the roles anywhere."""
    return any(grant.role in roles for grant in staff().grants)


def _account() -> Account:
    user = staff()
    return Account(user.name, roles_words(user), url_for("desk.password"), url_for("desk.sign_out"))


def _menu(session: Session, current: str) -> tuple[MenuGroup, ...]:
    user, now = staff(), reach().now()
    links = len(reporting.links_to_send(session, user))
    codes = len(reporting.codes_to_release(session, user, now))
    plain = (("today", "home"), ("events", "calendar"), ("agreements", "page"))
    work = [_item(name, icon, 0, current) for name, icon in plain]
    work[2:2] = [_item("areas", "match", 0, current)] if holds(*area_plans.LOOKERS) else []
    work += [_item("links", "link", links, current), _item("codes", "key", codes, current)]
    kept = [_item("templates", "paper", 0, current)] if holds(*templates.READERS) else []
    kept += [_item("users", "person", 0, current)] if access.is_operator(user) or holds(Role.COORDINATOR) else []
    kept.append(_item("password", "shield", 0, current))
    return (MenuGroup(tuple(work)), MenuGroup(tuple(kept), text("desk.menu.settings")))


def _item(name: str, icon: str, count: int, current: str) -> MenuItem:
    return MenuItem(text(f"desk.menu.{name}"), url_for(f"desk.{PAGES.get(name, name)}"), icon, count, name == current)

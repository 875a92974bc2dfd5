"""Who may do what where: list, add with a one-time password shown once, reset, switch off and on."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, areas
from kdmp_core.errors import InvalidInput, NotAllowed, NotFound
from kdmp_core.records import Role, User
from kdmp_core.texts import text
from webhooks.context import by_staff, reach, staff
from webhooks.desk import forms, frame
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake

GIVEN_BY_COORDINATORS = (Role.PENDAMPING, Role.REVIEWER, Role.COORDINATOR, Role.AUDITOR)
GIVEN_BY_OPERATORS = (*GIVEN_BY_COORDINATORS, Role.MINISTRY, Role.OPERATOR)


@blueprint.get("/meja/pengguna")
def users() -> str:
    """Show the members of staff."""
    return _page([])


@blueprint.post("/meja/pengguna")
def add_user() -> forms.Answer | tuple[str, int]:
    """Make a member of staff; the one-time password stands on the answer and nowhere else."""
    _require_keeper()
    try:
        role, area = _role(), forms.line("area")
        if area and not areas.exists(area):
            raise forms.wrong("area", "areas.unknown", area=area[:20])
        _require_may_give(role, area)
        login, name = forms.line("login", most=60, needed=True), forms.line("name", needed=True)
        with reach().store.write() as session:
            with forms.refused_at("login"):
                user, password = access.add_user(session, login, name, [(role, area)], now=reach().now(), by=by_staff())
            user.phone = forms.line("phone") or None
    except InvalidInput as unfit:
        return _page(forms.mistakes(unfit)), 422
    return _once(user, password)


@blueprint.post("/meja/pengguna/<int:user_id>/sandi")
def reset_password(user_id: int) -> str:
    """Give a member of staff a new one-time password, shown once."""
    _require_keeper()
    with reach().store.write() as session:
        user = _theirs(session, user_id)
        password = access.reset_password(session, user, now=reach().now(), by=by_staff())
    return _once(user, password)


@blueprint.post("/meja/pengguna/<int:user_id>/aktif")
def switch_user(user_id: int) -> forms.Answer:
    """Switch a member of staff off or on again; the last operator cannot lock himself out."""
    _require_keeper()

    def act(session: Session) -> str:
        user = _theirs(session, user_id)
        access.set_active(
            session, user, active=forms.typed("active") == "yes", now=reach().now(), by=by_staff(), key=forms.key()
        )
        return url_for("desk.users")

    return forms.answer(act, _page)


def _once(user: User, password: str) -> str:
    with reach().store.read() as session:
        return frame.page(session, "one_time_password", "users", user=user, password=password)


def _require_keeper() -> None:
    if not access.is_operator(staff()) and not frame.holds(Role.COORDINATOR):
        raise NotAllowed("desk.users_only")


def _require_may_give(role: Role, area: str) -> None:
    """Operators give every role everywhere; coordinators give theirs and lower ones within their own area."""
    if access.is_operator(staff()):
        return
    mine = [grant.area_code for grant in staff().grants if grant.role is Role.COORDINATOR]
    inside = any(not own or area == own or area.startswith(f"{own}.") for own in mine)
    if role not in GIVEN_BY_COORDINATORS or not inside:
        raise forms.wrong("area", "access.not_your_area")


def _role() -> Role:
    try:
        return Role(forms.typed("role"))
    except ValueError:
        raise forms.wrong("role", "desk.missing") from None


def _theirs(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None or user.id not in {row.id for row in _visible(session)}:
        raise NotFound("access.no_user")
    return user


def _visible(session: Session) -> list[User]:
    """Give the users this keeper may manage: an operator all, a coordinator those wholly within his area."""
    rows = list(session.scalars(select(User).order_by(User.name, User.id)))
    if access.is_operator(staff()):
        return rows
    mine = [grant.area_code for grant in staff().grants if grant.role is Role.COORDINATOR]
    return [
        row for row in rows if row.grants and all(_lies_in(grant.area_code, mine, grant.role) for grant in row.grants)
    ]


def _lies_in(area: str, mine: list[str], role: Role) -> bool:
    return role is not Role.OPERATOR and any(not own or area == own or area.startswith(f"{own}.") for own in mine)


def _page(errors: list[Mistake]) -> str:
    _require_keeper()
    roles = GIVEN_BY_OPERATORS if access.is_operator(staff()) else GIVEN_BY_COORDINATORS
    with reach().store.read() as session:
        rows = [(row, frame.roles_words(row)) for row in _visible(session)]
        regency = next((grant.area_code for grant in staff().grants if grant.area_code), "")
        return frame.page(
            session,
            "users",
            "users",
            rows=rows,
            roles=[(role.value, text(f"roles.{role.value}")) for role in roles if role is not Role.PENDAMPING],
            area=regency,
            me=staff().id,
            errors=errors,
        )

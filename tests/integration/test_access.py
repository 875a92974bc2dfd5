"""Who may do what where, on both databases: areas and their traps, sessions, one-time passwords, counters, clients."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from kdmp_core import access, audit
from kdmp_core.agreements import standing
from kdmp_core.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn, TooMany
from kdmp_core.records import ApiClient, Grant, Party, PartyKind, Role, StaffSession, Step, Tally, User
from kdmp_core.store import Store
from tests import builders
from tests.builders import NOW, SYSTEM, by_user
from tests.refusals import refused

LOGIN, WRONG = "sari", "bukan-kata-sandi"


def user_with(*grants: tuple[Role, str], parties: tuple[int, ...] = ()) -> User:
    made = [Grant(role=role, area_code=area, party_ids=list(parties), granted_at=NOW) for role, area in grants]
    return User(login="x", name="X", grants=made)


def add(store: Store, *roles: tuple[Role, str], login: str = LOGIN) -> tuple[int, str]:
    with store.write() as session:
        user, password = access.add_user(session, login, "Sari Wulandari", roles, now=NOW, by=SYSTEM)
        return user.id, password


def sign_in(store: Store, password: str, now: Any = NOW, login: str = LOGIN) -> str | None:
    with store.write() as session:
        return access.sign_in(session, login, password, now)


# Areas and lists


@pytest.mark.parametrize(
    ("granted", "asked", "within"),
    [
        ("", "32.03", True),
        ("32", "32.03", True),
        ("32.03", "32.03", True),
        ("32.03", "32.03.31.2002", True),
        ("32.0", "32.03", False),
        ("3", "32.03", False),
        ("32.03.", "32.03.31", False),
        ("32.03", "32.0", False),
        ("32.03", "32.030", False),
        ("32.03", "32.04", False),
        ("32.03.31", "32.03", False),
        ("32", "", False),
    ],
)
def test_a_grant_reaches_its_area_and_what_lies_in_it(granted: str, asked: str, within: bool) -> None:
    user = user_with((Role.COORDINATOR, granted))
    assert (Role.COORDINATOR in access.roles_over(user, asked)) is within
    assert access.sees(user, asked) is within


CODES = st.builds(".".join, st.lists(st.sampled_from(["3", "32", "03", "0"]), max_size=4))


@given(CODES, CODES)
def test_an_area_lies_in_another_exactly_when_its_parts_begin_with_the_others(area: str, granted: str) -> None:
    inside = not granted or area.split(".")[: granted.count(".") + 1] == granted.split(".")
    assert bool(access.roles_over(user_with((Role.REVIEWER, granted)), area)) is inside


def test_a_pendamping_reaches_only_agreements_whose_every_cooperative_is_on_his_list() -> None:
    helper = user_with((Role.PENDAMPING, ""), parties=(1, 2, 3))
    assert access.roles_over(helper, "32.03", [1, 3]) == {Role.PENDAMPING}
    for parties in ([], [4], [1, 4]):
        assert not access.roles_over(helper, "32.03", parties)
    assert not access.sees(helper, "32.03")


def test_a_list_of_cooperatives_is_kept_for_a_pendamping_and_nobody_else(store: Store) -> None:
    with store.write() as session:
        roles = [(Role.PENDAMPING, ""), (Role.AUDITOR, "32")]
        user, _ = access.add_user(session, "dewi", "Dewi", roles, now=NOW, by=SYSTEM, party_ids=[3, 1])
        session.expire_all()
        assert {grant.role: grant.party_ids for grant in user.grants} == {Role.PENDAMPING: [1, 3], Role.AUDITOR: []}


def test_each_role_stays_within_its_own_area() -> None:
    user = user_with((Role.COORDINATOR, "32.03"), (Role.AUDITOR, ""), (Role.REVIEWER, "32.04"))
    assert access.roles_over(user, "32.03") == {Role.COORDINATOR, Role.AUDITOR}
    assert access.roles_over(user, "32.04") == {Role.REVIEWER, Role.AUDITOR}
    with refused(NotAllowed, "access.not_your_area"):
        access.require_role(user, [Role.COORDINATOR, Role.REVIEWER], "32.05")
    access.require_role(user, [Role.COORDINATOR], "32.03.31")


def test_an_operator_runs_the_service_and_sees_no_agreement(store: Store) -> None:
    operator = user_with((Role.OPERATOR, ""))
    assert access.is_operator(operator)
    assert access.areas_of(operator) == ()
    assert not access.sees(operator, "32.03")
    assert not access.is_operator(user_with((Role.MINISTRY, "")))
    with store.write() as session:
        staff = builders.create_staff(session)
        event = builders.create_event(session, staff.coordinator)
        builders.create_roster(session, event, staff.coordinator)
        agreement = builders.create_agreements(session, event, staff)[-1]
        assert not standing.sees(operator, agreement)
        assert standing.sees(staff.reviewer, agreement)
        ids = tuple(party.party_id for party in agreement.parties)
        assert standing.sees(user_with((Role.PENDAMPING, ""), parties=ids), agreement)
        assert not standing.sees(user_with((Role.PENDAMPING, ""), parties=ids[1:]), agreement)


# Users and sessions


def test_a_new_user_gets_a_password_once_and_is_a_step_of_the_house_without_his_name(store: Store) -> None:
    user_id, password = add(store, (Role.COORDINATOR, "32.03"))
    with store.read() as session:
        user = session.get_one(User, user_id)
        assert user.must_change_password
        assert password not in user.password_hash
        step = session.scalars(select(Step).where(Step.move == "add_user")).one()
        assert step.details == {"user": user_id, "roles": [["coordinator", "32.03"]]}
        assert builders.chain_is_whole(session)
    with refused(InvalidInput, "access.login_taken"):
        add(store, login=" SARI ")
    with refused(InvalidInput, "access.login_taken"):
        add(store, login="  ")


def test_a_session_lives_twelve_hours_and_ends_at_once_when_it_is_ended(store: Store) -> None:
    _, password = add(store)
    first, second = sign_in(store, password, login=" Sari "), sign_in(store, password)
    assert first is not None
    assert second is not None
    with store.write() as session:
        assert access.session_user(session, first, NOW + access.SESSION_LIFE - timedelta(microseconds=1)).login == LOGIN
        with refused(NotSignedIn, "access.session_over"):
            access.session_user(session, first, NOW + access.SESSION_LIFE)
        access.end_session(session, first, NOW)
        access.end_session(session, "unknown", NOW)
        with refused(NotSignedIn, "access.session_over"):
            access.session_user(session, first, NOW)
        assert access.session_user(session, second, NOW)
        kept = session.scalars(select(StaffSession.token_sha256)).all()
        assert not {first, second} & set(kept)


def test_a_new_password_ends_every_session_and_a_weak_one_is_refused(store: Store) -> None:
    user_id, password = add(store)
    secret = sign_in(store, password)
    assert secret is not None
    with store.write() as session:
        user = session.get_one(User, user_id)
        with refused(InvalidInput, "access.old_password_wrong"):
            access.change_password(session, user, WRONG, "rahasia-baru-sekali", NOW)
        for weak in ("pendek", password):
            with refused(InvalidInput, "access.password_weak"):
                access.change_password(session, user, password, weak, NOW)
        access.change_password(session, user, password, "rahasia-baru-sekali", NOW)
        assert not user.must_change_password
        with refused(NotSignedIn, "access.session_over"):
            access.session_user(session, secret, NOW)
    assert sign_in(store, password) is None
    assert sign_in(store, "rahasia-baru-sekali") is not None


def test_a_password_that_was_reset_is_new_and_is_a_step(store: Store) -> None:
    user_id, password = add(store)
    secret = sign_in(store, password)
    assert secret is not None
    with store.write() as session:
        user = session.get_one(User, user_id)
        new = access.reset_password(session, user, now=NOW, by=by_user(user))
        assert user.must_change_password
        with refused(NotSignedIn, "access.session_over"):
            access.session_user(session, secret, NOW)
        assert [step.move for step in audit.chain_of(session, audit.HOUSE)] == ["add_user", "reset_password"]
    assert sign_in(store, password) is None
    assert sign_in(store, new) is not None


def test_a_user_who_left_neither_signs_in_nor_acts_nor_is_found(store: Store) -> None:
    user_id, password = add(store)
    secret = sign_in(store, password)
    assert secret is not None
    with store.write() as session:
        client, key = access.add_client(session, "SIM", session.get_one(User, user_id), ["read"], now=NOW, by=SYSTEM)
        session.get_one(User, user_id).active = False
        client_id = client.client_id
    assert sign_in(store, password) is None
    with store.write() as session:
        with refused(NotSignedIn, "access.session_over"):
            access.session_user(session, secret, NOW)
        with refused(NotFound, "access.no_user"):
            access.user_by_id(session, user_id)
        assert access.check_client(session, client_id, key, NOW) is None


# Counters


def test_eight_wrong_tries_close_the_login_for_a_quarter_of_an_hour_known_or_not(store: Store) -> None:
    _, password = add(store)
    for login in (LOGIN, "tidak-ada"):
        for _ in range(access.SIGN_IN_LIMIT):
            assert sign_in(store, WRONG, login=login) is None
        with pytest.raises(TooMany) as caught:
            sign_in(store, password, login=login)
        assert caught.value.retry_after == 15 * 60 + 1
    with pytest.raises(TooMany):
        sign_in(store, password, NOW + access.SIGN_IN_WINDOW - timedelta(microseconds=1))
    assert sign_in(store, password, NOW + access.SIGN_IN_WINDOW) is not None
    with store.read() as session:
        assert LOGIN not in set(session.scalars(select(Tally.subject)))


def test_tries_at_once_do_not_slip_past_the_limit_not_even_the_first_ones(store: Store) -> None:
    add(store)
    results: list[object] = []
    start = threading.Barrier(20)

    def attempt() -> None:
        start.wait()
        try:
            results.append(sign_in(store, WRONG))
        except Exception as raised:  # noqa: BLE001 (counted below)
            results.append(type(raised))

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == sorted(map(str, [None] * access.SIGN_IN_LIMIT + [TooMany] * 12))
    with store.read() as session:
        assert session.scalars(select(Tally.count)).all() == [access.SIGN_IN_LIMIT]


@pytest.mark.database("sqlite")
def test_a_window_that_is_over_begins_anew(store: Store) -> None:
    window = timedelta(minutes=1)
    with store.write() as session:
        counts = [access.count(session, "k", "s", window, NOW + timedelta(seconds=at)) for at in (0, 59, 60, 61)]
        assert counts == [1, 2, 1, 2]
        assert access.count(session, "k", "other", window, NOW) == 1
        assert session.scalar(select(func.count()).select_from(Tally)) == 2


# API clients


def test_a_client_is_known_by_its_secret_shown_once_within_its_scopes(store: Store) -> None:
    user_id, _ = add(store)
    with store.write() as session:
        user = session.get_one(User, user_id)
        client, secret = access.add_client(session, "SIM Dinas", user, {"write", "read"}, now=NOW, by=by_user(user))
        client_id = client.client_id
    checks: list[Callable[[], ApiClient | None]] = []
    with store.write() as session:
        for given_id, given_secret in ((client_id, secret), (client_id, WRONG), ("kc_unknown", secret)):
            checks.append(lambda i=given_id, s=given_secret: access.check_client(session, i, s, NOW))  # type: ignore[misc]
        good, bad, unknown = (check() for check in checks)
        assert good is not None
        assert (good.scopes, good.user_id) == (["read", "write"], user_id)
        assert (bad, unknown) == (None, None)
        assert secret not in good.secret_hash
    with store.write() as session:
        for _ in range(access.SIGN_IN_LIMIT - 1):
            assert access.check_client(session, client_id, WRONG, NOW) is None
    with store.write() as session, pytest.raises(TooMany):
        access.check_client(session, client_id, secret, NOW)


def test_a_pendamping_helps_with_a_paper_between_his_cooperative_and_any_counterpart() -> None:
    cooperative, other = (Party(id=number, kind=PartyKind.KDMP) for number in (1, 2))
    bulog = Party(id=9, kind=PartyKind.SOE)
    assert standing.helped([cooperative, bulog]) == [1]
    assert standing.helped([cooperative, other, bulog]) == [1, 2]
    assert standing.helped([bulog]) == [9]

"""Links, codes, sessions and signatures on both databases: what is used twice, late, by two at once, or forged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kdmp_core import access, audit, outbox, tokens
from kdmp_core.agreements import moves
from kdmp_core.errors import (
    Conflict,
    Gone,
    InvalidInput,
    KdmpError,
    MoveRefused,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Stale,
    TooMany,
)
from kdmp_core.files import Files
from kdmp_core.lifecycle import SignatoryState, State
from kdmp_core.records import (
    Agreement,
    Code,
    Event,
    Link,
    Message,
    Officer,
    Reveal,
    Role,
    Signatory,
    Signature,
    SignerSession,
    Step,
    User,
)
from kdmp_core.settings import Settings
from kdmp_core.signing import (
    codes,
    consent,
    evidence,
    folders,
    links,
    messages,
    receipts,
    requests,
    sessions,
    signatures,
)
from kdmp_core.store import Store
from tests import builders
from tests.builders import NOW, Sent, by_user
from tests.prepared import Prepared, prepared
from tests.refusals import refused

BROWSER = "a browser's secret"
MACHINE = evidence.Machine("203.0.113.9", "Mozilla/5.0 (Linux; Android 11)")
BLINK = timedelta(microseconds=1)


@dataclass
class House:
    """A record with an agreement out for signature, and what is needed to act on it."""

    store: Store
    settings: Settings
    files: Files
    sent: Sent

    @property
    def agreement_id(self) -> int:
        return self.sent.agreement.id

    def officer(self, at: int = 0) -> Officer:
        return builders.signing_officer(self.sent.parties[at])

    def link(self, session: Session, at: int = 0) -> Link:
        found = links.live(session, self.officer(at).id, self.sent.event.id)
        assert found is not None
        return found

    def open(self, session: Session, at: int = 0, now: datetime = NOW, browser: str = BROWSER) -> SignerSession:
        """Ask for a code, let the second member of staff release it, enter it, open the folder."""
        code = codes.ask(session, self.link(session, at), f"{browser}{at}", self.settings, now)
        typed = codes.release(session, code.id, self.sent.staff.second, self.settings, now)
        tried = codes.enter(session, f"{browser}{at}", typed, self.settings, now)
        assert tried.code is not None
        return sessions.check(
            session, sessions.open_session(session, tried.code, self.settings, now), self.settings, now
        )

    def said(self, session: Session, key: str = "form-1") -> consent.Said:
        agreement = session.get_one(Agreement, self.agreement_id)
        return consent.Said(consent.shown_sha256(session, agreement), consent.CONSENTS, key)

    def sign(self, session: Session, row: SignerSession, now: datetime = NOW, key: str = "form-1") -> Signature:
        said = self.said(session, key)
        return consent.sign(session, row, self.agreement_id, said, machine=MACHINE, settings=self.settings, now=now)


def make(store: Store, folder: Path) -> builders.Sent:
    settings = builders.settings_in(folder)
    with store.write() as session:
        return builders.create_sent(session, settings, Files(settings.documents))


before = prepared(make)


@pytest.fixture
def house(
    before: Prepared[builders.Sent], database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[House]:
    with before.copy(database_kind, request, tmp_path / "house") as (store, folder, sent):
        settings = builders.settings_in(folder)
        yield House(store, settings, Files(settings.documents), sent)


# Sending


def test_sending_makes_a_signatory_a_link_and_an_invitation_for_each_party_in_the_order_of_the_roster(
    house: House,
) -> None:
    with house.store.read() as session:
        rows = session.scalars(select(Signatory).order_by(Signatory.position)).all()
        owed = session.scalars(select(Message).order_by(Message.id)).all()
        live = session.scalars(select(Link)).all()
    assert [(row.position, row.anchor, row.state) for row in rows] == [
        (1, "§001", SignatoryState.INVITED),
        (2, "§002", SignatoryState.INVITED),
        (3, "§003", SignatoryState.INVITED),
    ]
    assert [(row.kind, row.state, row.officer_id) for row in owed] == [
        ("invitation", outbox.BY_HAND, row.officer_id) for row in rows
    ]
    assert {link.officer_id for link in live} == {row.officer_id for row in rows}


def test_a_deadline_is_the_first_instant_after_its_day_in_the_zone_of_the_place(house: House) -> None:
    deadline = house.sent.agreement.deadline_at
    assert deadline is not None
    assert deadline.isoformat() == "2026-12-08T17:00:00+00:00"  # 9 December, 00.00 WIB
    assert house.sent.agreement.due_at == NOW + timedelta(days=3)


def test_sending_twice_with_one_key_sends_once(house: House) -> None:
    with house.store.write() as session:
        builders.send(session, house.sent.agreement, house.sent.staff, house.settings)
        assert session.scalar(select(func.count()).select_from(Message)) == 3
        assert session.scalar(select(func.count()).select_from(Signatory)) == 3


def test_two_agreements_of_one_event_share_one_link_and_one_folder(house: House) -> None:
    with house.store.write() as session:
        event, staff = session.get_one(Event, house.sent.event.id), house.sent.staff
        builders.create_party(session, event, 9, staff.coordinator, side=builders.Side.COUNTERPART, name="Perum Bulog")
        second = builders.create_agreement_drawn_up(session, event, staff, house.files)
        builders.send(session, second, staff, house.settings)
        link = house.link(session)
        found = folders.entries(session, link, NOW)
        assert len(session.scalars(select(Link).where(Link.officer_id == link.officer_id)).all()) == 1
    assert [entry.standing for entry in found] == [folders.Standing.TO_SIGN] * 2


# Links


def test_a_token_is_22_characters_made_again_from_the_id_and_only_its_hash_is_kept(house: House) -> None:
    with house.store.read() as session:
        link = house.link(session)
        token = links.token(house.settings, link.id)
        assert len(token) == links.TOKEN_LENGTH
        assert token not in str(link.token_sha256)
        assert links.find(session, token).id == link.id
    assert links.token(house.settings, link.id + 1) != token


@pytest.mark.parametrize("presented", ["", "x", "A" * 22, "A" * 22 + "=", "é" * 22, "../../../etc/passwd22ch"])
def test_a_forged_token_is_unknown(house: House, presented: str) -> None:
    with house.store.read() as session, refused(NotFound, "signing.link_unknown"):
        links.find(session, presented)


@pytest.mark.parametrize(("after", "state"), [(-BLINK, "live"), (timedelta(), "expired"), (BLINK, "expired")])
def test_a_link_ends_exactly_at_the_deadline_of_its_round(house: House, after: timedelta, state: str) -> None:
    deadline = house.sent.agreement.deadline_at
    assert deadline is not None
    with house.store.read() as session:
        assert links.state(house.link(session), deadline + after) == state


def test_a_new_link_replaces_the_old_one_and_ends_its_sessions_at_once(house: House) -> None:
    with house.store.write() as session:
        row = house.open(session)
        old = house.link(session)
        user = by_user(house.sent.staff.coordinator)
        new = requests.replace_link(session, old.officer_id, old.event_id, user, settings=house.settings, now=NOW)
        assert links.state(old, NOW) is links.LinkState.REPLACED
        assert links.state(new, NOW) is links.LinkState.LIVE
        with refused(Gone, "signing.link_replaced"):
            house.sign(session, row)
        with refused(Gone, "signing.link_replaced"):
            codes.ask(session, old, BROWSER, house.settings, NOW)


def test_the_database_itself_refuses_a_second_live_link_of_a_folder(house: House) -> None:
    with house.store.write() as session:
        link = house.link(session)
        twin = Link(officer_id=link.officer_id, event_id=link.event_id, issued_at=NOW, expires_at=NOW)
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(twin)


def test_a_stopped_link_opens_nothing_and_its_messages_are_cancelled(house: House) -> None:
    with house.store.write() as session:
        link = house.link(session)
        links.revoke(session, link, NOW)
        with refused(Gone, "signing.link_stopped"):
            codes.ask(session, link, BROWSER, house.settings, NOW)
        states = session.scalars(select(Message.state).where(Message.link_id == link.id)).all()
    assert set(states) == {outbox.CANCELLED}


# Who sees what


def test_nobody_sees_both_the_link_and_the_code_of_one_person(house: House) -> None:
    staff = house.sent.staff
    with house.store.write() as session:
        link = house.link(session)
        code = codes.ask(session, link, BROWSER, house.settings, NOW)
        messages.reveal_link(session, link.id, staff.coordinator, house.settings, NOW)
        with refused(NotAllowed, "signing.saw_link"):
            codes.release(session, code.id, staff.coordinator, house.settings, NOW)
        codes.release(session, code.id, staff.second, house.settings, NOW)
        with refused(NotAllowed, "signing.saw_code"):
            messages.reveal_link(session, link.id, staff.second, house.settings, NOW)


def test_who_saw_a_link_that_was_replaced_still_gets_no_code(house: House) -> None:
    staff = house.sent.staff
    with house.store.write() as session:
        old = house.link(session)
        messages.reveal_link(session, old.id, staff.coordinator, house.settings, NOW)
        requests.replace_link(
            session, old.officer_id, old.event_id, by_user(staff.second), settings=house.settings, now=NOW
        )
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        with refused(NotAllowed, "signing.saw_link"):
            codes.release(session, code.id, staff.coordinator, house.settings, NOW)


def test_the_database_itself_holds_one_half_per_person_and_folder(house: House) -> None:
    with house.store.write() as session:
        link = house.link(session)
        user_id = house.sent.staff.coordinator.id
        for what in ("link", "code"):
            row = Reveal(officer_id=link.officer_id, event_id=link.event_id, user_id=user_id, what=what, first_at=NOW)
            if what == "code":
                with pytest.raises(IntegrityError), session.begin_nested():
                    session.add(row)
            else:
                session.add(row)
                session.flush()


def test_one_person_asking_for_both_halves_in_the_same_instant_gets_one(house: House) -> None:
    user = house.sent.staff.second
    with house.store.write() as session:
        link = house.link(session)
        code = codes.ask(session, link, BROWSER, house.settings, NOW)
    tries: list[Callable[[Session], object]] = [
        lambda session: messages.reveal_link(session, link.id, session.get_one(User, user.id), house.settings, NOW),
        lambda session: codes.release(session, code.id, session.get_one(User, user.id), house.settings, NOW),
    ]
    outcomes = _at_once(house.store, tries)
    assert sorted(type(found).__name__ for found in outcomes if isinstance(found, Exception)) == ["NotAllowed"]


def test_every_sight_is_a_step_in_the_chain_of_the_house_without_the_secret(house: House) -> None:
    with house.store.write() as session:
        link = house.link(session)
        code = codes.ask(session, link, BROWSER, house.settings, NOW)
        shown = messages.reveal_link(session, link.id, house.sent.staff.coordinator, house.settings, NOW)
        messages.reveal_link(session, link.id, house.sent.staff.coordinator, house.settings, NOW + BLINK)
        digits = codes.release(session, code.id, house.sent.staff.second, house.settings, NOW)
        steps = [step for step in audit.chain_of(session, audit.HOUSE) if step.move.startswith("reveal_")]
        assert [step.move for step in steps] == ["reveal_link", "reveal_link", "reveal_code"]
        kept = " ".join(f"{step.key} {step.details}" for step in session.scalars(select(Step)))
        assert shown.address.rpartition("/")[2] not in kept
        assert digits not in kept.replace(":", " ").split()
        assert builders.chain_is_whole(session)


def test_staff_without_a_role_over_the_regency_see_neither_half(house: House) -> None:
    with house.store.write() as session:
        away = builders.create_user(session, "jauh", Role.COORDINATOR, Role.REVIEWER, area="32.04")
        auditor = builders.create_user(session, "audit", Role.AUDITOR, Role.OPERATOR)
        link = house.link(session)
        code = codes.ask(session, link, BROWSER, house.settings, NOW)
        for user in (away, auditor):
            with refused(NotAllowed, "access.not_your_area"):
                messages.reveal_link(session, link.id, user, house.settings, NOW)
            with refused(NotAllowed, "access.not_your_area"):
                codes.release(session, code.id, user, house.settings, NOW)


def test_staff_find_by_hand_messages_of_their_own_areas_only(house: House) -> None:
    with house.store.read() as session:
        assert len(outbox.by_hand(session, ["32.03"])) == 3
        assert len(outbox.by_hand(session, [""])) == 3
        assert len(outbox.by_hand(session, ["32"], ["invitation"])) == 3
        assert not outbox.by_hand(session, ["32.04"])
        assert not outbox.by_hand(session, ["3"])
        assert not outbox.by_hand(session, [])


def test_a_message_sent_by_hand_is_done_and_fits_a_chat(house: House) -> None:
    with house.store.write() as session:
        message = outbox.by_hand(session, [""], ["invitation"])[0]
        shown = messages.reveal_message(session, message.id, house.sent.staff.coordinator, house.settings, NOW)
        assert message.state == outbox.SENT
        assert message.sent_by_id == house.sent.staff.coordinator.id
        assert len(shown.text) <= messages.LONGEST
        assert shown.address in shown.text
        assert shown.only_here
        assert shown.whatsapp.startswith("https://wa.me/62812")


# Codes


def test_a_code_opens_the_folder_once(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        typed = codes.release(session, code.id, house.sent.staff.second, house.settings, NOW)
        tried = codes.enter(session, BROWSER, f" {typed[:3]}-{typed[3:]} ", house.settings, NOW)
        assert tried.code is not None
        assert tried.code.level == codes.BY_SECOND_STAFF
        with refused(Gone, "signing.code_old"):
            codes.enter(session, BROWSER, typed, house.settings, NOW)


@pytest.mark.parametrize(("after", "opens"), [(-BLINK, True), (timedelta(), False), (BLINK, False)])
def test_a_code_ends_exactly_ten_minutes_after_it_was_told(house: House, after: timedelta, opens: bool) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        later = NOW + timedelta(minutes=25)
        typed = codes.release(session, code.id, house.sent.staff.second, house.settings, later)
        entered = later + timedelta(minutes=10) + after
        if opens:
            assert codes.enter(session, BROWSER, typed, house.settings, entered).code is not None
        else:
            with refused(Gone, "signing.code_old"):
                codes.enter(session, BROWSER, typed, house.settings, entered)


def test_looking_at_a_code_again_does_not_stretch_its_life(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        codes.release(session, code.id, house.sent.staff.second, house.settings, NOW)
        codes.release(session, code.id, house.sent.staff.second, house.settings, NOW + timedelta(minutes=9))
        assert code.expires_at == NOW + codes.LIFE


def test_a_request_that_nobody_releases_runs_out(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        with refused(Gone, "signing.code_old"):
            codes.release(session, code.id, house.sent.staff.second, house.settings, NOW + codes.WAITS_FOR_STAFF)


def test_five_wrong_tries_kill_a_code_and_the_right_digits_come_too_late(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        typed = codes.release(session, code.id, house.sent.staff.second, house.settings, NOW)
        wrong = f"{(int(typed) + 1) % 10**6:06d}"
        left = [codes.enter(session, BROWSER, wrong, house.settings, NOW).left for _ in range(5)]
        assert left == [4, 3, 2, 1, 0]
        with refused(Gone, "signing.code_old"):
            codes.enter(session, BROWSER, typed, house.settings, NOW)


def test_wrong_tries_are_counted_even_though_they_are_refused(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        codes.release(session, code.id, house.sent.staff.second, house.settings, NOW)
    with house.store.write() as session:
        codes.enter(session, BROWSER, "not digits", house.settings, NOW)
    with house.store.read() as session:
        assert session.get_one(Code, code.id).tries == 1


def test_the_digits_of_a_code_that_nobody_was_told_do_not_open(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        tried = codes.enter(session, BROWSER, codes.digits(house.settings, code.id), house.settings, NOW)
        assert (tried.code, tried.left) == (None, 4)


def test_a_code_works_in_the_browser_that_asked_and_in_no_other(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        typed = codes.release(session, code.id, house.sent.staff.second, house.settings, NOW)
        with refused(Gone, "signing.code_old"):
            codes.enter(session, "another browser", typed, house.settings, NOW)
        assert codes.enter(session, BROWSER, typed, house.settings, NOW).code is not None


def test_the_code_of_one_folder_does_not_open_another(house: House) -> None:
    with house.store.write() as session:
        theirs = codes.ask(session, house.link(session, 1), "their browser", house.settings, NOW)
        typed = codes.release(session, theirs.id, house.sent.staff.second, house.settings, NOW)
        codes.ask(session, house.link(session, 0), BROWSER, house.settings, NOW)
        assert codes.enter(session, BROWSER, typed, house.settings, NOW).code is None


def test_two_people_who_share_a_phone_each_open_their_own_folder(house: House) -> None:
    with house.store.write() as session:
        mine = codes.ask(session, house.link(session, 0), BROWSER, house.settings, NOW)
        theirs = codes.ask(session, house.link(session, 1), BROWSER, house.settings, NOW)
        typed = codes.release(session, mine.id, house.sent.staff.second, house.settings, NOW)
        house.link(session, 1).expires_at = NOW
        tried = codes.enter(session, BROWSER, typed, house.settings, NOW)
        assert tried.code is mine
        assert tried.code.link_id == house.link(session, 0).id
        assert theirs.used_at is None


def test_asking_twice_in_a_row_is_one_request(house: House) -> None:
    with house.store.write() as session:
        link = house.link(session)
        first = codes.ask(session, link, BROWSER, house.settings, NOW)
        assert codes.ask(session, link, BROWSER, house.settings, NOW, again=True) is first
        codes.release(session, first.id, house.sent.staff.second, house.settings, NOW)
        assert codes.ask(session, link, BROWSER, house.settings, NOW + timedelta(seconds=59), again=True) is first
        later = codes.ask(session, link, BROWSER, house.settings, NOW + timedelta(seconds=60), again=True)
        assert later is not first


def test_an_older_code_stays_good_beside_a_fresh_one_and_both_die_with_the_use_of_one(house: House) -> None:
    later = NOW + timedelta(minutes=2)
    with house.store.write() as session:
        link = house.link(session)
        first = codes.ask(session, link, BROWSER, house.settings, NOW)
        typed = codes.release(session, first.id, house.sent.staff.second, house.settings, NOW)
        second = codes.ask(session, link, BROWSER, house.settings, later, again=True)
        assert codes.enter(session, BROWSER, typed, house.settings, later).code is first
        assert second.dead_at == later


def test_a_link_gives_three_codes_a_day(house: House) -> None:
    with house.store.write() as session:
        link = house.link(session)
        for turn in range(3):
            codes.ask(session, link, f"browser {turn}", house.settings, NOW + timedelta(hours=turn))
        with refused(TooMany, "signing.codes_a_day"):
            codes.ask(session, link, "browser 4", house.settings, NOW + timedelta(hours=24) - BLINK)
        codes.ask(session, link, "browser 4", house.settings, NOW + timedelta(hours=24))


def test_a_farm_of_guesses_pauses_all_codes(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        typed = codes.release(session, code.id, house.sent.staff.second, house.settings, NOW)
        for _ in range(codes.BREAKER):
            access.count(session, "code_wrong", "all", codes.BREAKER_WINDOW, NOW)
        with refused(TooMany, "access.too_many"):
            codes.enter(session, BROWSER, typed, house.settings, NOW)
        assert codes.enter(session, BROWSER, typed, house.settings, NOW + codes.BREAKER_WINDOW).code is not None


def test_two_who_enter_one_code_at_once_open_one_session(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        typed = codes.release(session, code.id, house.sent.staff.second, house.settings, NOW)

    def enter(session: Session) -> object:
        return codes.enter(session, BROWSER, typed, house.settings, NOW).code

    outcomes = _at_once(house.store, [enter] * 6)
    assert sum(isinstance(found, Code) for found in outcomes) == 1


def test_a_code_released_by_one_is_not_released_by_another(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        codes.release(session, code.id, house.sent.staff.second, house.settings, NOW)
        with refused(Conflict, "signing.code_released"):
            codes.release(session, code.id, house.sent.staff.reviewer, house.settings, NOW)


def test_a_code_shown_after_checking_identity_has_its_own_level(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        codes.release(session, code.id, house.sent.staff.second, house.settings, NOW, in_person=True)
        assert code.level == codes.IN_PERSON


def test_with_a_gateway_codes_and_links_leave_by_themselves_and_hold_no_secret(store: Store, tmp_path: Path) -> None:
    settings = builders.settings_in(tmp_path, gateway="json://sms.contoh.id/{phone}", url="https://kdmp.contoh.id")
    with store.write() as session:
        sent = builders.create_sent(session, settings, Files(settings.documents))
        link = links.live(session, builders.signing_officer(sent.parties[0]).id, sent.event.id)
        assert link is not None
        code = codes.ask(session, link, BROWSER, settings, NOW)
        assert code.level == codes.BY_GATEWAY
        taken = outbox.claim(session, 10, "worker", NOW, timedelta(minutes=1))
        assert len(taken) == 4
        assert not outbox.claim(session, 10, "other", NOW, timedelta(minutes=1))
        message = session.scalars(select(Message).where(Message.kind == "code")).one()
        carried = messages.delivery(session, message, settings, NOW)
        assert carried is not None
        assert codes.digits(settings, code.id) in carried.text
        outbox.mark_trouble(message, "outbox.no_answer", NOW)
        assert message.state == outbox.OWED
        assert messages.delivery(session, message, settings, NOW + codes.LIFE) is None


def test_gateways_refuse_to_send_while_our_address_is_this_computer(store: Store, tmp_path: Path) -> None:
    settings = builders.settings_in(tmp_path, gateway="json://sms.contoh.id/{phone}")
    with store.write() as session:
        builders.create_sent(session, settings, Files(settings.documents))
        assert not outbox.claim(session, 10, "worker", NOW, timedelta(minutes=1))
        assert len(outbox.by_hand(session, [""])) == 3


# Sessions


@pytest.mark.parametrize(("after", "opens"), [(-timedelta(seconds=1), True), (timedelta(), False), (BLINK, False)])
def test_a_session_ends_exactly_after_thirty_minutes(house: House, after: timedelta, opens: bool) -> None:
    with house.store.write() as session:
        row = house.open(session)
        at = NOW + sessions.LIFE + after
        if opens:
            assert sessions.require_live(session, row, at).id == row.link_id
        else:
            with refused(NotSignedIn, "signing.session_over"):
                house.sign(session, row, now=at)


def test_a_forged_or_foreign_session_token_opens_nothing(house: House) -> None:
    with house.store.write() as session:
        row = house.open(session)
        claims = {"iss": sessions.ISSUER, "aud": sessions.AUDIENCE, "sub": str(row.link_id), "jti": row.jti}
        keys = tokens.Keys({"s1": b"k" * 32}, active="s1")
        forged = tokens.issue(keys, tokens.TokenType.SIGNER, claims, NOW, sessions.LIFE)
        ours = tokens.Keys({"s1": house.settings.key("session")}, active="s1")
        api = tokens.issue(ours, tokens.TokenType.API, claims, NOW, timedelta(minutes=5))
        other = tokens.issue(ours, tokens.TokenType.SIGNER, {**claims, "sub": "999"}, NOW, sessions.LIFE)
        for token in (forged, api, other, "", "x.y.z"):
            with pytest.raises(NotSignedIn):
                sessions.check(session, token, house.settings, NOW)


def test_a_closed_session_signs_nothing(house: House) -> None:
    with house.store.write() as session:
        row = house.open(session)
        sessions.end(session, row, NOW)
        with refused(NotSignedIn, "signing.session_over"):
            house.sign(session, row)


# Signing


def test_a_signature_keeps_what_was_shown_agreed_and_by_whom_it_was_confirmed(house: House) -> None:
    with house.store.write() as session:
        link = house.link(session)
        messages.reveal_link(session, link.id, house.sent.staff.coordinator, house.settings, NOW)
        signature = house.sign(session, house.open(session))
        kept = signature.evidence
        assert signature.evidence_sha256 == audit.digest(kept)
        assert kept["document_sha256"] == house.said(session).document_sha256
        assert kept["level"] == codes.BY_SECOND_STAFF
        assert kept["consents"] == ["electronic", "read"]
        assert kept["consent_version"] == consent.VERSION
        assert kept["confirmed"]["by"] == house.sent.staff.coordinator.id
        assert kept["confirmed"]["how"] == "id_card"
        assert kept["link"]["seen_by"] == [house.sent.staff.coordinator.id]
        assert kept["code"]["released_by"] == house.sent.staff.second.id
        assert MACHINE.address not in str(kept)
        step = audit.chain_of(session, house.sent.agreement.code)[-1]
        assert (step.move, step.details["evidence_sha256"]) == ("sign", signature.evidence_sha256)
        agreement = session.get_one(Agreement, house.agreement_id)
        assert (agreement.state, agreement.due_at) == (State.SIGNING, NOW)
        assert builders.chain_is_whole(session)


def test_signing_again_gives_the_receipt_of_then(house: House) -> None:
    with house.store.write() as session:
        row = house.open(session)
        first = house.sign(session, row, key="form-1")
        again = house.sign(session, row, now=NOW + timedelta(minutes=1), key="form-1")
        other_form = house.sign(session, row, now=NOW + timedelta(minutes=2), key="form-2")
        assert first.receipt == again.receipt == other_form.receipt
        assert session.scalar(select(func.count()).select_from(Signature)) == 1
        shown = receipts.receipt(session, house.link(session), house.agreement_id, NOW)
        assert (shown.code, shown.signed, shown.asked) == (first.receipt, 1, 3)


def test_two_at_once_give_exactly_one_signature(house: House) -> None:
    with house.store.write() as session:
        row = house.open(session)

    def sign(session: Session) -> object:
        return house.sign(session, session.get_one(SignerSession, row.id), key=threading.current_thread().name).receipt

    for _ in range(3):
        outcomes = _at_once(house.store, [sign] * 6)
        assert len(set(outcomes)) == 1
    with house.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Signature)) == 1
        assert [step.move for step in audit.chain_of(session, house.sent.agreement.code)].count("sign") == 1
        assert builders.chain_is_whole(session)


def test_a_yes_and_a_no_at_once_leave_one_answer(house: House) -> None:
    with house.store.write() as session:
        row = house.open(session)

    def sign(session: Session) -> object:
        return house.sign(session, session.get_one(SignerSession, row.id))

    def decline(session: Session) -> object:
        opened = session.get_one(SignerSession, row.id)
        return consent.decline(session, opened, house.agreement_id, "Belum jelas", key="no", now=NOW)

    outcomes = _at_once(house.store, [sign, decline] * 3)
    kinds = {type(found).__name__ for found in outcomes if not isinstance(found, Exception)}
    assert len(kinds) == 1
    with house.store.read() as session:
        made = [step.move for step in audit.chain_of(session, house.sent.agreement.code)]
        assert made.count("sign") + made.count("decline") == 1


def test_another_document_than_the_one_shown_is_not_signed(house: House) -> None:
    with house.store.write() as session:
        row = house.open(session)
        said = consent.Said("0" * 64, consent.CONSENTS, "form-1")
        with refused(Stale, "signing.document_changed"):
            consent.sign(session, row, house.agreement_id, said, machine=MACHINE, settings=house.settings, now=NOW)


@pytest.mark.parametrize(("ticked", "missing"), [((), ["read", "electronic"]), (("read",), ["electronic"])])
def test_a_missing_tick_is_named(house: House, ticked: tuple[str, ...], missing: list[str]) -> None:
    with house.store.write() as session:
        row = house.open(session)
        said = consent.Said(house.said(session).document_sha256, ticked, "form-1")
        with pytest.raises(InvalidInput) as caught:
            consent.sign(session, row, house.agreement_id, said, machine=MACHINE, settings=house.settings, now=NOW)
    assert [problem.place for problem in caught.value.problems] == missing


@pytest.mark.parametrize(("after", "signs"), [(-BLINK, True), (timedelta(), False), (BLINK, False)])
def test_the_last_instant_of_a_round_is_exclusive(house: House, after: timedelta, signs: bool) -> None:
    deadline = house.sent.agreement.deadline_at
    assert deadline is not None
    with house.store.write() as session:
        house.link(session).expires_at = deadline + timedelta(days=1)  # so that only the round can refuse
        row = house.open(session, now=deadline - timedelta(minutes=5))
        if signs:
            assert house.sign(session, row, now=deadline + after).signed_at == deadline + after
        else:
            with refused(MoveRefused, "signing.round_over"):
                house.sign(session, row, now=deadline + after)


def test_the_session_of_one_folder_signs_nothing_for_another(house: House) -> None:
    with house.store.write() as session:
        builders_second = builders.create_event(session, house.sent.staff.coordinator, NOW + timedelta(days=1))
        staff = house.sent.staff
        builders.create_roster(session, builders_second, staff.coordinator)
        other = builders.create_agreement_drawn_up(session, builders_second, staff, house.files)
        builders.send(session, other, staff, house.settings)
        row = house.open(session)
        said = consent.Said(consent.shown_sha256(session, other), consent.CONSENTS, "form-1")
        with refused(NotFound, "signing.not_in_folder"):
            consent.sign(session, row, other.id, said, machine=MACHINE, settings=house.settings, now=NOW)
        with refused(NotFound, "signing.not_in_folder"):
            folders.entry(session, house.link(session), other.id, NOW)


def test_a_no_keeps_its_reason_and_stops_the_reminders(house: House) -> None:
    with house.store.write() as session:
        row = house.open(session)
        signatory = consent.decline(session, row, house.agreement_id, "  Pasal 4\n belum jelas ", key="no", now=NOW)
        again = consent.decline(session, row, house.agreement_id, "Lain lagi", key="no-2", now=NOW)
        assert (signatory.state, again.decline_reason) == (SignatoryState.DECLINED, "Pasal 4 belum jelas")
        with refused(MoveRefused, "moves.signatory_not_from_here"):
            house.sign(session, row)
        step = audit.chain_of(session, house.sent.agreement.code)[-1]
        assert (step.move, step.reason) == ("decline", "Pasal 4 belum jelas")
        mine = select(Message.state).where(Message.officer_id == signatory.officer_id, Message.kind == "invitation")
        assert session.scalars(mine).all() == [outbox.CANCELLED]


@pytest.mark.parametrize(("reason", "code"), [("  ", "moves.reason_missing"), ("x" * 501, "signing.reason_long")])
def test_a_no_wants_a_reason_of_at_most_500_characters(house: House, reason: str, code: str) -> None:
    with house.store.write() as session:
        row = house.open(session)
        with refused(InvalidInput, code):
            consent.decline(session, row, house.agreement_id, reason, key="no", now=NOW)


def test_who_has_signed_cannot_say_no_afterwards(house: House) -> None:
    with house.store.write() as session:
        row = house.open(session)
        house.sign(session, row)
        with refused(Conflict, "signing.already_signed"):
            consent.decline(session, row, house.agreement_id, "Menyesal", key="no", now=NOW)


# While the round runs


def test_all_who_sign_complete_the_round(house: House) -> None:
    with house.store.write() as session:
        for at in range(3):
            house.sign(session, house.open(session, at), key=f"form-{at}")
        moves.apply(session, house.agreement_id, moves.Asked("complete", "complete:1"), builders.SYSTEM, NOW)
        agreement = session.get_one(Agreement, house.agreement_id)
        assert agreement.state is State.SIGNED
        assert folders.entry(session, house.link(session), agreement.id, NOW).standing is folders.Standing.SIGNED


def test_a_reminder_reaches_those_who_have_not_answered_and_nobody_twice(house: House) -> None:
    later = NOW + timedelta(days=4)
    with house.store.write() as session:
        house.sign(session, house.open(session))
        for _ in range(2):
            user = by_user(house.sent.staff.coordinator)
            requests.remind(session, house.agreement_id, user, key="remind:1", now=later, settings=house.settings)
        owed = session.scalars(select(Message.officer_id).where(Message.kind == "reminder")).all()
        assert sorted(owed) == sorted([house.officer(1).id, house.officer(2).id])
        assert session.get_one(Agreement, house.agreement_id).due_at == NOW + timedelta(days=7)


def test_a_longer_deadline_keeps_the_links_alive(house: House) -> None:
    before = house.sent.agreement.deadline_at
    assert before is not None
    user = by_user(house.sent.staff.coordinator)
    day = (before + timedelta(days=6)).date()
    with house.store.write() as session:
        requests.extend(session, house.agreement_id, day, user, key="more:1", reason="Panen raya", now=NOW)
        agreement = session.get_one(Agreement, house.agreement_id)
        assert agreement.deadline_at is not None
        assert agreement.deadline_at > before
        assert links.state(house.link(session), before) is links.LinkState.LIVE
        with refused(InvalidInput, "signing.deadline_unfit"):
            requests.extend(session, house.agreement_id, day, user, key="more:2", reason="Lagi", now=NOW)


def test_a_round_goes_on_without_a_cooperative_but_never_without_the_counterpart(house: House) -> None:
    user = by_user(house.sent.staff.coordinator)
    first, second, counterpart = (party.id for party in house.sent.parties)
    with house.store.write() as session:
        with refused(MoveRefused, "signing.counterpart_stays"):
            requests.drop(session, house.agreement_id, counterpart, user, key="d:1", reason="Tidak hadir", now=NOW)
        requests.drop(session, house.agreement_id, first, user, key="d:2", reason="Tidak hadir", now=NOW)
        with refused(MoveRefused, "moves.too_few_parties"):
            requests.drop(session, house.agreement_id, second, user, key="d:3", reason="Tidak hadir", now=NOW)
        assert (
            folders.entry(session, house.link(session), house.agreement_id, NOW).standing is folders.Standing.ELSEWHERE
        )


def test_parties_read_and_remark_on_a_draft_through_their_folder(house: House) -> None:
    with house.store.write() as session:
        event, staff = session.get_one(Event, house.sent.event.id), house.sent.staff
        builders.create_party(session, event, 9, staff.coordinator, side=builders.Side.COUNTERPART, name="Perum Bulog")
        draft = builders.submit(session, builders.create_agreements(session, event, staff)[-1], staff)
        row = house.open(session)
        assert folders.entry(session, house.link(session), draft.id, NOW).standing is folders.Standing.DRAFT
        kept = folders.remark(session, row, draft.id, "Pasal 3 terlalu berat", key="f", now=NOW)
        assert kept is not None
        assert folders.remark(session, row, draft.id, "Pasal 3 terlalu berat", key="f", now=NOW) is None
        with refused(MoveRefused, "signing.no_draft"):
            folders.remark(session, row, house.agreement_id, "Terlambat", key="g", now=NOW)


def test_parties_are_told_of_a_draft_once_a_round_and_only_those_whom_staff_confirmed(house: House) -> None:
    with house.store.write() as session:
        event, staff = session.get_one(Event, house.sent.event.id), house.sent.staff
        counterpart = builders.create_party(
            session, event, 9, staff.coordinator, side=builders.Side.COUNTERPART, name="Perum Bulog"
        )
        draft = builders.submit(session, builders.create_agreements(session, event, staff)[-1], staff)
        builders.signing_officer(counterpart).confirmed_at = None
        user = by_user(staff.coordinator)
        assert requests.show_draft(session, draft.id, user, now=NOW, settings=house.settings) == 2
        assert requests.show_draft(session, draft.id, user, now=NOW, settings=house.settings) == 0
        assert len(outbox.by_hand(session, [""], ["draft"])) == 2
        with refused(NotAllowed, "access.not_your_area"):
            requests.show_draft(session, draft.id, by_user(staff.reviewer), now=NOW, settings=house.settings)
        with refused(MoveRefused, "signing.no_draft"):
            requests.show_draft(session, house.agreement_id, user, now=NOW, settings=house.settings)


def test_copies_are_fetched_after_the_round_by_a_link_that_lives_on(house: House) -> None:
    deadline = house.sent.agreement.deadline_at
    assert deadline is not None
    with house.store.write() as session:
        house.sign(session, house.open(session))
        agreement = session.get_one(Agreement, house.agreement_id)
        requests.owe_copies(session, agreement, house.settings, deadline)
        owed = session.scalars(select(Message).where(Message.kind == "done")).one()
        link = house.link(session)
        assert owed.link_id == link.id
        assert links.state(link, deadline + timedelta(days=13)) is links.LinkState.LIVE
        assert folders.entry(session, link, agreement.id, deadline).standing is folders.Standing.SIGNED
        assert "Terima kasih" in messages.compose(session, owed, house.settings, deadline)


def test_codes_that_wait_are_shown_to_staff_of_the_area_until_they_are_told_or_run_out(house: House) -> None:
    with house.store.write() as session:
        code = codes.ask(session, house.link(session), BROWSER, house.settings, NOW)
        codes.ask(session, house.link(session, 1), "other", house.settings, NOW)
        assert len(codes.waiting(session, ["32.03"], NOW)) == 2
        assert not codes.waiting(session, ["32.04"], NOW)
        codes.release(session, code.id, house.sent.staff.second, house.settings, NOW)
        assert len(codes.waiting(session, [""], NOW)) == 1
        assert not codes.waiting(session, [""], NOW + codes.WAITS_FOR_STAFF)


def test_the_receipt_of_a_signature_is_found_by_no_other_folder(house: House) -> None:
    with house.store.write() as session:
        house.sign(session, house.open(session))
        with refused(NotFound, "signing.no_receipt"):
            receipts.receipt(session, house.link(session, 1), house.agreement_id, NOW)
        assert signatures.receipt_code("f" * 64) == "ZZZZ-ZZZZ-ZZZZ"


def _at_once(store: Store, tries: list[Callable[[Session], Any]]) -> list[Any]:
    """Run each try in a thread and transaction of its own, all from one barrier; give results and refusals."""
    barrier = threading.Barrier(len(tries))
    outcomes: list[Any] = []

    def run(attempt: Callable[[Session], Any]) -> None:
        barrier.wait()
        try:
            with store.write() as session:
                found = attempt(session)
        except KdmpError as refusal:
            found = refusal
        outcomes.append(found)

    threads = [threading.Thread(target=run, args=(attempt,)) for attempt in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == len(tries)
    return outcomes

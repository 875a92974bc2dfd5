"""What needs whom, the seven stages, recap and history: read from the record on both databases, at a fixed price."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event as hooks
from sqlalchemy.orm import Session

from kdmp_core import access, reporting
from kdmp_core.agreements import guards, moves, proposals
from kdmp_core.files import Files
from kdmp_core.lifecycle import SignatoryState
from kdmp_core.records import Remark, Role, User
from kdmp_core.settings import Settings
from kdmp_core.signing import codes, links, requests
from kdmp_core.store import Store
from tests import builders
from tests.builders import NOW, by_user, signing_officer


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return builders.settings_in(tmp_path / "data")


@pytest.fixture
def files(settings: Settings) -> Files:
    return Files(settings.documents)


def whats(session: Session, user: User, after: timedelta = timedelta()) -> list[str]:
    """Give the kinds of what waits for a user, read anew as a page would."""
    session.flush()
    session.expire_all()
    return [need.what for need in reporting.needs_me(session, access.user_by_id(session, user.id), NOW + after)]


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    hooks.listen(store.engine, "before_cursor_execute", note)
    yield asked
    hooks.remove(store.engine, "before_cursor_execute", note)


def test_each_state_waits_for_those_whom_the_table_names_and_for_nobody_else(
    store: Store, settings: Settings, files: Files
) -> None:
    with store.write() as session:
        staff = builders.create_staff(session)
        event = builders.create_event(session, staff.coordinator)
        builders.create_roster(session, event, staff.coordinator)
        agreement = builders.create_agreements(session, event, staff)[0]
        everybody = (staff.coordinator, staff.reviewer, staff.ministry, staff.second)
        assert [whats(session, user) for user in everybody] == [["submit"], [], [], []]
        builders.submit(session, agreement, staff)
        assert [whats(session, user) for user in everybody] == [[], ["endorse"], [], []]
        moves.apply(session, agreement.id, moves.Asked("endorse", "e"), by_user(staff.reviewer), NOW)
        assert [whats(session, user) for user in everybody] == [[], [], ["approve"], []]
        moves.apply(session, agreement.id, moves.Asked("approve", "a"), by_user(staff.ministry), NOW)
        assert [whats(session, user) for user in everybody] == [[], [], [], []]
        builders.draw_up(session, agreement, files)
        assert [whats(session, user) for user in everybody] == [["send"], [], [], ["send"]]
        builders.send(session, agreement, staff, settings)
        assert [whats(session, user) for user in everybody] == [["links"], [], [], ["links"]]


def test_a_round_near_its_deadline_asks_for_a_reminder(store: Store, settings: Settings, files: Files) -> None:
    with store.write() as session:
        sent = builders.create_sent(session, settings, files)
        assert "remind" not in whats(session, sent.staff.coordinator)
        assert "remind" in whats(session, sent.staff.coordinator, timedelta(days=12))
        need = next(
            need
            for need in reporting.needs_me(session, sent.staff.coordinator, NOW + timedelta(days=12))
            if need.what == "remind"
        )
        assert (need.count, need.due) == (3, sent.agreement.deadline_at)


def test_only_a_second_is_asked_to_decide_a_void_and_only_once_it_was_asked_for(
    store: Store, settings: Settings, files: Files
) -> None:
    with store.write() as session:
        sent = builders.create_sent(session, settings, files)
        assert "void" not in whats(session, sent.staff.second)
        asked = moves.Asked("ask_void", "v", "Salah mitra")
        moves.apply(session, sent.agreement.id, asked, by_user(sent.staff.coordinator), NOW)
        assert "void" in whats(session, sent.staff.second)
        assert "void" not in whats(session, sent.staff.coordinator)


def test_a_remark_waits_for_its_drafter_until_it_is_answered(store: Store) -> None:
    with store.write() as session:
        staff = builders.create_staff(session)
        event = builders.create_event(session, staff.coordinator)
        builders.create_roster(session, event, staff.coordinator)
        agreement = builders.submit(session, builders.create_agreements(session, event, staff)[0], staff)
        remark = Remark(agreement_id=agreement.id, round=1, at=NOW, user_id=staff.reviewer.id, text="Pasal 4?")
        session.add(remark)
        session.flush()
        assert "answer" in whats(session, staff.coordinator)
        assert "answer" not in whats(session, staff.second)
        remark.answered_at = NOW
        session.flush()
        assert "answer" not in whats(session, staff.coordinator)


def test_lists_and_counts_are_the_same_rows(store: Store, settings: Settings, files: Files) -> None:
    with store.write() as session:
        sent = builders.create_sent(session, settings, files)
        link = links.live(session, signing_officer(sent.parties[0]).id, sent.event.id)
        assert link is not None
        codes.ask(session, link, "browser", settings, NOW)
        user = sent.staff.coordinator
        found = {need.what: need.count for need in reporting.needs_me(session, user, NOW)}
        assert found["links"] == len(reporting.links_to_send(session, user)) == 3
        assert found["codes"] == len(reporting.codes_to_release(session, user, NOW)) == 1
        assert "links" not in whats(session, sent.staff.reviewer)
        assert "codes" in whats(session, sent.staff.reviewer)
        assert "codes" not in whats(session, sent.staff.reviewer, codes.WAITS_FOR_STAFF)


def test_a_pendamping_sees_what_concerns_his_cooperatives_and_nothing_else(
    store: Store, settings: Settings, files: Files
) -> None:
    with store.write() as session:
        sent = builders.create_sent(session, settings, files, cooperatives=4)
        helped = [sent.parties[1].id]
        user, _ = access.add_user(
            session, "dede", "Dede", [(Role.PENDAMPING, "")], now=NOW, by=builders.SYSTEM, party_ids=helped
        )
        messages = reporting.links_to_send(session, user)
        assert [message.officer_id for message in messages] == [signing_officer(sent.parties[1]).id]
        assert reporting.agreements_for(session, user) == []


def test_the_seven_stages_count_what_is_there(store: Store, settings: Settings, files: Files) -> None:
    with store.write() as session:
        sent = builders.create_sent(session, settings, files)
        counts = {count.stage: (count.done, count.of) for count in reporting.event_counts(session, sent.event)}
        assert tuple(counts) == reporting.STAGES
        assert counts["listed"] == (3, None)
        assert counts["mapped"] == counts["matched"] == counts["deliveries"] == (0, None)
        assert counts["drafted"] == (1, None)
        assert counts["signing"] == (0, 3)
        assert reporting.unconfirmed(session, sent.event) == 0
        signing_officer(sent.parties[0]).confirmed_at = None
        session.flush()
        assert reporting.unconfirmed(session, sent.event) == 1
        assert "officers" in whats(session, sent.staff.coordinator)


def test_a_recap_names_who_signed_and_keeps_apart_who_was_left_out(
    store: Store, settings: Settings, files: Files
) -> None:
    with store.write() as session:
        sent = builders.create_sent(session, settings, files, cooperatives=3)
        by = by_user(sent.staff.coordinator)
        requests.drop(session, sent.agreement.id, sent.parties[2].id, by, key="d", reason="Pindah", now=NOW)
        found = reporting.recap(session, sent.agreement)
        assert (found.asked, found.signed, found.left_out, found.declined) == (4, (), 1, 0)
        assert found.awaited == tuple(sent.parties[place].name for place in (0, 1, 3))
        row = guards.signatories(session, sent.agreement)[0]
        moves.move_signatory(session, row, "sign", NOW)
        assert row.state is SignatoryState.SIGNED
        assert reporting.recap(session, sent.agreement).signed == (sent.parties[0].name,)


def test_history_tells_who_did_each_step_newest_first(store: Store, settings: Settings, files: Files) -> None:
    with store.write() as session:
        sent = builders.create_sent(session, settings, files)
        told = [(found.step.move, found.user) for found in reporting.history(session, sent.agreement)]
        assert told == [
            ("send", "Sari Wulandari"),
            ("draw_up", ""),
            ("approve", "Wati Lestari"),
            ("endorse", "Rudi Hartono"),
            ("submit", "Sari Wulandari"),
            ("propose", "Sari Wulandari"),
        ]


def test_open_moves_are_a_user_s_own_and_the_rest_are_other_people_s(store: Store) -> None:
    with store.write() as session:
        staff = builders.create_staff(session)
        event = builders.create_event(session, staff.coordinator)
        builders.create_roster(session, event, staff.coordinator)
        agreement = builders.submit(session, builders.create_agreements(session, event, staff)[0], staff)
        mine, others = reporting.open_moves(session, agreement, staff.reviewer)
        assert set(mine) == {"endorse", "return", "reject", "remark"}
        assert set(others) == {"recall", "answer"}


@pytest.mark.database("sqlite")
def test_what_needs_me_costs_as_many_questions_for_many_agreements_as_for_few(
    store: Store, settings: Settings, files: Files
) -> None:
    with store.write() as session:
        sent = builders.create_sent(session, settings, files, cooperatives=5)
        user = sent.staff.coordinator
    asked_for = []
    for more in (0, 4):
        with store.write() as session:
            event = session.get_one(type(sent.event), sent.event.id)
            for place in range(1, more + 1):
                miller, grower = sent.parties[0], sent.parties[place]
                proposals.propose_pair(session, event, miller, grower, 1_000, by_user(user), NOW, plan_id=None)  # type: ignore[arg-type]
        with store.read() as session, counted(store) as asked:
            reporting.needs_me(session, access.user_by_id(session, user.id), NOW)
            asked_for.append(len(asked))
    assert asked_for[0] == asked_for[1] <= 16

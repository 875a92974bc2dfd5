"""The stages: what each does with work that is owed, on both databases, without Prefect and without LibreOffice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import audit, outbox, store
from kdmp_core.agreements import moves
from kdmp_core.audit import By
from kdmp_core.errors import TryLater
from kdmp_core.lifecycle import Actor, SignatoryState, State
from kdmp_core.records import (
    Agreement,
    Document,
    DocumentKind,
    KeptAnswer,
    LetterNumber,
    LetterRegister,
    Message,
    Obligation,
    Round,
    Tally,
)
from mou_templates.office import OfficeFailed, Printed
from tests import builders, work
from workflows.stages import WORKS, document, gateway, housekeeping, notices, owed, signature, term
from workflows.stages.work import Tools


@pytest.fixture
def clock() -> work.Clock:
    return work.Clock()


@pytest.fixture
def parts(tmp_path: Path, database_url: str, clock: work.Clock) -> Iterator[Tools]:
    with work.open_tools(tmp_path, database_url, clock) as opened:
        yield opened


class BrokenOffice:
    """A LibreOffice that has died each time."""

    def to_pdf(self, docx: bytes) -> None:
        raise OfficeFailed(3)


def test_a_level_that_the_policy_skips_is_passed_by_the_system(parts: Tools) -> None:
    one = work.submit(parts, review={"mou_network": []})
    broken = replace(parts, office=BrokenOffice)
    item = owed.take(broken, work.kind("review"))
    assert item is not None
    done = owed.journey(broken, WORKS, item)
    assert [one.did for one in done][:2] == ["endorse", "approve"]
    assert work.agreement(parts, one).state is State.APPROVED
    assert work.moves(parts, one) == ["propose", "submit", "endorse", "approve"]


def test_a_level_that_is_asked_waits_for_its_people(parts: Tools) -> None:
    one = work.submit(parts)
    assert work.do_all(parts) == []
    assert work.agreement(parts, one).state is State.SUBMITTED


def test_libreoffice_that_dies_leaves_the_work_visible_and_it_is_tried_again(parts: Tools, clock: work.Clock) -> None:
    one = work.approve(parts)
    done = work.do_all(replace(parts, office=BrokenOffice))
    stuck = work.agreement(parts, one)
    assert done[-1].stuck == stuck.stuck_reason == "errors.work.office_failed"
    assert (stuck.state, stuck.attempts, stuck.leased_by) == (State.APPROVED, 1, None)
    assert stuck.due_at is not None
    assert stuck.due_at > clock.at
    assert work.do_all(parts) == []


def test_words_that_were_not_reviewed_send_the_agreement_back_with_the_reason(parts: Tools) -> None:
    one = work.approve(parts)
    with parts.store.write() as session:
        agreement = session.get_one(Agreement, one)
        agreement.terms = {**agreement.terms, "secretariat_name": "Lain Sama Sekali"}
    printed = replace(parts, outside=lambda name, call: _blank())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "require_equal", lambda *_: None)
        work.do_all(printed)
    back = work.agreement(parts, one)
    assert back.state is State.RETURNED
    assert work.moves(parts, one)[-1] == "refuse"


def test_a_dangerous_word_sends_the_agreement_back_naming_its_place(parts: Tools) -> None:
    one = work.approve(parts)
    with parts.store.write() as session:
        agreement = session.get_one(Agreement, one)
        agreement.terms = {**agreement.terms, "secretariat_name": "Zero\u200bwidth"}
    work.do_all(parts)
    with parts.store.read() as session:
        step = audit.chain_of(session, session.get_one(Agreement, one).code)[-1]
    assert step.move == "refuse"
    assert "secretariat" in (step.reason or "")


def test_a_missing_register_holds_the_work_up_and_sends_nobody_back(parts: Tools) -> None:
    one = work.approve(parts)
    with parts.store.write() as session:
        assert session.scalar(select(LetterNumber.id)) is None
        session.delete(session.scalars(select(LetterRegister)).one())
    work.do_all(parts)
    stuck = work.agreement(parts, one)
    assert stuck.state is State.APPROVED
    assert stuck.stuck_reason is not None
    assert stuck.stuck_reason.endswith(".no_register")


def test_a_fault_of_ours_in_one_item_is_kept_on_its_row_and_the_next_is_done(
    parts: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = work.send_out(parts)
    work.sign(parts, one)
    seen = []

    def faulty(tools: Tools, agreement_id: int) -> None:
        seen.append(agreement_id)
        raise ZeroDivisionError

    works = [replace(work.kind("signature"), do=faulty)]
    item = owed.take(parts, works[0])
    assert item is not None
    assert owed.journey(parts, works, item)[-1].stuck == owed.UNEXPECTED
    assert work.agreement(parts, one).stuck_reason == owed.UNEXPECTED
    assert seen == [one]


def test_the_last_signature_completes_the_round_and_the_clock_has_no_part_in_it(
    parts: Tools, clock: work.Clock
) -> None:
    one = work.send_out(parts)
    work.sign(parts, one, 1, 2)
    assert signature.do(parts, one).did is None
    assert work.agreement(parts, one).state is State.SIGNING
    work.sign(parts, one, 3)
    assert signature.do(parts, one).did == "complete"
    assert work.agreement(parts, one).state is State.SIGNED
    with parts.store.read() as session:
        assert session.scalars(select(Round.closed_at)).one() == clock.at
        assert set(session.scalars(select(Message.state))) == {outbox.CANCELLED}


def test_an_untouched_round_is_not_looked_at_before_its_reminder(parts: Tools, clock: work.Clock) -> None:
    one = work.send_out(parts)
    assert work.do_all(parts) == []
    clock.wait(days=2)
    assert work.do_all(parts) == []
    clock.wait(days=1)
    assert [done.did for done in work.do_all(parts)] == ["remind"]
    assert work.do_all(parts) == []
    clock.wait(days=4)
    assert [done.did for done in work.do_all(parts)] == ["remind"]
    with parts.store.read() as session:
        kinds = list(session.scalars(select(Message.kind).where(Message.agreement_id == one)))
    assert kinds.count("reminder") == 6


def test_a_reminder_missed_while_nobody_ran_is_sent_once(parts: Tools, clock: work.Clock) -> None:
    one = work.send_out(parts)
    clock.wait(days=8)
    work.do_all(parts)
    assert work.moves(parts, one).count("remind") == 1


def test_the_deadline_is_exclusive_and_ends_a_round_that_is_short_of_signatures(
    parts: Tools, clock: work.Clock
) -> None:
    one = work.send_out(parts)
    deadline = work.agreement(parts, one).deadline_at
    assert deadline is not None
    clock.at = deadline - timedelta(microseconds=1)
    work.do_all(parts)
    assert work.agreement(parts, one).state is State.SIGNING
    clock.at = deadline
    assert work.do_all(parts)[-1].did == "lapse"
    assert work.agreement(parts, one).state is State.LAPSED


def test_the_deadline_closes_a_round_whose_policy_is_met(parts: Tools, clock: work.Clock) -> None:
    one = work.send_out(parts, signing={"effective_when": "counterpart_plus", "enough": 1})
    work.sign(parts, one, 1, 3)
    assert signature.do(parts, one).did is None
    clock.at = work.agreement(parts, one).deadline_at or clock.at
    assert signature.do(parts, one).did == "close"


def test_a_refusal_stops_the_round_by_default(parts: Tools) -> None:
    one = work.send_out(parts)
    _decline(parts, one, 1)
    assert signature.do(parts, one).did == "fail"
    assert work.agreement(parts, one).state is State.DECLINED


def test_a_refusal_is_written_down_as_dropped_where_the_policy_says_so_and_only_once(parts: Tools) -> None:
    one = work.send_out(parts, 3, signing={"on_decline": "drop", "effective_when": "counterpart_plus"})
    _decline(parts, one, 1)
    signature.do(parts, one)
    signature.do(parts, one)
    assert work.moves(parts, one).count("drop") == 1
    work.sign(parts, one, 2, 3, 4)
    assert signature.do(parts, one).did == "complete"


def test_a_term_ends_when_its_last_day_is_over_and_not_before(parts: Tools, clock: work.Clock) -> None:
    one = work.approve(parts)
    with parts.store.write() as session:
        agreement = session.get_one(Agreement, one)
        agreement.state, agreement.ends_on = State.IN_FORCE, clock.at.date()
    assert term.do(parts, one).did is None
    over = work.agreement(parts, one).due_at
    assert over is not None
    clock.at = over - timedelta(seconds=1)
    assert term.do(parts, one).did is None
    clock.at = over
    assert term.do(parts, one).did == "expire"


def test_what_a_mou_still_owes_is_reminded_of_in_its_chain(parts: Tools, clock: work.Clock) -> None:
    one = work.approve(parts)
    with parts.store.write() as session:
        agreement = session.get_one(Agreement, one)
        agreement.state, agreement.due_at = State.IN_FORCE, None
        due = clock.at.date() + timedelta(days=40)
        session.add(Obligation(agreement_id=one, kind="pks_due", due_on=due, due_at=clock.at))
    assert [done.did for done in work.do_all(parts)] == ["remind"]
    with parts.store.read() as session:
        row = session.scalars(select(Obligation)).one()
    assert row.due_at is not None
    assert row.due_at > clock.at
    assert work.do_all(parts) == []


def test_two_workers_never_hold_the_same_row(parts: Tools) -> None:
    one = work.approve(parts)
    kind = work.kind("document")
    first = owed.take(parts, kind)
    assert first is not None
    assert first.id == one
    assert owed.take(work.named(parts, "test:2"), kind) is None


def test_eight_workers_share_what_is_owed_and_each_row_moves_once(tmp_path: Path, database_url: str) -> None:
    with work.open_tools(tmp_path, database_url) as parts:
        one = work.send_out(parts)
        work.sign(parts, one)
        barrier, done = threading.Barrier(8), []

        def race(number: int) -> None:
            mine = work.named(parts, f"test:{number}")
            barrier.wait()
            done.append(signature.do(mine, one).did)

        threads = [threading.Thread(target=race, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(filter(None, done)) == ["complete"]
        assert work.moves(parts, one).count("complete") == 1


def test_a_lease_that_ran_out_is_free_again_and_the_late_worker_does_nothing_twice(
    parts: Tools, clock: work.Clock
) -> None:
    one = work.send_out(parts)
    work.sign(parts, one)
    first = owed.take(parts, work.kind("signature"))
    clock.wait(seconds=61)
    second = work.named(parts, "test:2")
    again = owed.take(second, work.kind("signature"))
    assert first is not None
    assert again is not None
    assert owed.attempt(second, again).did == "complete"
    assert owed.attempt(parts, first).did is None
    assert work.moves(parts, one).count("complete") == 1


def test_a_failure_of_a_worker_that_lost_its_lease_changes_nothing(parts: Tools, clock: work.Clock) -> None:
    one = work.approve(parts)
    first = owed.take(parts, work.kind("document"))
    clock.wait(seconds=61)
    owed.take(work.named(parts, "test:2"), work.kind("document"))
    assert first is not None
    owed.attempt(replace(parts, office=BrokenOffice), first)
    held = work.agreement(parts, one)
    assert (held.leased_by, held.attempts) == ("test:2", 0)


def test_a_message_is_sent_with_words_made_at_that_moment(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    monkeypatch.setattr(gateway, "_sent", lambda address, parcel: sent.append((address, parcel)) or True)
    with work.open_tools(tmp_path, database_url, **GATEWAY) as parts:
        work.send_out(parts)
        done = [one for one in work.do_all(parts) if one.did == "sent"]
        assert len(done) == len(sent) == 3
        assert all(address.startswith("json://gerbang.test/62") for address, _ in sent)
        assert all("https://kdmp.test/" in parcel.text for _, parcel in sent)
        with parts.store.read() as session:
            assert set(session.scalars(select(Message.state))) == {outbox.SENT}


def test_a_gateway_that_refuses_is_tried_again_and_at_last_shown_to_staff(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = work.Clock()
    monkeypatch.setattr(gateway, "_sent", lambda *_: False)
    with work.open_tools(tmp_path, database_url, clock, **GATEWAY) as parts:
        work.send_out(parts)
        assert {one.stuck for one in work.do_all(parts)} == {"errors.work.gateway"}
        for _ in range(outbox.MOST_ATTEMPTS):
            clock.wait(hours=3)
            work.do_all(parts)
        with parts.store.read() as session:
            assert set(session.scalars(select(Message.state))) == {outbox.FAILED}


def test_a_message_whose_link_died_is_cancelled_and_not_sent(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "_sent", lambda *_: pytest.fail("sent"))
    clock = work.Clock()
    with work.open_tools(tmp_path, database_url, clock, **GATEWAY) as parts:
        work.send_out(parts)
        clock.wait(days=130)
        with parts.store.read() as session:
            ids = list(session.scalars(select(Message.id)))
        assert [notices.do(parts, one).did for one in ids] == ["cancelled"] * 3


def test_what_holds_work_up_is_always_a_sentence_that_needs_no_values() -> None:
    assert owed.stuck_key(TryLater("work.office_failed")) == "errors.work.office_failed"
    assert owed.stuck_key(TryLater("no.such.code")) == owed.UNEXPECTED
    assert owed.stuck_key(TryLater("files.missing", sha256="a")) == owed.UNEXPECTED


GATEWAY = {"gateway": "json://gerbang.test/{phone}", "url": "https://kdmp.test"}


def _blank() -> object:
    pdf = builders.blank_pdf()
    return Printed(pdf, "0" * 64, 1, ())


def _decline(parts: Tools, agreement_id: int, position: int) -> None:
    with parts.store.write() as session:
        row = next(one for one in work.signatories(session, agreement_id) if one.position == position)
        assert moves.move_signatory(session, row, "decline", parts.now())
        asked = moves.Asked("decline", f"decline:{row.id}", "belum cocok", {"signatory": row.id})
        moves.apply(session, agreement_id, asked, By(Actor.SIGNATORY, officer_id=row.officer_id), parts.now())
        assert row.state is SignatoryState.DECLINED


def test_a_document_is_kept_once_whatever_is_tried_again(parts: Tools) -> None:
    one = work.approve(parts)
    printed = replace(parts, outside=lambda name, call: _blank())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "require_equal", lambda *_: None)
        assert document.do(printed, one).did == "draw_up"
        assert document.do(printed, one).did is None
    with parts.store.read() as session:
        kinds = list(session.scalars(select(Document.kind)))
    assert sorted(kinds) == sorted([DocumentKind.WORD, DocumentKind.PDF])


def test_old_answers_and_tallies_are_purged_and_young_ones_stay(parts: Tools, clock: work.Clock) -> None:
    def keep(session: Session, age: timedelta) -> None:
        at, name = parts.now() - age, str(age)
        session.add(Tally(kind="sign_in", subject=name, started_at=at, count=1))
        session.add(KeptAnswer(caller="1", route="POST /v1", key=name, request_sha256="", created_at=at))

    with parts.store.write() as session:
        for hours in (0, 23, 25, 47, 49):
            keep(session, timedelta(hours=hours))
    housekeeping.do(parts)
    with parts.store.read() as session:
        assert session.scalars(select(Tally.subject)).all() == [str(timedelta(hours=hours)) for hours in (0, 23)]
        assert session.query(KeptAnswer).count() == 4
    clock.wait(days=3)
    housekeeping.do(parts)
    with parts.store.read() as session:
        assert (session.query(KeptAnswer).count(), session.query(Tally).count()) == (0, 0)


def test_a_round_that_was_held_up_and_is_well_again_is_no_longer_shown_as_stuck(
    parts: Tools, clock: work.Clock
) -> None:
    one = work.send_out(parts)
    with parts.store.write() as session:
        row = session.get_one(Agreement, one)
        store.postpone(row, "errors.connection.none_can_send", clock())
    clock.wait(minutes=1)
    work.do_all(parts)
    found = work.agreement(parts, one)
    assert (found.state, found.stuck_reason, found.attempts, found.leased_by) == (State.SIGNING, None, 0, None)
    assert found.due_at is not None

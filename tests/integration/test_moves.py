"""The one writer of state on both databases: keys, four eyes, words, letter numbers, chains, leases, two at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kdmp_core import access, audit, letters, outbox
from kdmp_core import store as stores
from kdmp_core.agreements import documents, guards, moves, proposals
from kdmp_core.audit import By
from kdmp_core.errors import Conflict, InvalidInput, MoveRefused, NotAllowed, NotFound, Stale
from kdmp_core.files import Files
from kdmp_core.lifecycle import Actor, SignatoryState, State
from kdmp_core.records import Agreement, ChainHead, Event, LetterNumber, Message, Role, Round, Signature, Step, User
from kdmp_core.signing import consent, signatures
from kdmp_core.store import Store
from tests import builders
from tests.builders import NOW, SYSTEM, Staff, by_user
from tests.prepared import Prepared, prepared
from tests.refusals import refused

LEASE = timedelta(minutes=2)


@dataclass
class House:
    """A record with an agreement in draft, and the people around it."""

    store: Store
    files: Files
    staff: Staff
    agreement_id: int

    def agreement(self, session: Session) -> Agreement:
        return session.get_one(Agreement, self.agreement_id)

    def apply(self, session: Session, name: str, user: User | By, key: str = "", **given: Any) -> Step:
        by = user if isinstance(user, By) else by_user(user)
        asked = moves.Asked(name, key or f"{name}:{self.agreement(session).revision}", **given)
        return moves.apply(session, self.agreement_id, asked, by, NOW)

    def submit(self, session: Session) -> None:
        builders.submit(session, self.agreement(session), self.staff)

    def drawn_up(self, session: Session) -> Agreement:
        self.submit(session)
        return builders.draw_up(session, builders.review(session, self.agreement(session), self.staff), self.files)


def make(store: Store, _folder: Path) -> tuple[builders.Staff, int]:
    with store.write() as session:
        staff = builders.create_staff(session)
        event = builders.create_event(session, staff.coordinator)
        builders.create_roster(session, event, staff.coordinator)
        return staff, builders.create_agreements(session, event, staff)[-1].id


before = prepared(make)


@pytest.fixture
def house(
    before: Prepared[tuple[builders.Staff, int]], database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[House]:
    with before.copy(database_kind, request, tmp_path / "house") as (store, folder, (staff, agreement_id)):
        yield House(store, Files(str(folder / "files")), staff, agreement_id)


def at_once(store: Store, acts: list[Callable[[Session], Any]]) -> list[Any]:
    """Do each act in a transaction and a thread of its own, all from one start; give results or what was raised."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def work(place: int) -> None:
        start.wait()
        try:
            with store.write() as session:
                results[place] = acts[place](session)
        except Exception as raised:  # noqa: BLE001 (the test looks at it)
            results[place] = raised

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# Keys and revisions


def test_a_key_that_was_seen_gives_the_step_of_then_and_changes_nothing(house: House) -> None:
    with house.store.write() as session:
        first = house.apply(session, "edit", house.staff.coordinator, "key-1")
        revision = house.agreement(session).revision
        again = house.apply(session, "edit", house.staff.coordinator, "key-1", revision=1)
        assert again.id == first.id
        assert house.agreement(session).revision == revision


def test_a_key_of_another_move_is_a_conflict_and_not_its_answer(house: House) -> None:
    with house.store.write() as session:
        house.apply(session, "edit", house.staff.coordinator, "key-1")
        with refused(Conflict, "moves.key_reused"):
            house.apply(session, "withdraw", house.staff.coordinator, "key-1")
        asked = moves.Asked("submit", "key-1")
        with refused(Conflict, "moves.key_reused"):
            by = by_user(house.staff.coordinator)
            documents.submit(
                session, house.agreement_id, builders.PAPER, house.files, asked, by, NOW, legal_review="trial"
            )
        assert house.agreement(session).state is State.DRAFT


def test_who_saw_an_older_revision_is_told_so(house: House) -> None:
    with house.store.write() as session:
        house.apply(session, "edit", house.staff.coordinator, revision=1)
        with refused(Stale, "moves.stale"):
            house.apply(session, "withdraw", house.staff.coordinator, revision=1)


def test_an_edit_that_is_tried_again_does_not_undo_a_later_one(house: House) -> None:
    def edit(session: Session, key: str, place: str) -> None:
        asked = moves.Asked("edit", key)
        proposals.edit(session, house.agreement_id, {"place": place}, asked, by_user(house.staff.coordinator), NOW)

    with house.store.write() as session:
        edit(session, "a", "Cipanas")
        edit(session, "b", "Cugenang")
        edit(session, "a", "Cipanas")
        assert house.agreement(session).terms["place"] == "Cugenang"
        by, asked = by_user(house.staff.coordinator), moves.Asked("edit", "c")
        with refused(InvalidInput, "proposals.unknown_term"):
            proposals.edit(session, house.agreement_id, {"price": 1}, asked, by, NOW)


def test_an_agreement_that_is_not_there_is_not_found(house: House) -> None:
    with house.store.write() as session, refused(NotFound, "moves.no_agreement"):
        moves.apply(session, 999, moves.Asked("edit", "k"), SYSTEM, NOW)


# Who may


@pytest.mark.database("sqlite")
def test_each_user_is_allowed_what_the_hand_written_list_says_in_every_state(house: House) -> None:
    """Every state by every kind of user; the coordinator who drafted is `sari`."""
    remarks = {"submitted": "remark", "endorsed": "remark", "approved": "remark", "drawn_up": "remark"}
    remarks["returned"] = "remark"
    paper = {"signing": "sign decline"}
    coordinator = {
        "draft": "edit record", "returned": "edit record", "approved": "void", "drawn_up": "send redraw revise void",
        "signing": "sign decline remind extend drop close recall ask_void", "signed": "ask_void",
        "declined": "void reopen revise", "lapsed": "void reopen revise", "in_force": "terminate ask_annul",
    }  # fmt: skip
    drafter = {
        "draft": "edit submit withdraw", "returned": "edit submit withdraw answer",
        "submitted": "recall answer", "endorsed": "recall answer", "approved": "answer", "drawn_up": "answer",
    }  # fmt: skip
    second = {"recorded": "confirm refuse_record", "signing": "void", "signed": "void", "in_force": "annul_record"}
    reviewer = {"submitted": "endorse return reject"}
    ministry = {"endorsed": "approve return reject"}
    expected = {
        "sari": (coordinator, drafter, paper),
        "budi": (coordinator, second, paper),
        "rudi": (reviewer, remarks, second, paper),
        "wati": (ministry, remarks, second, paper),
        "dewi": (paper,),
        "other": (),
        "op": ({},),
        "audi": ({},),
    }
    with house.store.write() as session:
        ids = [party.party_id for party in house.agreement(session).parties]
        helper, _ = access.add_user(session, "dewi", "Dewi", [(Role.PENDAMPING, "")], now=NOW, by=SYSTEM, party_ids=ids)
        users = {"dewi": helper, "other": builders.create_user(session, "other", *Role, area="32.0")}
        users["op"] = builders.create_user(session, "op", Role.OPERATOR)
        users["audi"] = builders.create_user(session, "audi", Role.AUDITOR)
        for user in session.scalars(select(User)):
            users.setdefault(user.login, user)
        agreement = house.agreement(session)
        for state in State:
            agreement.state = state
            for login, lists in expected.items():
                wanted = {name for moves_of in lists for name in moves_of.get(state.value, "").split()}
                found = {row.name for row in moves.allowed(session, agreement, users[login].id)}
                assert found == wanted, f"{login} in {state}"
        session.rollback()


def test_nobody_reviews_what_he_drafted_and_nobody_reviews_twice(house: House) -> None:
    with house.store.write() as session:
        drafter = house.staff.coordinator
        for role in (Role.REVIEWER, Role.MINISTRY):
            drafter.grants.append(access.Grant(role=role, area_code="", granted_at=NOW))
        session.merge(drafter)
        both = builders.create_user(session, "ani", Role.REVIEWER, Role.MINISTRY)
        house.submit(session)
        with refused(NotAllowed, "moves.four_eyes"):
            house.apply(session, "endorse", drafter)
        house.apply(session, "endorse", both)
        with refused(NotAllowed, "moves.four_eyes"):
            house.apply(session, "approve", both)
        with refused(NotAllowed, "moves.not_yours"):
            house.apply(session, "approve", house.staff.reviewer)
        house.apply(session, "approve", house.staff.ministry)


def test_another_coordinator_may_edit_a_draft_and_is_a_drafter_from_then_on(house: House) -> None:
    with house.store.write() as session:
        other = session.get_one(User, house.staff.second.id)
        other.grants.append(access.Grant(role=Role.REVIEWER, area_code="", granted_at=NOW))
        before = {row.name for row in moves.allowed(session, house.agreement(session), other.id)}
        assert "edit" in before
        assert "submit" not in before
        house.apply(session, "edit", other)
        assert "submit" in {row.name for row in moves.allowed(session, house.agreement(session), other.id)}
        with refused(NotAllowed, "moves.not_yours"):
            house.apply(session, "edit", house.staff.reviewer)
        house.submit(session)
        with refused(NotAllowed, "moves.four_eyes"):
            house.apply(session, "endorse", other)


def test_the_same_two_may_review_the_next_round_the_other_way_round(house: House) -> None:
    with house.store.write() as session:
        both = builders.create_user(session, "ani", Role.REVIEWER, Role.MINISTRY)
        house.submit(session)
        house.apply(session, "endorse", both)
        house.apply(session, "return", house.staff.ministry, reason="Perbaiki lampiran")
        house.submit(session)
        house.apply(session, "endorse", house.staff.reviewer)
        house.apply(session, "approve", both)
        assert (house.agreement(session).state, house.agreement(session).round) == (State.APPROVED, 2)


def test_a_void_of_what_is_out_for_signature_wants_two_who_did_not_draft_or_ask(house: House, tmp_path: Path) -> None:
    settings = builders.settings_in(tmp_path / "data")
    with house.store.write() as session:
        builders.send(session, house.drawn_up(session), house.staff, settings)
        with refused(MoveRefused, "moves.nobody_asked"):
            house.apply(session, "void", house.staff.second)
        house.apply(session, "ask_void", house.staff.second, reason="Salah pihak")
        for alone in (house.staff.second, house.staff.coordinator):
            with refused(NotAllowed, "moves.four_eyes"):
                house.apply(session, "void", alone)
        house.apply(session, "void", house.staff.reviewer)
        assert house.agreement(session).state is State.VOID


def test_whatever_ends_a_round_closes_it_and_nobody_is_asked_any_more(house: House, tmp_path: Path) -> None:
    settings = builders.settings_in(tmp_path / "data")
    with house.store.write() as session:
        builders.send(session, house.drawn_up(session), house.staff, settings)
        mine = Message.agreement_id == house.agreement_id
        assert set(session.scalars(select(Message.state).where(mine))) == {outbox.BY_HAND}
        house.apply(session, "remind", house.staff.coordinator)
        assert session.scalars(select(Round.closed_at)).all() == [None]
        house.apply(session, "recall", house.staff.coordinator, reason="Salah lampiran")
        assert set(session.scalars(select(Message.state).where(mine))) == {outbox.CANCELLED}
        assert session.scalars(select(Round.closed_at)).all() == [NOW]


def test_staff_without_a_name_and_grants_claimed_by_word_move_nothing(house: House) -> None:
    with house.store.write() as session:
        for claimed in (By(Actor.STAFF), By(Actor.COORDINATOR), By(Actor.DRAFTER, user_id=house.staff.reviewer.id)):
            with refused(NotAllowed, "moves.not_yours"):
                house.apply(session, "record" if claimed.actor is Actor.COORDINATOR else "edit", claimed)


def test_who_drafted_and_has_no_grant_there_any_more_moves_nothing(house: House) -> None:
    with house.store.write() as session:
        for grant in session.get_one(User, house.staff.coordinator.id).grants:
            grant.area_code = "32.04"
        with refused(NotAllowed, "moves.not_yours"):
            house.apply(session, "edit", house.staff.coordinator)


def test_a_reason_is_asked_where_the_table_asks_one(house: House) -> None:
    with house.store.write() as session:
        house.submit(session)
        for name in ("return", "reject"):
            for reason in (None, "", "   "):
                with refused(InvalidInput, "moves.reason_missing"):
                    house.apply(session, name, house.staff.reviewer, reason=reason)
        with refused(InvalidInput, "moves.reason_long"):
            house.apply(session, "return", house.staff.reviewer, reason="x" * 1_001)
        assert house.agreement(session).state is State.SUBMITTED


# Words, rounds, numbers


def test_words_that_were_not_reviewed_are_not_drawn_up(house: House) -> None:
    with house.store.write() as session:
        house.submit(session)
        builders.review(session, house.agreement(session), house.staff)
        agreement = house.agreement(session)
        agreement.terms = {**agreement.terms, "notice_days": 90}  # behind the back of the table
        session.flush()
        with refused(MoveRefused, "moves.words_not_reviewed"):
            builders.draw_up(session, agreement, house.files)
        session.rollback()


def test_number_place_and_date_are_not_what_review_binds_to(house: House) -> None:
    with house.store.write() as session:
        house.submit(session)
        agreement = builders.review(session, house.agreement(session), house.staff)
        agreement.terms = {**agreement.terms, "place": "Cipanas", "dated": "2026-12-01"}
        builders.draw_up(session, agreement, house.files)
        assert agreement.state is State.DRAWN_UP


def test_a_returned_agreement_goes_through_all_levels_again_in_a_new_round(house: House) -> None:
    with house.store.write() as session:
        house.submit(session)
        first = house.agreement(session).reviewed_hash
        house.apply(session, "endorse", house.staff.reviewer)
        house.apply(session, "return", house.staff.ministry, reason="Perbaiki masa berlaku")
        by, asked = by_user(house.staff.coordinator), moves.Asked("edit", "edit-2")
        proposals.edit(session, house.agreement_id, {"duration_months": 12}, asked, by, NOW)
        house.submit(session)
        agreement = house.agreement(session)
        assert (agreement.state, agreement.round) == (State.SUBMITTED, 2)
        assert agreement.reviewed_hash != first
        with refused(MoveRefused, "moves.not_from_here"):
            house.apply(session, "approve", house.staff.ministry)


def test_a_redraw_changes_place_and_day_once_and_wants_a_place(house: House) -> None:
    by, asked = by_user(house.staff.coordinator), moves.Asked("redraw", "k")
    with house.store.write() as session:
        agreement = house.drawn_up(session)
        with refused(InvalidInput, "facts.term_missing"):
            documents.redraw(session, agreement.id, "  ", None, asked, by, NOW)
        documents.redraw(session, agreement.id, "Cipanas", date(2026, 12, 1), asked, by, NOW)
        assert (agreement.state, agreement.terms["place"], agreement.terms["dated"]) == (
            State.APPROVED,
            "Cipanas",
            "2026-12-01",
        )
        again = documents.redraw(session, agreement.id, "Cugenang", None, asked, by, NOW)
        assert (again.key, agreement.terms["place"], agreement.round) == ("k", "Cipanas", 2)


def test_a_number_stays_over_redraw_revise_and_reopen_and_is_marked_void_and_never_given_again(house: House) -> None:
    with house.store.write() as session:
        agreement = house.drawn_up(session)
        first = agreement.letter_number
        assert first is not None
        assert first.text == "001/KDKMP-CIANJUR/NK/XI/2026"
        house.apply(session, "redraw", house.staff.coordinator)
        builders.draw_up(session, agreement, house.files)
        house.apply(session, "revise", house.staff.coordinator)
        house.drawn_up(session)
        assert (agreement.letter_number.id, agreement.round) == (first.id, 3)
        house.apply(session, "void", house.staff.coordinator, reason="Salah mitra")
        assert first.void_at == NOW
        again = builders.create_agreements(session, agreement.event, house.staff)[-1]
        builders.draw_up(
            session, builders.review(session, builders.submit(session, again, house.staff), house.staff), house.files
        )
        assert again.letter_number is not None
        assert again.letter_number.sequence == 2
        assert session.get_one(LetterNumber, first.id).void_at == NOW


def test_two_agreements_that_are_numbered_at_once_get_two_numbers_in_a_row(house: House) -> None:
    with house.store.write() as session:
        event = house.agreement(session).event
        for number in (4, 5, 6):
            builders.create_party(session, event, number, house.staff.coordinator, side=builders.Side.COUNTERPART)
        ids = [row.id for row in builders.create_agreements(session, event, house.staff)]

    def number(agreement_id: int) -> Callable[[Session], int]:
        return lambda session: letters.give(session, session.get_one(Agreement, agreement_id), NOW.date(), NOW).sequence

    given = at_once(house.store, [number(one) for one in [*ids, *ids]])
    assert given[:3] == given[3:]
    assert sorted(given[:3]) == [1, 2, 3]


# The chain


def test_a_crash_in_the_middle_leaves_neither_state_nor_step(house: House) -> None:
    with house.store.read() as session:
        before = session.get_one(ChainHead, house.agreement(session).code).sequence

    def submit_and_crash() -> None:
        with house.store.write() as session:
            house.submit(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        submit_and_crash()
    with house.store.read() as session:
        agreement = house.agreement(session)
        assert (agreement.state, agreement.round) == (State.DRAFT, 0)
        assert session.get_one(ChainHead, agreement.code).sequence == before
        assert builders.chain_is_whole(session)


@pytest.mark.parametrize(
    "change",
    [{"move": "approve"}, {"user_id": 3}, {"details": {"words_hash": "x"}}, {"reason": "lain"}, {"sequence": 9}],
)
@pytest.mark.database("sqlite")
def test_a_changed_step_is_found(house: House, change: dict[str, Any]) -> None:
    with house.store.write() as session:
        house.submit(session)
        code = house.agreement(session).code
        step = audit.chain_of(session, code)[0]
        session.execute(update(Step).where(Step.id == step.id).values(**change))
        session.expire_all()
        assert audit.first_broken(session, code) == 1


@pytest.mark.database("sqlite")
def test_a_removed_a_swapped_and_a_cut_off_step_are_found(house: House) -> None:
    with house.store.write() as session:
        house.submit(session)
        house.apply(session, "endorse", house.staff.reviewer)
        code = house.agreement(session).code
        steps = audit.chain_of(session, code)
        assert audit.first_broken(session, code) is None
        for victim, found in ((steps[1], 2), (steps[-1], len(steps))):
            with session.begin_nested() as point:
                session.execute(update(Step).where(Step.id == victim.id).values(chain="elsewhere"))
                session.expire_all()
                assert audit.first_broken(session, code) == found
                point.rollback()
        assert audit.first_broken(session, code) is None


def test_a_float_and_a_naive_moment_never_enter_the_chain(house: House) -> None:
    with house.store.write() as session:
        with pytest.raises(TypeError):
            audit.append(session, audit.Act("test", "k", details={"kg": 1.5}), SYSTEM, NOW)
        session.rollback()
    with house.store.write() as session, pytest.raises(Exception, match="zone"):
        audit.append(session, audit.Act("test", "k"), SYSTEM, NOW.replace(tzinfo=None))


def test_the_chain_of_the_house_is_whole_after_many_write_at_once_even_its_first_steps(store: Store) -> None:
    def write(number: int) -> Callable[[Session], Step]:
        return lambda session: audit.append(session, audit.Act("test", f"key-{number}"), SYSTEM, NOW)

    results = at_once(store, [write(number) for number in range(12)])
    assert not [result for result in results if isinstance(result, Exception)]
    with store.read() as session:
        assert [step.sequence for step in audit.chain_of(session, audit.HOUSE)] == list(range(1, 13))
        assert audit.first_broken(session, audit.HOUSE) is None


# Two at once


def test_two_identical_callbacks_at_once_make_one_step_and_both_get_its_answer(house: House, tmp_path: Path) -> None:
    settings = builders.settings_in(tmp_path / "data")
    with house.store.write() as session:
        builders.send(session, house.drawn_up(session), house.staff, settings)

    def callback(session: Session) -> str:
        agreement = stores.locked(session, Agreement, house.agreement_id)
        assert agreement is not None
        signatory = guards.signatories(session, agreement)[0]
        kept = signatures.keep(
            session, agreement, signatory, level="provider_uncertified",
            document_sha256=consent.shown_sha256(session, agreement), consent_version="1", evidence={},
            by=By(Actor.PROVIDER), key="event-7", now=NOW,
        )  # fmt: skip
        return kept.receipt

    results = at_once(house.store, [callback] * 6)
    assert len(set(results)) == 1, results
    with house.store.read() as session:
        agreement = house.agreement(session)
        assert session.scalar(select(func.count()).select_from(Signature)) == 1
        assert [step.move for step in audit.chain_of(session, agreement.code)].count("sign") == 1
        assert agreement.due_at == NOW
        assert guards.signatories(session, agreement)[0].state is SignatoryState.SIGNED


def test_a_move_asked_by_two_at_once_with_one_key_is_made_once(house: House) -> None:
    with house.store.write() as session:
        house.submit(session)
    results = at_once(house.store, [lambda s: house.apply(s, "endorse", house.staff.reviewer, "form-1").id] * 4)
    assert len(set(results)) == 1, results


def test_two_reviewers_at_once_with_keys_of_their_own_the_second_is_told(house: House) -> None:
    with house.store.write() as session:
        house.submit(session)
        builders.create_user(session, "rina", Role.REVIEWER)
    acts = [lambda s, k=k: house.apply(s, "endorse", house.staff.reviewer, k).move for k in ("a", "b")]
    results = at_once(house.store, acts)
    assert sorted(map(str, results)) == ["endorse", "moves.not_from_here"]


def test_proposing_twice_at_once_makes_each_framework_once(house: House) -> None:
    with house.store.write() as session:
        event = house.agreement(session).event
        for number in (4, 5):
            builders.create_party(session, event, number, house.staff.coordinator, side=builders.Side.COUNTERPART)
        event_id = event.id

    def propose(session: Session) -> int:
        return len(builders.create_agreements(session, session.get_one(Event, event_id), house.staff))

    assert sorted(at_once(house.store, [propose] * 3)) == [0, 0, 2]


# Leases


def test_a_lease_keeps_others_off_until_it_runs_out(house: House) -> None:
    with house.store.write() as session:
        house.submit(session)
        builders.review(session, house.agreement(session), house.staff)

    def claim(worker: str, now: Any = NOW) -> list[int]:
        with house.store.write() as session:
            state = Agreement.state == State.APPROVED
            return list(stores.claim(session, Agreement, state, limit=5, worker=worker, now=now, lease=LEASE))

    assert claim("a", NOW - timedelta(microseconds=1)) == []
    assert claim("a") == [house.agreement_id]
    assert claim("b") == []
    assert claim("b", NOW + LEASE - timedelta(microseconds=1)) == []
    assert claim("b", NOW + LEASE) == [house.agreement_id]
    with house.store.write() as session:
        builders.draw_up(session, house.agreement(session), house.files)
        agreement = house.agreement(session)
        assert (agreement.leased_by, agreement.lease_until, agreement.due_at) == (None, None, None)


def test_work_that_fails_waits_longer_each_time_and_says_why(house: House) -> None:
    with house.store.write() as session:
        house.submit(session)
        agreement = builders.review(session, house.agreement(session), house.staff)
        waits = []
        for _ in range(7):
            stores.postpone(agreement, "work.office_failed", NOW)
            assert agreement.due_at is not None
            waits.append(agreement.due_at - NOW)
        assert waits == [*stores.BACKOFF, stores.BACKOFF[-1], stores.BACKOFF[-1]]
        assert (agreement.attempts, agreement.stuck_reason) == (7, "work.office_failed")
        builders.draw_up(session, agreement, house.files)
        assert (agreement.attempts, agreement.stuck_reason) == (0, None)


def test_workers_who_claim_at_once_get_different_rows_and_no_more_than_they_asked_for(house: House) -> None:
    with house.store.write() as session:
        event = house.agreement(session).event
        for number in range(4, 15):
            builders.create_party(session, event, number, house.staff.coordinator, side=builders.Side.COUNTERPART)
        for agreement in builders.create_agreements(session, event, house.staff):
            agreement.due_at = NOW

    def claim(worker: str) -> Callable[[Session], list[int]]:
        state = Agreement.state == State.DRAFT
        return lambda s: list(stores.claim(s, Agreement, state, limit=3, worker=worker, now=NOW, lease=LEASE))

    taken = at_once(house.store, [claim(f"worker-{number}") for number in range(5)])
    every = [one for rows in taken for one in rows]
    assert len(every) == len(set(every))
    assert all(len(rows) <= 3 for rows in taken)
    with house.store.write() as session:
        while rows := claim("rest")(session):
            every += rows
    assert len(every) == len(set(every)) == 11

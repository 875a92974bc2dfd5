"""What follows a MoU in force: an addendum changes its words, an accession adds a party, a hub has its own form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kdmp_core import audit, follow_up
from kdmp_core.agreements import documents, facts, following, guards, moves, own_numbers, proposals
from kdmp_core.agreements.following import Change
from kdmp_core.errors import InvalidInput, MoveRefused, NotAllowed
from kdmp_core.files import Files
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Event, Party, PartyKind
from kdmp_core.store import Store
from mou_templates import pressroom
from mou_templates.articles import articles_of
from mou_templates.examples import example_facts
from tests import builders
from tests.builders import NOW, Staff, by_user
from tests.refusals import refused

DAY = date(2026, 11, 24)
CHANGE = Change(8, "PELAKSANAAN", ("(1) Enam bulan.", "(2) Tetap."), ("(1) Delapan bulan.", "(2) Tetap."))


@dataclass(frozen=True)
class House:
    """A network MoU in force, recorded from paper, and a cooperative that is no party of it."""

    store: Store
    files: Files
    staff: Staff
    event_id: int
    agreement_id: int
    outsider_id: int

    def mou(self, session: Session) -> Agreement:
        return session.get_one(Agreement, self.agreement_id)

    def outsider(self, session: Session) -> Party:
        return session.get_one(Party, self.outsider_id)

    def enter(self, session: Session, made: Agreement) -> Agreement:
        """Bring an agreement into force as it was signed on paper."""
        coordinator, second = by_user(self.staff.coordinator), by_user(self.staff.second)
        asked = moves.Asked("record", f"record:{made.id}")
        follow_up.record_paper(session, self.files, made.id, builders.blank_pdf(), DAY, asked, coordinator, NOW)
        follow_up.confirm_paper(session, made.id, moves.Asked("confirm", f"confirm:{made.id}"), second, NOW)
        return made

    def addendum(self, session: Session, *changes: Change) -> Agreement:
        by = by_user(self.staff.coordinator)
        given = changes or (CHANGE,)
        return following.propose_addendum(session, self.mou(session), "panen mundur", given, DAY, by, NOW)

    def accession(self, session: Session) -> Agreement:
        by = by_user(self.staff.coordinator)
        return following.propose_accession(session, self.mou(session), self.outsider(session), by, NOW)


@pytest.fixture
def house(store: Store, tmp_path: Path) -> House:
    with store.write() as session:
        staff = builders.create_staff(session)
        event = builders.create_event(session, staff.coordinator)
        builders.create_roster(session, event, staff.coordinator)
        made = builders.create_agreements(session, event, staff)[-1]
        outsider = builders.create_party(session, event, 9, staff.coordinator)
        kept = House(store, Files(str(tmp_path / "files")), staff, event.id, made.id, outsider.id)
        kept.enter(session, made)
        return kept


def test_an_addendum_is_between_all_who_are_parties_now_and_lasts_as_long_as_its_parent(house: House) -> None:
    with house.store.write() as session:
        made = house.addendum(session)
        assert [row.party_id for row in made.parties] == [row.party_id for row in house.mou(session).parties]
        assert (made.terms["sequence"], made.parent_id) == (1, house.agreement_id)
        house.enter(session, made)
        assert made.ends_on == house.mou(session).ends_on
        assert follow_up.obligations(session, [made.id]) == []
        assert house.addendum(session).terms["sequence"] == 2
        assert [row.id for row in following.addenda(session, house.mou(session))] == [made.id]


def test_an_addendum_says_what_was_and_what_becomes(house: House) -> None:
    with house.store.write() as session:
        made = builders.submit(session, house.addendum(session), house.staff, files=house.files)
        docx = builders.PAPER.draft(
            made.kind,
            builders.PAPER.words(made.kind, facts.gather(session, made, legal_review="trial")),
            pressroom.form(made.kind),
        ).docx
        text = pressroom.html(docx)
        assert text.index("Enam bulan.") < text.index("Delapan bulan.")
        assert "PELAKSANAAN" in text


@pytest.mark.parametrize("changes", [(), (Change(8, "PELAKSANAAN", ("Sama.",), ("Sama.",)),)])
def test_an_addendum_that_changes_nothing_is_refused(house: House, changes: tuple[Change, ...]) -> None:
    with house.store.write() as session, refused(InvalidInput, "proposals.nothing_changes"):
        by = by_user(house.staff.coordinator)
        following.propose_addendum(session, house.mou(session), "panen mundur", changes, DAY, by, NOW)


def test_an_addendum_of_an_addendum_is_refused(house: House) -> None:
    with house.store.write() as session:
        made = house.enter(session, house.addendum(session))
        with refused(InvalidInput, "proposals.no_addendum_here"):
            by = by_user(house.staff.coordinator)
            following.propose_addendum(session, made, "panen mundur", [CHANGE], DAY, by, NOW)


def test_who_joins_is_a_party_once_the_accession_is_in_force(house: House) -> None:
    with house.store.write() as session:
        mou, joining = house.mou(session), house.outsider(session)
        made = house.accession(session)
        assert [row.side for row in made.parties] == ["first", "second"]
        assert made.parties[1].party_id == mou.parties[-1].party_id
        assert joining.id not in guards.standing_party_ids(session, mou)
        house.enter(session, made)
        assert joining.id in guards.standing_party_ids(session, mou)
        goods = {"commodity": "beras medium", "grade": "medium", "kg": 100, "price": 12_000, "tolerance_percent": 5}
        buyer, by = mou.parties[-1].party, by_user(house.staff.coordinator)
        contract = following.propose_supply(session, mou, joining, buyer, [goods], by, NOW)
        assert house.enter(session, contract).state is State.IN_FORCE
        assert joining.id in [row.party_id for row in house.addendum(session).parties[:-1]]


def test_nobody_joins_twice_or_what_takes_no_members(house: House) -> None:
    with house.store.write() as session:
        made = house.accession(session)
        with refused(InvalidInput, "proposals.party_already"):
            house.accession(session)
        house.enter(session, made)
        with refused(InvalidInput, "proposals.party_already"):
            house.accession(session)
        with refused(InvalidInput, "proposals.no_accession_here"):
            following.propose_accession(session, made, house.outsider(session), by_user(house.staff.coordinator), NOW)


def test_what_hangs_on_a_mou_that_ended_does_not_enter_into_force(house: House) -> None:
    with house.store.write() as session:
        made = house.addendum(session)
        house.mou(session).state = State.TERMINATED
        with refused(MoveRefused, "moves.parent_not_in_force"):
            house.enter(session, made)


def test_a_partys_own_number_is_kept_in_the_chain_and_printed_but_review_does_not_bind_to_it(house: House) -> None:
    with house.store.write() as session:
        made, by = house.accession(session), by_user(house.staff.coordinator)
        builders.submit(session, made, house.staff, files=house.files)
        builders.review(session, made, house.staff)
        first = made.parties[0].party_id
        for _ in range(2):
            own_numbers.keep(session, made.id, {first: " 12/KDMP /2026 "}, by, NOW, key="numbers")
        assert [step.move for step in audit.chain_of(session, made.code)].count("own_numbers") == 1
        builders.draw_up(session, made, house.files)
        assert made.state is State.DRAWN_UP
        round_ = documents.round_of(session, made)
        assert round_.facts["joining"]["own_number"] == "12/KDMP /2026"
        with refused(InvalidInput, "agreements.own_number"):
            own_numbers.keep(session, made.id, {first: "1" * 61}, by, NOW, key="longer")
        with refused(NotAllowed, "access.not_your_area"):
            own_numbers.keep(session, made.id, {first: "1"}, by_user(house.staff.reviewer), NOW, key="other")


def test_with_a_secondary_cooperative_the_mou_of_two_is_one_with_a_hub(house: House) -> None:
    with house.store.write() as session:
        event, by = session.get_one(Event, house.event_id), by_user(house.staff.coordinator)
        first = house.outsider(session)
        hub = builders.create_party(
            session, event, 10, house.staff.coordinator, side=builders.Side.COUNTERPART, name="Pusat Koperasi Cianjur"
        )
        hub.kind = PartyKind.SECONDARY
        made = proposals.propose_two(session, event, first, hub, by, NOW)
        assert (made.kind, made.terms["membership"]) == ("mou_hub", "candidate")
        assert proposals.propose_two(session, event, first, hub, by, NOW).id == made.id
        gathered = facts.gather(session, made, legal_review="trial")
        docx = pressroom.draft(made.kind, pressroom.words(made.kind, gathered), pressroom.form(made.kind)).docx
        assert [article.number for article in articles_of(docx)] == list(range(1, len(articles_of(docx)) + 1))
        with refused(InvalidInput, "proposals.two_parties"):
            proposals.propose_two(session, event, hub, first, by, NOW)


def test_the_articles_of_a_mou_are_read_with_their_numbers_and_paragraphs() -> None:
    words = pressroom.words("mou_network", example_facts("mou_network"))
    found = articles_of(pressroom.draft("mou_network", words, pressroom.form("mou_network")).docx)
    assert found[0].heading == "PENGERTIAN"
    assert found[0].paragraphs[0].startswith("(1) Dalam Nota Kesepahaman ini")
    assert found[0].paragraphs[1].startswith("a. Jaringan adalah")
    assert found[-1].heading == "PENUTUP"
    assert found[-1].paragraphs[-1].endswith("dipatuhi dan dilaksanakan.")

"""After the signature, on both databases: terms, obligations, PKS, paper with a second person, deliveries, figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kdmp_core import follow_up, letters
from kdmp_core.agreements import facts, following, guards, moves
from kdmp_core.audit import By
from kdmp_core.errors import Conflict, InvalidInput, MoveRefused, NotAllowed, NotFound
from kdmp_core.files import Files
from kdmp_core.follow_up import DeliveryFacts
from kdmp_core.lifecycle import Actor, State
from kdmp_core.records import Agreement, Delivery, Document, Event, Obligation, Party, Role, User
from kdmp_core.signing import consent, requests, signatures
from kdmp_core.store import Store
from mou_templates import spelling
from tests import builders
from tests.builders import NOW, SYSTEM, Staff, by_user
from tests.refusals import refused

SCAN = builders.blank_pdf()
GKP, RICE = "gabah kering panen (GKP)", "beras medium"
DAY = date(2026, 11, 24)
CLOCK = By(Actor.CLOCK)


@dataclass
class House:
    """An event with two cooperatives and a counterpart, and the draft of their network MoU."""

    store: Store
    files: Files
    folder: Path
    staff: Staff
    event_id: int
    agreement_id: int
    party_ids: list[int]

    def mou(self, session: Session) -> Agreement:
        return session.get_one(Agreement, self.agreement_id)

    def party(self, session: Session, at: int) -> Party:
        return session.get_one(Party, self.party_ids[at])

    def record(
        self, session: Session, agreement: Agreement, day: date = DAY, now: datetime = NOW, key: str = ""
    ) -> None:
        by, asked = by_user(self.staff.coordinator), moves.Asked("record", key or f"record:{agreement.round}")
        follow_up.record_paper(session, self.files, agreement.id, SCAN, day, asked, by, now)

    def confirm(self, session: Session, agreement: Agreement, user: User | None = None, now: datetime = NOW) -> None:
        asked = moves.Asked("confirm", f"confirm:{agreement.round}")
        follow_up.confirm_paper(session, agreement.id, asked, by_user(user or self.staff.second), now)

    def in_force(self, session: Session, day: date = DAY) -> Agreement:
        self.record(session, self.mou(session), day)
        self.confirm(session, self.mou(session))
        return self.mou(session)

    def supply(self, session: Session, *lines: dict[str, Any], supplier: int = 0) -> Agreement:
        by = by_user(self.staff.coordinator)
        parties = (self.party(session, supplier), self.party(session, -1))
        return following.propose_supply(session, self.mou(session), *parties, lines or (line(GKP, 10_000),), by, NOW)

    def pks(self, session: Session, *lines: dict[str, Any]) -> Agreement:
        self.in_force(session)
        agreement = self.supply(session, *lines)
        self.record(session, agreement)
        self.confirm(session, agreement)
        return agreement


def line(commodity: str, kg: int, price: int = 6_700, grade: str = "kering panen") -> dict[str, Any]:
    return {"commodity": commodity, "grade": grade, "kg": kg, "price": price, "tolerance_percent": 5}


def goods(kg: int, commodity: str = GKP, price: int = 6_700) -> DeliveryFacts:
    return DeliveryFacts(DAY, commodity, kg + 300, 300, price, "Truk 1")


@pytest.fixture
def house(store: Store, tmp_path: Path) -> House:
    with store.write() as session:
        staff = builders.create_staff(session)
        event = builders.create_event(session, staff.coordinator)
        parties = builders.create_roster(session, event, staff.coordinator)
        agreement = builders.create_agreements(session, event, staff)[-1]
        files = Files(str(tmp_path / "files"))
        return House(store, files, tmp_path, staff, event.id, agreement.id, [party.id for party in parties])


# In force


def test_a_mou_in_force_owes_its_first_pks_by_its_months_with_reminders_before(house: House) -> None:
    with house.store.write() as session:
        agreement = house.in_force(session)
        assert (agreement.in_force_on, agreement.ends_on) == (DAY, date(2028, 11, 23))
        assert agreement.due_at == datetime(2028, 11, 23, 17, tzinfo=UTC)  # 24 November, 00.00 WIB
        row = follow_up.obligations(session, [agreement.id])[0]
        assert (row.kind, row.due_on) == (follow_up.PKS_DUE, date(2027, 5, 23))
        days, now = [], NOW
        while (at := follow_up.next_reminder(agreement, row.due_on, now)) is not None:
            days.append((row.due_on - at.date()).days)
            assert at.astimezone(UTC).hour == 2  # 09.00 WIB
            now = at
        assert days == [60, 30, 7, 0]
        assert row.due_at == datetime(2027, 3, 24, 2, tzinfo=UTC)
        follow_up.enter_into_force(session, agreement, NOW)
        assert session.scalar(select(func.count()).select_from(Obligation)) == 1


def test_a_pks_in_force_fulfils_what_its_mou_owes(house: House) -> None:
    with house.store.write() as session:
        agreement = house.pks(session)
        row = follow_up.obligations(session, [house.agreement_id])[0]
        assert (row.done_by_agreement_id, row.due_at) == (agreement.id, None)
        assert row.done_at == NOW


def test_an_agreement_ends_when_its_last_day_is_over_where_it_is_seated_and_not_before(house: House) -> None:
    with house.store.write() as session:
        agreement = house.in_force(session)
        over = agreement.due_at
        assert over is not None
        expire = moves.Asked("expire", moves.own_key("expire", agreement))
        with refused(MoveRefused, "moves.term_not_over"):
            moves.apply(session, agreement.id, expire, CLOCK, over - timedelta(microseconds=1))
        moves.apply(session, agreement.id, expire, CLOCK, over)
        assert agreement.state is State.ENDED


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 30)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 11, 15), 2, date(2027, 1, 14)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_a_term_ends_the_day_before_or_with_a_shorter_month(day: date, months: int, later: date) -> None:
    assert follow_up.last_day(day, months) == later


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 120))
def test_the_record_and_the_paper_end_a_term_on_the_same_day(day: date, months: int) -> None:
    assert follow_up.last_day(day, months) == spelling.last_day(day, months)


# Paper with a second person


def test_what_was_signed_on_paper_is_in_force_once_a_second_person_confirms_the_scan(house: House) -> None:
    with house.store.write() as session:
        agreement = house.mou(session)
        for _ in range(2):
            house.record(session, agreement, date(2026, 11, 20), key="form-1")
        assert (agreement.state, agreement.round, agreement.in_force_on) == (State.RECORDED, 1, None)
        assert session.scalar(select(func.count()).select_from(Document)) == 1
        with refused(NotAllowed, "moves.four_eyes"):
            house.confirm(session, agreement, house.staff.coordinator)
        with refused(MoveRefused, "moves.scan_missing"):
            asked = moves.Asked("confirm", "by-hand")
            moves.apply(session, agreement.id, asked, by_user(house.staff.second), NOW)
        house.confirm(session, agreement)
        house.confirm(session, agreement)
        assert (agreement.state, agreement.in_force_on) == (State.IN_FORCE, date(2026, 11, 20))
        scan = follow_up.latest_scan(session, agreement)
        assert scan is not None
        assert house.files.get(scan.sha256) == SCAN


def test_a_scan_that_is_no_pdf_or_of_a_day_to_come_where_it_was_signed_is_refused(house: House) -> None:
    evening = datetime(2026, 11, 24, 18, tzinfo=UTC)  # in Cianjur it is the 25th
    with house.store.write() as session:
        agreement, by = house.mou(session), by_user(house.staff.coordinator)
        asked = moves.Asked("record", "k")
        for scan in (b"", b"PK\x03\x04", b"%PDF-" + b"0" * follow_up.LARGEST_SCAN):
            with refused(InvalidInput, "follow_up.scan"):
                follow_up.record_paper(session, house.files, agreement.id, scan, DAY, asked, by, NOW)
        with refused(InvalidInput, "follow_up.future_day"):
            house.record(session, agreement, date(2026, 11, 26), evening)
        house.record(session, agreement, date(2026, 11, 25), evening)
        assert agreement.state is State.RECORDED


def test_the_number_on_the_paper_is_kept_and_named_by_the_pks_that_follows(house: House) -> None:
    with house.store.write() as session:
        agreement, by = house.mou(session), by_user(house.staff.coordinator)
        asked = moves.Asked("record", "k")
        with refused(InvalidInput, "follow_up.own_number"):
            follow_up.record_paper(session, house.files, agreement.id, SCAN, DAY, asked, by, NOW, own_number="1" * 61)
        follow_up.record_paper(
            session, house.files, agreement.id, SCAN, DAY, asked, by, NOW, own_number=" 12/NK /2025 "
        )
        house.confirm(session, agreement)
        assert letters.number_of(agreement) == "12/NK /2025"
        for party in agreement.parties:
            builders.signing_officer(party.party).phone = "+6281234567890"
        parent = facts.gather(session, house.supply(session), legal_review=False)["parent"]
        assert (parent["letter_number"], parent["dated"]) == ("12/NK /2025", DAY)


def test_paper_without_a_number_has_none_and_a_pks_says_so(house: House) -> None:
    with house.store.write() as session:
        agreement = house.in_force(session)
        assert letters.number_of(agreement) is None
        for party in agreement.parties:
            builders.signing_officer(party.party).phone = "+6281234567890"
        found = facts.gather(session, house.supply(session), legal_review=False)
        assert found["parent"]["letter_number"] == "(tanpa nomor)"


def test_a_refused_record_goes_back_to_draft_and_can_be_recorded_again(house: House) -> None:
    with house.store.write() as session:
        agreement = house.mou(session)
        house.record(session, agreement)
        asked = moves.Asked("refuse_record", "k", "Halaman terakhir tidak terbaca")
        moves.apply(session, agreement.id, asked, by_user(house.staff.second), NOW)
        assert agreement.state is State.DRAFT
        house.record(session, agreement)
        house.confirm(session, agreement)
        assert (agreement.state, agreement.round) == (State.IN_FORCE, 2)


def test_a_wrong_record_is_annulled_by_two_and_what_was_signed_here_is_not(house: House) -> None:
    with house.store.write() as session:
        agreement = house.in_force(session)
        annul = moves.Asked("annul_record", "annul")
        with refused(MoveRefused, "moves.nobody_asked"):
            moves.apply(session, agreement.id, annul, by_user(house.staff.reviewer), NOW)
        ask = moves.Asked("ask_annul", "ask", "Pindaian tertukar")
        moves.apply(session, agreement.id, ask, by_user(house.staff.coordinator), NOW)
        moves.apply(session, agreement.id, annul, by_user(house.staff.reviewer), NOW)
        assert agreement.state is State.VOID
        signed = signed_here(session, house, house.mou(session).event)
        with refused(MoveRefused, "moves.not_recorded"):
            moves.apply(session, signed.id, ask, by_user(house.staff.coordinator), NOW)
        with refused(MoveRefused, "moves.not_recorded"):
            moves.apply(session, signed.id, annul, by_user(house.staff.reviewer), NOW)


# A PKS from its MoU


def test_a_pks_comes_only_from_a_mou_in_force_and_its_parties(house: House) -> None:
    with house.store.write() as session:
        with refused(InvalidInput, "proposals.parent_not_in_force"):
            house.supply(session)
        house.in_force(session)
        stranger = builders.create_party(session, house.mou(session).event, 9, house.staff.coordinator)
        by = by_user(house.staff.coordinator)
        for pair in ((stranger, house.party(session, -1)), (house.party(session, 0), stranger)):
            with refused(InvalidInput, "proposals.not_party_of_parent"):
                following.propose_supply(session, house.mou(session), *pair, [line(GKP, 1)], by, NOW)
        agreement = house.supply(session)
        assert (agreement.kind, agreement.parent_id) == ("pks", house.agreement_id)
        assert agreement.partnership_id == house.mou(session).partnership_id
        assert agreement.terms["deliveries"][0]["kg"] == 10_000


def test_who_was_left_out_of_a_mou_gets_no_pks_from_it(house: House) -> None:
    with house.store.write() as session:
        signed = signed_here(session, house, house.mou(session).event, leave_out=1)
        by, buyer = by_user(house.staff.coordinator), house.party(session, -1)
        with refused(InvalidInput, "proposals.not_party_of_parent"):
            following.propose_supply(session, signed, house.party(session, 1), buyer, [line(GKP, 1)], by, NOW)
        made = following.propose_supply(session, signed, house.party(session, 0), buyer, [line(GKP, 1)], by, NOW)
        assert made.state is State.DRAFT


def test_a_pks_outlives_its_mou_but_is_not_confirmed_after_it(house: House) -> None:
    with house.store.write() as session:
        standing = house.pks(session)
        late = house.supply(session, supplier=1)
        house.record(session, late)
        ends = moves.Asked("terminate", "end", "Surat pengakhiran dari mitra")
        moves.apply(session, house.agreement_id, ends, by_user(house.staff.coordinator), NOW)
        assert standing.state is State.IN_FORCE
        with refused(MoveRefused, "moves.parent_not_in_force"):
            house.confirm(session, late)


# Deliveries


def test_a_delivery_is_written_once_for_its_key_and_a_key_of_other_goods_is_a_conflict(house: House) -> None:
    with house.store.write() as session:
        agreement, by = house.pks(session), by_user(house.staff.coordinator)
        first = follow_up.deliver(session, agreement.id, goods(4_000), "k", by, NOW)
        assert (first.number, first.net_kg, first.amount_rupiah) == (1, 4_000, 26_800_000)
        assert follow_up.deliver(session, agreement.id, goods(4_000), "k", by, NOW).id == first.id
        with refused(Conflict, "follow_up.key_reused"):
            follow_up.deliver(session, agreement.id, goods(4_001), "k", by, NOW)
        back = follow_up.reverse(session, first.id, "Salah timbang", "r", by, NOW)
        assert follow_up.reverse(session, first.id, "Salah timbang", "r", by, NOW).id == back.id
        with refused(Conflict, "follow_up.key_reused"):
            follow_up.reverse(session, first.id, "Salah timbang", "k", by, NOW)
        for again in (first, back):
            with refused(Conflict, "follow_up.reversed_before"):
                follow_up.reverse(session, again.id, "Salah lagi", "r2", by, NOW)
        assert sum(row.net_kg for row in follow_up.deliveries(session, agreement)) == 0
        assert builders.chain_is_whole(session)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"gross_kg": 300}, "follow_up.weights"),
        ({"tare_kg": -1}, "follow_up.weights"),
        ({"gross_kg": follow_up.HEAVIEST_KG + 1}, "follow_up.weights"),
        ({"price": 0}, "follow_up.price"),
        ({"commodity": "jagung"}, "follow_up.commodity"),
        ({"delivered_on": date(2026, 11, 25)}, "follow_up.future_day"),
    ],
)
@pytest.mark.database("sqlite")
def test_a_delivery_that_cannot_be_is_refused(house: House, change: dict[str, Any], code: str) -> None:
    with house.store.write() as session:
        agreement = house.pks(session)
        with refused(InvalidInput, code):
            wrong = replace(goods(1_000), **change)
            follow_up.deliver(session, agreement.id, wrong, "k", by_user(house.staff.coordinator), NOW)
        assert follow_up.deliveries(session, agreement) == []


def test_deliveries_are_taken_on_a_pks_in_force_by_who_may_record_there(house: House) -> None:
    with house.store.write() as session:
        agreement, by = house.pks(session), by_user(house.staff.coordinator)
        draft = house.supply(session, supplier=1)
        for wrong in (house.agreement_id, draft.id):
            with refused(Conflict, "follow_up.no_deliveries_here"):
                follow_up.deliver(session, wrong, goods(1), "k", by, NOW)
        outside = builders.create_user(session, "joko", Role.COORDINATOR, area="32.04")
        for user in (house.staff.reviewer, outside):
            with refused(NotAllowed, "access.not_your_area"):
                follow_up.deliver(session, agreement.id, goods(1), "k", by_user(user), NOW)
        with refused(NotFound, "moves.no_agreement"):
            follow_up.deliver(session, agreement.id, goods(1), "k", SYSTEM, NOW)
        with refused(InvalidInput, "moves.reason_missing"):
            row = follow_up.deliver(session, agreement.id, goods(1), "k", by, NOW)
            follow_up.reverse(session, row.id, "  ", "r", by, NOW)


def test_planned_contracted_and_real_stand_side_by_side_and_are_not_summed(house: House) -> None:
    with house.store.write() as session:
        premium = line(RICE, 2_000, 13_000, "premium")
        agreement = house.pks(session, line(GKP, 10_000), line(RICE, 5_000, 12_000), premium)
        by = by_user(house.staff.coordinator)
        follow_up.deliver(session, agreement.id, goods(10_500), "a", by, NOW)
        follow_up.deliver(session, agreement.id, goods(7_000, RICE, 12_500), "b", by, NOW)
        paddy, rice = follow_up.side_by_side(session, agreement)
        assert (paddy.planned_kg, paddy.contracted_kg, paddy.real_kg, paddy.over_contract) == (0, 10_000, 10_500, False)
        assert (paddy.contracted_rupiah, paddy.real_rupiah) == (67_000_000, 70_350_000)
        assert (rice.contracted_kg, rice.real_kg, rice.contracted_rupiah) == (7_000, 7_000, 86_000_000)
        follow_up.deliver(session, agreement.id, goods(1), "c", by, NOW)
        assert follow_up.side_by_side(session, agreement)[0].over_contract


ACTS = st.lists(
    st.tuples(st.sampled_from(("deliver", "deliver", "again", "reverse")), st.integers(0, 5), st.integers(1, 6_000)),
    min_size=1,
    max_size=12,
)


@pytest.mark.database("sqlite")
def test_deliveries_are_conserved_under_reversals_and_retries(house: House) -> None:
    with house.store.write() as session:
        agreement, by = house.pks(session), by_user(house.staff.coordinator)

        @settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
        @given(ACTS)
        def conserved(acts: list[tuple[str, int, int]]) -> None:
            with session.begin_nested() as point:
                made: list[tuple[Delivery, DeliveryFacts]] = []
                stands: dict[int, int] = {}
                for number, (act, at, kg) in enumerate(acts):
                    if act == "deliver" or not made:
                        given_goods = goods(kg, price=6_000 + at)
                        row = follow_up.deliver(session, agreement.id, given_goods, f"k{len(made)}", by, NOW)
                        made.append((row, given_goods))
                        stands[row.id] = kg
                        continue
                    row, given_goods = made[at % len(made)]
                    if act == "again":
                        key = f"k{at % len(made)}"
                        assert follow_up.deliver(session, agreement.id, given_goods, key, by, NOW).id == row.id
                    elif row.id in stands:
                        follow_up.reverse(session, row.id, "Salah timbang", f"r{number}", by, NOW)
                        del stands[row.id]
                figures = follow_up.side_by_side(session, agreement)[0]
                assert figures.real_kg == sum(stands.values())
                prices = {row.id: row.price_rupiah_per_kg for row, _ in made}
                assert figures.real_rupiah == sum(kg * prices[one] for one, kg in stands.items())
                assert figures.over_contract == (sum(stands.values()) > 10_500)
                numbers = [row.number for row in follow_up.deliveries(session, agreement)]
                assert numbers == list(range(1, len(numbers) + 1))
                point.rollback()

        conserved()


def signed_here(session: Session, house: House, event: Event, leave_out: int | None = None) -> Agreement:
    """Carry another network MoU of the event to in force by signatures; `leave_out` names a party to drop."""
    if house.mou(session).state is State.DRAFT:
        agreement = builders.submit(session, house.mou(session), house.staff)
    else:
        agreement = builders.submit(session, builders.create_agreements(session, event, house.staff)[-1], house.staff)
    builders.draw_up(session, builders.review(session, agreement, house.staff), house.files)
    builders.send(session, agreement, house.staff, builders.settings_in(house.folder / "data"))
    if leave_out is not None:
        party, by = house.party_ids[leave_out], by_user(house.staff.coordinator)
        requests.drop(session, agreement.id, party, by, key="drop", reason="Belum siap", now=NOW)
    for place, signatory in enumerate(guards.signatories(session, agreement)):
        if place != leave_out:
            sha256, by = consent.shown_sha256(session, agreement), By(Actor.PROVIDER)
            evidence = {"signatory": signatory.id}
            signatures.keep(
                session, agreement, signatory, level="provider_uncertified", document_sha256=sha256,
                consent_version="1", evidence=evidence, by=by, key=f"event-{place}", now=NOW,
            )  # fmt: skip
    for name in ("complete", "seal"):
        moves.apply(session, agreement.id, moves.Asked(name, moves.own_key(name, agreement)), SYSTEM, NOW)
    follow_up.enter_into_force(session, agreement, NOW)
    return agreement

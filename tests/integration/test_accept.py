"""From the uploaded sheet to a kept plan and proposals, on both databases: Cianjur's sheet, and other regencies'."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kdmp_core import plans
from kdmp_core.agreements import proposals
from kdmp_core.errors import InvalidInput, NotAllowed, NotFound
from kdmp_core.files import Files
from kdmp_core.records import (
    Agreement,
    Attendance,
    Event,
    EventParty,
    MappingEntry,
    Officer,
    Party,
    Plan,
    Role,
    SheetImport,
    Side,
    Step,
    User,
)
from kdmp_core.store import Store
from kdmp_core.workshops import accept
from tests import builders, cianjur, sheets
from tests.builders import NOW, by_user
from tests.source import ROOT

WORKBOOK = cianjur.WORKBOOK.read_bytes()
ANSWERS = json.loads((ROOT / "examples" / "accept.json").read_text("utf-8"))["rows"]
VALUE = 1_569_887_130
GROWN = (Event, EventParty, Party, Officer, MappingEntry, Attendance)


@dataclass
class Desk:
    """A coordinator of a regency with a record."""

    store: Store
    files: Files
    user: User
    later: int = 0

    def upload(self, session: Session, data: bytes, answers: dict[str, Any] | None = None) -> SheetImport:
        row = accept.upload(session, self.files, data, "lembar.xlsx", self.user, NOW)
        accept.decide(session, row.id, self.user, answers or {})
        return row

    def accept(self, session: Session, row: SheetImport) -> tuple[Event, accept.Outlook]:
        self.later += 1
        now = NOW.replace(minute=self.later)
        return accept.accept(session, self.files, row.id, self.user, by_user(self.user), now)


def desk_of(store: Store, folder: Path, area: str) -> Desk:
    with store.write() as session:
        return Desk(
            store, Files(str(folder / "files")), builders.create_user(session, "sari", Role.COORDINATOR, area=area)
        )


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return desk_of(store, tmp_path, "32.03")


def changed(edit: Callable[[openpyxl.Workbook], object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(WORKBOOK))
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sizes(session: Session) -> dict[str, int]:
    return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in GROWN}


def test_the_sheet_of_cianjur_becomes_parties_mapping_a_plan_and_proposals(desk: Desk) -> None:
    with desk.store.write() as session:
        row = desk.upload(session, WORKBOOK, ANSWERS)
        assert set(sizes(session).values()) == {0}, "something was written before it was accepted"
        seen = accept.outlook(session, desk.files, row)
        assert Counter((change.what, change.how) for change in seen.changes) == {
            ("event", "added"): 1, ("party", "added"): 33, ("mapping", "added"): 126,
        }  # fmt: skip
        assert set(sizes(session).values()) == {0}, "looking wrote something"
        event, _ = desk.accept(session, row)
        assert sizes(session) == {
            "events": 1, "event_parties": 33, "parties": 33, "officers": 33, "mapping_entries": 126, "attendances": 60,
        }  # fmt: skip
        by = by_user(desk.user)
        plan = plans.make(session, event, by, NOW)
        assert (plan.value_rupiah, plan.baseline_rupiah_per_kg) == (VALUE, 6_300)
        assert plan.greedy_rupiah <= VALUE
        assert plans.make(session, event, by, NOW).id == plan.id
        assert plans.is_current(session, event, plan)

        made = proposals.propose_networks(session, event, by, NOW, plan_id=plan.id)
        assert [agreement.kind for agreement in made] == ["mou_network"] * 3
        for agreement, number in zip(made, (31, 32, 33), strict=True):
            seats = {seat.party_id: seat.number for seat in event.parties}
            assert [seats[party.party_id] for party in agreement.parties] == [*range(1, 31), number]
            assert [party.side for party in agreement.parties] == ["first"] * 30 + ["second"]
        assert proposals.propose_networks(session, event, by, NOW, plan_id=plan.id) == []

        parties, flows = plans.parties_of(session, event), plans.result_of(plan).flows
        flow = next(flow for flow in flows if flow.mill and flow.mill != flow.party)
        pair = (parties[str(flow.mill)], parties[flow.party])
        bilateral = proposals.propose_pair(session, event, *pair, flow.kg_gkp, by, NOW, plan_id=plan.id)
        assert {party.party_id for party in bilateral.parties} == {pair[0].id, pair[1].id}
        again = proposals.propose_pair(session, event, *pair, flow.kg_gkp, by, NOW, plan_id=plan.id)
        assert (again.id, session.scalar(select(func.count()).select_from(Agreement))) == (bilateral.id, 4)
        assert [agreement.code for agreement in (*made, bilateral)] == [f"K-2026-{n:06d}" for n in range(1, 5)]
        assert builders.chain_is_whole(session)


def test_the_same_sheet_twice_changes_nothing(desk: Desk) -> None:
    with desk.store.write() as session:
        row = desk.upload(session, WORKBOOK, ANSWERS)
        event, _ = desk.accept(session, row)
        before, plan = sizes(session), plans.make(session, event, by_user(desk.user), NOW)
        again = desk.upload(session, WORKBOOK)
        assert (again.id, again.decisions) == (row.id, ANSWERS)
        assert accept.outlook(session, desk.files, again).changes_nothing
        same, seen = desk.accept(session, again)
        assert (same.id, seen.changes, sizes(session)) == (event.id, (), before)
        revisions = set(session.scalars(select(Party.revision)))
        assert revisions == {1}
        assert plans.make(session, event, by_user(desk.user), NOW).id == plan.id


def test_a_corrected_sheet_shows_what_it_changes_and_changes_only_that(desk: Desk) -> None:
    def correct(book: openpyxl.Workbook) -> None:
        for cells in book["Koperasi"].iter_rows():
            if cells[0].value == 1:
                cells[9].value, cells[10].value = "Nenden Kurniasih", "0812-9999-0001"
        for cells in book["Potensi & Kebutuhan"].iter_rows():
            if cells[0].value == 1:
                cells[5].value, cells[6].value = 77, "ton"

    with desk.store.write() as session:
        event, _ = desk.accept(session, desk.upload(session, WORKBOOK, ANSWERS))
        officers = session.scalars(select(Officer).order_by(Officer.id)).all()
        for officer in officers:
            officer.confirmed_at, officer.confirmed_by_id = NOW, desk.user.id
        plan = plans.make(session, event, by_user(desk.user), NOW)
        row = desk.upload(session, changed(correct), ANSWERS)
        asked = [found.key for found in accept.outlook(session, desk.files, row).decided.open]
        assert len(asked) == 1, "a new chairman who was not there is asked about"
        accept.decide(session, row.id, desk.user, {asked[0]: {"decision": "accept", "reason": "Ada SK baru"}})
        seen = accept.outlook(session, desk.files, row)
        found = {(change.what, change.how): dict(change.fields) for change in seen.changes}
        assert set(found) == {("officer", "changed"), ("mapping", "changed")}
        assert found["mapping", "changed"]["quantity_kg"][1] == 77_000
        assert found["officer", "changed"]["name"][1] == "Nenden Kurniasih"
        desk.accept(session, row)
        assert accept.outlook(session, desk.files, row).changes_nothing
        assert not plans.is_current(session, event, plan)
        signing = {officer.name: officer for officer in session.scalars(select(Officer).where(Officer.signs))}
        assert len(signing) == 33
        assert signing["Nenden Kurniasih"].confirmed_at is None, "a link could leave to an unchecked person"
        assert sum(officer.confirmed_at is None for officer in signing.values()) == 1


def test_a_row_given_to_another_party_is_shown_as_a_change(desk: Desk) -> None:
    key = "potensi:kdmp-mulyasari/distribution/need/transport/month"
    with desk.store.write() as session:
        row = desk.upload(session, WORKBOOK, ANSWERS)
        desk.accept(session, row)
        other = {key: {**ANSWERS[key], "values": {"party": 16}}}
        left = {
            "potensi:kdmp-sindangjaya/distribution/need/transport/season": {"decision": "leave_out", "reason": "Ganda"}
        }
        accept.decide(session, row.id, desk.user, {**other, **left})
        fields = [dict(change.fields) for change in accept.outlook(session, desk.files, row).changes]
        assert {"party": ("7", "16")} in fields
        assert any(field.get("status") == ("good", "rejected") for field in fields)


def test_good_rows_are_written_while_doubtful_ones_wait_for_their_answer(desk: Desk) -> None:
    with desk.store.write() as session:
        row = desk.upload(session, WORKBOOK)
        event, seen = desk.accept(session, row)
        written = session.scalars(select(MappingEntry.status)).all()
        assert Counter(written) == {"good": 87, "rejected": 1}
        assert len(seen.decided.open) > 30
        accept.decide(session, row.id, desk.user, ANSWERS)
        desk.accept(session, row)
        assert Counter(session.scalars(select(MappingEntry.status))) == {"good": 125, "rejected": 1}
        assert plans.make(session, event, by_user(desk.user), NOW).value_rupiah == VALUE


def test_answers_can_be_taken_back_and_wrong_ones_are_refused_whole(desk: Desk) -> None:
    key = "koperasi:kdmp-sukasari/cilaku"
    with desk.store.write() as session:
        row = desk.upload(session, WORKBOOK, ANSWERS)
        accept.decide(session, row.id, desk.user, {key: None})  # type: ignore[dict-item]
        assert key not in row.decisions
        with pytest.raises(InvalidInput):
            accept.decide(session, row.id, desk.user, {key: {"decision": "perhaps"}})
        assert key not in row.decisions


def test_a_sheet_of_another_area_is_refused_and_another_ones_import_is_not_found(desk: Desk) -> None:
    with desk.store.write() as session:
        row = desk.upload(session, WORKBOOK)
        for area in ("32.0", "32.04", "33", "32.03.01"):
            stranger = builders.create_user(session, f"user{area}", Role.COORDINATOR, area=area)
            with pytest.raises(NotAllowed):
                accept.upload(session, desk.files, WORKBOOK, "lembar.xlsx", stranger, NOW)
            with pytest.raises(NotFound):
                accept.find(session, row.id, stranger)
        reviewer = builders.create_user(session, "rudi", Role.REVIEWER)
        with pytest.raises(NotAllowed):
            accept.upload(session, desk.files, WORKBOOK, "lembar.xlsx", reviewer, NOW)
        province = builders.create_user(session, "jabar", Role.COORDINATOR, area="32")
        assert accept.upload(session, desk.files, WORKBOOK, "lembar.xlsx", province, NOW).id != row.id


def test_what_was_accepted_is_a_step_of_the_house(desk: Desk) -> None:
    with desk.store.write() as session:
        event, _ = desk.accept(session, desk.upload(session, WORKBOOK, ANSWERS))
        step = session.scalars(select(Step).where(Step.move == "accept_sheet")).one()
        assert (step.user_id, step.details["event"], step.details["changes"]) == (desk.user.id, event.id, 160)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("regency", ["35.18", "73.04", "61.71"])
def test_another_regencys_permuted_rows_give_the_same_plan_byte_for_byte(
    store: Store, tmp_path: Path, regency: str
) -> None:
    desk = desk_of(store, tmp_path, regency)
    made = sheets.regency_sheet(regency, seed=11, cooperatives=8, permuted=False)
    mixed = sheets.regency_sheet(regency, seed=11, cooperatives=8, permuted=True)
    mixed.event[3][1] = date(2025, 11, 6)  # another first day: another event
    assert made.mapping != mixed.mapping
    with store.write() as session:
        results = []
        for tables in (made, mixed):
            row = desk.upload(session, sheets.workbook(tables))
            answers = {
                key: {"decision": "accept", "reason": "Sesuai usulan"}
                for key, found in accept.outlook(session, desk.files, row).preview.rows.items()
                if found.doubts
            }
            accept.decide(session, row.id, desk.user, answers)
            event, seen = desk.accept(session, row)
            assert not seen.decided.open
            good = session.scalars(select(MappingEntry).where(MappingEntry.event_id == event.id))
            assert sum(entry.quantity_kg for entry in good) == sum(tables.kilograms)
            results.append(plans.make(session, event, by_user(desk.user), NOW).result)
        assert results[0] == results[1]
        assert session.scalar(select(func.count()).select_from(Plan)) == 2
        sides = Counter(session.scalars(select(EventParty.side)))
        assert sides == {Side.COOPERATIVE: 16, Side.COUNTERPART: 4}

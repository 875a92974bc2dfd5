"""A sheet of another shape on both databases: its columns confirmed and remembered, its rows in the record."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kdmp_core.errors import InvalidInput, NotAllowed
from kdmp_core.files import Files
from kdmp_core.records import ColumnMap, Event, MappingEntry, Party, Role, SheetImport, User
from kdmp_core.store import Store
from kdmp_core.workshops import accept, layouts
from tests import builders, tables
from tests.builders import NOW, by_user
from tests.tables import AMOUNTS, REGENCY, as_csv, facts, row_wise, wide

TYPED = {
    "name": "Lokakarya Klaten",
    "organiser": "Dinas Koperasi Klaten",
    "venue": "Balai Desa",
    "starts": "5 November 2025",
    "ends": "2025-11-06",
    "regency": "Kab. Klaten",
    "commodity": "Beras",
    "baseline_price": "Rp6.400",
}


class House:
    """A coordinator of Klaten with a record."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session = session
        self.files = Files(str(folder / "files"))
        self.user = builders.create_user(session, "sari", Role.COORDINATOR, area=REGENCY)
        self.minute = 0

    def upload(self, data: bytes, user: User | None = None) -> SheetImport:
        return accept.upload(self.session, self.files, data, "data.csv", user or self.user, NOW)

    def confirm(self, row: SheetImport, event: dict[str, Any], **more: Any) -> SheetImport:
        """Confirm what is proposed."""
        known = self.session.get(Event, event["id"]) if "id" in event else None
        plain = layouts.plain_proposal(layouts.proposal(self.session, self.files, row, self.user, known))
        given = {**plain, "event": event, **more}
        return layouts.confirm(self.session, self.files, row, self.user, given, NOW)

    def take(self, row: SheetImport) -> tuple[Event, accept.Outlook]:
        self.minute += 1
        now = NOW.replace(minute=self.minute)
        return accept.accept(self.session, self.files, row.id, self.user, by_user(self.user), now)

    def count(self, table: type) -> int:
        return self.session.scalar(select(func.count()).select_from(table)) or 0

    def kilograms(self) -> dict[tuple[str, str], int]:
        rows = self.session.scalars(select(MappingEntry).where(MappingEntry.status == "good"))
        return {
            (row.party.name, f"{row.field}:{row.direction}:{row.commodity}"): row.quantity_kg
            for row in rows
            if row.party
        }


def test_a_wide_table_makes_an_event_with_its_cooperatives_and_mapping(store: Store, tmp_path: Path) -> None:
    said = facts(random.Random(1))
    with store.write() as session:
        house = House(session, tmp_path)
        row = house.upload(as_csv(wide(said), encoding="cp1252"))
        assert layouts.unconfirmed(row)
        with pytest.raises(InvalidInput, match=r"sheet\.columns_unconfirmed"):
            accept.outlook(session, house.files, row)
        house.confirm(row, TYPED)
        assert house.count(Event) == house.count(Party) == 0, "something was written before it was accepted"
        event, _ = house.take(row)
        assert (event.name, event.regency_code, event.baseline_rupiah_per_kg) == ("Lokakarya Klaten", REGENCY, 6_400)
        assert house.kilograms() == {(name, means): kg for one in said for name, means, kg in one.rows}
        assert accept.outlook(session, house.files, row).changes_nothing


def test_what_was_typed_of_the_event_is_checked_like_the_sheet(store: Store, tmp_path: Path) -> None:
    with store.write() as session:
        house = House(session, tmp_path)
        row = house.upload(as_csv(wide(facts(random.Random(2)))))
        house.confirm(row, {**TYPED, "starts": "kemarin", "regency": "Klatenn"})
        seen = accept.outlook(session, house.files, row)
        found = {finding.about: finding for finding in seen.preview.event.doubts}
        assert found["starts"].place == "Lembar Acara (isian), baris 4, kolom Mulai (B4)"
        assert found["regency"].answer == REGENCY
        with pytest.raises(InvalidInput, match=r"sheet_import\.event_incomplete"):
            house.take(row)


def test_a_second_file_adds_to_the_event_under_whatever_name_it_writes(store: Store, tmp_path: Path) -> None:
    said = facts(random.Random(3), 4)
    with store.write() as session:
        house = House(session, tmp_path)
        event, _ = house.take(house.confirm(house.upload(as_csv(wide(said))), TYPED))
        before, parties = house.kilograms(), house.count(Party)
        means = AMOUNTS[0][1]
        table = [["Kopdes", "Produksi GKP (ton)"], [f"Desa {said[0].village}", "77"], ["Desa Entah", "5"]]
        second = house.confirm(house.upload(as_csv(table)), {"id": event.id})
        seen = accept.outlook(session, house.files, second)
        assert {change.how for change in seen.changes} <= {"added", "changed"}
        house.take(second)
        assert house.kilograms() == {**before, (said[0].name, means): 77_000}
        assert house.count(Party) == parties, "a name that is not known became a party"
        assert accept.outlook(session, house.files, second).changes_nothing

        whole = house.confirm(house.upload(as_csv(row_wise(said[:1]))), {"id": event.id}, adds=False)
        house.take(whole)
        assert {name for name, _ in house.kilograms()} == {said[0].name}


def test_a_confirmed_head_is_remembered_for_its_organiser(store: Store, tmp_path: Path) -> None:
    said = facts(random.Random(4), 3)
    table = wide(said)
    table[0][4] = "Kolom Empat"
    with store.write() as session:
        house = House(session, tmp_path)
        first = house.upload(as_csv(table))
        plain = layouts.plain_proposal(layouts.proposal(session, house.files, first, house.user, None))
        assert plain["tables"][0]["columns"]["E"]["means"] == "ignore"
        plain["tables"][0]["columns"]["E"] |= {"means": AMOUNTS[0][1], "unit": "kg", "period": "season_1"}
        layouts.confirm(session, house.files, first, house.user, {**plain, "event": TYPED}, NOW)
        event, _ = house.take(first)

        other = tables.shuffled(wide(facts(random.Random(5), 3)), random.Random(6))
        other[0] = ["Kolom Empat" if cell == "Produksi GKP (kg)" else cell for cell in other[0]]
        second = house.upload(as_csv(other))
        (found,) = layouts.proposal(session, house.files, second, house.user, event)
        known = next(column for column in found.use.columns if column.label == "Kolom Empat")
        assert (known.means, known.unit, known.period) == (AMOUNTS[0][1], "kg", "season_1")
        (same,) = layouts.proposal(session, house.files, second, house.user, None)
        assert same.use == found.use, "the same user, no event named yet"
        stranger = builders.create_user(session, "tono", Role.COORDINATOR, area="33.11")
        (fresh,) = layouts.proposal(session, house.files, second, stranger, None)
        assert next(column for column in fresh.use.columns if column.label == "Kolom Empat").means == "ignore"
        house.confirm(second, {"id": event.id})
        assert house.count(ColumnMap) == 1


def test_an_event_of_another_place_is_refused(store: Store, tmp_path: Path) -> None:
    said = facts(random.Random(7), 2)
    with store.write() as session:
        house = House(session, tmp_path)
        event, _ = house.take(house.confirm(house.upload(as_csv(wide(said))), TYPED))
        stranger = builders.create_user(session, "tono", Role.COORDINATOR, area="33.11")
        row = house.upload(as_csv(wide(said)), stranger)
        plain = layouts.plain_proposal(layouts.proposal(session, house.files, row, stranger, None))
        with pytest.raises(NotAllowed):
            layouts.confirm(session, house.files, row, stranger, {**plain, "event": {"id": event.id}}, NOW)

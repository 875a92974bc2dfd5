"""What of an event's mapping lacks or contradicts, named with its figures and a way to mend it; each kind once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kdmp_core import mapping
from kdmp_core.records import Event, MappingEntry, Party, PartyKind
from kdmp_core.store import Store
from kdmp_core.texts import has
from kdmp_core.workshops import accept
from tests import builders, cianjur, desks
from tests.builders import NOW, by_user
from tests.desks import Desk, words
from tests.source import ROOT

ANSWERS = json.loads((ROOT / "examples" / "accept.json").read_text("utf-8"))["rows"]
PADDY = ("production", "potential", "gkp")
MILL = ("processing", "need", "milling")
RICE = ("marketing", "need", "rice_medium")
BUYS = ("marketing", "potential", "rice_medium")
CASES: list[tuple[list[tuple[tuple[str, str, str], int, dict[str, Any]]], set[str]]] = [
    ([], {"nothing_said"}),
    ([(PADDY, 10_000, {}), (MILL, 10_000, {}), (RICE, 5_504, {})], set()),
    ([(PADDY, 10_000, {}), (RICE, 5_505, {})], {"rice_above_paddy"}),
    (
        [(PADDY, 10_000, {}), (RICE, 3_000, {}), (("marketing", "need", "rice_premium"), 3_000, {})],
        {"rice_above_paddy"},
    ),
    ([(RICE, 5_000, {}), (("processing", "potential", "milling"), 5_000, {})], {"rice_without_paddy"}),
    ([(PADDY, 10_000, {}), (MILL, 10_001, {})], {"milling_above_paddy"}),
    ([(PADDY, 10_000, {}), (MILL, 9_000, {}), (("processing", "potential", "milling"), 5, {})], {"needs_from_itself"}),
    ([(PADDY, 10_000, {"price": 1_900}), (MILL, 9_000, {})], {"price_unlikely"}),
    ([(PADDY, 10_000, {"price": 19_600}), (MILL, 9_000, {})], {"price_unlikely"}),
    ([(PADDY, 10_000, {"price": 19_500}), (MILL, 9_000, {})], set()),
    ([(PADDY, 10_000, {})], {"no_need", "paddy_without_way"}),
    ([(("distribution", "need", "transport"), 1_000, {})], {"no_potential"}),
    ([(PADDY, 10_000, {}), (MILL, 9_000, {}), (BUYS, 5, {"is_buyer": True})], {"buyer_without_price"}),
    ([(PADDY, 10_000, {}), (MILL, 9_000, {}), (RICE, 90_000, {"status": "rejected"})], {"rows_rejected"}),
]


def put(session: Session, event: Event, party: Party, rows: list[Any]) -> None:
    """Let the party say exactly these rows."""
    session.execute(delete(MappingEntry).where(MappingEntry.event_id == event.id))
    for number, (what, kg, more) in enumerate(rows):
        session.add(
            MappingEntry(
                event_id=event.id, party_id=party.id, row_key=str(number), row_number=number,
                field=what[0], direction=what[1], commodity=what[2], period="season", period_as_written="",
                quantity_kg=kg, price_rupiah_per_kg=more.get("price"), note="", is_buyer=more.get("is_buyer", False),
                status=more.get("status", "good"), reasons=[],
            )
        )  # fmt: skip
    session.flush()


@pytest.mark.parametrize(("rows", "wanted"), CASES)
def test_each_gap_is_named_and_nothing_else(store: Store, rows: list[Any], wanted: set[str]) -> None:
    with store.write() as session:
        staff = builders.create_staff(session)
        event = builders.create_event(session, staff.coordinator, NOW)
        builders.create_roster(session, event, staff.coordinator)
        seat = next(seat for seat in event.parties if seat.party.kind is PartyKind.KDMP)
        put(session, event, seat.party, rows)
        own = [gap for gap in mapping.gaps(session, event) if gap.number == seat.number]
        assert {gap.code for gap in own} == wanted
        assert len(own) == len(wanted)
        assert all(gap.name and gap.sentence and gap.party == seat.party.name for gap in own)


def test_every_kind_of_gap_has_its_words_and_is_held_by_a_case() -> None:
    assert all(has(f"mapping.gaps.{code}.{part}") for code in mapping.ORDER for part in ("name", "reason"))
    assert set(mapping.ORDER) == {code for _, wanted in CASES for code in wanted}


@pytest.mark.database("sqlite")
def test_the_page_of_the_mapping_lists_them_with_a_way_to_mend(store: Store, tmp_path: Path) -> None:
    desk: Desk = desks.make_desk(store, tmp_path / "data")
    sari, user = desk.coordinator, desk.staff.coordinator
    with store.write() as session:
        row = accept.upload(session, desk.files, cianjur.WORKBOOK.read_bytes(), "lembar.xlsx", user, NOW)
        accept.decide(session, row.id, user, ANSWERS)
        event, _ = accept.accept(session, desk.files, row.id, user, by_user(user), NOW)
        number, sheet = event.id, row.id
        kinds = Counter(gap.code for gap in mapping.gaps(session, event))
    page = sari.get(f"/meja/acara/{number}/pemetaan")
    assert f"{kinds.total()} hal yang kurang atau bertentangan" in words(page)
    links = {str(link["href"]) for link in BeautifulSoup(page.text, "lxml").select("main a[href]")}
    assert {f"/meja/impor/{sheet}", f"/meja/acara/impor?acara={number}"} <= links
    assert sari.get(f"/meja/acara/impor?acara={number}").status_code == 200
    assert "Perbaiki di lembar terakhir" not in desk.sign_in(desk.staff.reviewer).words(
        f"/meja/acara/{number}/pemetaan"
    )
    with store.read() as session:
        kept = session.scalars(select(MappingEntry).where(MappingEntry.status == "rejected")).all()
    assert kinds["rows_rejected"] == len({entry.party_id for entry in kept})

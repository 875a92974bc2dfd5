"""The plan to look at and the sheets to read: who may read which, and that no sheet says what another asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kdmp_core import access, plans
from kdmp_core.matching import RowKind
from kdmp_core.quantities import number_text, ton_text
from kdmp_core.records import Event, MappingEntry, Role
from kdmp_core.store import Store, open_store
from kdmp_core.workshops import accept
from tests import builders, desks, records
from tests.builders import NOW, REGENCY, SYSTEM, by_user
from tests.desks import SHEET, Desk, Worker

pytestmark = pytest.mark.database("sqlite")

LINES = 33
MILLING = "Ongkos giling per kg gabah yang digiling"


@dataclass(frozen=True)
class Planned:
    """The Cianjur event, every ask on it one of a kind, and its plan."""

    desk: Desk
    event_id: int
    asks: dict[str, set[str]]

    @property
    def page(self) -> str:
        return f"/meja/acara/{self.event_id}/rencana"


@pytest.fixture(scope="module")
def planned(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    folder = tmp_path_factory.mktemp("pictures")
    store = open_store(records.fresh(sqlite_template, folder))
    yield _planned(store, folder / "data")
    store.close()


def _planned(store: Store, folder: Path) -> Planned:
    desk = desks.make_desk(store, folder)
    coordinator = desk.staff.coordinator
    with store.write() as session:
        kept = accept.upload(session, desk.files, SHEET.read_bytes(), SHEET.name, coordinator, NOW)
        rows = accept.outlook(session, desk.files, kept).decided.open
        answers = {one.key: {"decision": "accept", "reason": "Sudah ditanyakan."} for one in rows}
        accept.decide(session, kept.id, coordinator, answers)
        event, _ = accept.accept(session, desk.files, kept.id, coordinator, by_user(coordinator), NOW)
        numbers = {one.party_id: str(one.number) for one in event.parties}
        asks: dict[str, set[str]] = {}
        asking = {"production": 6_501, "processing": 431, "marketing": 12_001}
        where = (MappingEntry.event_id == event.id, MappingEntry.price_rupiah_per_kg.is_not(None))
        for at, entry in enumerate(
            session.scalars(select(MappingEntry).where(*where).order_by(MappingEntry.row_number))
        ):
            asks_there = entry.direction == ("need" if entry.field == "marketing" else "potential")
            if entry.field in asking and asks_there:
                entry.price_rupiah_per_kg = asking[entry.field] + at
                price = number_text(entry.price_rupiah_per_kg)
                asks.setdefault(numbers.get(entry.party_id, ""), set()).add(price)
        plans.make(session, event, by_user(coordinator), NOW)
        return Planned(desk, event.id, asks)


def helper(planned: Planned, numbers: tuple[int, ...]) -> Worker:
    """Sign in a pendamping of some cooperatives."""
    with planned.desk.store.write() as session:
        event = session.get_one(Event, planned.event_id)
        parties = tuple(row.party_id for row in event.parties if row.number in numbers)
        grants = [(Role.PENDAMPING, REGENCY)]
        user, _ = access.add_user(session, "Tuti", "tuti", grants, now=NOW, by=SYSTEM, party_ids=parties)
        desks.know_password(user)
    return planned.desk.sign_in(user)


def test_no_sheet_says_what_another_party_asks(planned: Planned) -> None:
    soup = BeautifulSoup(planned.desk.coordinator.get(f"{planned.page}/lembar").text, "lxml")
    sheets = {str(one["aria-labelledby"]).removeprefix("sheet-"): one.get_text(" ") for one in soup.select("article")}
    assert len(sheets) == LINES
    assert len(set().union(*planned.asks.values())) > 20
    for key, words in sheets.items():
        said = set(re.findall(r"Rp([\d.]+)/kg", words)) | set(re.findall(r"\b\d{2}\.\d{3}\b", words))
        others = set().union(*(prices for owner, prices in planned.asks.items() if owner != key))
        assert not said & others, key
    read = {
        key
        for key, words in sheets.items()
        for fee in re.findall(r"Rp([\d.]+)/kg", words)
        if fee in planned.asks.get(key, ())
    }
    assert read  # a mill reads its own fee


def test_a_sheet_tells_what_the_plan_holds_for_its_party(planned: Planned) -> None:
    sari = planned.desk.coordinator
    with planned.desk.store.read() as session:
        event = session.get_one(Event, planned.event_id)
        kept = plans.latest(session, event)
        assert kept is not None
        result = plans.result_of(kept)
        names = {key: party.name for key, party in plans.parties_of(session, event).items()}
    flow = next(one for one in result.flows if one.mill not in {None, one.party})
    words = sari.words(f"{planned.page}/lembar/{flow.party}")
    assert names[str(flow.mill)] in words
    assert names[flow.buyer] in words
    assert ton_text(sum(one.kg_gkp for one in result.flows if one.party == flow.party)) in words
    assert "Langkah berikut" in words
    left = next(one for one in result.outcomes if one.reason and one.kind is RowKind.TRANSPORT_NEED)
    assert "Terbuka bila ada truk lain di sekitar muatan." in sari.words(f"{planned.page}/lembar/{left.party}")
    assert sari.get(f"{planned.page}/lembar/{LINES + 1}").status_code == 404


def test_a_pendamping_reads_the_sheets_of_those_he_helps_and_no_mills_fee(planned: Planned) -> None:
    sari, tuti = planned.desk.coordinator, helper(planned, (1, 4))
    assert MILLING in sari.words(f"{planned.page}/gambar")
    pictures = tuti.get(f"{planned.page}/gambar")
    assert pictures.status_code == 200
    assert MILLING not in pictures.text
    soup = BeautifulSoup(pictures.text, "lxml")
    sheets = {str(one["href"]) for one in soup.select("a[href*='/lembar/']")}
    assert sheets == {f"{planned.page}/lembar/{number}" for number in (1, 4)}
    assert len(BeautifulSoup(tuti.get(f"{planned.page}/lembar").text, "lxml").select("article")) == 2
    assert [tuti.get(f"{planned.page}/lembar/{number}").status_code for number in (1, 4, 5, 31)] == [200, 200, 404, 404]


def test_every_picture_has_its_words_and_its_table(planned: Planned) -> None:
    page = planned.desk.coordinator.get(f"{planned.page}/gambar").text
    soup = BeautifulSoup(page, "lxml")
    figures = soup.select("figure.drawing")
    assert len(figures) == 3
    for figure in figures:
        drawing = figure.select_one("svg")
        assert drawing is not None
        named = [str(part["id"]) for part in drawing.find_all(["title", "desc"], recursive=False)]
        assert str(drawing["aria-labelledby"]).split() == named
        card = figure.find_parent("section")
        assert card is not None
        assert card.select("details table tbody tr")
        assert len(drawing.select(".lines path, path.band")) > 20
    (matrix,) = soup.select(".matrix table")
    total = matrix.select("tfoot td")[-1].get_text()
    with planned.desk.store.read() as session:
        kept = plans.latest(session, session.get_one(Event, planned.event_id))
        assert kept is not None
        assert f"{total} ton" == ton_text(sum(flow.kg_gkp for flow in plans.result_of(kept).flows))


def test_without_a_plan_there_is_nothing_to_see(planned: Planned) -> None:
    coordinator = planned.desk.staff.coordinator
    with planned.desk.store.write() as session:
        event = builders.create_event(session, coordinator, NOW.replace(minute=1)).id
    sari = planned.desk.sign_in(coordinator)
    for name in ("gambar", "lembar", "lembar/1"):
        assert sari.get(f"/meja/acara/{event}/rencana/{name}").status_code == 404

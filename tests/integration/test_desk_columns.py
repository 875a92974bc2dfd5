"""The page of columns through Flask's own client: a table nobody has seen, confirmed, read, accepted, remembered."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kdmp_core.records import ColumnMap, Event, MappingEntry
from kdmp_core.store import Store
from tests import desks, tables
from tests.builders import REGENCY
from tests.desks import Desk, Worker, filled, words

pytestmark = pytest.mark.database("sqlite")
TYPED = {
    "event": "new",
    "event-name": "Lokakarya Desa",
    "event-organiser": "Dinas Koperasi",
    "event-starts": "5 November 2025",
    "event-regency": REGENCY,
    "event-baseline_price": "6.400",
}


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return desks.make_desk(store, tmp_path / "data")


def upload(worker: Worker, data: bytes, name: str = "desa.csv", asked: str = "") -> TestResponse:
    given = filled(worker.get(f"/meja/acara/impor{asked}"), "/meja/acara/impor")
    return worker.client.post("/meja/acara/impor", data={**given, "sheet": (io.BytesIO(data), name)})


def said() -> list[tables.Meant]:
    return tables.facts(random.Random(5), 4, REGENCY)


def chosen(page: TestResponse, name: str) -> str:
    select_ = BeautifulSoup(page.text, "lxml").select_one(f'select[name="{name}"] option[selected]')
    assert select_ is not None
    return str(select_["value"])


def test_a_table_of_another_shape_goes_from_its_columns_to_the_event(desk: Desk) -> None:
    sari = desk.coordinator
    meant = said()
    data = tables.as_csv(tables.wide(meant), encoding="utf-16-le", above=["DATA DESA"])
    led = upload(sari, data).headers["Location"]
    assert led.endswith("/kolom")
    assert sari.get(led.removesuffix("/kolom")).headers["Location"] == led, "the preview leads to the columns first"
    page = sari.get(led)
    assert chosen(page, "t0-E-means") == "production:potential:gkp"
    assert chosen(page, "t0-E-unit") == "kg"
    assert "Desa Merah Putih" in words(page)
    answer = sari.client.post(led, data={**filled(page, led), **TYPED})
    assert answer.status_code == 303, words(answer)
    preview = answer.headers["Location"]
    assert "Ubah arti kolom" in sari.words(preview)
    taken = sari.client.post(f"{preview}/terima", data=filled(sari.get(preview), f"{preview}/terima"))
    assert taken.status_code == 303, words(taken)
    with desk.store.read() as session:
        event = session.scalars(select(Event)).one()
        assert (event.name, event.starts_on, event.ends_on) == ("Lokakarya Desa", event.starts_on, event.starts_on)
        kept = session.scalars(select(MappingEntry)).all()
        assert {row.status for row in kept} == {"good"}
        assert sum(row.quantity_kg for row in kept) == sum(kg for one in meant for kg in one.kg.values())

    other = tables.as_csv(tables.shuffled(tables.wide(said()[:2]), random.Random(2)))
    led = upload(sari, other, asked=f"?acara={event.id}").headers["Location"]
    page = sari.get(led)
    assert chosen(page, "event") == str(event.id)
    assert "belum kami kenali" not in words(page)
    assert sari.client.post(led.partition("?")[0], data=filled(page, led.partition("?")[0])).status_code == 303
    with desk.store.read() as session:
        assert session.scalar(select(func.count()).select_from(ColumnMap)) == 1


def test_what_is_wrong_with_the_columns_is_said_at_its_field_and_nothing_is_kept(desk: Desk) -> None:
    sari = desk.coordinator
    led = upload(sari, tables.as_csv(tables.wide(said()))).headers["Location"]
    given = {**filled(sari.get(led), led), **TYPED, "t0-B-means": "ignore", "t0-C-means": "ignore"}
    answer = sari.client.post(led, data=given)
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.text, "lxml")
    assert "tidak ada kolom nama koperasi" in words(answer)
    wrong = soup.select_one("#t0-E-means")
    assert wrong is not None
    assert wrong["aria-invalid"] == "true"
    assert chosen(answer, "t0-B-means") == "ignore", "what was chosen is kept"
    lacking = sari.client.post(led, data={**filled(sari.get(led), led), "event": "new"})
    assert lacking.status_code == 422
    assert BeautifulSoup(lacking.text, "lxml").select("#event-name[aria-invalid]")
    unknown = sari.client.post(led, data={**filled(sari.get(led), led), "event": "999"})
    assert unknown.status_code == 404
    with desk.store.read() as session:
        assert session.scalar(select(func.count()).select_from(ColumnMap)) == 0


def test_the_head_may_stand_on_another_line(desk: Desk) -> None:
    sari = desk.coordinator
    meant = said()
    table = tables.wide(meant)
    strange = ["Urut", "Siapa", "Di mana", "Bagian", "Hasil", "Mesin", "Mobil", "Dijual"]
    led = upload(sari, tables.as_csv([table[0], [None] * 8, strange, *table[1:]])).headers["Location"]
    page = sari.get(f"{led}?baris-0=3")
    assert "Siapa" in words(page)
    given = {**filled(page, led), **TYPED, "t0-B-means": "party", "t0-C-means": "village", "t0-D-means": "district"}
    given |= {"t0-E-means": "production:potential:gkp", "t0-E-unit": "kg"}
    answer = sari.client.post(led, data=given)
    assert answer.status_code == 303, words(answer)
    assert chosen(sari.get(led), "t0-B-means") == "party", "it is kept with its line"
    assert f"{sum('production:potential:gkp' in one.kg for one in meant)} baris siap" in sari.words(
        answer.headers["Location"]
    )


def test_our_own_workbook_has_no_page_of_columns(desk: Desk) -> None:
    sari = desk.coordinator
    led = upload(sari, desks.SHEET.read_bytes(), "lembar.xlsx").headers["Location"]
    assert not led.endswith("/kolom")
    assert sari.get(f"{led}/kolom").status_code == 404


@pytest.mark.parametrize("data", [b"%PDF-1.7\n1;2\n", b"a;b\n1;2\n", b"\xff\xfex"])
def test_a_file_that_is_no_table_is_refused_at_its_field(desk: Desk, data: bytes) -> None:
    answer = upload(desk.coordinator, data)
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "lxml").select("#sheet[aria-invalid]")

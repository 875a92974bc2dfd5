"""What if and the year at the desk and through the API: answers by address, refusals by name, nothing kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from sqlalchemy import func, select

from kdmp_core import plans
from kdmp_core.errors import InvalidInput
from kdmp_core.matching import Added
from kdmp_core.records import Event, Plan
from kdmp_core.store import open_store
from kdmp_core.whatif import asking
from kdmp_core.whatif.asking import Wish
from tests import desks, records
from tests.desks import Busy
from workflows.command import main

MILL = "mill~32.03.31.2002~150000~450~"


@pytest.fixture(scope="module")
def busy(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Busy]:
    folder = tmp_path_factory.mktemp("whatif")
    store = open_store(records.fresh(sqlite_template, folder))
    yield desks.make_busy(desks.make_desk(store, folder / "data"))
    store.close()


def page_of(busy: Busy, name: str) -> str:
    return f"/meja/acara/{busy.event_id}/rencana/{name}"


def test_the_form_leads_to_an_address_that_answers_with_before_and_after_and_keeps_nothing(busy: Busy) -> None:
    sari, page = busy.desk.coordinator, page_of(busy, "andai")
    form = sari.words(f"{page}?jenis=mill")
    assert "Biaya giling" in form
    typed = "jenis=mill&tempat=Desa+Cihea%2C+Kec.+Haurwangi&jumlah=150+ton&harga=450&hitung=ya"
    answer = sari.get(f"{page}?{typed}")
    assert (answer.status_code, answer.location) == (303, f"{page}?tambah={MILL}")
    words = sari.words(answer.location)
    assert words.count("gilingan baru di Desa Cihea, Kec. Haurwangi") > 1
    assert "Tambahan ini bernilai Rp" in words
    assert "Lewat tambahan yang ditanyakan." in words
    assert "Terbukti tidak ada yang lebih baik." in words
    two = sari.words(f"{answer.location}&tambah=truck~32.03.31.2002~58200~~")
    assert "truk di Desa Cihea" in two
    with busy.desk.store.read() as session:
        assert session.scalar(select(func.count(Plan.id))) == 1


def test_the_five_best_are_shown_within_two_seconds_and_each_fills_the_form(busy: Busy) -> None:
    sari, page = busy.desk.coordinator, page_of(busy, "andai")
    begun = time.process_time()
    answer = sari.get(page)
    assert time.process_time() - begun < 2
    soup = BeautifulSoup(answer.text, "lxml")
    rows = soup.select("main tbody tr")
    assert len(rows) == 5
    assert "saling memengaruhi" in soup.get_text()
    assert "lebih banyak terangkut" in soup.get_text()
    fill = rows[0].select_one("a")
    assert fill is not None
    filled = BeautifulSoup(sari.get(str(fill["href"]).partition("#")[0]).text, "lxml")
    values = {name: str(filled.select_one(f"#{name}")["value"]) for name in ("tempat", "jumlah")}  # type: ignore[index]
    assert values["tempat"].startswith(("Desa ", "Kelurahan "))
    assert values["jumlah"].endswith(" ton")
    together = next(link for link in soup.select("a") if "tambahan bersama" in link.get_text())
    assert "Tambahan ini bernilai Rp" in sari.words(str(together["href"]))


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ("jenis=mill&tempat=Cihae&jumlah=150+ton", "tempat", "Yang mirip: Cihea (32.03.31.2002)"),
        ("jenis=mill&tempat=Sukamanah&jumlah=150+ton", "tempat", "Ada beberapa tempat bernama"),
        ("jenis=mill&tempat=Cihea&jumlah=-150+ton", "jumlah", "Angka harus lebih dari nol."),
        ("jenis=mill&tempat=Cihea&jumlah=900.000.000+ton", "jumlah", "melebihi batas"),
        ("jenis=mill&tempat=Cihea&jumlah=150+ton&harga=45.000", "harga", "tidak lazim"),
        ("jenis=dryer&tempat=Ciwalen%2C+Kec.+Warungkondang&jumlah=9+ton", "tempat", "belum ada gilingan"),
        ("jenis=buyer&tempat=Cihea&jumlah=9+ton&harga=6.000&barang=gkp", "harga", "di bawah harga pemerintah"),
        ("jenis=buyer&tempat=Cihea&jumlah=9+ton&harga=6.000&barang=emas", "barang", "Pilih barang"),
        ("jenis=buyer&tempat=Cihea&jumlah=9+ton&barang=gkp", "harga", "Isi harga"),
        ("jenis=kapal", "jenis", "Pilih apa yang ditambah"),
    ],
)
def test_what_cannot_be_is_refused_by_name_at_its_field_and_what_was_typed_stays(
    busy: Busy, typed: str, field: str, said: str
) -> None:
    answer = busy.desk.coordinator.get(f"{page_of(busy, 'andai')}?{typed}&hitung=ya")
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.text, "lxml")
    mistake = soup.select_one(".mistakes li")
    assert mistake is not None
    assert said in mistake.get_text()
    if field != "jenis":
        assert soup.select_one(f"#{field}-wrong") is not None
        assert soup.select_one("#jumlah")["value"]  # type: ignore[index]


@pytest.mark.parametrize("written", ["x", "mill~99~1~~", "mill~32.03.31.2002~satu~~", "~~~~", "a" * 900, "mill~~~~~~~"])
def test_an_address_that_was_tampered_with_is_refused_and_the_page_goes_on(busy: Busy, written: str) -> None:
    answer = busy.desk.coordinator.get(f"{page_of(busy, 'andai')}?tambah={quote(written)}&tambah={MILL}")
    assert answer.status_code == 422
    assert "tidak terbaca" in answer.text
    assert "gilingan baru di Desa Cihea" in answer.text
    with pytest.raises(InvalidInput):
        Wish.read(written)
    many = "&".join([f"tambah={MILL}"] * 21)
    if written == "x":
        full = busy.desk.coordinator.get(f"{page_of(busy, 'andai')}?{many}")
        assert (full.status_code, "Paling banyak 20" in full.text) == (422, True)


def test_a_wish_is_read_as_it_was_written(busy: Busy) -> None:
    with busy.desk.store.read() as session:
        event = session.get_one(Event, busy.event_id)
        for wish, _ in asking.best(session, event, list(Added)).ranked:
            assert Wish.read(str(wish)) == wish
        kept = plans.latest(session, event)
        assert kept is not None
        assert plans.standing(session, event).result.value != kept.value_rupiah  # a supply agreement came since


def test_the_year_counts_a_harvest_per_month_once_and_says_so_until_its_months_are_set(busy: Busy) -> None:
    sari, page = busy.desk.coordinator, page_of(busy, "kalender")
    words = sari.words(page)
    assert "9 baris panen “per bulan” (875,6 ton) dihitung satu kali seperti tertulis, tidak dikalikan." in words
    assert "Bulan panen masih perkiraan" in words
    rows = BeautifulSoup(sari.get(page).text, "lxml").select("main tbody tr")
    assert len(rows) == 13
    assert rows[-1].select("td")[2].get_text() == "3.230"
    fine = {"season_1-first": "12", "season_1-last": "2", "season_2-first": "", "season_2-last": ""}
    assert sari.post(page, page, **fine).status_code == 303
    after = sari.words(page)
    assert "Bulan panen ditetapkan koordinator acara ini." in after
    assert "Beras kurang dalam 3 bulan: Januari, Februari, Desember" in after
    half = sari.post(page, page, **{"season_1-first": "3", "season_1-last": ""})
    assert (half.status_code, 'id="season_1-first-wrong"' in half.text) == (422, True)
    none = sari.post(page, page, own="season_2")
    assert (none.status_code, "Isi bulan panen untuk musim acara ini." in none.text) == (422, True)
    with busy.desk.store.read() as session:
        event = session.get_one(Event, busy.event_id)
        assert plans.seasons_of(event).harvests["season_1"] == (12, 1, 2)
        assert "signing" not in event.policy or event.policy["signing"]


def test_the_command_takes_choices_and_names_what_it_cannot_read(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDMP_DATA", str(busy.desk.settings.data))
    monkeypatch.setenv("KDMP_DATABASE_URL", busy.desk.store.engine.url.render_as_string(hide_password=False))
    run = CliRunner().invoke
    with busy.desk.store.read() as session:
        flow = plans.result_of(plans.plans_of(session, session.get_one(Event, busy.event_id))[0]).flows[0]
    number = str(busy.event_id)
    told = run(main, ["match", number, "--as", "sari", "--forbid", f"{flow.party}:{flow.buyer}", "--partners", "3"])
    assert told.exit_code == 0, told.output
    with busy.desk.store.read() as session:
        kept = plans.latest(session, session.get_one(Event, busy.event_id))
        assert kept is not None
        choices = plans.choices_of(kept)
        assert choices.forbidden == {(flow.party, flow.buyer)}
        assert choices.partners == 3
    pinned = run(main, ["match", number, "--as", "sari", "--exact", f"{flow.party}:{flow.buyer}:1,5 ton:gkp"])
    assert pinned.exit_code == 0, pinned.output
    for wrong in (["--forbid", "3"], ["--pin", "3:31"], ["--pin", "3:31:5:emas"], ["--pin", "3:31:banyak"]):
        refused = run(main, ["match", number, "--as", "sari", *wrong])
        assert refused.exit_code == 1, refused.output

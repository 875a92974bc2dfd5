"""Choosing in a plan at the desk: refuse, pin, rules, what changed and why, plans side by side, going back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kdmp_core import plans
from kdmp_core.records import Agreement, Event, Plan
from tests import desks
from tests.desks import Busy

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture(scope="module")
def before(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Busy]:
    return desks.busy_in(sqlite_template, tmp_path_factory.mktemp("busy"))


@pytest.fixture
def busy(before: tuple[Path, Busy], tmp_path: Path) -> Iterator[Busy]:
    folder, made = before
    with desks.copied(made, folder, tmp_path / "busy") as busy:
        yield busy


def page_of(busy: Busy) -> str:
    return f"/meja/acara/{busy.event_id}/rencana"


def fields(busy: Busy, start: str) -> list[str]:
    soup = BeautifulSoup(busy.desk.coordinator.get(f"{page_of(busy)}/pilihan").text, "lxml")
    return [str(one["name"]) for one in soup.select("[name]") if str(one["name"]).startswith(start)]


def test_a_refused_pair_is_gone_and_the_page_says_what_changed_and_why_within_two_seconds(busy: Busy) -> None:
    sari, plan = busy.desk.coordinator, page_of(busy)
    form = f"{plan}/pilihan"
    refused = next(name for name in fields(busy, "act-") if name.endswith("gkp"))
    begun = time.process_time()
    answer = sari.post(form, form, **{refused: "forbid", "partners": "3"})
    assert time.process_time() - begun < 2
    assert (answer.status_code, answer.location) == (303, f"{plan}#changes")
    words = sari.words(plan)
    assert "Yang berubah dan mengapa" in words
    assert "Pasangan ini ditolak." in words
    assert "Pilihan: 1 pasangan ditolak, paling banyak 3 mitra." in words
    with busy.desk.store.read() as session:
        event = session.get_one(Event, busy.event_id)
        kept = plans.latest(session, event)
        assert kept is not None
        party, other, _ = refused.removeprefix("act-").split("-")
        assert plans.choices_of(kept).forbidden == {(party, other)}
        assert all((flow.party, flow.buyer) != (party, other) for flow in plans.result_of(kept).flows)
    soup = BeautifulSoup(sari.get(form).text, "lxml")
    (shown,) = soup.select("select[name^='act-'] option[selected][value='forbid']")
    assert str(shown.find_parent("select")["name"]).startswith(f"act-{party}-{other}-")  # type: ignore[index]


def test_a_pinned_amount_is_kept_and_can_be_released(busy: Busy) -> None:
    sari, form = busy.desk.coordinator, f"{page_of(busy)}/pilihan"
    name = next(name for name in fields(busy, "act-") if name.endswith("gkp")).removeprefix("act-")
    assert sari.post(form, form, **{f"act-{name}": "exact", f"kg-{name}": "1,5 ton"}).status_code == 303
    party, other, goods = name.split("-")
    with busy.desk.store.read() as session:
        kept = plans.latest(session, session.get_one(Event, busy.event_id))
        assert kept is not None
        flows = [
            one for one in plans.result_of(kept).flows if (one.party, one.buyer, one.goods) == (party, other, goods)
        ]
        assert sum(flow.kg_goods for flow in flows) == 1_500
    assert sari.post(form, form, **{f"act-{name}": "keep"}).status_code == 303
    with busy.desk.store.read() as session:
        kept = plans.latest(session, session.get_one(Event, busy.event_id))
        assert kept is not None
        assert plans.choices_of(kept) == plans.NONE


def test_a_pin_that_cannot_be_kept_is_named_in_words_and_nothing_is_lost(busy: Busy) -> None:
    sari, form = busy.desk.coordinator, f"{page_of(busy)}/pilihan"
    name = next(name for name in fields(busy, "act-") if name.endswith("gkp")).removeprefix("act-")
    answer = sari.post(form, form, **{f"act-{name}": "least", f"kg-{name}": "9.000 ton"})
    assert answer.status_code == 409
    words = " ".join(BeautifulSoup(answer.text, "lxml").get_text(" ").split())
    assert "Tidak dapat dipenuhi semua: K-2026-000004, Koperasi" in words
    assert "→" in words
    assert "Produksi · Potensi · GKP" in words
    assert "9.000 ton" in answer.text
    wrong = sari.post(form, form, **{f"act-{name}": "least", f"kg-{name}": "banyak"})
    assert wrong.status_code == 422
    assert f'id="kg-{name}-wrong"' in wrong.text
    unfit = sari.post(form, form, partners="99")
    assert unfit.status_code == 422


def test_fairness_is_offered_with_its_price(busy: Busy) -> None:
    sari, form = busy.desk.coordinator, f"{page_of(busy)}/pilihan"
    assert "Setiap koperasi menjual paling sedikit 15% Harganya Rp" in sari.words(form)
    assert sari.post(form, form, fairness_percent="15").status_code == 303
    assert "pemerataan 15%" in sari.words(page_of(busy))


def test_going_back_is_using_a_kept_plan_and_proposals_come_from_it(busy: Busy) -> None:
    sari, plan = busy.desk.coordinator, page_of(busy)
    with busy.desk.store.read() as session:
        (first,) = session.scalars(select(Plan.id))
    assert sari.post(f"{plan}/pilihan", f"{plan}/pilihan", partners="2").status_code == 303
    assert "paling banyak 2 mitra" in sari.words(plan)
    assert sari.post(f"{plan}/pakai", plan, plan=str(first)).status_code == 303
    assert "Pilihan: tanpa pilihan." in sari.words(plan)
    pair = BeautifulSoup(sari.get(plan).text, "lxml").select_one("input[name=pair]")
    assert pair is not None
    sari.post(f"/meja/acara/{busy.event_id}/usulan-pasangan", plan, pair=str(pair["value"]))
    with busy.desk.store.read() as session:
        assert session.scalars(select(Agreement.plan_id).order_by(Agreement.id.desc())).first() == first
    assert sari.post(f"{plan}/pakai", plan, plan="999").status_code == 422
    stale = sari.post(f"/meja/acara/{busy.event_id}/usulan-pasangan", plan, pair="1:999")
    assert stale.status_code == 422
    assert "Rencana sudah berganti." in stale.text


def test_calculating_again_keeps_what_was_chosen(busy: Busy) -> None:
    sari, plan = busy.desk.coordinator, page_of(busy)
    sari.post(f"{plan}/pilihan", f"{plan}/pilihan", partners="3")
    assert sari.post(plan, plan).status_code == 303
    assert "paling banyak 3 mitra" in sari.words(plan)


def test_each_party_s_gain_stands_beside_alone_and_beside_one_after_another(busy: Busy) -> None:
    words = busy.desk.coordinator.words(page_of(busy))
    assert "Untung setiap koperasi" in words
    assert "Dibanding menjual sendiri" in words
    assert "pembeli menyerap" in words


def test_periods_and_stores_are_chosen_told_and_taken_back(busy: Busy) -> None:
    sari, plan, form = busy.desk.coordinator, page_of(busy), f"{page_of(busy)}/pilihan"
    times = {"periods": "3", "period_months": "2", "first_month": "3"}
    assert 'id="periods-wrong"' in sari.post(form, form, **{**times, "period_months": "6"}).text
    assert 'id="shared_store-wrong"' in sari.post(form, form, **times, shared_store="banyak").text
    assert sari.post(form, form, **times).status_code == 303
    assert "gudang (belum ada), Mar–Apr ke Mei–Jun" in sari.words(plan)
    assert sari.post(form, form, shared_store="100 ton", store_cost="5.000").status_code == 303
    words = sari.words(plan)
    assert "Pilihan: dibagi 3 masa sejak Mar–Apr, gudang 100 ton, biaya simpan Rp5.000 per ton." in words
    assert "Panen Mar–Apr, di gudang bersama, dikirim Mei–Jun" in words
    assert "gudang bersama Mar–Apr ke Mei–Jun 100 ton 100 ton" in words
    assert "makin longgar" in words or "lebih longgar" in words
    assert "dibagi rata ke semua bulan" in words
    with busy.desk.store.read() as session:
        event = session.get_one(Event, busy.event_id)
        first, second, third = plans.plans_of(session, event)
        chosen = plans.choices_of(first)
        assert (chosen.periods, chosen.store_cost) == (((3, 4), (5, 6), (7, 8)), 5_000)
        assert second.value_rupiah < first.value_rupiah < third.value_rupiah
        assert plans.is_current(session, event, first)
    calendar = f"{plan}/kalender"
    assert sari.post(calendar, calendar, **{"season_1-first": "3", "season_1-last": "5"}).status_code == 303
    with busy.desk.store.read() as session:
        event = session.get_one(Event, busy.event_id)
        assert not plans.is_current(session, event, plans.plans_of(session, event)[0])
    assert sari.post(form, form, periods="0").status_code == 303
    assert "Pilihan: tanpa pilihan." in sari.words(plan)

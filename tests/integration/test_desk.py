"""The desk through Flask's own client: from signing in to a PKS and its delivery, by forms alone."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import select

from kdmp_core.records import Agreement, Event
from kdmp_core.store import Store
from tests import desks
from tests.desks import SHEET, Desk, Worker, filled, words

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return desks.make_desk(store, tmp_path / "data")


def upload(worker: Worker, data: bytes = b"", name: str = "lembar.xlsx") -> str:
    """Upload a workbook and give the address of its preview."""
    given = {**filled(worker.get("/meja/acara/impor"), "/meja/acara/impor")}
    answer = worker.client.post(
        "/meja/acara/impor", data={**given, "sheet": (io.BytesIO(data or SHEET.read_bytes()), name)}
    )
    assert answer.status_code == 303, words(answer)
    return answer.location


def test_every_page_from_the_sheet_to_the_proposals_can_be_walked(desk: Desk) -> None:
    sari = desk.coordinator
    assert "Tidak ada yang menunggu" in sari.words("/meja")
    preview = upload(sari)
    assert "menunggu jawaban" in sari.words(preview)
    for kind in ("name_twice", "own_outlet", "harvest_by_month", "chair_differs", "legal_form"):
        page = sari.get(preview)
        if f'value="{kind}"' in page.text:
            given = next(form for form in _forms(page.text, f"{preview}/usulan") if form["kind"] == kind)
            assert sari.client.post(f"{preview}/usulan", data=given).status_code == 303
    answer = sari.post(f"{preview}/terima", preview)
    assert answer.status_code == 303, words(answer)
    event = answer.location
    assert "Langkah berikut" in sari.words(event)
    assert "0 dari 33" in sari.words(f"{event}/hadir")
    assert "▲" in sari.words(f"{event}/pemetaan")
    assert sari.post(f"{event}/rencana").status_code == 303
    plan = sari.words(f"{event}/rencana")
    assert "Angkutan masih kurang." in plan
    assert sari.post(f"{event}/usulan-jaringan", f"{event}/rencana").status_code == 303
    assert "3 naskah acara ini" in sari.words(f"{event}/rencana")
    with desk.store.read() as session:
        codes = list(session.scalars(select(Agreement.code)))
        assert session.scalar(select(Event.id)) is not None
    for code in codes:
        sari.words(f"/meja/naskah/{code}")
        sari.words(f"/meja/naskah/{code}/isi")
        sari.words(f"/meja/naskah/{code}/isi/ubah")
        sari.words(f"/meja/naskah/{code}/catat")
    for path in ("/meja", "/meja/acara", "/meja/naskah", "/meja/tautan", "/meja/kode", "/meja/pengguna", "/meja/akun/sandi", f"{event}/setelan"):
        sari.words(path)


def _forms(html: str, action: str) -> list[dict[str, str]]:
    from bs4 import BeautifulSoup

    found = []
    for form in BeautifulSoup(html, "lxml").select(f'form[action="{action}"]'):
        found.append({str(item["name"]): str(item["value"]) for item in form.select("input[type=hidden]")})
    return found

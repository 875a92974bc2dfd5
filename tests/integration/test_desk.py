"""The desk through Flask's own client: from signing in to a PKS and its delivery, by forms alone."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from kdmp_core import audit, follow_up, registry
from kdmp_core.agreements import documents, facts
from kdmp_core.lifecycle import Actor, State
from kdmp_core.records import Agreement, Delivery, Message, Officer, Role, Signatory, Step, User
from kdmp_core.store import Store
from kdmp_core.texts import text
from mou_templates import pressroom
from mou_templates.layout import grey_square
from tests import builders, desks
from tests.builders import NOW
from tests.desks import PASSWORD, SHEET, Busy, Desk, Worker, filled, words

pytestmark = pytest.mark.database("sqlite")
PDF = builders.blank_pdf()


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return desks.make_desk(store, tmp_path / "data")


@pytest.fixture(scope="module")
def busy_before(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Busy]:
    return desks.busy_in(sqlite_template, tmp_path_factory.mktemp("busy"))


@pytest.fixture
def busy(busy_before: tuple[Path, Busy], tmp_path: Path) -> Iterator[Busy]:
    """A desk with work at every stage, fresh for each test."""
    folder, made = busy_before
    with desks.copied(made, folder, tmp_path / "busy") as busy:
        yield busy


def upload(worker: Worker, data: bytes = b"", name: str = "lembar.xlsx") -> TestResponse:
    given = filled(worker.get("/meja/acara/impor"), "/meja/acara/impor")
    sheet = (io.BytesIO(data or SHEET.read_bytes()), name)
    return worker.client.post("/meja/acara/impor", data={**given, "sheet": sheet})


def forms(answer: TestResponse, action: str) -> list[dict[str, Any]]:
    found = BeautifulSoup(answer.text, "lxml").select(f'form[action="{action}"]')
    return [{str(item["name"]): item["value"] for item in form.select("input[type=hidden]")} for form in found]


def accept_kind(worker: Worker, preview: str, kind: str) -> None:
    page = worker.get(preview)
    given = next(form for form in forms(page, f"{preview}/usulan") if form["kind"] == kind)
    assert worker.client.post(f"{preview}/usulan", data=given).status_code == 303


# Signing in


def test_a_wrong_password_is_said_so_keeps_the_login_and_counts(desk: Desk) -> None:
    client = desk.app.test_client()
    for _ in range(8):
        answer = desks.post(client, "/masuk", login="sari", password="salah")
        assert answer.status_code == 422
        assert 'value="sari"' in answer.text
        assert "tidak cocok" in words(answer)
        assert "Salah:" in answer.text
    assert desks.post(client, "/masuk", login="sari", password=PASSWORD).status_code == 429


@pytest.mark.parametrize(
    ("back", "goes"),
    [
        ("/meja/acara", "/meja/acara"),
        ("//jahat.example/meja", "/meja"),
        ("https://jahat.example/meja", "/meja"),
        ("/meja\\..\\jahat", "/meja"),
        ("/v1/openapi.json", "/meja"),
        ("/mejahat", "/meja"),
    ],
)
def test_signing_in_leads_back_to_pages_of_the_desk_only(desk: Desk, back: str, goes: str) -> None:
    client = desk.app.test_client()
    given = filled(client.get("/masuk"), "/masuk")
    answer = client.post("/masuk", data={**given, "back": back, "login": "sari", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, goes)


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(desk: Desk) -> None:
    sari = desk.coordinator
    kept = sari.client.get_cookie("kdmp-desk")
    assert kept is not None
    assert sari.post("/keluar", "/meja").status_code == 303
    sari.client.set_cookie("kdmp-desk", kept.value)
    assert sari.get("/meja").status_code == 302


def test_a_one_time_password_must_be_changed_before_anything_else(desk: Desk) -> None:
    with desk.store.write() as session:
        session.get_one(User, desk.staff.coordinator.id).must_change_password = True
    sari = desk.coordinator
    assert sari.get("/meja").location == "/meja/akun/sandi"
    again = sari.post("/meja/akun/sandi", old=PASSWORD, new="pendek", again="pendek")
    assert again.status_code == 422
    new = "air-sungai-tetap-jernih"
    assert sari.post("/meja/akun/sandi", old=PASSWORD, new=new, again=new).status_code == 303
    client = desk.app.test_client()
    assert desks.post(client, "/masuk", login="sari", password=new).status_code == 303
    assert client.get("/meja").status_code == 200


def test_a_form_sent_after_the_session_ended_is_kept_through_signing_in(busy: Busy) -> None:
    sari, path = busy.desk.coordinator, f"/meja/acara/{busy.event_id}/hadir/2"
    given = {**filled(sari.get(path), path), "act": "save", "address": "Jalan <Baru> 12"}
    sari.client.delete_cookie("kdmp-desk")
    sent_on = sari.client.post(path, data=given)
    assert sent_on.status_code == 307  # the browser sends the same form on
    held = sari.client.post(sent_on.location, data=given)
    assert held.status_code == 200
    assert "Isian Anda disimpan." in words(held)
    back = filled(held, "/masuk")
    resumed = sari.client.post("/masuk", data={**back, "login": "sari", "password": PASSWORD})
    assert sari.client.post(path, data=filled(resumed, path)).status_code == 303
    assert "Jalan &lt;Baru&gt; 12" in sari.get(path).text


# Who may look and act


def addresses(busy: Busy) -> list[tuple[str, str]]:
    """Give (method, address) of every route of the desk, filled with what there is."""
    values = {
        "event_id": str(busy.event_id),
        "import_id": str(busy.import_id),
        "party_id": "1",
        "code": busy.sent,
        "move": "remind",
    }
    found = []
    for rule in busy.desk.app.url_map.iter_rules():
        if rule.endpoint.startswith("desk."):
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda name: values.get(name[1], "1"), rule.rule)
            found += [(method, path) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


def test_every_page_and_form_of_the_desk_asks_strangers_to_sign_in(busy: Busy) -> None:
    busy.desk.app.config["WTF_CSRF_ENABLED"] = False
    found = addresses(busy)
    assert len(found) > 40
    for method, path in found:
        answer = busy.desk.app.test_client().open(path, method=method)
        assert answer.status_code == {"GET": 302, "POST": 307}[method], (method, path)
        assert answer.location.startswith("/masuk"), (method, path)


def test_what_lies_in_another_area_does_not_exist(busy: Busy) -> None:
    with busy.desk.store.write() as session:
        desks.know_password(builders.create_user(session, "lain", Role.COORDINATOR, area="33.01"))
        lain = session.scalars(select(User).where(User.login == "lain")).one()
    worker = busy.desk.sign_in(lain)
    named = [
        path for method, path in addresses(busy) if method == "GET" and re.search(r"acara/1|naskah/K|impor/1", path)
    ]
    assert len(named) > 10
    for path in named:
        answer = worker.get(path)
        assert answer.status_code == 404, path
        assert "Niaga Mukti" not in answer.text
    for path in ("/meja", "/meja/acara", "/meja/naskah", "/meja/tautan", "/meja/kode"):
        assert busy.sent not in worker.get(path).text
    busy.desk.app.config["WTF_CSRF_ENABLED"] = False
    for method, path in addresses(busy):
        if method == "POST" and re.search(r"acara/1|naskah/K|impor/1|tautan/1|kode/1", path):
            assert worker.client.post(path, data={"key": path}).status_code in {404, 422}, path
    with busy.desk.store.read() as session:
        assert session.scalar(select(func.count(Step.id)).where(Step.user_id == lain.id)) == 0


def test_a_form_without_its_token_changes_nothing(busy: Busy) -> None:
    sari = busy.desk.coordinator
    answer = sari.client.post(f"/meja/naskah/{busy.sent}/langkah/remind", data={"key": "abc"})
    assert answer.status_code == 412
    with busy.desk.store.read() as session:
        assert session.scalar(select(func.count(Step.id)).where(Step.move == "remind")) == 0


def test_an_auditor_reads_and_has_nothing_to_press(busy: Busy) -> None:
    with busy.desk.store.write() as session:
        user = builders.create_user(session, "audit", Role.AUDITOR)
        desks.know_password(user)
    auditor = busy.desk.sign_in(user)
    assert "Saat ini tidak ada langkah untuk Anda." in auditor.words(f"/meja/naskah/{busy.draft}")
    assert auditor.get(f"/meja/acara/{busy.event_id}/setelan").status_code == 403
    assert auditor.get(f"/meja/acara/{busy.event_id}/hadir/1").status_code == 403
    assert auditor.get("/meja/pengguna").status_code == 403


# The sheet


def test_every_page_from_the_sheet_to_the_proposals_can_be_walked(desk: Desk) -> None:
    sari = desk.coordinator
    assert "Tidak ada yang menunggu" in sari.words("/meja")
    preview = upload(sari).location
    assert "Selesaikan impor" in sari.words("/meja")
    for kind in ("name_twice", "own_outlet", "harvest_by_month", "chair_differs", "legal_form"):
        accept_kind(sari, preview, kind)
    event = sari.post(f"{preview}/terima", preview).location
    assert "33 penanda tangan belum dipastikan" in sari.words(event)
    assert "0 dari 33" in sari.words(f"{event}/hadir")
    assert "▲" in sari.words(f"{event}/pemetaan")
    assert sari.post(f"{event}/rencana").status_code == 303
    plan = sari.words(f"{event}/rencana")
    assert "Semua gabah mendapat pembeli. Angkutan masih kurang." in plan
    assert "Rp6.300/kg GKP" in plan
    assert sari.post(f"{event}/usulan-jaringan", f"{event}/rencana").status_code == 303
    assert sari.post(f"{event}/usulan-jaringan", f"{event}/rencana").status_code == 303
    assert "3 naskah acara ini" in sari.words(f"{event}/rencana")
    chosen = BeautifulSoup(sari.get(f"{event}/rencana").text, "lxml").select_one("input[name=pair]")
    assert chosen is not None
    assert sari.post(f"{event}/usulan-pasangan", f"{event}/rencana", pair=str(chosen["value"])).status_code == 303
    assert "4 naskah acara ini" in sari.words(f"{event}/rencana")
    assert sari.post(f"{event}/usulan-pasangan", f"{event}/rencana").status_code == 422


def test_each_wrong_or_doubtful_cell_is_named_in_indonesian(desk: Desk) -> None:
    sari = desk.coordinator
    shown = sari.words(upload(sari).location)
    assert "Lembar Potensi & Kebutuhan, baris 127, kolom Jumlah (F127)" in shown
    assert "“banyak”" in shown
    assert "angka dengan satuan, misalnya 12,5 ton atau 14.000 kg." in shown
    assert "Jumlah harus angka." in shown
    assert "Lembar Koperasi menentukan penanda tangan." in shown
    assert "Lilis Sumarni sebagai penanda tangan" in shown


def test_the_same_sheet_again_changes_nothing_and_says_so(busy: Busy) -> None:
    sari = busy.desk.coordinator
    preview = upload(sari, name="lokakarya_cianjur.xlsx").location
    assert preview == f"/meja/impor/{busy.import_id}"
    shown = sari.words(preview)
    assert "Lembar yang sama tidak mengubah apa pun." in shown
    assert not forms(sari.get(preview), f"{preview}/terima")


def test_a_corrected_sheet_shows_what_it_changes_before_it_does(busy: Busy) -> None:
    book = openpyxl.load_workbook(SHEET)
    row = next(row for row in book["Koperasi"].iter_rows(min_row=2) if row[0].value == 1)
    phone = next(cell for cell in row if str(cell.value).replace("-", "").replace(" ", "").startswith(("08", "+62")))
    phone.value = "0812-9999-0001"
    changed = io.BytesIO()
    book.save(changed)
    sari = busy.desk.coordinator
    shown = sari.words(upload(sari, changed.getvalue()).location)
    assert "+6281299990001" in shown
    with busy.desk.store.read() as session:
        assert session.scalar(select(Officer.id).where(Officer.phone == "+6281299990001")) is None


@pytest.mark.parametrize("data", [b"bukan buku kerja", b"PK\x03\x04rusak", b"\xd0\xcf\x11\xe0lama"])
def test_a_file_that_is_no_workbook_is_refused_at_its_field(desk: Desk, data: bytes) -> None:
    answer = upload(desk.coordinator, data)
    assert answer.status_code == 422
    assert 'href="#sheet"' in answer.text
    assert "Traceback" not in answer.text


def test_an_answer_without_its_reason_or_value_comes_back_as_it_was_typed(desk: Desk) -> None:
    sari = desk.coordinator
    preview = upload(sari).location
    place = re.search(r'name="row-(\d+)-party"', sari.get(preview).text)
    assert place is not None
    name = f"row-{place[1]}"
    answer = sari.post(f"{preview}/jawaban", preview, **{f"{name}-choice": "leave_out"})
    assert answer.status_code == 422
    assert f'href="#{name}-reason"' in answer.text
    answer = sari.post(f"{preview}/jawaban", preview, **{f"{name}-choice": "take", f"{name}-reason": "Kata ketuanya"})
    assert answer.status_code == 422
    assert 'value="Kata ketuanya"' in answer.text
    bad = {f"{name}-choice": "take", f"{name}-reason": "x", f"{name}-party": "999"}
    assert sari.post(f"{preview}/jawaban", preview, **bad).status_code == 422
    assert sari.get(preview).status_code == 200


def test_the_empty_workbook_can_be_fetched_and_read_again(desk: Desk) -> None:
    sari = desk.coordinator
    data = sari.get("/meja/acara/lembar-kosong").data
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert upload(sari, data).status_code in {303, 422}


# Check-in


def test_check_in_confirms_by_name_and_keeps_what_was_missing(busy: Busy) -> None:
    busy.desk.clock[0] += timedelta(minutes=5)
    sari, path = busy.desk.coordinator, f"/meja/acara/{busy.event_id}/hadir/2"
    answer = sari.post(path, act="confirm", how="by_phone", address="Jalan Raya 9", authority_date="3-6-2025")
    assert answer.status_code == 303
    assert "Lewat telepon" in sari.words(path)
    assert "33 dari 33" in sari.words(f"/meja/acara/{busy.event_id}/hadir")
    sari.post(path, act="save", name="Nama Orang Lain")
    assert "32 dari 33" in sari.words(f"/meja/acara/{busy.event_id}/hadir")


def test_a_hub_is_asked_at_check_in_which_outlets_it_runs(busy: Busy) -> None:
    sari, path = busy.desk.coordinator, f"/meja/acara/{busy.event_id}/hadir/32"
    outlets = {"outlet-warehouse": "yes", "outlet-logistics": "yes"}
    assert sari.post(path, act="save", **outlets).status_code == 303
    with busy.desk.store.read() as session:
        assert {outlet.kind.value for outlet in registry.find(session, 32).outlets} == {"warehouse", "logistics"}
    assert "Gudang atau ruang pendingin" in sari.words(path)
    assert "Gerai dan unit usaha" not in sari.words(f"/meja/acara/{busy.event_id}/hadir/33")


@pytest.mark.parametrize("name", ["Asep\u202egnirB", "Asep\u0007", "A" * 10_000, ""])
def test_a_name_that_cannot_be_printed_is_refused_with_the_rest_kept(busy: Busy, name: str) -> None:
    answer = busy.desk.coordinator.post(
        f"/meja/acara/{busy.event_id}/hadir/2", act="save", name=name, office="Ketua II"
    )
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert 'value="Ketua II"' in answer.text


def test_mark_up_in_a_name_is_shown_as_text_everywhere(busy: Busy) -> None:
    sari, hostile = busy.desk.coordinator, '<img src=x onerror=alert(1)> & "Asep"'
    assert sari.post(f"/meja/acara/{busy.event_id}/hadir/1", act="confirm", name=hostile).status_code == 303
    pages = ["hadir", "hadir/1", "pemetaan", "rencana"]
    for path in [f"/meja/acara/{busy.event_id}/{page}" for page in pages] + [
        f"/meja/naskah/{busy.draft}",
        "/meja/tautan",
    ]:
        answer = sari.get(path)
        assert answer.status_code == 200
        assert "<img src=x" not in answer.text


# Moves


def test_the_way_from_draft_to_approved_takes_three_people(busy: Busy) -> None:
    desk, path = busy.desk, f"/meja/naskah/{busy.draft}"
    sari, rudi, wati = desk.coordinator, desk.sign_in(desk.staff.reviewer), desk.sign_in(desk.staff.ministry)
    assert "Ajukan:" in sari.words("/meja")
    assert sari.post(f"{path}/langkah/submit", path).status_code == 303
    assert "Telaah:" in rudi.words("/meja")
    assert "Telaah:" not in sari.words("/meja")
    page = rudi.get(path)
    assert "Kembalikan dengan catatan" in words(page)
    again = rudi.post(f"{path}/langkah/return", path)
    assert again.status_code == 422
    assert "Tuliskan alasannya" in words(again)
    assert rudi.post(f"{path}/langkah/endorse", path).status_code == 303
    assert rudi.get("/meja").status_code == 200
    assert wati.post(f"{path}/langkah/approve", path).status_code == 303
    shown = wati.words(path)
    assert "Selesai ditelaah kementerian" in shown
    assert "Rudi Hartono (penelaah kabupaten)" in shown


def test_the_parties_are_sent_a_draft_under_review_once_a_round(busy: Busy) -> None:
    desk, path = busy.desk, f"/meja/naskah/{busy.draft}"
    sari = desk.coordinator
    assert "Kirim konsep kepada para pihak" not in sari.words(path)
    sari.post(f"{path}/langkah/submit", path)
    before = _waiting(desk)
    assert sari.post(f"{path}/konsep", path).headers["Location"] == "/meja/tautan"
    assert _waiting(desk) == before + 31
    sari.post(f"{path}/konsep", path)
    assert _waiting(desk) == before + 31


def _waiting(desk: Desk) -> int:
    with desk.store.read() as session:
        return session.scalar(select(func.count()).select_from(Message).where(Message.kind == "draft")) or 0


def test_who_drafted_is_told_why_he_may_not_review(busy: Busy) -> None:
    desk, path = busy.desk, f"/meja/naskah/{busy.draft}"
    with desk.store.write() as session:
        both = builders.create_user(session, "dua", Role.COORDINATOR, Role.REVIEWER)
        desks.know_password(both)
    worker = desk.sign_in(both)
    sari = desk.coordinator
    sari.post(f"{path}/langkah/submit", path)
    assert forms(worker.get(path), f"{path}/langkah/endorse")
    assert not forms(sari.get(path), f"{path}/langkah/endorse")
    assert "Hanya penelaah kabupaten." in sari.words(path)


def test_a_move_of_a_page_grown_old_is_refused_and_says_so(busy: Busy) -> None:
    path = f"/meja/naskah/{busy.draft}"
    sari = busy.desk.coordinator
    old = filled(sari.get(path), f"{path}/langkah/withdraw")
    with busy.desk.store.write() as session:
        session.scalars(select(Agreement).where(Agreement.code == busy.draft)).one().revision += 1
    answer = sari.client.post(f"{path}/langkah/withdraw", data=old)
    assert answer.status_code == 412
    assert "diubah orang lain" in words(answer)


def test_the_terms_of_a_draft_are_edited_as_a_form_and_bad_ones_come_back(busy: Busy) -> None:
    sari, path = busy.desk.coordinator, f"/meja/naskah/{busy.draft}/isi/ubah"
    given = {"duration_months": "tiga", "actions-0-due": "31-31-2026", "subject": "Beras & Gabah <Cianjur>"}
    answer = sari.post(path, **given)
    assert answer.status_code == 422
    assert 'href="#duration_months"' in answer.text
    assert 'href="#actions-0-due"' in answer.text
    assert "&lt;Cianjur&gt;" in answer.text
    assert (
        sari.post(path, duration_months="36", dated="1-12-2026", subject="Beras & Gabah <Cianjur>").status_code == 303
    )
    shown = sari.words(f"/meja/naskah/{busy.draft}/isi")
    assert "Beras & Gabah <Cianjur>" in shown
    assert "36" in shown


def test_what_holds_an_agreement_up_is_said_in_its_own_sentence(busy: Busy) -> None:
    reasons = {busy.draft: "errors.work.office_failed", busy.sent: "errors.work.gone_from_the_catalogue"}
    sentences = {busy.draft: text("errors.work.office_failed"), busy.sent: text("desk.need.stuck.unknown")}
    with busy.desk.store.write() as session:
        for code, reason in reasons.items():
            session.scalars(select(Agreement).where(Agreement.code == code)).one().stuck_reason = reason
    for code, sentence in sentences.items():
        assert sentence in busy.desk.coordinator.words(f"/meja/naskah/{code}")
        assert sentence in busy.desk.coordinator.words("/meja")


def test_an_agreement_from_paper_waits_for_a_second_person(busy: Busy) -> None:
    desk, path = busy.desk, f"/meja/naskah/{busy.draft}"
    sari, budi = desk.coordinator, desk.sign_in(desk.staff.second)
    given = filled(sari.get(f"{path}/catat"), f"{path}/catat")
    wrong = sari.client.post(
        f"{path}/catat", data={**given, "signed_on": "1-11-2026", "scan": (io.BytesIO(b"foto"), "a.pdf")}
    )
    assert wrong.status_code == 422
    assert 'value="1-11-2026"' in wrong.text
    kept = sari.client.post(
        f"{path}/catat", data={**given, "signed_on": "1-11-2026", "scan": (io.BytesIO(PDF), "a.pdf")}
    )
    assert kept.status_code == 303
    assert not forms(sari.get(path), f"{path}/langkah/confirm")
    assert "Pastikan catatan:" in budi.words("/meja")
    assert budi.post(f"{path}/langkah/confirm", path).status_code == 303
    assert "Berlaku" in budi.words(path)


# Links and codes


def test_sending_a_link_shows_the_message_and_takes_it_off_the_list(busy: Busy) -> None:
    sari = busy.desk.coordinator
    assert "31 tautan perlu dikirim" in sari.words("/meja/tautan")
    assert "31 tautan perlu dikirim" in sari.words("/meja")
    path = re.search(r'action="(/meja/tautan/\d+)"', sari.get("/meja/tautan").text)
    assert path is not None
    answer = sari.post(path[1], "/meja/tautan")
    assert answer.status_code == 200
    assert "https://wa.me/62" in answer.text
    assert "30 tautan perlu dikirim" in sari.words("/meja/tautan")


def test_a_code_goes_only_to_him_who_has_not_seen_the_link(busy: Busy) -> None:
    desk = busy.desk
    sari, budi = desk.coordinator, desk.sign_in(desk.staff.second)
    with desk.store.read() as session:
        asked = session.scalars(select(Message).where(Message.kind == "code")).one()
        invitation = session.scalars(
            select(Message).where(Message.officer_id == asked.officer_id, Message.kind == "invitation")
        ).one()
    sari.post(f"/meja/tautan/{invitation.id}", "/meja/tautan")
    shown = sari.words("/meja/kode")
    assert "Bukan Anda" in shown
    token = filled(sari.get("/meja/akun/sandi"), "/meja/akun/sandi")["csrf_token"]
    assert sari.client.post(f"/meja/kode/{asked.code_id}", data={"csrf_token": token}).status_code == 403
    answer = budi.post(f"/meja/kode/{asked.code_id}", "/meja/kode", way="in_person")
    assert answer.status_code == 200
    assert re.search(r"\b\d{3} \d{3}\b", words(answer))
    assert "Tidak ada kode yang diminta" in budi.words("/meja/kode")


def test_the_summary_comes_before_anything_is_sent(busy: Busy) -> None:
    desk, path = busy.desk, f"/meja/naskah/{busy.draft}"
    sari = desk.coordinator
    assert sari.get(f"{path}/kirim").status_code == 404
    with desk.store.write() as session:
        agreement = session.scalars(select(Agreement).where(Agreement.code == busy.draft)).one()
        builders.review(session, builders.submit(session, agreement, desk.staff), desk.staff)
        builders.draw_up(session, agreement, desk.files)
    shown = sari.words(f"{path}/kirim")
    assert "Kirim ke 31 penanda tangan?" in shown
    assert "pukul 23.59 WIB" in shown
    assert "Kirim:" in sari.words("/meja")
    assert sari.post(f"{path}/kirim").status_code == 303
    assert "31 penanda tangan belum menjawab" in sari.words(path)


# After


def test_the_recap_names_who_signed_and_counts_who_did_not(busy: Busy) -> None:
    sari = busy.desk.coordinator
    recap = BeautifulSoup(sari.get(f"/meja/naskah/{busy.sent}").text, "lxml").select_one("#recap")
    assert recap is not None
    assert "0 dari 31 sudah menandatangani." in recap.text
    assert "Menunggu 31 pihak lagi." in recap.text
    assert "Koperasi Desa Merah Putih" not in recap.text.split("Menunggu")[1]
    named = BeautifulSoup(sari.get(f"/meja/naskah/{busy.sent}?nama=1").text, "lxml").select_one("#recap")
    assert named is not None
    assert "- Koperasi Desa Merah Putih" in named.text


def test_the_same_delivery_form_twice_is_one_delivery(busy: Busy) -> None:
    sari, path = busy.desk.coordinator, f"/meja/naskah/{busy.contract}"
    given = filled(sari.get(path), f"{path}/penyerahan")
    given |= {"delivered_on": "24-11-2026", "gross_kg": "5.050", "tare_kg": "50"}
    first, second = (sari.client.post(f"{path}/penyerahan", data=given) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    shown = sari.words(path)
    assert "9.000 kg dari 12.000 kg" in shown
    answer = sari.post(f"{path}/penyerahan", path, delivered_on="1-1-2030", gross_kg="5.050")
    assert answer.status_code == 422
    assert 'href="#delivered_on"' in answer.text
    assert 'value="5.050"' in answer.text


def test_a_wrong_delivery_is_taken_back_by_its_mirror(busy: Busy) -> None:
    sari, path = busy.desk.coordinator, f"/meja/naskah/{busy.contract}"
    with busy.desk.store.read() as session:
        row = session.scalars(select(Delivery)).one()
    action = f"{path}/penyerahan/{row.id}/balik"
    assert sari.post(action, path).status_code == 422
    assert sari.post(action, path, **{f"reverse-{row.id}-reason": "Salah timbang"}).status_code == 303
    assert "0 kg dari 12.000 kg" in sari.words(path)


def test_the_same_contract_form_twice_is_one_draft_with_the_plan_s_lines(busy: Busy) -> None:
    sari = busy.desk.coordinator
    with busy.desk.store.read() as session:
        agreement = session.scalars(select(Agreement).where(Agreement.code == busy.framework)).one()
        ids = [row.party_id for row in agreement.parties]
    path = f"/meja/naskah/{busy.framework}/pks"
    page = f"{path}?supplier={ids[3]}&buyer={ids[-1]}"
    given = filled(sari.get(page), path)
    given |= {
        "lines-0-commodity": "beras medium",
        "lines-0-grade": "medium",
        "lines-0-kg": "2,5 ton",
        "lines-0-price": "Rp12.400",
        "lines-0-tolerance_percent": "5",
    }
    answers = [sari.client.post(path, data=given) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303], words(answers[0])
    assert answers[0].location == answers[1].location
    with busy.desk.store.read() as session:
        made = session.scalars(select(Agreement).where(Agreement.kind == "pks", Agreement.state == State.DRAFT)).one()
        assert made.terms["lines"][0]["kg"] == 2_500


def test_the_plan_s_supplies_become_one_draft_a_pair_and_none_twice(busy: Busy) -> None:
    sari, path = busy.desk.coordinator, f"/meja/naskah/{busy.framework}/pks"
    page = BeautifulSoup(sari.get(path).text, "lxml")
    pairs = [one["value"] for one in page.select('[name="pair"]')]
    assert pairs
    for _ in range(2):
        assert sari.post(f"{path}-rencana", path, pair=pairs).status_code == 303
    with busy.desk.store.read() as session:
        parent = session.scalars(select(Agreement).where(Agreement.code == busy.framework)).one()
        suggested = follow_up.suggested_supplies(session, parent)
        made = session.scalars(select(Agreement).where(Agreement.kind == "pks", Agreement.state == State.DRAFT)).all()
        assert sorted(one.code for one in made) == sorted(one.code for one in suggested if one.code != busy.contract)
        planned = sum(line["kg"] for one in suggested for line in one.lines)
        assert sum(line["kg"] for one in made for line in one.terms["lines"]) <= planned
    assert not BeautifulSoup(sari.get(path).text, "lxml").select('[name="pair"]')
    assert sari.post(f"{path}-rencana", path, pair=["1:1"]).status_code == 422


# Users and settings


def test_a_new_user_gets_a_password_that_is_shown_once(busy: Busy) -> None:
    sari = busy.desk.coordinator
    given = {"name": "Tuti Alawiyah", "login": "tuti", "role": "reviewer", "area": "32.03"}
    answer = sari.post("/meja/pengguna", **given)
    password = BeautifulSoup(answer.text, "lxml").select_one(".huge")
    assert password is not None
    client = busy.desk.app.test_client()
    assert desks.post(client, "/masuk", login="tuti", password=password.text).status_code == 303
    assert password.text not in sari.get("/meja/pengguna").text
    twice = sari.post("/meja/pengguna", **given)
    assert twice.status_code == 422
    assert 'value="Tuti Alawiyah"' in twice.text


def test_a_coordinator_gives_no_more_than_he_has(busy: Busy) -> None:
    sari = busy.desk.coordinator
    for role, area in (("operator", "32.03"), ("reviewer", ""), ("reviewer", "33.01"), ("ministry", "32.03")):
        given = {"name": "Tuti", "login": "tuti", "role": role, "area": area}
        assert sari.post("/meja/pengguna", **given).status_code == 422, (role, area)


def test_the_last_operator_cannot_lock_himself_out(busy: Busy) -> None:
    with busy.desk.store.write() as session:
        user = builders.create_user(session, "op", Role.OPERATOR, area="")
        desks.know_password(user)
    operator = busy.desk.sign_in(user)
    answer = operator.post(f"/meja/pengguna/{user.id}/aktif", "/meja/pengguna")
    assert answer.status_code == 409
    assert "operator terakhir" in words(answer)
    assert operator.post(f"/meja/pengguna/{busy.desk.staff.second.id}/aktif", "/meja/pengguna").status_code == 303
    refused = desks.post(busy.desk.app.test_client(), "/masuk", login="budi", password=PASSWORD)
    assert refused.status_code == 422


def test_settings_hold_for_what_comes_and_bad_ones_come_back(busy: Busy) -> None:
    sari, path = busy.desk.coordinator, f"/meja/acara/{busy.event_id}/setelan"
    answer = sari.post(path, baseline="nol", deadline_days="400")
    assert answer.status_code == 422
    assert 'value="nol"' in answer.text
    assert sari.post(path, paper="Letter").status_code == 422
    assert sari.post(path, baseline="6.500", deadline_days="21", on_decline="drop", paper="F4").status_code == 303
    shown = sari.words(f"/meja/acara/{busy.event_id}")
    assert "Rp6.500/kg" in shown
    assert "Hitung ulang sebelum membuat usulan" in sari.words(f"/meja/acara/{busy.event_id}/rencana")
    assert 'value="21"' in sari.get(path).text
    with busy.desk.store.read() as session:
        draft = session.scalars(select(Agreement).where(Agreement.code == busy.draft)).one()
        assert facts.gather(session, draft, legal_review="trial")["paper"] == "F4"


def test_an_addendum_copies_the_signed_words_and_says_what_they_become(busy: Busy) -> None:
    sari, page = busy.desk.coordinator, f"/meja/naskah/{busy.sent}/adendum"
    assert sari.get(page).status_code == 404  # not in force yet
    with busy.desk.store.write() as session:
        sent = session.scalars(select(Agreement).where(Agreement.code == busy.sent)).one()
        sent.state, sent.in_force_on, sent.ends_on = State.IN_FORCE, NOW.date(), NOW.date() + timedelta(days=365)
        session.execute(update(Signatory).where(Signatory.agreement_id == sent.id).values(state="signed"))
    assert "KEADAAN KAHAR" in sari.words(page)
    shown = f"{page}?pasal=3"
    assert "sukarela dan setara" in sari.get(shown).text
    typed = {"reason": "anggota bertambah", "effective_on": "1-12-2026"}
    unchanged = sari.post(page, shown, **typed)
    assert unchanged.status_code == 422
    assert "ubah bunyi sedikitnya satu pasal" in words(unchanged)
    answer = sari.post(page, shown, **typed, **{"new-3": "Jaringan dijalankan dengan musyawarah."})
    assert answer.status_code == 303
    text_of = sari.words(f"{answer.location}/isi")
    assert text_of.index("sukarela dan setara") < text_of.index("Jaringan dijalankan dengan musyawarah.")
    assert sari.post(f"{answer.location}/langkah/submit", answer.location).status_code == 303


def test_a_price_or_a_one_day_opening_in_a_memorandum_is_refused_with_its_sentence(busy: Busy) -> None:
    sari, address = busy.desk.coordinator, f"/meja/naskah/{busy.draft}"
    with busy.desk.store.write() as session:
        draft = session.scalars(select(Agreement).where(Agreement.code == busy.draft)).one()
        first, *others = draft.terms["actions"]
        priced = {**first, "action": "Menjual gabah Rp6.700 per kg"}
        draft.terms = {**draft.terms, "signing_mode": "at_once", "actions": [priced, *others]}
    answer = sari.post(f"{address}/langkah/submit", address)
    assert answer.status_code == 422
    told = words(answer)
    assert "Lampiran tidak memuat harga: “Rp6.700”, dalam “Menjual gabah Rp6.700 per kg”" in told
    assert "terbuka 14 hari" in told


def with_note(png: bytes, note: bytes) -> bytes:
    """Write a note into a PNG, so that it is another file of the same look."""
    said = b"tEXt" + b"Title\0" + note
    chunk = struct.pack(">I", len(said) - 4) + said + struct.pack(">I", zlib.crc32(said))
    return png[:-12] + chunk + png[-12:]


def test_a_logo_is_taken_as_png_printed_in_the_document_and_let_go_of(busy: Busy) -> None:
    sari, path = busy.desk.coordinator, f"/meja/acara/{busy.event_id}/setelan"

    def sent(data: bytes) -> TestResponse:
        return sari.post(path, logo=(io.BytesIO(data), "logo.png"))

    logo = with_note(grey_square(), b"Logo koperasi")
    assert "Gambar" in words(sent(b"GIF89a"))
    assert sent(logo).status_code == 303
    assert "Sudah ada logo" in sari.words(path)
    with busy.desk.store.read() as session:
        draft = session.scalars(select(Agreement).where(Agreement.code == busy.draft)).one()
        pressed = documents.preview(session, draft, pressroom, busy.desk.files, legal_review="trial")
        with zipfile.ZipFile(io.BytesIO(pressed.docx)) as package:
            assert logo in [package.read(name) for name in package.namelist() if "media" in name]
    assert sari.post(path, drop_logo="1").status_code == 303
    assert "Sudah ada logo" not in sari.words(path)


def test_documents_are_fetched_through_their_agreement_only(busy: Busy) -> None:
    sari = busy.desk.coordinator
    href = re.search(rf'href="(/meja/naskah/{busy.sent}/berkas/\d+)"', sari.get(f"/meja/naskah/{busy.sent}").text)
    assert href is not None
    assert sari.get(href[1]).status_code == 200
    assert sari.get(href[1].replace(busy.sent, busy.draft)).status_code == 404


def test_a_flow_run_is_a_link_for_operators_and_a_name_for_others(busy: Busy) -> None:
    run = "0f3c9a52-7d1e-4f0b-9b1a-2c55a9e0d001"
    with busy.desk.store.write() as session:
        agreement = session.scalars(select(Agreement).where(Agreement.code == busy.sent)).one()
        by = audit.By(Actor.CLOCK, flow_run_id=run)
        audit.append(session, audit.Act("remind", "reminded"), by, NOW, agreement)
        user = builders.create_user(session, "opko", Role.COORDINATOR, Role.OPERATOR)
        desks.know_password(user)
    (busy.desk.settings.data / "run.json").write_text('{"prefect": "http://127.0.0.1:4200"}', "utf-8")
    path = f"/meja/naskah/{busy.sent}"
    assert f"http://127.0.0.1:4200/runs/flow-run/{run}" in busy.desk.sign_in(user).get(path).text
    told = busy.desk.coordinator.get(path).text
    assert "Jalannya alur 0f3c9a52" in told
    assert "4200" not in told

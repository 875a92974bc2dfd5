"""The desk's templates through Flask's own client: download, upload, the report, the samples, and the second person."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from kdmp_core import templates
from kdmp_core.records import Role
from kdmp_core.store import Store
from tests import builders, desks, edited
from tests.desks import Desk, Worker, filled, words

pytestmark = pytest.mark.database("sqlite")
KIND = f"/meja/format/{edited.KIND}"


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    made = desks.make_desk(store, tmp_path / "data")
    with store.write() as session:
        for login, role in (("tuti", Role.MINISTRY), ("joko", Role.PENDAMPING), ("ani", Role.AUDITOR)):
            desks.know_password(builders.create_user(session, login, role, area=""))
    return made


def worker(desk: Desk, login: str) -> Worker:
    client = desk.app.test_client()
    assert desks.post(client, "/masuk", login=login, password=desks.PASSWORD).status_code == 303
    return Worker(client)


def upload(sari: Worker, data: bytes, note: str = "Istilah disesuaikan.", name: str = "format.docx") -> TestResponse:
    given = filled(sari.get(KIND), KIND)
    return sari.client.post(KIND, data={**given, "note": note, "file": (io.BytesIO(data), name)})


def printed(desk: Desk, template_id: int) -> None:
    with desk.store.write() as session:
        edited.printed(session, templates.find(session, template_id))


def test_from_download_to_publishing_by_a_second_person(desk: Desk) -> None:
    sari, tuti = desk.coordinator, worker(desk, "tuti")
    shown = sari.words("/meja/format")
    assert "Nota Kesepahaman dua pihak" in shown
    assert "bawaan kdmp" in shown
    form = sari.get(f"{KIND}/berlaku")
    assert form.data == edited.shipped()
    assert "format-mou_bilateral.docx" in form.headers["Content-Disposition"]
    answer = upload(sari, edited.with_warning())
    assert (answer.status_code, answer.location) == (303, "/meja/format/versi/1")
    page = tuti.words("/meja/format/versi/1")
    assert "0 dari 5" in page
    assert "Contoh cetaknya belum selesai" in page
    printed(desk, 1)
    page = tuti.words("/meja/format/versi/1")
    assert "iktikad niat baik" in page.replace("iktikadniat", "iktikad niat")
    assert "Pelacakan perubahan masih menyala" in page
    once = tuti.post("/meja/format/versi/1/terbit", "/meja/format/versi/1", confirmed="yes")
    assert once.status_code == 422
    assert "Centang setiap peringatan" in words(once)
    given = {"confirmed": "yes", "warning-tracking_on": "yes"}
    assert tuti.post("/meja/format/versi/1/terbit", "/meja/format/versi/1", **given).status_code == 303
    assert "Berlaku: versi 1" in sari.words("/meja/format")
    assert sari.get(f"{KIND}/berlaku").data == edited.with_warning()
    assert sari.get("/meja/format/versi/1/naskah").data == edited.with_warning()
    unsure = tuti.post("/meja/format/versi/1/tarik", "/meja/format/versi/1", reason="")
    assert "Tulis alasan penarikan" in words(unsure)
    assert tuti.post("/meja/format/versi/1/tarik", "/meja/format/versi/1", reason="Salah.").status_code == 303
    assert "Ditarik karena Salah." in sari.words("/meja/format/versi/1")
    assert sari.get(f"{KIND}/berlaku").data == edited.shipped()


def test_publishing_is_confirmed(desk: Desk) -> None:
    upload(desk.coordinator, edited.with_word("niat baik"))
    printed(desk, 1)
    answer = worker(desk, "tuti").post("/meja/format/versi/1/terbit", "/meja/format/versi/1")
    assert answer.status_code == 422
    assert "Centang dahulu" in words(answer)


def test_the_report_names_paragraph_sentence_and_cure_and_nothing_can_be_published(desk: Desk) -> None:
    sari = desk.coordinator
    assert upload(sari, edited.with_error()).status_code == 303
    page = worker(desk, "tuti").get("/meja/format/versi/1")
    told = words(page)
    assert "1 kesalahan" in told
    assert "maksud Anda “first”?" in told
    assert "Paragraf " in told
    assert "frist.name" in told
    assert "Ketik ulang nama isian itu" in told
    assert "Perlu diperbaiki" in told
    assert "/terbit" not in page.text


def test_the_uploader_is_told_that_another_publishes(desk: Desk) -> None:
    wati = worker(desk, "wati")
    upload(wati, edited.with_word("niat baik"))
    printed(desk, 1)
    page = wati.get("/meja/format/versi/1")
    assert "Anda sendiri yang mengunggah" in words(page)
    assert "/terbit" not in page.text


@pytest.mark.parametrize(
    ("data", "note", "name", "said"),
    [
        (edited.shipped(), "Tidak ada.", "format.docx", "sama persis"),
        (edited.with_word("niat baik"), " ", "format.docx", "Tulis apa yang diubah"),
        (b"", "Kosong.", "format.docx", "Berkas ini kosong"),
        (b"PK", "Tanpa nama.", "", "Pilih berkasnya"),
    ],
    ids=["same", "no note", "empty", "no file"],
)
def test_what_cannot_be_kept_is_said_at_its_field(desk: Desk, data: bytes, note: str, name: str, said: str) -> None:
    answer = upload(desk.coordinator, data, note, name)
    assert answer.status_code == 422
    assert said in words(answer)


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"PK\x03\x04" + b"\0" * 100, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_file_that_is_no_word_file_gets_its_report(desk: Desk, data: bytes) -> None:
    sari = desk.coordinator
    assert upload(sari, data).status_code == 303
    told = sari.words("/meja/format/versi/1")
    assert "1 kesalahan" in told
    assert "tidak dapat dibandingkan" in told


def test_the_form_sent_twice_keeps_one_version(desk: Desk) -> None:
    sari = desk.coordinator
    given = {**filled(sari.get(KIND), KIND), "note": "Istilah."}
    for _ in range(2):
        sent = {**given, "file": (io.BytesIO(edited.with_word("niat baik")), "format.docx")}
        assert sari.client.post(KIND, data=sent).location == "/meja/format/versi/1"


def test_samples_and_pictures_are_given_and_others_are_not_found(desk: Desk) -> None:
    sari = desk.coordinator
    upload(sari, edited.with_word("niat baik"))
    with desk.store.write() as session:
        found = templates.find(session, 1)
        pdf, png = desk.files.put(builders.blank_pdf()), desk.files.put(b"\x89PNG")
        picture = {"page": 1, "width": 744, "height": 1052, "sha256": png}
        row = {"name": "one", "pdf": pdf, "pages": 1, "pictures": [picture], "refused": None, "values": {}}
        templates.keep_sample(session, found, row, None, last=False, by=builders.SYSTEM, now=builders.NOW)
        row = {"name": "thirty", "pdf": None, "pages": 0, "pictures": [], "refused": "value_lost"}
        row["values"] = {"place": "/first/name", "value": "Koperasi"}
        templates.keep_sample(session, found, row, None, last=False, by=builders.SYSTEM, now=builders.NOW)
    version = "/meja/format/versi/1"
    assert sari.get(f"{version}/contoh/one").data == builders.blank_pdf()
    shown = sari.get(f"{version}/contoh/one/1")
    assert (shown.data, shown.content_type) == (b"\x89PNG", "image/png")
    for path in ("/contoh/one/2", "/contoh/thirty", "/contoh/lain", "/contoh/lain/1"):
        assert sari.get(version + path).status_code == 404
    assert "Isian /first/name tidak tercetak utuh" in sari.words(version)
    assert 'width="744"' in sari.get(version).text


@pytest.mark.parametrize("path", ["/meja/format/lain", "/meja/format/lain/berlaku", "/meja/format/versi/9"])
def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    assert desk.coordinator.get(path).status_code == 404


def test_who_has_no_part_in_templates_sees_none_and_an_auditor_only_looks(desk: Desk) -> None:
    assert worker(desk, "joko").get("/meja/format").status_code == 403
    ani = worker(desk, "ani")
    page = ani.get(KIND)
    assert page.status_code == 200
    assert 'type="file"' not in page.text
    assert "/meja/format" not in worker(desk, "joko").get("/meja").text

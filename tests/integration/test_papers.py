"""Papers without review, on the Cianjur event: asked for at the desk, made by the worker, refused by name, signed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from kdmp_core import follow_up, papers
from kdmp_core.agreements import moves
from kdmp_core.audit import By
from kdmp_core.errors import Conflict, InvalidInput, NotAllowed
from kdmp_core.lifecycle import Actor, State
from kdmp_core.records import Agreement, Delivery, Event, Paper, PaperState, Step
from kdmp_core.store import open_store
from mou_templates import pressroom
from mou_templates.equality import bare, pdf_pages
from mou_templates.kinds import check_facts
from tests import builders, desks, records, work
from tests.builders import NOW, by_user
from tests.desks import Busy, words
from workflows.stages.work import Tools, tools
from workflows.worker import Worker

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.timeout(240)]
PDF = builders.blank_pdf()
LED = {
    "chair": {
        "name": "Dra. Ratna Kusumawardani, M.M.",
        "office": "Ketua Panitia",
        "institution": "Kementerian Koperasi",
    },
    "minute_taker": {"name": "Fajar", "office": "Notulis", "institution": "Kementerian Koperasi"},
}
AGENT = {"agent": {"name": "Imas Mulyana", "office": "Sekretaris", "address": "Jalan Raya Hegarmanah Nomor 2"}}
SEEN = {"sacks": 80, "condition": "karung utuh dan kering", "parent_number": "01/PKS/XI/2026"}


@pytest.fixture(scope="module")
def busy_before(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Busy]:
    folder = tmp_path_factory.mktemp("busy")
    store = open_store(records.fresh(sqlite_template, folder))
    made = desks.make_busy(desks.make_desk(store, folder / "data"))
    store.close()
    return folder, made


@pytest.fixture
def busy(busy_before: tuple[Path, Busy], tmp_path: Path) -> Iterator[Busy]:
    folder, made = busy_before
    with desks.copied(made, folder, tmp_path / "busy") as busy:
        yield busy


@contextmanager
def worker_of(busy: Busy) -> Iterator[tuple[Worker, Tools]]:
    desk = busy.desk
    with tools(desk.settings, lambda: desk.clock[0], "test:1") as parts:
        reached = replace(parts, store=desk.store)
        yield Worker(reached, works=[work.kind("paper")], prefect=False), reached


def make_all(busy: Busy) -> int:
    with worker_of(busy) as (worker, _):
        return sum(iter(worker.turn, 0))


def papers_of(busy: Busy) -> dict[str, Paper]:
    with busy.desk.store.read() as session:
        return {paper.about: paper for paper in session.scalars(select(Paper))}


def ask_minutes(busy: Busy, **details: Any) -> None:
    with busy.desk.store.write() as session:
        event = session.get_one(Event, busy.event_id)
        given = {**papers.suggested(session, event), **LED, **details}
        papers.ask_minutes(session, event, given, by_user(busy.desk.staff.coordinator), NOW)


def printed(busy: Busy, about: str) -> str:
    kept = papers_of(busy)[about]
    assert kept.state is PaperState.MADE, kept.refusal
    assert kept.pdf_sha256 is not None
    return bare("".join(pdf_pages(busy.desk.files.get(kept.pdf_sha256))))


# What the papers of the Cianjur event say


def test_the_minutes_say_who_came_what_was_mapped_proposed_and_planned(busy: Busy) -> None:
    ask_minutes(busy, number="001/BA/X/2025", speakers=[LED["chair"]], decisions=["harga diatur dalam PKS"])
    assert make_all(busy) == 1
    said = printed(busy, "minutes")
    for wanted in (
        "60 (enam puluh) orang dari 30 (tiga puluh) koperasi",
        "001/BA/X/2025",
        "gabah kering panen (GKP) 3.230.000",
        "Nota Kesepahaman tentang Jaringan Usaha Perberasan Koperasi Desa/Kelurahan Merah Putih bersama Koperasi Niaga",
        "harga diatur dalam PKS",
        "Menyusun kalender panen dan pengumpulan bersama",
        "23 November 2025",
        "Dra. Ratna Kusumawardani, M.M.",
        "22 Oktober 2025",
    ):
        assert bare(wanted) in said, wanted


def test_every_day_has_its_list_and_telephone_numbers_only_when_asked_for(busy: Busy) -> None:
    sari = by_user(busy.desk.staff.coordinator)
    with busy.desk.store.write() as session:
        event = session.get_one(Event, busy.event_id)
        days = papers.days_of(event)
        for day in days:
            papers.ask_attendance(session, event, day, {"with_phone": "yes"} if day == days[0] else {}, sari, NOW)
        with pytest.raises(InvalidInput, match=r"papers\.day"):
            papers.ask_attendance(session, event, date(2025, 11, 1), {}, sari, NOW)
    assert make_all(busy) == 3
    first, second = printed(busy, "attendance:2025-10-22"), printed(busy, "attendance:2025-10-23")
    assert bare("Deden Nurjanah") in first
    assert bare("60 (enam puluh) orang dari 30 (tiga puluh) koperasi") in second  # three names stand twice
    assert ("81300006421" in first, "81300006421" in second) == (True, False)


def test_a_handover_note_repeats_the_weights_that_were_recorded(busy: Busy) -> None:
    with busy.desk.store.write() as session:
        row = session.scalars(select(Delivery)).one()
        papers.ask_handover(session, row.id, SEEN, by_user(busy.desk.staff.coordinator), NOW)
        weights = [row.gross_kg, row.tare_kg, row.net_kg, row.amount_rupiah]
    make_all(busy)
    said = printed(busy, "handover:1")
    for number in weights:
        assert f"{number:,}".replace(",", ".") in said
    with busy.desk.store.read() as session:
        steps = session.scalars(select(Step.move).join(Agreement, Agreement.code == Step.chain))
        assert {"ask_paper", "make_paper"} <= set(steps)


def test_powers_of_attorney_for_one_party_and_for_all_cooperatives(busy: Busy) -> None:
    with busy.desk.store.write() as session:
        sent = session.scalars(select(Agreement).where(Agreement.code == busy.sent)).one()
        by, first = by_user(busy.desk.staff.coordinator), sent.parties[0]
        papers.ask_power(session, sent, first.party_id, AGENT, by, NOW)
        papers.ask_group_power(session, sent, AGENT, by, NOW)
        force = session.scalars(select(Agreement).where(Agreement.code == busy.framework)).one()
        with pytest.raises(Conflict, match=r"papers\.nothing_to_sign"):
            papers.ask_group_power(session, force, AGENT, by, NOW)
        names, one = [row.party.name for row in sent.parties if row.side == "first"], first.party.name
        about = f"power:{sent.id}"
    make_all(busy)
    group = printed(busy, about)
    assert all(bare(name) in group for name in names)
    assert bare(one) in printed(busy, f"{about}:{first.party_id}")


def test_the_facts_that_are_kept_are_those_the_paper_was_made_of(busy: Busy) -> None:
    ask_minutes(busy)
    make_all(busy)
    kept = papers_of(busy)["minutes"]
    again = pressroom.words("minutes", check_facts("minutes", kept.facts))
    assert kept.word_sha256 is not None
    word = busy.desk.files.get(kept.word_sha256)
    assert pressroom.draft("minutes", again, pressroom.form("minutes")).docx == word


# Asking, asking again, refusing, signing


def test_what_is_missing_is_named_and_nothing_is_lost(busy: Busy) -> None:
    ask_minutes(busy, chair={"name": "Ratna"}, agenda=[], basis=["Undangan"])
    assert make_all(busy) == 1
    refused = papers_of(busy)["minutes"]
    assert refused.state is PaperState.REFUSED
    assert refused.refusal == "Belum lengkap: pimpinan, agenda. Lengkapi lalu minta lagi."
    assert (refused.details["basis"], refused.due_at, refused.leased_by) == (["Undangan"], None, None)
    ask_minutes(busy)
    make_all(busy)
    made = papers_of(busy)["minutes"]
    assert (made.state, made.version, made.refusal, made.code) == (PaperState.MADE, 2, None, refused.code)


def test_a_letter_that_cannot_be_printed_is_refused_with_its_place(busy: Busy) -> None:
    ask_minutes(busy, chair={**LED["chair"], "name": "R\u0430tna"})
    make_all(busy)
    refused = papers_of(busy)["minutes"]
    assert refused.state is PaperState.REFUSED
    assert "bukan Latin" in (refused.refusal or "")
    assert "chair" in (refused.refusal or "")


def test_what_was_asked_anew_meanwhile_is_not_overwritten_by_older_work(busy: Busy) -> None:
    ask_minutes(busy)
    desk = busy.desk
    with desk.store.read() as session:
        old = papers.prepare(session, 1, pressroom, desk.files, legal_review="trial")
    ask_minutes(busy, number="002")
    system = By(Actor.SYSTEM)
    with desk.store.write() as session:
        assert papers.finish(session, old, PDF, 1, desk.files, system, NOW) is None
        assert papers.refuse(session, 1, old.version, "x", "paper.word_line", system, NOW) is None
    make_all(busy)
    assert bare("NOMOR: 002") in printed(busy, "minutes")


def test_a_signed_paper_keeps_its_scan_and_is_made_no_more(busy: Busy) -> None:
    desk, by = busy.desk, by_user(busy.desk.staff.coordinator)
    ask_minutes(busy)
    with desk.store.write() as session, pytest.raises(Conflict, match=r"papers\.not_made"):
        papers.confirm_scan(session, desk.files, 1, PDF, by, NOW)
    make_all(busy)
    with desk.store.write() as session:
        for scan in (b"GIF89a", b"%PDF-" + b"x" * follow_up.LARGEST_SCAN):
            with pytest.raises(InvalidInput, match=r"follow_up\.scan"):
                papers.confirm_scan(session, desk.files, 1, scan, by, NOW)
        with pytest.raises(NotAllowed):
            papers.confirm_scan(session, desk.files, 1, PDF, by_user(desk.staff.reviewer), NOW)
        papers.confirm_scan(session, desk.files, 1, PDF, by, NOW)
    with pytest.raises(Conflict, match=r"papers\.signed"):
        ask_minutes(busy)
    with desk.store.read() as session:
        assert builders.chain_is_whole(session)


def test_a_delivery_that_was_taken_back_has_no_handover_note(busy: Busy) -> None:
    by = by_user(busy.desk.staff.coordinator)
    with busy.desk.store.write() as session:
        back = follow_up.reverse(session, 1, "Salah timbang", "back", by, NOW)
        for one in (1, back.id):
            with pytest.raises(Conflict, match=r"papers\.reversed"):
                papers.ask_handover(session, one, SEEN, by, NOW)


def test_all_papers_at_once_ask_only_for_what_is_not_made_or_would_say_something_else(busy: Busy) -> None:
    by = by_user(busy.desk.staff.coordinator)

    def ask_all() -> list[str]:
        with busy.desk.store.write() as session:
            event = session.get_one(Event, busy.event_id)
            return [paper.about for paper in papers.ask_all(session, event, by, NOW, legal_review="trial")]

    lists = [f"attendance:2025-10-{day}" for day in (22, 23, 24)]
    assert ask_all() == ["minutes", *lists]
    assert ask_all() == []  # on their way
    make_all(busy)
    assert papers_of(busy)["minutes"].refusal == "Belum lengkap: pimpinan, notulis. Lengkapi lalu minta lagi."
    assert ask_all() == ["minutes"]
    ask_minutes(busy)
    make_all(busy)
    assert ask_all() == []
    with busy.desk.store.write() as session:
        session.get_one(Event, busy.event_id).venue = "Gedung Serbaguna Cianjur"
    assert ask_all() == ["minutes", *lists]


def test_a_batch_of_papers_names_the_refused_one_and_makes_the_others(busy: Busy) -> None:
    by = by_user(busy.desk.staff.coordinator)
    with busy.desk.store.write() as session:
        sent = session.scalars(select(Agreement).where(Agreement.code == busy.sent)).one()
        ids = [row.party_id for row in sent.parties][:30]
        for place, party_id in enumerate(ids):
            papers.ask_power(session, sent, party_id, {} if place == 11 else AGENT, by, NOW)
    assert make_all(busy) == 30
    kept = list(papers_of(busy).values())
    assert [paper.refusal for paper in kept if paper.state is PaperState.REFUSED] == [
        "Belum lengkap: penerima kuasa. Lengkapi lalu minta lagi."
    ]
    assert sum(paper.state is PaperState.MADE for paper in kept) == 29
    with busy.desk.store.read() as session:
        done = session.scalars(select(Step.move).where(Step.move.in_(("make_paper", "refuse_paper"))))
        assert sorted(done) == ["make_paper"] * 29 + ["refuse_paper"]
        assert builders.chain_is_whole(session)


# At the desk


def address(busy: Busy, more: str = "") -> str:
    return f"/meja/acara/{busy.event_id}/berkas{more}"


def led() -> dict[str, str]:
    return {f"{who}-0-{name}": value for who, one in LED.items() for name, value in one.items()}


def test_all_papers_from_one_button_to_the_zip(busy: Busy) -> None:
    sari = busy.desk.coordinator
    assert "Belum ada berkas" in sari.words(address(busy))
    answer = sari.post(address(busy, "/semua"), page=address(busy))
    assert (answer.status_code, answer.location) == (303, address(busy))
    shown = sari.words(address(busy))
    assert "3 dari 8 naskah siap" in shown
    assert "4 sedang dibuat" in shown
    make_all(busy)
    shown = sari.words(address(busy))
    assert "6 dari 8 naskah siap" in shown
    assert "Belum lengkap: pimpinan, notulis." in shown
    asked = sari.post(address(busy, "/berita-acara"), act="ask", **led())
    assert asked.location == "/meja/berkas/1"
    assert "sedang dibuat" in sari.words("/meja/berkas/1")
    make_all(busy)
    assert "7 dari 8 naskah siap" in sari.words(address(busy))
    packed = zipfile.ZipFile(io.BytesIO(sari.get(address(busy, ".zip")).data))
    assert packed.testzip() is None
    names = packed.namelist()
    assert len([name for name in names if name.startswith("berkas/") and name.endswith(".pdf")]) == 4
    assert f"naskah/{busy.sent}-1.pdf" in names


def test_the_page_renews_itself_when_something_changes(busy: Busy) -> None:
    sari = busy.desk.coordinator

    def mark() -> str:
        return sari.get(address(busy)).text.split('data-renew="')[1].split('"')[0]

    before = mark()
    assert mark() == before
    ask_minutes(busy)
    owed = mark()
    make_all(busy)
    assert len({before, owed, mark()}) == 3


def test_a_form_names_what_is_missing_and_keeps_what_was_typed(busy: Busy) -> None:
    sari = busy.desk.coordinator
    page = address(busy, "/berita-acara")
    for act in ("ask", "preview"):
        answer = sari.post(page, act=act, **{"chair-0-name": "Ratna", "opened": "25.00", "number": "7"})
        assert answer.status_code == 422
        assert "Tulis jamnya seperti 09.30." in words(answer)
        assert all(place in answer.text for place in ('href="#chair-0-office"', 'value="Ratna"', 'value="7"'))
    assert not papers_of(busy)


def test_a_preview_shows_the_words_and_keeps_nothing(busy: Busy) -> None:
    sari = busy.desk.coordinator
    answer = sari.post(address(busy, "/berita-acara"), act="preview", **led())
    assert answer.status_code == 200
    assert "60 (enam puluh) orang" in words(answer)
    listed = sari.post(address(busy, "/daftar-hadir"), act="preview", day="2025-10-23")
    assert "23 Oktober 2025" in words(listed)
    assert not papers_of(busy)


def test_attendance_for_every_day_or_one(busy: Busy) -> None:
    sari = busy.desk.coordinator
    sari.post(address(busy, "/daftar-hadir"), act="ask")
    assert set(papers_of(busy)) == {f"attendance:2025-10-{day}" for day in (22, 23, 24)}
    answer = sari.post(address(busy, "/daftar-hadir"), act="ask", day="2025-10-23", with_phone="yes")
    assert answer.status_code == 303
    assert {about: paper.version for about, paper in papers_of(busy).items()}["attendance:2025-10-23"] == 2
    assert sari.post(address(busy, "/daftar-hadir"), act="ask", day="2025-11-23").status_code == 422


def upload(busy: Busy, data: bytes) -> TestResponse:
    client = busy.desk.coordinator.client
    given = desks.filled(client.get("/meja/berkas/1"), "/meja/berkas/1/pindaian")
    return client.post("/meja/berkas/1/pindaian", data={**given, "scan": (io.BytesIO(data), "pindaian.pdf")})


def test_a_handover_note_from_the_delivery_to_its_scan(busy: Busy) -> None:
    sari = busy.desk.coordinator
    page = sari.get(f"/meja/naskah/{busy.contract}").text
    form = f"/meja/naskah/{busy.contract}/penyerahan/1/bast"
    assert form in page
    asked = sari.post(form, act="ask", sacks="80", condition="karung utuh", parent_number="01/PKS")
    assert asked.location == "/meja/berkas/1"
    make_all(busy)
    shown = sari.get("/meja/berkas/1")
    assert "BERITA ACARA SERAH TERIMA" in words(shown)
    assert sari.get("/meja/berkas/1/pdf").data.startswith(b"%PDF-")
    assert sari.get("/meja/berkas/1/word").data.startswith(b"PK")
    assert sari.get("/meja/berkas/1/scan").status_code == 404
    assert upload(busy, b"bukan pdf").status_code == 422
    assert upload(busy, PDF).status_code == 303
    assert sari.get("/meja/berkas/1/scan").data == PDF
    assert "Pindaian disimpan Sari Wulandari" in sari.words("/meja/berkas/1")
    assert "Berkas dibuat" in sari.words(f"/meja/naskah/{busy.contract}")


def test_a_power_of_attorney_from_the_agreement(busy: Busy) -> None:
    sari = busy.desk.coordinator
    form = f"/meja/naskah/{busy.sent}/kuasa"
    assert form in sari.get(f"/meja/naskah/{busy.sent}").text
    assert form.replace(busy.sent, busy.framework) not in sari.get(f"/meja/naskah/{busy.framework}").text
    agent = {f"agent-0-{name}": value for name, value in AGENT["agent"].items()}
    shown = sari.post(form, act="preview", party="2", **agent)
    assert "Imas Mulyana" in words(shown)
    assert sari.post(form, act="ask", party="2", **agent).status_code == 303
    assert sari.post(form, act="ask", **agent).status_code == 303
    make_all(busy)
    assert {paper.state for paper in papers_of(busy).values()} == {PaperState.MADE}
    assert sari.post(form, act="ask", party="999", **agent).status_code == 404


def test_an_agreement_that_came_back_is_named_with_its_reason(busy: Busy) -> None:
    desk = busy.desk
    with desk.store.write() as session:
        draft = session.scalars(select(Agreement).where(Agreement.code == busy.draft)).one()
        builders.submit(session, draft, desk.staff, files=desk.files)
        said = moves.Asked("return", "back", "Pasal 3 belum jelas.")
        moves.apply(session, draft.id, said, by_user(desk.staff.reviewer), NOW)
        assert draft.state is State.RETURNED
    shown = desk.coordinator.words(address(busy))
    assert "Pasal 3 belum jelas." in shown
    assert "1 perlu diperbaiki" in shown

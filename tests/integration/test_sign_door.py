"""The door of those who sign, through Flask's own client: every page, every ending, nothing told before the code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kdmp_core.files import Files
from kdmp_core.lifecycle import SignatoryState, State
from kdmp_core.records import Agreement, Code, Event, Link, Message, Remark, Signatory, Signature, Step
from kdmp_core.settings import Settings
from kdmp_core.signing import codes, links, requests, sessions
from kdmp_core.store import Store
from tests import builders
from tests.builders import NOW, Sent, by_user
from tests.desks import words
from webhooks.app import create_app

pytestmark = pytest.mark.database("sqlite")


@dataclass
class Door:
    """A running door over a record with an agreement out for signature; its clock is set by hand."""

    store: Store
    settings: Settings
    sent: Sent
    files: Files
    clock: list[datetime] = field(default_factory=lambda: [NOW])

    def __post_init__(self) -> None:
        self.app = create_app(self.settings, store=self.store, now=lambda: self.clock[0])

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def link(self, at: int = 0) -> Link:
        officer = builders.signing_officer(self.sent.parties[at])
        with self.store.read() as session:
            found = links.live(session, officer.id, self.sent.event.id)
            assert found is not None
            return found

    def path(self, at: int = 0) -> str:
        return f"/t/{links.token(self.settings, self.link(at).id)}"

    def tell(self) -> str:
        """Let the second member of staff release the newest code, and give it."""
        with self.store.write() as session:
            newest = session.scalars(select(Code).order_by(Code.id.desc()).limit(1)).one()
            return codes.release(session, newest.id, self.sent.staff.second, self.settings, self.clock[0])

    def enter(self, at: int = 0) -> FlaskClient:
        """Walk from the link into the folder and give the browser that did."""
        client = self.client()
        post(client, self.path(at))
        answer = post(client, "/s/kode", page="/s/kode", code=self.tell())
        assert answer.status_code == 303
        return client

    @property
    def read_path(self) -> str:
        return f"/s/baca/{self.sent.agreement.id}"

    def sign(self, client: FlaskClient, **changes: str) -> TestResponse:
        given = {**hidden(client.get(self.read_path)), "read": "yes", "electronic": "yes", **changes}
        return client.post(self.read_path, data=given)


@pytest.fixture
def door(store: Store, tmp_path: Path) -> Door:
    settings = builders.settings_in(tmp_path / "data")
    files = Files(settings.documents)
    with store.write() as session:
        sent = builders.create_sent(session, settings, files)
    return Door(store, settings, sent, files)


def page(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "lxml")


def hidden(answer: TestResponse, action: str = "") -> dict[str, str]:
    """Give the hidden fields of a page's first form (or of the one with that action)."""
    form: Any = page(answer).select_one(f'form[action="{action}"]' if action else "form")
    assert form is not None, answer.text
    return {item["name"]: item["value"] for item in form.select("input[type=hidden]")}


def post(client: FlaskClient, path: str, page: str = "", **fields: str) -> TestResponse:
    """Send a form from the page that shows it, with the page's own hidden fields."""
    return client.post(path, data={**hidden(client.get(page or path), path), **fields})


# The landing


def test_the_landing_tells_nothing_and_a_look_changes_nothing(door: Door) -> None:
    client = door.client()
    with door.store.read() as session:
        before = [session.scalar(select(func.count()).select_from(kind)) for kind in (Code, Message, Step, Link)]
    for method in ("get", "head", "get"):
        answer = getattr(client, method)(door.path())
        assert answer.status_code == 200
    text = client.get(door.path()).text
    told = [door.sent.agreement.title, door.sent.agreement.code, *(party.name for party in door.sent.parties)]
    told += [builders.signing_officer(party).name for party in door.sent.parties]
    told += [str(builders.signing_officer(party).phone)[-6:] for party in door.sent.parties]
    told += [door.sent.event.name, door.sent.staff.coordinator.name]
    assert not [name for name in told if name in text]
    with door.store.read() as session:
        after = [session.scalar(select(func.count()).select_from(kind)) for kind in (Code, Message, Step, Link)]
    assert before == after


def test_pages_of_the_path_are_kept_by_nobody_and_named_to_nobody(door: Door) -> None:
    client = door.enter()
    for answer in (door.client().get(door.path()), client.get("/s"), client.get(door.read_path)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_unknown_link_meets_the_generic_page(door: Door) -> None:
    answer = door.client().get("/t/" + "A" * 22)
    assert answer.status_code == 404
    assert "Periksa tautan dari petugas" in words(answer)


def test_a_link_that_was_replaced_says_so_without_a_name(door: Door) -> None:
    old = door.path()
    with door.store.write() as session:
        user = by_user(door.sent.staff.coordinator)
        link = door.link()
        requests.replace_link(session, link.officer_id, link.event_id, user, settings=door.settings, now=NOW)
    answer = door.client().get(old)
    assert answer.status_code == 410
    assert "Tautan ini sudah diganti" in words(answer)
    assert builders.signing_officer(door.sent.parties[0]).name not in answer.text
    assert page(answer).select_one('a[href^="https://wa.me/"]') is not None
    assert door.client().get(door.path()).status_code == 200


@pytest.mark.parametrize(("after", "status"), [(-1, 200), (0, 410), (1, 410)])
def test_a_link_opens_until_exactly_its_last_instant(door: Door, after: int, status: int) -> None:
    path, deadline = door.path(), door.sent.agreement.deadline_at
    assert deadline is not None
    door.clock[0] = deadline + timedelta(seconds=after)
    assert door.client().get(path).status_code == status


# The code


def test_two_taps_on_the_button_owe_one_code(door: Door) -> None:
    client = door.client()
    fields = hidden(client.get(door.path()))
    for _ in range(2):
        assert client.post(door.path(), data=fields).status_code == 303
    with door.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Code)) == 1
        assert session.scalar(select(func.count()).select_from(Message).where(Message.kind == "code")) == 1


def test_a_wrong_code_is_counted_and_the_page_says_how_many_tries_are_left(door: Door) -> None:
    client = door.client()
    post(client, door.path())
    wrong = f"{(int(door.tell()) + 1) % 10**6:06d}"
    answer = post(client, "/s/kode", code=wrong)
    assert answer.status_code == 422
    assert "Sisa 4 kali percobaan" in words(answer)
    assert page(answer).title.get_text().startswith("Salah:")  # type: ignore[union-attr]
    for _ in range(4):
        answer = post(client, "/s/kode", code=wrong)
    assert "Minta kode baru" in words(answer)


def test_a_code_typed_with_spaces_and_dashes_opens_the_only_agreement(door: Door) -> None:
    client = door.client()
    post(client, door.path())
    typed = door.tell()
    answer = post(client, "/s/kode", code=f" {typed[:2]} {typed[2:4]}-{typed[4:]}")
    assert (answer.status_code, answer.location) == (303, door.read_path)


def test_a_code_opens_nothing_in_another_browser(door: Door) -> None:
    mine, other = door.client(), door.client()
    post(mine, door.path())
    typed = door.tell()
    assert "Halaman ini belum meminta kode" in words(other.get("/s/kode"))
    answer = other.post("/s/kode", data={**hidden(other.get(door.path())), "code": typed})
    assert answer.status_code == 422
    assert post(mine, "/s/kode", code=typed).status_code == 303


def test_an_empty_code_and_a_code_too_late_have_their_own_words(door: Door) -> None:
    client = door.client()
    post(client, door.path())
    assert "Isi 6 angka kode lebih dahulu" in words(post(client, "/s/kode", code=" "))
    typed = door.tell()
    door.clock[0] += codes.LIFE
    assert "Kode sudah kedaluwarsa" in words(post(client, "/s/kode", code=typed))


def test_the_fourth_code_of_a_day_is_refused_with_a_way_on(door: Door) -> None:
    for _ in range(3):
        post(door.client(), door.path())
    answer = post(door.client(), door.path())
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert page(answer).select_one('a[href="/bantuan"]') is not None


# Read and sign


def test_the_agreement_is_read_as_text_with_its_key_facts_first(door: Door) -> None:
    answer = door.enter().get(door.read_path)
    text = words(answer)
    assert text.index("Siapa yang bekerja sama") < text.index("Pasal 1")
    assert "2 koperasi dengan Koperasi Niaga Mukti" in text
    assert "2 tahun, mulai 24 November 2026" in text
    assert "Selasa, 8 Desember 2026 pukul 23.59 WIB" in text
    assert "001/KDKMP-CIANJUR/NK/XI/2026" in text
    assert len(page(answer).select("h1")) == 1
    assert "tidak tersertifikasi" in text


def test_the_pdf_is_the_one_that_is_signed(door: Door) -> None:
    client = door.enter()
    answer = client.get(f"/s/pdf/{door.sent.agreement.id}")
    assert answer.data == builders.blank_pdf()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert re.search(r"Unduh PDF \(\d+ KB\)", words(client.get(door.read_path)))


def test_a_signature_is_followed_by_its_receipt_which_opens_again(door: Door) -> None:
    client = door.enter()
    answer = door.sign(client)
    place = f"/s/selesai/{door.sent.agreement.id}"
    assert (answer.status_code, answer.location) == (303, place)
    with door.store.read() as session:
        signature = session.scalars(select(Signature)).one()
    for browser in (client, door.enter()):
        receipt = browser.get(place)
        assert signature.receipt in words(receipt)
        assert signature.document_sha256 in words(receipt)
        assert "1 dari 3 pihak" in words(receipt)
    kept = client.get(f"/s/tanda-terima/{door.sent.agreement.id}")
    assert signature.receipt in kept.text


def test_back_to_the_agreement_after_signing_is_the_receipt(door: Door) -> None:
    client = door.enter()
    door.sign(client)
    answer = client.get(door.read_path)
    assert (answer.status_code, answer.location) == (303, f"/s/selesai/{door.sent.agreement.id}")


def test_the_same_form_twice_signs_once_and_gives_the_same_receipt(door: Door) -> None:
    client = door.enter()
    given = {**hidden(client.get(door.read_path)), "read": "yes", "electronic": "yes"}
    places = [client.post(door.read_path, data=given).location for _ in range(2)]
    assert places == [f"/s/selesai/{door.sent.agreement.id}"] * 2
    with door.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Signature)) == 1


def test_a_missing_tick_keeps_the_other_and_is_named(door: Door) -> None:
    client = door.enter()
    answer = door.sign(client, electronic="")
    assert answer.status_code == 422
    shown = page(answer)
    assert shown.select_one("#read[checked]") is not None
    assert shown.select_one("#electronic[aria-invalid]") is not None
    assert "Centang kotak persetujuan lebih dahulu" in words(answer)


def test_a_page_that_showed_another_document_signs_nothing(door: Door) -> None:
    answer = door.sign(door.enter(), sha256="0" * 64)
    assert answer.status_code == 409
    assert "Isi dokumen berubah" in words(answer)
    with door.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Signature)) == 0


def test_a_form_without_our_own_mark_signs_nothing(door: Door) -> None:
    client = door.enter()
    given = {**hidden(client.get(door.read_path)), "read": "yes", "electronic": "yes", "csrf_token": "forged"}
    assert client.post(door.read_path, data=given).status_code == 412
    with door.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Signature)) == 0


def test_the_level_and_the_browser_stand_in_the_evidence_and_the_address_does_not(door: Door) -> None:
    client = door.enter()
    client.post(
        door.read_path,
        data={**hidden(client.get(door.read_path)), "read": "yes", "electronic": "yes"},
        headers={"User-Agent": "Jelajah/1.0 " + "x" * 500},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )
    with door.store.read() as session:
        kept = session.scalars(select(Signature)).one().evidence
    assert kept["level"] == codes.BY_SECOND_STAFF
    assert kept["machine"]["agent"].startswith("Jelajah/1.0")
    assert len(kept["machine"]["agent"]) == 200
    assert "203.0.113.7" not in str(kept)


# No, not me, over


def test_a_no_with_its_reason_reaches_the_record_and_can_be_looked_at_again(door: Door) -> None:
    client = door.enter()
    path = f"/s/tolak/{door.sent.agreement.id}"
    empty = post(client, path, reason=" ")
    assert empty.status_code == 422
    answer = post(client, path, reason="Pasal 4 belum jelas")
    assert (answer.status_code, answer.location) == (303, path)
    assert "Pasal 4 belum jelas" in words(client.get(path))
    assert client.get(door.read_path).location == path
    with door.store.read() as session:
        row = session.scalars(select(Signatory).where(Signatory.position == 1)).one()
    assert (row.state, row.decline_reason) == (SignatoryState.DECLINED, "Pasal 4 belum jelas")


def test_who_says_it_is_not_him_stops_the_link_at_once(door: Door) -> None:
    client, path = door.enter(), door.path()
    assert client.get("/s/bukan-saya").status_code == 200
    answer = post(client, "/s/bukan-saya")
    assert "tautan sudah kami hentikan" in words(answer)
    assert client.get("/s").status_code == 401
    assert "Tautan ini dihentikan" in words(door.client().get(path))
    with door.store.read() as session:
        assert "not_me" in session.scalars(select(Step.move).where(Step.chain == "house")).all()


def test_a_session_that_is_over_keeps_a_way_back(door: Door) -> None:
    client = door.enter()
    door.clock[0] += sessions.LIFE
    answer = client.get(door.read_path)
    assert answer.status_code == 401
    assert "Waktu membuka dokumen sudah habis" in words(answer)
    again = client.post("/s/kode/lagi", data=hidden(answer, "/s/kode/lagi"))
    assert (again.status_code, again.location) == (303, "/s/kode")
    assert post(client, "/s/kode", code=door.tell()).location == door.read_path


@pytest.mark.parametrize(
    "path", ["/s", "/s/baca/1", "/s/pdf/1", "/s/selesai/1", "/s/tolak/1", "/s/konsep/1", "/s/bukan-saya"]
)
def test_nothing_of_a_folder_opens_without_a_session(door: Door, path: str) -> None:
    assert door.client().get(path).status_code == 401


def test_a_link_that_dies_closes_the_open_folder_at_once(door: Door) -> None:
    client = door.enter()
    with door.store.write() as session:
        links.revoke(session, session.get_one(Link, door.link().id), NOW)
    answer = client.get("/s")
    assert answer.status_code == 410
    assert "Tautan ini dihentikan" in words(answer)


def test_a_folder_shows_nothing_of_another(door: Door) -> None:
    with door.store.write() as session:
        staff = door.sent.staff
        event = builders.create_event(session, staff.coordinator, NOW + timedelta(days=1))
        builders.create_roster(session, event, staff.coordinator)
        other = builders.create_agreement_drawn_up(session, event, staff, door.files)
        builders.send(session, other, staff, door.settings)
    client = door.enter()
    for place in ("baca", "pdf", "selesai", "tolak", "konsep", "tanda-terima"):
        assert client.get(f"/s/{place}/{other.id}").status_code == 404


def test_a_round_that_has_ended_says_how_it_stands(door: Door) -> None:
    client = door.enter()
    with door.store.write() as session:
        agreement = session.get_one(Agreement, door.sent.agreement.id)
        agreement.deadline_at = NOW
    answer = client.get(door.read_path)
    assert "Dokumen ini sudah ditutup" in words(answer)
    assert page(answer).select_one("form") is None


def test_closing_the_folder_ends_it_here(door: Door) -> None:
    client = door.enter()
    assert "Dokumen sudah ditutup" in words(client.post("/s/keluar", data=hidden(client.get("/s"), "/s/keluar")))
    assert client.get("/s").status_code == 401


# Drafts and several agreements


def test_a_draft_is_read_and_remarked_on_and_cannot_be_signed(door: Door) -> None:
    with door.store.write() as session:
        event, staff = session.get_one(Event, door.sent.event.id), door.sent.staff
        builders.create_party(session, event, 9, staff.coordinator, side=builders.Side.COUNTERPART, name="Perum Bulog")
        draft = builders.submit(session, builders.create_agreements(session, event, staff)[-1], staff, files=door.files)
    client = door.enter()
    assert client.get("/s").status_code == 200
    assert client.get(f"/s/baca/{draft.id}").location == f"/s/konsep/{draft.id}"
    path = f"/s/konsep/{draft.id}"
    shown = words(client.get(path))
    assert "Perum Bulog" in shown
    assert "Pasal 1" in shown
    assert "Setuju dan tanda tangani" not in shown
    assert post(client, path, remark="").status_code == 422
    post(client, path, remark="Pasal 3 terlalu berat")
    assert "Pasal 3 terlalu berat" in words(client.get(path))
    with door.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Remark)) == 1
        assert session.get_one(Agreement, draft.id).state is State.SUBMITTED


def test_help_names_the_person_once_the_browser_came_by_a_link(door: Door) -> None:
    client = door.client()
    name = door.sent.staff.coordinator.name
    assert name not in client.get("/bantuan").text
    post(client, door.path())
    answer = client.get("/bantuan")
    assert name in words(answer)
    assert page(answer).select_one('a[href^="https://wa.me/6281200000001"]') is not None


def test_cookies_are_bound_to_the_host_where_people_come_by_https(store: Store, tmp_path: Path) -> None:
    settings = builders.settings_in(tmp_path / "data", url="https://kdmp.contoh.id")
    files = Files(settings.documents)
    with store.write() as session:
        sent = builders.create_sent(session, settings, files)
    door = Door(store, settings, sent, files)
    client = door.client()
    https = {"base_url": "https://kdmp.contoh.id", "headers": {"Referer": "https://kdmp.contoh.id/t"}}
    fields = hidden(client.get(door.path(), base_url="https://kdmp.contoh.id"))
    answer = client.post(door.path(), data=fields, **https)  # type: ignore[arg-type]
    kept = answer.headers.getlist("Set-Cookie")
    assert any(item.startswith("__Host-kdmp-browser=") and "Secure" in item and "SameSite=Lax" in item for item in kept)

"""A partner's own text from its upload at the desk to the sealed file: reviewed, signed, judged genuine."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from kdmp_core.agreements import documents, own_drafts
from kdmp_core.errors import MoveRefused
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Code, Document, DocumentKind, Link, Round, Step
from kdmp_core.signing import codes, links
from mou_templates import adopting
from mou_templates.equality import pdf_pages
from mou_templates.verdict import verdict
from tests import builders, desks, pdfa, work
from tests import own_drafts as given
from tests.builders import NOW
from tests.desks import Desk, Worker, filled, words
from workflows.command import main
from workflows.stages import own_draft
from workflows.stages.work import Tools

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.timeout(240)]
NAME = "Naskah Bulog 2026"
BY_HAND = "diisi petugas, bukan dibaca dari naskah"


@dataclass
class House:
    """A desk and a worker over one record, with one network MoU in draft."""

    parts: Tools
    desk: Desk
    code: str

    @property
    def path(self) -> str:
        return f"/meja/naskah/{self.code}"

    @property
    def own(self) -> str:
        return f"{self.path}/naskah-mitra"

    @property
    def agreement(self) -> Agreement:
        with self.parts.store.read() as session:
            return session.scalars(select(Agreement).where(Agreement.code == self.code)).one()

    def bring(self, data: bytes, name: str, worker: Worker | None = None) -> TestResponse:
        sari = worker or self.desk.coordinator
        fields = filled(sari.get(self.own), self.own)
        return sari.client.post(self.own, data={**fields, "file": (io.BytesIO(data), name)})

    def choose(self) -> TestResponse:
        return self.desk.coordinator.post(f"{self.own}/pakai", self.own)

    def step(self, name: str, who: Any, **fields: str) -> TestResponse:
        return self.desk.sign_in(who).post(f"{self.path}/langkah/{name}", self.path, **fields)

    def review(self) -> None:
        staff = self.desk.staff
        for name, who in (("submit", staff.coordinator), ("endorse", staff.reviewer), ("approve", staff.ministry)):
            answer = self.step(name, who)
            assert answer.status_code == 303, words(answer)

    def open_folder(self, link: Link) -> FlaskClient:
        """Walk from the link into the folder with the code that the second coordinator gives."""
        client = self.desk.app.test_client()
        send(client, f"/t/{links.token(self.desk.settings, link.id)}")
        with self.parts.store.write() as session:
            newest = session.scalars(select(Code).order_by(Code.id.desc()).limit(1)).one()
            code = codes.release(session, newest.id, self.desk.staff.second, self.desk.settings, NOW)
        assert send(client, "/s/kode", code=code).status_code == 303
        return client

    def links(self) -> list[Link]:
        with self.parts.store.read() as session:
            return list(session.scalars(select(Link).order_by(Link.id)))


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    with work.open_tools(tmp_path, database_url) as parts:
        with parts.store.write() as session:
            staff = builders.create_staff(session)
            for user in (staff.coordinator, staff.reviewer, staff.ministry, staff.second):
                desks.know_password(user)
            event = builders.create_event(session, staff.coordinator)
            builders.create_roster(session, event, staff.coordinator)
            code = builders.create_agreements(session, event, staff)[-1].code
        yield House(parts, Desk(parts.store, parts.settings, staff), code)


def send(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Send the form of a page with its own hidden fields."""
    form: Any = BeautifulSoup(client.get(path).text, "lxml").select_one("form")
    known = {item["name"]: item["value"] for item in form.select("input[type=hidden]")}
    return client.post(path, data={**known, **fields})


def partner_file(house: House, media: str) -> bytes:
    docx = given.partner_docx()
    return docx if media == "docx" else house.parts.office().to_pdf(docx).pdf


@pytest.mark.parametrize("media", ["docx", "pdf"])
def test_a_partner_s_text_is_carried_from_its_upload_to_the_seal(house: House, media: str, tmp_path: Path) -> None:
    data = partner_file(house, media)
    assert house.bring(data, f"{NAME}.{media}").status_code == 303
    assert "Naskah mitra sedang dicetak" in house.desk.coordinator.words(house.own)
    assert [done.did for done in work.do_all(house.parts)] == ["print"]
    shown = house.desk.coordinator.words(house.own)
    assert "Pakai naskah mitra ini?" in shown
    assert "perubahan" in shown
    assert "Segala hal yang belum diatur" in shown
    assert house.choose().status_code == 303
    told = house.desk.coordinator.words(house.path)
    assert f"Naskah mitra: {NAME}.{media}" in told
    house.review()
    assert [done.did for done in work.do_all(house.parts)] == ["draw_up"]
    sealed = _sign_and_seal(house, media)
    _check_file(house, sealed, media, data)
    _check_public(house, sealed, tmp_path)


def _sign_and_seal(house: House, media: str) -> bytes:
    assert house.desk.coordinator.post(f"{house.path}/kirim").status_code == 303
    path = f"/s/baca/{house.agreement.id}"
    for link in house.links():
        client = house.open_folder(link)
        read = client.get(path)
        text = words(read)
        assert f"Naskah mitra: {NAME}.{media}, 4 halaman" in text
        assert BY_HAND in text
        assert "Harga dan jumlah diatur nanti" not in text  # of a partner's text we cannot know
        assert "dibicarakan bersama oleh PARA PIHAK dengan itikad baik" in text
        assert "LEMBAR TANDA TANGAN" in text
        assert len(read.text) < 30_000
        form: Any = BeautifulSoup(read.text, "lxml").select_one("#consent form")
        hidden = {item["name"]: item["value"] for item in form.select("input[type=hidden]")}
        assert client.post(path, data={**hidden, "read": "yes", "electronic": "yes"}).status_code == 303
    assert [done.did for done in work.do_all(house.parts) if done.did in ("complete", "seal")] == ["complete", "seal"]
    assert house.agreement.state is State.IN_FORCE
    with house.parts.store.read() as session:
        row = session.scalars(select(Document).where(Document.kind == DocumentKind.SEALED)).one()
    return house.parts.files.get(row.sha256)


def _check_file(house: House, sealed: bytes, media: str, data: bytes) -> None:
    with house.parts.store.read() as session:
        kept = {row.kind: row for row in session.scalars(select(Document))}
        round_ = session.scalars(select(Round)).one()
        assert builders.chain_is_whole(session)
    signed = kept[DocumentKind.PDF]
    assert (signed.details["pages"], signed.details["theirs"]) == (5, 4)
    assert {place[0] for place in signed.details["anchors"].values()} == {5}
    assert len(signed.details["anchors"]) == 3
    assert (DocumentKind.WORD in kept) == (media == "docx")
    if media == "docx":
        assert house.parts.files.get(kept[DocumentKind.WORD].sha256) == data
    assert "§001" in pdf_pages(sealed)[3] + pdf_pages(sealed)[2]  # a word of the partner's, not a cell
    found = verdict(sealed, [house.parts.seal().certificate_pem], {kept[DocumentKind.SEALED].sha256: signed.sha256})
    assert (found.status, found.reason) == ("genuine", "")
    assert found.evidence is not None
    assert json.loads(found.evidence)["own_draft"] == round_.facts["own_draft"]
    claims = [] if media == "docx" else ["description_claims_part_three_b_in_the_clear"]
    assert pdfa.broken_rules(sealed) == claims


def _check_public(house: House, sealed: bytes, folder: Path) -> None:
    client = house.desk.app.test_client()
    assert house.agreement.title in words(client.get(f"/v/{house.code}"))
    house.desk.app.config["WTF_CSRF_ENABLED"] = False
    answer = client.post("/v/berkas", data={"file": (io.BytesIO(sealed), "naskah.pdf")})
    assert "sama dengan yang tercatat" in words(answer)
    file = folder / "naskah.pdf"
    file.write_bytes(sealed)
    settings = house.parts.settings
    environment = {"KDMP_DATA": str(settings.data), "KDMP_DATABASE_URL": settings.database}
    told = CliRunner().invoke(main, ["verify", str(file), "--json"], env=environment)
    assert json.loads(told.stdout)["status"] == "genuine"


def brought(house: House, data: bytes = b"", media: str = "pdf") -> dict[str, Any]:
    """Bring a short PDF and have it printed; give what the record keeps of it."""
    assert house.bring(data or given.text_pdf(given.PLAIN), f"naskah.{media}").status_code == 303
    work.do_all(house.parts)
    own = house.agreement.own_draft
    assert own is not None
    return own


@pytest.mark.parametrize("change", ["sha256", "pdf_sha256", "file_name", "pages"])
def test_a_text_changed_after_review_is_not_drawn_up(house: House, change: str) -> None:
    own = brought(house)
    house.choose()
    house.review()
    other = house.parts.files.put(adopting.cleaned(given.text_pdf(given.PLAIN.replace("gabah", "emas"))))
    values = {"sha256": other, "pdf_sha256": other, "file_name": "lain.pdf", "pages": 7}
    with house.parts.store.write() as session:
        session.get_one(Agreement, house.agreement.id).own_draft = {**own, **_chosen(house), change: values[change]}
    assert [done.did for done in work.do_all(house.parts)] == ["refuse"]
    assert house.agreement.state is State.RETURNED


def _chosen(house: House) -> dict[str, Any]:
    own = house.agreement.own_draft or {}
    return {name: own[name] for name in ("chosen_by", "chosen_at")}


def test_terms_changed_behind_the_review_are_not_drawn_up(house: House) -> None:
    brought(house)
    house.choose()
    house.review()
    with house.parts.store.write() as session:
        agreement = session.get_one(Agreement, house.agreement.id)
        agreement.terms = {**agreement.terms, "duration_months": 99}
    assert [done.did for done in work.do_all(house.parts)] == ["refuse"]


def test_place_and_date_may_be_changed_after_review(house: House) -> None:
    brought(house)
    house.choose()
    house.review()
    with house.parts.store.write() as session:
        agreement = session.get_one(Agreement, house.agreement.id)
        agreement.terms = {**agreement.terms, "place": "Bandung", "dated": "2026-11-30"}
    assert [done.did for done in work.do_all(house.parts)] == ["draw_up"]
    answer = house.step("redraw", house.desk.staff.coordinator, place="Cipanas", dated="1-12-2026")
    assert answer.status_code == 303
    assert [done.did for done in work.do_all(house.parts)] == ["draw_up"]
    with house.parts.store.read() as session:
        last = documents.round_of(session, house.agreement)
        text = pdf_pages(house.parts.files.get(session.get_one(Document, last.pdf_id).sha256))[-1]
    assert "Cipanas" in text
    assert "1 Desember 2026" in text


def test_parties_read_and_staff_see_the_same_text_while_it_is_reviewed(house: House) -> None:
    brought(house)
    house.choose()
    answer = house.step("submit", house.desk.staff.coordinator)
    assert answer.status_code == 303
    shown = house.desk.sign_in(house.desk.staff.reviewer).words(f"{house.path}/isi")
    assert "Naskah mitra apa adanya" in shown
    assert "pengadaan gabah dan beras" in shown
    with house.parts.store.read() as session:
        round_ = documents.round_of(session, house.agreement)
    assert round_.facts["own_draft"]["file_name"] == "naskah.pdf"


def test_nothing_is_submitted_before_somebody_has_decided(house: House) -> None:
    brought(house)
    answer = house.step("submit", house.desk.staff.coordinator)
    assert answer.status_code == 409
    assert "belum diputuskan" in words(answer)
    sari = house.desk.coordinator
    assert sari.post(f"{house.own}/kembali", house.own).status_code == 303
    assert house.agreement.own_draft is None
    assert "Bila mitra membawa naskahnya sendiri" in sari.words(house.own)
    assert house.step("submit", house.desk.staff.coordinator).status_code == 303
    with house.parts.store.read() as session:
        details = [dict(step.details) for step in session.scalars(select(Step).where(Step.move == "edit"))]
    assert set(details[0]) == {"own_draft_sha256", "own_draft_size"}
    assert set(details[1]) == {"own_draft_put_away"}


def test_a_text_is_chosen_only_printed_and_only_the_one_that_was_seen(house: House) -> None:
    house.bring(given.text_pdf(given.PLAIN), "naskah.pdf")
    sha256 = (house.agreement.own_draft or {})["sha256"]
    by = builders.by_user(house.desk.staff.coordinator)
    for seen, code in ((sha256, "not_printed"), ("0" * 64, "other")):
        asked = own_drafts.moves.Asked("edit", f"choose:{code}")
        with house.parts.store.write() as session, pytest.raises(MoveRefused, match=f"own_drafts.{code}"):
            own_drafts.choose(session, house.agreement.id, seen, asked, by, NOW)
    work.do_all(house.parts)
    fields = filled(house.desk.coordinator.get(house.own), f"{house.own}/pakai")
    house.bring(given.text_pdf(given.PLAIN, given.PLAIN), "baru.pdf")
    work.do_all(house.parts)
    late = house.desk.coordinator.client.post(f"{house.own}/pakai", data={**fields, "revision": ""})
    assert late.status_code in {400, 409, 412}
    assert own_drafts.chosen(house.agreement) is None


def test_a_file_that_is_refused_changes_nothing_and_says_why_at_the_field(house: House) -> None:
    answer = house.bring(given.with_run("<w:r><w:t>{{ nomor }}</w:t></w:r>"), "naskah.docx")
    assert answer.status_code == 422
    assert "masih memuat tanda templat" in words(answer)
    assert 'href="#file"' in answer.text
    assert house.agreement.own_draft is None
    assert house.agreement.revision == 1


def test_what_only_the_print_shows_is_told_on_the_page(house: House) -> None:
    house.bring(given.partner_docx(2), "naskah.docx")
    printed = SimpleNamespace(pdf=given.text_pdf(given.PLAIN, operators="BT 1 g /F1 11 Tf 72 760 Td 14 TL {lines} ET"))
    parts = dataclasses.replace(house.parts, office=lambda: SimpleNamespace(to_pdf=lambda docx: printed))
    assert own_draft.do(parts, house.agreement.id).did == "refuse_print"
    assert "Naskah memuat teks yang tidak terlihat" in house.desk.coordinator.words(house.own)
    assert house.agreement.due_at is None


def test_only_who_may_edit_brings_a_text_and_only_while_it_may_be_edited(house: House) -> None:
    rudi = house.desk.sign_in(house.desk.staff.reviewer)
    assert "Belum ada naskah mitra." in rudi.words(house.own)
    house.desk.app.config["WTF_CSRF_ENABLED"] = False
    file = {"file": (io.BytesIO(given.text_pdf(given.PLAIN)), "naskah.pdf"), "key": "rudi"}
    assert rudi.client.post(house.own, data=file).status_code == 403
    house.desk.app.config["WTF_CSRF_ENABLED"] = True
    brought(house)
    house.choose()
    house.step("submit", house.desk.staff.coordinator)
    sari = house.desk.coordinator
    assert "Unggah berkas lain" not in sari.words(house.own)
    assert sari.get(f"{house.own}/halaman/1").status_code == 200
    assert sari.get(f"{house.own}/halaman/2").status_code == 404
    assert sari.get(f"{house.own}/berkas").data == given.text_pdf(given.PLAIN)


@pytest.mark.parametrize(
    ("name", "media", "kept"),
    [
        ("C:\\Unduhan\\naskah.docx", "docx", "naskah.docx"),
        ("../../etc/naskah.pdf", "pdf", "naskah.pdf"),
        ("naskah.doc.PDF", "pdf", "naskah.doc.pdf"),
        ('a"\r\nX: y.pdf', "pdf", "a X: y.pdf"),
        ("", "pdf", "naskah.pdf"),
        ("表.docx", "docx", "naskah.docx"),
        ("n" * 300 + ".docx", "docx", "n" * 100 + ".docx"),
    ],
)
def test_the_name_of_a_file_is_made_fit_to_be_printed(name: str, media: str, kept: str) -> None:
    assert own_drafts.plain_name(name, media) == kept

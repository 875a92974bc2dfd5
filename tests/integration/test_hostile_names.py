"""Names no form was made for, on the whole way: sheet, desk, paper, phone. And workbooks too large for the door."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kdmp_core import letters, registry
from kdmp_core.agreements import proposals
from kdmp_core.records import Agreement, Code, Document, DocumentKind, Event, Officer, Party, SheetImport
from kdmp_core.signing import codes, links
from kdmp_core.store import Store
from mou_templates import reading
from tests import builders, desks, sheets
from tests.builders import NOW, REGENCY, by_user
from tests.desks import Desk, filled, words

pytestmark = pytest.mark.database("sqlite")
CHAIR = 'Asep <b>Sunandar</b> & "Anak" {{ 7*7 }}'
BUYER = "Koperasi Tani & <Makmur>"


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return desks.make_desk(store, tmp_path / "data")


def sheet_with(chair: str = "", buyer: str = "") -> bytes:
    """Give the sheet of a small workshop; a chairman and a buyer have these names."""
    tables = sheets.regency_sheet(REGENCY, seed=2, cooperatives=3, permuted=False)
    if chair:
        tables.parties[0][9] = chair
        tables.attendance[0][1] = chair
    for row in (*tables.parties, *tables.mapping) if buyer else ():
        row[1] = buyer if row[1] == "Koperasi Tani Makmur" else row[1]
    return sheets.workbook(tables)


def upload(worker: desks.Worker, data: bytes) -> str:
    given = filled(worker.get("/meja/acara/impor"), "/meja/acara/impor")
    answer = worker.client.post("/meja/acara/impor", data={**given, "sheet": (io.BytesIO(data), "lembar.xlsx")})
    assert answer.status_code == 303, words(answer)
    return answer.location


def sent_out(session: Session, desk: Desk) -> Agreement:
    """Carry the accepted event to a network MoU that is out for signature, with the named buyer."""
    event, by, staff = session.scalars(select(Event)).one(), by_user(desk.staff.coordinator), desk.staff
    letters.open_register(session, event.id, "KDKMP-UJI")
    for row in event.parties:
        row.party.address = row.party.address or "Jalan Desa 1"
        officer = registry.signing_officer(session, row.party_id)
        assert officer is not None
        officer.office = officer.office or "Ketua"
        registry.confirm(session, officer.id, "in_person", by, NOW)
    drafts = proposals.propose_networks(session, event, by, NOW, plan_id=None)
    made = next(one for one in drafts if one.parties[-1].party.name == BUYER)
    builders.review(session, builders.submit(session, made, staff), staff)
    builders.draw_up(session, made, desk.files)
    builders.send(session, made, staff, desk.settings)
    return made


def test_a_name_with_angle_bracket_and_ampersand_is_the_same_from_sheet_to_paper_and_phone(desk: Desk) -> None:
    sari = desk.coordinator
    preview = upload(sari, sheet_with(CHAIR, BUYER))
    assert "<b>Sunandar" not in sari.get(preview).text
    assert sari.post(f"{preview}/terima", preview).status_code == 303
    with desk.store.write() as session:
        assert session.scalars(select(Officer.name).where(Officer.name == CHAIR)).one()
        made = sent_out(session, desk)
        chair = next(row for row in made.parties if row.party.officers[0].name == CHAIR).party.officers[0]
        word = session.scalars(
            select(Document.sha256).where(Document.agreement_id == made.id, Document.kind == DocumentKind.WORD)
        ).one()
        link = links.live(session, chair.id, made.event_id)
        assert link is not None
        path = f"/t/{links.token(desk.settings, link.id)}"
    said = reading.plain_text(reading.read(desk.files.get(word)))
    assert CHAIR in said
    assert BUYER in said
    client = desk.app.test_client()
    desks.post(client, path)
    with desk.store.write() as session:
        asked = session.scalars(select(Code)).one()
        told = codes.release(session, asked.id, desk.staff.second, desk.settings, NOW)
    desks.post(client, "/s/kode", code=told)
    page = client.get(f"/s/baca/{made.id}")
    assert page.status_code == 200
    assert "<b>Sunandar" not in page.text
    assert BUYER in BeautifulSoup(page.text, "lxml").get_text()


def test_a_name_with_10000_letters_is_shown_with_its_place_and_written_nowhere(desk: Desk) -> None:
    sari, name = desk.coordinator, "A" * 10_000
    preview = upload(sari, sheet_with(name, BUYER))
    page = sari.get(preview)
    assert page.status_code == 200
    assert name not in page.text
    assert sari.post(f"{preview}/terima", preview).status_code in {303, 409, 422}
    with desk.store.read() as session:
        assert not session.scalar(select(func.count()).select_from(Officer).where(func.length(Officer.name) > 120))
        assert not session.scalar(select(func.count()).select_from(Party).where(func.length(Party.name) > 120))


@pytest.mark.parametrize("size", [6 * 2**20, 13 * 2**20], ids=["over the sheet's limit", "over the door's limit"])
def test_an_enormous_workbook_is_refused_at_the_desk_with_a_sentence(desk: Desk, size: int) -> None:
    sari = desk.coordinator
    given = filled(sari.get("/meja/acara/impor"), "/meja/acara/impor")
    sheet = (io.BytesIO(b"PK\x03\x04" + bytes(size)), "lembar.xlsx")
    answer = sari.client.post("/meja/acara/impor", data={**given, "sheet": sheet})
    answer.request.environ["wsgi.input"].close()  # the test client's own copy of what it sent
    assert answer.status_code == 413
    assert "Traceback" not in answer.text
    assert words(answer)
    with desk.store.read() as session:
        assert not session.scalar(select(func.count()).select_from(SheetImport))

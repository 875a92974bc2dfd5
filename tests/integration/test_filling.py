"""Forms that cooperatives fill in: what a link can and cannot, what is refused, what accepting makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from kdmp_core import audit, plans
from kdmp_core.addresses import TOKEN_LENGTH
from kdmp_core.errors import Conflict, Gone, InvalidInput, NotAllowed, NotFound, Stale
from kdmp_core.filling import answers, deciding, links, reading, standing
from kdmp_core.filling.standing import Standing
from kdmp_core.records import Event, EventParty, FormAnswer, FormLink, MappingEntry, PartyKind, Step
from kdmp_core.signing import links as signing_links
from kdmp_core.store import Store
from kdmp_core.workshops import accept, seats
from kdmp_core.workshops.sheet import Field
from tests import builders, desks, filling
from tests.builders import NOW, by_user
from tests.desks import Desk, words
from tests.filling import STEPS, token_of

pytestmark = pytest.mark.database("sqlite")
VILLAGE = "32.03.31.2003"


@dataclass
class House:
    """A desk with an event of three cooperatives that have said nothing yet."""

    desk: Desk
    event_id: int
    parties: tuple[int, ...]

    def show(self, at: int = 0, *, renew: bool = False, key: str = "") -> str:
        """Let the coordinator show a form's link, and give its path."""
        with self.desk.store.write() as session:
            event, user = session.get_one(Event, self.event_id), self.desk.staff.coordinator
            key = key or f"{at}-{renew}"
            shown = links.reveal(session, event, self.parties[at], user, self.desk.settings, key, NOW, renew=renew)
            assert len(shown.text) <= 300
            return shown.address.removeprefix(self.desk.settings.url)

    def send(self, at: int = 0, **changes: dict[str, Any]) -> FormAnswer:
        path = self.show(at)
        with self.desk.store.write() as session:
            return filling.send_all(session, path, NOW, **changes)

    def take(self, at: int = 0, key: str = "take", keep: tuple[str, ...] = ()) -> None:
        """Let the coordinator accept what was sent."""
        with self.desk.store.write() as session:
            event = session.get_one(Event, self.event_id)
            sha = str(deciding.found(session, event, self.parties[at]).sent_sha256)
            by = by_user(self.desk.staff.coordinator)
            deciding.accept_answers(session, event, self.parties[at], sha, by, key, NOW, keep)

    def mapped(self) -> dict[str, int]:
        """Give what the mapping says: party, field, direction, goods and period → kilograms."""
        with self.desk.store.read() as session:
            rows = session.scalars(select(MappingEntry).where(MappingEntry.event_id == self.event_id))
            return {
                f"{row.party_id} {row.field} {row.direction} {row.commodity} {row.period}": row.quantity_kg
                for row in rows
            }

    def standing(self) -> list[Standing]:
        with self.desk.store.read() as session:
            return [row.standing for row in standing.entries(session, session.get_one(Event, self.event_id), NOW)]


@pytest.fixture
def house(store: Store, tmp_path: Path) -> House:
    desk = desks.make_desk(store, tmp_path / "data")
    with store.write() as session:
        event = builders.create_event(session, desk.staff.coordinator)
        parties = [builders.create_party(session, event, n, desk.staff.coordinator).id for n in (1, 2, 3)]
    return House(desk, event.id, tuple(parties))


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    return desks.post(client, path, **fields)


# The link


def test_a_token_is_long_of_its_own_purpose_and_kept_as_a_hash_only(house: House) -> None:
    token = token_of(house.show())
    with house.desk.store.read() as session:
        link = session.scalars(select(FormLink)).one()
        assert links.find(session, token).id == link.id
        assert token not in repr([vars(row) for row in (link, *session.scalars(select(Step)))])
    assert len(token) == TOKEN_LENGTH
    assert link.token_sha256 != token
    assert links.token(house.desk.settings, link.id) == token != links.token(house.desk.settings, link.id + 1)
    assert signing_links.token(house.desk.settings, link.id) != token


def test_a_new_link_replaces_the_old_one_and_one_showing_replaces_it_once(house: House) -> None:
    old, new = house.show(), house.show(renew=True, key="once")
    assert old != new == house.show(renew=True, key="once") == house.show()
    client = house.desk.app.test_client()
    assert client.get(old).status_code == 410
    assert client.get(new).status_code == 200
    with house.desk.store.write() as session, pytest.raises(Gone):
        answers.keep_step(session, token_of(old), Field.PRODUCTION, STEPS[Field.PRODUCTION], NOW)


def test_every_sight_of_a_link_is_a_step_in_the_chain_and_says_no_token(house: House) -> None:
    token = token_of(house.show())
    house.show(1)
    with house.desk.store.read() as session:
        steps = audit.chain_of(session, audit.HOUSE)
        assert [step.move for step in steps].count("reveal_form_link") == 2
        assert audit.first_broken(session, audit.HOUSE) is None
    assert not [step for step in steps if token in repr(step.details) + step.key]


def test_a_link_ends_exactly_with_its_last_day_and_with_the_closing(house: House) -> None:
    first, second = house.show(), house.show(1)
    by = by_user(house.desk.staff.coordinator)
    with house.desk.store.write() as session:
        event = session.get_one(Event, house.event_id)
        links.set_last_day(session, event, NOW.date() + timedelta(days=2), by, "day", NOW)
        link = links.find(session, token_of(first))
        assert link.expires_at.isoformat() == "2026-11-26T17:00:00+00:00"  # 00.00 WIB of the day after
        links.require_live(link, link.expires_at - timedelta(seconds=1))
        with pytest.raises(Gone):
            links.require_live(link, link.expires_at)
        with pytest.raises(InvalidInput):
            links.set_last_day(session, event, NOW.date() - timedelta(days=1), by, "past", NOW)
        assert links.close(session, event, by, "close", NOW) == 2
    assert house.desk.app.test_client().get(second).status_code == 410
    assert house.standing() == [Standing.ENDED, Standing.ENDED, Standing.NOT_SENT]


def test_an_unknown_link_meets_the_generic_page_and_looking_changes_nothing(house: House) -> None:
    path = house.show()
    client = house.desk.app.test_client()
    for wrong in (
        "/isi/x",
        f"/isi/{'A' * TOKEN_LENGTH}",
        f"{path}x",
        f"/isi/{'A' * TOKEN_LENGTH}/produksi",
        f"{path}/lain",
    ):
        assert client.get(wrong).status_code == 404, wrong
    for place in ("", "/produksi", "/periksa"):
        answer = client.get(path + place)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        strangers = ["Contoh 2", "Contoh 3", "Asep Sunandar", "Sari Wulandari"]
        assert not [name for name in strangers if name in answer.text]
    assert client.get(f"{path}/selesai").status_code == 302
    assert house.standing()[0] is Standing.SHOWN
    with house.desk.store.read() as session:
        assert session.scalars(select(FormAnswer)).all() == []


def test_whoever_writes_too_often_waits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    path = house.show()
    monkeypatch.setattr(links, "MOST_WRITES", 2)
    client = house.desk.app.test_client()
    for _ in range(2):
        post(client, path)
    answer = post(client, path)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_a_pendamping_shows_the_links_of_those_he_helps_only(house: House) -> None:
    with house.desk.store.write() as session:
        event, user = session.get_one(Event, house.event_id), house.desk.staff.reviewer
        with pytest.raises(NotAllowed):
            links.reveal(session, event, house.parties[0], user, house.desk.settings, "k", NOW)
        with pytest.raises(NotFound):
            links.reveal(session, event, 999, house.desk.staff.coordinator, house.desk.settings, "k", NOW)


# The way of a cooperative


def test_a_cooperative_fills_in_checks_sends_and_corrects_by_the_same_link(house: House) -> None:
    path, client = house.show(), house.desk.app.test_client()
    answer = post(client, path)
    assert answer.location == f"{path}/produksi"
    typed = {"potential-0-amount": "63,6", "potential-0-unit": "ton", "potential-0-price": "6.700"}
    assert post(client, answer.location, **typed).location == f"{path}/pengolahan"
    assert "Pemasaran: isi sedikitnya satu baris" in words(client.get(f"{path}/periksa"))
    for step in ("pengolahan", "distribusi", "pemasaran"):
        answer = post(client, f"{path}/{step}", nothing="yes")
    check = client.get(answer.location)
    assert "63,6 ton GKP, per musim" in words(check)
    assert "tidak diperlihatkan kepada koperasi lain" in words(check)
    assert "pengolahan dan pemasaran belum diisi" in words(check)  # a doubt, and it may be sent all the same
    form = desks.filled(check, f"{path}/periksa")
    for _ in range(2):  # a double tap
        assert client.post(f"{path}/periksa", data=form).location == f"{path}/selesai"
    assert "Isian sudah kami terima" in words(client.get(f"{path}/selesai"))
    post(client, f"{path}/produksi", **{"potential-0-amount": "70"})
    assert "Ada perubahan yang belum dikirim" in words(client.get(f"{path}/selesai"))
    assert client.post(f"{path}/periksa", data=form).status_code == 409  # what was shown is not what stands there now
    assert post(client, f"{path}/periksa").status_code == 303
    with house.desk.store.read() as session:
        answer_ = session.scalars(select(FormAnswer)).one()
        assert answer_.sendings == 2
        assert [step.move for step in audit.chain_of(session, audit.HOUSE)].count("send_form") == 2
    assert house.mapped() == {}  # a proposal is no mapping
    assert house.standing()[0] is Standing.FILLED


def test_a_row_more_keeps_what_was_typed_and_stores_nothing(house: House) -> None:
    path, client = house.show(), house.desk.app.test_client()
    answer = post(client, f"{path}/produksi", **{"potential-0-amount": "banyak", "more": "potential"})
    assert answer.status_code == 200
    form = desks.filled(answer, f"{path}/produksi")
    assert form["potential-0-amount"] == "banyak"
    assert "potential-1-amount" in form
    with house.desk.store.read() as session:
        assert session.scalars(select(FormAnswer)).all() == []


HOSTILE = [
    ({"amount": "-5 ton"}, "amount", "lebih dari nol"),
    ({"amount": "0", "unit": "kg"}, "amount", "lebih dari nol"),
    ({"amount": "999999999 ton"}, "amount", "melebihi batas"),
    ({"amount": "banyak", "unit": "ton"}, "amount", "harus angka"),
    ({"amount": "1.5 ton"}, "amount", "dua cara"),
    ({"amount": "12"}, "unit", "Satuan belum diisi"),
    ({"amount": "12", "unit": "karung"}, "unit", "Satuan tidak dikenal"),
    ({"amount": "12 ton", "unit": "kg"}, "amount", "berbeda dari kolom Satuan"),
    ({"amount": "12 ton", "price": "67.000"}, "price", "Harga acuannya Rp6.500 per kg"),
    ({"amount": "12 ton", "price": "enam ribu"}, "price", "harus berupa rupiah"),
    ({"amount": "", "price": "6.700"}, "amount", "Jumlah belum diisi"),
    ({"amount": "12 ton", "period": "kapan-kapan"}, "period", "per musim"),
    ({"amount": "12 ton", "note": "a\u202eb"}, "note", ""),
    ({"amount": "12 ton", "note": "x" * 300}, "note", "paling panjang 200 huruf"),
    ({"amount": "9" * 5000}, "amount", "paling panjang 200 huruf"),
]


def test_what_cannot_be_read_is_refused_by_name_and_stays_as_typed(house: House) -> None:
    path, client = house.show(), house.desk.app.test_client()
    token = desks.filled(client.get(f"{path}/produksi"), f"{path}/produksi")["csrf_token"]
    for typed, place, says in HOSTILE:
        fields = {f"potential-0-{name}": value for name, value in typed.items()}
        answer = client.post(f"{path}/produksi", data={"csrf_token": token, **fields})
        assert answer.status_code == 422, typed
        told = BeautifulSoup(answer.text, "lxml").select_one(f"#potential-0-{place}-wrong")
        assert told is not None, (typed, words(answer))
        assert says in told.get_text(), typed
        assert desks.filled(answer, f"{path}/produksi")["potential-0-amount"] == typed["amount"][:201]
    with house.desk.store.read() as session:
        assert session.scalars(select(FormAnswer)).all() == []


def test_unknown_goods_are_refused_with_the_nearest_and_goods_of_another_field_too(house: House) -> None:
    path, client = house.show(), house.desk.app.test_client()
    answer = post(client, f"{path}/pemasaran", **{"need-0-amount": "5 ton", "need-0-commodity": "beras medum"})
    assert answer.status_code == 422
    assert "Mungkin maksudnya: beras medium?" in words(answer)
    answer = post(client, f"{path}/pemasaran", **{"need-0-amount": "5 ton", "need-0-commodity": "Angkutan"})
    assert "tidak cocok dengan bidangnya" in words(answer)


def test_two_rows_of_one_thing_both_ways_and_nothing_at_all_are_refused(house: House) -> None:
    path = house.show()
    row = {"amount": "5 ton"}
    with house.desk.store.write() as session:
        for given, codes in (
            ({"potential": [row, {"amount": "6 ton"}]}, ["filling.wrong"]),
            ({"potential": [row], "nothing": True}, ["filling.step_both"]),
            ({}, ["filling.step_empty"]),
            ({"potential": [{"amount": "", "unit": "ton"}]}, ["filling.step_empty"]),
        ):
            with pytest.raises(InvalidInput) as refused:
                answers.keep_step(session, token_of(path), Field.PRODUCTION, given, NOW)
            assert [problem.code for problem in refused.value.problems] == codes
        buyer = {"potential": [{"commodity": "Beras medium", "amount": "5 ton", "outlet": "buyer"}]}
        with pytest.raises(InvalidInput) as refused:
            answers.keep_step(session, token_of(path), Field.MARKETING, buyer, NOW)
        assert refused.value.problems[0].place == "marketing/potential-0-price"


def test_more_rice_than_the_paddy_gives_is_a_doubt_that_the_coordinator_sees(house: House) -> None:
    sold = {"need": [{"commodity": "Beras medium", "amount": "60 ton"}]}
    house.send(marketing=sold)
    page = house.desk.coordinator.words(f"/meja/acara/{house.event_id}/isian/{house.parties[0]}")
    assert "Menjual 60.000 kg beras; dari 63.600 kg GKP paling banyak" in page


def test_one_cooperatives_link_writes_nothing_of_another(house: House) -> None:
    path = house.show(0)
    house.send(1)
    with house.desk.store.read() as session:
        other = repr(session.scalars(select(FormAnswer.sent)).all())
    client = house.desk.app.test_client()
    fields = {"nothing": "yes", "party_id": str(house.parties[1]), "party": "2", "event_id": "1"}
    for step in ("produksi", "pengolahan", "distribusi", "pemasaran", "periksa"):
        assert post(client, f"{path}/{step}", **fields).status_code == 303
    with house.desk.store.read() as session:
        found = {row.party_id: row.sent for row in session.scalars(select(FormAnswer))}
    assert repr([found[house.parties[1]]]) == other
    assert reading.FIELDS[0].value in found[house.parties[0]]
    assert "63,6" not in client.get(f"{path}/selesai").text


# The coordinator


def test_accepted_answers_become_entries_with_their_source_and_the_plan_changes(house: House) -> None:
    mill = {"potential": [{"amount": "100 ton", "price": "450"}]}
    buys = {"potential": [{"commodity": "Beras medium", "amount": "90 ton", "price": "12.900", "outlet": "buyer"}]}
    house.send(0)
    house.send(1, production={"nothing": True}, processing=mill, marketing=buys)
    with house.desk.store.read() as session, pytest.raises(InvalidInput):
        plans.problem_of(session, session.get_one(Event, house.event_id))
    house.take(1, "mill")
    with house.desk.store.write() as session:
        event, by = session.get_one(Event, house.event_id), by_user(house.desk.staff.coordinator)
        before = plans.make(session, event, by, NOW)
    house.take(0, "paddy")
    with house.desk.store.write() as session:
        event = session.get_one(Event, house.event_id)
        assert not plans.is_current(session, event, before)
        after = plans.make(session, event, by, NOW)
        assert after.value_rupiah > before.value_rupiah == 0
        entry = session.scalars(select(MappingEntry).where(MappingEntry.field == "production")).one()
        answer = session.get_one(FormAnswer, entry.answer_id)
    assert (answer.party_id, answer.decided_by_id) == (house.parties[0], house.desk.staff.coordinator.id)
    assert (entry.quantity_kg, entry.price_rupiah_per_kg, entry.note) == (63_600, 6_700, "kadar air 14%")
    assert house.standing()[:2] == [Standing.ACCEPTED, Standing.ACCEPTED]
    assert "(isian)" in house.desk.coordinator.words(f"/meja/acara/{house.event_id}/pemetaan")


def test_an_accepted_form_is_closed_to_its_link_until_it_is_taken_back(house: House) -> None:
    path = house.show()
    house.send()
    house.take()
    client = house.desk.app.test_client()
    for place in ("", "/produksi", "/periksa"):
        assert client.get(path + place).location == f"{path}/selesai"
    with house.desk.store.write() as session, pytest.raises(Conflict):
        answers.keep_step(session, token_of(path), Field.PRODUCTION, {"nothing": True}, NOW)
    mapped = house.mapped()
    with house.desk.store.write() as session:
        event, by = session.get_one(Event, house.event_id), by_user(house.desk.staff.coordinator)
        with pytest.raises(Conflict):  # decided already
            deciding.refuse(session, event, house.parties[0], "Terlambat", by, "no", NOW)
        deciding.take_back(session, event, house.parties[0], by, "back", NOW)
    assert (len(mapped), house.mapped()) == (3, {})
    assert client.get(f"{path}/produksi").status_code == 200


def test_refused_answers_go_back_with_their_reason_and_may_be_sent_again(house: House) -> None:
    house.send()
    sari, where = house.desk.coordinator, f"/meja/acara/{house.event_id}/isian/{house.parties[0]}"
    assert sari.post(f"{where}/tolak", where, reason="  ").status_code == 422
    assert sari.post(f"{where}/tolak", where, reason="Panennya belum masuk.").status_code == 303
    path = house.show()
    assert "Panennya belum masuk." in words(house.desk.app.test_client().get(f"{path}/selesai"))
    house.send()
    assert house.standing()[0] is Standing.FILLED
    assert house.mapped() == {}


def test_what_was_sent_anew_is_not_accepted_unseen_and_twice_is_once(house: House) -> None:
    sent = house.send()
    house.send(production={"potential": [{"amount": "70 ton"}]})
    with house.desk.store.write() as session:
        event, by = session.get_one(Event, house.event_id), by_user(house.desk.staff.coordinator)
        with pytest.raises(Stale):
            deciding.accept_answers(session, event, house.parties[0], str(sent.sent_sha256), by, "k", NOW)
    sari, where = house.desk.coordinator, f"/meja/acara/{house.event_id}/isian/{house.parties[0]}"
    form = desks.filled(sari.get(where), f"{where}/terima")
    for _ in range(2):
        assert sari.client.post(f"{where}/terima", data=form).status_code == 303
    assert len(house.mapped()) == 3


def test_a_doubtful_row_waits_for_the_coordinators_answer(house: House) -> None:
    house.send(production={"potential": [{"amount": "10 ton", "period": "per bulan"}]})
    sari, where = house.desk.coordinator, f"/meja/acara/{house.event_id}/isian/{house.parties[0]}"
    assert "1 baris perlu jawaban Anda" in sari.words(where)
    with pytest.raises(InvalidInput):
        house.take()
    form = desks.filled(sari.get(where), f"{where}/jawaban")
    choice = next(name for name in re.findall(r'name="(row-\d+-choice)"', sari.get(where).text))
    assert sari.client.post(f"{where}/jawaban", data={**form, choice: "leave_out"}).status_code == 422  # no reason
    form = desks.filled(sari.get(where), f"{where}/jawaban")
    assert sari.client.post(f"{where}/jawaban", data={**form, choice: "accept"}).status_code == 303
    house.take()
    assert house.mapped()[f"{house.parties[0]} production potential gkp month"] == 10_000


# The form and the sheet


def test_a_sheet_and_a_form_of_the_same_thing_the_one_accepted_last_stands_and_says_so(
    store: Store, tmp_path: Path
) -> None:
    desk = desks.make_desk(store, tmp_path / "busy")
    user, by = desk.staff.coordinator, by_user(desk.staff.coordinator)
    with store.write() as session:
        kept = accept.upload(session, desk.files, desks.SHEET.read_bytes(), desks.SHEET.name, user, NOW)
        event, _ = accept.accept(session, desk.files, kept.id, user, by, NOW)
    busy = House(desk, event.id, (1,))
    sheet_says = {key: kg for key, kg in busy.mapped().items() if key.startswith("1 ")}
    assert sheet_says["1 production potential gkp season"] == 27_900
    by_month = {"potential": [{"amount": "30 ton", "period": "per tahun"}]}
    busy.send(production=by_month, processing={"nothing": True})
    page = desk.coordinator.words(f"/meja/acara/{event.id}/isian/1")
    assert "berbeda" in page
    assert "Tetap simpan: 25,1 ton Giling gabah" in page
    with store.read() as session:
        where = (MappingEntry.party_id == 1, MappingEntry.field == "processing")
        key = session.scalars(select(MappingEntry).where(*where)).one().row_key
    busy.take(keep=(key,))
    now = {key: kg for key, kg in busy.mapped().items() if key.startswith("1 ")}
    assert now.keys() == {
        "1 production potential gkp year",
        "1 processing need milling month",
        "1 marketing need rice_medium season",
    }
    with store.write() as session:  # the same sheet again: it speaks last, and shows what it takes away
        seen = accept.outlook(session, desk.files, accept.find(session, kept.id, user))
        told = [change for change in seen.changes if "source" in change.fields]
        assert {(change.how, change.fields["source"]) for change in told} == {("removed", ("form", "sheet"))}
        accept.accept(session, desk.files, kept.id, user, by, NOW + timedelta(hours=1))
        answer = session.scalars(select(FormAnswer)).one()
        assert deciding.changed_since(session, answer)
        with pytest.raises(Conflict):
            deciding.take_back(session, session.get_one(Event, event.id), 1, by, "late", NOW)
        again = accept.outlook(session, desk.files, accept.find(session, kept.id, user))
    assert {key: kg for key, kg in busy.mapped().items() if key.startswith("1 ")} == sheet_says
    assert again.changes_nothing


# A seat by hand


def test_a_cooperative_takes_its_seat_by_hand_once_and_the_known_one_is_used(house: House) -> None:
    sari, where = house.desk.coordinator, f"/meja/acara/{house.event_id}/koperasi"
    assert sari.post(where, area="32.03.31.2005", kind="kkmp").status_code == 303
    assert sari.post(where, area="32.03.31.2005", kind="kkmp").status_code == 422  # has its seat
    assert sari.post(where, area="32.04.01.2001").status_code == 422
    assert sari.post(where, area="").status_code == 422
    with house.desk.store.write() as session:
        event, by = session.get_one(Event, house.event_id), by_user(house.desk.staff.coordinator)
        last = session.scalars(select(EventParty).order_by(EventParty.id.desc())).first()
        assert last is not None
        assert last.number == 4
        assert last.party.name.startswith("Koperasi Kelurahan Merah Putih ")
        with pytest.raises(InvalidInput):
            seats.add_cooperative(session, event, PartyKind.SOE, VILLAGE, "", by, "soe", NOW)
    assert house.standing() == [Standing.NOT_SENT] * 4

"""The public page that checks papers: by code and by file, honest about what is not proven, deaf to hostile bytes."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Document, Step, Tally
from mou_templates.keys import make_trial_seal
from mou_templates.verdict import verdict
from tests import papers, records, sealed_house
from tests.builders import NOW
from tests.sealed_house import SealedHouse
from webhooks.app import create_app
from webhooks.verify import views
from workflows.stages.seal import verify_address


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SealedHouse]:
    folder = tmp_path_factory.mktemp("house")
    with sealed_house.open_house(folder, records.fresh(sqlite_template, folder)) as opened:
        yield opened


@pytest.fixture
def client(house: SealedHouse) -> Iterator[FlaskClient]:
    yield make_client(house)
    with house.parts.store.write() as session:
        session.query(Tally).delete()
        session.get_one(Agreement, house.agreement_id).state = State.IN_FORCE


def make_client(house: SealedHouse) -> FlaskClient:
    app = create_app(house.parts.settings, store=house.parts.store, now=lambda: NOW)
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def set_state(house: SealedHouse, state: State) -> None:
    with house.parts.store.write() as session:
        session.get_one(Agreement, house.agreement_id).state = state


def send_large(client: FlaskClient, size: int) -> TestResponse:
    """Send a form as one text of bytes: Flask's own client spools large files and leaves them open."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-'
    return client.post(
        "/v/berkas", data=head + b"0" * size + b"\r\n--x--\r\n", content_type="multipart/form-data; boundary=x"
    )


def check(client: FlaskClient, data: bytes, name: str = "naskah.pdf") -> TestResponse:
    return client.post("/v/berkas", data={"file": (BytesIO(data), name)})


def heading(answer: TestResponse) -> str:
    found = BeautifulSoup(answer.text, "lxml").h1
    assert found is not None
    return found.get_text(strip=True)


def listed(answer: TestResponse, title: str) -> list[str]:
    """Give the lines of one of the two lists."""
    found = BeautifulSoup(answer.text, "lxml").select(f'section[aria-labelledby="{title}"] li')
    return [line.get_text(strip=True) for line in found]


def test_the_sealed_file_is_genuine_with_both_lists_and_every_signer(house: SealedHouse, client: FlaskClient) -> None:
    answer = check(client, house.sealed)
    assert answer.status_code == 200
    assert heading(answer) == "Dokumen ini sama dengan yang tercatat"
    assert len(listed(answer, "proven")) == 4
    left_open = " ".join(listed(answer, "open"))
    for word in ("uji coba", "memegang telepon", "jam layanan kami sendiri", "tidak tersertifikasi"):
        assert word in left_open
    for word in ("Asep Sunandar 1", "Asep Sunandar 2", "Dadang Suherman", "Ketua, ", "pukul 10.00 WIB", house.code):
        assert word in answer.text
    assert "Tanda tangan elektronik tidak tersertifikasi." in answer.text


def test_no_personal_data_beyond_name_and_office_is_told(house: SealedHouse, client: FlaskClient) -> None:
    for answer in (check(client, house.sealed), client.get(f"/v/{house.code}")):
        for secret in ("+6281", "6281", "Jalan Raya", "AHU-", "Sari Wulandari"):
            assert secret not in answer.text.partition("<footer")[0], secret


def test_one_added_byte_makes_it_another_file(house: SealedHouse, client: FlaskClient) -> None:
    answer = check(client, house.sealed + b"\n")
    assert heading(answer) == "Isi berkas ini berbeda dari dokumen yang tercatat"
    assert "Ada yang ditambahkan setelah disegel." in answer.text
    assert "Asep Sunandar" not in answer.text


def test_a_changed_byte_leaves_only_the_seal_proven(house: SealedHouse, client: FlaskClient) -> None:
    place = len(house.signed) // 2
    changed = house.sealed[:place] + bytes([house.sealed[place] ^ 1]) + house.sealed[place + 1 :]
    answer = check(client, changed)
    assert heading(answer) == "Isi berkas ini berbeda dari dokumen yang tercatat"
    assert listed(answer, "proven") == ["Berkas ini membawa segel layanan kami."]


def test_the_same_paper_with_another_seal_is_not_ours(house: SealedHouse, client: FlaskClient, tmp_path: Path) -> None:
    stranger = papers.sealed(house.signed, make_trial_seal(tmp_path), parties=3)
    answer = check(client, stranger.pdf)
    assert heading(answer) == "Kami tidak mengenal dokumen ini"
    assert listed(answer, "proven") == []


def test_our_seal_on_a_file_the_record_does_not_know_is_not_genuine(house: SealedHouse, client: FlaskClient) -> None:
    ours = papers.sealed(house.signed, house.parts.seal(), parties=3)
    answer = check(client, ours.pdf)
    assert "catatan kami tidak mengenal" in answer.text
    assert heading(answer).startswith("Isi berkas ini berbeda")


def test_the_file_before_the_seal_is_known_as_not_yet_sealed(house: SealedHouse, client: FlaskClient) -> None:
    answer = check(client, house.signed)
    assert heading(answer) == "Naskah ini kami kenal, tetapi belum disegel"
    assert "Asep Sunandar" not in answer.text


def test_the_address_in_the_qr_leads_to_the_agreement(house: SealedHouse, client: FlaskClient) -> None:
    address = verify_address(house.parts.settings.url, house.code)
    answer = client.get(address.removeprefix(house.parts.settings.url))
    assert answer.status_code == 200
    assert heading(answer) == "Kode ini milik naskah yang tercatat dan berlaku"
    assert "Dadang Suherman" in answer.text
    assert "Apakah kertas di tangan Anda berbunyi sama" in " ".join(listed(answer, "open"))


@pytest.mark.parametrize("typed", ["{code}", " {code} ", "{lower}", "{bare}", "k{bare}"])
def test_a_code_is_forgiven_its_spelling(house: SealedHouse, client: FlaskClient, typed: str) -> None:
    bare = house.code.removeprefix("K-")
    given_code = typed.format(code=house.code, lower=house.code.lower(), bare=bare)
    answer = client.get("/v", query_string={"kode": given_code}, follow_redirects=True)
    assert heading(answer) == "Kode ini milik naskah yang tercatat dan berlaku"


@pytest.mark.parametrize("code", ["K-2026-999999", "x", "K-2026-00000", "%00", "K-٢٠٢٦-000001", "a" * 3000])
def test_an_unknown_code_is_said_to_be_unknown(client: FlaskClient, code: str) -> None:
    answer = client.get(f"/v/{code}")
    assert answer.status_code == 404
    assert heading(answer) == "Kami tidak mengenal dokumen ini"


@pytest.mark.parametrize(
    ("state", "said", "named"),
    [
        (State.DRAFT, "Kami tidak mengenal dokumen ini", False),
        (State.ENDORSED, "Kami tidak mengenal dokumen ini", False),
        (State.SIGNING, "Naskah ini belum selesai ditandatangani", False),
        (State.VOID, "Naskah ini tidak berlaku", False),
        (State.TERMINATED, "Naskah ini tercatat, tetapi masa berlakunya sudah berakhir", True),
    ],
)
def test_names_are_told_only_once_they_stand_on_a_finished_paper(
    house: SealedHouse, client: FlaskClient, state: State, said: str, named: bool
) -> None:
    set_state(house, state)
    answer = client.get(f"/v/{house.code}")
    assert heading(answer) == said
    assert ("Dadang Suherman" in answer.text) is named


def test_a_paper_whose_term_is_over_is_genuine_and_over(house: SealedHouse, client: FlaskClient) -> None:
    set_state(house, State.ENDED)
    assert heading(check(client, house.sealed)).endswith("tetapi masa berlakunya sudah berakhir")


def test_nothing_is_kept_of_a_checked_file(house: SealedHouse, client: FlaskClient) -> None:
    kept = Path(house.parts.settings.documents)

    def state() -> tuple[int, ...]:
        with house.parts.store.read() as session:
            rows = [session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Document, Step)]
        return (*rows, sum(1 for path in kept.rglob("*") if path.is_file()))

    before = state()
    check(client, house.sealed + b"x")
    client.get(f"/v/{house.code}")
    assert state() == before


def test_whoever_asks_too_often_waits(client: FlaskClient) -> None:
    for _ in range(views.FILES):
        assert check(client, b"x").status_code == 200
    refused = check(client, b"x")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get("/v").status_code == 200


def test_an_empty_form_says_what_to_do_and_too_large_a_file_is_refused(client: FlaskClient) -> None:
    assert "Pilih berkas PDF" in client.post("/v/berkas").text
    assert "Isi kode naskah." in client.get("/v?kode=").text
    refused = send_large(client, views.LARGEST)
    assert refused.status_code == 413
    assert "lebih besar dari 10 MB" in refused.text


def test_a_stranger_verifies_with_the_downloaded_certificate_alone(house: SealedHouse, client: FlaskClient) -> None:
    answer = client.get("/v/segel.pem")
    assert answer.status_code == 200
    assert b"PRIVATE" not in answer.data
    assert verdict(house.sealed, [answer.data]).status == "genuine"


@pytest.mark.parametrize("path", ["/v", "/privasi", "/bantuan"])
def test_the_public_pages_lead_to_each_other(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    for way in ("/v", "/bantuan", "/privasi"):
        assert f'href="{way}"' in answer.text


def test_the_form_says_what_happens_to_the_file(client: FlaskClient) -> None:
    assert "Kami tidak menyimpannya" in client.get("/v").text


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_hostile_bytes_get_an_answer_like_any_others(
    house: SealedHouse, client: FlaskClient, data: st.DataObject
) -> None:
    with house.parts.store.write() as session:
        session.query(Tally).delete()
    bytes_ = data.draw(
        st.one_of(
            st.binary(max_size=200),
            st.binary(max_size=60).map(lambda tail: b"%PDF-1.7\n" + tail),
            st.integers(0, len(house.sealed)).map(lambda end: house.sealed[:end]),
            st.tuples(st.integers(0, len(house.sealed) - 1), st.binary(max_size=9)).map(
                lambda cut: house.sealed[: cut[0]] + cut[1] + house.sealed[cut[0] :]
            ),
        )
    )
    answer = check(client, bytes_, data.draw(st.sampled_from(["a.pdf", "../x", "ж.pdf", "<b>"])))
    assert answer.status_code in {200, 422}
    if bytes_ != house.sealed:
        assert "Dokumen ini sama" not in answer.text

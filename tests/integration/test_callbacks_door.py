"""The door of providers over real HTTP: what is kept, what is refused, and how little a stranger is told."""

from __future__ import annotations

import json
import socket
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select

from kdmp_core import inbox
from kdmp_core.errors import InvalidInput, NotFound
from kdmp_core.providers import connections, registry
from kdmp_core.records import Callback, Connection, Step
from kdmp_core.settings import Settings
from kdmp_core.store import Store
from tests import builders
from tests.serving import serving
from tests.standins.docuseal.postman import signature
from webhooks.app import create_app

SECRET = "whsec_uji-rahasia-yang-cukup-panjang"
CONFIG: dict[str, object] = {"scheme": "docuseal_signature", "secret": SECRET}
NOW = builders.NOW


@dataclass
class Gate:
    """The open door and a client in front of it."""

    store: Store
    settings: Settings
    url: str
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=10))

    def post(self, body: bytes, *, secret: str = SECRET, at: float | None = None, **headers: str) -> httpx.Response:
        proof = signature(body, secret, int(time.time() if at is None else at))
        sent = {"Content-Type": "application/json", "X-Docuseal-Signature": proof, **headers}
        return self.client.post(f"{self.url}/hooks/docuseal/utama", content=body, headers=sent)

    def kept(self) -> list[Callback]:
        with self.store.read() as session:
            return list(session.scalars(select(Callback).order_by(Callback.id)))


@pytest.fixture
def gate(store: Store, tmp_path: Path) -> Iterator[Gate]:
    settings = builders.settings_in(tmp_path / "data")
    with store.write() as session:
        connections.add(session, settings, "docuseal", "utama", CONFIG, by=builders.SYSTEM, now=NOW)
    with serving(create_app(settings, store=store)) as url:
        gate = Gate(store, settings, url)
        yield gate
        gate.client.close()


def body(event: str = "form.completed", number: int = 7, **more: Any) -> bytes:
    data = {"id": number, "submission_id": 5, "external_id": "K-1/1/1", "email": "siti@koperasi.example", **more}
    told = {"event_type": event, "timestamp": "2026-11-24T03:00:00.000Z", "data": data}
    return json.dumps(told, separators=(",", ":")).encode()


def test_a_proven_callback_is_kept_once_however_often_it_comes(gate: Gate) -> None:
    answers = [gate.post(body()), gate.post(body()), gate.post(body(status="completed"))]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"")] * 3
    (row,) = gate.kept()
    assert (row.provider, row.connection, row.event, row.canonical) == (
        "docuseal",
        "utama",
        "form.completed",
        "signatory.signed",
    )
    assert (row.external_id, row.state) == ("5", inbox.RECEIVED)
    assert row.due_at is not None
    assert b"siti" not in row.body


def test_an_answer_comes_within_a_second(gate: Gate) -> None:
    begun = time.monotonic()
    gate.post(body())
    assert time.monotonic() - begun < 1


def test_an_event_nobody_knows_is_kept_and_owes_nothing(gate: Gate) -> None:
    assert gate.post(body("submission.danced")).status_code == 200
    (row,) = gate.kept()
    assert (row.state, row.due_at, row.canonical) == (inbox.IGNORED, None, None)


BAD: dict[str, tuple[bytes, dict[str, Any], int]] = {
    "another key": (body(), {"secret": "whsec_lain-yang-juga-cukup-panjang"}, 401),
    "stale": (body(), {"at": 1_700_000_000}, 401),
    "from the future": (body(), {"at": time.time() + 3600}, 401),
    "no JSON": (b"bukan json", {}, 400),
    "not UTF-8": (b'{"event_type":"\xff"}', {}, 400),
    "a list": (b"[1]", {}, 400),
    "nested": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, {}, 400),
    "a key twice": (b'{"event_type":"form.viewed","event_type":"form.completed"}', {}, 400),
    "NaN": (b'{"event_type":NaN}', {}, 400),
    "a lone surrogate": (b'{"event_type":"\\ud800"}', {}, 400),
    "no id": (b'{"event_type":"form.completed","timestamp":"2026-11-24T03:00:00Z","data":{}}', {}, 400),
    "time without zone": (body().replace(b"000Z", b"000"), {}, 400),
    "too large": (b" " * (1024 * 1024 + 1), {}, 413),
}


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("name", BAD)
def test_a_callback_that_cannot_be_used_is_refused_without_a_word_why(gate: Gate, name: str) -> None:
    raw, how, status = BAD[name]
    answer = gate.post(raw, **how)
    assert (answer.status_code, gate.kept()) == (status, [])
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "detail"}
    assert answer.json()["detail"] == "This was not accepted."


@pytest.mark.database("sqlite")
def test_a_changed_body_is_refused(gate: Gate) -> None:
    raw = body()
    proof = {"X-Docuseal-Signature": signature(raw, SECRET, int(time.time()))}
    flipped = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(0, len(raw), 5)]
    spelled = [json.dumps(json.loads(raw)).encode(), raw + b"\n", b" " + raw, raw[:-1], b""]
    for changed in (*flipped, *spelled):
        answer = gate.client.post(f"{gate.url}/hooks/docuseal/utama", content=changed, headers=proof)
        assert answer.status_code == 401, changed
    assert gate.kept() == []


@pytest.mark.database("sqlite")
def test_the_resend_button_signs_nothing_and_is_refused(gate: Gate) -> None:
    assert gate.client.post(f"{gate.url}/hooks/docuseal/utama", content=body()).status_code == 401
    doubled = [("X-Docuseal-Signature", signature(body(), SECRET, int(time.time())))] * 2
    assert gate.client.post(f"{gate.url}/hooks/docuseal/utama", content=body(), headers=doubled).status_code == 401
    assert gate.kept() == []


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_the_kind_a_body_calls_itself_does_not_swallow_its_bytes(gate: Gate, kind: str) -> None:
    how: dict[str, Any] = {"Content-Type": kind}
    assert gate.post(body(), **how).status_code == 200
    assert len(gate.kept()) == 1


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("path", ["docuseal/lain", "docuseal/..%2Futama", "tidak_ada/utama", "docuseal/UTAMA"])
def test_an_unknown_connection_is_not_there(gate: Gate, path: str) -> None:
    headers = {"X-Docuseal-Signature": signature(body(), SECRET, int(time.time()))}
    answer = gate.client.post(f"{gate.url}/hooks/{path}", content=body(), headers=headers)
    assert (answer.status_code, gate.kept()) == (404, [])


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_is_answered(gate: Gate, method: str) -> None:
    answer = gate.client.request(method, f"{gate.url}/hooks/docuseal/utama")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.database("sqlite")
def test_a_body_that_never_comes_whole_is_not_kept(gate: Gate) -> None:
    raw, place = body(), urlsplit(gate.url)
    proof = signature(raw, SECRET, int(time.time()))
    head = f"POST /hooks/docuseal/utama HTTP/1.1\r\nHost: x\r\nContent-Length: {len(raw) + 9}\r\n"
    with socket.create_connection((place.hostname, place.port), timeout=5) as line:
        line.sendall(f"{head}X-Docuseal-Signature: {proof}\r\nConnection: close\r\n\r\n".encode() + raw)
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100).split()[1] in {b"400", b"401"}
    assert gate.kept() == []


@pytest.mark.database("sqlite")
def test_a_connection_without_its_secret_is_no_connection(gate: Gate) -> None:
    path = gate.settings.keys / "connections" / "docuseal-utama.json"
    for spoiled in ("{}", "", '{"scheme":"docuseal_signature","secret":""}', "[]"):
        path.write_text(spoiled)
        assert gate.post(body(), secret="").status_code == 404
    path.unlink()
    assert gate.post(body()).status_code == 404
    with gate.store.read() as session:
        assert [row.name for row in connections.without_secret(session, gate.settings)] == ["utama"]
    by = builders.SYSTEM
    with gate.store.write() as session, pytest.raises(InvalidInput, match="secret_missing"):
        connections.switch(session, gate.settings, "docuseal", "utama", active=True, by=by, now=NOW)


def test_a_connection_switched_off_is_not_there_until_it_is_switched_on(gate: Gate) -> None:
    for active, status in ((False, 404), (True, 200)):
        with gate.store.write() as session:
            now = datetime.now(UTC)
            connections.switch(session, gate.settings, "docuseal", "utama", active=active, by=builders.SYSTEM, now=now)
        assert gate.post(body()).status_code == status
    with gate.store.read() as session:
        moves = session.scalars(select(Step.move).order_by(Step.sequence)).all()
    assert moves == ["add_connection", "switch_off_connection", "switch_on_connection"]


@pytest.mark.database("sqlite")
def test_secrets_stand_in_a_key_file_and_never_in_the_record(gate: Gate) -> None:
    path = gate.settings.keys / "connections" / "docuseal-utama.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with gate.store.read() as session:
        row = session.scalars(select(Connection)).one()
        assert SECRET not in str(vars(row))
        assert SECRET not in repr(connections.find(session, gate.settings, "docuseal", "utama"))


@pytest.mark.database("sqlite")
def test_adding_again_takes_the_new_secret(gate: Gate) -> None:
    fresh = {**CONFIG, "secret": "whsec_yang-baru-dan-cukup-panjang", "secrets": [SECRET]}
    with gate.store.write() as session:
        connections.add(session, gate.settings, "docuseal", "utama", fresh, by=builders.SYSTEM, now=datetime.now(UTC))
        assert len(connections.listed(session)) == 1
    assert gate.post(body(), secret="whsec_yang-baru-dan-cukup-panjang").status_code == 200
    assert gate.post(body(number=8)).status_code == 200


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("provider", "name", "config", "kind"),
    [
        ("tidak_ada", "utama", CONFIG, NotFound),
        ("docuseal", "../utama", CONFIG, InvalidInput),
        ("docuseal", "", CONFIG, InvalidInput),
        ("docuseal", "lain", {"scheme": "docuseal_signature"}, InvalidInput),
        ("docuseal", "lain", {**CONFIG, "secret": "pendek"}, InvalidInput),
    ],
    ids=["provider", "path", "no name", "no secret", "short secret"],
)
def test_an_unfit_connection_is_not_added(
    gate: Gate, provider: str, name: str, config: dict[str, object], kind: type[Exception]
) -> None:
    with pytest.raises(kind), gate.store.write() as session:
        connections.add(session, gate.settings, provider, name, config, by=builders.SYSTEM, now=NOW)
    assert [path.name for path in (gate.settings.keys / "connections").iterdir()] == ["docuseal-utama.json"]


def test_receive_proves_and_keeps_in_one(gate: Gate) -> None:
    raw = body()
    headers = [("x-docuseal-signature", signature(raw, SECRET, int(NOW.timestamp())))]
    for new in (True, False):
        with gate.store.write() as session:
            found = inbox.receive(session, registry["docuseal"], "utama", headers, raw, CONFIG, NOW)
        assert found == inbox.Received(new)
    with gate.store.write() as session:
        assert len(inbox.claim(session, 10, "w", NOW, inbox.PATIENCE)) == 1

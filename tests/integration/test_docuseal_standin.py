"""DocuSeal end to end against its stand-in: its own process, real HTTP, real PDFs, real signatures over callbacks."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from kdmp_core.errors import (
    Conflict,
    InvalidInput,
    KdmpError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooLarge,
    TryLater,
)
from kdmp_core.providers import registry, wire
from kdmp_core.providers.merging import contradicts, differences, merge
from kdmp_core.providers.port import (
    Area,
    CallbackFact,
    Created,
    EnvelopeRequest,
    EnvelopeStatus,
    Signer,
    SignerStatus,
)
from tests.provider_house import Standin, paper, standin
from tests.source import ROOT

CAPTURES = ROOT / "tests" / "data" / "callbacks"
DOCUSEAL = registry["docuseal"]
TEXT = "Kesepakatan ini ditandatangani di Cianjur."


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return "".join("".join(pages).split())


PDF_A = paper(TEXT)
HERE = Area(1, Fraction(1, 10), Fraction(7, 10), Fraction(3, 10), Fraction(1, 20))
THERE = Area(1, Fraction(6, 10), Fraction(7, 10), Fraction(3, 10), Fraction(1, 20))
FIRST = Signer("r-1/1", "Siti Contohwati", "Pihak Pertama", (HERE,), email="siti@koperasi.example")
SECOND = Signer("r-1/2", "Ujang Contoh", "Pihak Kedua", (THERE,), email="ujang@usaha.example", phone="+628120000001")


class Receiver:
    """A door that proves each callback with the product's own code and remembers what was said."""

    def __init__(self) -> None:
        self.config: dict[str, object] = {}
        self.facts: list[CallbackFact] = []
        self.bodies: list[bytes] = []
        self.refused: list[str] = []
        self.answers_500 = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.take(list(self.headers.items()), body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/docuseal/uji"

    def take(self, headers: list[tuple[str, str]], body: bytes) -> int:
        if self.answers_500:
            self.answers_500 -= 1
            return 500
        try:
            self.facts.append(DOCUSEAL.verify_and_parse(headers, body, self.config, datetime.now(UTC)))
        except NotSignedIn as refused:
            self.refused.append(refused.code)
            return 401
        self.bodies.append(body)
        return 200

    def wait_for(self, *events: str) -> None:
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            if [fact.event for fact in self.facts] == list(events):
                return
            time.sleep(0.02)
        pytest.fail(f"came: {[fact.event for fact in self.facts]}, wanted: {events}")


@dataclass
class Place(Standin):
    """The stand-in with the door it calls back at."""

    receiver: Receiver

    def create(self, *signers: Signer) -> Created:
        return DOCUSEAL.create(self.config, EnvelopeRequest("MoU Contoh <v2> & lain", PDF_A, signers or (FIRST,)))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    receiver = Receiver()
    try:
        with standin(tmp_path_factory.mktemp("docuseal"), "--webhook", receiver.url) as made:
            receiver.config = made.config
            yield Place(made.base, made.config, made.client, receiver)
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()


@pytest.fixture
def place(running: Place) -> Place:
    running.faults()
    receiver = running.receiver
    receiver.facts, receiver.bodies, receiver.refused, receiver.answers_500 = [], [], [], 0
    return running


def test_an_envelope_goes_from_creation_over_two_signatures_to_a_stamped_file(place: Place) -> None:
    made = place.create(FIRST, SECOND)
    assert [one.ref for one in made.signers] == ["r-1/1", "r-1/2"]
    assert DOCUSEAL.fetch(place.config, made.external_id).status is EnvelopeStatus.OPEN
    place.sign(made.signers[0].address)
    place.receiver.wait_for("submission.created", "form.viewed", "form.started", "form.completed")
    between = DOCUSEAL.fetch(place.config, made.external_id)
    assert [one.status for one in between.signers] == [SignerStatus.SIGNED, SignerStatus.INVITED]
    with pytest.raises(Conflict):
        DOCUSEAL.download_signed(place.config, made.external_id)
    place.sign(made.signers[1].address)
    place.receiver.wait_for(
        "submission.created",
        *("form.viewed", "form.started", "form.completed") * 2,
        "submission.completed",
    )
    truth = DOCUSEAL.fetch(place.config, made.external_id)
    assert truth.status is EnvelopeStatus.COMPLETED
    assert all(one.signed_at is not None for one in truth.signers)
    assert differences((FIRST, SECOND), truth) == ()
    file = DOCUSEAL.download_signed(place.config, made.external_id)
    assert file.pdf != PDF_A
    assert text_of(PDF_A) in text_of(file.pdf)
    assert "TIRUANDocuSealuntukuji" in text_of(file.pdf)
    assert "Tiruan:SitiContohwati" in text_of(file.pdf)


def test_callbacks_name_our_envelope_and_signer_and_keep_one_key_each(place: Place) -> None:
    made = place.create()
    place.sign(made.signers[0].address)
    place.receiver.wait_for(
        "submission.created", "form.viewed", "form.started", "form.completed", "submission.completed"
    )
    facts = place.receiver.facts
    assert {fact.external_id for fact in facts} == {made.external_id}
    assert [fact.signer_ref for fact in facts] == [None, "r-1/1", "r-1/1", "r-1/1", None]
    assert len({fact.dedupe_key for fact in facts}) == 5


def test_what_is_kept_of_a_callback_has_no_person_and_no_way_in(place: Place) -> None:
    made = place.create()
    place.sign(made.signers[0].address)
    place.receiver.wait_for(
        "submission.created", "form.viewed", "form.started", "form.completed", "submission.completed"
    )
    slug = made.signers[0].address.rsplit("/", 1)[1]
    for body in place.receiver.bodies:
        kept = DOCUSEAL.stored_body(body).decode()
        assert json.loads(kept)["event_type"]
        for secret in (slug, "siti@koperasi.example", "Siti", "192.0.2.7", "http", "Mozilla"):
            assert secret not in kept


def test_a_decline_is_told_with_its_reason_by_the_api_only(place: Place) -> None:
    made = place.create(FIRST, SECOND)
    place.decline(made.signers[1].address, "Harga belum cocok")
    place.receiver.wait_for("submission.created", "form.viewed", "form.declined")
    truth = DOCUSEAL.fetch(place.config, made.external_id)
    assert truth.status is EnvelopeStatus.DECLINED
    assert (truth.signers[1].status, truth.signers[1].reason) == (SignerStatus.DECLINED, "Harga belum cocok")
    assert truth.signers[1].declined_at is not None
    place.sign(made.signers[0].address)
    assert DOCUSEAL.fetch(place.config, made.external_id).signers[0].status is not SignerStatus.SIGNED


def test_a_later_group_waits_for_the_earlier_one(place: Place) -> None:
    later = Signer("r-1/2", "Ujang Contoh", "Pihak Kedua", (THERE,), email="ujang@usaha.example", order=1)
    made = place.create(FIRST, later)
    place.sign(made.signers[1].address)
    waiting = DOCUSEAL.fetch(place.config, made.external_id)
    assert [one.status for one in waiting.signers] == [SignerStatus.INVITED, SignerStatus.WAITING]
    place.sign(made.signers[0].address)
    place.sign(made.signers[1].address)
    assert DOCUSEAL.fetch(place.config, made.external_id).status is EnvelopeStatus.COMPLETED


def test_taking_back_an_envelope_voids_it_once_and_twice_is_harmless(place: Place) -> None:
    made = place.create()
    DOCUSEAL.void(place.config, made.external_id)
    DOCUSEAL.void(place.config, made.external_id)
    place.receiver.wait_for("submission.created", "submission.archived")
    assert DOCUSEAL.fetch(place.config, made.external_id).status is EnvelopeStatus.VOIDED
    DOCUSEAL.void(place.config, "999999")


def test_archiving_a_completed_envelope_leaves_it_completed(place: Place) -> None:
    made = place.create()
    place.sign(made.signers[0].address)
    DOCUSEAL.void(place.config, made.external_id)
    assert DOCUSEAL.fetch(place.config, made.external_id).status is EnvelopeStatus.COMPLETED


def test_an_answer_older_than_what_we_know_changes_nothing(place: Place) -> None:
    made = place.create()
    place.sign(made.signers[0].address)
    known = DOCUSEAL.fetch(place.config, made.external_id)
    place.faults("stale")
    stale = DOCUSEAL.fetch(place.config, made.external_id)
    assert stale.status is EnvelopeStatus.OPEN
    assert merge(known, stale) == known
    assert not contradicts(known, stale)


def test_an_answer_newer_than_the_callback_is_taken(place: Place) -> None:
    made = place.create(FIRST, SECOND)
    known = DOCUSEAL.fetch(place.config, made.external_id)
    place.faults("newer")
    newer = DOCUSEAL.fetch(place.config, made.external_id)
    assert merge(known, newer).status is EnvelopeStatus.COMPLETED


FAILURES: list[tuple[str, type[KdmpError], str]] = [
    ("401", NotAllowed, "provider.key_refused"),
    ("403", NotAllowed, "provider.key_refused"),
    ("404", NotFound, "provider.envelope_unknown"),
    ("429", TryLater, "provider.busy"),
    ("500", TryLater, "provider.failing"),
    ("truncated", TryLater, "provider.unreachable"),
    ("not_json", TryLater, "provider.answer_unreadable"),
    ("redirect", InvalidInput, "provider.request_refused"),
]


@pytest.mark.parametrize(("fault", "kind", "code"), FAILURES, ids=[row[0] for row in FAILURES])
def test_a_failure_at_the_provider_has_one_name(place: Place, fault: str, kind: type[KdmpError], code: str) -> None:
    made = place.create()
    place.faults(fault)
    with pytest.raises(kind) as failed:
        DOCUSEAL.fetch(place.config, made.external_id)
    assert (type(failed.value), failed.value.code) == (kind, code)
    if isinstance(failed.value, TryLater):
        assert failed.value.retry_after == (17 if fault == "429" else None)
    assert DOCUSEAL.fetch(place.config, made.external_id).status is EnvelopeStatus.OPEN


def test_a_provider_that_hangs_is_left_in_time(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    made = place.create()
    monkeypatch.setattr(wire, "SILENCE_SECONDS", 0.3)
    place.faults("hang")
    begun = time.monotonic()
    with pytest.raises(TryLater):
        DOCUSEAL.fetch(place.config, made.external_id)
    assert time.monotonic() - begun < 3


def test_an_answer_over_the_cap_is_not_taken(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    made = place.create()
    monkeypatch.setattr(wire, "ANSWER_BYTES", 100)
    with pytest.raises(TooLarge):
        DOCUSEAL.fetch(place.config, made.external_id)


@pytest.mark.parametrize("fault", ["truncated", "not_pdf", "500"])
def test_a_file_that_is_not_a_whole_pdf_is_asked_for_again(place: Place, fault: str) -> None:
    made = place.create()
    place.sign(made.signers[0].address)
    place.faults("", "", fault)
    with pytest.raises(TryLater):
        DOCUSEAL.download_signed(place.config, made.external_id)
    assert DOCUSEAL.download_signed(place.config, made.external_id).pdf.startswith(b"%PDF-")


def test_nobody_listening_is_said_as_try_later() -> None:
    config = {"scheme": "docuseal_signature", "secret": "s" * 24, "api_key": "k" * 24}
    with pytest.raises(TryLater):
        DOCUSEAL.fetch({**config, "base_url": "http://127.0.0.1:9/api"}, "5")


def test_a_wrong_key_of_ours_is_refused(place: Place) -> None:
    with pytest.raises(NotAllowed):
        DOCUSEAL.fetch({**place.config, "api_key": "k" * 24}, "5")


def test_a_file_at_an_address_nobody_allowed_is_not_fetched(place: Place) -> None:
    made = place.create()
    place.sign(made.signers[0].address)
    elsewhere = {**place.config, "base_url": str(place.config["base_url"]).replace("127.0.0.1", "localhost")}
    with pytest.raises(InvalidInput) as refused:
        DOCUSEAL.download_signed(elsewhere, made.external_id)
    assert refused.value.code == "provider.file_elsewhere"
    assert DOCUSEAL.download_signed({**elsewhere, "origins": [place.base]}, made.external_id).pdf


@pytest.mark.parametrize("number", ["", "0", "-1", "../submitters/1", "1/documents", "१", "5\n", "9" * 30])
def test_an_id_that_is_no_number_never_becomes_an_address(number: str) -> None:
    config = {"scheme": "docuseal_signature", "secret": "s" * 24, "api_key": "k" * 24}
    with pytest.raises(NotFound):
        DOCUSEAL.fetch({**config, "base_url": "http://127.0.0.1:9/api"}, number)


def test_a_callback_nobody_took_comes_again_with_the_same_key(place: Place) -> None:
    place.receiver.answers_500 = 2
    place.create()
    place.receiver.wait_for("submission.created")
    sent = place.callbacks()[-1]
    assert (sent["tries"], sent["state"]) == (3, "taken")


def test_the_resend_button_signs_nothing_and_is_refused(place: Place) -> None:
    place.create()
    place.receiver.wait_for("submission.created")
    last = len(place.callbacks()) - 1
    assert place.client.post(f"/uji/callbacks/{last}/resend").json() == {"status": 401}
    assert place.receiver.refused == ["provider.signature_missing"]


def test_the_stand_in_says_what_it_is_on_every_answer_and_page(place: Place) -> None:
    made = place.create()
    for path in ("/", made.signers[0].address, "/nowhere", "/api/submissions/1"):
        assert place.client.get(path).headers["X-Tiruan"] == "TIRUAN DocuSeal untuk uji"
    assert "TIRUAN DocuSeal untuk uji" in place.client.get(made.signers[0].address).text


def test_a_stand_in_started_again_knows_its_envelopes(tmp_path: Path) -> None:
    with standin(tmp_path) as first:
        made = DOCUSEAL.create(first.config, EnvelopeRequest("MoU", PDF_A, (FIRST,)))
    with standin(tmp_path) as again:
        assert again.config["secret"] == first.config["secret"]
        assert DOCUSEAL.fetch(again.config, made.external_id).signers[0].ref == "r-1/1"


def shape(value: Any) -> Any:
    """The keys of a body all the way down; free maps (values, metadata) count as one."""
    if isinstance(value, dict):
        return {name: "free" if name in {"metadata", "variables"} else shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value and isinstance(value[0], dict) else []
    return "leaf"


def alike(ours: Any, theirs: Any) -> bool:
    """Equal key sets; a list that is empty on one side cannot be compared further."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(alike(ours[name], theirs[name]) for name in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return not ours or not theirs or alike(ours[0], theirs[0])
    return bool(ours == theirs)


def test_the_stand_ins_callbacks_have_exactly_the_keys_of_the_genuine_ones(place: Place) -> None:
    made = place.create(FIRST, SECOND)
    other = place.create()
    for one in made.signers:
        place.sign(one.address)
    place.decline(other.signers[0].address, "Belum")
    ends = time.monotonic() + 10
    while len(place.receiver.facts) < 11 and time.monotonic() < ends:
        time.sleep(0.02)
    seen = {json.loads(body)["event_type"]: json.loads(body) for body in place.receiver.bodies}
    assert len(seen) == 6
    for event, body in seen.items():
        capture = json.loads((CAPTURES / f"docuseal__{event}__01.json").read_text("utf-8"))
        genuine = json.loads(b64decode(capture["body_base64"]))
        assert alike(shape(body), shape(genuine)), event

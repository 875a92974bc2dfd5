"""DocuSeal's own callbacks: every genuine one is accepted, every mutation refused, nothing crashes."""

from __future__ import annotations

import json
import random
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kdmp_core.errors import InvalidInput, NotFound, NotSignedIn, TooLarge
from kdmp_core.providers import registry
from kdmp_core.providers.docuseal import CALLBACK_BYTES
from tests.standins.docuseal.naming import dumps
from tests.standins.docuseal.postman import signature

FILES = sorted((Path(__file__).parents[1] / "data" / "callbacks").glob("docuseal__*.json"))
CAPTURES = {path.stem: json.loads(path.read_text("utf-8")) for path in FILES}
CLOCK = 1_795_504_739
NOW = datetime.fromtimestamp(CLOCK, UTC)
DOCUSEAL = registry["docuseal"]
HEADER = "X-Docuseal-Signature"
each = pytest.mark.parametrize("capture", CAPTURES.values(), ids=CAPTURES.keys())


def headers_of(capture: dict[str, Any], proof: str | None = None) -> list[tuple[str, str]]:
    return [(name, proof if proof is not None and name == HEADER else value) for name, value in capture["headers"]]


def body_of(capture: dict[str, Any]) -> bytes:
    return b64decode(capture["body_base64"])


def proof_of(capture: dict[str, Any]) -> str:
    return str(dict(capture["headers"])[HEADER])


def refused(headers: list[tuple[str, str]], body: bytes, config: dict[str, Any], now: datetime = NOW) -> bool:
    """True when refused in the way the port promises; anything else that is raised fails the test."""
    try:
        DOCUSEAL.verify_and_parse(headers, body, config, now)
    except (NotSignedIn, TooLarge, InvalidInput, NotFound):
        return True
    return False


def test_all_seven_captures_are_here() -> None:
    assert len(CAPTURES) == 7


@each
def test_a_genuine_callback_is_accepted_and_means_what_it_should(capture: dict[str, Any]) -> None:
    expected = capture["expected"]
    fact = DOCUSEAL.verify_and_parse(headers_of(capture), body_of(capture), capture["config"], NOW)
    assert fact.event == capture["event"]
    assert fact.canonical == expected["canonical"]
    assert fact.refetch_first is expected["refetch_before_apply"]
    ids = expected["external_ids"]
    assert fact.external_id == (str(ids["envelope"]) if "envelope" in ids else None)
    if fact.canonical is not None:
        assert fact.signer_ref == ids.get("external_ref")
    event, subject, at = ids["event_key"]
    assert fact.dedupe_key == f"{event}:{subject}:{at.replace('Z', '+00:00')}"


@each
def test_the_file_of_a_capture_is_a_connection_that_only_receives(capture: dict[str, Any]) -> None:
    kept = DOCUSEAL.check_config(capture["config"])
    assert DOCUSEAL.check_config(kept) == kept
    assert not DOCUSEAL.can_send(kept)
    with pytest.raises(InvalidInput) as no_address:
        DOCUSEAL.fetch(kept, "304")
    assert no_address.value.code == "provider.cannot_send"


@each
def test_what_is_kept_has_no_person_no_address_and_no_way_in(capture: dict[str, Any]) -> None:
    kept = DOCUSEAL.stored_body(body_of(capture)).decode()
    for secret in ("@", "http", "Contoh", "192.0.2", "sgn", "Mozilla", "Siti", "Ujang", "Harga", "12500"):
        assert secret not in kept
    assert json.loads(kept)["timestamp"] == json.loads(body_of(capture))["timestamp"]


@each
def test_the_clock_may_differ_by_the_tolerance_and_not_a_second_more(capture: dict[str, Any]) -> None:
    for seconds, passes in ((-301, False), (-300, True), (0, True), (300, True), (301, False)):
        now = datetime.fromtimestamp(capture["signed_at"] + seconds, UTC)
        assert refused(headers_of(capture), body_of(capture), capture["config"], now) is not passes


@each
def test_a_second_active_key_is_tried_too(capture: dict[str, Any]) -> None:
    rotated = {**capture["config"], "secret": "whsec_" + "n" * 32, "secrets": [capture["config"]["secret"]]}
    assert not refused(headers_of(capture), body_of(capture), rotated)
    assert refused(headers_of(capture), body_of(capture), {**rotated, "secrets": []})


def flipped_bodies(capture: dict[str, Any]) -> Iterator[bytes]:
    body, chance = body_of(capture), random.Random(capture["id"])
    for _ in range(220):
        changed = bytearray(body)
        changed[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        yield bytes(changed)


def rewritten_bodies(capture: dict[str, Any]) -> Iterator[bytes]:
    body = body_of(capture)
    parsed = json.loads(body)
    yield from (json.dumps(parsed, separators=(",", ":"), ensure_ascii=ascii_).encode() for ascii_ in (True, False))
    yield from (json.dumps(parsed, indent=indent).encode() for indent in (None, 1))
    yield from (json.dumps(parsed, sort_keys=True).encode(), body.decode().encode("utf-16"))
    yield from (body + b"\n", body + b"\r\n", b"\n" + body, body + b" ", b"\xef\xbb\xbf" + body, body + b"\x00")
    yield from (b"", b"{}", body[:-1], body * 2, body.replace(b":null", b": null"))


def odd_proofs(capture: dict[str, Any]) -> Iterator[str]:
    proof = proof_of(capture)
    moment, code = proof.split(".")
    for place in range(len(code)):
        yield f"{moment}.{code[:place]}{'0' if code[place] != '0' else '1'}{code[place + 1 :]}"
    yield from (f"{int(moment) + shift}.{code}" for shift in (-1, 1, 60, -86_400, 86_400))
    yield from ("", ".", moment, code, f".{code}", f"{moment}.", f"{moment}.{code}.", f"{moment},{code}", proof * 2)
    yield from (f" {proof}", f"{proof} ", f"{proof}\n", f"+{proof}", f"0{proof}", f"-{proof}", f"{moment}.0.{code}")
    yield from (f"{moment}.{code.upper()}", f"{moment}.{code[:-1]}", f"{moment}.{code}0", f"{moment}.{'0' * 64}")
    yield from (f"{proof}, {proof}", f"{proof},{proof}", f"t={moment},v1={code}", f"{moment}.5.{code}", "null", "\x00")
    yield from ("".join(chr(0x0660 + int(digit)) for digit in moment) + f".{code}", f"{'9' * 5000}.{code}", "🙂.🙂")


def test_two_thousand_mutations_are_refused_and_none_crashes() -> None:
    tried = 0
    for capture in CAPTURES.values():
        headers, config = headers_of(capture), capture["config"]
        genuine = body_of(capture)
        for body in (*flipped_bodies(capture), *rewritten_bodies(capture)):
            assert body != genuine
            assert refused(headers, body, config)
            tried += 1
        for proof in odd_proofs(capture):
            assert proof == proof_of(capture) or refused(headers_of(capture, proof), genuine, config)
            tried += 1
    assert tried >= 2_000


@each
def test_a_missing_doubled_or_renamed_signature_is_refused(capture: dict[str, Any]) -> None:
    body, config, proof = body_of(capture), capture["config"], proof_of(capture)
    bare = [pair for pair in headers_of(capture) if pair[0] != HEADER]
    for extra in ([], [(HEADER, proof)] * 2, [(HEADER, "1.a"), (HEADER.upper(), proof)], [("X-Signature", proof)]):
        assert refused([*bare, *extra], body, config)
    assert not refused([*bare, (HEADER.lower(), proof)], body, config)


@each
def test_a_wrong_key_is_refused_and_without_a_key_there_is_no_connection(capture: dict[str, Any]) -> None:
    headers, body, config = headers_of(capture), body_of(capture), capture["config"]
    secret = config["secret"]
    for wrong in (secret.removeprefix("whsec_"), secret + "x", secret.lower(), secret[:-1]):
        assert refused(headers, body, {**config, "secret": wrong})
    for absent in ({}, {"secret": ""}, {"secret": None}, {"secret": " " * 40}, {"secret": [secret]}):
        bad = {**{name: value for name, value in config.items() if name != "secret"}, **absent}
        with pytest.raises(NotFound):
            DOCUSEAL.verify_and_parse(headers, body, bad, NOW)
        with pytest.raises(InvalidInput):
            DOCUSEAL.check_config(bad)


@each
def test_the_callback_of_another_event_under_this_signature_is_refused(capture: dict[str, Any]) -> None:
    for other in CAPTURES.values():
        if other is not capture:
            assert refused(headers_of(capture), body_of(other), capture["config"])


SIGNED_NONSENSE = {
    "no JSON": b"halo",
    "nothing": b"",
    "a list": b"[]",
    "no data": b'{"event_type":"form.viewed","timestamp":"2026-11-24T07:18:47.712Z"}',
    "data is text": b'{"event_type":"form.viewed","timestamp":"2026-11-24T07:18:47.712Z","data":"x"}',
    "no id": b'{"event_type":"form.viewed","timestamp":"2026-11-24T07:18:47.712Z","data":{"submission_id":3}}',
    "the id is text": b'{"event_type":"submission.completed","timestamp":"2026-11-24T07:18:47Z","data":{"id":"3"}}',
    "the id is true": b'{"event_type":"submission.completed","timestamp":"2026-11-24T07:18:47Z","data":{"id":true}}',
    "the id is a float": b'{"event_type":"submission.completed","timestamp":"2026-11-24T07:18:47Z","data":{"id":3.0}}',
    "no time": b'{"event_type":"submission.completed","data":{"id":3}}',
    "a time without zone": b'{"event_type":"submission.completed","timestamp":"2026-11-24T07:18","data":{"id":3}}',
    "a time before all": b'{"event_type":"submission.completed","timestamp":"0001-01-01T00:00+14:00","data":{"id":3}}',
    "a key twice": b'{"event_type":"form.viewed","event_type":"form.completed","timestamp":"2026-11-24T07:18:47Z"}',
    "NaN": b'{"event_type":"submission.completed","timestamp":"2026-11-24T07:18:47Z","data":{"id":3,"x":NaN}}',
    "a lone surrogate": b'{"event_type":"\\ud800","timestamp":"2026-11-24T07:18:47Z","data":{"id":3}}',
    "not UTF-8": b'{"event_type":"\xff","timestamp":"2026-11-24T07:18:47Z","data":{"id":3}}',
    "ten thousand levels": b'{"data":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "thirty levels": b'{"data":' + b"[" * 30 + b"]" * 30 + b"}",
    "an endless number": b'{"data":' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("body", SIGNED_NONSENSE.values(), ids=SIGNED_NONSENSE.keys())
def test_nonsense_is_refused_even_when_it_is_signed(body: bytes) -> None:
    config = CAPTURES["docuseal__form.viewed__01"]["config"]
    proof = [(HEADER, signature(body, config["secret"], CLOCK))]
    with pytest.raises(InvalidInput) as unreadable:
        DOCUSEAL.verify_and_parse(proof, body, config, NOW)
    assert unreadable.value.code == "provider.callback_unreadable"
    if json_object_is_missing(body):
        with pytest.raises(InvalidInput):
            DOCUSEAL.stored_body(body)


def json_object_is_missing(body: bytes) -> bool:
    return not body.startswith(b'{"event_type"') or b"NaN" in body or b"\xff" in body


def test_a_body_over_a_megabyte_is_refused_before_it_is_hashed() -> None:
    capture = CAPTURES["docuseal__form.viewed__01"]
    with pytest.raises(TooLarge):
        DOCUSEAL.verify_and_parse(headers_of(capture), b" " * (CALLBACK_BYTES + 1), capture["config"], NOW)


@pytest.mark.parametrize(
    ("event", "data", "canonical", "external_id"),
    [
        ("submission.archived", {"id": 7, "archived_at": "2026-11-24T07:18:47.712Z"}, "envelope.voided", "7"),
        ("submission.expired", {"id": 7, "status": "expired"}, "envelope.expired", "7"),
        ("template.archived", {"id": 9, "archived_at": "2026-11-24T07:18:47.712Z"}, None, None),
        ("form.something_new", {"id": 9}, None, None),
        ("something.new", {"words": ["a"]}, None, None),
    ],
)
def test_events_without_a_capture_are_read_and_unknown_ones_are_kept(
    event: str, data: dict[str, Any], canonical: str | None, external_id: str | None
) -> None:
    config = CAPTURES["docuseal__form.viewed__01"]["config"]
    body = dumps({"event_type": event, "timestamp": "2026-11-24T07:18:47.712Z", "data": data})
    fact = DOCUSEAL.verify_and_parse([(HEADER, signature(body, config["secret"], CLOCK))], body, config, NOW)
    assert (fact.canonical, fact.external_id) == (canonical, external_id)
    assert fact.refetch_first is (canonical is not None)
    assert json.loads(DOCUSEAL.stored_body(body))["event_type"] == event

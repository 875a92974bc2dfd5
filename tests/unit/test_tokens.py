"""Tokens: what is ours passes, every hostile spelling is refused with one kind of refusal."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from kdmp_core.errors import InvalidInput, NotSignedIn
from kdmp_core.tokens import LIFE_CAP, Keys, TokenType, check, check_digest, issue, sign_digest

NOW = datetime(2026, 11, 24, 8, 0, 0, 500_000, tzinfo=UTC)
START = int(NOW.timestamp())
SECRET = bytes(range(32))
OLD_SECRET = bytes(range(32, 72))
KEYS = Keys({"k2": SECRET, "k1": OLD_SECRET}, "k2")
MINUTES = timedelta(minutes=10)
NAMES = {"iss": "kdmp", "aud": "api", "sub": "client-7", "jti": "jti-1"}
FIT = {**NAMES, "iat": START, "nbf": START, "exp": START + 600}
HEAD = {"alg": "HS256", "typ": "kdmp-api+jwt", "kid": "k2"}
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forge(head: object, payload: object, secret: bytes = SECRET) -> str:
    """Sign whatever is given with the true secret, so that only the rule under test can refuse it."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (head, payload)]
    signing = ".".join(b64(part) for part in parts)
    return f"{signing}.{b64(hmac.new(secret, signing.encode(), hashlib.sha256).digest())}"


def accepted(token: object, now: datetime = NOW) -> bool:
    try:
        check(KEYS, TokenType.API, token, now, "api", "kdmp")
    except NotSignedIn:
        return False
    return True


def test_what_was_issued_is_accepted_and_tells_its_claims() -> None:
    token = issue(KEYS, TokenType.API, {**NAMES, "scope": ["read"]}, NOW, MINUTES)
    claims = check(KEYS, TokenType.API, token, NOW, "api", "kdmp")
    assert (claims.subject, claims.token_id, claims.extra) == ("client-7", "jti-1", {"scope": ["read"]})
    assert claims.expires_at == datetime(2026, 11, 24, 8, 10, tzinfo=UTC)


def test_the_forging_hand_of_these_tests_makes_an_acceptable_token() -> None:
    assert accepted(forge(HEAD, FIT))


def test_a_token_of_the_old_key_passes_while_its_kid_is_kept_and_never_under_the_new_kid() -> None:
    assert accepted(forge({**HEAD, "kid": "k1"}, FIT, OLD_SECRET))
    assert not accepted(forge(HEAD, FIT, OLD_SECRET))
    assert not accepted(forge({**HEAD, "kid": "k1"}, FIT, SECRET))
    assert not accepted(forge({**HEAD, "kid": "k0"}, FIT))


@pytest.mark.parametrize(
    ("seconds", "passes"), [(-1, False), (0, True), (599, True), (600, False), (601, False)], ids=str
)
def test_a_token_lives_from_its_first_second_until_just_before_its_last(seconds: int, passes: bool) -> None:
    token = forge(HEAD, FIT)
    whole = datetime.fromtimestamp(START, UTC)
    assert accepted(token, whole + timedelta(seconds=seconds)) is passes


def test_the_last_microsecond_before_expiry_is_inside() -> None:
    end = datetime.fromtimestamp(START + 600, UTC)
    assert accepted(forge(HEAD, FIT), end - timedelta(microseconds=1))
    assert not accepted(forge(HEAD, FIT), end)


def test_a_clock_in_another_zone_gives_the_same_answer() -> None:
    jakarta = timezone(timedelta(hours=7))
    token = issue(KEYS, TokenType.API, NAMES, NOW.astimezone(jakarta), MINUTES)
    assert accepted(token, NOW + timedelta(minutes=9))
    assert not accepted(token, (NOW + timedelta(minutes=11)).astimezone(jakarta))


def test_a_naive_clock_is_a_mistake_of_ours_and_said_so() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        issue(KEYS, TokenType.API, NAMES, NOW.replace(tzinfo=None), MINUTES)


HOSTILE_CLAIMS = {
    "exp is null": {"exp": None},
    "exp is a list": {"exp": []},
    "nbf is null": {"nbf": None},
    "iat is an object": {"iat": {}},
    "exp is text": {"exp": str(START + 600)},
    "exp is Devanagari digits": {"exp": "१७९५५०७८००"},
    "exp is true": {"exp": True},
    "exp is negative": {"exp": -1},
    "exp is beyond every calendar": {"exp": 10**40},
    "iat lies in the future": {"iat": START + 60, "nbf": START + 60},
    "nbf lies before iat": {"iat": START, "nbf": START - 60},
    "it lives longer than its type may": {"exp": START + 901},
    "it was issued long ago with a long life": {"iat": START - 86_400},
    "exp lies before iat": {"exp": START - 1},
    "the issuer is another": {"iss": "someone"},
    "the audience is another": {"aud": "desk"},
    "the audience is a list": {"aud": ["api"]},
    "the subject is empty": {"sub": ""},
    "the subject is a number": {"sub": 7},
    "the id is null": {"jti": None},
    "it is nested deeply": {"x": [[[[1]]]]},
    "it holds a fraction": {"x": 1.5},
}


@pytest.mark.parametrize("change", HOSTILE_CLAIMS.values(), ids=HOSTILE_CLAIMS.keys())
def test_a_token_is_refused_when(change: dict[str, object]) -> None:
    assert not accepted(forge(HEAD, {**FIT, **change}))


@pytest.mark.parametrize("name", FIT)
def test_a_token_without_one_of_its_claims_is_refused(name: str) -> None:
    assert not accepted(forge(HEAD, {key: value for key, value in FIT.items() if key != name}))


def fit_text(replaced: str, by: str) -> bytes:
    text = json.dumps(FIT)
    assert replaced in text
    return text.replace(replaced, by).encode()


HOSTILE_PAYLOADS = {
    "exp is Infinity": fit_text(str(START + 600), "Infinity"),
    "exp is 1e400": fit_text(str(START + 600), "1e400"),
    "exp is a float": fit_text(str(START + 600), f"{START + 600}.0"),
    "a claim is NaN": fit_text("{", '{"x": NaN, '),
    "a key stands twice": fit_text("{", '{"sub": "admin", '),
    "a key stands twice inside": fit_text("{", '{"x": {"a": 1, "a": 2}, '),
    "a lone surrogate": fit_text("client-7", "client\\ud800"),
    "not UTF-8": fit_text("client-7", "client-7").replace(b"client", b"cli\xff"),
    "UTF-16": json.dumps(FIT).encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(FIT).encode(),
    "not JSON": b"payload",
    "a list": json.dumps([FIT]).encode(),
    "a number": b"7",
    "nothing": b"",
    "trailing words": json.dumps(FIT).encode() + b" {}",
    "an integer of 1,200 digits": fit_text("{", '{"x": ' + "9" * 1200 + ', "exp": 1' + "9" * 100 + ", "),
    "a thousand levels": b'{"x":' * 230 + b"1" + b"}" * 230,
}


@pytest.mark.parametrize("payload", HOSTILE_PAYLOADS.values(), ids=HOSTILE_PAYLOADS.keys())
def test_a_signed_payload_is_refused_when_it_is(payload: bytes) -> None:
    assert not accepted(forge(HEAD, payload))


HOSTILE_HEADS: dict[str, object] = {
    "no algorithm": {**HEAD, "alg": "none"},
    "no algorithm, spelt oddly": {**HEAD, "alg": "nOnE"},
    "another HMAC": {**HEAD, "alg": "HS512"},
    "an asymmetric algorithm": {**HEAD, "alg": "RS256"},
    "the algorithm is a list": {**HEAD, "alg": ["HS256"]},
    "another type of token": {**HEAD, "typ": "kdmp-signer+jwt"},
    "the usual type": {**HEAD, "typ": "JWT"},
    "no kid": {"alg": "HS256", "typ": "kdmp-api+jwt"},
    "kid is null": {**HEAD, "kid": None},
    "kid is a list": {**HEAD, "kid": ["k2"]},
    "kid is a path": {**HEAD, "kid": "../../dev/null"},
    "an unknown crit": {**HEAD, "crit": ["exp"]},
    "b64 is false": {**HEAD, "b64": False},
    "a key of its own": {**HEAD, "jwk": {"kty": "oct", "k": "AAAA"}},
    "an address of keys": {**HEAD, "jku": "https://keys.example/"},
    "a thousand levels, unsigned size": b"[" * 1000 + b"]" * 1000,
    "a key twice": b'{"alg":"HS256","alg":"HS256","typ":"kdmp-api+jwt","kid":"k2"}',
}


@pytest.mark.parametrize("head", HOSTILE_HEADS.values(), ids=HOSTILE_HEADS.keys())
def test_a_signed_header_is_refused_when_it_has(head: object) -> None:
    assert not accepted(forge(head, FIT))


def low_bit(token: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


SPELLINGS = {
    "padding": lambda token: token + "=",
    "white space at the end": lambda token: token + "\n",
    "white space before": lambda token: " " + token,
    "a foreign character inside the signature": lambda token: token[:-5] + "!" + token[-5:],
    "a spare bit set": low_bit,
    "a fourth part": lambda token: token + ".AAAA",
    "two parts": lambda token: token.rsplit(".", 1)[0],
    "an empty signature": lambda token: token.rsplit(".", 1)[0] + ".",
    "the other alphabet of base64": lambda token: token.replace("-", "+").replace("_", "/") + "+",
    "bytes": lambda token: token.encode(),
    "full-width letters": lambda token: token.replace("e", "\uff45"),
    "13 MB": lambda token: token + "A" * 13_000_000,
    "nothing": lambda _: "",
    "None": lambda _: None,
    "a number": lambda _: 7,
    "two dots": lambda _: "..",
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_true_token_is_refused_in_any_other_spelling(spell: object) -> None:
    assert callable(spell)
    assert not accepted(spell(forge(HEAD, FIT)))


def test_two_kilobytes_are_the_limit() -> None:
    near = forge(HEAD, {**FIT, "x": "a" * 1200})
    over = forge(HEAD, {**FIT, "x": "a" * 1500})
    assert len(near) <= 2048 < len(over)
    assert accepted(near)
    assert not accepted(over)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_no_changed_token_is_accepted(place: int, change: int) -> None:
    token = issue(KEYS, TokenType.API, NAMES, NOW, MINUTES)
    place %= len(token)
    changed = token[:place] + chr(ord(token[place]) ^ change) + token[place + 1 :]
    assert not accepted(changed)


@given(st.one_of(st.text(), st.binary(), st.none(), st.integers(), st.from_regex(r"\A[\w-]+\.[\w-]+\.[\w-]+\Z")))
def test_nothing_a_stranger_sends_is_accepted_or_crashes(token: object) -> None:
    assert not accepted(token)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(list(FIT)), JSON_VALUES)
def test_a_required_claim_of_another_value_is_refused_or_fits(name: str, value: object) -> None:
    token = forge(HEAD, {**FIT, name: value})
    if accepted(token):
        assert type(value) is (str if name in NAMES else int)


@given(st.sampled_from(list(HEAD)), JSON_VALUES)
def test_a_header_field_of_another_value_is_refused(name: str, value: object) -> None:
    token = forge({**HEAD, name: value}, FIT)
    assert accepted(token) is (value == HEAD[name])


@pytest.mark.parametrize(
    "secret",
    [b"", b"short", bytes(31), b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
    ids=["empty", "short", "31 bytes", "a public key"],
)
def test_keys_that_anybody_could_guess_are_refused_at_the_start(secret: bytes) -> None:
    with pytest.raises(InvalidInput):
        Keys({"k1": secret}, "k1")


def test_keys_without_the_active_one_or_with_an_odd_name_are_refused() -> None:
    with pytest.raises(InvalidInput):
        Keys({"k1": SECRET}, "k2")
    with pytest.raises(InvalidInput):
        Keys({"../k1": SECRET}, "../k1")


def test_a_secret_that_looks_like_json_is_one_key() -> None:
    listed = b'["' + b"a" * 40 + b'","' + b"b" * 40 + b'"]'
    keys = Keys({"k1": listed}, "k1")
    token = issue(keys, TokenType.API, NAMES, NOW, MINUTES)
    check(keys, TokenType.API, token, NOW, "api", "kdmp")
    with pytest.raises(NotSignedIn):
        check(keys, TokenType.API, forge({**HEAD, "kid": "k1"}, FIT, b"a" * 40), NOW, "api", "kdmp")


def test_secrets_are_not_shown_when_keys_are_printed() -> None:
    assert repr(SECRET) not in repr(KEYS)


@pytest.mark.parametrize("typ", TokenType)
def test_no_token_is_issued_for_longer_than_its_type_may_live(typ: TokenType) -> None:
    issue(KEYS, typ, NAMES, NOW, LIFE_CAP[typ])
    for life in (LIFE_CAP[typ] + timedelta(seconds=1), timedelta(0), -MINUTES, timedelta(milliseconds=5)):
        with pytest.raises(InvalidInput):
            issue(KEYS, typ, NAMES, NOW, life)


@pytest.mark.parametrize("claims", [{}, {**NAMES, "x": 1.5}, {**NAMES, "x": b"bytes"}, {**NAMES, "jti": ""}], ids=str)
def test_unfit_claims_are_never_signed(claims: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        issue(KEYS, TokenType.API, claims, NOW, MINUTES)


def new_key(curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve or ec.SECP256R1())


def pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


DIGEST_KEY = new_key()
PUBLIC_PEM = DIGEST_KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
DIGEST = {"code": "K-2026-000123", "sha256": "ab" * 32, "round": 1}


def test_a_digest_is_read_back_with_the_public_key_as_pem_or_object() -> None:
    signed = sign_digest(pem(DIGEST_KEY), DIGEST)
    assert len(signed) < 400
    assert check_digest(PUBLIC_PEM, signed) == DIGEST
    assert check_digest(DIGEST_KEY.public_key(), signed) == DIGEST


def test_the_other_root_of_a_digest_signature_is_refused() -> None:
    signed = sign_digest(pem(DIGEST_KEY), DIGEST)
    signing, signature = signed.rsplit(".", 1)
    raw = base64.urlsafe_b64decode(signature + "==")
    twin = raw[:32] + (ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    with pytest.raises(InvalidInput):
        check_digest(PUBLIC_PEM, f"{signing}.{b64(twin)}")


def test_a_digest_of_another_key_and_a_token_are_refused() -> None:
    for stranger in (sign_digest(pem(new_key()), DIGEST), forge(HEAD, FIT), None, "", "a.b.c"):
        with pytest.raises(InvalidInput):
            check_digest(PUBLIC_PEM, stranger)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=127))
def test_no_changed_digest_is_accepted(place: int, change: int) -> None:
    place %= len(SIGNED)
    changed = SIGNED[:place] + chr(ord(SIGNED[place]) ^ change) + SIGNED[place + 1 :]
    with pytest.raises(InvalidInput):
        check_digest(PUBLIC_PEM, changed)


SIGNED = sign_digest(pem(DIGEST_KEY), DIGEST)


def test_keys_of_another_curve_or_kind_cannot_sign_or_check_digests() -> None:
    for unfit in (pem(new_key(ec.SECP384R1())), PUBLIC_PEM, b"no key", b""):
        with pytest.raises(InvalidInput):
            sign_digest(unfit, DIGEST)
    for unfit in (pem(DIGEST_KEY), b"no key"):
        with pytest.raises(InvalidInput):
            check_digest(unfit, SIGNED)


def test_a_digest_holds_no_fraction_and_at_most_two_kilobytes() -> None:
    for payload in ({"x": 0.5}, {"x": "a" * 3000}, {"x": b"bytes"}):
        with pytest.raises(InvalidInput):
            sign_digest(pem(DIGEST_KEY), payload)

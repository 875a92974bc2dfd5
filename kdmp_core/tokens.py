"""Signed tokens: JWT for API clients and signer sessions (HS256), the digest in a document's QR (ES256).

python-jose does the cryptography and nothing else: it is handed a key object and the bytes, never a token.
Parsing, headers, times and the one spelling of a token are ours, because raw `jwt.decode` accepts 9 of 16
hostile cases and crashes on the other 7 (RFC 8725, RFC 7519 §4.1.4).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from jose import jwk
from jose.exceptions import JOSEError

from kdmp_core import strict_json
from kdmp_core.errors import InvalidInput, NotSignedIn

MAX_BYTES: Final = 2048
MIN_SECRET_BYTES: Final = 32
MAX_DEPTH: Final = 4
SIGNATURE_BYTES: Final = 64
_KID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_NAMES: Final = ("iss", "aud", "sub", "jti")
_TIMES: Final = ("iat", "nbf", "exp")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = 253_402_300_800  # year 10000, where datetime ends
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # FIPS 186-5, curve P-256


class TokenType(StrEnum):
    """What a token is for; it stands in the header as `typ`, so one kind never passes as another."""

    API = "kdmp-api+jwt"
    SIGNER = "kdmp-signer+jwt"


LIFE_CAP: Final[Mapping[TokenType, timedelta]] = {
    TokenType.API: timedelta(minutes=15),
    TokenType.SIGNER: timedelta(minutes=30),
}
_DIGEST_TYPE: Final = "kdmp-digest+jws"


@dataclass(frozen=True)
class Keys:
    """The secrets by key id (`kid`); new tokens are signed with `active`, old ones pass while their kid stays here.

    Raises InvalidInput when a secret is shorter than 32 bytes, a kid is unfit, or `active` has no secret.
    """

    secrets: Mapping[str, bytes] = field(repr=False)
    active: str
    signers: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the key objects once; python-jose would otherwise read a secret that looks like JSON as two keys."""
        if self.active not in self.secrets:
            raise InvalidInput("token.active_key_missing")
        signers = {kid: _hmac_key(kid, secret) for kid, secret in self.secrets.items()}
        object.__setattr__(self, "signers", signers)


@dataclass(frozen=True)
class Claims:
    """What a checked token says: who issued it for whom about whom, its id (revocation hangs on it), its times."""

    issuer: str
    audience: str
    subject: str
    token_id: str
    issued_at: datetime
    expires_at: datetime
    extra: Mapping[str, object]


def issue(keys: Keys, typ: TokenType, claims: Mapping[str, object], now: datetime, life: timedelta) -> str:
    """Give a token that is valid from `now` for `life` (whole seconds, at most the cap of its type).

    `claims` hold the strings iss, aud, sub, jti and what the caller adds: strings, integers, booleans, lists, objects.
    Raises InvalidInput when `life` or `claims` are unfit: what this function gives, `check` accepts.
    """
    start = _seconds(now)
    seconds = life // timedelta(seconds=1)
    if not (seconds > 0 and life <= LIFE_CAP[typ]):
        raise InvalidInput("token.unfit_life")
    payload = {**claims, "iat": start, "nbf": start, "exp": start + seconds}
    head = {"alg": "HS256", "typ": typ.value, "kid": keys.active}
    signing = _signing_input(head, payload)
    token = f"{signing}.{_encode(keys.signers[keys.active].sign(signing.encode()))}"
    try:
        check(keys, typ, token, now, str(claims.get("aud")), str(claims.get("iss")))
    except NotSignedIn as refused:
        raise InvalidInput("token.unfit_claims") from refused
    return token


def check(keys: Keys, typ: TokenType, token: object, now: datetime, audience: str, issuer: str) -> Claims:
    """Give the claims of a token that is ours, of this type, for this audience and valid at `now`.

    Valid is `nbf <= now < exp`. Raises NotSignedIn, and nothing else, whatever `token` is.
    """
    head, payload, signing, signature = _split(token)
    kid = _kid(head, "HS256", typ.value)
    signer = keys.signers.get(kid)
    if signer is None or not signer.verify(signing, signature):
        raise NotSignedIn("token.refused")
    facts = _object(payload)
    if facts.get("iss") != issuer or facts.get("aud") != audience:
        raise NotSignedIn("token.refused")
    return _claims(facts, typ, _seconds(now))


def sign_digest(private_key: bytes, payload: Mapping[str, object]) -> str:
    """Give the compact JWS of a document's digest: `payload` signed with an ES256 private key (PEM, P-256).

    Raises InvalidInput when the key or the payload is unfit (strings, integers, booleans; 2 kB in all).
    """
    key = _ec_key(private_key, private=True)
    signing = _signing_input({"alg": "ES256", "typ": _DIGEST_TYPE, "kid": _thumbprint(key)}, payload)
    digest = f"{signing}.{_encode(_low_s(key.sign(signing.encode())))}"
    check_digest(key.prepared_key.public_key(), digest)
    return digest


def check_digest(public_key: Any, digest: object) -> dict[str, object]:
    """Give the payload of a digest signed by the owner of `public_key` (PEM bytes, or a key object of cryptography).

    As strict as `check`: exact header, one spelling, low-s signature. Raises InvalidInput, and nothing else.
    """
    key = _ec_key(public_key, private=False)
    try:
        return _digest_payload(key, digest)
    except NotSignedIn as refused:
        raise InvalidInput("token.digest_refused") from refused


def _digest_payload(key: Any, digest: object) -> dict[str, object]:
    head, payload, signing, signature = _split(digest)
    ours = _kid(head, "ES256", _DIGEST_TYPE) == _thumbprint(key)
    canonical = len(signature) == SIGNATURE_BYTES and signature == _low_s(signature)
    if not (ours and canonical and key.verify(signing, signature)):
        raise NotSignedIn("token.refused")
    return _object(payload)


def _hmac_key(kid: str, secret: bytes) -> Any:
    if not _KID.fullmatch(kid):
        raise InvalidInput("token.key_name_unfit")
    if len(secret) < MIN_SECRET_BYTES:
        raise InvalidInput("token.key_short", kid=kid)
    try:
        return jwk.construct(secret, "HS256")
    except JOSEError as unfit:  # a PEM or SSH public key, which everybody knows (CVE-2024-33663)
        raise InvalidInput("token.key_unfit", kid=kid) from unfit


def _ec_key(key: Any, *, private: bool) -> Any:
    try:
        made: Any = jwk.construct(key, "ES256")
        if made.prepared_key.curve.name == "secp256r1" and hasattr(made.prepared_key, "private_bytes") == private:
            return made
    except (JOSEError, AttributeError, ValueError, TypeError) as unfit:
        raise InvalidInput("token.digest_key_unfit") from unfit
    raise InvalidInput("token.digest_key_unfit")


def _thumbprint(key: Any) -> str:
    prepared = key.prepared_key
    numbers = (prepared.public_key() if hasattr(prepared, "private_bytes") else prepared).public_numbers()
    return _encode(hashlib.sha256(numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")).digest()[:12])


def _low_s(signature: bytes) -> bytes:
    """Give the one spelling of an ECDSA signature: (r, s) and (r, n - s) both verify, we take the smaller s."""
    s = int.from_bytes(signature[32:], "big")
    return signature[:32] + min(s, (_P256_ORDER - s) % _P256_ORDER).to_bytes(32, "big")


def _seconds(now: datetime) -> int:
    if now.tzinfo is None:
        raise ValueError("a datetime without a zone")
    return (now - _EPOCH) // timedelta(seconds=1)


def _signing_input(head: Mapping[str, object], payload: Mapping[str, object]) -> str:
    parts = []
    for part in (head, payload):
        try:
            raw = json.dumps(part, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()
        except (TypeError, ValueError, RecursionError) as unfit:
            raise InvalidInput("token.unfit_claims") from unfit
        parts.append(_encode(raw))
    return ".".join(parts)


def _split(token: object) -> tuple[dict[str, object], bytes, bytes, bytes]:
    """Take a token apart: header, payload bytes (not yet trusted), signed bytes, signature."""
    if not isinstance(token, str) or len(token) > MAX_BYTES or not token.isascii():
        raise NotSignedIn("token.refused")
    signing, _, signature = token.rpartition(".")
    head, _, payload = signing.partition(".")
    return _object(_decode(head)), _decode(payload), signing.encode(), _decode(signature)


def _kid(head: Mapping[str, object], algorithm: str, typ: str) -> str:
    kid = head.get("kid")
    if set(head) != {"alg", "typ", "kid"} or head["alg"] != algorithm or head["typ"] != typ or not isinstance(kid, str):
        raise NotSignedIn("token.refused")
    return kid


def _claims(facts: dict[str, object], typ: TokenType, now: int) -> Claims:
    names = [facts.pop(name, None) for name in _NAMES]
    times = [facts.pop(name, None) for name in _TIMES]
    issuer, audience, subject, token_id = (name if isinstance(name, str) else "" for name in names)
    issued, begins, expires = (time if type(time) is int and 0 <= time < _LATEST else -1 for time in times)
    if not (issuer and audience and subject and token_id) or min(issued, begins, expires) < 0:
        raise NotSignedIn("token.refused")
    if issued > begins or not 0 < expires - issued <= LIFE_CAP[typ] // timedelta(seconds=1):
        raise NotSignedIn("token.refused")
    if begins > now:
        raise NotSignedIn("token.not_yet")
    if expires <= now:
        raise NotSignedIn("token.expired")
    return Claims(issuer, audience, subject, token_id, _moment(issued), _moment(expires), facts)


def _moment(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(part: str) -> bytes:
    """Give the bytes of canonical base64url: no padding, no foreign character, no spare bits set."""
    if not _BASE64URL.fullmatch(part):
        raise NotSignedIn("token.refused")
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError) as broken:
        raise NotSignedIn("token.refused") from broken
    if _encode(raw) != part:
        raise NotSignedIn("token.refused")
    return raw


def _object(raw: bytes) -> dict[str, object]:
    try:
        return strict_json.read_object(raw, deepest=MAX_DEPTH, floats=False)
    except ValueError as broken:
        raise NotSignedIn("token.refused") from broken

"""The key of the seal: made for trials, or loaded from PEM or PKCS#12, and kept ready to sign.

RSA only: with an elliptic curve pyHanko lifts the file to PDF 2.0, which is no longer PDF/A-3 (paper.md §6).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from mou_templates.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

TRIAL_SUBJECT = "SEGEL UJI COBA - TIDAK BERKEKUATAN HUKUM"
TRIAL_MARK = "UJI COBA"
TRIAL_YEARS = 10
KEY_FILE, CERTIFICATE_FILE = "seal.key.pem", "seal.cert.pem"
LEAST_BITS = 2048
TRIAL_BITS = 3072


@dataclass(frozen=True)
class SealKey:
    """A key kept loaded: `private`, its certificate and those above it (`chain`, own first), its name (`subject`)."""

    private: rsa.RSAPrivateKey = field(repr=False)
    chain: tuple[asn1_x509.Certificate, ...] = field(repr=False)
    certificate_pem: bytes
    subject: str

    @property
    def trial(self) -> bool:
        """Tell whether the certificate calls itself a trial."""
        return TRIAL_MARK in self.subject


def make_trial_seal(directory: Path, *, now: datetime | None = None) -> SealKey:
    """Give the trial seal of a folder, made with a new RSA-3072 key if there is none yet.

    Writes `seal.key.pem` (mode 0600) and `seal.cert.pem`. `now` (aware) is the first day of validity.
    """
    key_path, certificate_path = directory / KEY_FILE, directory / CERTIFICATE_FILE
    if not certificate_path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        key = rsa.generate_private_key(public_exponent=65537, key_size=TRIAL_BITS)
        _write_private(key_path, _pem_of(key))
        made = _self_made(key, now or datetime.now(UTC))
        _write_private(certificate_path, made.public_bytes(serialization.Encoding.PEM))
    return load_seal(key=key_path, certificate=certificate_path)


def load_seal(
    *, p12: Path | None = None, key: Path | None = None, certificate: Path | None = None, password: bytes | None = None
) -> SealKey:
    """Load a seal from one PKCS#12 file, or from a PEM key and a PEM certificate (its chain may follow it).

    Raises Refused `seal_key` with `reason` unreadable, not_rsa, too_short or not_a_pair.
    """
    try:
        private, chain = _from_p12(p12, password) if p12 else _from_pem(key, certificate, password)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise Refused("seal_key", reason="unreadable") from error
    if not isinstance(private, rsa.RSAPrivateKey):
        raise Refused("seal_key", reason="not_rsa")
    if private.key_size < LEAST_BITS:
        raise Refused("seal_key", reason="too_short")
    if private.public_key() != chain[0].public_key():
        raise Refused("seal_key", reason="not_a_pair")
    return _ready(private, chain)


def own_certificates(directory: Path, p12: Path | None = None, password: bytes | None = None) -> list[bytes]:
    """Give the certificates (PEM) our seals lead to: the trial seal's of a folder, and that of a service's own file.

    None of either where there is none; private keys never leave their file. Raises Refused as `load_seal` does.
    """
    trial = directory / CERTIFICATE_FILE
    found = [trial.read_bytes()] if trial.exists() else []
    return [*found, load_seal(p12=p12, password=password).certificate_pem] if p12 else found


def certificates_in(pem: bytes) -> list[asn1_x509.Certificate]:
    """Give the certificates of a PEM text, as pyHanko wants them. Raises ValueError when there is none."""
    return [_asn1(one) for one in x509.load_pem_x509_certificates(pem)]


def _from_p12(path: Path, password: bytes | None) -> tuple[object, list[x509.Certificate]]:
    bag = pkcs12.load_pkcs12(path.read_bytes(), password)
    return bag.key, [one.certificate for one in (bag.cert, *bag.additional_certs) if one]


def _from_pem(
    key: Path | None, certificate: Path | None, password: bytes | None
) -> tuple[object, list[x509.Certificate]]:
    if key is None or certificate is None:
        raise ValueError(key, certificate)
    private = serialization.load_pem_private_key(key.read_bytes(), password)
    return private, x509.load_pem_x509_certificates(certificate.read_bytes())


def _ready(private: rsa.RSAPrivateKey, chain: list[x509.Certificate]) -> SealKey:
    own = chain[0].public_bytes(serialization.Encoding.PEM)
    return SealKey(private, tuple(_asn1(one) for one in chain), own, _common_name(chain[0]))


def _common_name(certificate: x509.Certificate) -> str:
    return next((str(name.value) for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)), "")


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _pem_of(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _self_made(key: rsa.RSAPrivateKey, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, TRIAL_SUBJECT)])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=365 * TRIAL_YEARS))
    identity = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_sealing_use(), critical=True)
        .add_extension(identity, critical=False)
        .sign(key, hashes.SHA256())
    )


def _sealing_use() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_private(path: Path, content: bytes) -> None:
    # Written beside and renamed: a key half written would stop every later start.
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)

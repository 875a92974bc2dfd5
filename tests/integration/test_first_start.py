"""What `kdmp up` does before it starts anything: make what is missing, and hold official mode to the facts it finds."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from kdmp_core.errors import InvalidInput
from kdmp_core.records import User
from kdmp_core.settings import SECRET_KEYS, Settings
from kdmp_core.store import open_store
from tests.builders import NOW
from workflows.command import up

OFFICIAL: dict[str, Any] = {
    "mode": "official",
    "url": "https://kdmp.contoh.id",
    "backup": "cadangan",
    "owner": "Dinas Koperasi",
}
PASSWORD = "padi-menguning"


def start(folder: Path, database_url: str, **settings: Any) -> Settings:
    """Make the first start ready on a folder, once; further calls find it."""
    prepared = Settings(data=folder, database_url=database_url, **settings)
    up._first_start(prepared, "32.03", NOW)
    return prepared


def own_seal(folder: Path) -> Path:
    """Make a seal of an office's own, as it would come from a certificate authority."""
    private = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Segel Dinas Koperasi")])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = x509.CertificateBuilder(name, name, private.public_key(), 1, NOW, NOW + timedelta(days=365))
    certificate = made.add_extension(usage, critical=True).sign(private, hashes.SHA256())
    locked = serialization.BestAvailableEncryption(PASSWORD.encode())
    path = folder / "segel.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"segel", private, certificate, None, locked))
    return path


def users(database_url: str) -> list[User]:
    store = open_store(database_url)
    with store.read() as session:
        found = list(session.scalars(select(User).order_by(User.id)))
    store.close()
    return found


def test_the_first_start_makes_one_coordinator_and_operator_and_tells_his_password_once(
    tmp_path: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    start(tmp_path / "data", database_url)
    told = capsys.readouterr().out
    (user,) = users(database_url)
    assert {(grant.role.value, grant.area_code) for grant in user.grants} == {
        ("coordinator", "32.03"),
        ("operator", ""),
    }
    assert user.must_change_password
    assert user.login in told
    start(tmp_path / "data", database_url)
    assert "sekali pakai" not in capsys.readouterr().out
    assert len(users(database_url)) == 1


def test_official_mode_refuses_the_trial_seal_the_first_start_has_made(tmp_path: Path, database_url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        start(tmp_path / "data", database_url, **OFFICIAL)
    assert refused.value.code == "settings.official_needs_seal"


def test_official_mode_refuses_the_first_password_until_it_is_changed(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    given = {**OFFICIAL, "seal_p12": str(own_seal(tmp_path)), "seal_password": PASSWORD}
    with pytest.raises(InvalidInput) as refused:
        start(folder, database_url, **given)
    assert refused.value.code == "settings.official_needs_password"
    store = open_store(database_url)
    with store.write() as session:
        session.scalars(select(User)).one().must_change_password = False
    store.close()
    start(folder, database_url, **given)


def test_a_folder_begun_as_a_trial_never_becomes_official(tmp_path: Path, database_url: str) -> None:
    start(tmp_path / "data", database_url)
    with pytest.raises(InvalidInput) as refused:
        start(tmp_path / "data", database_url, **OFFICIAL)
    assert refused.value.code == "settings.mode_changed"


def test_the_first_start_makes_keys_that_only_their_owner_can_read(tmp_path: Path, database_url: str) -> None:
    prepared = start(tmp_path / "data", database_url)
    kept = {path.name: path.read_bytes() for path in prepared.keys.iterdir()}
    assert {f"{name}.key" for name in SECRET_KEYS} <= kept.keys()
    assert stat.S_IMODE(prepared.keys.stat().st_mode) == 0o700
    private = [path for path in prepared.keys.iterdir() if b"CERTIFICATE" not in path.read_bytes()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    start(tmp_path / "data", database_url)
    assert {path.name: path.read_bytes() for path in prepared.keys.iterdir()} == kept

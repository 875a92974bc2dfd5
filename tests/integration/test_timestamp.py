"""A time stamp authority of the test's own, over HTTP: with it the time of the seal is no longer only our word."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from mou_templates.errors import Refused
from mou_templates.keys import make_trial_seal
from mou_templates.office import Office
from mou_templates.verdict import verdict
from tests import papers

STAMPED_AT = papers.SEALED_AT + timedelta(seconds=7)


@contextmanager
def authority() -> Iterator[tuple[str, bytes]]:
    """Serve time stamps; give the address and the authority's certificate in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = _certificate(key)
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(_der(key)),
        fixed_dt=STAMPED_AT,
    )

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", certificate.public_bytes(serialization.Encoding.PEM)
        finally:
            server.shutdown()
            thread.join()


def _der(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Waktu untuk pengujian")])
    stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .add_extension(stamping, critical=True)
        .sign(key, hashes.SHA256())
    )


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    with Office(tmp_path_factory.mktemp("office")) as office:
        return office.to_pdf(papers.agreement()).pdf


def test_a_stamped_seal_has_the_authoritys_time_for_who_trusts_it(pdf: bytes, tmp_path: Path) -> None:
    key = make_trial_seal(tmp_path)
    with authority() as (url, root):
        sealed = papers.sealed(pdf, key, timestamp_url=url)
    found = verdict(sealed.pdf, [key.certificate_pem], timestamp_roots=[root])
    assert (found.status, found.time_source, found.sealed_at) == ("genuine", "authority", STAMPED_AT)
    assert "time_by_own_clock" not in found.not_proven
    stranger = verdict(sealed.pdf, [key.certificate_pem])
    assert (stranger.status, stranger.time_source, stranger.sealed_at) == ("genuine", "server", papers.SEALED_AT)


def test_an_authority_that_is_away_means_try_later(pdf: bytes, tmp_path: Path) -> None:
    with authority() as (url, _):
        pass
    with pytest.raises(Refused, match="seal_timestamp"):
        papers.sealed(pdf, make_trial_seal(tmp_path), timestamp_url=url)

"""From the printed PDF to the sealed one and its verdict, with poppler and qpdf as witnesses from outside."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import random
import stat
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_pem_x509_certificate

from mou_templates import seal as sealing
from mou_templates.errors import Refused
from mou_templates.office import Office, Printed
from mou_templates.seal import Mark, Sealed, SealKey, load_seal, make_trial_seal, seal
from mou_templates.verdict import Verdict, verdict
from tests import papers, pdfa


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printed]:
    with Office(tmp_path_factory.mktemp("office")) as office:
        yield office.to_pdf(papers.agreement())


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SealKey:
    return make_trial_seal(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def sealed(printed: Printed, key: SealKey) -> Sealed:
    return papers.sealed(printed.pdf, key)


def judge(pdf: bytes, key: SealKey) -> Verdict:
    return verdict(pdf, [key.certificate_pem])


def said_by(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


@contextlib.contextmanager
def open_pdf(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def text_of(pdf: bytes) -> list[str]:
    with open_pdf(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_the_sealed_file_begins_with_the_bytes_that_were_signed(printed: Printed, sealed: Sealed) -> None:
    assert sealed.pdf[: sealed.signed_length] == printed.pdf
    assert sealed.signed_sha256 == printed.sha256 == hashlib.sha256(printed.pdf).hexdigest()
    assert sealed.sha256 == hashlib.sha256(sealed.pdf).hexdigest()


def test_poppler_and_qpdf_agree(sealed: Sealed, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed.pdf)
    told = said_by("pdfsig", "-nocert", str(path))
    assert told.count("Signature #") == 1
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert "No syntax or stream encoding errors found" in said_by("qpdf", "--check", str(path))


def test_the_text_is_the_same_before_and_after_the_marks(printed: Printed, sealed: Sealed) -> None:
    assert text_of(sealed.pdf) == text_of(printed.pdf)


def test_a_sealed_file_still_keeps_the_twelve_rules_of_pdf_a(sealed: Sealed) -> None:
    assert pdfa.broken_rules(sealed.pdf) == []


def test_the_rules_of_pdf_a_can_be_broken() -> None:
    out = io.BytesIO()
    with pikepdf.new() as blank:
        blank.add_blank_page()
        blank.Root.Metadata = blank.make_stream(b"<x/>")
        blank.save(out, force_version="2.0")
    assert len(pdfa.broken_rules(out.getvalue())) >= 5


def test_marks_are_drawn_in_every_cell_and_over_no_word(printed: Printed, sealed: Sealed) -> None:
    before, after = _dark_points(printed.pdf), _dark_points(sealed.pdf)
    drawn = after - before
    for anchor in printed.anchors:
        room = anchor.room
        assert sum(room.left < x < room.right and room.bottom < y < room.top for x, y in drawn) > 40
    for left, bottom, right, top in _words(printed.pdf):
        assert not any(left < x < right and bottom < y < top for x, y in drawn)


def _dark_points(pdf: bytes) -> set[tuple[int, int]]:
    """Give the dark points of the first page in hundredths of a point."""
    with open_pdf(pdf) as document:
        bitmap = document[0].render(scale=1, grayscale=True)
        rows = [bytes(bitmap.buffer)[row * bitmap.stride :][: bitmap.width] for row in range(bitmap.height)]
    return {
        (x * 100 + 50, (len(rows) - y) * 100 - 50)
        for y, row in enumerate(rows)
        for x, shade in enumerate(row)
        if shade < 140
    }


def _words(pdf: bytes) -> list[tuple[float, ...]]:
    with open_pdf(pdf) as document:
        text = document[0].get_textpage()
        return [tuple(edge * 100 for edge in text.get_rect(number)) for number in range(text.count_rects())]


def test_a_genuine_file_gets_each_fact_by_itself(sealed: Sealed, key: SealKey) -> None:
    found = judge(sealed.pdf, key)
    assert (found.status, found.reason) == ("genuine", "")
    assert (found.seals, found.whole_file, found.intact, found.trusted, found.certified) == (1, True, True, True, True)
    assert (found.level, found.subject) == ("trial", "SEGEL UJI COBA - TIDAK BERKEKUATAN HUKUM")
    assert (found.sealed_at, found.time_source) == (papers.SEALED_AT, "server")
    assert found.evidence_matches
    assert json.loads(found.evidence or b"")["signed_sha256"] == found.signed_sha256 == sealed.signed_sha256
    assert found.signed_length == sealed.signed_length
    assert found.recorded is None
    assert {"legal_force", "time_by_own_clock", "record_not_asked"} <= set(found.not_proven)


def test_the_record_is_one_more_fact(sealed: Sealed, key: SealKey) -> None:
    roots = [key.certificate_pem]
    agrees = verdict(sealed.pdf, roots, {sealed.sha256: sealed.signed_sha256})
    assert (agrees.status, agrees.recorded) == ("genuine", True)
    for known in ({}, {sealed.sha256: "0" * 64}):
        differs = verdict(sealed.pdf, roots, known)
        assert (differs.status, differs.reason, differs.recorded) == ("changed", "record_differs", False)
        assert differs.intact


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x" * 5000)
    return out.getvalue()


@pytest.mark.parametrize("added", [b"\n", b"x", b"\r\n", _archive(), b"\n%%EOF\n", b" " * 4000])
def test_bytes_added_behind_the_seal_make_a_changed_file(sealed: Sealed, key: SealKey, added: bytes) -> None:
    found = judge(sealed.pdf + added, key)
    assert (found.status, found.reason) == ("changed", "bytes_added")
    assert found.trusted
    assert not found.whole_file


def test_no_flipped_bit_in_the_signed_bytes_is_accepted(sealed: Sealed, key: SealKey) -> None:
    chance = random.Random(20261124)
    hole = sealed.pdf.rindex(b"/Contents <") + len(b"/Contents ")
    outside = [*range(hole), *range(sealed.pdf.index(b">", hole) + 1, len(sealed.pdf))]
    accepted = []
    for place in chance.sample(outside, 120):
        flipped = bytearray(sealed.pdf)
        flipped[place] ^= 1 << chance.randrange(8)
        if judge(bytes(flipped), key).status == "genuine":
            accepted.append(place)
    assert accepted == []


def _resaved_by_pikepdf(pdf: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(out)
    return out.getvalue()


def _resaved_by_qpdf(pdf: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.pdf", Path(folder) / "after.pdf"
        before.write_bytes(pdf)
        subprocess.run(["qpdf", str(before), str(after)], timeout=60, check=True)
        return after.read_bytes()


@pytest.mark.parametrize("resave", [_resaved_by_pikepdf, _resaved_by_qpdf])
def test_a_file_saved_again_by_a_tool_is_changed(
    sealed: Sealed, key: SealKey, resave: Callable[[bytes], bytes]
) -> None:
    found = judge(resave(sealed.pdf), key)
    assert (found.status, found.reason) == ("changed", "seal_broken")


def test_a_revision_that_takes_the_seal_out_is_seen_through(sealed: Sealed, key: SealKey) -> None:
    writer = sealing.SameVersionWriter(io.BytesIO(sealed.pdf))
    del writer.root["/AcroForm"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    found = judge(out.getvalue(), key)
    assert (found.status, found.reason) == ("changed", "bytes_added")


def test_another_key_with_the_same_name_is_not_trusted(printed: Printed, key: SealKey, tmp_path: Path) -> None:
    other = make_trial_seal(tmp_path)
    assert other.subject == key.subject
    forged = papers.sealed(printed.pdf, other)
    found = judge(forged.pdf, key)
    assert (found.status, found.reason, found.trusted, found.intact) == ("unknown", "not_trusted", False, True)


def test_a_borrowed_certificate_without_its_key_never_verifies(printed: Printed, key: SealKey, tmp_path: Path) -> None:
    other = make_trial_seal(tmp_path)
    found = judge(papers.sealed(printed.pdf, replace(other, chain=key.chain)).pdf, key)
    assert (found.status, found.intact) == ("changed", False)


def test_evidence_of_other_bytes_is_refused_before_sealing(printed: Printed, key: SealKey) -> None:
    hostile = [papers.evidence(printed.pdf + b"\n"), b"", b"[]", b"{}", b"\xff", b"[" * 100_000]
    for told in hostile:
        with pytest.raises(Refused, match="evidence_differs"):
            seal(printed.pdf, [], told, key, papers.SEALED_AT, link=papers.LINK, trial=True)


def test_evidence_that_tells_other_bytes_does_not_match(
    printed: Printed, key: SealKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_demand_evidence", lambda *_: None)
    told = json.dumps({"signed_sha256": hashlib.sha256(b"other").hexdigest(), "signed_length": len(printed.pdf)})
    made = seal(printed.pdf, [], told.encode(), key, papers.SEALED_AT, link=papers.LINK, trial=True)
    found = judge(made.pdf, key)
    assert (found.status, found.reason, found.intact) == ("changed", "evidence_differs", True)


def test_a_printed_file_without_a_seal_is_not_ours(printed: Printed, key: SealKey) -> None:
    found = judge(printed.pdf, key)
    assert (found.status, found.reason, found.seals) == ("unknown", "no_seal", 0)


def test_a_file_cut_short_is_never_genuine(sealed: Sealed, key: SealKey) -> None:
    for length in range(0, len(sealed.pdf), len(sealed.pdf) // 25):
        assert judge(sealed.pdf[:length], key).status in {"unknown", "unreadable", "changed"}


def test_a_certificate_that_ran_out_later_has_still_sealed_well(printed: Printed, tmp_path: Path) -> None:
    key = make_trial_seal(tmp_path, now=datetime(2010, 1, 1, tzinfo=UTC))
    at = datetime(2012, 6, 1, tzinfo=UTC)
    then = seal(printed.pdf, [], papers.evidence(printed.pdf), key, at, link=papers.LINK, trial=True)
    assert judge(then.pdf, key).status == "genuine"
    assert judge(papers.sealed(printed.pdf, key).pdf, key).status == "unknown"


def test_a_file_is_sealed_once(sealed: Sealed, key: SealKey) -> None:
    with pytest.raises(Refused, match="seal_pdf"):
        papers.sealed(sealed.pdf, key)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"PASAL 1", bytes(3000)])
def test_what_is_no_pdf_cannot_be_sealed(key: SealKey, data: bytes) -> None:
    with pytest.raises(Refused, match="seal_pdf"):
        papers.sealed(data, key)


def test_a_mark_without_its_printed_place_is_refused(printed: Printed, key: SealKey) -> None:
    told = papers.evidence(printed.pdf)
    with pytest.raises(Refused, match="mark_place") as refusal:
        seal(printed.pdf, [Mark("§099", ("Nama",))], told, key, papers.SEALED_AT, link=papers.LINK, trial=True)
    assert refusal.value.values == {"code": "§099"}


def test_a_naive_time_is_refused(printed: Printed, key: SealKey) -> None:
    told, naive = papers.evidence(printed.pdf), datetime(2026, 11, 24, 10, 15)  # noqa: DTZ001 - what is refused
    with pytest.raises(Refused, match="seal_time"):
        seal(printed.pdf, [], told, key, naive, link=papers.LINK, trial=True)


def test_the_trial_seal_is_made_once_with_a_key_for_the_owner_alone(tmp_path: Path) -> None:
    made = make_trial_seal(tmp_path)
    assert made.trial
    assert stat.S_IMODE((tmp_path / "seal.key.pem").stat().st_mode) == 0o600
    assert make_trial_seal(tmp_path).certificate_pem == made.certificate_pem
    assert "private" not in repr(made)


def test_a_seal_in_pkcs12_seals_like_the_one_in_pem(printed: Printed, key: SealKey, tmp_path: Path) -> None:
    certificate = load_pem_x509_certificate(key.certificate_pem)
    locked = serialization.BestAvailableEncryption(b"rahasia")
    path = tmp_path / "seal.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"segel", key.private, certificate, None, locked))
    loaded = load_seal(p12=path, password=b"rahasia")
    assert judge(papers.sealed(printed.pdf, loaded).pdf, key).status == "genuine"
    with pytest.raises(Refused, match="seal_key"):
        load_seal(p12=path, password=b"salah")


def test_a_key_that_does_not_fit_is_refused(key: SealKey, tmp_path: Path) -> None:
    clear = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "cert.pem").write_bytes(key.certificate_pem)
    (tmp_path / "curve.pem").write_bytes(ec.generate_private_key(ec.SECP256R1()).private_bytes(*clear))
    make_trial_seal(tmp_path / "other")
    for name, reason in (("curve.pem", "not_rsa"), ("other/seal.key.pem", "not_a_pair"), ("absent.pem", "unreadable")):
        with pytest.raises(Refused) as refusal:
            load_seal(key=tmp_path / name, certificate=tmp_path / "cert.pem")
        assert refusal.value.values == {"reason": reason}


def test_sealing_needs_no_network_and_no_home(printed: Printed, key: SealKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "HOME", "/nonexistent")
    monkeypatch.setattr("socket.socket.connect", _refuse_connection)
    assert judge(papers.sealed(printed.pdf, key).pdf, key).status == "genuine"


def _refuse_connection(*_: object) -> None:
    raise AssertionError

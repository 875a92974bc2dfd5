"""The pool of LibreOffice beside a cold one, and the seal beside pyHanko as it comes."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pikepdf
from asn1crypto import keys
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from bench import Measured, row
from bench.measure import cpu_now, cpu_seconds
from mou_templates import seal as sealing
from mou_templates.examples import network
from mou_templates.keys import SealKey, make_trial_seal
from mou_templates.marks import Mark
from mou_templates.office import Office
from mou_templates.press import shipped
from mou_templates.verdict import verdict
from mou_templates.words import dress

KIND = "mou_network"
DOCUMENTS = 12
COLD_DOCUMENTS = 3
CALLS = 10
SEALED_AT = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)
LINK = "https://kdmp.contoh.id/v/7Q2MZK4T"


@row("pdf.30", better="less")
def pdf_30() -> Measured:
    """Print a network MoU of thirty by a warm worker; reference: `soffice --convert-to` of the same, cold each time.

    CPU of every process involved, the start of the worker left out. `kb` is the finished size, `tagged` as it is.
    """
    return _printing(30)


@row("pdf.200", better="less")
def pdf_200() -> Measured:
    """Print the same with two hundred cooperatives."""
    return _printing(200)


@row("seal", better="less")
def seal_alone() -> Measured:
    """Attach evidence and seal (RSA-3072, key kept); reference: pyHanko's own signer on the same bytes and key."""
    with tempfile.TemporaryDirectory() as folder:
        key = make_trial_seal(Path(folder))
        pdf, _ = _printed(30, Path(folder))
    ours = cpu_seconds(partial(_seal_alone, pdf, key), calls=CALLS)
    reference = cpu_seconds(partial(_as_it_comes, pdf, _plain_signer(key)), calls=2, turns=3)
    return {"ours": _ms(ours), "reference": _ms(reference), "unit": "ms", "n": CALLS}


@row("finish.30", better="less")
def finish_30() -> Measured:
    """Draw thirty marks and the codes of every page, attach evidence and seal."""
    with tempfile.TemporaryDirectory() as folder:
        key = make_trial_seal(Path(folder))
        pdf, codes = _printed(30, Path(folder))
    lines = ("H. Asep Sunandar", "24 November 2026 pukul 10.15 WIB", "Tautan dan kode (tidak tersertifikasi)")
    marks = [Mark(code, lines) for code in codes]
    finish = partial(sealing.seal, pdf, marks, _evidence(pdf), key, SEALED_AT, link=LINK, digest="A" * 230, trial=True)
    ours, done = cpu_seconds(finish, calls=CALLS), finish()
    judging = cpu_seconds(partial(verdict, done.pdf, [key.certificate_pem]), calls=CALLS)
    assert verdict(done.pdf, [key.certificate_pem]).status == "genuine"
    kb = round(len(done.pdf) / 1000, 1)
    return {"ours": _ms(ours), "unit": "ms", "n": CALLS, "marks": len(marks), "kb": kb, "verdict_ms": _ms(judging)}


def _printing(parties: int) -> Measured:
    docx = _pressed(parties)
    with tempfile.TemporaryDirectory() as folder:
        ours, pdf = _warm(docx, Path(folder))
        reference = _cold(docx, Path(folder))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        tagged = bool(document.Root.MarkInfo.Marked) and "/StructTreeRoot" in document.Root
    kb = round(len(pdf) / 1000, 1)
    return {"ours": _ms(ours), "reference": _ms(reference), "unit": "ms", "n": DOCUMENTS, "kb": kb, "tagged": tagged}


def _warm(docx: bytes, folder: Path) -> tuple[float, bytes]:
    with Office(folder) as office:
        printed = office.to_pdf(docx)
        before = cpu_now() + _spent(office.processes())
        for _ in range(DOCUMENTS):
            office.to_pdf(docx)
        return (cpu_now() + _spent(office.processes()) - before) / DOCUMENTS, printed.pdf


def _spent(processes: list[int]) -> float:
    """Give the CPU seconds that living processes have spent so far."""
    fields = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in processes]
    return sum(int(one[11]) + int(one[12]) for one in fields) / 100


def _cold(docx: bytes, folder: Path) -> float:
    source = folder / "cold.docx"
    source.write_bytes(docx)
    profile = f"-env:UserInstallation={(folder / 'cold').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    convert = partial(subprocess.run, command, capture_output=True, check=True, timeout=120)
    return cpu_seconds(convert, calls=1, turns=COLD_DOCUMENTS)


def _pressed(parties: int) -> bytes:
    return shipped(KIND).render(dress(KIND, network(parties)))


def _printed(parties: int, folder: Path) -> tuple[bytes, list[str]]:
    with Office(folder) as office:
        printed = office.to_pdf(_pressed(parties))
    return printed.pdf, [anchor.code for anchor in printed.anchors]


def _evidence(pdf: bytes) -> bytes:
    return json.dumps({"signed_sha256": hashlib.sha256(pdf).hexdigest(), "signed_length": len(pdf)}).encode()


def _seal_alone(pdf: bytes, key: SealKey) -> bytes:
    writer = sealing.SameVersionWriter(io.BytesIO(pdf))
    sealing.attach(writer, _evidence(pdf), SEALED_AT)
    return sealing.sign(writer, key, SEALED_AT, None)


def _plain_signer(key: SealKey) -> SimpleSigner:
    secret = key.private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SimpleSigner(key.chain[0], keys.PrivateKeyInfo.load(secret), SimpleCertificateStore())  # type: ignore[no-untyped-call]


def _as_it_comes(pdf: bytes, signer: SimpleSigner) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    sealing.attach(writer, _evidence(pdf), SEALED_AT)
    meta = PdfSignatureMetadata(
        field_name="Segel", certify=True, subfilter=SigSeedSubFilter.PADES, docmdp_permissions=MDPPerm.NO_CHANGES
    )
    return bytes(PdfSigner(meta, signer).sign_pdf(writer).getbuffer())


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)

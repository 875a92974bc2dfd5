"""The seal: marks, evidence and one certifying signature in a single revision after the bytes that were signed.

The sealed file begins with exactly the bytes the parties signed, so that anyone can cut them out and hash them.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdfium2 import PdfiumError

from mou_templates.errors import Refused
from mou_templates.keys import SealKey, load_seal, make_trial_seal
from mou_templates.marks import Mark, draw_band, draw_digest, draw_links, draw_marks
from mou_templates.outlines import called_glyphs
from mou_templates.surface import survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pyhanko.sign.signers.pdf_signer import PdfSigningSession

__all__ = ["EVIDENCE_FILE", "Mark", "SealKey", "Sealed", "load_seal", "make_trial_seal", "seal"]

CODES: dict[str, tuple[str, ...]] = {
    "mark_empty": ("code",),
    "mark_place": ("code",),
    "mark_room": ("code",),
    "mark_character": ("character",),
    "mark_font": ("font", "packages"),
    "digest_room": ("millimetres",),
    "evidence_differs": (),
    "seal_time": (),
    "seal_pdf": (),
    "seal_timestamp": (),
    "seal_key": ("reason",),
}
"""Every code of marks, keys and seal with the names of its values."""
FIELD = "Segel"
EVERYWHERE = (-10000, -10000, 10000, 10000)
EVIDENCE_FILE = "bukti.json"
RESERVED, RESERVED_WITH_TIMESTAMP = 16384, 32768
TIMESTAMP_SECONDS = 20
logging.getLogger("pyhanko").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Sealed:
    """A sealed file: its bytes and sha256, and length and sha256 of the signed bytes it begins with."""

    pdf: bytes
    sha256: str
    signed_length: int
    signed_sha256: str


def seal(
    pdf: bytes,
    marks: Iterable[Mark],
    evidence: bytes,
    key: SealKey,
    signed_at: datetime,
    *,
    link: str,
    digest: str | None = None,
    trial: bool,
    timestamp_url: str | None = None,
    theirs: int = 0,
) -> Sealed:
    """Seal a PDF that has been signed.

    `pdf`: the bytes the parties signed. `marks`: one per signed cell. `evidence`: a JSON object whose
    `signed_sha256` and `signed_length` name those bytes. `signed_at`: aware time of sealing. `link`: short address for
    the code on every page; `digest`: compact token for the large one. `trial`: draw the band. `timestamp_url`: a time
    stamp authority (PAdES B-T); without it B-B. `theirs`: so many first pages are a partner's own text, where no code
    is a signature cell and the link is drawn only in a corner that is free.

    Raises Refused: `evidence_differs`, `seal_time`, `seal_pdf` (no PDF, encrypted, or sealed already),
    `seal_timestamp` (try later), and what drawing refuses (`mark_*`, `digest_room`).
    """
    signed_sha256 = hashlib.sha256(pdf).hexdigest()
    _demand_evidence(evidence, signed_sha256, len(pdf))
    if signed_at.tzinfo is None:
        raise Refused("seal_time")
    try:
        writer = SameVersionWriter(io.BytesIO(pdf))
        _refuse_if_sealed(writer)
        _add_drawings(writer, _draw(pdf, marks, link, digest, trial=trial, theirs=theirs))
        attach(writer, evidence, signed_at)
        final = sign(writer, key, signed_at, timestamp_url)
    except TimestampRequestError as error:
        raise Refused("seal_timestamp") from error
    except (PdfError, SigningError, PdfiumError) as error:
        raise Refused("seal_pdf") from error
    return Sealed(final, hashlib.sha256(final).hexdigest(), len(pdf), signed_sha256)


class SameVersionWriter(IncrementalPdfFileWriter):
    """Appends one revision and leaves version, description and dates of the document as they were signed.

    pyHanko would lift the file to PDF 2.0 for an associated file, and would write other producers into the two
    descriptions that PDF/A wants to agree.
    """

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Keep the version: everything used here exists in PDF/A-3."""

    def _update_meta(self) -> None:
        """Keep the descriptions."""


class KeptSigner(Signer):
    """Signs with a key that stays loaded; pyHanko's own loads and checks it anew each time (266 against 27 ms)."""

    def __init__(self, key: SealKey) -> None:
        """Take the key with its certificates."""
        above = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        above.register_multiple(key.chain[1:])
        super().__init__(signing_cert=key.chain[0], cert_registry=above)
        self._private = key.private

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002
        """Sign with PKCS#1 v1.5 and SHA-256, the only way the seal uses."""
        return self._private.sign(data, PKCS1v15(), SHA256())


class TimedSigner(PdfSigner):
    """Signs at the time it is told, not at the clock's."""

    told: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        """Begin as usual, then set the time."""
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.told
        return session


def _demand_evidence(evidence: bytes, sha256: str, length: int) -> None:
    try:
        told = json.loads(evidence)
        same = (told["signed_sha256"], told["signed_length"]) == (sha256, length)
    except (ValueError, KeyError, TypeError, RecursionError):
        same = False
    if not same:
        raise Refused("evidence_differs")


def _draw(
    pdf: bytes, marks: Iterable[Mark], link: str, digest: str | None, *, trial: bool, theirs: int
) -> dict[int, list[str]]:
    surfaces, anchors = survey(pdf)
    layers = [draw_marks(marks, [anchor for anchor in anchors if anchor.page >= theirs])]
    layers.append(draw_band(surfaces) if trial else {})
    layers.append(draw_links(link, surfaces, spared=theirs))
    layers.append(draw_digest(digest, surfaces) if digest else {})
    pages = sorted({page for layer in layers for page in layer})
    return {page: [one for layer in layers for one in layer.get(page, [])] for page in pages}


def _refuse_if_sealed(writer: IncrementalPdfFileWriter) -> None:
    if writer.prev.encrypted or writer.prev.embedded_signatures:
        raise Refused("seal_pdf")


def _add_drawings(writer: IncrementalPdfFileWriter, drawn: dict[int, list[str]]) -> None:
    glyphs = _add_glyphs(writer, drawn)
    # The page's own drawing is fenced, so that nothing it leaves open moves ours.
    opening = writer.add_object(generic.StreamObject(stream_data=b"q\n"))
    for page, operators in drawn.items():
        name = f"/KdmpSeal{page}"
        layer = writer.add_object(_form("\n".join(f"q {one} Q" for one in operators), glyphs))
        call = generic.StreamObject(stream_data=f"Q\n/Artifact BMC q {name} Do Q EMC\n".encode())
        resources = _dictionary({"/XObject": _dictionary({name: layer})})
        writer.add_stream_to_page(page, opening, prepend=True)  # type: ignore[no-untyped-call]
        writer.add_stream_to_page(page, writer.add_object(call), resources)  # type: ignore[no-untyped-call]


def _add_glyphs(writer: IncrementalPdfFileWriter, drawn: dict[int, list[str]]) -> generic.IndirectObject:
    called = called_glyphs("\n".join(one for operators in drawn.values() for one in operators))
    forms = {f"/{name}": writer.add_object(_form(path)) for name, path in called.items()}
    return writer.add_object(_dictionary({"/XObject": _dictionary(forms)}))


def _form(operators: str, resources: Any = None) -> generic.StreamObject:
    entries = {"/Type": pdf_name("/XObject"), "/Subtype": pdf_name("/Form")}
    form = generic.StreamObject(_dictionary(entries), stream_data=operators.encode("ascii"))
    form[pdf_name("/BBox")] = generic.ArrayObject(generic.NumberObject(edge) for edge in EVERYWHERE)  # type: ignore[no-untyped-call]
    form[pdf_name("/Resources")] = resources or generic.DictionaryObject()  # type: ignore[no-untyped-call]
    form.compress()  # type: ignore[no-untyped-call]
    return form


def _dictionary(entries: Mapping[str, generic.PdfObject]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(name): value for name, value in entries.items()})  # type: ignore[no-untyped-call]


def attach(writer: IncrementalPdfFileWriter, evidence: bytes, signed_at: datetime) -> None:
    """Attach the evidence as `bukti.json`, data that belongs to the document."""
    dates = embed.EmbeddedFileParams(creation_date=signed_at, modification_date=signed_at)
    data = embed.EmbeddedFileObject.from_file_data(writer, evidence, params=dates, mime_type="application/json")
    spec = embed.FileSpec(
        EVIDENCE_FILE, EVIDENCE_FILE, data, "Bukti penandatanganan", af_relationship=pdf_name("/Data")
    )
    embed.embed_file(writer, spec)


def sign(writer: IncrementalPdfFileWriter, key: SealKey, signed_at: datetime, timestamp_url: str | None) -> bytes:
    """Certify what the writer holds, allow no change after it, and give the finished bytes."""
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        name=key.subject,
    )
    authority = HTTPTimeStamper(timestamp_url, timeout=TIMESTAMP_SECONDS) if timestamp_url else None
    signer = TimedSigner(meta, KeptSigner(key), timestamper=authority, new_field_spec=SigFieldSpec(FIELD))
    signer.told = signed_at
    reserved = RESERVED_WITH_TIMESTAMP if authority else RESERVED
    return bytes(signer.sign_pdf(writer, bytes_reserved=reserved).getbuffer())

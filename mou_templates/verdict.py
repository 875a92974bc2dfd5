"""The verdict: what a sealed file proves, as separate facts that are never merged into one.

Works offline, from the file and the trusted certificates alone; what our record says is one more fact, if given.
Hostile bytes get a verdict like any others: nothing here raises.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import json
import logging
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from mou_templates.keys import TRIAL_MARK, certificates_in
from mou_templates.seal import EVIDENCE_FILE
from mou_templates.watchdog import TooSlow, within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

GENUINE, CHANGED, UNKNOWN, UNREADABLE = "genuine", "changed", "unknown", "unreadable"
LARGEST = 50_000_000
SECONDS = 10.0
MOST_OBJECTS = 1_000_000
PROMISE = re.compile(rb"(?:/Size\s*|/Index\s*\[[\d\s]*?|/N\s+|xref\s+\d+\s+)(\d{7,})")
LARGEST_EVIDENCE = 5_000_000
MOST_CUTS = 64
MOST_XREFS = 64
MOST_READINGS = 8
MARK_OF_END = b"%%EOF"
CHECKED = (
    "one_seal",
    "covers_whole_file",
    "seal_intact",
    "certificate_trusted",
    "certification",
    "signed_bytes",
    "evidence",
)
logging.getLogger("pyhanko").setLevel(logging.ERROR)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Verdict:
    """Facts about one file. Only `status` and `reason` sum them up; the others stand alone.

    `status`: genuine, changed (our seal, but not as we sealed it), unknown (no seal of ours), unreadable.
    `reason`: code of the first fact that stands against it, empty when genuine.
    `seals`: signatures found. `whole_file`: the seal covers every byte. `intact`: the signed bytes are unchanged.
    `trusted`: its certificate leads to one of the given roots. `certified`: the seal forbids any change.
    `level`: trial or service, from the certificate's name. `sealed_at`: aware UTC; `time_source`: server or authority.
    `evidence`: the attached JSON as it is. `evidence_matches`: it names the bytes this file begins with, which
    are `signed_length` long with `signed_sha256` (hex). `recorded`: our record agrees; None when it was not asked.
    `checked`, `not_proven`: codes of what was looked at and of what stays open.
    """

    sha256: str
    status: str = UNREADABLE
    reason: str = "unreadable"
    seals: int = 0
    whole_file: bool = False
    intact: bool = False
    trusted: bool = False
    certified: bool = False
    level: str = ""
    subject: str = ""
    sealed_at: datetime | None = None
    time_source: str = ""
    evidence: bytes | None = field(default=None, repr=False)
    evidence_matches: bool = False
    signed_sha256: str = ""
    signed_length: int = 0
    recorded: bool | None = None
    checked: tuple[str, ...] = ()
    not_proven: tuple[str, ...] = ()


def verdict(
    pdf: bytes,
    roots: Sequence[bytes],
    known: Mapping[str, str] | None = None,
    *,
    timestamp_roots: Sequence[bytes] = (),
) -> Verdict:
    """Judge a file.

    `roots`: trusted certificates in PEM (the seal's own, or its issuer's). `known`: what our record says, sha256 of a
    sealed file → sha256 of the bytes that were signed (one entry is enough); None when there is no record to ask.
    `timestamp_roots`: certificates in PEM of the time stamp authority; without them the time is the server's word.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    blank = Verdict(sha256)
    if len(pdf) > LARGEST:
        return replace(blank, reason="too_large")
    if b"%PDF-" not in pdf[:1024]:
        return replace(blank, reason="not_pdf")
    if _promises_too_much(pdf):
        return replace(blank, reason="too_many_objects")
    try:
        with within(SECONDS):
            facts = _facts(blank, pdf, _Trust(tuple(roots), tuple(timestamp_roots)))
    except TooSlow:
        return replace(blank, reason="too_slow")
    except Exception:  # noqa: BLE001 - whatever hostile bytes do to the reader, the answer is the same
        return blank
    facts = replace(
        facts, recorded=_recorded(facts, known), checked=_checked(known), not_proven=_not_proven(facts, known)
    )
    status, reason = _sum_up(facts)
    return replace(facts, status=status, reason=reason)


def _promises_too_much(pdf: bytes) -> bool:
    """Tell whether a table of contents announces more objects than any document of ours could hold.

    The reader believes the number and fills its memory, long before the time is over.
    """
    return any(len(told) > 9 or int(told) > MOST_OBJECTS for told in PROMISE.findall(pdf))  # noqa: PLR2004


@dataclass(frozen=True)
class _Trust:
    """Whom we believe: certificates in PEM for seals, and for times."""

    roots: tuple[bytes, ...]
    timestamp_roots: tuple[bytes, ...]


def _facts(blank: Verdict, pdf: bytes, trust: _Trust) -> Verdict:
    if pdf.count(b"startxref") > MOST_XREFS:
        return replace(blank, reason="too_many_revisions")
    reader, signatures = _open(pdf)
    facts = replace(blank, seals=len(signatures), reason="")
    if not signatures:
        return facts
    facts = _seal_facts(facts, signatures[0], pdf, trust)
    return _evidence_facts(facts, _read_evidence(reader), pdf)


def _open(pdf: bytes) -> tuple[PdfFileReader, list[EmbeddedPdfSignature]]:
    """Read the newest revision that carries a signature, else the newest that can be read.

    What was added behind a sealed file (a line, an archive, a revision without the seal) hides nothing this way.
    """
    readable: list[PdfFileReader] = []
    for end in sorted({len(pdf), *_ends(pdf)}, reverse=True)[:MOST_READINGS]:
        with contextlib.suppress(Exception):
            reader = PdfFileReader(io.BytesIO(pdf[:end]), strict=False, decode_limits=_limits(len(pdf)))
            readable.append(reader)
            if reader.embedded_signatures:
                return reader, list(reader.embedded_signatures)
    return readable[0], []


def _limits(size: int) -> DecodeLimits:
    allowance = 64_000_000
    return DecodeLimits(
        per_stream=StreamDecodeLimits(max_output_size=allowance),
        document_budget=DocumentDecodeBudget(base_allowance=allowance + size, max_ratio=10),
    )


def _seal_facts(facts: Verdict, signature: EmbeddedPdfSignature, pdf: bytes, trust: _Trust) -> Verdict:
    certificate = signature.signer_cert
    subject = str(certificate.subject.native.get("common_name", ""))
    claimed = signature.self_reported_timestamp
    status = validate_pdf_signature(
        signature, _context(trust.roots, claimed), _context(trust.timestamp_roots, claimed), skip_diff=True
    )
    stamp = status.timestamp_validity
    proven = stamp.timestamp if stamp and stamp.valid and stamp.intact and stamp.trusted else None
    return replace(
        facts,
        whole_file=_covers(signature.byte_range, pdf),
        intact=bool(status.intact and status.valid),
        trusted=_was_valid(certificate, claimed) and _leads_to_root(signature, _context(trust.roots, claimed)),
        certified=signature.docmdp_level == MDPPerm.NO_CHANGES,
        level="trial" if TRIAL_MARK in subject else "service",
        subject=subject,
        sealed_at=proven or claimed,
        time_source="authority" if proven else "server",
    )


def _was_valid(certificate: Certificate, moment: datetime | None) -> bool:
    # A certificate that is itself a root passes path validation at any time.
    return moment is not None and certificate.not_valid_before <= moment <= certificate.not_valid_after


def _leads_to_root(signature: EmbeddedPdfSignature, context: ValidationContext) -> bool:
    # Asked of the certificate alone: pyHanko would not say for a seal that is broken, and a broken seal of ours is
    # a changed document, not an unknown one.
    path = CertificateValidator(signature.signer_cert, signature.other_embedded_certs, validation_context=context)
    try:
        asyncio.run(path.async_validate_path())
    except (PathError, ValidationError):
        return False
    return True


def _context(roots: Sequence[bytes], moment: datetime | None) -> ValidationContext:
    # Asked for the time of sealing: a certificate that ran out later has still sealed well.
    return ValidationContext(
        trust_roots=[one for pem in roots for one in certificates_in(pem)],
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def _covers(byte_range: Sequence[int], pdf: bytes) -> bool:
    """Tell whether the two signed stretches leave out the signature's own hexadecimal string and nothing else."""
    if len(byte_range) != 4:  # noqa: PLR2004 - two pairs
        return False
    start, length, start_again, length_again = (int(one) for one in byte_range)
    hole = pdf[length:start_again]
    return (
        start == 0
        and start_again + length_again == len(pdf)
        and hole[:1] == b"<"
        and hole[-1:] == b">"
        and b"<" not in hole[1:]
        and b">" not in hole[:-1]
    )


def _read_evidence(reader: PdfFileReader) -> bytes | None:
    """Give the attached evidence; None when there is none, or more than one file claims to be it."""
    try:
        names = list(reader.root["/Names"]["/EmbeddedFiles"]["/Names"])
        found = [
            names[place + 1]
            for place, name in enumerate(names[:-1:2])
            for place in (place * 2,)
            if name == EVIDENCE_FILE
        ]
        data = [bytes(one.get_object()["/EF"]["/F"].data) for one in found]
    except (KeyError, IndexError, TypeError, AttributeError):
        return None
    return data[0] if len(data) == 1 and len(data[0]) <= LARGEST_EVIDENCE else None


def _evidence_facts(facts: Verdict, evidence: bytes | None, pdf: bytes) -> Verdict:
    if evidence is None:
        return facts
    told = _told(evidence)
    length = _cut(pdf, str(told.get("signed_sha256")))
    if length is None or told.get("signed_length") != length:
        return replace(facts, evidence=evidence)
    return replace(
        facts, evidence=evidence, evidence_matches=True, signed_length=length, signed_sha256=str(told["signed_sha256"])
    )


def _told(evidence: bytes) -> dict[str, Any]:
    try:
        told = json.loads(evidence)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _cut(pdf: bytes, wanted: str) -> int | None:
    """Find the beginning of the file that has the wanted hash, trying every end of a revision but the last."""
    digest, done = hashlib.sha256(), 0
    for end in _ends(pdf):
        digest.update(pdf[done:end])
        done = end
        if digest.hexdigest() == wanted:
            return end
    return None


def _ends(pdf: bytes) -> list[int]:
    ends: list[int] = []
    place = pdf.find(MARK_OF_END)
    while place >= 0 and len(ends) < 3 * MOST_CUTS:
        after = place + len(MARK_OF_END)
        tail = pdf[after : after + 2]
        ends.append(after)
        ends.extend(
            after + size for size, line_end in ((1, b"\n"), (1, b"\r"), (2, b"\r\n")) if tail[:size] == line_end
        )
        place = pdf.find(MARK_OF_END, after)
    return [end for end in ends if end < len(pdf)]


def _recorded(facts: Verdict, known: Mapping[str, str] | None) -> bool | None:
    if known is None:
        return None
    return bool(facts.signed_sha256) and known.get(facts.sha256) == facts.signed_sha256


def _checked(known: Mapping[str, str] | None) -> tuple[str, ...]:
    return CHECKED if known is None else (*CHECKED, "record")


def _not_proven(facts: Verdict, known: Mapping[str, str] | None) -> tuple[str, ...]:
    open_questions = {
        "time_by_own_clock": facts.time_source != "authority",
        "record_not_asked": known is None,
        "legal_force": facts.level == "trial",
        "who_held_the_phone": True,
        "certificate_not_revoked": True,
    }
    return tuple(code for code, is_open in open_questions.items() if is_open)


def _sum_up(facts: Verdict) -> tuple[str, str]:
    """Choose the status by the first fact that stands against the file."""
    against = (
        (facts.reason != "", UNREADABLE, facts.reason),
        (facts.seals == 0, UNKNOWN, "no_seal"),
        (not facts.trusted, UNKNOWN, "not_trusted"),
        (facts.seals > 1, CHANGED, "several_seals"),
        (not facts.intact, CHANGED, "seal_broken"),
        (not facts.whole_file, CHANGED, "bytes_added"),
        (not facts.certified, CHANGED, "not_certified"),
        (facts.evidence is None, CHANGED, "evidence_missing"),
        (not facts.evidence_matches, CHANGED, "evidence_differs"),
        (facts.recorded is False, CHANGED, "record_differs"),
    )
    return next(((status, reason) for holds, status, reason in against if holds), (GENUINE, ""))

"""Merging what a provider says into what is known: a step never goes back.

Callbacks and answers arrive twice, late and out of order, and an answer may be older than the callback that led to
it. So states only rise; the first ending stays; a word nobody knows changes nothing; a contradiction is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kdmp_core.errors import Problem
from kdmp_core.providers.port import EnvelopeStatus, EnvelopeTruth, Signer, SignerStatus, SignerTruth

_SIGNER_RANK = {status: rank for rank, status in enumerate(SignerStatus)}


def merge(known: EnvelopeTruth, truth: EnvelopeTruth) -> EnvelopeTruth:
    """Give what is known after hearing `truth` about the same envelope; never less than `known`.

    Raises ValueError when the two speak of different envelopes.
    """
    if known.external_id != truth.external_id:
        raise ValueError("two different envelopes")
    rises = _rises(known.status, truth.status)
    heard = {signer.ref: signer for signer in truth.signers}
    signers = [_merge_signer(signer, heard.pop(signer.ref, signer)) for signer in known.signers]
    return EnvelopeTruth(
        known.external_id,
        truth.status if rises else known.status,
        (*signers, *heard.values()),
        truth.documents or known.documents,
        truth.completed_at if rises else known.completed_at,
    )


def contradicts(known: EnvelopeTruth, truth: EnvelopeTruth) -> bool:
    """Say whether the two tell different endings of the envelope or of a signer: people must look."""
    heard = {signer.ref: signer.status for signer in truth.signers}
    pairs = [(signer.status, heard.get(signer.ref, signer.status)) for signer in known.signers]
    envelopes = known.status.ended and truth.status.ended and known.status is not truth.status
    return envelopes or any(ours.ended and theirs.ended and ours is not theirs for ours, theirs in pairs)


def differences(asked: Sequence[Signer], truth: EnvelopeTruth) -> tuple[Problem, ...]:
    """Name each signer the provider tells otherwise than asked: missing, strange, other e-mail or number.

    Anything but an empty answer is kept aside and shown; nothing of that envelope counts meanwhile.
    """
    told = {signer.ref: signer for signer in truth.signers}
    missing = [Problem("provider.signer_missing", signer.ref) for signer in asked if signer.ref not in told]
    strange = [Problem("provider.signer_strange", ref) for ref in sorted(told.keys() - {one.ref for one in asked})]
    other = [
        Problem("provider.signer_email_differs", signer.ref)
        for signer in asked
        if signer.ref in told and _folded(signer.email) != _folded(told[signer.ref].email)
    ]
    number = [
        Problem("provider.signer_phone_differs", signer.ref)
        for signer in asked
        if signer.ref in told and _digits(signer.phone) != _digits(told[signer.ref].phone)
    ]
    doubled = [] if len(told) == len(truth.signers) else [Problem("provider.signer_twice")]
    return (*missing, *strange, *other, *number, *doubled)


def _rises(known: EnvelopeStatus, told: EnvelopeStatus) -> bool:
    if known.ended or told is EnvelopeStatus.UNKNOWN:
        return False
    return known is EnvelopeStatus.UNKNOWN or told.ended


def _merge_signer(known: SignerTruth, told: SignerTruth) -> SignerTruth:
    if known.status.ended or _SIGNER_RANK[told.status] <= _SIGNER_RANK[known.status]:
        return known
    return replace(
        told,
        external_id=told.external_id or known.external_id,
        email=told.email or known.email,
        phone=told.phone or known.phone,
    )


def _folded(email: str | None) -> str:
    return (email or "").strip().casefold()


def _digits(phone: str | None) -> str:
    return "".join(filter(str.isdecimal, phone or ""))

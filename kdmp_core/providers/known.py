"""What is known of an envelope, as its row keeps it: states, ids and times by the lattice, and whom we asked.

Names, reasons and addresses the provider tells are not kept; e-mail and number stand here as *we* asked them, so that
another answer is noticed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kdmp_core.providers.port import EnvelopeStatus, EnvelopeTruth, Signer, SignerStatus, SignerTruth
from kdmp_core.records import Envelope
from kdmp_core.signing.evidence import instant


def read(row: Envelope) -> EnvelopeTruth:
    """Give what is known of an envelope that was created at its provider."""
    signers = tuple(_signer(one) for one in row.truth.get("signers", []))
    status = EnvelopeStatus(row.status)
    return EnvelopeTruth(row.external_id or "", status, signers, (), _time(row.truth.get("completed_at")))


def write(row: Envelope, truth: EnvelopeTruth) -> None:
    """Keep what is known now."""
    signers = [
        {
            "ref": one.ref,
            "status": one.status.value,
            "external_id": one.external_id,
            "signed_at": instant(one.signed_at),
            "declined_at": instant(one.declined_at),
        }
        for one in truth.signers
    ]
    row.status = truth.status.value
    row.truth = {**row.truth, "signers": signers, "completed_at": instant(truth.completed_at)}


def ask(row: Envelope, signer: Signer) -> None:
    """Keep whom we asked the provider for."""
    row.truth = {**row.truth, "asked": {"email": signer.email, "phone": signer.phone}}


def asked(row: Envelope) -> Signer:
    """Give whom we asked for, as far as answers are compared with it."""
    found = row.truth.get("asked", {})
    return Signer(row.reference, "", "", (), email=found.get("email"), phone=found.get("phone"))


def heard(row: Envelope) -> bool:
    """Say whether a callback announced an answer that the provider has not told yet when asked."""
    return bool(row.truth.get("heard"))


def set_heard(row: Envelope, *, heard: bool) -> None:
    """Note that a callback announced an answer, or that it was told."""
    row.truth = {**row.truth, "heard": heard}


def _signer(told: dict[str, Any]) -> SignerTruth:
    return SignerTruth(
        told["ref"],
        SignerStatus(told["status"]),
        told["external_id"],
        signed_at=_time(told["signed_at"]),
        declined_at=_time(told["declined_at"]),
    )


def _time(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None

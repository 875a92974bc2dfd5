"""The evidence of a signature: what was shown, to whom, by which link and code, how sure we are, and when.

Hashed as canonical JSON (`audit.digest`); the hash stands in the chain and in the signature's row. Addresses of
machines enter as HMAC with the evidence key, one salt per agreement, never in clear (security.md §4).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from kdmp_core.records import Agreement, Officer, Signatory, SignerSession
from kdmp_core.settings import Settings
from kdmp_core.signing import sight

FORM = 1
LONGEST_AGENT = 200


@dataclass(frozen=True)
class Machine:
    """Where a request came from: the address as the door saw it, and what the browser calls itself."""

    address: str
    agent: str


def of_link(
    session: Session,
    agreement: Agreement,
    signatory: Signatory,
    row: SignerSession,
    *,
    machine: Machine,
    settings: Settings,
) -> dict[str, Any]:
    """Give the evidence of one who came by link and code: ids, instants and hashes, with his name and office."""
    link, code = row.link, row.code
    return {
        **of_signatory(session, agreement, signatory),
        "link": {
            "id": link.id,
            "issued_at": instant(link.issued_at),
            "seen_by": sight.seen_by(session, link, sight.LINK),
        },
        "code": {
            "id": code.id,
            "asked_at": instant(code.made_at),
            "used_at": instant(code.used_at),
            "released_by": code.released_by_id,
        },
        "session": {"id": row.id, "opened_at": instant(row.opened_at)},
        "machine": {
            "address_hmac": _hidden(settings, agreement, machine.address),
            "agent": machine.agent[:LONGEST_AGENT],
        },
    }


def of_signatory(session: Session, agreement: Agreement, signatory: Signatory) -> dict[str, Any]:
    """Give what every way of signing has in common: the agreement, the person, and who confirmed him and how."""
    officer = session.get_one(Officer, signatory.officer_id)
    return {
        "form": FORM,
        "agreement": agreement.code,
        "round": signatory.round,
        "signatory": signatory.id,
        "party": signatory.party_id,
        "name": signatory.name,
        "office": signatory.office,
        "method": signatory.method,
        "confirmed": {
            "by": officer.confirmed_by_id,
            "how": officer.confirmed_how,
            "at": instant(officer.confirmed_at),
        },
    }


def instant(at: datetime | None) -> str | None:
    """Give an instant as evidence spells it: UTC, RFC 3339, microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None


def _hidden(settings: Settings, agreement: Agreement, value: str) -> str:
    return hmac.new(settings.key("evidence"), f"{agreement.code}:{value}".encode(), hashlib.sha256).hexdigest()

"""A form filled in as a cooperative would: step by step through the record's own calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kdmp_core.filling import answers
from kdmp_core.records import FormAnswer
from kdmp_core.workshops.sheet import Field

PADDY = {"amount": "63,6", "unit": "ton", "price": "6.700", "note": "kadar air 14%"}
STEPS: dict[Field, dict[str, Any]] = {
    Field.PRODUCTION: {"potential": [PADDY]},
    Field.PROCESSING: {"need": [{"amount": "60 ton"}]},
    Field.DISTRIBUTION: {"nothing": True},
    Field.MARKETING: {"need": [{"commodity": "Beras medium", "amount": "20.000", "unit": "kg", "price": "12.400"}]},
}
"""A whole form: 63.6 tons of paddy, 60 to be milled, no trucks, 20 tons of rice to sell."""


def token_of(address: str) -> str:
    """Give the secret part of a form's address."""
    return address.rpartition("/")[2]


def fill(session: Session, address: str, now: datetime, **changes: dict[str, Any]) -> FormAnswer:
    """Fill in every step, each as above but for `changes` by the field's name; nothing is sent."""
    token = token_of(address)
    for field, given in STEPS.items():
        kept = answers.keep_step(session, token, field, changes.get(field.value, given), now)
    return kept


def send_all(session: Session, address: str, now: datetime, **changes: dict[str, Any]) -> FormAnswer:
    """Fill in every step and send the form."""
    kept = fill(session, address, now, **changes)
    return answers.send(session, token_of(address), answers.fingerprint(kept.draft), now)

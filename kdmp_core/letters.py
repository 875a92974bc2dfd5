"""Letter numbers: one joint number per agreement from the event's register, given once and never again.

Shape `{sequence:03d}/{unit}/{kind}/{roman month}/{year}` (domain.md §2.5). A number stays over redraw, revise and
reopen; a void agreement keeps its number, marked void.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kdmp_core.errors import InvalidInput
from kdmp_core.records import FRAMEWORKS, Agreement, LetterNumber, LetterRegister

KIND_CODES = {**dict.fromkeys(FRAMEWORKS, "NK"), "pks": "PKS", "addendum": "ADD", "accession": "SPB"}
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def give(session: Session, agreement: Agreement, dated: date, now: datetime) -> LetterNumber:
    """Give the agreement's joint number, taking the next of the register the first time.

    Raises InvalidInput when the event has no register yet.
    """
    where = LetterRegister.event_id == agreement.event_id
    register = session.scalar(select(LetterRegister).where(where).with_for_update())
    session.refresh(agreement, ["letter_number"])
    if agreement.letter_number is not None:
        return agreement.letter_number
    if register is None:
        raise InvalidInput("letters.no_register")
    kind = KIND_CODES[agreement.kind]
    given = (LetterNumber.register_id == register.id, LetterNumber.kind_code == kind, LetterNumber.year == dated.year)
    sequence = (session.scalar(select(func.max(LetterNumber.sequence)).where(*given)) or 0) + 1
    number = LetterNumber(
        register_id=register.id,
        agreement_id=agreement.id,
        kind_code=kind,
        year=dated.year,
        sequence=sequence,
        text=f"{sequence:03d}/{register.unit_code}/{kind}/{ROMAN[dated.month - 1]}/{dated.year}",
        given_at=now,
    )
    session.add(number)
    session.flush()
    session.refresh(agreement, ["letter_number"])
    return number


def number_of(agreement: Agreement) -> str | None:
    """Give the number people know an agreement by: the joint one, else the one on the paper it was recorded from."""
    if agreement.letter_number is not None:
        return agreement.letter_number.text
    own: str | None = agreement.terms.get("own_number")
    return own


def mark_void(agreement: Agreement, now: datetime) -> None:
    """Mark the number of an agreement that has become void; it stays in the book and is never given again."""
    if agreement.letter_number is not None and agreement.letter_number.void_at is None:
        agreement.letter_number.void_at = now


def open_register(session: Session, event_id: int, unit_code: str) -> LetterRegister:
    """Open the event's register under a unit code ("KDKMP-CIANJUR"), or give the one that is open.

    Raises InvalidInput when the code has other than capital letters, digits, dots and hyphens.
    """
    unit = unit_code.strip().upper()
    if not unit or not all(char.isascii() and (char.isalnum() or char in ".-") for char in unit):
        raise InvalidInput("letters.unit_code", found=unit_code[:40])
    register = session.scalar(select(LetterRegister).where(LetterRegister.event_id == event_id))
    if register is None:
        register = LetterRegister(event_id=event_id, unit_code=unit)
        session.add(register)
        session.flush()
    return register

"""Parties and their officers: found by legal number or area with kind, completed and confirmed at check-in.

A name never identifies anybody: 63,721 names serve 83,762 villages (domain.md §5). Changing what was confirmed
(name, office, number) takes the confirmation away, so that no link leaves to an unchecked person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import phonenumbers
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core.audit import Act, By, append
from kdmp_core.errors import InvalidInput, NotFound
from kdmp_core.records import Officer, Outlet, OutletKind, Party, PartyKind

CONFIRMABLE = ("name", "office", "phone")
IDENTITY_FIELDS = ("name", "legal_number", "area_code", "address", "postal_code", "nib", "npwp")
HOW = ("in_person", "by_phone", "by_letter")


@dataclass(frozen=True)
class PartyFacts:
    """What is known of a party; None or empty where it is not. `legal_number` is AHU or BH, normalised."""

    kind: PartyKind
    name: str
    area_code: str
    legal_number: str | None = None
    address: str | None = None
    postal_code: str | None = None
    nib: str | None = None
    npwp: str | None = None


@dataclass(frozen=True)
class OfficerFacts:
    """What is known of the person who signs; `phone` E.164."""

    name: str
    office: str
    phone: str | None = None
    email: str | None = None
    term_ends: date | None = None
    authority_kind: str | None = None
    authority_number: str | None = None
    authority_date: date | None = None


def find(session: Session, party_id: int) -> Party:
    """Give a party. Raises NotFound."""
    party = session.get(Party, party_id)
    if party is None:
        raise NotFound("registry.no_party")
    return party


def lookup(session: Session, facts: PartyFacts) -> Party | None:
    """Give the party these facts are about: by legal number, else by area and kind while it had no number."""
    by_number = session.scalar(select(Party).where(Party.identity == identity(facts)))
    if by_number is not None or not facts.legal_number:
        return by_number
    return session.scalar(select(Party).where(Party.identity == _place_identity(facts), Party.legal_number.is_(None)))


def identity(facts: PartyFacts) -> str:
    """Give what identifies a party: its legal number, else area code with kind."""
    return facts.legal_number or _place_identity(facts)


def save(session: Session, facts: PartyFacts, now: datetime) -> Party:
    """Write a party as these facts have it; what they leave empty keeps what is known."""
    party = lookup(session, facts)
    if party is None:
        party = Party(
            identity=identity(facts), kind=facts.kind, name=facts.name, area_code=facts.area_code, created_at=now
        )
        session.add(party)
    changed = differences(party, facts)
    for name, (_, value) in changed.items():
        setattr(party, name, value)
    if changed and party.id is not None:
        party.revision += 1
    party.kind, party.identity = facts.kind, identity(facts)
    session.flush()
    return party


def differences(party: Party, facts: PartyFacts) -> dict[str, tuple[object, object]]:
    """Give field → (known, given) for everything these facts would change."""
    pairs = {name: (getattr(party, name), getattr(facts, name)) for name in IDENTITY_FIELDS}
    return {name: (known, given) for name, (known, given) in pairs.items() if given and given != known}


def signing_officer(session: Session, party_id: int) -> Officer | None:
    """Give the officer who signs for a party now."""
    where = (Officer.party_id == party_id, Officer.signs)
    return session.scalar(select(Officer).where(*where).order_by(Officer.id.desc()).limit(1))


def signing_officers(session: Session, party_ids: Collection[int]) -> dict[int, Officer]:
    """Give who signs now for each of some parties that have somebody."""
    query = select(Officer).where(Officer.signs, Officer.party_id.in_(party_ids)).order_by(Officer.id)
    return {officer.party_id: officer for officer in session.scalars(query)}


def save_officer(session: Session, party: Party, facts: OfficerFacts) -> Officer:
    """Write who signs for a party. Another name is another person; changed contact data wants confirming again."""
    officer = signing_officer(session, party.id)
    if officer is None or _plain(officer.name) != _plain(facts.name):
        if officer is not None:
            officer.signs = False
        officer = Officer(party_id=party.id, name=facts.name, office=facts.office, signs=True)
        session.add(officer)
    _fill(officer, facts)
    session.flush()
    return officer


def officer_differences(officer: Officer | None, facts: OfficerFacts) -> dict[str, tuple[object, object]]:
    """Give field → (known, given) for everything these facts would change of the one who signs."""
    given = {name: value for name, value in vars(facts).items() if value}
    if officer is None:
        return {name: (None, value) for name, value in given.items()}
    return {name: (getattr(officer, name), value) for name, value in given.items() if getattr(officer, name) != value}


def complete(
    session: Session, officer_id: int, values: Mapping[str, object], by: By, key: str, now: datetime
) -> Officer:
    """Fill in at check-in what the sheet lacks: address of the party; office, phone, e-mail, authority, term.

    Raises InvalidInput for a field that is not one of these or a phone number that cannot be one.
    """
    officer = find_officer(session, officer_id)
    known = {*OfficerFacts.__dataclass_fields__, "address", "postal_code"}
    unknown = [name for name in values if name not in known]
    if unknown:
        raise InvalidInput("registry.unknown_field", field=unknown[0])
    for name, value in values.items():
        given = phone_number(str(value)) if name == "phone" and value else value
        target: Party | Officer = officer.party if name in {"address", "postal_code"} else officer
        if getattr(target, name) != given:
            setattr(target, name, given)
            if name in CONFIRMABLE:
                officer.confirmed_at = None
    session.flush()
    append(session, Act("complete", key, details={"officer": officer.id, "fields": sorted(values)}), by, now)
    return officer


def set_outlets(
    session: Session, party: Party, kinds: Collection[OutletKind], by: By, key: str, now: datetime
) -> list[Outlet]:
    """Write which outlets of a cooperative are running, and give them in the order of the kinds."""
    wanted = set(kinds)
    for outlet in list(party.outlets):
        if outlet.kind not in wanted:
            session.delete(outlet)
    known = {outlet.kind for outlet in party.outlets}
    added = [kind for kind in OutletKind if kind in wanted - known]
    session.add_all(Outlet(party_id=party.id, kind=kind) for kind in added)
    if added or known - wanted:
        details = {"party": party.id, "outlets": sorted(kind.value for kind in wanted)}
        append(session, Act("set_outlets", key, details=details), by, now)
    session.flush()
    session.refresh(party, ["outlets"])
    return list(party.outlets)


def confirm(session: Session, officer_id: int, how: str, by: By, now: datetime) -> Officer:
    """Record that staff checked name, office and number of a signatory, and how (in person, by phone, by letter).

    Raises InvalidInput when something to confirm is missing.
    """
    officer = find_officer(session, officer_id)
    if how not in HOW:
        raise InvalidInput("registry.confirm_how")
    if not officer.name or not officer.office or not (officer.phone or officer.email):
        raise InvalidInput("registry.nothing_to_confirm", name=officer.name)
    officer.confirmed_at, officer.confirmed_by_id, officer.confirmed_how = now, by.user_id, how
    key = f"confirm:{officer.id}:{now.isoformat()}"
    append(session, Act("confirm_officer", key, details={"officer": officer.id, "how": how}), by, now)
    return officer


def find_officer(session: Session, officer_id: int) -> Officer:
    """Give an officer. Raises NotFound."""
    officer = session.get(Officer, officer_id)
    if officer is None:
        raise NotFound("registry.no_officer")
    return officer


def phone_number(typed: str) -> str:
    """Give a telephone number as E.164. Raises InvalidInput when it cannot be one (Indonesia by default)."""
    try:
        number = phonenumbers.parse(typed, "ID")
    except phonenumbers.NumberParseException as unreadable:
        raise InvalidInput("registry.phone", found=typed[:30]) from unreadable
    if not phonenumbers.is_possible_number(number):
        raise InvalidInput("registry.phone", found=typed[:30])
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _fill(officer: Officer, facts: OfficerFacts) -> None:
    for name, (_, value) in officer_differences(officer, facts).items():
        if name in CONFIRMABLE and getattr(officer, name) != value:
            officer.confirmed_at = None
        setattr(officer, name, value)


def _place_identity(facts: PartyFacts) -> str:
    return f"{facts.area_code}:{facts.kind.value}"


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()

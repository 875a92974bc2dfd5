"""Agreements that follow another: the PKS under a MoU, the addendum that changes it, the accession that joins it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kdmp_core import areas
from kdmp_core.agreements import guards, proposals
from kdmp_core.audit import By
from kdmp_core.errors import InvalidInput
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Event, Party
from kdmp_core.texts import text

SUPPLY_MONTHS = 12
MOST_CHANGES = 40


@dataclass(frozen=True)
class Change:
    """One article as it was and as it becomes, paragraph by paragraph; `old_text` is copied from what was signed."""

    article: int
    heading: str
    old_text: tuple[str, ...]
    new_text: tuple[str, ...]


def propose_supply(
    session: Session,
    parent: Agreement,
    supplier: Party,
    buyer: Party,
    lines: Sequence[Mapping[str, Any]],
    by: By,
    now: datetime,
) -> Agreement:
    """Draw a PKS from a MoU in force: `lines` say commodity, grade, kg, price and tolerance.

    Raises InvalidInput when the parent is not in force or a party did not sign it.
    """
    _require_in_force(parent)
    theirs = guards.standing_party_ids(session, parent)
    for party in (supplier, buyer):
        if party.id not in theirs:
            raise InvalidInput("proposals.not_party_of_parent", party=party.name)
    roster = [proposals.Member(supplier, "first", "grower"), proposals.Member(buyer, "second", "offtaker")]
    terms = _supply_terms(parent.event, supplier, buyer, lines, now)
    return proposals.begin(session, parent.event, "pks", roster, terms, by, now, plan_id=parent.plan_id, parent=parent)


def propose_addendum(
    session: Session,
    parent: Agreement,
    reason: str,
    changes: Sequence[Change],
    effective_on: date,
    by: By,
    now: datetime,
) -> Agreement:
    """Propose an addendum to an agreement in force, between all who are its parties now.

    Raises InvalidInput when the parent is not in force or cannot be changed so, without a reason, or when no article
    changes.
    """
    _require_in_force(parent)
    changed = [change for change in changes if change.old_text != change.new_text]
    if parent.kind in proposals.TERMLESS:
        raise InvalidInput("proposals.no_addendum_here")
    if not reason.strip() or not changed or len(changed) > MOST_CHANGES:
        raise InvalidInput("proposals.nothing_changes")
    terms = {
        **proposals.agreed_terms(parent.event, parent.terms["subject"]),
        "dated": None,
        "sequence": _next_sequence(session, parent),
        "reason": reason.strip(),
        "changes": [_plain(change) for change in changed],
        "effective_on": effective_on.isoformat(),
    }
    roster = _standing_roster(session, parent)
    return proposals.begin(
        session, parent.event, "addendum", roster, terms, by, now, plan_id=parent.plan_id, parent=parent
    )


def propose_accession(session: Session, parent: Agreement, joining: Party, by: By, now: datetime) -> Agreement:
    """Propose that a cooperative joins a network MoU in force; its counterpart countersigns for the parties.

    Raises InvalidInput when the parent is no network MoU in force, or when the cooperative is a party already.
    """
    _require_in_force(parent)
    if parent.kind != "mou_network":
        raise InvalidInput("proposals.no_accession_here")
    if joining.id in guards.standing_party_ids(session, parent) or _asks_to_join(session, parent, joining):
        raise InvalidInput("proposals.party_already", party=joining.name)
    secretariat = next(row.party for row in parent.parties if row.side == "second")
    role = proposals.role_of(session, parent.event, joining)
    roster = [proposals.Member(joining, "first", role), proposals.Member(secretariat, "second", "hub")]
    terms = {
        **proposals.agreed_terms(parent.event, parent.terms["subject"]),
        "dated": None,
        "role_class": text(f"proposal.class.{role}"),
    }
    return proposals.begin(
        session, parent.event, "accession", roster, terms, by, now, plan_id=parent.plan_id, parent=parent
    )


def addenda(session: Session, parent: Agreement) -> list[Agreement]:
    """Give the addenda of an agreement that are in force, in their order."""
    return [row for row in _children(session, parent, "addendum") if row.state is State.IN_FORCE]


def _require_in_force(parent: Agreement) -> None:
    if parent.state is not State.IN_FORCE:
        raise InvalidInput("proposals.parent_not_in_force")


def _plain(change: Change) -> dict[str, Any]:
    return {**asdict(change), "old_text": list(change.old_text), "new_text": list(change.new_text)}


def _next_sequence(session: Session, parent: Agreement) -> int:
    where = (Agreement.parent_id == parent.id, Agreement.kind == "addendum", Agreement.state.not_in(proposals.DEAD))
    return 1 + (session.scalar(select(func.count()).select_from(Agreement).where(*where)) or 0)


def _children(session: Session, parent: Agreement, kind: str) -> list[Agreement]:
    where = (Agreement.parent_id == parent.id, Agreement.kind == kind)
    return list(session.scalars(select(Agreement).where(*where).order_by(Agreement.id)))


def _asks_to_join(session: Session, parent: Agreement, joining: Party) -> bool:
    living = (row for row in _children(session, parent, guards.ACCESSION) if row.state not in proposals.DEAD)
    return any(row.party_id == joining.id for child in living for row in child.parties)


def _standing_roster(session: Session, parent: Agreement) -> list[proposals.Member]:
    """Put who is a party now in the parent's order, who has joined since before the counterpart."""
    theirs = guards.standing_party_ids(session, parent)
    joined = [row for child in _children(session, parent, guards.ACCESSION) for row in child.parties]
    rows = [row for row in (*parent.parties, *joined) if row.party_id in theirs]
    known = {row.party_id: row for row in reversed(rows)}
    ordered = sorted(known.values(), key=lambda row: (row.side == "second", rows.index(row)))
    return [proposals.Member(row.party, row.side, row.role_class) for row in ordered]


def _supply_terms(
    event: Event, supplier: Party, buyer: Party, lines: Sequence[Mapping[str, Any]], now: datetime
) -> dict[str, Any]:
    today = areas.today(event.regency_code, now)
    paddy = any(line["commodity"] == text("commodity.gkp") for line in lines)
    quality = ("moisture_paddy", "empty") if paddy else ("moisture_rice", "broken")
    return {
        **proposals.common_terms(event, text("proposal.supply_subject", supplier=supplier.name), SUPPLY_MONTHS),
        "dated": None,
        "goods": "rice",
        "lines": [dict(line) for line in lines],
        "deliveries": [
            {
                "day": (today + timedelta(days=30)).isoformat(),
                "commodity": line["commodity"],
                "kg": line["kg"],
                "place": text("proposal.delivery_place", buyer=buyer.name),
            }
            for line in lines
        ],
        "quality": [
            {part: text(f"proposal.quality.{name}.{part}") for part in ("parameter", "limit", "deduction")}
            for name in quality
        ],
        "payment": {
            "days": 7,
            "bank": text("proposal.bank_later"),
            "account": text("proposal.account_later"),
            "holder": supplier.name,
        },
        "price_basis": text("proposal.price_basis"),
        "tester": text("proposal.tester"),
        "court": text("proposal.court", regency=proposals.regency_name(event)),
    }

"""The parties' own letter numbers: each from its own book, given when it has one, and never a reason to wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from kdmp_core import access, audit
from kdmp_core.agreements import moves, standing
from kdmp_core.audit import By
from kdmp_core.errors import InvalidInput, NotAllowed
from kdmp_core.lifecycle import FINAL
from kdmp_core.records import Agreement, Role

LONGEST_NUMBER = 60
KEEPERS = (Role.COORDINATOR, Role.PENDAMPING)


def keep(
    session: Session, agreement_id: int, numbers: Mapping[int, str], by: By, now: datetime, *, key: str
) -> Agreement:
    """Keep the own number of some parties (party id → number; empty takes it away); they print at the next draw_up.

    Raises InvalidInput for a party that is not there or a number of more than 60 characters, NotAllowed for who keeps
    no records here or when the agreement has come to its end.
    """
    agreement = moves.locked_agreement(session, agreement_id)
    if audit.seen(session, agreement.code, key) is not None:
        return agreement
    _require_keeper(session, agreement, by)
    rows = {row.party_id: row for row in agreement.parties}
    changed = []
    for party_id, given in numbers.items():
        number = " ".join(given.split())
        if party_id not in rows or len(number) > LONGEST_NUMBER:
            raise InvalidInput("agreements.own_number", most=LONGEST_NUMBER)
        if (number or None) != rows[party_id].own_number:
            rows[party_id].own_number = number or None
            changed.append(party_id)
    if changed:
        act = audit.Act("own_numbers", key, round=agreement.round, details={"parties": changed})
        audit.append(session, act, by, now, agreement)
    return agreement


def _require_keeper(session: Session, agreement: Agreement, by: By) -> None:
    if by.user_id is None or agreement.state in FINAL:
        raise NotAllowed("agreements.no_own_numbers")
    user = access.user_by_id(session, by.user_id)
    access.require_role(user, KEEPERS, agreement.area_code, standing.helped(row.party for row in agreement.parties))

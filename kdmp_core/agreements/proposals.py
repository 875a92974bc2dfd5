"""Proposals: agreements in draft, out of an event and its plan, with every term filled that the record knows.

A network MoU's roster is the event's decision: all its cooperatives with one counterpart. Flows make bilateral
MoUs (who mills at whose mill) and PKS (who supplies whom). The drafter confirms and may edit (design.md §2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, areas, audit, store
from kdmp_core.agreements import moves, standing
from kdmp_core.audit import By
from kdmp_core.errors import InvalidInput
from kdmp_core.lifecycle import State
from kdmp_core.quantities import ton_text
from kdmp_core.records import (
    Agreement,
    AgreementParty,
    Event,
    EventParty,
    MappingEntry,
    Partnership,
    Party,
    PartyKind,
    Role,
    Side,
    Step,
    User,
)
from kdmp_core.texts import text

PROPOSERS = (Role.COORDINATOR, Role.PENDAMPING)
EDITABLE: Mapping[str, frozenset[str]] = {
    "mou_network": frozenset({"secretariat", "secretariat_name", "pks_deadline_months", "actions"}),
    "mou_bilateral": frozenset({"roles_first", "roles_second", "commodities", "pks_deadline_months"}),
    "mou_hub": frozenset(
        {
            *("roles_first", "roles_second", "commodities", "pks_deadline_months"),
            *("membership", "hub_functions", "member_count"),
            *("reporting", "first_offer_days", "quality_standard"),
        }
    ),
    "addendum": frozenset({"reason", "changes", "effective_on"}),
    "accession": frozenset({"role_class"}),
    "pks": frozenset({"goods", "lines", "deliveries", "quality", "payment", "price_basis", "tester", "court"}),
}
COMMON = frozenset({"subject", "place", "dated", "signing_mode", "meterai"})
TERM = frozenset({"duration_months", "notice_days"})
TERMLESS = ("addendum", "accession")
"""Kinds that last as long as what they change."""
FRAMEWORK_MONTHS = 24
DEAD = (State.WITHDRAWN, State.REJECTED, State.VOID, State.ENDED, State.TERMINATED, State.SUPERSEDED)


@dataclass(frozen=True)
class Member:
    """A party of a proposal: on which side, in which role ("grower", "miller", "offtaker", "hub")."""

    party: Party
    side: str
    role_class: str


def propose_networks(session: Session, event: Event, by: By, now: datetime, *, plan_id: int | None) -> list[Agreement]:
    """Propose one network MoU per counterpart of the event, each with all its cooperatives.

    A counterpart that already has a living one is passed over, so that asking twice makes nothing twice. Raises
    InvalidInput when the event has no cooperatives or no counterpart.
    """
    audit.locked_head(session, audit.HOUSE)
    members = _parties(session, event, Side.COOPERATIVE)
    counterparts = _parties(session, event, Side.COUNTERPART)
    if not members:
        raise InvalidInput("proposals.no_members")
    if not counterparts:
        raise InvalidInput("proposals.no_counterpart")
    made = []
    for counterpart in counterparts:
        if _living(session, event, "mou_network", counterpart.id) is None:
            roster = [Member(party, "first", role_of(session, event, party)) for party in members]
            roster.append(Member(counterpart, "second", "hub" if counterpart.kind == "secondary" else "offtaker"))
            terms = _network_terms(event, counterpart)
            made.append(begin(session, event, "mou_network", roster, terms, by, now, plan_id=plan_id))
    return made


def propose_pair(
    session: Session, event: Event, miller: Party, grower: Party, kg: int, by: By, now: datetime, *, plan_id: int
) -> Agreement:
    """Propose a bilateral MoU of a flow: `grower` mills `kg` paddy at `miller`'s mill. A living one is given back."""
    roles = {
        "roles_first": [text("proposal.role_grower", amount=ton_text(kg)), text("proposal.role_report")],
        "roles_second": [text("proposal.role_miller"), text("proposal.role_yield")],
    }
    return propose_two(session, event, grower, miller, by, now, plan_id=plan_id, roles=roles)


def propose_two(
    session: Session,
    event: Event,
    first: Party,
    second: Party,
    by: By,
    now: datetime,
    *,
    plan_id: int | None = None,
    roles: Mapping[str, Any] | None = None,
) -> Agreement:
    """Propose a MoU of two parties; with a secondary cooperative as hub where the second is one.

    A living one of the same two is given back. Raises InvalidInput for one and the same party, or a hub on the first
    side.
    """
    if first.id == second.id or first.kind is PartyKind.SECONDARY:
        raise InvalidInput("proposals.two_parties")
    audit.locked_head(session, audit.HOUSE)
    kind = "mou_hub" if second.kind is PartyKind.SECONDARY else "mou_bilateral"
    for agreement in _of_kind(session, event, kind):
        if {row.party_id for row in agreement.parties} == {first.id, second.id}:
            return agreement
    second_role = "hub" if kind == "mou_hub" else role_of(session, event, second)
    roster = [Member(first, "first", role_of(session, event, first)), Member(second, "second", second_role)]
    terms = _hub_terms(event) if kind == "mou_hub" else _bilateral_terms(event, roles)
    return begin(session, event, kind, roster, terms, by, now, plan_id=plan_id)


def edit(
    session: Session, agreement_id: int, changes: Mapping[str, Any], asked: moves.Asked, by: By, now: datetime
) -> Step:
    """Change terms of a draft; a name that its kind does not know is refused (InvalidInput), nothing is lost."""
    agreement = moves.locked_agreement(session, agreement_id)
    known = COMMON | EDITABLE[agreement.kind] | (TERM if agreement.kind not in TERMLESS else frozenset())
    for name in changes:
        if name not in known:
            raise InvalidInput("proposals.unknown_term", term=name)
    done = moves.done_before(session, agreement, asked)
    if done is not None:
        return done
    step = moves.apply(session, agreement_id, asked, by, now)
    agreement.terms = {**agreement.terms, **changes}
    return step


def role_of(session: Session, event: Event, party: Party) -> str:
    """Give a cooperative's class in a network: a miller offers milling, everybody else grows."""
    where = (
        MappingEntry.event_id == event.id,
        MappingEntry.party_id == party.id,
        MappingEntry.field == "processing",
        MappingEntry.direction == "potential",
    )
    return "miller" if session.scalar(select(MappingEntry.id).where(*where).limit(1)) else "grower"


def begin(
    session: Session,
    event: Event,
    kind: str,
    roster: Sequence[Member],
    terms: dict[str, Any],
    by: By,
    now: datetime,
    *,
    plan_id: int | None,
    parent: Agreement | None = None,
) -> Agreement:
    """Begin an agreement in draft with its roster and terms. Raises NotAllowed for who may not propose here."""
    _require_proposer(session, event, by, standing.helped(member.party for member in roster))
    audit.locked_head(session, audit.HOUSE)  # births one after the other: no code twice, no second living MoU
    partnership = (
        parent.partnership if parent else Partnership(event_id=event.id, title=terms["subject"], created_at=now)
    )
    agreement = Agreement(
        code=store.next_code(session, Agreement.code, "K", now),
        kind=kind,
        title=text(f"proposal.title.{kind}", subject=terms["subject"], counterpart=roster[-1].party.name),
        partnership=partnership,
        event_id=event.id,
        parent_id=parent.id if parent else None,
        plan_id=plan_id,
        area_code=event.regency_code,
        terms=terms,
        state=State.DRAFT,
        created_at=now,
    )
    agreement.parties = [
        AgreementParty(party_id=member.party.id, side=member.side, position=place, role_class=member.role_class)
        for place, member in enumerate(roster, 1)
    ]
    moves.begin(session, agreement, f"propose:{agreement.code}", by, now)
    return agreement


def _require_proposer(session: Session, event: Event, by: By, party_ids: list[int]) -> None:
    if by.user_id is not None:
        user: User = access.user_by_id(session, by.user_id)
        access.require_role(user, PROPOSERS, event.regency_code, party_ids)


def _parties(session: Session, event: Event, side: Side) -> list[Party]:
    where = (EventParty.event_id == event.id, EventParty.side == side)
    return [row.party for row in session.scalars(select(EventParty).where(*where).order_by(EventParty.number))]


def _of_kind(session: Session, event: Event, kind: str) -> list[Agreement]:
    where = (Agreement.event_id == event.id, Agreement.kind == kind, Agreement.state.not_in(DEAD))
    return list(session.scalars(select(Agreement).where(*where).order_by(Agreement.id)))


def _living(session: Session, event: Event, kind: str, counterpart_id: int) -> Agreement | None:
    return next(
        (
            agreement
            for agreement in _of_kind(session, event, kind)
            if any(row.party_id == counterpart_id and row.side == "second" for row in agreement.parties)
        ),
        None,
    )


def regency_name(event: Event) -> str:
    """Give the name of an event's regency without "Kabupaten" or "Kota"."""
    return areas.find(event.regency_code).name.split(" ", 1)[-1]


def signing_place(event: Event) -> str:
    """Give the place where an event's papers are signed: as its sheet says, else its regency's."""
    kept: str | None = event.policy.get("signing_place")
    return kept or regency_name(event)


def agreed_terms(event: Event, subject: str) -> dict[str, Any]:
    """Give the terms every agreement begins with."""
    return {
        "subject": subject,
        "place": signing_place(event),
        "dated": event.policy.get("agreement_date"),
        "signing_mode": "mixed",
    }


def common_terms(event: Event, subject: str, months: int) -> dict[str, Any]:
    """Give the terms every agreement with a term of its own begins with."""
    return {**agreed_terms(event, subject), "duration_months": months, "notice_days": 30}


def _network_terms(event: Event, counterpart: Party) -> dict[str, Any]:
    due = event.ends_on + timedelta(days=30)
    later = event.ends_on + timedelta(days=90)
    return {
        **common_terms(event, text("proposal.network_subject", counterpart=counterpart.name), FRAMEWORK_MONTHS),
        "secretariat": None,
        "secretariat_name": counterpart.name,
        "pks_deadline_months": event.policy.get("pks_deadline_months") or 6,
        "actions": [
            _action("calendar", counterpart.name, due),
            _action("pks", counterpart.name, later),
        ],
    }


def _action(name: str, owner: str, due: date) -> dict[str, str]:
    words = {part: text(f"proposal.action.{name}.{part}") for part in ("action", "output")}
    return {**words, "owner": owner, "due": due.isoformat()}


def _bilateral_terms(event: Event, roles: Mapping[str, Any] | None) -> dict[str, Any]:
    usual = {
        "roles_first": [text("proposal.role_supplier"), text("proposal.role_report")],
        "roles_second": [text("proposal.role_buyer"), text("proposal.role_quality")],
    }
    return {
        **common_terms(event, text("proposal.bilateral_subject"), FRAMEWORK_MONTHS),
        **(roles or usual),
        "commodities": [text("commodity.gkp"), text("commodity.rice_medium")],
        "pks_deadline_months": 6,
    }


def _hub_terms(event: Event) -> dict[str, Any]:
    functions = ("gathering", "quality", "storage", "selling", "training")
    return {
        **common_terms(event, text("proposal.hub_subject"), FRAMEWORK_MONTHS),
        "roles_first": [text("proposal.role_supplier"), text("proposal.role_report")],
        "roles_second": [text("proposal.role_hub"), text("proposal.role_open")],
        "commodities": [text("commodity.gkp"), text("commodity.rice_medium")],
        "pks_deadline_months": 6,
        "membership": "candidate",
        "hub_functions": [text(f"proposal.hub_function.{name}") for name in functions],
        "member_count": None,
        "reporting": text("proposal.hub_reporting"),
        "first_offer_days": 3,
        "quality_standard": text("proposal.hub_standard"),
    }

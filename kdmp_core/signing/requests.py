"""Requests for signature: send a round out, remind, stretch its deadline, go on without a party, give a new link.

Each is one transaction of the caller: the move with its step, the rows that follow from it, and the messages owed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, audit, outbox, registry
from kdmp_core.agreements import guards, moves, policy
from kdmp_core.errors import InvalidInput, MoveRefused, NotFound
from kdmp_core.lifecycle import ANSWERED, Actor, SignatoryState, State
from kdmp_core.records import Agreement, AgreementParty, Event, Link, Message, Officer, Round, Signatory, Step
from kdmp_core.settings import Settings
from kdmp_core.signing import folders, links, sight
from kdmp_core.signing.moments import deadline_after, end_of_day

PATHS = {"link": SignatoryState.INVITED, "provider": SignatoryState.INVITED, "paper": SignatoryState.ON_PAPER}


def send(
    session: Session,
    agreement_id: int,
    by: audit.By,
    *,
    key: str,
    now: datetime,
    settings: Settings,
    revision: int | None = None,
) -> Step:
    """Send the drawn-up document of an agreement to its signatories and give the step.

    Makes a signatory of each party's confirmed officer in the order of the roster, sets the deadline by the
    event's policy, keeps or issues each one's link and owes him the invitation. A key that was seen changes
    nothing. Raises what `moves.apply` raises, and MoveRefused when the round has no document.
    """
    agreement = moves.locked_agreement(session, agreement_id)
    done = moves.done_before(session, agreement, moves.Asked("send", key))
    if done is not None:
        return done
    rule = policy.SigningPolicy.of(agreement.event.policy)
    deadline = deadline_after(now, rule.deadline_days, agreement.area_code)
    due_at = policy.next_look(rule, now, deadline, now)
    details = {"document": _document_of(session, agreement), "deadline": deadline.isoformat()}
    step = moves.apply_locked(session, agreement, moves.Asked("send", key, None, details, revision, due_at), by, now)
    agreement.deadline_at = deadline
    rows = [_signatory(session, agreement, party) for party in agreement.parties]
    session.add_all(rows)
    session.flush()
    for row in rows:
        if row.method == "link":
            _invite(session, agreement, row, by, settings=settings, now=now)
    if any(row.method == "provider" for row in rows):
        agreement.due_at = now  # the worker owes them an envelope each
    return step


def show_draft(session: Session, agreement_id: int, by: audit.By, *, now: datetime, settings: Settings) -> int:
    """Owe the confirmed officers of a draft under review a message with their folder's link; give their number.

    Once a round: asked again, nothing is owed. Raises NotAllowed, MoveRefused (not under review).
    """
    agreement = moves.locked_agreement(session, agreement_id)
    if agreement.state not in folders.DRAFTS:
        raise MoveRefused("signing.no_draft")
    access.require_role(access.user_by_id(session, by.user_id or 0), sight.SENDERS, agreement.area_code)
    key = f"show_draft:{agreement.code}:{agreement.round}"
    if audit.seen(session, audit.HOUSE, key) is not None:
        return 0
    officers = [registry.signing_officer(session, party.party_id) for party in agreement.parties]
    ready = [officer for officer in officers if officer is not None and officer.confirmed_at is not None]
    details = {"agreement": agreement.id, "officers": [officer.id for officer in ready]}
    audit.append(session, audit.Act("show_draft", key, round=agreement.round, details=details), by, now)
    for officer in ready:
        link = _link_for(session, agreement, officer.id, by, settings=settings, now=now)
        about = outbox.About(officer.id, agreement.event_id, agreement.id, link.id)
        outbox.enqueue(
            session, f"draft:{agreement.id}:{agreement.round}:{officer.id}", "draft", about, settings=settings, now=now
        )
    return len(ready)


def remind(session: Session, agreement_id: int, by: audit.By, *, key: str, now: datetime, settings: Settings) -> Step:
    """Owe a reminder to everyone who was invited by link and has not answered; the clock looks again by the policy."""
    agreement = moves.locked_agreement(session, agreement_id)
    done = moves.done_before(session, agreement, moves.Asked("remind", key))
    if done is not None:
        return done
    waiting = [row for row in _awaited(session, agreement) if row.method == "link"]
    details = {"signatories": [row.id for row in waiting]}
    asked = moves.Asked("remind", key, details=details, due_at=next_look(session, agreement, now))
    step = moves.apply_locked(session, agreement, asked, by, now)
    for row in waiting:
        link = _link_for(session, agreement, row.officer_id, by, settings=settings, now=now)
        about = outbox.About(row.officer_id, agreement.event_id, agreement.id, link.id)
        outbox.enqueue(session, f"reminder:{row.id}:{step.sequence}", "reminder", about, settings=settings, now=now)
    return step


def extend(
    session: Session, agreement_id: int, last_day: date, by: audit.By, *, key: str, reason: str, now: datetime
) -> Step:
    """Let a round run until the end of `last_day` in the agreement's zone; its links live as long.

    Raises InvalidInput when the day is not later than the present deadline, or more than 90 days away.
    """
    agreement = moves.locked_agreement(session, agreement_id)
    done = moves.done_before(session, agreement, moves.Asked("extend", key))
    if done is not None:
        return done
    deadline = end_of_day(last_day, agreement.area_code)
    longest = now + timedelta(days=policy.LONGEST_DEADLINE_DAYS + 1)
    if deadline <= max(agreement.deadline_at or now, now) or deadline > longest:
        raise InvalidInput("signing.deadline_unfit", most=policy.LONGEST_DEADLINE_DAYS)
    before = agreement.deadline_at
    agreement.deadline_at = deadline
    details = {"before": before.isoformat() if before else None, "deadline": deadline.isoformat()}
    asked = moves.Asked("extend", key, reason, details, due_at=next_look(session, agreement, now))
    step = moves.apply_locked(session, agreement, asked, by, now)
    links.stretch(_links(session, agreement, [row.officer_id for row in _awaited(session, agreement)]), deadline)
    return step


def drop(
    session: Session, agreement_id: int, party_id: int, by: audit.By, *, key: str, reason: str, now: datetime
) -> Step:
    """Go on without a party: it counts as answered, the text stays. Never the counterpart; two parties must stay."""
    agreement = moves.locked_agreement(session, agreement_id)
    done = moves.done_before(session, agreement, moves.Asked("drop", key))
    if done is not None:
        return done
    rows = guards.signatories(session, agreement)
    mine = [row for row in rows if row.party_id == party_id]
    staying = {row.party_id for row in rows if row.state is not SignatoryState.DROPPED} - {party_id}
    if not mine:
        raise NotFound("signing.no_signatory")
    if any(party.party_id == party_id and party.side == "second" for party in agreement.parties):
        raise MoveRefused("signing.counterpart_stays")
    if len(staying) < policy.FEWEST_PARTIES:
        raise MoveRefused("moves.too_few_parties")
    for row in mine:
        if not moves.move_signatory(session, row, "drop", now):
            raise MoveRefused("moves.signatory_not_from_here", state=row.state.value)
        outbox.cancel(session, (Message.officer_id == row.officer_id) & (Message.agreement_id == agreement.id))
    details = {"party": party_id, "signatories": [row.id for row in mine]}
    return moves.apply_locked(session, agreement, moves.Asked("drop", key, reason, details, due_at=now), by, now)


def replace_link(
    session: Session, officer_id: int, event_id: int, by: audit.By, *, settings: Settings, now: datetime
) -> Link:
    """Give a folder a new link in place of the old one and owe the message that carries it; the house's chain knows.

    Raises NotAllowed (role over the event's regency), NotFound (no such officer or event).
    """
    event, officer = session.get(Event, event_id), session.get(Officer, officer_id)
    if event is None or officer is None or officer.confirmed_at is None:
        raise NotFound("signing.no_signatory")
    if by.actor is Actor.STAFF:
        user = access.user_by_id(session, by.user_id or 0)
        access.require_role(user, sight.SENDERS, event.regency_code, [officer.party_id])
    until = _last_deadline(session, officer_id, event_id) or now + links.LIFE_WITHOUT_ROUND
    link = links.issue(session, officer_id, event_id, until, by_user_id=by.user_id, settings=settings, now=now)
    details = {"link": link.id, "officer": officer_id, "event": event_id}
    audit.append(session, audit.Act("replace_link", f"replace_link:{link.id}", details=details), by, now)
    about = outbox.About(officer_id, event_id, link_id=link.id)
    outbox.enqueue(session, f"link:{link.id}", "new_link", about, settings=settings, now=now)
    return link


def owe_copies(session: Session, agreement: Agreement, settings: Settings, now: datetime) -> None:
    """Tell everyone who signed by link where his copy lies, on a link that lives long enough to fetch it.

    The round has ended and its links with it, or soon: a folder with copies gets two weeks more.
    """
    until = now + links.LIFE_WITHOUT_ROUND
    for row in guards.signatories(session, agreement):
        if row.state is SignatoryState.SIGNED and row.method == "link":
            link = links.keep_or_issue(
                session, row.officer_id, agreement.event_id, until, by_user_id=None, settings=settings, now=now
            )
            about = outbox.About(row.officer_id, agreement.event_id, agreement.id, link.id)
            outbox.enqueue(session, f"done:{row.id}", "done", about, settings=settings, now=now)


def next_look(session: Session, agreement: Agreement, now: datetime) -> datetime | None:
    """Give the next instant at which the clock must look at a round that is out for signature."""
    if agreement.deadline_at is None:
        return agreement.due_at
    where = (Step.agreement_id == agreement.id, Step.move == "send", Step.round == agreement.round)
    sent = session.scalar(select(Step.at).where(*where).order_by(Step.sequence.desc()).limit(1)) or now
    return policy.next_look(policy.SigningPolicy.of(agreement.event.policy), sent, agreement.deadline_at, now)


def _document_of(session: Session, agreement: Agreement) -> int:
    where = (Round.agreement_id == agreement.id, Round.number == agreement.round)
    document = session.scalar(select(Round.pdf_id).where(*where))
    if document is None and agreement.state is State.DRAWN_UP:
        raise MoveRefused("signing.no_document")
    return document or 0


def _signatory(session: Session, agreement: Agreement, party: AgreementParty) -> Signatory:
    officer = registry.signing_officer(session, party.party_id)
    if officer is None:  # the guard of `send` has seen him; only another transaction could have taken him away
        raise MoveRefused("moves.signatory_not_confirmed", party=party.party.name)
    return Signatory(
        agreement_id=agreement.id,
        round=agreement.round,
        party_id=party.party_id,
        officer_id=officer.id,
        position=party.position,
        name=officer.name,
        office=officer.office,
        method=party.method,
        state=PATHS[party.method],
        anchor=f"§{party.position:03d}",
    )


def _invite(
    session: Session, agreement: Agreement, row: Signatory, by: audit.By, *, settings: Settings, now: datetime
) -> None:
    link = _link_for(session, agreement, row.officer_id, by, settings=settings, now=now)
    about = outbox.About(row.officer_id, agreement.event_id, agreement.id, link.id)
    outbox.enqueue(session, f"invitation:{row.id}", "invitation", about, settings=settings, now=now)


def _link_for(
    session: Session, agreement: Agreement, officer_id: int, by: audit.By, *, settings: Settings, now: datetime
) -> Link:
    until = agreement.deadline_at or now + links.LIFE_WITHOUT_ROUND
    return links.keep_or_issue(
        session, officer_id, agreement.event_id, until, by_user_id=by.user_id, settings=settings, now=now
    )


def _awaited(session: Session, agreement: Agreement) -> list[Signatory]:
    return [row for row in guards.signatories(session, agreement) if row.state not in ANSWERED]


def _links(session: Session, agreement: Agreement, officer_ids: Iterable[int]) -> list[Link]:
    found = (links.live(session, officer_id, agreement.event_id) for officer_id in officer_ids)
    return [link for link in found if link is not None]


def _last_deadline(session: Session, officer_id: int, event_id: int) -> datetime | None:
    query = select(Agreement.deadline_at).join(Signatory, Signatory.agreement_id == Agreement.id)
    query = query.where(
        Signatory.officer_id == officer_id,
        Signatory.round == Agreement.round,
        Agreement.event_id == event_id,
        Agreement.state == State.SIGNING,
    )
    return max((at for at in session.scalars(query) if at is not None), default=None)

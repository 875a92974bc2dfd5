"""Links that staff must carry: one button each, which shows the text, opens WhatsApp and counts as sent."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import reporting
from kdmp_core.errors import Conflict, Gone, NotAllowed, NotFound
from kdmp_core.providers import envelopes, invitations
from kdmp_core.records import Agreement, Message, Officer
from kdmp_core.signing import messages
from kdmp_core.texts import text
from webhooks.context import reach, staff
from webhooks.desk import frame
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake
from webhooks.problems import sentence, status_of


@dataclass(frozen=True)
class Waiting:
    """One message that waits to be carried."""

    id: int
    who: str
    party: str
    what: str
    since: str
    failed: bool
    by_phone: bool


@blueprint.get("/meja/tautan")
def links() -> str:
    """Show the messages with a link that wait for somebody to send them."""
    return _page([])


@blueprint.post("/meja/tautan/<int:message_id>")
def send_link(message_id: int) -> str | tuple[str, int]:
    """Show one message with its wa.me button; from now on it counts as sent and its link as seen by this user."""
    parts = reach()
    try:
        address = _provider_address(message_id)
        with parts.store.write() as session:
            message = _theirs(session, message_id)
            officer = session.get_one(Officer, message.officer_id)
            party = officer.party.name
            if address is not None:
                shown = invitations.reveal(session, message_id, address, staff(), parts.now())
            else:
                shown = messages.reveal_message(session, message_id, staff(), parts.settings, parts.now())
    except (NotAllowed, Gone, Conflict) as refusal:
        return _page([Mistake("", sentence(refusal.code, refusal.values))]), status_of(refusal)
    with parts.store.read() as session:
        left = len(reporting.links_to_send(session, staff()))
        return frame.page(
            session,
            "link",
            "links",
            shown=shown,
            who=officer.name,
            party=party,
            left=left,
            qr_svg=frame.qr_svg(shown.address),
            back=url_for("desk.links"),
        )


def _provider_address(message_id: int) -> str | None:
    """Ask the provider for the address of an invitation, with no session open; None for a link of our own."""
    parts = reach()
    with parts.store.read() as session:
        if _theirs(session, message_id).kind != envelopes.INVITATION:
            return None
        invitations.require_sender(session, message_id, staff())
        question = invitations.question(session, message_id, parts.settings)
    if question is None:
        raise Gone("envelope.no_invitation")
    return question.address()


def _theirs(session: Session, message_id: int) -> Message:
    """Give a message this user may send, or has sent himself. Raises NotFound."""
    waiting = {message.id for message in reporting.links_to_send(session, staff())}
    message = session.get(Message, message_id)
    if message is None or not (message_id in waiting or message.sent_by_id == staff().id):
        raise NotFound("signing.no_message")
    return message


def _page(errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        waiting = reporting.links_to_send(session, staff())
        officers = reporting.people(session, [message.officer_id for message in waiting])
        titles = _titles(session, waiting)
        rows = [_waiting(message, officers[message.officer_id], titles) for message in waiting]
        return frame.page(
            session, "links", "links", rows=rows, only_here=reach().settings.on_this_machine_only, errors=errors
        )


def _titles(session: Session, waiting: list[Message]) -> dict[int, str]:
    ids = [message.agreement_id for message in waiting if message.agreement_id]
    rows = session.execute(select(Agreement.id, Agreement.title).where(Agreement.id.in_(ids)))
    return {row.id: row.title for row in rows}


def _waiting(message: Message, officer: Officer, titles: dict[int, str]) -> Waiting:
    title = titles.get(message.agreement_id or 0, text("wa.folder"))
    return Waiting(
        message.id,
        f"{officer.name}, {officer.office}",
        officer.party.name,
        f"{frame.word('desk.message', message.kind)} · {title}",
        frame.age(message.made_at, reach().now()),
        message.state == "failed",
        bool(officer.phone),
    )

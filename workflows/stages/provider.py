"""Signing at a provider: envelopes created, callbacks heard, the truth asked and taken, invitations carried.

No session is open while a provider is asked: read what is needed, close, ask, open again and apply. What fails is
kept on the row by whoever calls a stage, with the seconds the provider named.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kdmp_core.lifecycle import Actor
from kdmp_core.providers import answers, connections, envelopes, invitations
from kdmp_core.providers.connections import Live
from kdmp_core.providers.envelopes import Draft
from kdmp_core.providers.port import EnvelopeStatus, EnvelopeTruth
from kdmp_core.records import Agreement, Callback, Envelope
from mou_templates.containment import contains_text, page_sizes
from workflows.stages import notices
from workflows.stages.work import NOTHING, Done, Tools


@dataclass(frozen=True)
class Errand:
    """What is to be done about an envelope: create it (`draft`), or ask about it (`external_id`)."""

    live: Live
    draft: Draft | None
    external_id: str
    sent_sha256: str
    wanted: bool


def do(tools: Tools, envelope_id: int) -> Done:
    """Create an owed envelope, or ask its provider how it stands and take the answer."""
    with tools.store.read() as session:
        errand = _errand(session, tools, envelope_id)
    if errand is None:
        return _not_needed(tools, envelope_id)
    return _create(tools, envelope_id, errand) if errand.draft else _ask(tools, envelope_id, errand)


def hear(tools: Tools, callback_id: int) -> Done:
    """Let a callback make its envelope due; one about nothing we know waits, and is shown after five minutes."""
    with tools.store.write() as session:
        did = envelopes.hear(session, callback_id, tools.now())
        row = session.get_one(Callback, callback_id)
        return Done(did, row.due_at, row.stuck_reason)


def invite(tools: Tools, message_id: int) -> Done:
    """Carry an invitation by the gateway; its address is asked of the provider now and kept nowhere."""
    with tools.store.read() as session:
        question = invitations.question(session, message_id, tools.settings)
    if question is None:
        return notices.close(tools, message_id, None)
    address = tools.outside(question.live.provider.name, question.address)
    with tools.store.read() as session:
        parcel = invitations.delivery(session, message_id, address)
    return notices.carry(tools, message_id, parcel)


def number(session: Session, envelope_id: int) -> str:
    """Name an envelope's run by its agreement's code."""
    return session.get_one(Agreement, session.get_one(Envelope, envelope_id).agreement_id).code


def number_of_callback(session: Session, callback_id: int) -> str:
    """Name a callback's run by its own number: whose it is, is only found in the run."""
    return f"callback-{session.get_one(Callback, callback_id).id}"


def _errand(session: Session, tools: Tools, envelope_id: int) -> Errand | None:
    envelope = session.get(Envelope, envelope_id)
    if envelope is None:
        return None
    wanted = envelopes.wanted(session, envelope)
    if envelope.external_id is None and not wanted:
        return None
    live = connections.find(session, tools.settings, envelope.provider, envelope.connection)
    draft = envelopes.draft(session, envelope) if envelope.external_id is None else None
    return Errand(live, draft, envelope.external_id or "", envelope.sent_sha256, wanted)


def _not_needed(tools: Tools, envelope_id: int) -> Done:
    with tools.store.write() as session:
        envelopes.never_sent(session, envelope_id, tools.now())
    return NOTHING


def _create(tools: Tools, envelope_id: int, errand: Errand) -> Done:
    draft, provider, config = errand.draft, errand.live.provider, errand.live.config
    if draft is None or not _holds(tools, envelope_id):
        return NOTHING
    pdf = tools.files.get(draft.pdf_sha256)
    request = envelopes.request(draft, pdf, page_sizes(pdf))
    created = tools.outside(provider.name, lambda: provider.create(config, request))
    with tools.store.write() as session:
        kept = envelopes.sent(session, envelope_id, request, created, settings=tools.settings, now=tools.now())
        due_at = session.get_one(Envelope, envelope_id).due_at
    if kept:
        return Done("sent", due_at)
    tools.outside(provider.name, lambda: provider.void(config, created.external_id))
    return NOTHING


def _holds(tools: Tools, envelope_id: int) -> bool:
    """Look once more whether this worker's lease lives: creating twice would leave an envelope nobody knows."""
    with tools.store.read() as session:
        row = session.get_one(Envelope, envelope_id)
        return row.leased_by == tools.worker and row.lease_until is not None and row.lease_until > tools.now()


def _ask(tools: Tools, envelope_id: int, errand: Errand) -> Done:
    asked_at = tools.now()
    truth, returned = _answer(tools, envelope_id, errand)
    with tools.store.write() as session:
        by, now = tools.by(Actor.PROVIDER), tools.now()
        outcome = answers.apply_truth(
            session, envelope_id, truth, returned, files=tools.files, by=by, now=now, asked_at=asked_at
        )
        due_at = session.get_one(Envelope, envelope_id).due_at
    return Done(outcome.did, due_at, outcome.stuck)


def _answer(tools: Tools, envelope_id: int, errand: Errand) -> tuple[EnvelopeTruth, answers.Returned | None]:
    """Ask, take an envelope back that nobody awaits any more, and fetch file B when the answer needs it."""
    provider, config, external_id = errand.live.provider, errand.live.config, errand.external_id
    truth = tools.outside(provider.name, lambda: provider.fetch(config, external_id))
    if truth.status is EnvelopeStatus.OPEN and not errand.wanted:
        tools.outside(provider.name, lambda: provider.void(config, external_id))
        truth = tools.outside(provider.name, lambda: provider.fetch(config, external_id))
    with tools.store.read() as session:
        needs_file = errand.wanted and answers.awaits_file(session, envelope_id, truth)
    if not needs_file:
        return truth, None
    file = tools.outside(provider.name, lambda: provider.download_signed(config, external_id))
    return truth, answers.examine(tools.files.get(errand.sent_sha256), file, contains_text)

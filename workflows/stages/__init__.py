"""Everything the worker can owe, in the order it is looked at. A new stage is one line of `WORKS`."""

from __future__ import annotations

from collections.abc import Callable

from kdmp_core import inbox, outbox
from kdmp_core.lifecycle import Stage, states_of
from kdmp_core.providers.envelopes import INVITATION
from kdmp_core.records import Agreement, Callback, Envelope, Message, Obligation
from workflows.stages import document, notices, provider, reminders, review, seal, signature, term
from workflows.stages.work import Done, Tools, Work, agreement_code


def _of_agreements(stage: Stage, do: Callable[[Tools, int], Done]) -> Work:
    return Work(stage.value, Agreement, Agreement.state.in_(states_of(stage)), do, agreement_code)


_OWED_MESSAGE = Message.state == outbox.OWED

WORKS: tuple[Work, ...] = (
    _of_agreements(Stage.SIGNATURE, signature.do),
    _of_agreements(Stage.REVIEW, review.do),
    _of_agreements(Stage.DOCUMENT, document.do),
    _of_agreements(Stage.SEAL, seal.do),
    Work("callback", Callback, Callback.state == inbox.RECEIVED, provider.hear, provider.number_of_callback),
    Work("provider", Envelope, Envelope.due_at.is_not(None), provider.do, provider.number),
    Work("invitation", Message, _OWED_MESSAGE & (Message.kind == INVITATION), provider.invite, notices.number),
    Work("notices", Message, _OWED_MESSAGE & (Message.kind != INVITATION), notices.do, notices.number),
    Work("reminders", Obligation, Obligation.done_at.is_(None), reminders.do, reminders.number),
    _of_agreements(Stage.TERM, term.do),
)

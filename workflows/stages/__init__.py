"""Everything the worker can owe, in the order it is looked at. A new stage is one line of `WORKS`."""

from __future__ import annotations

from collections.abc import Callable

from kdmp_core import inbox, outbox
from kdmp_core.agreements.own_drafts import EDITABLE
from kdmp_core.lifecycle import Stage, states_of
from kdmp_core.providers.envelopes import INVITATION
from kdmp_core.records import (
    Agreement,
    AreaAsk,
    AskState,
    Callback,
    Envelope,
    Message,
    Obligation,
    Paper,
    PaperState,
    Template,
)
from workflows.stages import (
    area_plan,
    document,
    notices,
    own_draft,
    paper,
    provider,
    reminders,
    review,
    seal,
    signature,
    template,
    term,
)
from workflows.stages.work import CHUNK, SLOW_CHUNK, Done, Tools, Work, agreement_code


def _of_agreements(stage: Stage, do: Callable[[Tools, int], Done], chunk: int = CHUNK) -> Work:
    return Work(stage.value, Agreement, Agreement.state.in_(states_of(stage)), do, agreement_code, chunk)


_INVITATION = (Message.state == outbox.OWED) & (Message.kind == INVITATION)
_NOTICE = (Message.state == outbox.OWED) & (Message.kind != INVITATION)

WORKS: tuple[Work, ...] = (
    _of_agreements(Stage.SIGNATURE, signature.do),
    _of_agreements(Stage.REVIEW, review.do),
    Work("own_draft", Agreement, Agreement.state.in_(EDITABLE), own_draft.do, agreement_code, SLOW_CHUNK),
    _of_agreements(Stage.DOCUMENT, document.do, SLOW_CHUNK),
    _of_agreements(Stage.SEAL, seal.do, SLOW_CHUNK),
    Work("paper", Paper, Paper.state == PaperState.OWED, paper.do, paper.number, SLOW_CHUNK),
    Work("callback", Callback, Callback.state == inbox.RECEIVED, provider.hear, provider.number_of_callback),
    Work("provider", Envelope, Envelope.due_at.is_not(None), provider.do, provider.number, SLOW_CHUNK),
    Work("invitation", Message, _INVITATION, provider.invite, notices.number, SLOW_CHUNK),
    Work("notices", Message, _NOTICE, notices.do, notices.number, SLOW_CHUNK),
    Work("template", Template, Template.due_at.is_not(None), template.do, template.number, SLOW_CHUNK),
    Work("reminders", Obligation, Obligation.done_at.is_(None), reminders.do, reminders.number),
    _of_agreements(Stage.TERM, term.do),
    Work("area_plan", AreaAsk, AreaAsk.state == AskState.ASKED, area_plan.do, area_plan.number, SLOW_CHUNK),
)

"""Everything the worker can owe, in the order it is looked at. A new stage is one line of `WORKS`."""

from __future__ import annotations

from collections.abc import Callable

from kdmp_core import outbox
from kdmp_core.lifecycle import Stage, states_of
from kdmp_core.records import Agreement, Message, Obligation
from workflows.stages import document, notices, reminders, review, seal, signature, term
from workflows.stages.work import Done, Tools, Work, agreement_code


def _of_agreements(stage: Stage, do: Callable[[Tools, int], Done]) -> Work:
    return Work(stage.value, Agreement, Agreement.state.in_(states_of(stage)), do, agreement_code)


WORKS: tuple[Work, ...] = (
    _of_agreements(Stage.SIGNATURE, signature.do),
    _of_agreements(Stage.REVIEW, review.do),
    _of_agreements(Stage.DOCUMENT, document.do),
    _of_agreements(Stage.SEAL, seal.do),
    Work("notices", Message, Message.state == outbox.OWED, notices.do, notices.number),
    Work("reminders", Obligation, Obligation.done_at.is_(None), reminders.do, reminders.number),
    _of_agreements(Stage.TERM, term.do),
)

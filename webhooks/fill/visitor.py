"""Who is at this door: whoever holds the link of one cooperative's form."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kdmp_core import addresses
from kdmp_core.addresses import LinkState
from kdmp_core.errors import NotFound
from kdmp_core.filling import answers, links
from kdmp_core.records import Event, EventParty, FormAnswer, FormLink, FormState
from kdmp_core.texts import text
from kdmp_core.workshops.sheet import Field
from webhooks.context import reach

SLUGS = {
    "produksi": Field.PRODUCTION,
    "pengolahan": Field.PROCESSING,
    "distribusi": Field.DISTRIBUTION,
    "pemasaran": Field.MARKETING,
}
STEPS = tuple(SLUGS)


@dataclass(frozen=True)
class Form:
    """The form behind a live link; `answer` is None while nothing was typed."""

    token: str
    link: FormLink
    event: Event
    seat: EventParty
    answer: FormAnswer | None

    @property
    def accepted(self) -> bool:
        """Whether a person has accepted the answers: then there is nothing to write any more."""
        return self.answer is not None and self.answer.state is FormState.ACCEPTED


def form(session: Session, token: str) -> Form:
    """Give the form of a link. Raises NotFound for an unknown one, Gone for one that has ended.

    What was accepted can still be looked at after the last day.
    """
    link = links.find(session, token)
    answer = answers.of(session, link.event_id, link.party_id)
    accepted = answer is not None and answer.state is FormState.ACCEPTED
    if not (accepted and addresses.state(link, reach().now()) is LinkState.EXPIRED):
        links.require_live(link, reach().now())
    return Form(token, link, session.get_one(Event, link.event_id), answers.seat_of(session, link), answer)


def count(token: str) -> None:
    """Count a form that is sent here, whatever comes of it. Raises NotFound, Gone, TooMany."""
    parts = reach()
    with parts.store.write() as session:
        links.count_write(session, token, parts.now())


def field_of(step: str) -> Field:
    """Give the field of a step's address. Raises NotFound."""
    if step not in SLUGS:
        raise NotFound("filling.link_unknown")
    return SLUGS[step]


def slug_of(field: str) -> str:
    """Give the address of a field's step."""
    return next(slug for slug, known in SLUGS.items() if known.value == field)


def step_words() -> tuple[str, ...]:
    """Give the words of the five steps."""
    return tuple(text(f"fill.step_{n}") for n in range(1, len(STEPS) + 2))

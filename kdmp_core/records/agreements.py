"""Partnerships and their agreements: parties, signatories, rounds, remarks; the steps of the audit chain."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kdmp_core.lifecycle import SignatoryState, State
from kdmp_core.records.columns import Base, Owed
from kdmp_core.records.events import Event
from kdmp_core.records.parties import LetterNumber, Officer, Party

FRAMEWORKS = ("mou_network", "mou_bilateral", "mou_hub")
"""Kinds that stand by themselves; every other kind hangs on one of them."""


class Partnership(Base):
    """Who works together on what, from which event."""

    __tablename__ = "partnerships"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    title: Mapped[str]
    created_at: Mapped[datetime]
    agreements: Mapped[list[Agreement]] = relationship(back_populates="partnership", order_by="Agreement.id")


class Agreement(Base, Owed):
    """An MoU, PKS, addendum or accession, with its own parties, rounds, letter number and state.

    `state` is written by `agreements.moves.apply` alone. `terms` is what the drafter filled in (JSON by kind,
    dates as ISO text, whole kg and rupiah). `round` rises with every submit, redraw and reopen; `revision` is
    the row's counter (ETag). `reviewed_hash` is the hash of the words that were reviewed, `template_sha256` the
    template they were submitted with. `own_draft` is set where a partner brought the text: the file, its hash, who
    brought it when.
    """

    __tablename__ = "agreements"
    __table_args__ = (Index("ix_agreements_owed", "due_at", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    title: Mapped[str]
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    area_code: Mapped[str] = mapped_column(index=True)
    terms: Mapped[dict[str, Any]]
    state: Mapped[State] = mapped_column(index=True)
    round: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    reviewed_hash: Mapped[str | None]
    template_sha256: Mapped[str | None]
    own_draft: Mapped[dict[str, Any] | None]
    deadline_at: Mapped[datetime | None]
    in_force_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]
    partnership: Mapped[Partnership] = relationship(back_populates="agreements")
    event: Mapped[Event] = relationship()
    parent: Mapped[Agreement | None] = relationship(remote_side="Agreement.id")
    parties: Mapped[list[AgreementParty]] = relationship(order_by="AgreementParty.position")
    letter_number: Mapped[LetterNumber | None] = relationship(uselist=False)


class AgreementParty(Base):
    """A party of an agreement: `side` first or second, `position` its place in the roster from 1."""

    __tablename__ = "agreement_parties"
    __table_args__ = (UniqueConstraint("agreement_id", "party_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    side: Mapped[str]
    position: Mapped[int]
    role_class: Mapped[str]
    method: Mapped[str] = mapped_column(default="link")
    own_number: Mapped[str | None]
    party: Mapped[Party] = relationship(lazy="joined")


class Round(Base):
    """One document with its signing round: the facts it was made of, their hash, and the hash of its words."""

    __tablename__ = "rounds"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    number: Mapped[int]
    facts: Mapped[dict[str, Any]]
    facts_sha256: Mapped[str]
    words_hash: Mapped[str]
    clauses: Mapped[dict[str, Any]] = mapped_column(default=dict)
    template_sha256: Mapped[str | None]
    word_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    pdf_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    sealed_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Signatory(Base):
    """Who signs for a party in a round, as confirmed when it was sent; its state moves by the second table."""

    __tablename__ = "signatories"
    __table_args__ = (UniqueConstraint("agreement_id", "round", "party_id", "officer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    round: Mapped[int]
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    office: Mapped[str]
    method: Mapped[str]
    state: Mapped[SignatoryState]
    anchor: Mapped[str]
    decided_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None]
    party: Mapped[Party] = relationship(lazy="joined")
    officer: Mapped[Officer] = relationship(lazy="joined")


class Step(Base):
    """One link of a hash chain: an act that was done, by whom, when, on what (design.md §2, security.md §4).

    `chain` is the agreement's code, or `house`. Free text and names are hashed with the chain's salt into the
    link, never in clear, so that erasing the clear text keeps the chain verifiable.
    """

    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("chain", "sequence"), UniqueConstraint("chain", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(index=True)
    sequence: Mapped[int]
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    at: Mapped[datetime]
    move: Mapped[str]
    source: Mapped[str | None]
    target: Mapped[str | None]
    round: Mapped[int]
    actor_kind: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    key: Mapped[str]
    reason: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    flow_run_id: Mapped[str | None]
    salt: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class ChainHead(Base):
    """The last link of a chain: locked by whoever appends the next one."""

    __tablename__ = "chain_heads"

    chain: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[str]


class Remark(Base):
    """What a party or a reviewer says of a draft's words, and the drafter's answer."""

    __tablename__ = "remarks"

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    round: Mapped[int]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    article: Mapped[int | None]
    text: Mapped[str]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

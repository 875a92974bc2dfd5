"""Work for the worker: tools over a record of the test, and agreements carried to where a stage begins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from kdmp_core.agreements import guards
from kdmp_core.audit import By
from kdmp_core.lifecycle import Actor
from kdmp_core.records import Agreement, Signatory, Step, User
from kdmp_core.settings import Settings
from kdmp_core.signing import signatures
from tests import builders
from workflows.stages import WORKS, owed
from workflows.stages.work import Done, Tools, Work, tools


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime = builders.NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def wait(self, **how_long: Any) -> None:
        self.at += timedelta(**how_long)


@contextmanager
def open_tools(folder: Path, database_url: str, clock: Clock | None = None, **changes: Any) -> Iterator[Tools]:
    """Give the tools of a worker over a record, with data and keys in a folder."""
    settings = Settings(data=folder / "data", database_url=database_url, **changes)
    settings.prepare()
    with tools(settings, clock or Clock(), "test:1") as parts:
        yield parts


def approve(parts: Tools, cooperatives: int = 2, **policy: Any) -> int:
    """Make a network MoU, submit and review it; give its id. It is now owed a document."""
    now = parts.now()
    with parts.store.write() as session:
        staff = builders.create_staff(session, now)
        event = builders.create_event(session, staff.coordinator, now, **policy)
        builders.create_roster(session, event, staff.coordinator, cooperatives, now)
        agreement = builders.create_agreements(session, event, staff, now)[-1]
        builders.submit(session, agreement, staff, now, parts.files)
        builders.review(session, agreement, staff, now)
        return agreement.id


def submit(parts: Tools, **policy: Any) -> int:
    """Make a network MoU and submit it for review; give its id."""
    now = parts.now()
    with parts.store.write() as session:
        staff = builders.create_staff(session, now)
        event = builders.create_event(session, staff.coordinator, now, **policy)
        builders.create_roster(session, event, staff.coordinator, 2, now)
        agreement = builders.create_agreements(session, event, staff, now)[-1]
        return builders.submit(session, agreement, staff, now, parts.files).id


def submit_another(parts: Tools, like: int) -> int:
    """Make a further network MoU in an event of its own with the people of one that is there, reviewed; give its id."""
    with parts.store.write() as session:
        users = {user.login: user for user in session.query(User)}
        staff = builders.Staff(users["sari"], users["rudi"], users["wati"], users["budi"])
        later = parts.now() + timedelta(seconds=session.query(Agreement).count() + like)
        event = builders.create_event(session, staff.coordinator, later)
        builders.create_roster(session, event, staff.coordinator, 2, parts.now())
        made = builders.create_agreements(session, event, staff, parts.now())[-1]
        builders.submit(session, made, staff, parts.now(), parts.files)
        return builders.review(session, made, staff, parts.now()).id


def send_another(parts: Tools, like: int) -> int:
    """Make a further network MoU that is out for signature; give its id. Its PDF is a blank page."""
    one = submit_another(parts, like)
    with parts.store.write() as session:
        made = builders.draw_up(session, session.get_one(Agreement, one), parts.files, parts.now())
        coordinator = session.get_one(User, made.event.created_by_id)
        staff = builders.Staff(coordinator, coordinator, coordinator, coordinator)
        builders.send(session, made, staff, parts.settings, parts.now())
    return one


def send_out(parts: Tools, cooperatives: int = 2, **policy: Any) -> int:
    """Make a network MoU that is out for signature; give its id. Its PDF is a blank page."""
    with parts.store.write() as session:
        sent = builders.create_sent(session, parts.settings, parts.files, cooperatives, parts.now(), **policy)
        return sent.agreement.id


def signatories(session: Session, agreement_id: int) -> list[Signatory]:
    """Give the signatories of an agreement's present round."""
    return guards.signatories(session, session.get_one(Agreement, agreement_id))


def sign(parts: Tools, agreement_id: int, *positions: int) -> None:
    """Let the signatories at these places sign (all when none is named)."""
    with parts.store.write() as session:
        agreement = session.get_one(Agreement, agreement_id)
        for row in signatories(session, agreement_id):
            if not positions or row.position in positions:
                signatures.keep(
                    session,
                    agreement,
                    row,
                    level="in_person",
                    document_sha256="0" * 64,
                    consent_version="1",
                    evidence={"signatory": row.id},
                    by=By(Actor.SIGNATORY, officer_id=row.officer_id),
                    key="once",
                    now=parts.now(),
                )


def kind(name: str) -> Work:
    """Give a kind of owed work by its name."""
    return next(one for one in WORKS if one.name == name)


def do_all(parts: Tools) -> list[Done]:
    """Do everything that is owed, plainly, and give what was done."""
    done: list[Done] = []
    for work in WORKS:
        while (item := owed.take(parts, work)) is not None:
            done += owed.journey(parts, WORKS, item)
    return done


def moves(parts: Tools, agreement_id: int) -> list[str]:
    """Give the moves of an agreement's chain in their order."""
    with parts.store.read() as session:
        rows = session.query(Step).where(Step.agreement_id == agreement_id).order_by(Step.sequence)
        return [row.move for row in rows]


def agreement(parts: Tools, agreement_id: int) -> Agreement:
    """Give an agreement as it stands."""
    with parts.store.read() as session:
        return session.get_one(Agreement, agreement_id)


def named(parts: Tools, worker: str) -> Tools:
    """Give the same tools in the hands of another worker."""
    return replace(parts, worker=worker)

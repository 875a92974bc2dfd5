"""One agreement in a record of its own, driven through the real core: what the state machine of the lifecycle acts on.

Each act is one transaction, as at a door. Nothing here expects anything; that is `tests.lifecycle_machine`.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kdmp_core import audit, store
from kdmp_core.agreements import guards, moves
from kdmp_core.audit import By
from kdmp_core.files import Files
from kdmp_core.lifecycle import Actor, SignatoryState, State
from kdmp_core.records import Agreement, Link, Role, Signature, SignerSession, Step, User
from kdmp_core.settings import Settings
from kdmp_core.signing import codes, consent, evidence, links, requests, sessions, signatures
from tests import builders
from tests.builders import NOW, by_user
from workflows.stages import signature as stage
from workflows.stages.work import Tools

MACHINE = evidence.Machine("203.0.113.9", "Mozilla/5.0")
COUNTERPART = 2
PEOPLE = (0, 1, COUNTERPART)


@dataclass(frozen=True)
class Templates:
    """Two records to copy, with the same people: the agreement submitted, and out for signature."""

    settings: Settings
    files: Files
    submitted: Path
    sent: Path
    working: store.Store
    users: dict[str, int]
    agreement_id: int
    event_id: int


@dataclass
class Snapshot:
    """How the agreement stands in the record."""

    state: State
    round: int
    deadline: datetime | None
    answers: dict[int, SignatoryState]
    steps: list[Step]
    signatures: list[Signature]
    declined: list[int]
    whole: bool


def templates(folder: Path) -> Templates:
    """Make the two records under a folder."""
    settings = builders.settings_in(folder / "data")
    files = Files(settings.documents)
    working, submitted = folder / "sent.sqlite3", folder / "submitted.sqlite3"
    store.migrate(f"sqlite:///{working}")
    opened = store.open_store(f"sqlite:///{working}")
    with opened.write() as session:
        staff = builders.create_staff(session)
        both = builders.create_user(session, "ani", Role.REVIEWER, Role.MINISTRY)
        event = builders.create_event(session, staff.coordinator)
        builders.create_roster(session, event, staff.coordinator)
        agreement = builders.submit(session, builders.create_agreements(session, event, staff)[-1], staff)
        users = {name: getattr(staff, name).id for name in ("coordinator", "reviewer", "ministry", "second")}
    opened.close()  # the write-ahead log is folded in with the last connection
    shutil.copyfile(working, submitted)
    opened = store.open_store(f"sqlite:///{working}")
    with opened.write() as session:
        agreement = session.get_one(Agreement, agreement.id)
        builders.draw_up(session, builders.review(session, agreement, staff), files)
        builders.send(session, agreement, staff, settings)
    opened.close()
    users["both"] = both.id
    copied = store.open_store(f"sqlite:///{folder / 'working.sqlite3'}")
    return Templates(settings, files, submitted, working, copied, users, agreement.id, event.id)


class World:
    """The agreement of a copied record. `now` is the clock of everybody in it."""

    def __init__(self, made: Templates, start: Path, policy: Mapping[str, str]) -> None:
        self.made, self.store, self.now = made, made.working, NOW
        shutil.copyfile(start, str(self.store.engine.url.database))
        with self.store.write() as session:
            event = session.get_one(Agreement, made.agreement_id).event
            event.policy = {**event.policy, "signing": dict(policy)}

    def close(self) -> None:
        self.store.close()

    def by(self, who: str) -> By:
        return By(Actor.STAFF, user_id=self.made.users[who])

    def apply(self, name: str, by: By, key: str, reason: str | None = None) -> int:
        """Make a move and give the sequence of its step."""
        with self.store.write() as session:
            return moves.apply(session, self.made.agreement_id, moves.Asked(name, key, reason), by, self.now).sequence

    def submit(self) -> None:
        with self.store.write() as session:
            builders.submit(session, session.get_one(Agreement, self.made.agreement_id), self._staff(session), self.now)

    def draw_up_and_send(self) -> None:
        with self.store.write() as session:
            agreement, staff = session.get_one(Agreement, self.made.agreement_id), self._staff(session)
            builders.draw_up(session, agreement, self.made.files, self.now)
            builders.send(session, agreement, staff, self.made.settings, self.now)

    def look(self) -> str | None:
        """Let the worker look at the round and give the name of its move."""
        tools = Tools(self.store, self.made.files, self.made.settings, lambda: self.now, "worker", _none, _none)
        return stage.do(tools, self.made.agreement_id).did

    def link(self, at: int) -> int:
        with self.store.write() as session:
            found = links.live(session, self._officer(session, at), self.made.event_id)
            assert found is not None
            return found.id

    def replace_link(self, at: int) -> None:
        with self.store.write() as session:
            officer = self._officer(session, at)
            user, settings = by_user(session.get_one(User, self.made.users["coordinator"])), self.made.settings
            requests.replace_link(session, officer, self.made.event_id, user, settings=settings, now=self.now)

    def open(self, link_id: int, browser: str) -> int:
        """Open a folder with its link and a released code and give the id of the signer's session."""
        with self.store.write() as session:
            settings = self.made.settings
            link = links.find(session, links.token(settings, session.get_one(Link, link_id).id))
            code = codes.ask(session, link, browser, settings, self.now)
            second = session.get_one(User, self.made.users["second"])
            typed = codes.release(session, code.id, second, settings, self.now)
            used = codes.enter(session, browser, typed, settings, self.now).code
            assert used is not None
            token = sessions.open_session(session, used, settings, self.now)
            return sessions.check(session, token, settings, self.now).id

    def sign(self, session_id: int, key: str) -> str:
        """Sign in an open folder and give the receipt."""
        with self.store.write() as session:
            row = session.get_one(SignerSession, session_id)
            agreement = session.get_one(Agreement, self.made.agreement_id)
            said = consent.Said(consent.shown_sha256(session, agreement), consent.CONSENTS, key)
            settings, now = self.made.settings, self.now
            return consent.sign(session, row, agreement.id, said, machine=MACHINE, settings=settings, now=now).receipt

    def decline(self, session_id: int, key: str) -> None:
        with self.store.write() as session:
            row = session.get_one(SignerSession, session_id)
            consent.decline(session, row, self.made.agreement_id, "Belum sepakat", key=key, now=self.now)

    def callback(self, at: int, event_key: str) -> str:
        """Keep the signature a provider tells of, under the lock, and give the receipt."""
        with self.store.write() as session:
            agreement = store.locked(session, Agreement, self.made.agreement_id)
            assert agreement is not None
            signatory = guards.signatories(session, agreement)[at]
            sha256, by = consent.shown_sha256(session, agreement), By(Actor.PROVIDER)
            kept = signatures.keep(
                session, agreement, signatory, level="provider_uncertified", document_sha256=sha256,
                consent_version=consent.VERSION, evidence={"event": event_key}, by=by, key=event_key, now=self.now,
            )  # fmt: skip
            return kept.receipt

    def snapshot(self) -> Snapshot:
        with self.store.read() as session:
            agreement = session.get_one(Agreement, self.made.agreement_id)
            rows = guards.signatories(session, agreement)
            steps = audit.chain_of(session, agreement.code)
            return Snapshot(
                state=agreement.state,
                round=agreement.round,
                deadline=agreement.deadline_at,
                answers={place: row.state for place, row in enumerate(rows)},
                steps=steps,
                signatures=list(session.scalars(select(Signature))),
                declined=[row.id for row in rows if row.state is SignatoryState.DECLINED],
                whole=audit.first_broken(session, agreement.code) is None,
            )

    def _officer(self, session: Any, at: int) -> int:
        agreement = session.get_one(Agreement, self.made.agreement_id)
        return guards.signatories(session, agreement)[at].officer_id

    def _staff(self, session: Any) -> builders.Staff:
        names = ("coordinator", "reviewer", "ministry", "second")
        return builders.Staff(*(session.get_one(User, self.made.users[name]) for name in names))


def _none() -> Any:
    raise AssertionError("the signature stage needs neither LibreOffice nor the seal")

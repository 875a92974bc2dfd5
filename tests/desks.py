"""A desk in a test: the running door over a record, people who sign in, forms filled as the page shows them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from kdmp_core import access, follow_up, letters, plans, registry
from kdmp_core.agreements import following, moves, proposals
from kdmp_core.files import Files
from kdmp_core.follow_up import DeliveryFacts
from kdmp_core.records import Agreement, Link, User
from kdmp_core.settings import Settings
from kdmp_core.signing import codes
from kdmp_core.store import Store, open_store
from kdmp_core.workshops import accept
from tests import builders, records
from tests.builders import NOW, Staff, by_user
from webhooks.app import create_app

PASSWORD = "padi-menguning-di-sawah"
SHEET = Path(__file__).parents[1] / "examples" / "lokakarya_cianjur.xlsx"


@dataclass
class Desk:
    """A running door; its clock is set by hand."""

    store: Store
    settings: Settings
    staff: Staff
    clock: list[datetime] = field(default_factory=lambda: [NOW])

    def __post_init__(self) -> None:
        self.app = create_app(self.settings, store=self.store, now=lambda: self.clock[0])

    def __getstate__(self) -> dict[str, Any]:
        """Keep its people alone: `opened` gives them a record again."""
        return {"staff": self.staff}

    @property
    def files(self) -> Files:
        return Files(self.settings.documents)

    def sign_in(self, user: User) -> Worker:
        """Sign a member of staff in through the page."""
        client = self.app.test_client()
        answer = post(client, "/masuk", login=user.login, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return Worker(client)

    @property
    def coordinator(self) -> Worker:
        return self.sign_in(self.staff.coordinator)


@dataclass
class Worker:
    """Somebody signed in, with his browser."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def words(self, path: str) -> str:
        """Give what the page says."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:2000])
        return words(answer)

    def post(self, path: str, page: str = "", **fields: Any) -> TestResponse:
        return post(self.client, path, page, **fields)


def make_desk(store: Store, folder: Path) -> Desk:
    """Open a desk with four people who know their password."""
    settings = builders.settings_in(folder)
    with store.write() as session:
        staff = builders.create_staff(session)
        for user in (staff.coordinator, staff.reviewer, staff.ministry, staff.second):
            know_password(user)
    return Desk(store, settings, staff)


def know_password(user: User) -> None:
    """Give a user the password of the tests."""
    user.password_hash = access._hasher.hash(PASSWORD)
    user.must_change_password = False


def words(answer: TestResponse) -> str:
    """Give the words of a page's main part."""
    main = BeautifulSoup(answer.text, "lxml").main
    assert main is not None, answer.text[:500]
    return " ".join(main.get_text(" ").split())


def filled(answer: TestResponse, action: str) -> dict[str, Any]:
    """Give every field of the form with that action as a browser would send it untouched, buttons left out."""
    form: Any = BeautifulSoup(answer.text, "lxml").select_one(f'form[action="{action}"][method="post"]')
    assert form is not None, (action, answer.status_code, words(answer)[:1500])
    sent: dict[str, Any] = {}
    for item in form.select("input[name], textarea[name], select[name]"):
        if item.name == "select":
            chosen = item.select_one("option[selected]") or item.select_one("option")
            sent[item["name"]] = chosen["value"] if chosen else ""
        elif item.name == "textarea":
            sent[item["name"]] = item.get_text().removeprefix("\n")
        elif item.get("type") in {"checkbox", "radio"}:
            if item.has_attr("checked"):
                sent[item["name"]] = item["value"]
        elif item.get("type") != "file":
            sent[item["name"]] = item.get("value", "")
    return sent


def post(client: FlaskClient, path: str, page: str = "", **fields: Any) -> TestResponse:
    """Send a form from the page that shows it, with everything the page has filled in already."""
    return client.post(path, data={**filled(client.get(page or path), path), **fields})


@dataclass(frozen=True)
class Busy:
    """A desk with work at every stage: the Cianjur event, its plan, an agreement out for signature, a PKS in force."""

    desk: Desk
    event_id: int
    import_id: int
    draft: str
    sent: str
    framework: str
    contract: str
    pair: tuple[int, int]


def make_busy(desk: Desk) -> Busy:
    """Carry the Cianjur sheet through the record's own calls, to a desk with something on every page."""
    by = by_user(desk.staff.coordinator)
    with desk.store.write() as session:
        user = desk.staff.coordinator
        kept = accept.upload(session, desk.files, SHEET.read_bytes(), SHEET.name, user, NOW)
        rows = accept.outlook(session, desk.files, kept).decided.open
        answers = {row.key: {"decision": "accept", "reason": "Sudah ditanyakan kepada panitia."} for row in rows}
        accept.decide(session, kept.id, user, answers)
        event, _ = accept.accept(session, desk.files, kept.id, user, by, NOW)
        letters.open_register(session, event.id, "KDKMP-CIANJUR")
        for row in event.parties:
            officer = registry.signing_officer(session, row.party_id)
            assert officer is not None
            officer.office = officer.office or "Pimpinan Cabang"
            registry.confirm(session, officer.id, "in_person", by, NOW)
        plan = plans.make(session, event, by, NOW)
        drafts = proposals.propose_networks(session, event, by, NOW, plan_id=plan.id)
        sent = _send(session, desk, drafts[0])
        framework = _recorded(session, desk, drafts[1])
        supplier, buyer = framework.parties[0].party, framework.parties[-1].party
        lines = [
            {"commodity": "beras medium", "grade": "medium", "kg": 12_000, "price": 12_400, "tolerance_percent": 5}
        ]
        contract = following.propose_supply(session, framework, supplier, buyer, lines, by, NOW)
        _recorded(session, desk, contract)
        given = DeliveryFacts(NOW.date(), "beras medium", 4_020, 20, 12_400, "Truk pertama")
        follow_up.deliver(session, contract.id, given, "first-truck", by, NOW)
        link = session.scalars(select(Link).order_by(Link.id)).first()
        assert link is not None
        codes.ask(session, link, "browser", desk.settings, NOW)
        return Busy(
            desk, event.id, kept.id, drafts[2].code, sent.code, framework.code, contract.code, (supplier.id, buyer.id)
        )


def busy_in(template: Path, folder: Path) -> tuple[Path, Busy]:
    """Make a busy desk in a folder, to be copied from: its record is closed."""
    store = open_store(records.fresh(template, folder))
    made = make_busy(make_desk(store, folder / "data"))
    store.close()
    return folder, made


@contextmanager
def copied(made: Busy, before: Path, folder: Path) -> Iterator[Busy]:
    """Open a copy of a busy desk whose record in the folder before was closed; forget it at the end of the block."""
    shutil.copytree(before, folder)
    store = open_store(records.url_in(folder))
    try:
        yield opened(made, store, folder / "data")
    finally:
        store.close()


def opened(made: Busy, store: Store, data: Path) -> Busy:
    """Give a busy desk over a copy of its record and data."""
    return replace(made, desk=Desk(store, builders.settings_in(data), made.desk.staff))


def _send(session: Session, desk: Desk, agreement: Agreement) -> Agreement:
    staff = desk.staff
    builders.review(session, builders.submit(session, agreement, staff), staff)
    builders.draw_up(session, agreement, desk.files)
    builders.send(session, agreement, staff, desk.settings)
    return agreement


def _recorded(session: Session, desk: Desk, agreement: Agreement) -> Agreement:
    """Let the coordinator record an agreement from paper, and the second coordinator confirm it."""
    asked = moves.Asked("record", f"record:{agreement.code}")
    by = by_user(desk.staff.coordinator)
    follow_up.record_paper(session, desk.files, agreement.id, builders.blank_pdf(), NOW.date(), asked, by, NOW)
    asked = moves.Asked("confirm", f"confirm:{agreement.code}")
    follow_up.confirm_paper(session, agreement.id, asked, by_user(desk.staff.second), NOW)
    return agreement

"""A desk in a test: the running door over a record, people who sign in, forms filled as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kdmp_core import access
from kdmp_core.files import Files
from kdmp_core.records import User
from kdmp_core.settings import Settings
from kdmp_core.store import Store
from tests import builders
from tests.builders import NOW, Staff
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
    form: Any = BeautifulSoup(answer.text, "lxml").select_one(f'form[action="{action}"]')
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

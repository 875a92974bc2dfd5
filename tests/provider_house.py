"""A house with one signatory at a provider: record, HTTP door and the stand-in of DocuSeal, each as it really is.

The clock is the wall's (callbacks are bound to it); `later` moves the worker's alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pikepdf
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core.agreements import guards
from kdmp_core.files import Files
from kdmp_core.providers import connections, envelopes, invitations
from kdmp_core.records import Agreement, Callback, Document, Envelope, Message, Round, Signatory
from kdmp_core.settings import Settings
from kdmp_core.store import Store
from tests import builders
from tests.serving import serving
from tests.source import ROOT
from webhooks.app import create_app
from workflows.stages import WORKS, owed
from workflows.stages.work import Done, Tools

TEXT = "Kesepakatan ini ditandatangani di Cianjur oleh Para Pihak."
WORKED = ("callback", "provider", "invitation", "signature")


def paper(*lines: str) -> bytes:
    """Give a PDF with a line of text on each page."""
    file = pikepdf.new()
    for line in lines or (TEXT, "Halaman kedua: tanda tangan."):
        page = file.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        name = page.add_resource(font, pikepdf.Name.Font)
        page.contents_add(file.make_stream(f"BT {name} 12 Tf 72 700 Td ({line}) Tj ET".encode()))
    made = BytesIO()
    file.save(made)
    return made.getvalue()


@dataclass
class Standin:
    """The stand-in of DocuSeal as its own process."""

    base: str
    config: dict[str, object]
    client: httpx.Client

    def faults(self, *faults: str) -> None:
        self.client.post("/uji/faults", json={"faults": faults}).raise_for_status()

    def call_back(self, url: str) -> None:
        self.client.post("/uji/webhook", json={"url": url}).raise_for_status()

    def callbacks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/uji/callbacks").json()
        return found

    def sign(self, address: str) -> None:
        assert self.client.get(address).status_code == 200
        self.client.post(f"{address}/tanda-tangan", data={"setuju": "ya"})

    def decline(self, address: str, reason: str) -> None:
        assert self.client.get(address).status_code == 200
        self.client.post(f"{address}/tolak", data={"alasan": reason})

    def submissions(self) -> int:
        """How many submissions it has told of."""
        return sum(one["event"] == "submission.created" for one in self.callbacks())


@contextmanager
def standin(folder: Path, *words: str) -> Iterator[Standin]:
    """Run the stand-in until the end of the block; further words go to its command."""
    command = [sys.executable, "-m", "tests.standins.docuseal", "--state", str(folder), "--retry-seconds", "0.1"]
    command += words
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("TIRUAN DocuSeal untuk uji: http://127.0.0.1:")
            base = said.split(": ", 1)[1].strip()
            config = json.loads((folder / "connection.json").read_text("utf-8"))
            with httpx.Client(base_url=base, trust_env=False) as client:
                yield Standin(base, config, client)
        finally:
            process.kill()


@dataclass
class House:
    """An agreement whose counterpart signs at the provider."""

    store: Store
    settings: Settings
    files: Files
    standin: Standin
    sent: builders.Sent
    url: str = ""
    later: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    @property
    def hook(self) -> str:
        return f"{self.url}/hooks/docuseal/utama"

    def tools(self, worker: str = "w1") -> Tools:
        def never() -> Any:
            raise AssertionError("no stage of these tests prints or seals")

        return Tools(self.store, self.files, self.settings, self.now, worker, never, never)

    def work(self, tools: Tools | None = None) -> list[Done]:
        """Do all that is owed now, as the worker does it; give what was done."""
        tools = tools or self.tools()
        done: list[Done] = []
        works = [work for work in WORKS if work.name in WORKED]
        while True:
            taken = [item for work in works if (item := owed.take(tools, work)) is not None]
            if not taken:
                return done
            done += [owed.attempt(tools, item) for item in taken]

    def after(self, wait: timedelta) -> list[Done]:
        """Let time pass for the worker, then do what is owed."""
        self.later += wait
        return self.work()

    def heard(self, *events: str) -> None:
        """Wait until callbacks with these events (in any order) about the envelope stand in the record."""
        about = Callback.external_id == self.envelope().external_id
        ends, found = time.monotonic() + 10, list[str]()
        while time.monotonic() < ends:
            with self.store.read() as session:
                found = list(session.scalars(select(Callback.event).where(about)))
            if set(events) <= set(found):
                return
            time.sleep(0.02)
        raise AssertionError(f"came: {found}, wanted: {events}")

    def envelope(self) -> Envelope:
        with self.store.read() as session:
            return session.scalars(select(Envelope)).one()

    def agreement(self) -> Agreement:
        with self.store.read() as session:
            return session.get_one(Agreement, self.sent.agreement.id)

    def signatory(self, session: Session) -> Signatory:
        agreement = session.get_one(Agreement, self.sent.agreement.id)
        return next(row for row in guards.signatories(session, agreement) if row.method == "provider")

    def address(self) -> str:
        """Take the signing address as the worker of a gateway would: asked of the provider now."""
        with self.store.read() as session:
            message = session.scalars(select(Message).where(Message.kind == envelopes.INVITATION)).one()
            question = invitations.question(session, message.id, self.settings)
        assert question is not None
        return question.address()


def create_house(store: Store, folder: Path, standin: Standin, **changes: Any) -> House:
    """Make staff, event, parties, the agreement, the connection; the agreement was just sent. `changes` of settings."""
    now = datetime.now(UTC)
    settings = builders.settings_in(folder, **changes)
    files = Files(settings.documents)
    with store.write() as session:
        staff = builders.create_staff(session, now)
        event = builders.create_event(session, staff.coordinator, now)
        parties = builders.create_roster(session, event, staff.coordinator, now=now)
        builders.signing_officer(parties[-1]).email = "dadang@niaga.example"
        by = builders.by_user(staff.coordinator)
        connections.add(session, settings, "docuseal", "utama", standin.config, by=by, now=now)
        agreement = builders.create_agreement_drawn_up(session, event, staff, files, now, paper())
        agreement.parties[-1].method = "provider"
        where = (Round.agreement_id == agreement.id, Round.number == agreement.round)
        document = session.get_one(Document, session.scalars(select(Round.pdf_id).where(*where)).one())
        document.details = {
            "pages": 2,
            "anchors": {f"§{at:03d}": [2, 100, 100 * at, 300, 100 * at + 60] for at in (1, 2, 3)},
        }
        builders.send(session, agreement, staff, settings, now)
    return House(store, settings, files, standin, builders.Sent(agreement, event, staff, parties))


@contextmanager
def open_house(store: Store, folder: Path, standin: Standin, **changes: Any) -> Iterator[House]:
    """Make a house and open its door; the stand-in calls back there."""
    house = create_house(store, folder, standin, **changes)
    with serving(create_app(house.settings, store=store)) as url:
        house = replace(house, url=url)
        standin.call_back(house.hook)
        yield house
        standin.faults()

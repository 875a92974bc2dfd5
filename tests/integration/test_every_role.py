"""Every route that knows its visitor, asked as every role: who may look, who may change, and that a no changes nothing.

The lists are written by hand from design.md §3; a route that is in none of them fails.
"""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from kdmp_core import access, area_plans, papers, plans, registry
from kdmp_core.agreements import moves, own_drafts
from kdmp_core.filling import links
from kdmp_core.matching.area import Engine
from kdmp_core.records import (
    Agreement,
    Code,
    Delivery,
    Document,
    Event,
    Message,
    Party,
    PartyKind,
    Plan,
    Remark,
    Role,
    User,
)
from kdmp_core.records.columns import Base
from kdmp_core.store import open_store
from kdmp_core.workshops import accept
from mou_templates import adopting
from tests import builders, desks, edited, filling, records, tables
from tests import own_drafts as given
from tests.builders import NOW, REGENCY, SYSTEM
from tests.desks import SHEET, Busy

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.timeout(300)]

WHO = ("coordinator", "reviewer", "ministry", "pendamping", "auditor", "operator", "elsewhere")
"""`pendamping` helps two cooperatives of the event; `elsewhere` coordinates the regency next door."""

# What each of WHO is answered when he looks: 200 sees it, 403 knows of it but may not, 404 it is not there for him.
LOOKS = """
desk.today | 200 200 200 200 200 200 200
desk.password | 200 200 200 200 200 200 200
desk.list_events | 200 200 200 200 200 200 200
desk.agreements | 200 200 200 200 200 200 200
desk.areas | 200 200 200 200 200 200 200
desk.area | 200 200 200 404 200 404 404
desk.area_progress | 200 200 200 404 200 404 404
desk.links | 200 200 200 200 200 200 200
desk.codes | 200 200 200 200 200 200 200
desk.new_import | 200 200 200 200 200 200 200
desk.blank_sheet | 200 200 200 200 200 200 200
desk.users | 200 403 403 403 403 200 200
desk.templates | 200 200 200 403 200 403 200
desk.template_kind | 200 200 200 403 200 403 200
desk.template_form | 200 200 200 403 200 403 200
desk.template | 200 200 200 403 200 403 200
desk.template_file | 200 200 200 403 200 403 200
desk.template_sample | 200 200 200 403 200 403 200
desk.template_picture | 200 200 200 403 200 403 200
desk.event | 200 200 200 200 200 404 404
desk.checkin | 200 200 200 200 200 404 404
desk.filling | 200 200 200 200 200 404 404
desk.form_answer | 200 403 403 200 403 404 404
desk.add_cooperative_page | 200 403 403 403 403 404 404
desk.mapping | 200 200 200 200 200 404 404
desk.plan | 200 200 200 200 200 404 404
desk.pictures | 200 200 200 200 200 404 404
desk.all_sheets | 200 200 200 200 200 404 404
desk.party_sheet | 200 200 200 200 200 404 404
desk.choices_page | 200 403 200 403 403 404 404
desk.what_if | 200 403 200 403 403 404 404
desk.calendar_page | 200 200 200 200 200 404 404
desk.event_papers | 200 200 200 200 200 404 404
desk.papers_file | 200 200 200 200 200 404 404
desk.minutes_page | 200 403 403 403 403 404 404
desk.attendance_page | 200 403 403 403 403 404 404
desk.handover_page | 200 200 200 200 200 404 404
desk.power_page | 200 200 200 404 200 404 404
desk.paper | 200 200 200 200 200 404 404
desk.paper_file | 200 200 200 200 200 404 404
desk.settings | 200 403 403 403 403 404 404
desk.signatory | 200 403 403 200 403 404 404
desk.show_import | 200 404 404 404 404 404 404
desk.import_columns | 200 404 404 404 404 404 404
desk.agreement | 200 200 200 404 200 404 404
desk.words | 200 200 200 404 200 404 404
desk.terms_ | 200 200 200 404 200 404 404
desk.document | 200 200 200 404 200 404 404
desk.own_draft | 200 200 200 404 200 404 404
desk.own_draft_file | 200 200 200 404 200 404 404
desk.own_draft_picture | 200 200 200 404 200 404 404
desk.record_page | 200 200 200 404 200 404 404
desk.contract_page | 200 200 200 404 200 404 404
desk.numbers_page | 200 200 200 404 200 404 404
desk.addendum_page | 200 200 200 404 200 404 404
desk.accession_page | 200 200 200 404 200 404 404
desk.two_party_page | 200 200 200 200 200 404 404
desk.send_page | 200 200 200 404 200 404 404
api_events.index | 200 200 200 200 200 200 200
api_partnerships.index | 200 200 200 200 200 200 200
api_agreements.index | 200 200 200 200 200 200 200
api_agreements.feed | 200 200 200 200 200 200 200
api_events.read | 200 200 200 404 200 404 404
api_events.forms | 200 200 200 404 200 404 404
api_events.plan | 200 200 200 404 200 404 404
api_events.explanations | 200 200 200 404 200 404 404
api_events.views | 200 200 200 404 200 404 404
api_events.additions | 200 403 200 404 403 404 404
api_areas.plan | 200 200 200 404 200 404 404
api_areas.explanations | 200 200 200 404 200 404 404
api_areas.request | 200 200 200 404 200 404 404
api_imports.read | 200 404 404 404 404 404 404
api_partnerships.read | 200 200 200 404 200 404 404
api_agreements.read | 200 200 200 404 200 404 404
api_agreements.steps | 200 200 200 404 200 404 404
api_agreements.delivered | 200 200 200 404 200 404 404
api_agreements.document | 200 200 200 404 200 404 404
"""

# Who may change something; everybody else is refused and the record stays as it was to the last byte.
CHANGES = """
desk.save_signatory | coordinator pendamping
desk.save_settings | coordinator
desk.set_filling | coordinator
desk.reveal_form | coordinator pendamping
desk.decide_form | coordinator
desk.refuse_form | coordinator
desk.take_back_form | coordinator
desk.accept_form | coordinator
desk.add_cooperative | coordinator
desk.save_terms | coordinator
desk.make_plan | coordinator ministry
desk.choose | coordinator ministry
desk.choose_plan | coordinator ministry
desk.save_calendar | coordinator
desk.ask_area | coordinator ministry
desk.propose_networks | coordinator
desk.propose_pairs | coordinator
desk.upload | coordinator
desk.decide | coordinator
desk.accept_kind | coordinator
desk.confirm_columns | coordinator
desk.accept_import | coordinator
desk.answer_remark | coordinator
desk.bring_own_draft | coordinator
desk.choose_own_draft | coordinator
desk.put_own_draft_away | coordinator
desk.record | coordinator
desk.step | coordinator
desk.send | coordinator
desk.show_draft | coordinator
desk.send_link | coordinator pendamping
desk.release | coordinator reviewer ministry pendamping
desk.contract | coordinator
desk.contracts_of_plan | coordinator
desk.addendum | coordinator
desk.numbers | coordinator
desk.accession | coordinator
desk.two_party | coordinator pendamping
desk.deliver | coordinator pendamping
desk.ask_all_papers | coordinator
desk.ask_minutes | coordinator
desk.ask_attendance | coordinator
desk.ask_power | coordinator
desk.ask_handover | coordinator pendamping
desk.confirm_paper | coordinator pendamping
desk.reverse | coordinator pendamping
desk.add_user | coordinator operator elsewhere
desk.upload_template | coordinator reviewer ministry elsewhere
desk.publish_template | ministry
desk.withdraw_template | ministry
desk.reset_password | coordinator operator
desk.switch_user | coordinator operator
api_events.make | coordinator ministry
api_events.what_if | coordinator ministry
api_events.choose | coordinator ministry
api_areas.ask | coordinator ministry
api_areas.what_if | coordinator ministry
api_imports.upload | coordinator
api_imports.decide | coordinator
api_imports.take | coordinator
api_agreements.decide | coordinator
api_agreements.deliver | coordinator pendamping
"""
HIS_OWN = {"desk.change_password", "desk.sign_out"}
"""What changes nothing but the visitor's own way in."""


ABOUT_COLUMNS = {"desk.import_columns", "desk.confirm_columns"}
"""What is asked about a file of another shape."""
DELIVERY = {"delivered_on": "2026-11-24", "commodity": "beras medium", "gross_kg": 5_050, "tare_kg": 50}
HANDOVER = {"sacks": 80, "condition": "karung utuh", "parent_number": "01/PKS/XI/2026"}
HELPED = (1, 2)
"""The cooperatives of the pendamping: a code waits for the first, a link for the second."""
NOTES_ON_VISITS = {"kept_answers", "staff_sessions", "tallies"}


def table(text: str) -> dict[str, list[str]]:
    """Read one of the lists above."""
    rows = (line.split(" | ") for line in text.strip().splitlines())
    return {endpoint: cells.split() for endpoint, cells in rows}


def record(session: Session) -> str:
    """Hash every row there is but the notes on visits."""
    digest = hashlib.sha256()
    for one in Base.metadata.sorted_tables:
        if one.name not in NOTES_ON_VISITS:
            digest.update(repr(session.execute(select(one)).all()).encode())
    return digest.hexdigest()


@dataclass(frozen=True)
class Place:
    """A desk with work at every stage, and by endpoint: which agreement is meant, and what a whole form holds."""

    busy: Busy
    values: dict[str, int]
    people: dict[str, User]
    codes: dict[str, str]
    forms: dict[str, dict[str, Any]]


@dataclass
class Visitor:
    """Somebody of a role, signed in at the desk and with a token of the API."""

    place: Place
    worker: desks.Worker
    token: str

    def ask(self, endpoint: str, method: str) -> TestResponse:
        """Ask a route with everything it wants, a second after the one before."""
        desk = self.place.busy.desk
        desk.clock[0] += timedelta(seconds=1)
        app = desk.app
        (rule,) = (one for one in app.url_map.iter_rules(endpoint) if method in (one.methods or ()))
        code = self.place.codes.get(endpoint, self.place.busy.draft)
        known = {
            **self.place.values,
            "code": code,
            "move": "withdraw",
            "what": "pdf",
            "kind": edited.KIND,
            "name": "one",
            "area": REGENCY,
        }
        if endpoint in ABOUT_COLUMNS:
            known["import_id"] = self.place.values["table_id"]
        values = {name: known[name] for name in rule.arguments}
        address = app.url_map.bind("localhost").build(endpoint, values, method=method)
        given = self.place.forms.get(endpoint, {}) if method == "POST" else {}
        if endpoint.startswith("desk."):
            form = {"key": endpoint, **given} if method == "POST" else None
            return self.worker.client.open(address, method=method, data=_fresh(form))
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": endpoint}
        body = {"data": _fresh(given)} if "file" in given else {"json": given} if method == "POST" else {}
        return app.test_client().open(address, method=method, headers=headers, **body)


def _fresh(form: dict[str, Any] | None) -> dict[str, Any] | None:
    """Give a form whose file can be read once more."""
    if form is None:
        return None
    return {name: (io.BytesIO(one), "lembar.xlsx") if isinstance(one, bytes) else one for name, one in form.items()}


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Place]:
    """Everything there is to look at and to change, and one person of each role."""
    folder = tmp_path_factory.mktemp("roles")
    store = open_store(records.fresh(sqlite_template, folder))
    busy = desks.make_busy(desks.make_desk(store, folder / "data"))
    with store.write() as session:
        drawn_up, remark = _remarked(session, busy)
        people = _people(session, busy)
        values = _values(session, busy) | {"remark_id": remark} | _template(session, busy)
        values["table_id"] = _table(session, busy)
        values["paper_id"] = _handed_over(session, busy, values["delivery_id"])
        own = _brought(session, busy)
        filled = _filled(session, busy)
        plan = session.scalars(select(Plan)).one()
        event = session.get_one(Event, busy.event_id)
        by, choices = builders.by_user(busy.desk.staff.coordinator), plans.Choices(partners=2)
        pair = plans.result_of(plans.make(session, event, by, NOW, choices)).pairs[0]
        values["plan_id"] = plan.id
        scope = area_plans.find(REGENCY)
        found = area_plans.solve(area_plans.question(session, scope, None, Engine.HIGHS))
        made = area_plans.keep(session, found, {"cpu_ms": 1, "mb": 1}, by, NOW)
        area_plans.made(area_plans.ask(session, scope, None, by, NOW), made, NOW)
        village = next(one.area_code for one in session.scalars(select(Party)) if len(one.area_code) == 13)
    forms = _forms(busy, drawn_up, values, f"{pair.mill}:{pair.party}")
    forms |= {
        "desk.bring_own_draft": {"file": own},
        "desk.ask_area": {"baseline": "6.300"},
        "api_areas.ask": {"baseline_rupiah_per_kg": 6_400},
        "api_areas.what_if": {"village": village, "kg": 150_000},
        "desk.choose_own_draft": {"sha256": hashlib.sha256(own).hexdigest()},
        "desk.accept_form": {"sha256": filled},
        "desk.refuse_form": {"reason": ""},
        "desk.set_filling": {"act": "day", "until": "1-12-2026"},
        "desk.add_cooperative": {"kind": "kdmp", "area": "32.03.31.2003"},
    }
    place = Place(busy, values, people, _codes(busy, drawn_up), forms)
    store.close()
    return folder, place


def _remarked(session: Session, busy: Busy) -> tuple[str, int]:
    """Make an agreement that is drawn up and carries a remark of its reviewer."""
    staff = busy.desk.staff
    event = builders.create_event(session, staff.coordinator, NOW.replace(minute=1))
    builders.create_roster(session, event, staff.coordinator)
    made = builders.create_agreement_drawn_up(session, event, staff, busy.desk.files)
    said = moves.Asked("remark", "remark", reason="Pasal 3 belum jelas.")
    moves.apply(session, made.id, said, builders.by_user(staff.reviewer), NOW)
    row = Remark(
        agreement_id=made.id,
        round=made.round,
        at=NOW,
        user_id=staff.reviewer.id,
        article=3,
        text="Pasal 3 belum jelas.",
    )
    session.add(row)
    session.flush()
    return made.code, row.id


def _table(session: Session, busy: Busy) -> int:
    """Upload a table of another shape, its columns not confirmed yet."""
    data = tables.as_csv(tables.wide(tables.facts(random.Random(1), 2, REGENCY)))
    return accept.upload(session, busy.desk.files, data, "desa.csv", busy.desk.staff.coordinator, NOW).id


def _filled(session: Session, busy: Busy) -> str:
    """Let the pendamping's first cooperative send its form; give the hash of what it sent."""
    event, user = session.get_one(Event, busy.event_id), busy.desk.staff.coordinator
    shown = links.reveal(session, event, HELPED[0], user, busy.desk.settings, "filled", NOW)
    return str(filling.send_all(session, shown.address, NOW).sent_sha256)


def _template(session: Session, busy: Busy) -> dict[str, int]:
    """Upload a template by the second coordinator, with a sample to look at, ready to be published."""
    files = busy.desk.files
    found = edited.uploaded(session, files, busy.desk.staff.second, edited.with_word("niat baik"))
    picture = {"page": 1, "width": 744, "height": 1052, "sha256": files.put(b"picture")}
    edited.printed(session, found, pdf=files.put(builders.blank_pdf()), pictures=[picture])
    return {"template_id": found.id, "page": 1}


def _brought(session: Session, busy: Busy) -> bytes:
    """Bring a partner's own text for the draft, printed; give its bytes."""
    data = given.text_pdf(given.PLAIN)
    draft = session.scalars(select(Agreement).where(Agreement.code == busy.draft)).one()
    found = adopting.inspect(data, draft.kind).as_json()
    brought, asked = own_drafts.Brought(data, "naskah.pdf", found), moves.Asked("edit", "brought")
    by = builders.by_user(busy.desk.staff.coordinator)
    own_drafts.bring(session, busy.desk.files, draft.id, brought, asked, by, NOW)
    sha256 = hashlib.sha256(data).hexdigest()
    assert own_drafts.keep_print(draft, sha256, adopting.cleaned(data), found, busy.desk.files)
    return data


def _people(session: Session, busy: Busy) -> dict[str, User]:
    staff = busy.desk.staff
    people = {"coordinator": staff.coordinator, "reviewer": staff.reviewer, "ministry": staff.ministry}
    others = {
        "pendamping": (Role.PENDAMPING, REGENCY),
        "auditor": (Role.AUDITOR, REGENCY),
        "operator": (Role.OPERATOR, ""),
        "elsewhere": (Role.COORDINATOR, "32.04"),
    }
    for name, grant in others.items():
        user, _ = access.add_user(session, name, name, [grant], now=NOW, by=SYSTEM, party_ids=HELPED)
        desks.know_password(user)
        people[name] = user
    return people


def _values(session: Session, busy: Busy) -> dict[str, int]:
    """Give the ids that addresses name, of the pendamping's cooperatives where there is a choice."""
    code = session.scalars(select(Code)).one()
    second = registry.signing_officer(session, HELPED[1])
    assert second is not None
    where = (Message.kind == "invitation", Message.officer_id == second.id)
    invitation = session.scalars(select(Message.id).where(*where)).first()
    sent = session.scalars(select(Agreement).where(Agreement.code == busy.sent)).one()
    document = session.scalars(select(Document.id).where(Document.agreement_id == sent.id)).first()
    assert invitation is not None
    assert document is not None
    return {
        "event_id": busy.event_id,
        "party_id": HELPED[0],
        "number": HELPED[0],
        "import_id": busy.import_id,
        "partnership_id": sent.partnership_id,
        "document_id": document,
        "delivery_id": session.scalars(select(Delivery.id)).one(),
        "code_id": code.id,
        "message_id": invitation,
        "user_id": busy.desk.staff.second.id,
        "outsider_id": _outsider(session, busy),
    }


def _outsider(session: Session, busy: Busy) -> int:
    framework = session.scalars(select(Agreement).where(Agreement.code == busy.framework)).one()
    inside = {row.party_id for row in framework.parties}
    village = select(Party.id).where(Party.kind == PartyKind.KDMP, Party.area_code.startswith(REGENCY))
    return next(one for one in session.scalars(village) if one not in inside)


def _codes(busy: Busy, drawn_up: str) -> dict[str, str]:
    """Say which agreement each endpoint is asked about; the rest is asked about the draft."""
    named = {
        busy.sent: ("desk.document", "api_agreements.document", "api_agreements.decide"),
        busy.framework: (
            *("desk.contract", "desk.contract_page", "desk.contracts_of_plan", "desk.addendum", "desk.addendum_page"),
            *("desk.accession", "desk.accession_page"),
        ),
        busy.contract: (
            *("desk.deliver", "desk.reverse", "api_agreements.deliver"),
            *("desk.handover_page", "desk.ask_handover"),
        ),
        drawn_up: ("desk.send", "desk.send_page", "desk.answer_remark", "desk.show_draft"),
    }
    return {endpoint: code for code, endpoints in named.items() for endpoint in endpoints}


def _leaders() -> dict[str, str]:
    return {**_person("chair", "institution"), **_person("minute_taker", "institution")}


def _person(what: str, last: str) -> dict[str, str]:
    return {f"{what}-0-{name}": "Imas Mulyana" for name in ("name", "office", last)}


def _handed_over(session: Session, busy: Busy, delivery_id: int) -> int:
    """Make the handover note of the delivery, and give its id."""
    files, by = busy.desk.files, builders.by_user(busy.desk.staff.coordinator)
    paper = papers.ask_handover(session, delivery_id, HANDOVER, by, NOW)
    prepared = papers.prepare(session, paper.id, builders.PAPER, files, legal_review="trial")
    papers.finish(session, prepared, builders.blank_pdf(), 1, files, SYSTEM, NOW)
    return paper.id


def _forms(busy: Busy, drawn_up: str, values: dict[str, int], pair: str) -> dict[str, dict[str, Any]]:
    """Give what a coordinator would send, taken from his own pages where they fill it in."""
    sari = busy.desk.coordinator

    def page(address: str, action: str = "") -> dict[str, Any]:
        return desks.filled(sari.get(address), action or address)

    send = f"/meja/naskah/{drawn_up}/kirim"
    event, draft = f"/meja/acara/{busy.event_id}", f"/meja/naskah/{busy.draft}"
    pks = f"/meja/naskah/{busy.framework}/pks"
    supply = BeautifulSoup(sari.get(pks).text, "lxml").select_one('[name="pair"]')
    line = {
        "commodity": "beras medium",
        "grade": "medium",
        "kg": "2,5 ton",
        "price": "12.400",
        "tolerance_percent": "5",
    }
    return {
        "desk.save_signatory": {
            **page(f"{event}/hadir/{values['party_id']}"),
            "act": "save",
            "address": "Jalan Baru 1",
        },
        "desk.save_settings": page(f"{event}/setelan"),
        "desk.save_terms": {**page(f"{draft}/isi/ubah"), "subject": "Beras"},
        "desk.propose_pairs": {"pair": pair},
        "desk.contracts_of_plan": {"pair": supply["value"] if supply else ""},
        "desk.choose": {**page(f"{event}/rencana/pilihan"), "partners": "3"},
        "desk.save_calendar": page(f"{event}/rencana/kalender"),
        "desk.choose_plan": {"plan": str(values["plan_id"])},
        "desk.send": page(send),
        "desk.upload": {"sheet": SHEET.read_bytes()},
        "desk.confirm_columns": {**page(f"/meja/impor/{values['table_id']}/kolom"), "event": str(busy.event_id)},
        "desk.upload_template": {"file": edited.with_word("kemauan baik"), "note": "Istilah disesuaikan."},
        "desk.publish_template": {"confirmed": "yes"},
        "desk.record": {"signed_on": "23-11-2026", "scan": builders.blank_pdf()},
        "desk.contract": {
            **page(f"{pks}?supplier={busy.pair[0]}&buyer={busy.pair[1]}", pks),
            **{f"lines-0-{name}": value for name, value in line.items()},
        },
        "desk.addendum": {
            "reason": "panen mundur",
            "effective_on": "1-12-2026",
            "row-0-article": "7",
            "row-0-heading": "PELAKSANAAN",
            "row-0-old": "Enam bulan.",
            "row-0-new": "Delapan bulan.",
        },
        "desk.accession": {"party": str(values["outsider_id"])},
        "desk.two_party": {"first": str(busy.pair[0]), "second": str(busy.pair[1])},
        "desk.deliver": {**DELIVERY, "price": "12.400"},
        "desk.reverse": {f"reverse-{values['delivery_id']}-reason": "Salah timbang"},
        "desk.ask_minutes": {**page(f"{event}/berkas/berita-acara"), **_leaders()},
        "desk.ask_power": {**page(f"{draft}/kuasa"), **_person("agent", "address")},
        "desk.ask_handover": {**HANDOVER, "place": "Cianjur", "delivered_at": "gudang"},
        "desk.confirm_paper": {"scan": builders.blank_pdf()},
        "desk.answer_remark": {f"answer-{values['remark_id']}-reason": "Sudah jelas."},
        "desk.add_user": {"name": "Tuti", "login": "tuti", "role": "reviewer", "area": "32.04"},
        "api_events.what_if": {"partners": 3},
        "api_events.choose": {"partners": 3},
        "api_imports.upload": {"file": SHEET.read_bytes()},
        "api_imports.decide": {"decisions": {}},
        "api_agreements.decide": {"move": "recall", "reason": "Salah nama."},
        "api_agreements.deliver": {**DELIVERY, "price_rupiah_per_kg": 12_400},
    }


@pytest.fixture
def place(house: tuple[Path, Place], tmp_path: Path) -> Iterator[Place]:
    """The house, fresh for each test; forms are taken without their token."""
    folder, made = house
    with desks.copied(made.busy, folder, tmp_path / "house") as busy:
        yield replace(made, busy=busy)


def visit(place: Place, role: str) -> Visitor:
    desk, user = place.busy.desk, place.people[role]
    worker = desk.sign_in(user)
    with desk.store.write() as session:
        answers_for = session.get_one(User, user.id)
        made, secret = access.add_client(session, role, answers_for, ["read", "write"], now=NOW, by=SYSTEM)
        sent = {"client_id": made.client_id, "client_secret": secret}
    answer = desk.app.test_client().post("/v1/token", json=sent)
    assert answer.json is not None
    desk.app.config["WTF_CSRF_ENABLED"] = False  # the role is asked, not the form's age
    return Visitor(place, worker, answer.json["access_token"])


def test_every_route_that_knows_its_visitor_is_in_one_of_the_lists(place: Place) -> None:
    app = place.busy.desk.app
    guards = app.extensions["kdmp-guards"]
    asked: dict[str, set[str]] = {"GET": set(), "POST": set()}
    for rule in app.url_map.iter_rules():
        if guards.get(rule.endpoint.rpartition(".")[0]) in {"staff_only", "bearer_only"}:
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                asked[method].add(rule.endpoint)
    assert asked == {"GET": set(table(LOOKS)), "POST": {*table(CHANGES), *HIS_OWN}}


@pytest.mark.parametrize("role", WHO)
def test_every_page_and_answer_asked_as_every_role_and_looking_changes_nothing(place: Place, role: str) -> None:
    visitor = visit(place, role)
    expected = {endpoint: int(cells[WHO.index(role)]) for endpoint, cells in table(LOOKS).items()}
    with place.busy.desk.store.read() as session:
        before = record(session)
    assert {endpoint: visitor.ask(endpoint, "GET").status_code for endpoint in expected} == expected
    with place.busy.desk.store.read() as session:
        assert record(session) == before


@pytest.mark.parametrize("role", WHO)
def test_every_form_and_act_asked_as_every_role_and_a_no_changes_nothing(place: Place, role: str) -> None:
    visitor, store = visit(place, role), place.busy.desk.store
    for endpoint, may in table(CHANGES).items():
        with store.read() as session:
            before = record(session)
        status = visitor.ask(endpoint, "POST").status_code
        with store.read() as session:
            changed = record(session) != before
        if role in may:
            assert status in {200, 303, 409, 412, 422}, f"{endpoint}: {status}"
        else:
            assert (status in {403, 404}, changed) == (True, False), f"{endpoint}: {status}"

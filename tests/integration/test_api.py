"""The API as another system meets it: tokens, scopes, areas, keys, revisions, and one event from sheet to decision."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kdmp_core import access, tokens
from kdmp_core.agreements import proposals
from kdmp_core.files import Files
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, ApiClient, KeptAnswer, Plan, Role, SheetImport, Step, Tally, User
from kdmp_core.settings import Settings
from kdmp_core.store import Store
from kdmp_core.workshops import event as events
from tests import builders, sheets
from tests.builders import NOW, Staff
from tests.cianjur import WORKBOOK
from tests.serving import serving
from tests.source import ROOT
from webhooks.app import create_app

LIFE = timedelta(minutes=15)


@dataclass
class Api:
    """A running door whose clock is set by hand, and the people at the desk."""

    store: Store
    settings: Settings
    staff: Staff
    clock: list[datetime] = field(default_factory=lambda: [NOW])

    def __post_init__(self) -> None:
        self.app = create_app(self.settings, store=self.store, now=lambda: self.clock[0])
        self.secrets: dict[str, tuple[str, str]] = {}

    def secret(self, user: User, *scopes: str) -> tuple[str, str]:
        """Give id and secret of a client of that user."""
        scopes = scopes or ("read", "write")
        name = f"{user.login}:{','.join(scopes)}"
        if name not in self.secrets:
            with self.store.write() as session:
                made, secret = access.add_client(session, name, user, scopes, now=NOW, by=builders.SYSTEM)
                self.secrets[name] = (made.client_id, secret)
        return self.secrets[name]

    def ask_token(self, client_id: str, secret: str) -> TestResponse:
        return self.app.test_client().post("/v1/token", json={"client_id": client_id, "client_secret": secret})

    def token(self, user: User, *scopes: str) -> str:
        answer = self.ask_token(*self.secret(user, *scopes))
        assert answer.status_code == 200, answer.text
        assert answer.json is not None
        return str(answer.json["access_token"])

    def of(self, user: User, *scopes: str) -> Caller:
        return Caller(self.app.test_client(), self.token(user, *scopes))


@dataclass
class Caller:
    """A client with its token."""

    client: FlaskClient
    token: str

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, headers={"Authorization": f"Bearer {self.token}"}, **options)

    def post(
        self, path: str, body: Any = None, key: str | None = None, match: str = "", **options: Any
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        headers |= {"Idempotency-Key": key} if key is not None else {}
        headers |= {"If-Match": match} if match else {}
        if body is not None:
            options["json"] = body
        return self.client.post(path, headers=headers, **options)

    def upload(self, data: bytes, key: str, name: str = "lembar.xlsx") -> TestResponse:
        return self.post("/v1/imports", key=key, data={"file": (BytesIO(data), name)})


@pytest.fixture
def api(store: Store, tmp_path: Path) -> Api:
    prepared = builders.settings_in(tmp_path / "data")
    with store.write() as session:
        staff = builders.create_staff(session)
    return Api(store, prepared, staff)


def body(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.content_type == "application/problem+json"
    return answer.json


def propose(api: Api, cooperatives: int = 2) -> str:
    """Make an event with a roster and submit its network MoU; give the agreement's code."""
    with api.store.write() as session:
        event = builders.create_event(session, api.staff.coordinator)
        builders.create_roster(session, event, api.staff.coordinator, cooperatives)
        made = builders.create_agreements(session, event, api.staff)[-1]
        return builders.submit(session, made, api.staff).code


def count(api: Api, kind: Any) -> int:
    with api.store.read() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


# Tokens


def test_a_wrong_secret_is_counted_and_after_eight_the_door_waits(api: Api) -> None:
    client_id, secret = api.secret(api.staff.coordinator)
    for _ in range(access.SIGN_IN_LIMIT):
        assert body(api.ask_token(client_id, "wrong"), 401)["code"] == "api.client_unknown"
    with api.store.read() as session:
        assert session.scalar(select(Tally.count).where(Tally.kind == "client")) == access.SIGN_IN_LIMIT
    refused = api.ask_token(client_id, secret)
    body(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= access.SIGN_IN_WINDOW.total_seconds() + 1
    api.clock[0] += access.SIGN_IN_WINDOW
    body(api.ask_token(client_id, secret))


def test_an_unknown_client_is_refused_like_a_wrong_secret(api: Api) -> None:
    wrong, unknown = (api.ask_token(name, "x") for name in (api.secret(api.staff.coordinator)[0], "kc_nobody"))
    assert body(wrong, 401) == body(unknown, 401)


def test_a_token_lives_to_the_second_before_its_end(api: Api) -> None:
    caller = api.of(api.staff.coordinator)
    api.clock[0] = NOW + LIFE - timedelta(seconds=1)
    body(caller.get("/v1/events"))
    api.clock[0] = NOW + LIFE
    body(caller.get("/v1/events"), 401)


@pytest.mark.database("sqlite")
def test_forged_foreign_and_missing_tokens_are_refused(api: Api) -> None:
    token = api.token(api.staff.coordinator)
    head, payload, signature = token.split(".")
    claims = {"iss": "kdmp", "aud": "kdmp-api", "sub": "1", "jti": "x"}
    foreign = tokens.Keys({"k1": b"\x01" * 32}, active="k1")
    ours = tokens.Keys({"k1": api.settings.key("token")}, active="k1")
    forged = [
        tokens.issue(foreign, tokens.TokenType.API, claims, NOW, LIFE),
        tokens.issue(ours, tokens.TokenType.SIGNER, claims, NOW, LIFE),
        tokens.issue(ours, tokens.TokenType.API, {**claims, "aud": "other"}, NOW, LIFE),
        tokens.issue(ours, tokens.TokenType.API, {**claims, "sub": "999"}, NOW, LIFE),
        tokens.issue(ours, tokens.TokenType.API, {**claims, "sub": "9" * 40}, NOW, LIFE),
        tokens.issue(ours, tokens.TokenType.API, {**claims, "sub": "me"}, NOW, LIFE),
        f"{head}.{payload}.{signature[::-1]}",
        f"{head}.{payload}.",
        token + "x",
        "x",
        "",
    ]
    for one in forged:
        answer = Caller(api.app.test_client(), one).get("/v1/events")
        body(answer, 401)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="kdmp"'
    body(api.app.test_client().get("/v1/events", headers={"Authorization": f"Basic {token}"}), 401)


def test_a_client_that_was_switched_off_is_out_at_once(api: Api) -> None:
    caller = api.of(api.staff.coordinator)
    with api.store.write() as session:
        session.scalars(select(ApiClient)).one().active = False
    body(caller.get("/v1/events"), 401)


def test_a_client_that_may_only_read_cannot_write(api: Api) -> None:
    code = propose(api)
    reader = api.of(api.staff.reviewer, "read")
    body(reader.get(f"/v1/agreements/{code}"))
    answer = reader.post(f"/v1/agreements/{code}/decisions", {"move": "endorse"}, key="a")
    assert body(answer, 403)["code"] == "tokens.scope"
    writer = api.of(api.staff.reviewer, "write")
    body(writer.get(f"/v1/agreements/{code}"), 403)


def test_what_lies_outside_the_area_is_not_there(api: Api) -> None:
    code = propose(api)
    with api.store.write() as session:
        stranger = builders.create_user(session, "tono", Role.COORDINATOR, area="33.01")
        agreement = session.scalars(select(Agreement)).one()
        event_id, partnership_id = agreement.event_id, agreement.partnership_id
    caller = api.of(stranger)
    for path in (
        f"agreements/{code}", f"agreements/{code}/steps", f"agreements/{code}/deliveries", "documents/1",
        f"events/{event_id}", f"events/{event_id}/plan", f"partnerships/{partnership_id}", "imports/1",
    ):  # fmt: skip
        body(caller.get(f"/v1/{path}"), 404)
    body(caller.post(f"/v1/agreements/{code}/decisions", {"move": "recall"}, key="a"), 404)
    body(caller.post(f"/v1/events/{event_id}/plans", key="a"), 404)
    assert body(caller.get("/v1/agreements"))["agreements"] == []
    assert body(caller.get("/v1/partnerships"))["partnerships"] == []
    assert body(caller.get("/v1/events"))["events"] == []
    assert body(caller.get("/v1/steps"))["steps"] == []


# Decisions


def test_two_levels_decide_and_nobody_decides_twice(api: Api) -> None:
    code = propose(api)
    path = f"/v1/agreements/{code}/decisions"
    reviewer, ministry, drafter = (
        api.of(user) for user in (api.staff.reviewer, api.staff.ministry, api.staff.coordinator)
    )
    body(drafter.post(path, {"move": "endorse"}, key="d1"), 403)
    body(ministry.post(path, {"move": "approve"}, key="m0"), 409)
    assert body(reviewer.post(path, {"move": "endorse"}, key="r1"))["state"] == "endorsed"
    body(reviewer.post(path, {"move": "approve"}, key="r2"), 403)
    after = body(ministry.post(path, {"move": "approve"}, key="m1"))
    assert (after["state"], after["owes"]) == ("approved", ["system"])
    chain = body(drafter.get(f"/v1/agreements/{code}/steps"))
    assert [step["move"] for step in chain["steps"]] == ["propose", "submit", "endorse", "approve"]
    assert chain["whole"] is True


def test_one_who_holds_both_grants_reviews_one_level_only(api: Api) -> None:
    code = propose(api)
    with api.store.write() as session:
        both = builders.create_user(session, "tuti", Role.REVIEWER, Role.MINISTRY)
    caller = api.of(both)
    path = f"/v1/agreements/{code}/decisions"
    body(caller.post(path, {"move": "endorse"}, key="1"))
    body(caller.post(path, {"move": "approve"}, key="2"), 403)


def test_a_return_wants_its_reason(api: Api) -> None:
    path = f"/v1/agreements/{propose(api)}/decisions"
    reviewer = api.of(api.staff.reviewer)
    body(reviewer.post(path, {"move": "return"}, key="1"), 422)
    body(reviewer.post(path, {"move": "return", "reason": "Pasal 3\u0000"}, key="2"), 422)
    assert (
        body(reviewer.post(path, {"move": "return", "reason": "Pasal 3 belum lengkap."}, key="1"))["state"]
        == "returned"
    )


def test_a_decision_on_what_somebody_changed_is_refused(api: Api) -> None:
    code = propose(api)
    reviewer = api.of(api.staff.reviewer)
    read = reviewer.get(f"/v1/agreements/{code}")
    etag = read.headers["ETag"]
    path = f"/v1/agreements/{code}/decisions"
    body(reviewer.post(path, {"move": "endorse"}, key="1", match='"999"'), 412)
    body(reviewer.post(path, {"move": "endorse"}, key="2", match="*"), 422)
    body(reviewer.post(path, {"move": "endorse"}, key="3", match="9" * 400), 422)
    after = body(reviewer.post(path, {"move": "endorse"}, key="4", match=etag))
    assert f'"{after["revision"]}"' != etag


@pytest.mark.database("sqlite")
def test_members_and_moves_that_are_not_known_are_named(api: Api) -> None:
    path = f"/v1/agreements/{propose(api)}/decisions"
    reviewer = api.of(api.staff.reviewer)
    problem = body(reviewer.post(path, {"move": "seal", "by": 1}, key="1"), 422)
    assert {error["pointer"] for error in problem["errors"]} == {"/move", "/by"}
    broken = reviewer.post(path, key="1", data=b"{", content_type="application/json")
    body(broken, 400)


# Idempotency-Key


def test_a_key_is_asked_for_and_answers_the_same_request_once(api: Api) -> None:
    code = propose(api)
    reviewer = api.of(api.staff.reviewer)
    path = f"/v1/agreements/{code}/decisions"
    assert body(reviewer.post(path, {"move": "endorse"}), 400)["code"] == "api.key_missing"
    body(reviewer.post(path, {"move": "endorse"}, key="k" * 201), 400)
    first = reviewer.post(path, {"move": "endorse"}, key="same")
    second = reviewer.post(path, {"move": "endorse"}, key="same")
    assert body(first) == body(second)
    assert count(api, Step) == 3 + _house_steps(api)
    other = reviewer.post(path, {"move": "return", "reason": "x"}, key="same")
    assert body(other, 422)["code"] == "api.key_of_another"


def _house_steps(api: Api) -> int:
    with api.store.read() as session:
        return session.scalar(select(func.count()).select_from(Step).where(Step.agreement_id.is_(None))) or 0


def test_a_refused_request_keeps_nothing_and_may_be_mended(api: Api) -> None:
    path = f"/v1/agreements/{propose(api)}/decisions"
    reviewer = api.of(api.staff.reviewer)
    body(reviewer.post(path, {"move": "approve"}, key="a"), 409)
    assert count(api, KeptAnswer) == 0
    body(reviewer.post(path, {"move": "endorse"}, key="a"))


def test_the_key_of_one_client_is_not_that_of_another(api: Api) -> None:
    path = f"/v1/agreements/{propose(api)}/decisions"
    body(api.of(api.staff.reviewer).post(path, {"move": "endorse"}, key="1"))
    assert body(api.of(api.staff.ministry).post(path, {"move": "approve"}, key="1"))["state"] == "approved"


def test_two_at_once_have_one_effect(api: Api) -> None:
    code = propose(api)
    token = api.token(api.staff.reviewer)
    start, statuses = threading.Barrier(4), []

    def ask() -> None:
        caller = Caller(api.app.test_client(), token)
        start.wait()
        statuses.append(caller.post(f"/v1/agreements/{code}/decisions", {"move": "endorse"}, key="one").status_code)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 409}
    assert 200 in statuses
    with api.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Step).where(Step.move == "endorse")) == 1


def test_a_request_whose_process_died_is_taken_over_by_its_retry(api: Api) -> None:
    code = propose(api)
    reviewer = api.of(api.staff.reviewer)
    path = f"/v1/agreements/{code}/decisions"
    sent = b'{"move": "endorse"}'
    with api.store.write() as session:
        caller = session.scalars(select(ApiClient.id)).one()
        session.add(
            KeptAnswer(
                caller=str(caller),
                route=f"POST {path}",
                key=f"api:{caller}:k",
                created_at=NOW,
                request_sha256=hashlib.sha256(sent).hexdigest(),
            )
        )
    ask: Callable[[], TestResponse] = lambda: reviewer.post(path, key="k", data=sent, content_type="application/json")  # noqa: E731
    assert body(ask(), 409)["code"] == "api.under_way"
    api.clock[0] += timedelta(minutes=1)
    assert body(ask())["state"] == "endorsed"


# Lists, steps, documents


def test_the_feed_is_followed_page_by_page_without_a_hole(api: Api) -> None:
    propose(api)
    caller = api.of(api.staff.coordinator)
    seen, after = [], 0
    while True:
        page = body(caller.get(f"/v1/steps?after={after}&limit=1"))
        if not page["steps"]:
            break
        seen += page["steps"]
        after = page["next"]
    assert [step["move"] for step in seen] == ["propose", "submit"]
    assert body(caller.get(f"/v1/steps?after={after}")) == {"steps": [], "next": after}
    assert not {"reason", "user_id", "officer_id", "details"} & seen[0].keys()
    for wrong in ("after=-1", "limit=0", "limit=201", "after=x", f"after={2**31}", "page=2"):
        body(caller.get(f"/v1/steps?{wrong}"), 422)


def test_agreements_are_listed_by_page_event_and_state(api: Api) -> None:
    with api.store.write() as session:
        made = []
        for day in range(3):
            at = NOW + timedelta(days=day)
            event = builders.create_event(session, api.staff.coordinator, at)
            builders.create_roster(session, event, api.staff.coordinator, now=at)
            made += builders.create_agreements(session, event, api.staff, at)
        builders.submit(session, made[0], api.staff)
    caller = api.of(api.staff.coordinator)
    first = body(caller.get("/v1/agreements?limit=2"))
    rest = body(caller.get(f"/v1/agreements?limit=2&after={first['next']}"))
    assert [found["code"] for found in first["agreements"] + rest["agreements"]] == [found.code for found in made]
    assert rest["next"] is None
    assert [found["state"] for found in body(caller.get("/v1/agreements?state=submitted"))["agreements"]] == [
        "submitted"
    ]
    assert body(caller.get("/v1/agreements?state=nothing"))["agreements"] == []
    assert len(body(caller.get(f"/v1/agreements?event={made[1].event_id}"))["agreements"]) == 1
    partners = body(caller.get("/v1/partnerships?limit=2"))
    assert partners["partnerships"][0]["agreements"] == [made[0].code]
    assert len(body(caller.get(f"/v1/partnerships?after={partners['next']}"))["partnerships"]) == 1


def test_a_document_comes_as_its_bytes_with_their_hash(api: Api) -> None:
    with api.store.write() as session:
        event = builders.create_event(session, api.staff.coordinator)
        builders.create_roster(session, event, api.staff.coordinator)
        files = Files(api.settings.documents)
        code = builders.create_agreement_drawn_up(session, event, api.staff, files).code
    caller = api.of(api.staff.coordinator)
    found = body(caller.get(f"/v1/agreements/{code}"))
    assert found["state"] == "drawn_up"
    assert {row["kind"] for row in found["documents"]} == {"word", "pdf"}
    for row in found["documents"]:
        answer = caller.get(f"/v1/documents/{row['id']}")
        assert answer.status_code == 200
        assert hashlib.sha256(answer.data).hexdigest() == row["sha256"]
        assert answer.headers["ETag"] == f'"{row["sha256"]}"'
        assert answer.content_type == row["media_type"]
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_delivery_waits_for_its_pks(api: Api) -> None:
    path = f"/v1/agreements/{propose(api)}/deliveries"
    caller = api.of(api.staff.coordinator)
    weighed = {
        "delivered_on": "2026-11-20", "commodity": "GKP", "gross_kg": 1000, "tare_kg": 20, "price_rupiah_per_kg": 6700,
    }  # fmt: skip
    assert body(caller.get(path)) == {"deliveries": []}
    body(caller.post(path, weighed, key="1"), 409)
    for wrong in ({"gross_kg": 1000.5}, {"gross_kg": "1000"}, {"tare_kg": -1}, {"delivered_on": "kemarin"}):
        body(caller.post(path, {**weighed, **wrong}, key="2"), 422)
    assert count(api, KeptAnswer) == 0


# From the sheet to the decisions


def _chosen_by_the_api(api: Api, caller: Caller, event: int, plan: dict[str, Any]) -> None:
    """Explain, ask what would be, choose, and go back by asking the first question again."""
    path = f"/v1/events/{event}/plan"
    told = body(caller.get(f"{path}/explanations"))
    assert told["plan"] == plan["id"]
    assert len(told["flows"]) == len(plan["result"]["flows"])
    assert all(line["why"] for line in told["flows"])
    assert all(line["code"] and line["row"] for line in told["unmet"])
    assert sum(line["value_milli"] for line in told["standings"]) == plan["result"]["value_milli"]
    seen = body(caller.get(f"{path}/views"))
    assert {party["key"] for party in seen["parties"]} == {role["party"] for role in seen["roles"]}
    sold = sum(flow["kg_gkp"] for flow in plan["result"]["flows"])
    assert sum(one["kg"] for one in seen["streams"] if one["buyer"]) == seen["effects"]["plan"]["sold"] == sold
    assert sum(cell["kg"] for cell in seen["matrix"] if cell["bought"]) == sold
    flow = plan["result"]["flows"][0]
    refused = {"forbidden": [{"party": flow["party"], "counterpart": flow["buyer"]}], "partners": 3}
    asked = body(caller.post(f"{path}/what-if", refused))
    assert asked["value_rupiah"] <= plan["value_rupiah"]
    assert asked["changes"]["value_before"] == plan["value_rupiah"]
    assert "forbidden" in {change["why"] for change in asked["changes"]["flows"]}
    assert count(api, Plan) == 1
    chosen = body(caller.post(f"{path}/choices", refused, key="choose"))
    assert (chosen["value_rupiah"], chosen["current"]) == (asked["value_rupiah"], True)
    assert body(caller.post(f"{path}/choices", refused, key="choose")) == chosen
    assert body(caller.get(f"{path}/explanations"))["choices"]["forbidden"] == refused["forbidden"]
    pin = {"party": flow["party"], "counterpart": flow["buyer"], "kg": 90_000_000}
    answer = body(caller.post(f"{path}/what-if", {"pinned": [pin]}), 409)
    assert f"{flow['party']}>{flow['buyer']}" in str(answer)
    body(caller.post(f"{path}/what-if", {"quantities": {"no row": 5}}), 422)
    body(caller.post(f"{path}/what-if", {"forbidden": [{"party": "nobody", "counterpart": "1"}]}), 422)
    body(caller.post(f"{path}/what-if", {"partners": -1}), 422)
    times = {"periods": [[1, 2, 3, 4], [5, 6, 7, 8]], "stores": [{"kg": 10_000}], "spreads": {flow["rows"][0]: [0, 1]}}
    asked = body(caller.post(f"{path}/what-if", times))
    assert (asked["value_rupiah"] < plan["value_rupiah"], asked["result"]["periods"]) == (True, times["periods"])
    assert {"periods"} & {change["why"] for change in asked["changes"]["flows"]}
    body(caller.post(f"{path}/what-if", {"stores": [{"kg": 10_000}]}), 422)
    body(caller.post(f"{path}/what-if", {**times, "periods": [[1, 1]]}), 422)
    body(caller.post(f"{path}/what-if", {"unknown": 1}), 422)
    assert body(caller.post(f"/v1/events/{event}/plans", key="back"))["id"] == plan["id"]
    _added_by_the_api(caller, path, plan["value_rupiah"])


def _added_by_the_api(caller: Caller, path: str, value: int) -> None:
    """Read what would bring most, ask for the first of it, and be refused what cannot be added."""
    most = body(caller.get(f"{path}/additions"))
    assert (most["value_rupiah"], len(most["additions"])) == (value, 5)
    assert most["together_rupiah"] >= most["additions"][0]["value_rupiah"]
    first = {name: most["additions"][0][name] for name in ("kind", "place", "kg", "price", "goods")}
    asked = body(caller.post(f"{path}/what-if", {"additions": [first]}))
    assert asked["value_rupiah"] == value + most["additions"][0]["value_rupiah"]
    assert asked["gap_milli"] == 0
    assert "added" in {change["why"] for change in asked["changes"]["flows"]}
    refusals: tuple[tuple[dict[str, object], str], ...] = (
        ({"place": "Cihae"}, "areas.no_place"),
        ({"kind": "buyer", "price": 6_000, "goods": "gkp"}, "matching.below_floor"),
        ({"kind": "buyer", "price": 60, "goods": "rice_medium"}, "whatif.price_unlikely"),
        ({"kind": "dryer", "place": "32.01"}, "matching.no_mill"),
        ({"kind": "ship"}, ""),
        ({"kg": 0}, ""),
    )
    for wrong, code in refusals:
        assert code in str(body(caller.post(f"{path}/what-if", {"additions": [{**first, **wrong}]}), 422))


def test_an_event_goes_from_its_sheet_to_reviewed_agreements(api: Api) -> None:
    caller = api.of(api.staff.coordinator)
    sheet = sheets.workbook(sheets.regency_sheet(builders.REGENCY, 7))
    uploaded = body(caller.upload(sheet, "up"))
    assert body(caller.upload(sheet, "up")) == uploaded, "a retry draws another boundary"
    assert count(api, SheetImport) == 1
    assert (uploaded["accepted_at"], uploaded["rejected"]) == (None, 0)
    path = f"/v1/imports/{uploaded['id']}"
    answers = {row["key"]: {"decision": "accept", "reason": "Sudah ditanyakan."} for row in uploaded["open"]}
    body(caller.post(f"{path}/decisions", {"decisions": answers}))
    taken = body(caller.post(f"{path}/acceptance", key="take"))
    assert taken["accepted_at"] is not None
    assert taken["changes"] == 0
    event = taken["event_id"]
    assert body(caller.get(path))["event_id"] == event
    body(caller.get(f"/v1/events/{event}/plan"), 404)
    plan = body(caller.post(f"/v1/events/{event}/plans", key="plan"))
    assert plan["current"] is True
    assert plan["value_rupiah"] >= plan["greedy_rupiah"]
    assert plan["baseline_rupiah_per_kg"] == 6_400
    again = body(caller.post(f"/v1/events/{event}/plans", key="plan again"))
    assert again["id"] == plan["id"]
    assert count(api, Plan) == 1
    assert body(caller.get(f"/v1/events/{event}/plan")) == again
    _chosen_by_the_api(api, caller, event, plan)
    with api.store.write() as session:
        found = events.find(session, event)
        made = proposals.propose_networks(
            session, found, builders.by_user(api.staff.coordinator), NOW, plan_id=plan["id"]
        )
        codes = [agreement.code for agreement in made]
    assert [one["code"] for one in body(caller.get(f"/v1/agreements?event={event}"))["agreements"]] == codes
    assert all(body(caller.get(f"/v1/agreements/{code}"))["plan_id"] == plan["id"] for code in codes)
    assert (
        body(caller.post(f"/v1/agreements/{codes[0]}/decisions", {"move": "withdraw"}, key="w"))["state"] == "withdrawn"
    )


def test_somebody_elses_import_is_not_there(api: Api) -> None:
    sheet = sheets.workbook(sheets.regency_sheet(builders.REGENCY, 7))
    made = body(api.of(api.staff.coordinator).upload(sheet, "up"))
    other = api.of(api.staff.second)
    body(other.get(f"/v1/imports/{made['id']}"), 404)
    body(other.post(f"/v1/imports/{made['id']}/acceptance", key="x"), 404)


@pytest.mark.database("sqlite")
def test_what_is_no_workbook_is_refused_with_its_reason(api: Api) -> None:
    caller = api.of(api.staff.coordinator)
    body(caller.upload(b"not a workbook", "1"), 422)
    body(caller.post("/v1/imports", key="2", data={"other": "x"}), 400)
    large = {"data": b"x" * (13 * 1024 * 1024), "content_type": "multipart/form-data; boundary=x"}
    body(caller.post("/v1/imports", key="3", **large), 413)
    body(api.of(api.staff.reviewer).upload(sheets.workbook(sheets.regency_sheet(builders.REGENCY, 7)), "4"), 403)
    assert count(api, SheetImport) == count(api, KeptAnswer) == 0


@pytest.mark.database("sqlite")
def test_the_cianjur_sheet_names_its_doubtful_rows(api: Api) -> None:
    found = body(api.of(api.staff.coordinator).upload(WORKBOOK.read_bytes(), "up", WORKBOOK.name))
    assert found["good"] + found["doubtful"] + found["rejected"] == 126
    assert found["open"]
    for row in found["open"]:  # a good row there waits for its party
        assert (row["findings"] == []) == (row["status"] == "good"), row


# The description


@pytest.mark.database("sqlite")
def test_the_description_is_openapi_3_1_and_knows_every_route_with_its_security(api: Api) -> None:
    told = body(api.app.test_client().get("/v1/openapi.json"))
    assert told["openapi"].startswith("3.1")
    assert told["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    guards = api.app.extensions["kdmp-guards"]
    for rule in api.app.url_map.iter_rules():
        guard = guards.get(rule.endpoint.rpartition(".")[0])
        if not rule.rule.startswith("/v1/") or rule.endpoint == "openapi.spec":
            continue
        path = rule.rule.replace("int:", "").replace("<", "{").replace(">", "}")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            described = told["paths"][path][method.lower()]
            assert described["summary"], path
            assert (described.get("security") == [{"bearer": []}]) == (guard == "bearer_only"), path
    assert "Traceback" not in str(told)


@pytest.mark.database("sqlite")
def test_the_guide_runs_as_it_is_written(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "lokakarya.xlsx").write_bytes(sheets.workbook(sheets.regency_sheet(builders.REGENCY, 7)))
    client_id, secret = api.secret(api.staff.coordinator)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    with serving(api.app) as url:
        program = program.replace("http://127.0.0.1:8080", url)
        try:
            exec(program.replace('sign_in("kc_…", "…")', f'sign_in("{client_id}", "{secret}")'), names)  # noqa: S102 (our own page)
        finally:
            if "api" in names:
                names["api"].close()
    assert count(api, Plan) == 1


@pytest.mark.database("sqlite")
def test_the_guide_names_every_address(api: Api) -> None:
    guide = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
    told = body(api.app.test_client().get("/v1/openapi.json"))
    for path in told["paths"]:
        if path.startswith("/v1/"):
            last = path.rpartition("/")[2]
            assert last.startswith("{") or last in guide, path


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_route_breaks_on_rubbish_from_a_client_with_a_token(api: Api, data: st.DataObject) -> None:
    caller = Caller(api.app.test_client(), api.token(api.staff.coordinator))
    known = st.sampled_from(["\x00", "1", "9" * 12, "K-2026-000001"])
    text = st.text(st.characters(), max_size=12) | known
    sent = st.text(max_size=12) | known  # no client can put a lone surrogate in an address
    members = st.dictionaries(
        st.sampled_from(["move", "reason", "decisions", "delivered_on", "commodity", "gross_kg", "x"]),
        st.recursive(
            st.none() | st.integers() | text | st.just("endorse"), lambda one: st.dictionaries(text, one, max_size=2)
        ),
        max_size=5,
    )
    rules = [rule for rule in api.app.url_map.iter_rules() if rule.rule.startswith("/v1/")]
    rule = data.draw(st.sampled_from(rules))
    path = rule.rule
    while "<" in path:
        given_text = data.draw(sent).replace("?", "").replace("#", "").replace("<", "")
        path = path[: path.index("<")] + given_text + path[path.index(">") + 1 :]
    query = data.draw(st.dictionaries(st.sampled_from(["after", "limit", "state", "event"]), sent, max_size=3))
    if "POST" in (rule.methods or set()):
        answer = caller.post(path, data.draw(members), key="fuzz")
    else:
        answer = caller.get(path, query_string=query)
    assert answer.status_code < 500, f"{path!r}: {answer.text[:300]}"


def test_states_of_the_api_are_those_of_the_table(api: Api) -> None:
    found = body(api.of(api.staff.coordinator).get(f"/v1/agreements/{propose(api)}"))
    assert found["state"] in set(State)
    assert "recall" in found["moves"]
    assert not {"endorse", "approve", "seal"} & set(found["moves"])

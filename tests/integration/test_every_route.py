"""Every route of the door: guarded as its blueprint says, answering every refusal, and 500 to nothing."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from kdmp_core import errors
from kdmp_core.store import Store
from tests.builders import NOW, settings_in
from webhooks import problems
from webhooks.app import create_app

pytestmark = pytest.mark.database("sqlite")
FRAMEWORK = {"static", "openapi.spec"}  # files of ours and the API's description: the same for everybody
HEADERS = ("Cache-Control", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Robots-Tag")
CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.KdmpError)]


@pytest.fixture
def app(store: Store, tmp_path: Path) -> APIFlask:
    made = create_app(settings_in(tmp_path / "data"), store=store, now=lambda: NOW)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return app.test_client()


def routes(app: APIFlask) -> Iterator[tuple[Rule, str]]:
    """Give every rule with each of its methods but the ones Flask adds."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def address(app: APIFlask, rule: Rule) -> str:
    values = {name: 1 if type(part).__name__ == "RowId" else "x" for name, part in rule._converters.items()}
    return str(app.url_map.bind("localhost").build(rule.endpoint, values, method=min(rule.methods or ())))


def test_every_blueprint_has_its_guard_and_every_route_a_blueprint(app: APIFlask) -> None:
    guards = app.extensions["kdmp-guards"]
    assert not set(app.blueprints) - set(guards) - {"openapi"}
    loose = {rule.endpoint for rule in app.url_map.iter_rules() if "." not in rule.endpoint} - FRAMEWORK
    assert not loose
    assert set(guards.values()) <= {"open_to_all", "signer_only", "staff_only", "bearer_only"}


def test_every_route_asked_without_credentials_answers_as_its_guard_says(app: APIFlask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # the guard itself is asked, not the form's age
    guards, client = app.extensions["kdmp-guards"], app.test_client()
    for rule, method in routes(app):
        guard = guards.get(rule.endpoint.rpartition(".")[0], "open_to_all")
        answer = client.open(address(app, rule), method=method)
        place = f"{method} {rule.rule}: {answer.status}"
        if guard == "bearer_only":
            assert answer.status_code == 401, place
            assert answer.headers["WWW-Authenticate"].startswith("Bearer"), place
        elif guard == "staff_only":
            assert answer.status_code == (302 if method == "GET" else 307), place  # a form is carried through
            assert answer.headers["Location"].startswith("/masuk"), place
        elif guard == "signer_only":
            assert answer.status_code == 401, place
        else:
            assert answer.status_code < 500, place


def test_every_answer_carries_the_headers_that_keep_a_browser_safe(app: APIFlask, client: FlaskClient) -> None:
    addresses = [address(app, rule) for rule, _ in routes(app)] + ["/nothing", "/v1/nothing", "/static/css/base.css"]
    for where in addresses:
        answer = client.get(where, buffered=True)
        assert not [name for name in HEADERS if name not in answer.headers], where
        assert "unsafe" not in answer.headers["Content-Security-Policy"], where


def test_behind_https_a_browser_is_told_to_stay_there(store: Store, tmp_path: Path) -> None:
    app = create_app(settings_in(tmp_path / "data", url="https://kdmp.contoh.id"), store=store, now=lambda: NOW)
    assert "max-age" in app.test_client().get("/healthz").headers["Strict-Transport-Security"]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_refusal_is_answered_as_problem_details_and_as_a_page(
    app: APIFlask, kind: type[errors.KdmpError]
) -> None:
    more: dict[str, Any] = {"retry_after": 7} if issubclass(kind, errors.TooMany | errors.TryLater) else {}

    def refuse() -> None:
        raise kind("access.too_many", minutes=1, **more)

    app.add_url_rule("/v1/refused", "refused_api", refuse)
    app.add_url_rule("/refused", "refused_page", refuse)
    machine, people = app.test_client().get("/v1/refused"), app.test_client().get("/refused")
    assert machine.status_code == people.status_code == problems.STATUS[kind]
    assert machine.content_type == "application/problem+json"
    assert machine.json is not None
    assert {"type", "title", "status", "detail", "instance", "code"} <= machine.json.keys()
    assert machine.json["status"] == machine.status_code
    assert people.mimetype == "text/html"
    assert people.text.count("<h1>") == 1
    if more:
        assert machine.headers["Retry-After"] == people.headers["Retry-After"] == "7"


def test_a_fault_of_ours_shows_a_number_and_neither_trace_nor_value(
    app: APIFlask, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("rahasia 3203")

    app.add_url_rule("/v1/broken", "broken_api", broken)
    app.add_url_rule("/broken", "broken_page", broken)
    for where in ("/v1/broken", "/broken"):
        answer = app.test_client().get(where)
        assert answer.status_code == 500
        assert "rahasia" not in answer.text
        assert "Traceback" not in answer.text
    assert "crash" in caplog.text


RUBBISH = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["\x00", "a\x00b", "../../etc/passwd", "9" * 30, "9" * 5000, "-1", "%", "'; --", "{{7*7}}", "\u202e", "1e400"]
    ),
)
BODIES = st.one_of(
    st.binary(max_size=80),
    st.sampled_from([b"", b"{", b"[]", b"null", b'"\\ud800"', b'{"decisions":{"\\u0000":null}}', b"[" * 5000, b"NaN"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ).map(lambda body: json.dumps(body).encode()),
)
KINDS = st.sampled_from(
    ["application/json", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain", "", "\xff"]
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_route_breaks_on_rubbish(app: APIFlask, data: st.DataObject) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    rule, method = data.draw(st.sampled_from(list(routes(app))))
    path = rule.rule
    for name in rule.arguments:
        start = path.index("<")
        path = (
            path[:start]
            + data.draw(RUBBISH, label=name).replace("?", "").replace("#", "")
            + path[path.index(">") + 1 :]
        )
    query = data.draw(st.dictionaries(st.sampled_from(["kode", "after", "limit", "back", "x"]), RUBBISH, max_size=2))
    headers = {"Authorization": data.draw(RUBBISH), "Cookie": data.draw(RUBBISH), "If-Match": data.draw(RUBBISH)}
    plain = {name: value for name, value in headers.items() if value.isascii() and value.isprintable()}
    answer = app.test_client().open(
        "/" + path.lstrip("/").encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        method=method,
        query_string={name: value.encode("utf-8", "replace") for name, value in query.items()},
        headers=plain,
        data=data.draw(BODIES),
        content_type=data.draw(KINDS),
    )
    assert answer.status_code < 500, f"{method} {path!r}: {answer.status} {answer.text[:200]}"

"""A provider's callback at the door, beside a bare view that commits one row of the same size."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from bench import Measured, row
from bench.bare import bare_view
from bench.measure import cpu_seconds
from kdmp_core.audit import By
from kdmp_core.lifecycle import Actor
from kdmp_core.providers import connections
from kdmp_core.settings import Settings
from kdmp_core.store import migrate, open_store
from tests.standins.docuseal.postman import signature
from webhooks.app import create_app

CALLS = 300
SECRET = "whsec_bench-rahasia-cukup-panjang"  # noqa: S105  (made for the bench)
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CAPTURE = Path(__file__).parents[2] / "tests" / "data" / "callbacks" / "docuseal__form.completed__01.json"


@row("callback", better="more")
def callback() -> Measured:
    """Take genuine-sized callbacks, each new: requests per CPU second, both over WSGI and on SQLite with FULL."""
    with tempfile.TemporaryDirectory() as folder:
        ours = cpu_seconds(_door(Path(folder)), calls=CALLS)
        reference = cpu_seconds(bare_view(Path(folder), _bodies()), calls=CALLS)
    return {"ours": round(1 / ours), "reference": round(1 / reference), "unit": "requests per CPU second", "n": CALLS}


def _door(folder: Path) -> Callable[[], None]:
    settings = Settings(data=folder / "data")
    settings.prepare()
    migrate(settings.database)
    store = open_store(settings.database)
    config = {"scheme": "docuseal_signature", "secret": SECRET}
    with store.write() as session:
        connections.add(session, settings, "docuseal", "bench", config, by=By(Actor.SYSTEM), now=NOW)
    client = Client(create_app(settings, store=store, now=lambda: NOW))
    bodies = _bodies()

    def call() -> None:
        body = next(bodies)
        proof = signature(body, SECRET, int(NOW.timestamp()))
        headers = {"X-Docuseal-Signature": proof, "Content-Type": "application/json"}
        with client.post("/hooks/docuseal/bench", data=body, headers=headers) as answer:
            assert answer.status_code == HTTPStatus.OK

    return call


def _bodies() -> Any:
    """Give bodies without end, each about another submitter, as large as a genuine one."""
    genuine = json.loads(base64.b64decode(json.loads(CAPTURE.read_text("utf-8"))["body_base64"]))
    for number in count(1):
        genuine["data"]["id"] = number
        yield json.dumps(genuine).encode()

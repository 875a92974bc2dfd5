"""A signature at the door (session, CSRF, consent form), beside a bare view that commits one row of the same size."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from itertools import count, repeat
from pathlib import Path
from urllib.parse import urlencode

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import Client

from bench import Measured, row
from bench.bare import bare_view
from bench.measure import cpu_seconds
from kdmp_core.files import Files
from kdmp_core.records import Link, User
from kdmp_core.settings import Settings
from kdmp_core.signing import codes, sessions
from kdmp_core.signing.consent import CONSENTS
from kdmp_core.store import Store, migrate, open_store
from tests import builders
from tests.builders import NOW
from webhooks.app import create_app
from webhooks.sign.visitor import SESSION_COOKIE

CALLS, TURNS = 30, 5
SIGNATORIES = CALLS * TURNS + 1
"""One warms up; with the counterpart they are the 151 parties of one network MoU."""
FORM = "application/x-www-form-urlencoded"

Form = tuple[Client, str, bytes]


@row("sign", better="more")
def sign() -> Measured:
    """Let every party of one MoU sign: requests per CPU second, both over WSGI and on SQLite with FULL."""
    with tempfile.TemporaryDirectory() as folder:
        settings = builders.settings_in(Path(folder) / "data")
        migrate(settings.database)
        store = open_store(settings.database)
        forms = _filled_in(store, settings)
        call, size = _posting(forms), len(forms[0][2])
        statements = count()
        event.listen(store.engine, "before_cursor_execute", lambda *_: next(statements))
        ours = cpu_seconds(call, calls=CALLS, turns=TURNS)
        reference = cpu_seconds(bare_view(Path(folder), repeat(bytes(size))), calls=10 * CALLS, turns=TURNS)
        store.close()
    return {
        "ours": round(1 / ours),
        "reference": round(1 / reference),
        "unit": "requests per CPU second",
        "n": SIGNATORIES - 1,
        "statements": next(statements) // SIGNATORIES,
    }


def _filled_in(store: Store, settings: Settings) -> list[Form]:
    """Give what each signatory is about to send, as the page gave it to him."""
    with store.write() as session:
        sent = builders.create_sent(session, settings, Files(settings.documents), SIGNATORIES - 1)
        links = session.scalars(select(Link).order_by(Link.id))
        tokens = [_open_folder(session, link, sent.staff.second, settings) for link in links]
    app = create_app(settings, store=store, now=lambda: NOW)
    return [_read(Client(app), token, f"/s/baca/{sent.agreement.id}") for token in tokens]


def _open_folder(session: Session, link: Link, releaser: User, settings: Settings) -> str:
    """Ask for a code, let a member of staff release it, enter it; give the token of the session."""
    browser = f"browser {link.id}"
    code = codes.ask(session, link, browser, settings, NOW)
    typed = codes.release(session, code.id, releaser, settings, NOW)
    tried = codes.enter(session, browser, typed, settings, NOW)
    assert tried.code is not None
    return sessions.open_session(session, tried.code, settings, NOW)


def _read(client: Client, token: str, path: str) -> Form:
    """Open the agreement as a signatory does and tick both boxes of its form."""
    client.set_cookie(SESSION_COOKIE, token)
    with client.get(path) as answer:
        inputs = BeautifulSoup(answer.get_data(), "lxml", parse_only=SoupStrainer("input"))
    given = {str(field["name"]): str(field["value"]) for field in inputs.select("input[type=hidden]")}
    return client, path, urlencode({**given, **dict.fromkeys(CONSENTS, "yes")}).encode()


def _posting(forms: Sequence[Form]) -> Callable[[], None]:
    ahead = iter(forms)

    def call() -> None:
        client, path, body = next(ahead)
        with client.post(path, data=body, content_type=FORM) as answer:
            assert answer.location.endswith(f"/s/selesai/{path.rpartition('/')[2]}")

    return call

"""The desk in Chromium: each page at 360 and 1280 px, nothing axe finds, nothing sideways, nothing on the console."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from werkzeug.serving import WSGIRequestHandler, make_server

from kdmp_core.store import open_store
from tests import desks
from tests.browser import checks
from tests.desks import PASSWORD, Busy

WIDTHS = (360, 1280)
PAGES = {
    "today": "/meja",
    "events": "/meja/acara",
    "event": "/meja/acara/{event}",
    "settings": "/meja/acara/{event}/setelan",
    "upload": "/meja/acara/impor",
    "import": "/meja/impor/{sheet}",
    "checkin": "/meja/acara/{event}/hadir",
    "signatory": "/meja/acara/{event}/hadir/1",
    "mapping": "/meja/acara/{event}/pemetaan",
    "plan": "/meja/acara/{event}/rencana",
    "agreements": "/meja/naskah",
    "draft": "/meja/naskah/{draft}",
    "sent": "/meja/naskah/{sent}",
    "contract": "/meja/naskah/{contract}",
    "words": "/meja/naskah/{draft}/isi",
    "terms": "/meja/naskah/{draft}/isi/ubah",
    "contract-terms": "/meja/naskah/{framework}/pks?supplier=1&buyer=33",
    "record": "/meja/naskah/{draft}/catat",
    "links": "/meja/tautan",
    "codes": "/meja/kode",
    "users": "/meja/pengguna",
    "password": "/meja/akun/sandi",
}


class Quiet(WSGIRequestHandler):
    """Serves without a log line per request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def busy(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Busy, str]]:
    """A desk with work at every stage, served on a free port of the loopback."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copyfile(sqlite_template, folder / "kdmp.sqlite3")
    store = open_store(f"sqlite:///{folder / 'kdmp.sqlite3'}")
    made = desks.make_busy(desks.make_desk(store, folder / "data"))
    server = make_server("127.0.0.1", 0, made.desk.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    store.close()


def sign_in(page: Page, url: str, login: str = "sari") -> None:
    """Sign in through the page, as people do."""
    page.goto(f"{url}/masuk")
    page.get_by_label("Nama masuk").fill(login)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(f"{url}/meja")


def address(made: Busy, name: str) -> str:
    """Give the path of a page of the busy desk."""
    return PAGES[name].format(
        event=made.event_id,
        sheet=made.import_id,
        draft=made.draft,
        sent=made.sent,
        framework=made.framework,
        contract=made.contract,
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_the_desk_is_whole_at_both_widths(
    busy: tuple[Busy, str],
    browser_page: Callable[..., Page],
    collect_console: Callable[[Page], list[str]],
    width: int,
) -> None:
    made, url = busy
    page = browser_page(width, 900)
    said = collect_console(page)
    page.goto(f"{url}/masuk")
    checks.assert_accessible(page)
    sign_in(page, url)
    wrong = []
    for name in PAGES:
        answer = page.goto(url + address(made, name))
        assert answer is not None
        assert answer.status == 200, name
        for check in (checks.assert_accessible, checks.assert_no_sideways_scroll, checks.assert_targets_large):
            try:
                check(page)
            except AssertionError as found:
                wrong.append(f"{name}: {found}")
        assert page.locator("h1").count() == 1, name
    assert not wrong, "\n".join(wrong)
    assert not said

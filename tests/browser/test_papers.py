"""The papers of an event in Chromium at 360 and 1280 px: the list, every form, a paper of each state, no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from kdmp_core import papers
from kdmp_core.records import Event, Paper
from kdmp_core.store import open_store
from tests import builders, desks, records
from tests.browser.test_desk import WIDTHS, looked_at, sign_in
from tests.builders import NOW, PAPER, SYSTEM, by_user
from tests.desks import Busy
from tests.serving import serving

PAGES = {
    "list": "/meja/acara/{event}/berkas",
    "minutes": "/meja/acara/{event}/berkas/berita-acara",
    "attendance": "/meja/acara/{event}/berkas/daftar-hadir",
    "handover": "/meja/naskah/{contract}/penyerahan/1/bast",
    "power": "/meja/naskah/{sent}/kuasa",
    "refused": "/meja/berkas/1",
    "made": "/meja/berkas/2",
    "signed": "/meja/berkas/3",
    "owed": "/meja/berkas/5",
    "event": "/meja/acara/{event}",
    "agreement": "/meja/naskah/{sent}",
    "supply": "/meja/naskah/{contract}",
}


@pytest.fixture(scope="module")
def busy(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Busy, str]]:
    """A desk with a paper of each state, served on a free port of the loopback."""
    folder = tmp_path_factory.mktemp("papers")
    store = open_store(records.fresh(sqlite_template, folder))
    made = desks.make_busy(desks.make_desk(store, folder / "data"))
    _with_papers(made)
    with serving(made.desk.app) as url:
        yield made, url
    store.close()


def _with_papers(made: Busy) -> None:
    desk = made.desk
    sari = by_user(desk.staff.coordinator)
    with desk.store.write() as session:
        event = session.get_one(Event, made.event_id)
        papers.ask_all(session, event, sari, NOW, legal_review="trial")
        for paper in session.scalars(select(Paper).where(Paper.kind == "attendance")):
            prepared = papers.prepare(session, paper.id, PAPER, desk.files, legal_review="trial")
            papers.finish(session, prepared, builders.blank_pdf(), 3, desk.files, SYSTEM, NOW)
        sentence = "Belum lengkap: pimpinan, notulis. Lengkapi lalu minta lagi."
        papers.refuse(session, 1, 1, sentence, "papers.missing", SYSTEM, NOW)
        papers.confirm_scan(session, desk.files, 3, builders.blank_pdf(), sari, NOW)
        papers.ask_handover(session, 1, {}, sari, NOW)


def address(made: Busy, name: str) -> str:
    return PAGES[name].format(event=made.event_id, sent=made.sent, contract=made.contract)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_the_papers_is_whole_at_both_widths(
    busy: tuple[Busy, str],
    browser_page: Callable[..., Page],
    collect_console: Callable[[Page], list[str]],
    width: int,
) -> None:
    made, url = busy
    page = browser_page(width, 900)
    said = collect_console(page)
    sign_in(page, url)
    wrong = []
    for name in PAGES:
        answer = page.goto(url + address(made, name))
        assert answer is not None
        assert answer.status == 200, name
        wrong += looked_at(page, name)
    page.goto(url + address(made, "minutes"))
    with page.expect_response(lambda answer: answer.status == 422):
        page.get_by_role("button", name="Lihat dahulu").click()
    wrong += looked_at(page, "mistakes")
    assert not wrong, "\n".join(wrong)
    assert not [line for line in said if "422" not in line]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_minutes_are_looked_at_before_and_asked_for_without_script(
    busy: tuple[Busy, str], browser_page: Callable[..., Page], width: int
) -> None:
    made, url = busy
    page = browser_page(width, 900, script=False)
    sign_in(page, url)
    page.goto(url + address(made, "list"))
    page.get_by_role("link", name="Lengkapi").first.click()
    for who, name in (("chair", "Dra. Ratna Kusumawardani"), ("minute_taker", "Fajar")):
        page.locator(f"#{who}-0-name").fill(name)
        page.locator(f"#{who}-0-office").fill("Panitia")
    page.get_by_role("button", name="Lihat dahulu").click()
    assert "60 (enam puluh) orang" in page.locator(".prose").inner_text()
    assert page.locator("#chair-0-name").input_value() == "Dra. Ratna Kusumawardani"
    page.get_by_role("button", name="Buat berkas ini").click()
    assert "sedang dibuat" in page.locator("main").inner_text()
    with made.desk.store.write() as session:  # as it was, for the other width
        papers.refuse(session, 1, session.get_one(Paper, 1).version, "Belum lengkap.", "papers.missing", SYSTEM, NOW)

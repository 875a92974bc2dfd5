"""The pages of a partner's own text in Chromium: nothing axe finds, nothing sideways, and usable without script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from kdmp_core.agreements import own_drafts
from kdmp_core.records import Agreement
from kdmp_core.store import open_store
from mou_templates import adopting
from tests import builders, desks, records
from tests import own_drafts as given
from tests.browser import checks
from tests.desks import PASSWORD, Desk
from tests.serving import serving

WIDTHS = (360, 1280)
STATES = ("none", "printing", "trouble", "ready", "chosen")
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str, str]]:
    """A desk with one draft, served on a free port of the loopback."""
    folder = tmp_path_factory.mktemp("own")
    store = open_store(records.fresh(sqlite_template, folder))
    desk = desks.make_desk(store, folder / "data")
    with store.write() as session:
        event = builders.create_event(session, desk.staff.coordinator)
        builders.create_roster(session, event, desk.staff.coordinator)
        code = builders.create_agreements(session, event, desk.staff)[-1].code
    with serving(desk.app) as url:
        yield desk, url, code
    store.close()


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/masuk")
    page.get_by_label("Nama masuk").fill("sari")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(f"{url}/meja")


def put(desk: Desk, code: str, state: str) -> None:
    """Put the draft's own text into a state, as bringing, printing and choosing leave it."""
    data = given.text_pdf(given.PLAIN, given.PLAIN)
    found = adopting.inspect(data, "mou_network").as_json()
    with desk.store.write() as session:
        agreement = session.scalars(select(Agreement).where(Agreement.code == code)).one()
        agreement.own_draft = None
        if state == "none":
            return
        key = f"{state}:{agreement.revision}"
        brought = own_drafts.Brought(data, "Naskah Perum BULOG Kantor Cabang Cianjur tahun 2026.pdf", found)
        by = builders.by_user(desk.staff.coordinator)
        now = builders.NOW
        asked = own_drafts.moves.Asked("edit", key)
        own_drafts.bring(session, desk.files, agreement.id, brought, asked, by, now)
        sha256 = agreement.own_draft["sha256"]
        if state == "trouble":
            own_drafts.keep_trouble(agreement, sha256, "paper.adopted_hidden", {"words": "denda 100 persen"})
        elif state != "printing":
            own_drafts.keep_print(agreement, sha256, adopting.cleaned(data), found, desk.files)
        if state == "chosen":
            asked = own_drafts.moves.Asked("edit", f"{key}:choose")
            own_drafts.choose(session, agreement.id, sha256, asked, by, now)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("state", STATES)
def test_every_state_of_the_page_holds(
    browser_page: Open, house: tuple[Desk, str, str], state: str, width: int, tmp_path: Path
) -> None:
    desk, url, code = house
    put(desk, code, state)
    page = browser_page(width)
    sign_in(page, url)
    page.goto(f"{url}/meja/naskah/{code}/naskah-mitra")
    page.screenshot(path=tmp_path / f"{state}-{width}.png", full_page=True)
    checks.assert_accessible(page)
    checks.assert_no_sideways_scroll(page)
    checks.assert_targets_large(page)


def test_a_text_is_brought_and_put_away_without_script(browser_page: Open, house: tuple[Desk, str, str]) -> None:
    desk, url, code = house
    put(desk, code, "none")
    page = browser_page(360, script=False)
    sign_in(page, url)
    page.goto(f"{url}/meja/naskah/{code}/naskah-mitra")
    file = {"name": "naskah.pdf", "mimeType": "application/pdf", "buffer": given.text_pdf("")}
    page.get_by_label("Berkas naskah").set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name="Unggah dan periksa").click()
    assert "Naskah ini tidak memuat teks." in page.locator("main").inner_text()
    file["buffer"] = given.text_pdf(given.PLAIN)
    page.get_by_label("Berkas naskah").set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name="Unggah dan periksa").click()
    assert "Naskah mitra sedang dicetak" in page.locator("main").inner_text()
    page.get_by_role("button", name="Kembali ke naskah kami").click()
    assert "Bila mitra membawa naskahnya sendiri" in page.locator("main").inner_text()

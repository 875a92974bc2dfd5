"""Signing as people do it: on a phone of 360 px, with and without script, with shaky hands and the back button."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from kdmp_core.files import Files
from kdmp_core.lifecycle import SignatoryState
from kdmp_core.records import Code, Signatory, Signature
from kdmp_core.settings import Settings
from kdmp_core.signing import codes, links
from kdmp_core.store import Store
from tests import builders
from tests.browser.checks import assert_accessible, assert_no_sideways_scroll, assert_targets_large
from tests.builders import NOW, Sent
from tests.serving import serving
from webhooks.app import create_app

pytestmark = pytest.mark.database("sqlite")
Opener = Callable[..., Page]


@dataclass
class Site:
    """The real application on a free port, with a network MoU of thirty cooperatives out for signature."""

    url: str
    store: Store
    settings: Settings
    sent: Sent

    def link(self, at: int = 0) -> str:
        officer = builders.signing_officer(self.sent.parties[at])
        with self.store.read() as session:
            found = links.live(session, officer.id, self.sent.event.id)
            assert found is not None
            return f"{self.url}/t/{links.token(self.settings, found.id)}"

    def tell(self) -> str:
        with self.store.write() as session:
            newest = session.scalars(select(Code).order_by(Code.id.desc()).limit(1)).one()
            return codes.release(session, newest.id, self.sent.staff.second, self.settings, NOW)

    def read_url(self) -> str:
        return f"{self.url}/s/baca/{self.sent.agreement.id}"

    def signatures(self) -> int:
        with self.store.read() as session:
            return session.scalar(select(func.count()).select_from(Signature)) or 0


@pytest.fixture
def site(store: Store, tmp_path: Path) -> Iterator[Site]:
    settings = builders.settings_in(tmp_path / "data")
    with store.write() as session:
        sent = builders.create_sent(session, settings, Files(settings.documents), cooperatives=30)
    with serving(create_app(settings, store=store, now=lambda: NOW)) as url:
        yield Site(url, store, settings, sent)


def enter(page: Page, site: Site, at: int = 0) -> None:
    """Walk from the link to the agreement."""
    page.goto(site.link(at))
    page.get_by_role("button", name="Minta kode").click()
    page.get_by_label("Kode 6 angka").fill(site.tell())
    page.get_by_role("button", name="Lanjut").click()
    page.wait_for_url(site.read_url())


def tick_all(page: Page) -> None:
    for name in ("read", "electronic"):
        page.locator(f"#{name}").check()


def looks_right(page: Page) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    assert_targets_large(page)


@pytest.mark.parametrize("width", [320, 360])
def test_a_chairman_signs_on_his_phone(
    browser_page: Opener, collect_console: Callable[[Page], list[str]], site: Site, width: int
) -> None:
    page = browser_page(width)
    said = collect_console(page)
    page.goto(site.link())
    looks_right(page)
    page.get_by_role("button", name="Minta kode").click()
    looks_right(page)
    page.get_by_label("Kode 6 angka").fill(site.tell())
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nota Kesepahaman")
    looks_right(page)
    page.get_by_text("LAMPIRAN I", exact=True).click()
    expect(page.get_by_role("cell", name="Asep Sunandar 30")).to_be_visible()
    assert_no_sideways_scroll(page)
    tick_all(page)
    page.get_by_role("button", name="Setuju dan tanda tangani").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tanda tangan sudah kami terima")
    looks_right(page)
    assert site.signatures() == 1
    assert said == []


def test_the_same_way_without_script(browser_page: Opener, site: Site) -> None:
    page = browser_page(360, script=False)
    enter(page, site)
    page.get_by_role("button", name="Setuju dan tanda tangani").click()
    expect(page.get_by_role("alert")).to_contain_text("Centang kotak persetujuan")
    tick_all(page)
    page.get_by_role("button", name="Setuju dan tanda tangani").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tanda tangan sudah kami terima")
    page.get_by_role("link", name="Semua dokumen saya").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Semua sudah Bapak/Ibu jawab")
    assert site.signatures() == 1


@pytest.mark.parametrize("script", [True, False])
def test_a_double_tap_signs_once(browser_page: Opener, site: Site, script: bool) -> None:
    page = browser_page(360, script=script)
    enter(page, site)
    tick_all(page)
    page.get_by_role("button", name="Setuju dan tanda tangani").scroll_into_view_if_needed()
    box = page.get_by_role("button", name="Setuju dan tanda tangani").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 20, box["y"] + 20, click_count=2, delay=10)
    expect(page).to_have_url(re.compile("/s/selesai/"))  # the second tap may end the first one's navigation
    assert site.signatures() == 1


def test_the_back_button_after_signing_shows_the_receipt(browser_page: Opener, site: Site) -> None:
    page = browser_page(360)
    enter(page, site)
    tick_all(page)
    page.get_by_role("button", name="Setuju dan tanda tangani").click()
    page.wait_for_url("**/s/selesai/*")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tanda tangan sudah kami terima")


def test_offline_at_the_moment_of_signing_keeps_the_page_and_the_retry_counts_once(
    browser_page: Opener, site: Site
) -> None:
    page = browser_page(360)
    enter(page, site)
    tick_all(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Setuju dan tanda tangani").click()
    expect(page.locator("[data-alert]")).to_contain_text("Jaringan terputus")
    assert page.locator("#read").is_checked()
    assert site.signatures() == 0
    page.context.set_offline(False)
    page.get_by_role("button", name="Setuju dan tanda tangani").click()
    page.wait_for_url("**/s/selesai/*")
    assert site.signatures() == 1


def test_a_lost_answer_after_the_signature_is_found_again_by_a_retry(browser_page: Opener, site: Site) -> None:
    page = browser_page(360)
    enter(page, site)
    page.route("**/s/selesai/*", lambda route: route.abort())
    tick_all(page)
    page.get_by_role("button", name="Setuju dan tanda tangani").click()
    page.wait_for_timeout(500)
    page.unroute("**/s/selesai/*")
    page.goto(site.read_url())
    expect(page.get_by_role("heading", level=1)).to_have_text("Tanda tangan sudah kami terima")
    assert site.signatures() == 1


def test_a_chairman_says_no_with_his_reason(browser_page: Opener, site: Site) -> None:
    page = browser_page(360)
    enter(page, site)
    page.get_by_role("link", name="Saya belum setuju").click()
    looks_right(page)
    page.get_by_label("Alasan").fill("Pasal 4 belum jelas")
    page.get_by_role("button", name="Kirim alasan dan jangan tanda tangani").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alasan sudah sampai ke petugas")
    looks_right(page)
    with site.store.read() as session:
        row = session.scalars(select(Signatory).where(Signatory.position == 1)).one()
    assert row.state is SignatoryState.DECLINED


def test_the_whole_way_by_keyboard(browser_page: Opener, site: Site) -> None:
    page = browser_page(360)
    enter(page, site)
    for name in ("read", "electronic"):
        page.locator(f"#{name}").focus()
        page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Setuju dan tanda tangani"
    page.keyboard.press("Enter")
    page.wait_for_url("**/s/selesai/*")
    assert site.signatures() == 1


def test_the_page_to_sign_stays_light(browser_page: Opener, site: Site) -> None:
    page = browser_page(360)
    enter(page, site)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked: dict[str, str] = {}
    sizes: dict[str, float] = {}
    session.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.reload(wait_until="networkidle")
    told = {url: sizes.get(request, 0) for request, url in asked.items()}
    assert len(told) <= 5, told
    assert sum(told.values()) <= 60 * 1024, told  # as it stands, before any proxy compresses it


@pytest.mark.parametrize("place", ["/bantuan", "/s/bukan-saya", "/s"])
def test_the_pages_beside_the_way_hold_at_320_px(browser_page: Opener, site: Site, place: str) -> None:
    page = browser_page(320)
    enter(page, site)
    page.goto(site.url + place)
    looks_right(page)

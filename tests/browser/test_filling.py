"""A cooperative fills in its form on a phone of 360 px, with and without script; the desk's pages about it."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kdmp_core.filling import links
from kdmp_core.records import Event
from kdmp_core.store import Store
from tests import builders, desks, filling
from tests.browser.test_desk import looked_at, sign_in
from tests.builders import NOW
from tests.desks import Desk
from tests.serving import serving

pytestmark = pytest.mark.database("sqlite")
Opener = Callable[..., Page]
MOST_BYTES = 30 * 1024


@dataclass
class Site:
    """A desk on a free port, with an event of three cooperatives; the second has sent its form."""

    url: str
    desk: Desk
    event_id: int
    paths: tuple[str, ...]


@pytest.fixture
def site(store: Store, tmp_path: Path) -> Iterator[Site]:
    desk = desks.make_desk(store, tmp_path / "data")
    user = desk.staff.coordinator
    with store.write() as session:
        event = builders.create_event(session, user)
        parties = [builders.create_party(session, event, n, user).id for n in (1, 2, 3)]
        event = session.get_one(Event, event.id)
        shown = [links.reveal(session, event, party, user, desk.settings, str(party), NOW) for party in parties[:2]]
        by_month = {"potential": [{"amount": "10 ton", "period": "per bulan"}]}
        filling.send_all(session, shown[1].address, NOW, production=by_month)
    paths = tuple(one.address.removeprefix(desk.settings.url) for one in shown)
    with serving(desk.app) as url:
        yield Site(url, desk, event.id, paths)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody asks for it."""
    folder = os.environ.get("KDMP_TEST_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def widened(page: Page, name: str) -> list[str]:
    """Give what sticks out of the page that is open in a wide window, and set the window back."""
    size = page.viewport_size
    assert size is not None
    picture(page, name)
    page.set_viewport_size({"width": 1280, "height": 900})
    picture(page, f"{name}-wide")
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    page.set_viewport_size(size)
    return [] if wide <= window else [f"{name}: {wide} px in a window of {window} px"]


@pytest.mark.parametrize("script", [True, False])
def test_a_cooperative_fills_in_its_form_on_a_phone(
    browser_page: Opener, collect_console: Callable[[Page], list[str]], site: Site, script: bool
) -> None:
    page = browser_page(360, script=script)
    told = collect_console(page)
    wrong: list[str] = []
    look = looked_at if script else lambda _page, _name: []
    page.goto(site.url + site.paths[0])
    wrong += look(page, "landing")
    picture(page, "landing")
    page.get_by_role("button", name="Mulai mengisi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Produksi")
    page.locator("#potential-0-amount").fill("63,6")
    page.locator("#potential-0-price").fill("67.000")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    expect(page.get_by_role("alert")).to_contain_text("Satuan belum diisi")
    assert page.locator("#potential-0-amount").input_value() == "63,6"
    wrong += look(page, "a step with mistakes")
    picture(page, "mistakes")
    page.locator("#potential-0-unit").select_option("ton")
    page.locator("#potential-0-price").fill("6.700")
    page.get_by_role("button", name="Tambah baris").first.click()
    expect(page.locator("#potential-1-amount")).to_be_visible()
    assert page.locator("#potential-0-price").input_value() == "6.700"
    page.locator("#potential-1-amount").fill("12.500 kg")
    page.locator("#potential-1-period").select_option("Musim tanam II")
    page.locator("#potential-1-amount").press("Enter")  # goes on, adds no row
    expect(page.get_by_role("heading", level=1)).to_have_text("Pengolahan")
    for _ in ("pengolahan", "distribusi"):
        page.get_by_text("Tidak punya dan tidak butuh apa-apa").click()
        page.get_by_role("button", name="Simpan dan lanjut").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pemasaran")
    wrong += look(page, "marketing")
    picture(page, "marketing")
    page.locator("#need-0-commodity").select_option("Beras medium")
    page.locator("#need-0-amount").fill("60 ton")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    expect(page.get_by_role("main")).to_contain_text("63,6 ton GKP, per musim")
    expect(page.get_by_role("main")).to_contain_text("Menjual 60.000 kg beras")
    wrong += look(page, "check")
    picture(page, "check")
    button = page.get_by_role("button", name="Kirim isian")
    button.scroll_into_view_if_needed()
    button.dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Isian sudah kami terima")
    wrong += look(page, "receipt")
    picture(page, "receipt")
    assert not wrong, "\n".join(wrong)
    assert not [line for line in told if "422" not in line]


def test_the_heaviest_page_of_the_form_stays_light(browser_page: Opener, site: Site) -> None:
    page = browser_page(360)
    bodies: dict[str, int] = {}
    page.on("response", lambda answer: bodies.update({answer.url: len(gzip.compress(answer.body()))}))
    page.goto(f"{site.url}{site.paths[1]}/pemasaran", wait_until="networkidle")
    assert len(bodies) <= 5, bodies
    assert sum(bodies.values()) <= MOST_BYTES, bodies


def test_the_coordinator_carries_links_and_decides(browser_page: Opener, site: Site) -> None:
    page = browser_page(360, 900)
    sign_in(page, site.url)
    here = f"{site.url}/meja/acara/{site.event_id}"
    page.goto(f"{here}/isian")
    wrong = looked_at(page, "list")
    wrong += widened(page, "list")
    page.get_by_role("button", name="Siapkan WhatsApp").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tautan isian untuk")
    wrong += looked_at(page, "link")
    wrong += widened(page, "link")
    page.goto(f"{here}/koperasi")
    wrong += looked_at(page, "seat")
    wrong += widened(page, "seat")
    page.goto(f"{here}/isian")
    page.get_by_role("link", name="Lihat isian").click()
    expect(page.get_by_role("main")).to_contain_text("1 baris perlu jawaban Anda")
    wrong += looked_at(page, "doubtful answers")
    wrong += widened(page, "doubtful")
    page.get_by_text("Terima usulan").first.click()
    page.get_by_role("button", name="Simpan jawaban").click()
    page.get_by_role("button", name="Terima 3 baris").click()
    expect(page.get_by_role("main")).to_contain_text("Diterima Sari Wulandari")
    wrong += looked_at(page, "accepted answers")
    wrong += widened(page, "accepted")
    assert not wrong, "\n".join(wrong)

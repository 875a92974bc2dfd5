"""Checking a paper as a stranger does: on a phone and at a desk, with and without script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests import records, sealed_house
from tests.browser.checks import assert_accessible, assert_no_sideways_scroll, assert_targets_large
from tests.builders import NOW
from tests.sealed_house import SealedHouse
from tests.serving import serving
from webhooks.app import create_app

Opener = Callable[..., Page]
WIDTHS = (360, 1280)


@dataclass(frozen=True)
class Site:
    """The real application on a free port, with a sealed network MoU."""

    url: str
    house: SealedHouse


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("house")
    with ExitStack() as stack, ThreadPoolExecutor(1) as aside:  # Playwright's loop runs here; sealing wants its own
        opened = sealed_house.open_house(folder, records.fresh(sqlite_template, folder), cooperatives=4)
        house = aside.submit(stack.enter_context, opened).result()
        app = create_app(house.parts.settings, store=house.parts.store, now=lambda: NOW)
        yield Site(stack.enter_context(serving(app)), house)


def looks_right(page: Page) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    assert_targets_large(page)


def choose(page: Page, site: Site, content: bytes) -> None:
    page.goto(f"{site.url}/v")
    page.locator("#file").set_input_files(FilePayload(name="naskah.pdf", mimeType="application/pdf", buffer=content))
    page.get_by_role("button", name="Periksa berkas").click()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", [True, False])
def test_a_stranger_checks_a_genuine_and_a_changed_file(
    browser_page: Opener, collect_console: Callable[[Page], list[str]], site: Site, width: int, script: bool
) -> None:
    page = browser_page(width, script=script)
    said = collect_console(page)
    page.goto(f"{site.url}/v")
    if script:
        looks_right(page)
    choose(page, site, site.house.sealed)
    expect(page.get_by_role("heading", level=1)).to_have_text("Dokumen ini sama dengan yang tercatat")
    expect(page.get_by_role("heading", name="Yang tidak terbukti")).to_be_visible()
    if script:
        looks_right(page)
    choose(page, site, site.house.sealed + b"x")
    expect(page.get_by_role("heading", level=1)).to_have_text("Isi berkas ini berbeda dari dokumen yang tercatat")
    if script:
        looks_right(page)
    assert said == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_stranger_types_the_printed_code(browser_page: Opener, site: Site, width: int) -> None:
    page = browser_page(width)
    page.goto(f"{site.url}/v")
    page.get_by_label("Kode naskah").fill(site.house.code.lower())
    page.get_by_role("button", name="Periksa kode").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kode ini milik naskah yang tercatat dan berlaku")
    looks_right(page)
    page.get_by_role("link", name="Periksa naskah lain").click()
    page.get_by_role("button", name="Periksa kode").click()
    expect(page.get_by_role("alert")).to_contain_text("Isi kode naskah.")
    looks_right(page)


@pytest.mark.parametrize("path", ["/v/K-2026-999999", "/privasi", "/bantuan"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_other_public_pages_are_accessible_and_fit(browser_page: Opener, site: Site, width: int, path: str) -> None:
    page = browser_page(width)
    page.goto(site.url + path)
    looks_right(page)

"""Chromium for the tests: pages of a chosen width, what axe finds, what the console says.

`KDMP_TEST_CHROMIUM` names the browser where it is not on the path; axe comes from node_modules.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.gallery import make_gallery
from tests.serving import serving

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    """Give the browser's path. Raises RuntimeError with the command to type when there is none."""
    named = os.environ.get("KDMP_TEST_CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found or not Path(found).exists():
        raise RuntimeError("No Chromium found: run `make setup-tests`, or set KDMP_TEST_CHROMIUM.")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless browser for the tests of a module.

    Not for the whole session: its driver keeps an event loop running in this thread, in which nothing can be sealed.
    """
    with sync_playwright() as driver:
        shown = driver.chromium.launch(executable_path=chromium(), headless=True, args=list(FLAGS))
        yield shown
        shown.close()


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages: `browser_page(360, script=False)`; each has its own session and is closed after the test.

    Every console message and page error is kept on `collect_console(page)`.
    """
    contexts = []

    def open_page(width: int = 360, height: int = 800, *, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script, locale="id-ID"
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def collect_console() -> Callable[[Page], list[str]]:
    """Give the growing list of what a page's console says from now on."""

    def collect(page: Page) -> list[str]:
        said: list[str] = []

        def note(message: ConsoleMessage) -> None:
            said.append(f"{message.type}: {message.text}")

        page.on("console", note)
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        return said

    return collect


@pytest.fixture(scope="session")
def gallery_url() -> Iterator[str]:
    """Serve the gallery on a free port of the loopback."""
    with serving(make_gallery()) as url:
        yield url

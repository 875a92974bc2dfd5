from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from tests.browser.checks import assert_accessible, assert_no_sideways_scroll, assert_targets_large
from tests.browser.gallery import PAGES, STATUSES, make_gallery

WIDTHS = (320, 360, 768, 1280, 1920)
Opener = Callable[..., Page]
Console = Callable[[Page], list[str]]


@pytest.mark.parametrize("path", PAGES)
def test_every_piece_is_accessible_fits_and_stays_silent(
    browser_page: Opener, gallery_url: str, collect_console: Console, path: str
) -> None:
    page = browser_page(WIDTHS[0])
    said = collect_console(page)
    page.goto(gallery_url + path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert_no_sideways_scroll(page)
        assert_targets_large(page)
        if width in {320, 1280}:
            assert_accessible(page)
    assert said == []


@pytest.mark.parametrize("path", PAGES)
def test_text_twice_as_large_still_fits(browser_page: Opener, gallery_url: str, path: str) -> None:
    page = browser_page(640)
    page.goto(gallery_url + path)
    usual = float(page.evaluate("getComputedStyle(document.documentElement).fontSize").removesuffix("px"))
    page.evaluate("size => { document.documentElement.style.fontSize = size }", f"{2 * usual}px")
    assert_no_sideways_scroll(page)


def test_a_page_has_one_heading_and_its_title_names_the_mistake(browser_page: Opener, gallery_url: str) -> None:
    page = browser_page(360)
    page.goto(f"{gallery_url}/sign/wrong-code")
    assert page.locator("h1").count() == 1
    assert page.title() == "Salah: Masukkan kode · Kemitraan KDMP"
    page.wait_for_function("document.activeElement.matches('.mistakes')")
    page.get_by_role("link", name="Kode tidak cocok. Sisa 4 kali percobaan.").click()
    assert page.evaluate("document.activeElement.id") == "code"


@pytest.mark.parametrize("script", [True, False])
def test_the_text_grows_without_script(browser_page: Opener, gallery_url: str, script: bool) -> None:
    page = browser_page(360, script=script)
    page.goto(f"{gallery_url}/sign/read")
    article = page.locator(".agreement")
    sizes = []
    for n in (1, 2, 3):
        page.locator(f"#size-{n}").check()
        sizes.append(round(float(article.evaluate("e => getComputedStyle(e).fontSize").removesuffix("px"))))
        assert_no_sideways_scroll(page)
    assert sizes == [18, 22, 28]


def test_the_keyboard_reaches_the_sign_button_and_sees_where_it_is(browser_page: Opener, gallery_url: str) -> None:
    page = browser_page(360)
    page.goto(f"{gallery_url}/sign/read")
    for stop in range(20):
        page.keyboard.press("Tab")
        if stop == 0:
            assert page.evaluate("document.activeElement.className") == "skip"
        rings = "getComputedStyle(document.activeElement.closest('.text-size label') || document.activeElement)"
        assert page.evaluate(f"{rings}.outlineWidth") == "3px"
        if page.evaluate("document.activeElement.innerText") == "Setuju dan tanda tangani":
            return
    pytest.fail("the button was not reached")


@pytest.mark.parametrize(("script", "times"), [(True, 1), (False, 2)])
def test_a_second_tap_is_sent_only_without_script(
    browser_page: Opener, gallery_url: str, script: bool, times: int
) -> None:
    page = browser_page(360, script=script)
    page.goto(f"{gallery_url}/sign/read")
    sent: list[Route] = []

    def keep(route: Route) -> None:  # the answer waits until both taps are done
        sent.append(route)

    page.route("**/*", keep)
    page.locator(".consent button").scroll_into_view_if_needed()
    place = page.locator(".consent button").bounding_box()
    assert place is not None
    for _ in range(2):
        page.mouse.click(place["x"] + 20, place["y"] + 20)
        page.wait_for_timeout(150)
    for route in sent:
        route.fulfill(status=204)
    assert [route.request.method for route in sent].count("POST") == times
    words = page.evaluate("document.querySelector('.consent button').innerText")
    assert words == ("Sedang mengirim…" if script else "Setuju dan tanda tangani")


def test_without_network_the_page_says_so_and_keeps_the_ticks(browser_page: Opener, gallery_url: str) -> None:
    page = browser_page(360)
    page.goto(f"{gallery_url}/sign/read")
    page.locator("#read").check()
    page.context.set_offline(True)
    page.locator(".consent button").click()
    assert "Jaringan terputus" in page.get_by_role("alert").inner_text()
    assert page.locator("#read").is_checked()


def test_the_summary_is_copied_or_chosen_for_copying_by_hand(browser_page: Opener, gallery_url: str) -> None:
    page = browser_page(1280)
    page.goto(f"{gallery_url}/desk")
    page.get_by_role("button", name="Salin rekap").click()
    status = page.locator("#summary-status")
    page.wait_for_function("document.getElementById('summary-status').textContent")
    if "Sudah disalin" not in status.inner_text():
        chosen = page.evaluate("(e => e.selectionEnd - e.selectionStart)(document.getElementById('summary'))")
        assert chosen == len(page.locator("#summary").input_value())
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.get_by_role("button", name="Salin rekap").click()
    page.wait_for_function("document.getElementById('summary-status').textContent.startsWith('Teks sudah dipilih')")
    assert page.evaluate("document.activeElement.id") == "summary"


def test_a_chosen_file_is_named_with_its_size(browser_page: Opener, gallery_url: str) -> None:
    page = browser_page(360)
    page.goto(f"{gallery_url}/desk")
    page.locator("#sheet").set_input_files(
        {"name": "lokakarya.xlsx", "mimeType": "application/octet-stream", "buffer": b"x" * 24_000}
    )
    assert page.locator("#sheet-chosen").inner_text() == "lokakarya.xlsx (23 KB)"


def test_paper_shows_the_text_and_not_the_chrome(browser_page: Opener, gallery_url: str) -> None:
    page = browser_page(768)
    page.goto(f"{gallery_url}/sign/read")
    page.emulate_media(media="print")
    assert page.locator(".agreement").is_visible()
    assert page.get_by_text("KDMP Mulyasari").is_visible()  # the annex is folded on the screen
    for chrome in (".top", ".text-size", ".consent", ".ways", ".foot"):
        assert not page.locator(chrome).is_visible(), chrome
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "14.6667px"  # 11 pt


@pytest.mark.parametrize("status", STATUSES)
def test_an_error_says_what_to_do_and_whom_to_ask_without_a_number(status: int) -> None:
    shown = make_gallery().test_client().get(f"/error/{status}").text
    heading = shown.split("<h1>")[1].split("</h1>")[0]
    assert heading.strip()
    assert str(status) not in heading
    assert "Ibu Sari Wulandari" in shown
    assert "https://wa.me/620" in shown


def test_the_owner_is_named_only_when_set_and_the_band_only_in_trial() -> None:
    official = make_gallery(trial=False).test_client().get("/public").text
    trial = make_gallery(owner="").test_client().get("/public").text
    assert "Kementerian Koperasi Republik Indonesia" in official
    assert "Uji coba" not in official
    assert "Uji coba" in trial
    assert "Kementerian" not in trial.split("<main")[0]


def test_hostile_names_are_text() -> None:
    app = make_gallery()
    with app.test_request_context():
        shown = str(app.jinja_env.get_template("macros.html").module.party_label("<b>A & B</b>", "<i>"))  # type: ignore[attr-defined]
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in shown
    assert "<i>" not in shown

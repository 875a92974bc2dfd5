"""The desk in Chromium at 360 and 1280 px, held at 320 and 1920: nothing axe finds, nothing sideways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from kdmp_core import area_plans
from kdmp_core.matching.area import Engine
from kdmp_core.records import Link
from kdmp_core.signing import codes
from kdmp_core.store import open_store
from tests import desks, records
from tests.browser import checks
from tests.builders import NOW, SYSTEM
from tests.desks import PASSWORD, SHEET, Busy
from tests.serving import serving

WIDTHS = (360, 1280)
BEYOND = {360: 320, 1280: 1920}
"""The width still further out at which a page of each width must hold as well."""
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
    "choices": "/meja/acara/{event}/rencana/pilihan",
    "pictures": "/meja/acara/{event}/rencana/gambar",
    "sheet": "/meja/acara/{event}/rencana/lembar/13",
    "buyer's sheet": "/meja/acara/{event}/rencana/lembar/31",
    "what-if": "/meja/acara/{event}/rencana/andai",
    "calendar": "/meja/acara/{event}/rencana/kalender",
    "areas": "/meja/wilayah",
    "area": "/meja/wilayah/32.03",
    "area without a plan": "/meja/wilayah/32.03.31",
    "agreements": "/meja/naskah",
    "draft": "/meja/naskah/{draft}",
    "sent": "/meja/naskah/{sent}",
    "contract": "/meja/naskah/{contract}",
    "words": "/meja/naskah/{draft}/isi",
    "terms": "/meja/naskah/{draft}/isi/ubah",
    "contract-terms": "/meja/naskah/{framework}/pks?supplier={pair[0]}&buyer={pair[1]}",
    "record": "/meja/naskah/{draft}/catat",
    "numbers": "/meja/naskah/{draft}/nomor",
    "addendum": "/meja/naskah/{framework}/adendum",
    "accession": "/meja/naskah/{framework}/aksesi",
    "two-party": "/meja/acara/{event}/mou",
    "links": "/meja/tautan",
    "codes": "/meja/kode",
    "templates": "/meja/format",
    "template-kind": "/meja/format/mou_bilateral",
    "users": "/meja/pengguna",
    "password": "/meja/akun/sandi",
}


@pytest.fixture(scope="module")
def busy(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Busy, str]]:
    """A desk with work at every stage, served on a free port of the loopback."""
    folder = tmp_path_factory.mktemp("desk")
    store = open_store(records.fresh(sqlite_template, folder))
    made = desks.make_busy(desks.make_desk(store, folder / "data"))
    with store.write() as session:
        scope = area_plans.find("32.03")
        plan = area_plans.solve(area_plans.question(session, scope, None, Engine.HIGHS))
        area_plans.keep(session, plan, {"cpu_ms": 1, "mb": 1}, SYSTEM, NOW)
        area_plans.ask(session, scope, None, SYSTEM, NOW)
    with serving(made.desk.app) as url:
        yield made, url
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
        pair=made.pair,
    )


def looked_at(page: Page, name: str) -> list[str]:
    """Give what is wrong with the page that is open, by its name."""
    wrong = []
    for check in (checks.assert_accessible, checks.assert_no_sideways_scroll, checks.assert_targets_large):
        try:
            check(page)
        except AssertionError as found:
            wrong.append(f"{name}: {found}")
    wrong += [] if page.locator("h1").count() == 1 else [f"{name}: not one h1"]
    return [*wrong, *_holds_beyond(page, name)]


def _holds_beyond(page: Page, name: str) -> list[str]:
    """Give what sticks out at the narrowest or the widest window, and set the window back."""
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": BEYOND[size["width"]], "height": size["height"]})
    try:
        checks.assert_no_sideways_scroll(page)
    except AssertionError as found:
        return [f"{name}: {found}"]
    finally:
        page.set_viewport_size(size)
    return []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_the_desk_is_whole_at_both_widths_and_holds_from_320_to_1920_px(
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
        wrong += looked_at(page, name)
    assert not wrong, "\n".join(wrong)
    assert not said


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_that_answer_a_form_are_whole_as_well(
    busy: tuple[Busy, str],
    browser_page: Callable[..., Page],
    collect_console: Callable[[Page], list[str]],
    tmp_path: Path,
    width: int,
) -> None:
    made, url = busy
    book = openpyxl.load_workbook(SHEET)
    book["Koperasi"]["B2"] = f"Koperasi Desa Merah Putih Lain {width}"
    book.save(tmp_path / "lain.xlsx")
    page = browser_page(width, 900)
    said = collect_console(page)
    sign_in(page, url)
    page.goto(f"{url}/meja/acara/impor")
    page.set_input_files("#sheet", tmp_path / "lain.xlsx")
    page.get_by_role("button", name="Baca lembar ini").click()
    wrong = looked_at(page, "import with open rows")
    page.goto(f"{url}/meja/tautan")
    page.get_by_role("button", name="Siapkan WhatsApp").last.click()
    wrong += looked_at(page, "link")
    page.goto(f"{url}/meja/pengguna")
    page.get_by_label("Nama lengkap").fill("Tuti Alawiyah")
    page.get_by_label("Nama masuk").fill(f"tuti{width}")
    page.get_by_role("button", name="Tambah pengguna").click()
    wrong += looked_at(page, "one-time password")
    page.goto(f"{url}{address(made, 'terms')}")
    page.get_by_label("Jangka waktu (bulan)").fill("banyak")
    with page.expect_response(lambda answer: answer.status == 422):
        page.get_by_role("button", name="Simpan isi").click()
    wrong += looked_at(page, "mistakes")
    assert page.title().startswith("Salah: ")
    with made.desk.store.write() as session:
        link = session.scalars(select(Link).order_by(Link.id.desc()).offset(width % 7)).first()
        assert link is not None
        codes.ask(session, link, f"browser of {width}", made.desk.settings, NOW)
    second = browser_page(width, 900)
    sign_in(second, url, "budi")
    second.goto(f"{url}/meja/kode")
    second.get_by_role("button", name="Tampilkan kode").last.click()
    wrong += looked_at(second, "code")
    assert not wrong, "\n".join(wrong)
    assert not [line for line in said if "422" not in line]


def test_the_recap_can_be_taken_without_script(busy: tuple[Busy, str], browser_page: Callable[..., Page]) -> None:
    made, url = busy
    page = browser_page(360, 800, script=False)
    sign_in(page, url)
    page.goto(f"{url}/meja/naskah/{made.sent}")
    assert "0 dari 31 sudah menandatangani." in page.locator("#recap").input_value()
    page.get_by_role("link", name="Sebutkan nama yang ditunggu").click()
    assert "Koperasi Desa Merah Putih" in page.locator("#recap").input_value()


@pytest.mark.parametrize("width", WIDTHS[:1])
def test_a_pair_is_refused_and_the_plan_that_was_is_taken_up_again(
    busy: tuple[Busy, str],
    browser_page: Callable[..., Page],
    collect_console: Callable[[Page], list[str]],
    width: int,
) -> None:
    made, url = busy
    page = browser_page(width, 900)
    said = collect_console(page)
    sign_in(page, url)
    plan = url + address(made, "plan")
    page.goto(plan)
    page.get_by_role("link", name="Pilih dan hitung ulang").click()
    page.get_by_label("Keputusan").first.select_option("Tolak")
    page.get_by_label("Mitra terbanyak setiap koperasi").fill("3")
    page.get_by_role("button", name="Hitung ulang dengan pilihan ini").click()
    page.wait_for_url(f"{plan}#changes")
    changes = page.locator("#changes")
    assert "Pasangan ini ditolak." in changes.inner_text()
    wrong = looked_at(page, "changes")
    page.get_by_role("button", name="Pakai rencana").first.click()
    page.wait_for_url(f"{plan}#changes")
    assert "Larangannya dilepas." in page.locator("#changes").inner_text()
    wrong += looked_at(page, "back")
    page.goto(url + address(made, "choices"))
    page.get_by_label("Mitra terbanyak setiap koperasi").fill("banyak")
    with page.expect_response(lambda answer: answer.status == 422):
        page.get_by_role("button", name="Hitung ulang dengan pilihan ini").click()
    wrong += looked_at(page, "choices with a mistake")
    assert not wrong, "\n".join(wrong)
    assert not [line for line in said if "422" not in line]


def test_the_plan_is_seen_by_keyboard_and_every_sheet_is_one_page(
    busy: tuple[Busy, str], browser_page: Callable[..., Page]
) -> None:
    made, url = busy
    page = browser_page(768, 900)
    sign_in(page, url)
    page.goto(url + address(made, "pictures"))
    wrong = []
    for check in (checks.assert_accessible, checks.assert_no_sideways_scroll):
        try:
            check(page)
        except AssertionError as found:
            wrong.append(str(found))
    assert not wrong, "\n".join(wrong)
    assert page.evaluate("document.querySelectorAll('svg, svg *').length") <= 3_000
    region = page.locator("figure.drawing .scroll").first
    region.focus()
    assert region.evaluate("(box) => box.scrollWidth > box.clientWidth")  # the drawing scrolls, not the page
    page.keyboard.press("Tab")
    assert "Pamoyanan" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rencana/lembar/1")
    for name, sheets in (("lembar", 33), ("lembar/31", 1)):
        page.goto(f"{url}/meja/acara/{made.event_id}/rencana/{name}")
        assert len(pdfium.PdfDocument(page.pdf(format="A4"))) == sheets


@pytest.mark.parametrize("width", WIDTHS)
def test_a_mill_is_thought_of_without_script_and_its_answer_can_be_sent_on(
    busy: tuple[Busy, str], browser_page: Callable[..., Page], width: int
) -> None:
    made, url = busy
    page = browser_page(width, 900)
    bare = browser_page(width, 900, script=False)
    for one in (page, bare):
        sign_in(one, url)
    bare.goto(url + address(made, "plan"))
    bare.get_by_role("link", name="Andai ada tambahan").click()
    bare.get_by_role("link", name="Gilingan", exact=True).click()
    bare.get_by_label("Tempat").fill("Cihae")
    bare.get_by_label("Jumlah per musim").fill("150 ton")
    bare.get_by_role("button", name="Hitung andai ini").click()
    assert "Yang mirip: Cihea" in bare.locator("#tempat-wrong").inner_text()
    page.goto(bare.url)
    wrong = looked_at(page, "what-if with a mistake")
    bare.get_by_label("Tempat").fill("Cihea")
    bare.get_by_role("button", name="Hitung andai ini").click()
    assert bare.locator("h1").inner_text().startswith("Tambahan ini bernilai Rp")
    page.goto(bare.url)
    wrong += looked_at(page, "what-if answered")
    assert page.locator("h1").inner_text() == bare.locator("h1").inner_text()
    page.get_by_role("link", name="Keluarkan").click()
    assert page.locator("main tbody tr").count() == 5
    assert not wrong, "\n".join(wrong)

"""The pages of a template's version in Chromium at 360 and 1280 px: its report, its comparison, its printed pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from kdmp_core import templates
from kdmp_core.records import Role
from kdmp_core.store import open_store
from mou_templates import samples
from tests import builders, desks, edited, records
from tests.browser.test_desk import WIDTHS, looked_at, sign_in
from tests.desks import Desk
from tests.serving import serving

REPORT, WAITING, PRINTED, TAKEN = "1", "2", "3", "4"


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str]]:
    """A version with errors, one whose samples are being printed, one to publish, one that was taken back."""
    folder = tmp_path_factory.mktemp("templates")
    store = open_store(records.fresh(sqlite_template, folder))
    desk = desks.make_desk(store, folder / "data")
    (page,) = samples.pictures(builders.blank_pdf())
    with store.write() as session:
        desks.know_password(builders.create_user(session, "tuti", Role.MINISTRY, area=""))
        sari, files = desk.staff.coordinator, desk.files
        edited.uploaded(session, files, sari, edited.with_error())
        edited.uploaded(session, files, sari, edited.with_word("maksud baik"))
        picture = {"page": 1, "width": page.width, "height": page.height, "sha256": files.put(page.png)}
        more = {"pdf": files.put(builders.blank_pdf()), "pages": 1, "pictures": [picture]}
        edited.printed(session, edited.uploaded(session, files, sari, edited.with_warning()), **more)
        taken = edited.uploaded(session, files, sari, edited.with_word("kemauan baik"))
        edited.printed(session, taken, "longest", **more)
        templates.withdraw(session, taken.id, "Istilahnya keliru.", builders.by_user(sari), builders.NOW)
    with serving(desk.app) as url:
        yield desk, url
    store.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_a_version_is_whole(
    house: tuple[Desk, str],
    browser_page: Callable[..., Page],
    collect_console: Callable[[Page], list[str]],
    width: int,
) -> None:
    _, url = house
    page = browser_page(width, 900)
    said = collect_console(page)
    sign_in(page, url, "tuti")
    wrong = []
    for number in (REPORT, WAITING, PRINTED, TAKEN):
        page.goto(f"{url}/meja/format/versi/{number}")
        page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
        wrong += looked_at(page, f"version {number}")
    page.goto(f"{url}/meja/format/versi/{PRINTED}")
    page.get_by_label("Sudah saya periksa").check()
    with page.expect_response(lambda answer: answer.status == 422):
        page.get_by_role("button", name="Terbitkan").click()
    wrong += looked_at(page, "not confirmed")
    assert page.get_by_label("Sudah saya periksa").is_checked()
    assert not wrong, "\n".join(wrong)
    assert not [line for line in said if "422" not in line]


def test_the_page_renews_itself_when_a_sample_was_printed(
    house: tuple[Desk, str], browser_page: Callable[..., Page]
) -> None:
    desk, url = house
    page = browser_page(1280, 900)
    sign_in(page, url, "tuti")
    page.goto(f"{url}/meja/format/versi/{WAITING}")
    assert page.get_by_text("0 dari 5").is_visible()
    with desk.store.write() as session:
        edited.printed(session, templates.find(session, int(WAITING)))
    page.get_by_role("button", name="Terbitkan").wait_for(timeout=15_000)


def test_a_version_is_published_without_script(house: tuple[Desk, str], browser_page: Callable[..., Page]) -> None:
    desk, url = house
    page = browser_page(360, 800, script=False)
    sign_in(page, url, "tuti")
    page.goto(f"{url}/meja/format/versi/{PRINTED}")
    page.get_by_label("Sudah saya periksa").check()
    page.get_by_label("Saya sudah membaca").check()
    page.get_by_role("button", name="Terbitkan").click()
    assert page.get_by_text("Berlaku", exact=True).is_visible()
    with desk.store.read() as session:
        applies = templates.current(session, edited.KIND)
        assert applies is not None
        assert applies.id == int(PRINTED)

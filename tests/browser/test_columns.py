"""The page of columns in Chromium at 360 and 1280 px: what a table may mean, what is wrong, what comes of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from kdmp_core.store import open_store
from kdmp_core.workshops import accept
from tests import desks, records, tables
from tests.browser.test_desk import WIDTHS, looked_at, sign_in
from tests.builders import NOW, REGENCY
from tests.serving import serving


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A desk with two tables whose columns nobody has confirmed, one for each width."""
    folder = tmp_path_factory.mktemp("columns")
    store = open_store(records.fresh(sqlite_template, folder))
    desk = desks.make_desk(store, folder / "data")
    with store.write() as session:
        for seed in WIDTHS:
            table = tables.wide(tables.facts(random.Random(seed), 4, REGENCY))
            table = [[*row, "sepuluh" * 20] for row in table]
            table[0][-1] = "Luas lahan sawah menurut pendataan bulan lalu " * 3
            accept.upload(session, desk.files, tables.as_csv(table), "data-desa.csv", desk.staff.coordinator, NOW)
    with serving(desk.app) as url:
        yield url
    store.close()


@pytest.mark.parametrize(("number", "width"), list(enumerate(WIDTHS, 1)))
def test_a_table_is_confirmed_read_and_looked_at(
    house: str,
    browser_page: Callable[..., Page],
    collect_console: Callable[[Page], list[str]],
    number: int,
    width: int,
) -> None:
    page = browser_page(width, 900)
    told = collect_console(page)
    sign_in(page, house)
    page.goto(f"{house}/meja/impor/{number}")
    page.wait_for_url(f"{house}/meja/impor/{number}/kolom")
    page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
    wrong = looked_at(page, "columns")
    assert page.get_by_label("Arti kolom B").input_value() == "party"
    assert page.get_by_label("Arti kolom I").input_value() == "ignore"
    page.get_by_label("Arti kolom C").select_option("party")
    with page.expect_response(lambda answer: answer.status == 422):
        page.get_by_role("button", name="Pastikan arti kolom").click()
    wrong += looked_at(page, "columns with mistakes")
    page.get_by_label("Arti kolom C").select_option("village")
    for label, value in (
        ("Nama acara", f"Lokakarya {number}"),
        ("Mulai", "5 November 2025"),
        ("Kabupaten", REGENCY),
        ("Harga GKP di petani saat ini (Rp/kg)", "6.400"),
    ):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Pastikan arti kolom").click()
    page.wait_for_url(f"{house}/meja/impor/{number}")
    wrong += looked_at(page, "what the table says")
    assert not wrong, "\n".join(wrong)
    assert not [line for line in told if "422" not in line]

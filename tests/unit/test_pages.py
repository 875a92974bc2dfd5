from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from jinja2 import UndefinedError

from tests.browser.gallery import make_gallery
from webhooks import pages
from webhooks.pages.paper import for_reading


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Sari Wulandari", "SW"),
        ("Suparno", "S"),
        ("Prof. Dr. H. Deden Nurjanah, S.E., M.Si.", "DN"),
        ("", ""),
        ("deden (wakil)", "D"),
    ],
)
def test_initials_leave_titles_out(name: str, letters: str) -> None:
    assert pages.initials(name) == letters


def test_a_static_address_carries_the_content() -> None:
    with make_gallery().test_request_context():
        assert re.fullmatch(r"/static/css/base\.css\?v=[0-9a-f]{10}", pages.asset("css/base.css"))
        with pytest.raises(FileNotFoundError):
            pages.asset("css/none.css")


def test_the_agreement_keeps_its_words_and_folds_its_annexes() -> None:
    paper = (
        "<h2>NOTA</h2>\n<p>a &amp; b</p>\n<table role=presentation><tr><td>x</table>\n"
        "<h2>LAMPIRAN I</h2>\n<table><tbody><tr><td>1</tbody></table>\n<h2>LAMPIRAN II</h2>\n<p>c</p>\n"
    )
    shown = BeautifulSoup(for_reading(paper), "lxml")
    assert shown.get_text().split() == BeautifulSoup(paper, "lxml").get_text().split()
    assert [item.summary.get_text() for item in shown.select("article > details")] == ["LAMPIRAN I", "LAMPIRAN II"]
    assert [item.get("role") for item in shown.select(".scroll > table, article > table")] == ["presentation", None]
    assert len({item["aria-label"] for item in shown.select(".scroll")}) == 1


def test_a_misspelt_name_fails_the_page() -> None:
    app = make_gallery()
    with app.test_request_context(), pytest.raises(UndefinedError):
        app.jinja_env.from_string("{{ misspelt }}").render()


def test_every_form_that_changes_something_carries_the_token() -> None:
    shown = make_gallery().test_client().get("/desk").text
    forms = re.findall(r'<form[^>]*method="post".*?</form>', shown, re.DOTALL)
    assert len(forms) == 3
    assert all('name="csrf_token"' in form for form in forms)


def test_an_unknown_status_is_told_as_the_nearest_known() -> None:
    client = make_gallery().test_client()
    assert client.get("/error/418").text == client.get("/error/400").text
    assert client.get("/error/502").text == client.get("/error/500").text


def test_without_a_known_person_an_error_still_says_whom_to_ask() -> None:
    with make_gallery().test_request_context():
        assert "Tanyakan kepada petugas" in pages.error_page(404)

"""What the paper says is read once, from the finished file; a lost word or article is refused."""

from __future__ import annotations

import dataclasses
import io
import zipfile

import pytest
from bs4 import BeautifulSoup

from mou_templates import reading
from mou_templates.equality import bare
from mou_templates.errors import Refused
from mou_templates.examples import example_facts, network
from mou_templates.kinds import KINDS
from mou_templates.press import shipped, shipped_form
from mou_templates.reading import Grid, Line, Reading
from mou_templates.words import dress

EVERY_KIND = pytest.mark.parametrize("kind", sorted(KINDS))
EVERY_AGREEMENT = pytest.mark.parametrize("kind", sorted(code for code, kind in KINDS.items() if kind.agreement))
TITLES = {"NOTA KESEPAHAMAN", "PERJANJIAN KERJA SAMA", "ADENDUM KESATU", "SURAT PERNYATAAN BERGABUNG"}
ARTICLES = {"mou_network": 17, "mou_bilateral": 13, "mou_hub": 18, "pks": 18, "addendum": 4, "accession": 0}


def drafted(kind: str) -> tuple[Reading, dict[str, object]]:
    words = dress(kind, example_facts(kind))
    return reading.draft(shipped(kind), words).reading, words


def check(kind: str, blocks: list[Line | Grid]) -> None:
    whole, words = drafted(kind)
    form = reading.read(shipped_form(kind))
    reading.check(dataclasses.replace(whole, blocks=tuple(blocks)), words, form)


@EVERY_AGREEMENT
def test_every_article_is_there_in_order(kind: str) -> None:
    articles = reading.articles(drafted(kind)[0])
    assert [number for number, _ in articles] == list(range(1, ARTICLES[kind] + 1))
    assert [heading for _, heading in articles][-1:] == ["PENUTUP"] * bool(articles)


@EVERY_AGREEMENT
def test_the_last_clause_closes_the_paper(kind: str) -> None:
    assert reading.last_clause(drafted(kind)[0]).endswith("untuk dipatuhi dan dilaksanakan.")


def test_a_lost_article_is_refused() -> None:
    blocks = [b for b in drafted("pks")[0].blocks if not (isinstance(b, Line) and b.text.startswith("Pasal 7\n"))]
    with pytest.raises(Refused) as refusal:
        check("pks", blocks)
    assert (refusal.value.code, refusal.value.values["expected"]) == ("article_order", "7 PEMBAYARAN")


def test_two_articles_in_the_wrong_order_are_refused() -> None:
    blocks = list(drafted("pks")[0].blocks)
    at = [n for n, b in enumerate(blocks) if isinstance(b, Line) and b.style == "Article"]
    blocks[at[2]], blocks[at[3]] = blocks[at[3]], blocks[at[2]]
    with pytest.raises(Refused, match="article_order"):
        check("pks", blocks)


def test_a_lost_end_is_refused() -> None:
    blocks = [b for b in drafted("pks")[0].blocks if not (isinstance(b, Line) and "Demikian" in b.text)]
    with pytest.raises(Refused, match="last_clause_lost"):
        check("pks", blocks)


def test_a_lost_value_is_refused_with_its_place() -> None:
    whole, words = drafted("pks")
    words["court"] = "Pengadilan Negeri Antah Berantah"
    with pytest.raises(Refused) as refusal:
        reading.check(whole, words, reading.read(shipped_form("pks")))
    assert (refusal.value.code, refusal.value.values["place"]) == ("value_lost", "/court")


def test_a_tag_that_was_left_is_refused() -> None:
    with pytest.raises(Refused, match="tag_left"):
        check("pks", [*drafted("pks")[0].blocks, Line("Body", "{{ lupa }}")])


@EVERY_KIND
def test_the_phone_text_says_what_the_word_file_says(kind: str) -> None:
    whole = drafted(kind)[0]
    soup = BeautifulSoup(reading.to_html(whole), "html.parser")
    assert bare(soup.get_text()) == bare(reading.plain_text(whole))


def test_the_phone_text_of_thirty_parties_is_light() -> None:
    html = reading.to_html(drafted("mou_network")[0])
    assert len(html.encode()) <= 30_000


@EVERY_AGREEMENT
def test_the_lines_of_the_title_are_marked_for_the_phone_to_centre(kind: str) -> None:
    soup = BeautifulSoup(reading.to_html(drafted(kind)[0]), "lxml")
    marked = [line.get_text() for line in soup.select("p.title")]
    assert set(marked) > ({"TENTANG"} if kind == "accession" else {"ANTARA", "DAN", "TENTANG"})
    assert marked[-1].startswith("NOMOR: ")


@EVERY_AGREEMENT
def test_the_phone_text_has_headings_and_table_heads_and_no_style(kind: str) -> None:
    html = reading.to_html(drafted(kind)[0])
    soup = BeautifulSoup(html, "lxml")
    heading = soup.find("h2")
    assert heading is not None
    assert heading.get_text() in TITLES
    assert len([h for h in soup.find_all("h3") if h.get_text().startswith("Pasal ")]) == ARTICLES[kind]
    assert all(head.get("scope") == "col" for head in soup.find_all("th"))
    assert bool(soup.find("th")) == (kind != "addendum")  # of two parties, it has no table but the signatures
    assert not soup.find(["script", "style"])
    assert not soup.find(style=True)


@EVERY_KIND
def test_items_that_follow_each_other_are_one_list_with_their_letters_typed(kind: str) -> None:
    whole = drafted(kind)[0]
    soup = BeautifulSoup(reading.to_html(whole), "lxml")
    items = [line.text for line in reading.lines(whole.blocks) if line.style in reading.ITEM_STYLES]
    assert [bare(item.get_text()) for item in soup.find_all("li")] == [bare(item) for item in items if item.strip()]
    assert all(found.get("role") == "list" and found.find("li") for found in soup.find_all("ul"))
    assert all(
        found.find_next_sibling() is None or found.find_next_sibling().name != "ul" for found in soup.find_all("ul")
    )
    assert not soup.select("ul p, ul table, ul ul, p li")


def test_signs_of_markup_are_text_on_the_phone() -> None:
    facts = network(1)
    facts["members"][0]["name"] = "<script>alert(1)</script> & Maju"
    html = reading.to_html(reading.draft(shipped("mou_network"), dress("mou_network", facts)).reading)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Maju" in html


def test_page_numbers_are_read_as_fields() -> None:
    assert drafted("pks")[0].footers == ("Halaman # dari #",)


def test_entities_are_never_expanded() -> None:
    stream = io.BytesIO()
    text = "<w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body>"
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document xmlns:w="{}">' + text + "</w:document>"
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("word/document.xml", bomb.format(reading.W.strip("{}")))
    assert "aaaa" not in reading.plain_text(reading.read(stream.getvalue()))


@pytest.mark.parametrize("data", [b"", b"no zip", shipped_form("pks")[:5000]])
def test_an_unreadable_file_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="document_unreadable"):
        reading.read(data)

"""The press keeps every word whole, refuses what it cannot keep, and gives the same bytes for the same words."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mou_templates import build, elements, reading
from mou_templates.errors import CODES, Refused
from mou_templates.examples import example_facts, network
from mou_templates.kinds import KINDS
from mou_templates.papers import addendum, supply
from mou_templates.press import Press, shipped, shipped_form
from mou_templates.words import dress

EVERY_KIND = pytest.mark.parametrize("kind", sorted(KINDS))
WORD_FORM = shipped_form("mou_bilateral")


def form_with(body: str, part: str = "word/document.xml") -> bytes:
    """Give a real form whose part has one more paragraph of that source."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORD_FORM)) as given_form, zipfile.ZipFile(stream, "w") as made:
        for name in given_form.namelist():
            packed = given_form.read(name)
            if name == part:
                data = packed.decode()
                before, mark, last_section = data.rpartition("<w:sectPr")
                data = f"{before}<w:p><w:r><w:t>{body}</w:t></w:r></w:p>{mark}{last_section}" if mark else data
                packed = data.replace("<dc:title>", f"<dc:title>{body}").encode()
            made.writestr(name, packed)
    return stream.getvalue()


def printed(body: str, extra: dict[str, Any]) -> str:
    words = {**dress("mou_bilateral", example_facts("mou_bilateral")), **extra}
    return reading.plain_text(reading.read(Press(form_with(body)).render(words)))


@EVERY_KIND
def test_the_shipped_form_is_what_the_source_builds(kind: str) -> None:
    built, kept = (zipfile.ZipFile(io.BytesIO(data)) for data in (build.build(kind), shipped_form(kind)))
    with built, kept:
        assert built.namelist() == kept.namelist()
        assert [built.read(name) for name in built.namelist()] == [kept.read(name) for name in kept.namelist()]


@EVERY_KIND
def test_the_same_words_give_the_same_bytes_from_a_fresh_press(kind: str) -> None:
    words = dress(kind, example_facts(kind))
    assert Press(shipped_form(kind)).render(words) == shipped(kind).render(words)


@EVERY_KIND
def test_the_zip_is_whole_and_has_one_time(kind: str) -> None:
    docx = shipped(kind).render(dress(kind, example_facts(kind)))
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        assert package.testzip() is None
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("rows", [1, 30, 200])
def test_a_network_of_any_size_lists_each_cooperative_once(rows: int) -> None:
    words = dress("mou_network", network(rows))
    roster = reading.draft(shipped("mou_network"), words).reading.blocks
    tables = [block for block in roster if isinstance(block, reading.Grid) and block.heads]
    codes = [row[-1][0].text for row in tables[0].rows[1:]]
    assert codes == [f"§{number:03d}" for number in range(1, rows + 1)]


def test_a_plan_without_actions_says_so() -> None:
    words = dress("mou_network", {**network(2), "actions": []})
    assert "Belum ada rencana yang dicatat." in reading.plain_text(reading.draft(shipped("mou_network"), words).reading)


def test_the_paper_carries_its_stamp_until_a_lawyer_has_reviewed_it() -> None:
    facts = example_facts("pks")
    drafted = reading.draft(shipped("pks"), dress("pks", facts)).reading
    assert drafted.headers == ("Konsep, belum ditelaah ahli hukum",)
    reviewed = reading.draft(shipped("pks"), dress("pks", {**facts, "legal_review": "reviewed"})).reading
    assert reviewed.headers == ("",)


@pytest.mark.parametrize(
    ("mode", "opening", "closing"),
    [
        ("at_once", "Pada hari ini, Rabu", "2 (dua) rangkap asli"),
        ("over_days", "di atas kertas pada tanggal yang tertera", "2 (dua) rangkap asli"),
        ("electronic", "secara elektronik pada tanggal yang tertera", "1 (satu) dokumen elektronik"),
        ("mixed", "secara elektronik dan/atau di atas kertas, yang", "setara dengan tanda tangan di atas kertas"),
    ],
)
def test_the_text_says_how_it_is_signed(mode: str, opening: str, closing: str) -> None:
    words = dress("mou_bilateral", {**example_facts("mou_bilateral"), "signing_mode": mode})
    text = reading.plain_text(reading.draft(shipped("mou_bilateral"), words).reading)
    assert opening in text
    assert closing in text


def text_of(kind: str, facts: dict[str, Any]) -> str:
    return reading.plain_text(reading.draft(shipped(kind), dress(kind, facts)).reading)


@pytest.mark.parametrize(
    ("membership", "said"),
    [
        ("member", "adalah anggota PIHAK KEDUA"),
        ("candidate", "adalah calon anggota PIHAK KEDUA"),
        ("none", "bukan anggota PIHAK KEDUA"),
    ],
)
def test_a_hub_says_what_the_cooperative_is_to_it_and_never_makes_it_a_member(membership: str, said: str) -> None:
    text = text_of("mou_hub", {**example_facts("mou_hub"), "membership": membership})
    assert said in text
    assert text.count("anggota PIHAK KEDUA") == 1
    assert "tidak dengan sendirinya menimbulkan atau mengakhiri keanggotaan" in text


@pytest.mark.parametrize(
    ("days", "said"), [(3, "dalam 3 (tiga) hari sejak tawaran"), (0, "Tidak ada PIHAK yang wajib")]
)
def test_a_hub_has_a_right_of_first_offer_or_none(days: int, said: str) -> None:
    assert said in text_of("mou_hub", {**example_facts("mou_hub"), "first_offer_days": days})


@pytest.mark.parametrize(("count", "times"), [(24, 1), (None, 0)])
def test_a_hub_counts_its_members_where_they_are_known(count: int | None, times: int) -> None:
    text = text_of("mou_hub", {**example_facts("mou_hub"), "member_count": count})
    assert text.count("beranggotakan 24 (dua puluh empat) koperasi, ") == times


@pytest.mark.parametrize(("goods", "own", "other"), [("rice", "Gabah", "Jagung"), ("maize", "Jagung", "Gabah")])
def test_a_supply_agreement_speaks_of_its_own_goods_only(goods: Any, own: str, other: str) -> None:
    text = text_of("pks", supply.example(goods))
    assert own in text
    assert other not in text


def test_an_addendum_of_two_has_two_signatures_and_no_annex() -> None:
    text = text_of("addendum", addendum.example(1))
    assert text.startswith("ADENDUM KESATU\n")
    assert [code for code in ("§001", "§002", "§003") if code in text] == ["§001", "§002"]
    assert "LAMPIRAN" not in text


@pytest.mark.parametrize("firsts", [2, 31, 200])
def test_an_addendum_of_many_lists_each_with_its_code(firsts: int) -> None:
    read = reading.draft(shipped("addendum"), dress("addendum", addendum.example(firsts))).reading
    (roster,) = [block for block in read.blocks if isinstance(block, reading.Grid) and block.heads]
    assert [row[-1][0].text for row in roster.rows[1:]] == [f"§{number:03d}" for number in range(1, firsts + 1)]
    assert f"§{firsts + 1:03d}" in reading.plain_text(read)


def test_an_addendum_says_old_and_new_below_one_another() -> None:
    facts = addendum.example()
    facts["changes"] = [
        {"article": 7, "heading": "SEKRETARIAT", "old_text": ["lama satu", "lama\ndua"], "new_text": ["baru"]},
        {"article": 18, "heading": "PENGAWASAN", "old_text": [], "new_text": ["sama sekali baru"]},
        {"article": 3, "heading": "PRINSIP", "old_text": ["hilang"], "new_text": []},
    ]
    text = text_of("addendum", facts)
    assert "1.\tPasal 7 SEKRETARIAT\nSemula:\nlama satu\nlama\ndua\nMenjadi:\nbaru\n" in text
    assert "2.\tPasal 18 PENGAWASAN\nSemula:\n(belum ada)\nMenjadi:\nsama sekali baru\n" in text
    assert "3.\tPasal 3 PRINSIP\nSemula:\nhilang\nMenjadi:\n(dihapus)\n" in text


def test_articles_that_an_addendum_quotes_are_not_its_own() -> None:
    facts = addendum.example()
    facts["changes"][0]["new_text"] = ["Pasal 9\nPENUTUP", "KORESPONDENSI"]
    read = reading.draft(shipped("addendum"), dress("addendum", facts)).reading
    assert [number for number, _ in reading.articles(read)] == [1, 2, 3, 4]
    assert "correspondence" not in elements.found(read)


def test_six_thousand_characters_of_old_and_new_text_are_printed_whole() -> None:
    facts = addendum.example()
    facts["changes"][0].update(old_text=["lama " * 400] * 3, new_text=["baru " * 400] * 3)
    assert text_of("addendum", facts).count("baru " * 400) == 3


def test_an_accession_joins_the_agreement_as_it_stands_now() -> None:
    facts = example_facts("accession")
    plain = text_of("accession", facts)
    assert "sebagaimana diubah" not in plain
    amended = text_of("accession", {**facts, "amended": ["Adendum Kesatu Nomor 4", "Adendum Kedua Nomor 9"]})
    assert "sebagaimana diubah dengan Adendum Kesatu Nomor 4 dan Adendum Kedua Nomor 9, selanjutnya" in amended
    assert "sampai dengan tanggal 21 Oktober 2028" in plain
    assert "§001" in plain
    assert "§002" in plain


@pytest.mark.parametrize("mode", ["at_once", "over_days", "electronic", "mixed"])
@pytest.mark.parametrize("kind", ["mou_hub", "addendum", "accession"])
@pytest.mark.parametrize("meterai", ["none", "per_copy", "electronic"])
def test_every_way_of_signing_and_every_stamp_can_be_pressed(kind: str, mode: str, meterai: str) -> None:
    text = text_of(kind, {**example_facts(kind), "signing_mode": mode, "meterai": meterai})
    assert ("\nMeterai\n" in text, "\ne-Meterai\n" in text) == (meterai == "per_copy", meterai == "electronic")


@EVERY_KIND
def test_number_place_and_date_are_dotted_while_they_are_not_known(kind: str) -> None:
    facts = {**example_facts(kind), "letter_number": None, "place": None, "dated": None}
    assert "." * 30 in text_of(kind, facts)


@pytest.mark.parametrize(
    "name",
    [
        'Toko <Maju> & "Jaya"',
        "Toko & Jaya",
        "a</w:t></w:r></w:p><w:p><w:r><w:t>PASAL 9",
        "{{ 7*7 }}",
        "{% for x in y %}",
        "{_{",
        "]]> &lt; &amp;",
        "O’Brien–Sukma",
    ],
)
def test_a_name_with_signs_of_markup_stays_whole(name: str) -> None:
    facts = example_facts("mou_bilateral")
    facts["first"]["name"] = name
    words = dress("mou_bilateral", facts)
    assert name in reading.plain_text(reading.draft(shipped("mou_bilateral"), words).reading)


@settings(max_examples=30, deadline=None)
@given(st.text(st.sampled_from("abcXYZ <>&\"'{}%#_/\\.,;()éñ–’0123456789"), min_size=1, max_size=60))
def test_any_printable_name_is_found_in_the_paper_as_it_was_given(text: str) -> None:
    assert text in printed("{{ extra }}", {"extra": text})


@pytest.mark.parametrize("name", ["ı", "Kırmızı", "\ufb01nal", "ßtraße", "ŉ", "ſ"])  # noqa: RUF001 - letters whose capital is another letter
def test_a_name_that_a_form_writes_in_capitals_is_found_again(name: str) -> None:
    facts = example_facts("attendance")
    facts["event"]["organiser"] = name
    drafted = reading.draft(shipped("attendance"), dress("attendance", facts))
    assert name.upper() in reading.plain_text(drafted.reading)


def test_a_line_break_in_a_text_is_a_line_break_on_paper() -> None:
    assert "satu\ndua\ttiga" in printed("{{ extra }}", {"extra": "satu\ndua\ttiga"})


def test_a_missing_word_is_refused_by_name() -> None:
    words = dress("pks", example_facts("pks"))
    del words["court"]
    with pytest.raises(Refused) as refusal:
        shipped("pks").render(words)
    assert (refusal.value.code, refusal.value.values) == ("word_missing", {"name": "court"})


def test_a_missing_word_in_a_row_is_refused() -> None:
    words = dress("pks", example_facts("pks"))
    del words["deliveries"][1]["place"]
    with pytest.raises(Refused, match="word_missing"):
        shipped("pks").render(words)


@pytest.mark.parametrize(
    "value",
    [None, 1.5, True, b"x", object(), "a\x00", "a\ud800", "a\u202e", "a\u200b", "a\ufeff", "a\u2028", "a\uffff", "a\r"],
)
def test_a_value_that_is_not_plain_printable_text_is_refused(value: object) -> None:
    with pytest.raises(Refused, match="value_refused"):
        printed("{{ extra }}", {"extra": value})


def test_a_text_that_calls_itself_safe_is_refused() -> None:
    sly = type("Sly", (str,), {"__html__": lambda _: "<w:p/>"})("x")
    with pytest.raises(Refused, match="value_refused"):
        printed("{{ extra }}", {"extra": sly})


@pytest.mark.parametrize(
    "source",
    [
        "{{ subject.__class__ }}",
        "{{ subject._x }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 'x' ~ 'y' }}",
        "{{ 1 + 1 }}",
        "{{ subject.upper() }}",
        "{{ subject['x'] }}",
        "{{ subject[0:1] }}",
        "{{ subject|attr('__class__') }}",
        "{{ subject|center(1000000000) }}",
        "{{ subject|safe }}",
        "{{ range(9) }}",
        "{{ lipsum() }}",
        "{{ subject if mode else zone }}",
        "{{ [1, 2] }}",
        "{{ subject is defined }}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{% import 'os' as os %}",
        "{% macro m() %}{% endmacro %}",
        "{% filter upper %}x{% endfilter %}",
        "{% for a, b in matrix %}{% endfor %}",
        "{% for a in matrix recursive %}{% endfor %}",
        "{% if mode %}",
        "{{ nama",
        "{% raw %}{% endwrong %}",
    ],
)
def test_a_form_that_says_more_than_the_language_is_refused_before_compiling(source: str) -> None:
    with pytest.raises(Refused) as refusal:
        Press(form_with(source))
    assert refusal.value.code in {"template_language", "template_loops"}
    assert set(refusal.value.values) == set(CODES[refusal.value.code])


def test_three_loops_in_one_another_are_refused() -> None:
    loops = "{% for a in matrix %}{% for b in matrix %}{% for c in matrix %}x" + "{% endfor %}" * 3
    with pytest.raises(Refused, match="template_loops"):
        Press(form_with(loops))


def test_two_loops_in_one_another_pass() -> None:
    assert "xxxx" in printed("{% for a in matrix %}{% for b in matrix %}x{% endfor %}{% endfor %}", {})


def test_a_form_that_asks_for_a_method_of_a_word_gets_nothing() -> None:
    with pytest.raises(Refused):
        printed("{{ first.items }}", {})


def test_a_very_deep_form_is_refused_and_not_a_crash() -> None:
    with pytest.raises(Refused, match="template_language"):
        Press(form_with("{{ " + "a and " * 20_000 + "a }}"))


@pytest.mark.parametrize(
    "source", ["{{ subject|upper }}", "{{ matrix|length }}", "{{ extra|first }}", "{{ extra|join }}"]
)
def test_the_six_filters_work(source: str) -> None:
    assert printed(source, {"extra": ["padi"]})


def test_properties_may_carry_words_of_one_line_only() -> None:
    press = Press(form_with("{{ subject }}", "docProps/core.xml"))
    words = dress("mou_bilateral", example_facts("mou_bilateral"))
    assert press.render(words)
    with pytest.raises(Refused, match="value_refused"):
        press.render({**words, "subject": "a\nb"})


@pytest.mark.parametrize("data", [b"", b"plain text", b"PK\x03\x04", WORD_FORM[:4000]])
def test_what_is_not_a_word_file_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="template_unreadable"):
        Press(data)

"""Facts become words, and only words that can be printed whole pass the door."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mou_templates.door import check_words, covered
from mou_templates.dressing import BLANK
from mou_templates.errors import CODES, Refused
from mou_templates.examples import example_facts, network
from mou_templates.kinds import KINDS, check_facts, open_blanks
from mou_templates.papers import addendum
from mou_templates.words import dress, review_hash

EVERY_KIND = pytest.mark.parametrize("kind", sorted(KINDS))


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for entry in value.values() for leaf in leaves(entry)]
    return [leaf for entry in value for leaf in leaves(entry)] if isinstance(value, list) else [value]


@EVERY_KIND
def test_words_are_exact_text_only(kind: str) -> None:
    assert {type(leaf) for leaf in leaves(dress(kind, example_facts(kind)))} == {str}


@EVERY_KIND
def test_number_place_and_date_may_come_after_review(kind: str) -> None:
    facts = example_facts(kind)
    before = dress(kind, {**facts, "letter_number": None, "place": None, "dated": None})
    assert before["issue"]["number"] == before["issue"]["date"] == BLANK
    assert review_hash(before, kind) == review_hash(dress(kind, facts), kind)


@EVERY_KIND
def test_any_other_word_needs_a_new_review(kind: str) -> None:
    facts = example_facts(kind)
    changed = dress(kind, {**facts, "legal_review": "reviewed"})
    assert review_hash(changed, kind) != review_hash(dress(kind, facts), kind)


@EVERY_KIND
def test_blanks_are_named_until_they_are_filled(kind: str) -> None:
    facts = example_facts(kind)
    assert open_blanks(kind, facts) == ()
    assert open_blanks(kind, {**facts, "dated": None}) == ("/dated",)


def test_a_missing_authority_is_a_named_blank() -> None:
    facts = network(2)
    facts["members"][1]["signatory"]["authority"] = None
    assert open_blanks("mou_network", facts) == ("/members/1/signatory/authority",)
    assert dress("mou_network", facts)["members"][1]["authority"] == BLANK


@EVERY_KIND
def test_dates_may_come_as_iso_text_from_a_stored_file(kind: str) -> None:
    facts = example_facts(kind)
    stored = {**facts, "dated": facts["dated"].isoformat()}
    assert check_facts(kind, stored) == check_facts(kind, facts)


@EVERY_KIND
def test_a_missing_fact_is_named_by_its_place(kind: str) -> None:
    facts = example_facts(kind)
    del facts["paper"]
    with pytest.raises(Refused) as refusal:
        dress(kind, facts)
    assert (refusal.value.code, refusal.value.values) == ("fact_missing", {"place": "/paper"})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subjet": "x"}, "fact_unknown"),
        ({"duration_months": 12.0}, "fact_type"),
        ({"duration_months": True}, "fact_type"),
        ({"duration_months": 0}, "fact_range"),
        ({"pks_deadline_months": -1}, "fact_range"),
        ({"notice_days": 10**15}, "fact_range"),
        ({"dated": "9999-01-01"}, "fact_range"),
        ({"subject": "  "}, "fact_type"),
        ({"members": []}, "fact_range"),
        ({"signing_mode": "later"}, "fact_type"),
        ({"dated": "22-10-2025"}, "fact_type"),
        ({"time_zone": "Europe/Paris"}, "fact_type"),
    ],
)
def test_facts_that_do_not_fit_are_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        dress("mou_network", {**network(2), **change})
    assert refusal.value.code == code
    assert set(refusal.value.values) == set(CODES[code])


def test_a_value_too_large_to_spell_is_refused() -> None:
    facts = example_facts("pks")
    facts["lines"][0].update(kg=10**10, price=10**6)
    with pytest.raises(Refused, match="fact_range"):
        dress("pks", facts)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Refused, match="kind_unknown"):
        dress("mou_sea", {})


def test_a_need_of_a_party_that_is_not_there_is_refused() -> None:
    facts = network(2)
    facts["capacity"][0]["party"] = 4
    with pytest.raises(Refused, match="fact_range"):
        dress("mou_network", facts)


def test_a_party_without_potential_stands_in_the_matrix_with_nothing() -> None:
    matrix = dress("mou_network", network(2))["matrix"]
    assert [row["potential"] for row in matrix][-1] == "–"
    assert matrix[0]["potential"] == "Produksi: GKP 28.250"
    assert matrix[0]["need"] == "Pengolahan: giling gabah 25.100; Pemasaran: beras medium 15.300"


def test_a_period_that_all_figures_share_is_said_once_and_else_beside_each() -> None:
    facts = network(2)
    assert dress("mou_network", facts)["estimates"] == "perkiraan per musim tanam"
    facts["capacity"][0]["period"] = "per bulan"
    words = dress("mou_network", facts)
    assert words["estimates"] == "perkiraan"
    assert words["matrix"][0]["potential"] == "Produksi: GKP 28.250 per bulan"
    assert words["matrix"][1]["potential"] == "Produksi: GKP 28.600 per musim tanam"
    assert dress("mou_network", {**facts, "capacity": []})["estimates"] == "perkiraan"


def test_the_dated_day_drives_day_words_and_ends() -> None:
    issue = dress("mou_network", {**network(2), "dated": date(2025, 10, 22)})["issue"]
    assert (issue["day"], issue["numeric"], issue["until"]) == ("Rabu", "22-10-2025", "21 Oktober 2028")


def test_a_supply_agreement_adds_up_in_figures_and_words() -> None:
    total = dress("pks", example_facts("pks"))["total"]
    assert total["rupiah"].startswith("Rp240.930.000 (dua ratus empat puluh juta sembilan ratus tiga puluh ribu")
    assert total["kg"] == "32.400 kg (tiga puluh dua ribu empat ratus kilogram)"


@pytest.mark.parametrize(
    "text",
    ['Toko <Maju> & "Jaya"', "{{ 7*7 }} {% for %}", "Ny. Siti Nurhaliza", "Kopérasi Ümar", "baris\nbaris", "Jum’at"],
)
def test_an_honest_text_passes_as_it_is(text: str) -> None:
    assert check_words({"text": text}) == {"text": text}


@pytest.mark.parametrize(
    ("text", "code", "character"),
    [
        ("a\x00b", "word_character", "U+0000"),
        ("a\x1bb", "word_character", "U+001B"),
        ("a\ud800b", "word_character", "U+D800"),
        ("a\u202eb", "word_character", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("a\u200bb", "word_character", "U+200B ZERO WIDTH SPACE"),
        ("a\u00adb", "word_character", "U+00AD SOFT HYPHEN"),
        ("a\ufeffb", "word_character", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("a\u2028b", "word_character", "U+2028 LINE SEPARATOR"),
        ("a\ufffeb", "word_character", "U+FFFE"),
        ("\u0421ihea", "word_script", "U+0421 CYRILLIC CAPITAL LETTER ES"),
        ("\u0391sep", "word_script", "U+0391 GREEK CAPITAL LETTER ALPHA"),
        ("中村", "word_script", "U+4E2D CJK UNIFIED IDEOGRAPH-4E2D"),
        ("١٢", "word_script", "U+0661 ARABIC-INDIC DIGIT ONE"),
        ("padi 🌾", "word_font", "U+1F33E EAR OF RICE"),
        ("x\u0301", "word_marks", "U+0301 COMBINING ACUTE ACCENT"),
        ("a\u0301\u0302\u0303", "word_marks", "U+0302 COMBINING CIRCUMFLEX ACCENT"),
        (" \u0301a", "word_marks", "U+0301 COMBINING ACUTE ACCENT"),
        ("a\u034fb", "word_marks", "U+034F COMBINING GRAPHEME JOINER"),
        ("a\u05b4b", "word_marks", "U+05B4 HEBREW POINT HIRIQ"),
        ("a\u05beb", "word_script", "U+05BE HEBREW PUNCTUATION MAQAF"),
        ("a\ufffdb", "word_character", "U+FFFD REPLACEMENT CHARACTER"),
        ("a\ufffcb", "word_character", "U+FFFC OBJECT REPLACEMENT CHARACTER"),
        ("\ua720", "word_font", "U+A720 MODIFIER LETTER STRESS AND HIGH TONE"),
        ("\u0250", "word_font", "U+0250 LATIN SMALL LETTER TURNED A"),
        ("\u1e97", "word_font", "U+1E97 LATIN SMALL LETTER T WITH DIAERESIS"),
        ("Koperasi §012", "word_character", "U+00A7 SECTION SIGN"),
        ("§", "word_character", "U+00A7 SECTION SIGN"),
    ],
)
def test_a_character_that_would_lie_or_vanish_is_refused_by_name(text: str, code: str, character: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_words({"rows": [{"text": text}]})
    assert refusal.value.code == code
    assert refusal.value.values == {"place": "/rows/0/text", "character": character}


def test_the_sign_of_a_signature_cell_stands_in_codes_alone() -> None:
    assert check_words({"party": {"code": "§012"}}) == {"party": {"code": "§012"}}
    for words in ({"code": "§012 Asep"}, {"code": "§0123"}, {"name": "§012"}, {"codes": ["§012"]}):
        with pytest.raises(Refused, match="word_character"):
            check_words(words)


def test_a_text_in_a_row_is_bounded_so_that_the_row_fits_on_a_page() -> None:
    long = "a" * 501
    assert check_words({"text": long, "rows": [{"text": long, "potential": long}], "list": [long]})
    with pytest.raises(Refused) as refusal:
        check_words({"rows": [{"place of delivery": long}]})
    assert refusal.value.values == {"place": "/rows/0/place of delivery", "length": "501", "most": "500"}


def test_the_same_name_typed_in_two_ways_becomes_one() -> None:
    assert check_words({"name": "Jose\u0301"}) == {"name": "José"}


def test_line_ends_of_other_systems_become_one() -> None:
    assert check_words({"text": "a\r\nb\rc"}) == {"text": "a\nb\nc"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"name": "n" * 121}, "word_long"),
        ({"name": "a\nb"}, "word_line"),
        ({"text": "t" * 2_001}, "word_long"),
        ({"rows": ["x"] * 501}, "rows_many"),
        ({"text": None}, "word_not_text"),
        ({"text": 1}, "word_not_text"),
        ({"text": 1.5}, "word_not_text"),
        ({"text": True}, "word_not_text"),
        ({"text": type("Sly", (str,), {})("x")}, "word_not_text"),
        (["x"], "word_not_text"),
    ],
)
def test_what_is_too_long_or_not_text_is_refused(words: Any, code: str) -> None:
    with pytest.raises(Refused, match=code):
        check_words(words)


def passed_or_refused(text: str) -> str | Refused:
    try:
        return str(check_words({"text": text})["text"])
    except Refused as refusal:
        return refusal


@given(st.text(max_size=200))
def test_the_door_answers_every_text_and_lets_only_printable_ones_in(text: str) -> None:
    answer = passed_or_refused(text)
    if isinstance(answer, Refused):
        assert set(answer.values) == set(CODES[answer.code])
    else:
        assert set(answer) <= covered() | {"\n", "\t"}


@pytest.mark.parametrize(
    ("side", "kind", "expected"), [("first", "soe", "kdmp | kkmp | primary"), ("second", "primary", "secondary")]
)
def test_a_hub_is_a_secondary_cooperative_and_serves_a_primary_one(side: str, kind: str, expected: str) -> None:
    facts = example_facts("mou_hub")
    facts[side]["kind"] = kind
    with pytest.raises(Refused) as refusal:
        dress("mou_hub", facts)
    assert (refusal.value.code, refusal.value.values) == (
        "fact_type",
        {"place": f"/{side}/kind", "expected": expected},
    )


@pytest.mark.parametrize(
    ("sequence", "word"), [(1, "Kesatu"), (2, "Kedua"), (11, "Kesebelas"), (21, "Kedua puluh satu")]
)
def test_an_addendum_is_counted_in_words(sequence: int, word: str) -> None:
    assert dress("addendum", {**example_facts("addendum"), "sequence": sequence})["sequence"] == word


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"new_text": ["sama"], "old_text": ["sama"]}, "fact_type", "/changes/0/new_text"),
        ({"new_text": [], "old_text": []}, "fact_type", "/changes/0/new_text"),
        ({"new_text": ["x"] * 41}, "fact_range", "/changes/0/new_text"),
        ({"old_text": ["x" * 2_001]}, "word_long", "/changes/0/old/0"),
    ],
)
def test_a_change_that_changes_nothing_or_is_too_long_is_refused(change: dict[str, Any], code: str, place: str) -> None:
    facts = example_facts("addendum")
    facts["changes"][0] |= change
    with pytest.raises(Refused) as refusal:
        dress("addendum", facts)
    assert (refusal.value.code, refusal.value.values["place"]) == (code, place)


def test_own_numbers_of_a_roster_stand_in_it_and_not_below_the_title() -> None:
    numbers = dress("mou_network", network(30))["issue"]["numbers"]
    assert [row["of"] for row in numbers] == ["Koperasi Niaga Mukti"]
    assert [row["of"] for row in dress("addendum", addendum.example(1))["issue"]["numbers"]] == [
        "Koperasi Desa Merah Putih Cihea",
        "Koperasi Niaga Mukti",
    ]


def test_what_joins_brings_only_its_own_rows() -> None:
    facts = example_facts("accession")
    facts["capacity"][0]["party"] = 2
    with pytest.raises(Refused, match="fact_range"):
        dress("accession", facts)

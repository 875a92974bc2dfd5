"""Numbers, dates and money are written as Indonesian legal text writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from mou_templates import spelling

HUNDREDS = "sembilan ratus sembilan puluh sembilan"
MUCH = "satu juta dua ratus tiga puluh empat ribu lima ratus enam puluh tujuh"
NUM2WORDS_FAULT = "satu juta satu ribu"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (19, "sembilan belas"),
        (20, "dua puluh"),
        (21, "dua puluh satu"),
        (100, "seratus"),
        (101, "seratus satu"),
        (111, "seratus sebelas"),
        (1_000, "seribu"),
        (1_001, "seribu satu"),
        (1_100, "seribu seratus"),
        (2_025, "dua ribu dua puluh lima"),
        (7_010, "tujuh ribu sepuluh"),
        (11_000, "sebelas ribu"),
        (100_100, "seratus ribu seratus"),
        (101_000, "seratus satu ribu"),
        (999_999_999, f"{HUNDREDS} juta {HUNDREDS} ribu {HUNDREDS}"),
        (1_000_000, "satu juta"),
        (1_001_000, "satu juta seribu"),
        (26_400_000_000, "dua puluh enam miliar empat ratus juta"),
        (10**12, "satu triliun"),
        (-5_000, "minus lima ribu"),
    ],
)
def test_a_number_is_spelled_as_in_a_legal_text(number: int, words: str) -> None:
    assert spelling.number_in_words(number) == words


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_spelling_agrees_with_an_independent_library(number: int) -> None:
    other = num2words(number, lang="id")
    if number // 1000 % 1000 == 1 and number >= 10**6:
        # num2words' known fault: it says "satu ribu" for one thousand behind a million.
        other = other.replace("satu ribu", "seribu")
    assert spelling.number_in_words(number) == other


def test_the_known_fault_of_the_independent_library_still_stands() -> None:
    assert num2words(1_001_000, lang="id") == NUM2WORDS_FAULT


@pytest.mark.parametrize("number", [10**15, -(10**15)])
def test_a_number_too_large_to_spell_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        spelling.number_in_words(number)


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "pertama"), (2, "kedua"), (10, "kesepuluh"), (11, "kesebelas"), (21, "kedua puluh satu"), (100, "keseratus")],
)
def test_an_addendum_is_counted_by_its_ordinal(number: int, words: str) -> None:
    assert spelling.ordinal(number) == words


@given(st.integers(min_value=1, max_value=999_999))
def test_ordinals_agree_with_an_independent_library(number: int) -> None:
    assert spelling.ordinal(number) == num2words(number, lang="id", to="ordinal")


def test_there_is_no_place_before_the_first() -> None:
    with pytest.raises(ValueError, match="out of range"):
        spelling.ordinal(0)


def test_an_ordinal_in_figures_has_its_hyphen() -> None:
    assert spelling.ordinal_in_figures(21) == "ke-21"


@pytest.mark.parametrize(
    ("number", "words", "figures"),
    [
        ("12.5", "dua belas koma lima", "12,5"),
        ("0.05", "nol koma nol lima", "0,05"),
        ("1250.75", "seribu dua ratus lima puluh koma tujuh lima", "1.250,75"),
        ("12.50", "dua belas koma lima nol", "12,50"),
        ("-2.5", "minus dua koma lima", "\N{MINUS SIGN}2,5"),
        ("14", "empat belas", "14"),
        ("1E+3", "seribu", "1.000"),
    ],
)
def test_a_fraction_is_said_digit_by_digit_behind_its_comma(number: str, words: str, figures: str) -> None:
    assert spelling.decimal_in_words(Decimal(number)) == words
    assert spelling.decimal(Decimal(number)) == figures


@given(st.decimals(min_value=0, max_value=999_999, places=2))
def test_fractions_agree_with_an_independent_library(number: Decimal) -> None:
    assert spelling.decimal_in_words(number) == num2words(number, lang="id")


@pytest.mark.parametrize(
    ("month", "letters"), [(1, "I"), (4, "IV"), (9, "IX"), (10, "X"), (12, "XII"), (21, "XXI"), (39, "XXXIX")]
)
def test_months_in_letter_numbers_are_roman(month: int, letters: str) -> None:
    assert spelling.roman(month) == letters


def test_money_has_no_space_and_its_words_behind() -> None:
    assert spelling.rupiah_in_words(10_000) == "Rp10.000 (sepuluh ribu rupiah)"
    assert spelling.rupiah_in_words(-5_000) == "\N{MINUS SIGN}Rp5.000 (minus lima ribu rupiah)"


@pytest.mark.parametrize(
    ("sen", "text"),
    [
        (
            123_456_750,
            f"Rp1.234.567,50 ({MUCH} rupiah lima puluh sen)",
        ),
        (1_000_000, "Rp10.000 (sepuluh ribu rupiah)"),
        (5, "Rp0,05 (nol rupiah lima sen)"),
        (-150, "\N{MINUS SIGN}Rp1,50 (minus satu rupiah lima puluh sen)"),
        (-500_000, "\N{MINUS SIGN}Rp5.000 (minus lima ribu rupiah)"),
    ],
)
def test_money_with_sen_says_them_behind_the_rupiah(sen: int, text: str) -> None:
    assert spelling.sen_in_words(sen) == text


@pytest.mark.parametrize(
    ("kg", "text"),
    [
        (950, "950 kg"),
        (1_000, "1.000 kg (1 ton)"),
        (27_900, "27.900 kg (27,9 ton)"),
        (1_000_001, "1.000.001 kg (1.000,001 ton)"),
    ],
)
def test_a_weight_is_given_in_kilograms_and_tonnes(kg: int, text: str) -> None:
    assert spelling.kilograms(kg) == text


def test_a_weight_in_words_ends_with_its_unit() -> None:
    assert spelling.kilograms_in_words(14_000) == "14.000 kg (empat belas ribu kilogram)"


@pytest.mark.parametrize(
    ("day", "full"),
    [
        (date(2025, 10, 22), "Rabu, 22 Oktober 2025"),
        (date(2026, 1, 2), "Jumat, 2 Januari 2026"),
        (date(2028, 2, 29), "Selasa, 29 Februari 2028"),
    ],
)
def test_a_date_is_written_with_its_day_and_without_a_leading_nought(day: date, full: str) -> None:
    assert spelling.full_date(day) == full


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Jakarta", "pukul 09.30 WIB"),
        ("Asia/Pontianak", "pukul 09.30 WIB"),
        ("Asia/Makassar", "pukul 09.30 WITA"),
        ("Asia/Jayapura", "pukul 09.30 WIT"),
    ],
)
def test_a_time_of_day_names_its_zone(zone: str, text: str) -> None:
    assert spelling.clock(time(9, 30), zone) == text


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Jakarta", "1 Januari 2026 pukul 00.30 WIB"),
        ("Asia/Makassar", "1 Januari 2026 pukul 01.30 WITA"),
        ("Asia/Jayapura", "1 Januari 2026 pukul 02.30 WIT"),
    ],
)
def test_an_instant_stands_on_the_clock_and_in_the_year_of_its_zone(zone: str, text: str) -> None:
    assert spelling.instant(datetime(2025, 12, 31, 17, 30, tzinfo=UTC), zone) == text


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        spelling.instant(datetime(2025, 12, 31, 17, 30), "Asia/Jakarta")  # noqa: DTZ001 - what is refused


def test_a_date_in_words_stands_with_its_figures() -> None:
    words = "Rabu, dua puluh dua Oktober dua ribu dua puluh lima (22-10-2025)"
    assert spelling.date_in_words(date(2025, 10, 22)) == words


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2025, 10, 22), 36, date(2028, 10, 21)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2025, 8, 31), 1, date(2025, 9, 30)),
        (date(2025, 1, 1), 12, date(2025, 12, 31)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
    ],
)
def test_a_term_ends_the_day_before_it_would_begin_again(start: date, months: int, end: date) -> None:
    assert spelling.last_day(start, months) == end


@given(st.dates(max_value=date(2900, 1, 1)), st.integers(1, 240))
def test_a_longer_term_never_ends_earlier(start: date, months: int) -> None:
    assert start < spelling.last_day(start, months + 1)
    assert spelling.last_day(start, months) <= spelling.last_day(start, months + 1)


@pytest.mark.parametrize(
    ("things", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a dan b"), (["a", "b", "c"], "a, b, dan c")]
)
def test_a_list_ends_with_dan(things: list[str], text: str) -> None:
    assert spelling.listed(things) == text


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("H. Dadang Suherman, S.E.", "dadang suherman"),
        ("Hj. Euis Komariah, M.M.", "euis komariah"),
        ("Drs. Ujang Rohendi", "ujang rohendi"),
        ("Prof. Dr. Ir. H. Bambang Wirawan, M.P.", "bambang wirawan"),
        ("DR. IR. RATNA, M.Si", "ratna"),
        ("Iis Nurjanah S.Pd.", "iis nurjanah"),
        ("Ade Kosasih SE MM", "ade kosasih"),
        ("K.H. Ahmad Dahlan", "ahmad dahlan"),
        ("DEDE RINA", "dede rina"),
        ("Suharti", "suharti"),
        ("A. Rahman", "a. rahman"),
        ("Dede S.", "dede s."),
        ("Ir", "ir"),
        ("H. , S.E.", "h. , s.e."),
        ("  Siti   Aminah ", "siti aminah"),
    ],
)
def test_people_are_sorted_by_their_names_and_not_by_their_titles(name: str, key: str) -> None:
    assert spelling.name_key(name) == key


@given(st.text(min_size=1).filter(str.strip))
def test_no_name_is_lost_for_its_titles(name: str) -> None:
    assert spelling.name_key(name)

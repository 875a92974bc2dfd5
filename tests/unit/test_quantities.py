"""Kilograms and rupiah as typed: what is read, what is refused, what comes back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdmp_core.errors import InvalidInput
from kdmp_core.quantities import MOST_KILOGRAMS, kg_text, kilograms, number_text, rupiah, rupiah_text, ton_text
from kdmp_core.texts import has


@pytest.mark.parametrize(
    ("amount", "unit", "kg"),
    [
        ("12,5 ton", None, 12500),
        ("14.000 kg", None, 14000),
        ("30 kuintal", None, 3000),
        ("1648 kuintal", None, 164800),
        (27.9, "ton", 27900),
        ("149,0", "ton", 149000),
        ("57,9 ton", "ton", 57900),
        (166, " Ton ", 166000),
        ("5 kw", None, 500),
        ("7 KWINTAL", None, 700),
        ("1.250,5 ton", None, 1250500),
        ("0,125 ton", None, 125),
        (Decimal("0.001"), "ton", 1),
        (0.1, "ton", 100),
    ],
)
def test_amounts_as_typed_become_whole_kilograms(amount: object, unit: str | None, kg: int) -> None:
    assert kilograms(amount, unit) == kg


@pytest.mark.parametrize(
    ("amount", "unit", "code"),
    [
        ("banyak", "ton", "not_a_number"),
        (None, "ton", "not_a_number"),
        (True, "ton", "not_a_number"),
        (float("nan"), "ton", "not_a_number"),
        ("1.5 ton", None, "ambiguous"),
        ("12.50", "ton", "ambiguous"),
        ("1,500 ton", None, "ambiguous"),
        ("1.2.3", "kg", "ambiguous"),
        ("12,5", None, "unit_missing"),
        ("3 karung", None, "unknown_unit"),
        ("3 liter", None, "unknown_unit"),
        ("3 kg/l", None, "unknown_unit"),
        ("12 ton", "kg", "two_units"),
        ("0,5 kg", None, "not_whole_kilograms"),
        ("0 ton", None, "not_positive"),
        (-3, "ton", "not_positive"),
        ("100.001 ton", None, "too_much"),
    ],
)
def test_what_is_no_quantity_is_refused_by_name(amount: object, unit: str | None, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        kilograms(amount, unit)
    assert refused.value.code == f"quantities.{code}"
    assert has(f"errors.{refused.value.code}")
    assert has(f"errors.{refused.value.code}", "en")


@pytest.mark.parametrize(
    ("amount", "rupiah_"),
    [
        ("Rp6.700", 6700),
        ("Rp 450/kg", 450),
        ("Rp. 13.500,- per kg", 13500),
        ("13.500", 13500),
        ("6.700,00", 6700),
        (6500, 6500),
        (6500.0, 6500),
        ("rp 6500", 6500),
    ],
)
def test_prices_as_typed_become_whole_rupiah(amount: object, rupiah_: int) -> None:
    assert rupiah(amount) == rupiah_


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("6.700,50", "not_whole_rupiah"),
        (13.5, "not_whole_rupiah"),
        ("6,700", "ambiguous"),
        ("13.5", "ambiguous"),
        ("Rp 6.700/ton", "price_unit"),
        ("murah", "not_rupiah"),
        ("", "not_rupiah"),
        (0, "not_positive"),
    ],
)
def test_what_is_no_price_is_refused_by_name(amount: object, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rupiah(amount)
    assert refused.value.code == f"quantities.{code}"
    assert has(f"errors.{refused.value.code}", "en")


def test_numbers_for_people_use_dots_and_commas() -> None:
    assert ton_text(12500) == "12,5 ton"
    assert ton_text(3_230_000) == "3.230 ton"
    assert ton_text(-50) == "-0,05 ton"
    assert kg_text(14000) == "14.000 kg"
    assert rupiah_text(1_569_887_130) == "Rp1.569.887.130"
    assert number_text(0) == "0"


@given(st.integers(1, MOST_KILOGRAMS))
def test_kilograms_for_people_read_back_as_the_same(kg: int) -> None:
    assert kilograms(kg_text(kg)) == kg


@given(st.integers(1, MOST_KILOGRAMS // 10).map(lambda tens: tens * 10))
def test_tons_for_people_read_back_as_the_same(kg: int) -> None:
    assert kilograms(ton_text(kg)) == kg


@given(st.integers(1, 10**12))
def test_rupiah_for_people_read_back_as_the_same(amount: int) -> None:
    assert rupiah(rupiah_text(amount)) == amount
    assert rupiah(f"{rupiah_text(amount)}/kg") == amount


@given(st.integers(1, 10**7).map(lambda tenths: tenths / 10))
def test_a_float_of_a_spreadsheet_counts_as_its_shortest_text(tons: float) -> None:
    assume_kg = int(Decimal(repr(tons)) * 1000)
    if assume_kg <= MOST_KILOGRAMS:
        assert kilograms(tons, "ton") == assume_kg


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_and_never_crashes(typed: str) -> None:
    for read in (kilograms, rupiah):
        try:
            assert isinstance(read(typed), int)
        except InvalidInput as refused:
            assert has(f"errors.{refused.code}")  # noqa: PT017 (either way is right)

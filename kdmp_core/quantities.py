"""Kilograms and rupiah as people type them, and as people read them again.

In: what stands in a cell or a form (`"12,5 ton"`, `27.9` beside a unit column, `"Rp 450/kg"`). Out: whole
kilograms and whole rupiah, always `int`. A dot groups thousands, a comma begins the fraction; whatever could be
read two ways (`"1.5 ton"`, `"1,500 ton"`) is refused with its reason and never guessed. The arithmetic is exact: a
float of a spreadsheet counts as its shortest decimal text.

Every refusal is an `InvalidInput` whose code stands under `errors.quantities` of the catalogue.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from kdmp_core.errors import InvalidInput

MOST_KILOGRAMS = 10**8
"""Above this a quantity is a slip of the pen (matching.md rule 17)."""

MOST_RUPIAH = 10**15

UNITS: dict[str, int] = {
    "ton": 1000,
    "tonne": 1000,
    "t": 1000,
    "kuintal": 100,
    "kwintal": 100,
    "kuintals": 100,
    "kw": 100,
    "ku": 100,
    "kg": 1,
    "kgs": 1,
    "kilo": 1,
    "kilogram": 1,
}
"""Kilograms in one of each unit word. A ton is 1,000 kg here, never the short ton of other tables."""

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_PLAIN = re.compile(r"\d+(?:,\d+)?")
_THREE_AFTER_COMMA = re.compile(r"[1-9]\d{0,2},\d{3}")
_AMOUNT = re.compile(r"(?P<number>[-+]?\d[\d.,]*)\s*(?P<unit>[^\d\s.,][^\d]*)?")
_RUPIAH = re.compile(
    r"(?:rp\.?|idr)?\s*(?P<number>[-+]?\d[\d.,]*?)\s*(?:,-|,--)?\s*(?:rupiah)?\s*(?:(?:/|per)\s*(?P<per>[a-z]+))?"
)


def kilograms(amount: object, unit: str | None = None) -> int:
    """Give whole kilograms of an amount as typed, its unit in the text or in the `unit` column beside it.

    Raises InvalidInput: `quantities.not_a_number`, `.ambiguous`, `.unit_missing`, `.unknown_unit`, `.two_units`,
    `.not_whole_kilograms`, `.not_positive`, `.too_much`.
    """
    number, written = _split(amount)
    word = _unit_word(written) or _unit_word(unit)
    if word is None:
        raise InvalidInput("quantities.unit_missing", found=_shown(amount))
    if written and _unit_word(unit) not in (None, word) and unit_weight(written) != unit_weight(unit or ""):
        raise InvalidInput("quantities.two_units", found=_shown(amount), unit=unit)
    return _bounded(number * unit_weight(word), _shown(amount))


def unit_weight(word: str) -> int:
    """Give the kilograms in one unit word. Raises InvalidInput `quantities.unknown_unit`."""
    weight = UNITS.get(_unit_word(word) or "")
    if weight is None:
        raise InvalidInput("quantities.unknown_unit", found=word)
    return weight


def rupiah(amount: object) -> int:
    """Give whole rupiah of a price or sum as typed: `"Rp6.700"`, `"Rp 450/kg"`, `"13.500"`, `6500`.

    Raises InvalidInput: `quantities.not_rupiah`, `.ambiguous`, `.price_unit`, `.not_whole_rupiah`, `.not_positive`,
    `.too_much_rupiah`.
    """
    if isinstance(amount, str):
        found = _RUPIAH.fullmatch(_tidy(amount).lower())
        if found is None:
            raise InvalidInput("quantities.not_rupiah", found=_shown(amount))
        if found["per"] and found["per"] not in ("kg", "kilo", "kilogram"):
            raise InvalidInput("quantities.price_unit", found=_shown(amount))
        number = decimal_of(found["number"])
    else:
        number = _exact(amount, "quantities.not_rupiah")
    return _whole_rupiah(number, _shown(amount))


def decimal_of(number: str) -> Decimal:
    """Give the exact number of a text with dots for thousands and a comma for the fraction.

    Raises InvalidInput: `quantities.ambiguous` when another reading is as likely, else `quantities.not_a_number`.
    """
    sign = "-" if number.startswith("-") else ""
    digits = number.lstrip("+-").rstrip(".")
    if _THREE_AFTER_COMMA.fullmatch(digits):
        raise InvalidInput("quantities.ambiguous", found=number)
    if _GROUPED.fullmatch(digits) or _PLAIN.fullmatch(digits):
        return Decimal(sign + digits.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[\d.,]+", digits):
        raise InvalidInput("quantities.ambiguous", found=number)
    raise InvalidInput("quantities.not_a_number", found=number)


def number_text(number: int) -> str:
    """Give a whole number with dots for thousands: `14000` becomes `14.000`."""
    return f"{number:,}".replace(",", ".")


def kg_text(kg: int) -> str:
    """Give kilograms for people: `14000` becomes `14.000 kg`."""
    return f"{number_text(kg)} kg"


def ton_text(kg: int) -> str:
    """Give kilograms as tons without losing one: `12500` becomes `12,5 ton`."""
    whole, rest = divmod(abs(kg), 1000)
    fraction = f",{rest:03d}".rstrip("0") if rest else ""
    return f"{'-' if kg < 0 else ''}{number_text(whole)}{fraction} ton"


def rupiah_text(rupiah_: int) -> str:
    """Give rupiah for people: `6700` becomes `Rp6.700`."""
    return f"{'-' if rupiah_ < 0 else ''}Rp{number_text(abs(rupiah_))}"


def _split(amount: object) -> tuple[Decimal, str]:
    if not isinstance(amount, str):
        return _exact(amount, "quantities.not_a_number"), ""
    found = _AMOUNT.fullmatch(_tidy(amount))
    if found is None:
        raise InvalidInput("quantities.not_a_number", found=_shown(amount))
    return decimal_of(found["number"]), found["unit"] or ""


def _exact(amount: object, code: str) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, int | float | Decimal):
        raise InvalidInput(code, found=_shown(amount))
    try:
        number = Decimal(repr(amount) if isinstance(amount, float) else amount)
    except InvalidOperation:
        raise InvalidInput(code, found=_shown(amount)) from None
    if not number.is_finite():
        raise InvalidInput(code, found=_shown(amount))
    return number


def _bounded(kg: Decimal, found: str) -> int:
    if kg <= 0:
        raise InvalidInput("quantities.not_positive", found=found)
    if kg > MOST_KILOGRAMS:
        raise InvalidInput("quantities.too_much", found=found, most=ton_text(MOST_KILOGRAMS))
    if kg != kg.to_integral_value():
        raise InvalidInput("quantities.not_whole_kilograms", found=found)
    return int(kg)


def _whole_rupiah(number: Decimal, found: str) -> int:
    if number <= 0:
        raise InvalidInput("quantities.not_positive", found=found)
    if number > MOST_RUPIAH:
        raise InvalidInput("quantities.too_much_rupiah", found=found)
    if number != number.to_integral_value():
        raise InvalidInput("quantities.not_whole_rupiah", found=found)
    return int(number)


def _unit_word(word: str | None) -> str | None:
    return (word or "").strip().strip(".").strip().lower() or None


def _tidy(typed: str) -> str:
    return " ".join(typed.split())


def _shown(amount: object) -> str:
    return str(amount)[:80]

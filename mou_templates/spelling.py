"""Numbers, dates, money, times, lists and names as Indonesian legal text writes them.

Kilograms and rupiah are whole numbers everywhere in this house. Where a text needs a fraction it is a `Decimal`,
never a float, and money is counted in whole sen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

UNITS = ("", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"))
LIMIT = 10**15
MINUS = "\N{MINUS SIGN}"
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
TITLES = frozenset(
    {
        *("h", "hj", "k.h", "kh", "ky", "ust", "pdt", "ny", "tn", "bpk", "bapak", "ibu", "sdr", "sdri"),
        *("drs", "dra", "dr", "drg", "drh", "ir", "prof", "apt", "ns", "r", "rr", "r.a", "r.m", "tb"),
    }
)
"""Titles before a name, in small letters and without the last dot; those behind it follow a comma or hold a dot."""
DEGREE = re.compile(r"\w+\.\w[\w.]*|(?:S[EHIPT]|S\.?Pd|M[HMP]|MPd|MSi|MBA)\.?")
ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def number_in_words(number: int) -> str:
    """Spell a whole number below 10**15 in size: 1001 → "seribu satu", -5 → "minus lima"."""
    if abs(number) >= LIMIT:
        message = "number out of range"
        raise ValueError(message)
    if number == 0:
        return "nol"
    return f"minus {_spell(-number)}" if number < 0 else _spell(number)


def _spell(number: int) -> str:
    for scale, name in SCALES:
        if number >= scale:
            return _join(f"{_spell(number // scale)} {name}", number % scale)
    if number >= 2000:  # noqa: PLR2004 - below it a thousand is "seribu", not "satu ribu"
        return _join(f"{_spell(number // 1000)} ribu", number % 1000)
    if number >= 1000:  # noqa: PLR2004
        return _join("seribu", number - 1000)
    return _spell_below_thousand(number)


def _spell_below_thousand(number: int) -> str:
    if number >= 200:  # noqa: PLR2004 - below it a hundred is "seratus"
        return _join(f"{UNITS[number // 100]} ratus", number % 100)
    if number >= 100:  # noqa: PLR2004
        return _join("seratus", number - 100)
    if number >= 20:  # noqa: PLR2004
        return _join(f"{UNITS[number // 10]} puluh", number % 10)
    if number >= len(UNITS):
        return f"{UNITS[number - 10]} belas"
    return UNITS[number]


def _join(head: str, rest: int) -> str:
    return f"{head} {_spell(rest)}" if rest else head


def ordinal(number: int) -> str:
    """Say the place in a row: 1 → "pertama", 2 → "kedua", 11 → "kesebelas", 21 → "kedua puluh satu"."""
    if number < 1:
        message = "number out of range"
        raise ValueError(message)
    return "pertama" if number == 1 else f"ke{number_in_words(number)}"


def ordinal_in_figures(number: int) -> str:
    """Write the place in a row: 21 → "ke-21" (Roman numbers stand without "ke-")."""
    return f"ke-{number}"


def decimal_in_words(number: Decimal) -> str:
    """Spell a number with its fraction digit by digit, as it was written: 12.5 → "dua belas koma lima"."""
    sign, whole, fraction = _parts(number)
    digits = " ".join(UNITS[int(digit)] or "nol" for digit in fraction)
    words = number_in_words(whole) + (f" koma {digits}" if digits else "")
    return f"minus {words}" if sign else words


def decimal(number: Decimal) -> str:
    """Write a number with a dot at each thousand and a comma before its fraction: "1.250,75"."""
    sign, whole, fraction = _parts(number)
    return sign + grouped(whole) + (f",{fraction}" if fraction else "")


def _parts(number: Decimal) -> tuple[str, int, str]:
    whole, _, fraction = f"{abs(number):f}".partition(".")
    return MINUS if number < 0 else "", int(whole), fraction


def roman(number: int) -> str:
    """Write 1..39 in Roman capitals: months in letter numbers (12 → "XII") and annex numbers."""
    if not 1 <= number < 40:  # noqa: PLR2004
        message = "number out of range"
        raise ValueError(message)
    parts = []
    for value, letters in ROMAN:
        parts.append(letters * (number // value))
        number %= value
    return "".join(parts)


def grouped(number: int) -> str:
    """Write a whole number with a dot at each thousand: 14000 → "14.000"."""
    return f"{number:,}".replace(",", ".")


def counted(number: int, thing: str = "") -> str:
    """Write digits with the words behind, as agreements do: (30, "hari") → "30 (tiga puluh) hari"."""
    return f"{grouped(number)} ({number_in_words(number)}) {thing}".rstrip()


def rupiah(amount: int) -> str:
    """Write whole rupiah: 10000 → "Rp10.000", -5000 → minus before "Rp5.000" (no space after the sign of money)."""
    return f"{MINUS}Rp{grouped(-amount)}" if amount < 0 else f"Rp{grouped(amount)}"


def rupiah_in_words(amount: int) -> str:
    """Write whole rupiah with the words behind: "Rp10.000 (sepuluh ribu rupiah)"."""
    return f"{rupiah(amount)} ({number_in_words(amount)} rupiah)"


def sen_in_words(sen: int) -> str:
    """Write money counted in sen: 123456750 → "Rp1.234.567,50 (satu juta … enam puluh tujuh rupiah lima puluh sen)"."""
    whole, rest = divmod(abs(sen), 100)
    sign, minus = (MINUS, "minus ") if sen < 0 else ("", "")
    if not rest:
        return rupiah_in_words(whole if sen >= 0 else -whole)
    words = f"{number_in_words(whole)} rupiah {number_in_words(rest)} sen"
    return f"{sign}{rupiah(whole)},{rest:02d} ({minus}{words})"


def kilograms(kg: int) -> str:
    """Write a weight: 950 → "950 kg", 27900 → "27.900 kg (27,9 ton)"."""
    if kg < 1000:  # noqa: PLR2004
        return f"{kg} kg"
    whole, rest = divmod(kg, 1000)
    decimals = f"{rest:03d}".rstrip("0")
    tonnes = f"{grouped(whole)},{decimals}" if decimals else grouped(whole)
    return f"{grouped(kg)} kg ({tonnes} ton)"


def kilograms_in_words(kg: int) -> str:
    """Write a weight with its words: 14000 → "14.000 kg (empat belas ribu kilogram)"."""
    return f"{grouped(kg)} kg ({number_in_words(kg)} kilogram)"


def day_name(day: date) -> str:
    """Name the day of the week: "Rabu"."""
    return DAYS[day.weekday()]


def long_date(day: date) -> str:
    """Write "22 Oktober 2025", without a leading nought."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def full_date(day: date) -> str:
    """Write "Rabu, 22 Oktober 2025"."""
    return f"{day_name(day)}, {long_date(day)}"


def numeric_date(day: date) -> str:
    """Write "22-10-2025", the figure form of legal text."""
    return f"{day:%d-%m-%Y}"


def spelled_date(day: date) -> str:
    """Write "dua puluh dua Oktober dua ribu dua puluh lima"."""
    return f"{number_in_words(day.day)} {MONTHS[day.month - 1]} {number_in_words(day.year)}"


def date_in_words(day: date) -> str:
    """Write "Rabu, dua puluh dua Oktober dua ribu dua puluh lima (22-10-2025)"."""
    return f"{day_name(day)}, {spelled_date(day)} ({numeric_date(day)})"


def clock(moment: time, zone: str) -> str:
    """Write a time of day with the short name of its zone: "pukul 09.30 WIB" for Asia/Jakarta (no zone changes)."""
    short = datetime(2025, 1, 1, tzinfo=ZoneInfo(zone)).tzname()
    return f"pukul {moment:%H.%M} {short}"


def instant(moment: datetime, zone: str) -> str:
    """Write an instant on the clock of a zone: 2025-12-31T17:30Z in Asia/Jakarta → "1 Januari 2026 pukul 00.30 WIB"."""
    if moment.tzinfo is None:
        message = "instant without a zone"
        raise ValueError(message)
    there = moment.astimezone(ZoneInfo(zone))
    return f"{long_date(there)} {clock(there.time(), zone)}"


def last_day(start: date, months: int) -> date:
    """Give the last day of a term of whole months that begins on `start`.

    Three years from 22-10-2025 end on 21-10-2028; a year from 29-02-2028 ends on 28-02-2029: where
    the month lacks the day, the term ends with the month.
    """
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    try:
        return date(year, month, start.day) - timedelta(days=1)
    except ValueError:
        return date(year, month + 1, 1) - timedelta(days=1)


def listed(things: Sequence[str]) -> str:
    """Join with commas and "dan": ["a", "b", "c"] → "a, b, dan c"; ["a", "b"] → "a dan b"."""
    if len(things) < 3:  # noqa: PLR2004
        return " dan ".join(things)
    return f"{', '.join(things[:-1])}, dan {things[-1]}"


def name_key(name: str) -> str:
    """Give what a list of people is sorted by: the name without titles, "H. Dadang Suherman, S.E." → "dadang suherman".

    A name is one string and never split into first and last; of a name that is nothing but titles all is kept.
    """
    words = name.partition(",")[0].split()
    first = next((at for at, word in enumerate(words) if word.rstrip(".").casefold() not in TITLES), len(words))
    kept = words[first:]
    while len(kept) > 1 and DEGREE.fullmatch(kept[-1]):
        kept.pop()
    return " ".join(kept or name.split()).casefold()

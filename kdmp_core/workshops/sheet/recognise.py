"""What a column may mean, by the likeness of its heading to the everyday names in `column_names.toml`.

Only a suggestion: a person confirms every column before anything is read by it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from kdmp_core.workshops.sheet.facts import Commodity, Direction, Field
from kdmp_core.workshops.sheet.vocabulary import COMMODITIES_OF, UNIT_WORDS
from kdmp_core.workshops.sheet.words import heading

NEAR = 80
NEAR_WHEN_SHORT = 90
"""Least likeness (0 to 100) for a suggestion; more is asked of a heading of up to five letters."""

_SHORT = 5

IGNORE = "ignore"
ROW_WISE = ("field", "direction", "commodity", "amount", "amount_potential", "amount_need", "price")
"""Meanings of a table with one row for each offer or need; in a wide table each amount has its own column."""

_PERIODS = (
    (re.compile(r"\b(?:musim(?: tanam| panen)?|mt) ?(?:3|iii)\b"), "season_3"),
    (re.compile(r"\b(?:musim(?: tanam| panen)?|mt) ?(?:2|ii)\b"), "season_2"),
    (re.compile(r"\b(?:musim(?: tanam| panen)?|mt) ?(?:1|i)\b"), "season_1"),
    (re.compile(r"\b(?:bulan|bln)(?:an)?\b"), "month"),
    (re.compile(r"\b(?:tahun|thn)(?:an)?\b"), "year"),
    (re.compile(r"\bmusim\b"), "season"),
)
_UNIT = re.compile(rf"\b({'|'.join(sorted(UNIT_WORDS, key=len, reverse=True))})\b")
_PERIOD_WORDS = ("bulan", "bln", "bulanan", "tahun", "thn", "tahunan", "musim", "tanam", "mt")
_ASIDE = frozenset({*UNIT_WORDS, *_PERIOD_WORDS, "per", "rp", "idr", "i", "ii", "iii", "1", "2", "3"})


@dataclass(frozen=True)
class Guess:
    """What a heading suggests: the meaning, its likeness (100: the very words), unit and period named in it."""

    means: str
    likeness: int
    unit: str = ""
    period: str = ""


@dataclass(frozen=True)
class _Names:
    means: Mapping[str, str]
    need: frozenset[str]
    totals: frozenset[str]


@lru_cache(maxsize=4096)
def guess(label: str, *, wide: bool | None = None) -> Guess:
    """Give what a heading suggests; `wide` leaves out what cannot stand in a wide (or in a row-wise) table."""
    written = heading(label)
    core = _core(written)
    unit, period = _unit(written), _period(written)
    if not core:
        return Guess(IGNORE, 0, unit, period)
    names = [name for name, means in _names().means.items() if _fits(name, means, core, wide=wide)]
    least = NEAR_WHEN_SHORT if len(core) <= _SHORT else NEAR
    found = process.extractOne(core, names, scorer=fuzz.token_sort_ratio, score_cutoff=least)
    return Guess(_names().means[found[0]], int(found[1]), unit, period) if found else Guess(IGNORE, 0, unit, period)


def propose(labels: Sequence[str]) -> list[Guess]:
    """Give a guess for each column of a table: no meaning twice, row-wise or wide as a whole, the likest first."""
    open_ = [guess(label) for label in labels]
    said = {found.means for found in open_}
    row_wise = "commodity" in said and bool(said & {"amount", "amount_potential", "amount_need"})
    guesses = [guess(label, wide=not row_wise) for label in labels]
    taken: set[tuple[str, str]] = set()
    result = list(guesses)
    for place in sorted(range(len(guesses)), key=lambda place: -guesses[place].likeness):
        found = guesses[place]
        key = (found.means, found.period if is_amount(found.means) else "")
        if found.means != IGNORE and key in taken:
            result[place] = Guess(IGNORE, 0, found.unit, found.period)
        taken.add(key)
    return result


def is_amount(means: str) -> bool:
    """Say whether a meaning is the amount of one thing in a wide table: `production:potential:gkp`."""
    return means in amounts()


def is_total(written: str) -> bool:
    """Say whether a text stands before a row that sums up others ("JUMLAH", "Total:")."""
    return heading(written) in _names().totals


@cache
def amounts() -> dict[str, tuple[Field, Direction, Commodity]]:
    """Give every amount a wide column may hold, by its name, in the order of the fields."""
    return {
        f"{field}:{direction}:{commodity}": (field, direction, commodity)
        for field, commodities in COMMODITIES_OF.items()
        for commodity in commodities
        for direction in Direction
    }


@cache
def prices() -> dict[str, Commodity]:
    """Give every price a column of a wide table may hold, by its name."""
    return {f"price:{commodity}": commodity for commodity in Commodity}


@cache
def meanings() -> tuple[str, ...]:
    """Give every meaning a column may have, in the order they are offered."""
    return (IGNORE, *_read()["meanings"], *amounts(), *prices())


@cache
def _read() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = tomllib.loads(
        (files(__package__) / "column_names.toml").read_text(encoding="utf-8")
    )
    return found


@cache
def _names() -> _Names:
    found = _read()
    words = {**found["meanings"], **found["amounts"], **found["prices"]}
    means = {name: meaning for meaning, names in words.items() for name in names}
    for meaning, (field, direction, commodity) in amounts().items():
        parts = (_FIELD[field], _DIRECTION[direction], commodity.value.replace("_", " ").replace("rice", "beras"))
        means.setdefault(" ".join(parts), meaning)
        if len(COMMODITIES_OF[field]) == 1:
            means.setdefault(" ".join(parts[:2]), meaning)
    return _Names(means, frozenset(found["need"]), frozenset(map(heading, found["totals"])))


_FIELD = {
    Field.PRODUCTION: "produksi",
    Field.PROCESSING: "pengolahan",
    Field.DISTRIBUTION: "distribusi",
    Field.MARKETING: "pemasaran",
}
_DIRECTION = {Direction.POTENTIAL: "potensi", Direction.NEED: "kebutuhan"}


def _fits(name: str, means: str, core: str, *, wide: bool | None) -> bool:
    amount = is_amount(means)
    if wide is not None and (means in ROW_WISE if wide else amount or means in prices()):
        return False
    need = _names().need
    return not amount or bool(need & set(name.split())) == bool(need & set(core.split()))


def _core(written: str) -> str:
    kept = [word for word in written.split() if not set(word.split("/")) <= _ASIDE]
    return " ".join(kept) or ("" if not written or written.isdigit() else written)


def _unit(written: str) -> str:
    found = _UNIT.search(written.replace("/", " "))
    return UNIT_WORDS[found[1]] if found else ""


def _period(written: str) -> str:
    plain = written.replace("/", " ")
    return next((period for form, period in _PERIODS if form.search(plain)), "")

"""The words of the mapping: fields, directions, commodities and periods as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from kdmp_core.workshops.sheet.facts import Commodity, Direction, Field

NEAR = 74

FIELDS: dict[str, Field] = {
    "produksi": Field.PRODUCTION,
    "pengolahan": Field.PROCESSING,
    "distribusi": Field.DISTRIBUTION,
    "pemasaran": Field.MARKETING,
}

DIRECTIONS: dict[str, Direction] = {
    "potensi": Direction.POTENTIAL,
    "kebutuhan": Direction.NEED,
    "butuh": Direction.NEED,
}

COMMODITIES: dict[str, Commodity] = {
    "gkp": Commodity.GKP,
    "gabah kering panen": Commodity.GKP,
    "gabah kering panen gkp": Commodity.GKP,
    "giling gabah": Commodity.MILLING,
    "penggilingan": Commodity.MILLING,
    "penggilingan gabah": Commodity.MILLING,
    "jasa giling": Commodity.MILLING,
    "jasa giling gabah": Commodity.MILLING,
    "makloon": Commodity.MILLING,
    "angkutan": Commodity.TRANSPORT,
    "jasa angkutan": Commodity.TRANSPORT,
    "jasa angkut": Commodity.TRANSPORT,
    "transportasi": Commodity.TRANSPORT,
    "beras medium": Commodity.RICE_MEDIUM,
    "beras premium": Commodity.RICE_PREMIUM,
}

OTHER_GOODS = frozenset({"gkg", "gabah kering giling", "jagung", "kedelai", "ikan", "sayur"})
"""Real goods we do not carry: never bent into a near one (GKG is not GKP)."""

COMMODITIES_OF: dict[Field, tuple[Commodity, ...]] = {
    Field.PRODUCTION: (Commodity.GKP,),
    Field.PROCESSING: (Commodity.MILLING,),
    Field.DISTRIBUTION: (Commodity.TRANSPORT,),
    Field.MARKETING: (Commodity.GKP, Commodity.RICE_MEDIUM, Commodity.RICE_PREMIUM),
}

UNIT_WORDS: dict[str, str] = {
    "kg": "kg",
    "kilogram": "kg",
    "kilo": "kg",
    "kuintal": "kuintal",
    "kwintal": "kuintal",
    "kw": "kuintal",
    "ton": "ton",
}
"""Units as they stand in a heading, and the one of each that is offered."""

_SEASON = re.compile(r"(?:per |se|1 )?(?:musim(?: panen| tanam| ini)?|panen)")
_NUMBERED = re.compile(r"(?:musim(?: tanam| panen)?|mt)[ -]?(i{1,3}|[123])")
_MONTH = re.compile(r"(?:per |se|tiap |1 )?(?:bulan(?:an)?|bln)")
_YEAR = re.compile(r"(?:per |se|tiap |1 )?(?:tahun(?:an)?|thn)")
_PER = re.compile(r"(.+?)\s*(?:/|\bper\b)\s*((?:bulan|bln|musim|panen|tahun|thn|minggu|hari)\w*)\s*", re.IGNORECASE)
_ORDER = {"i": "1", "ii": "2", "iii": "3"}


def period_of(written: str) -> str:
    """Give `season`, `season_1` to `season_3`, `month` or `year`; empty when the words are none of these."""
    plain = written.lower().strip(" .")
    numbered = _NUMBERED.fullmatch(plain)
    if numbered:
        return f"season_{_ORDER.get(numbered[1], numbered[1])}"
    forms = ((_SEASON, "season"), (_MONTH, "month"), (_YEAR, "year"))
    return next((period for form, period in forms if form.fullmatch(plain)), "")


def unit_and_period(written: str) -> tuple[str, str]:
    """Part `kg/bulan` or `12 ton per musim` into what is measured and the period that is named with it."""
    found = _PER.fullmatch(written)
    return (found[1], f"per {found[2]}") if found else (written, "")


def nearest(written: str, words: Iterable[str]) -> str | None:
    """Give the most like of the known words, or None when none is like enough."""
    if written in OTHER_GOODS:
        return None
    found = process.extractOne(written, list(words), scorer=fuzz.ratio, score_cutoff=NEAR)
    return found[0] if found else None

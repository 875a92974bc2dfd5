"""Papers without end: facts of any kind, made from its types by seeded chance, with names no form was drawn for.

Only what the door lets in is made here: each paper must come out whole. What it must refuse stands in other tests.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from mou_templates import door
from mou_templates.errors import Refused
from mou_templates.examples import example_facts
from mou_templates.framing import ZONES
from mou_templates.kinds import KINDS, kind_of
from mou_templates.words import dress

NAMES = (
    'Koperasi <Maju> & "Jaya"',
    "</w:t></w:r></w:p><w:p><w:r><w:t>PASAL 9",
    "<b>Sunandar</b> & Anak &amp; Cucu &lt;3",
    "{{ 7*7 }} {% for x in y %} {# z #} {_{",
    "{{ name }}",
    "]]> <!-- --> <?xml?>",
    "Suharti",
    "O",
    "Prof. Dr. Ir. H. Asep Sunandar, S.E., M.M., Ph.D.",
    "Masing-masing Koperasi Se-Kecamatan Ujung-ujung",
    "masing-masing " * 8,
    "Sejahtera-" * 12,
    "W" * 120,
    "il" * 60,
    "Koperasi " + "Sejahtera " * 11,
    "Efisien Affiliasi Fiat Flores Office ffi fl",
    "Kopérasi Ñandú–Çelik Ūber’s „Lux“ ‘x’",
    "Cafe\u0301 Ra\u0303me\u0302n No\u0308el",
    "\ufb01nal \ufb02ora",
    "Pasal 9",
    "PASAL 1",
    "Pasal 3\u00a0KETENTUAN UMUM",
    "PIHAK PERTAMA",
    "(1)",
    "a.",
    "1. 2. 3.",
    "Toko 24 Jam 007 3.500.000",
    "Halaman 1 dari 2",
    "Konsep, belum ditelaah ahli hukum",
    "No. Koperasi Alamat Penanda Tangan",
    "-",
    "- - -",
    "--",
    "Andi -",
    "-kosong",
    "…",
    "Rp1.000,00 & 5% – 10°",
    "Kelompok «Tani» ™ ©",
    "a/b\\c|d",
    "http://contoh.id/?a=1&b=2#c",
    "D'Ayu O'Brien `x`",
    "Ketua   Pengurus",
    " Depan dan belakang ",
)
TEXTS = (
    "baris satu\nbaris dua\n\nbaris empat",
    "kolom\tsatu\tdua",
    "(1) Ayat satu;\n(2) Ayat dua.",
    "berakhir dengan titik koma;",
    "berakhir dengan titik.",
    "sesuai masing-masing kemampuan dan se-adil-adilnya " * 9,
    "kata " * 120,
    "PANJANG" * 30,
)
NUMBERS = ("letter_number", "own_number")
MOST_TEXT, CELL_TEXT = 700, 400
LONG_LIST = 200
OFFICE = "Ketua Pengurus"
NOT_FITTING = ("word_long", "word_line")
"""Many texts may meet in one cell; a text may stand where the paper has a name."""
FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class Paper:
    """One paper that was made: its kind, its facts, their words, and the seed that makes it again."""

    kind: str
    seed: int
    facts: dict[str, Any]
    words: door.Words


def papers(count: int, first_seed: int = 0) -> Iterator[Paper]:
    """Give so many papers, the kinds in turn; facts that their kind refuses are made anew with the next seed."""
    kinds, seed = sorted(KINDS), first_seed
    for number in range(count):
        while (made := paper(kinds[number % len(kinds)], seed)) is None:
            seed += 1
        seed += 1
        yield made


def paper(kind: str, seed: int) -> Paper | None:
    """Make the paper of that kind and seed, or None when its facts do not fit each other."""
    chance = random.Random(f"{kind} {seed}")
    facts = Maker(chance).facts(kind)
    try:
        return Paper(kind, seed, facts, dress(kind, facts))
    except Refused as refusal:
        if refusal.code.startswith("fact_") or refusal.code in NOT_FITTING:
            return None
        raise


class Maker:
    """Makes values of a type from chance; one maker makes one paper, so that a long list comes at most once."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.long = chance.random() < 0.1
        self.most = MOST_TEXT

    def facts(self, kind: str) -> dict[str, Any]:
        """Make the facts of a kind."""
        told, hints = kind_of(kind), get_type_hints(kind_of(kind).facts)
        facts = example_facts(kind)
        for name, hint in hints.items():
            if self.chance.random() < 0.85:
                facts[name] = self.value(hint, name, facts[name], told.bounds.get(name))
        return self._fitted(kind, facts)

    def value(self, hint: Any, name: str, like: Any, bounds: tuple[int, int] | None = None) -> Any:
        """Make a value of a type; `like` is the example's, kept where chance says so."""
        if is_typeddict(hint):
            known = like if isinstance(like, dict) else {}
            hints = get_type_hints(hint)
            return {key: self.value(inner, key, known.get(key)) for key, inner in hints.items()}
        origin = get_origin(hint)
        if origin is list:
            example, around = like[0] if like else None, self.most
            self.most = CELL_TEXT
            rows = [self.value(get_args(hint)[0], name, example) for _ in range(self._length(bounds or (0, 30)))]
            self.most = around
            return rows
        if origin is Literal:
            return self.chance.choice(get_args(hint))
        if origin in (Union, UnionType):
            inner = next(one for one in get_args(hint) if one is not type(None))
            return None if self.chance.random() < 0.2 else self.value(inner, name, like)
        return self._leaf(hint, name, bounds)

    def _leaf(self, hint: Any, name: str, bounds: tuple[int, int] | None) -> Any:
        if hint is bool:
            return self.chance.random() < 0.5
        if hint is date:
            return FIRST_DAY + timedelta(days=self.chance.randrange(55_000))
        if hint is int:
            least, most = bounds or (0, 10 ** self.chance.randint(1, 8))
            return self.chance.choice((least, most, self.chance.randint(least, most), self.chance.randint(least, most)))
        return self.name() if name in door.NAMES or name in NUMBERS else self.text()

    def _length(self, bounds: tuple[int, int]) -> int:
        least, most = bounds
        if self.long and most >= LONG_LIST:
            self.long = False
            return LONG_LIST
        return self.chance.choice((least, min(most, 30), self.chance.randint(least, min(most, 30)), max(1, least)))

    def name(self) -> str:
        """Make a name: one line of at most 120 letters."""
        chance = self.chance
        made = chance.choice(
            (chance.choice(NAMES), f"{chance.choice(NAMES)} {chance.choice(NAMES)}", self.letters(60), "Asep Sunandar")
        )
        return _cut(made, door.NAME_LIMIT)

    def text(self) -> str:
        """Make a text: lines and tabs are allowed."""
        chance = self.chance
        pieces = [chance.choice((*TEXTS, *NAMES)) for _ in range(chance.randint(1, 3))]
        return _cut(chance.choice((" ".join(pieces), "\n".join(pieces), self.letters(120), OFFICE)), self.most)

    def letters(self, most: int) -> str:
        """Make a row of any characters that the door lets in."""
        pairs = (self.chance.choice(ADMISSIBLE) for _ in range(self.chance.randint(1, most)))
        row = unicodedata.normalize("NFC", "".join(pairs))
        return "".join(char for char in row if char in ADMISSIBLE).strip() or "x"

    def _fitted(self, kind: str, facts: dict[str, Any]) -> dict[str, Any]:
        """Mend what must fit together: zones, sides, sums, times, positions."""
        chance = self.chance
        facts = deepcopy(facts)
        if "time_zone" in facts:
            facts["time_zone"] = chance.choice(sorted(ZONES))
        for row in facts.get("capacity", ()):
            row["party"] = chance.randint(1, len(kind_of(kind).parties(facts)) if kind != "accession" else 1)
        fit = getattr(self, f"_fit_{kind}", None)
        if fit:
            fit(facts)
        return facts

    def _fit_mou_hub(self, facts: dict[str, Any]) -> None:
        facts["first"]["kind"] = self.chance.choice(("kdmp", "kkmp", "primary"))
        facts["second"]["kind"] = "secondary"

    def _fit_minutes(self, facts: dict[str, Any]) -> None:
        times = sorted(f"{self.chance.randrange(24):02d}.{self.chance.randrange(60):02d}" for _ in range(2))
        facts["opened"], facts["closed"] = times

    def _fit_attendance(self, facts: dict[str, Any]) -> None:
        facts["event"]["first_day"], facts["event"]["last_day"] = facts["day"], facts["day"] + timedelta(days=2)

    def _fit_handover(self, facts: dict[str, Any]) -> None:
        for line in facts["lines"]:
            line["gross_kg"] = line["tare_kg"] + line["net_kg"]
        value = sum(line["net_kg"] * line["price"] for line in facts["lines"])
        facts["deductions"] = self.chance.randint(0, value)
        facts["amount"] = value - facts["deductions"]
        facts["number"] = self.chance.randint(1, facts["of_deliveries"])


def _cut(text: str, most: int) -> str:
    return unicodedata.normalize("NFC", text)[:most]


def _admissible() -> str:
    return "".join(sorted(char for char in door.covered() if door._fault(char) is None and char != "§"))


ADMISSIBLE = _admissible()

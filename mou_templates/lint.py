"""What the wording of an agreement may not say, judged from its facts and the finished text (domain.md 3.8).

A memorandum carries no price: where village cooperatives stand on both sides it would be one they agreed among
themselves, and where another party stands with them its place is the supply agreement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mou_templates import elements
from mou_templates.reading import Grid, Line

if TYPE_CHECKING:
    from mou_templates.reading import Reading

CODES = ("one_day_opening", "price_between_primaries", "price_in_annex", "element_missing")

MEMORANDA = ("mou_bilateral", "mou_hub", "mou_network", "accession")
"""Kinds that carry no price; an addendum carries none where its parent is a memorandum."""
MEMORANDUM = re.compile(r"\s*(?:nota\s+kesep|kesepakatan\s+bersama|memorandum)", re.IGNORECASE)

SMALL = (
    "satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|seratus|seribu|sejuta|setengah|"
    "belas|puluh|ratus|ribu|juta|koma"
)
WORDS = rf"\b(?:{SMALL})(?:[\s-]+(?:{SMALL}))*\b"
DIGITS = r"\d{1,3}(?:[.\s]\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)?"
AMOUNT = rf"(?:{DIGITS}|{WORDS})"
LARGE = r"(?:\d{1,3}(?:\.\d{3})+(?!\d)|(?!(?:19|20)\d\d\b)\d{4,})(?:,\d+)?"
"""A figure that is a price rather than a count: thousands, and no year."""
THOUSANDS = r"\s*(?:ribu|rb|k|juta|jt)?\b"
WEIGHT = r"(?:kg|kilo(?:gram)?|ton|kuintal|kwintal|liter|karung|zak|sak)\b"
EACH = (
    r"(?:/\s*|\bper[\s-]*|\btiap[\s-]*|\bsetiap\s+|\buntuk\s+(?:tiap|setiap|satu|1)\s+"
    rf"|\bse-?(?=kilo|kg|ton|kuintal)){WEIGHT}"
)
NOT_A_COUNT = rf"(?!\s*(?:\([^)]*\)\s*)?(?:{WEIGHT}|hari|bulan|tahun|orang|koperasi|%|hektare|ha\b))"
BETWEEN = (
    r"(?:\s+(?:jual|beli|dasar|pasar|gabah|beras|jagung|gkp|gkg|kering|panen|giling|pipilan|medium|premium|sebesar|"
    r"senilai|adalah|yaitu|ialah|disepakati|ditetapkan|di|tingkat|petani|penggilingan|paling|rendah|tinggi|maksimal|"
    r"minimal|untuk|dengan)\b){0,12}\s*[:=@]?\s*"
)
PRICES = re.compile(
    "|".join(
        (
            rf"(?<![^\W\d_])(?:rp|idr)\.?[\s:]*{AMOUNT}(?:{THOUSANDS})",
            rf"(?<![\w.]){AMOUNT}(?:,-)?{THOUSANDS}\s*\)?\s*rupiah\b",
            rf"\brupiah\s*{EACH}",
            rf"(?<![\w.,]){AMOUNT}(?:,-)?{THOUSANDS}\s*(?:\([^)]*\)\s*)?(?:rupiah\s*)?{EACH}",
            rf"{EACH}(?:\s*(?:adalah|sebesar|senilai|seharga|yaitu|=|:|@))*\s*{LARGE}{NOT_A_COUNT}",
            rf"\b(?:se)?harga(?:nya)?\b{BETWEEN}{LARGE}{NOT_A_COUNT}",
            rf"\b(?:se)?harga(?:nya)?\b{BETWEEN}(?=[^.;]*\b(?:ribu|ratus|juta)\b)(?:{WORDS}){NOT_A_COUNT}",
            rf"@\s*{AMOUNT}",
            r"(?<![\w.,])\d{1,3}(?:\.\d{3})*,[-\u2013\u2014](?!\d)",
        )
    ),
    re.IGNORECASE,
)
PRICE_COLUMN = re.compile(r"\bharga\b", re.IGNORECASE)
STAMP = re.compile(r"meterai", re.IGNORECASE)
STAMP_DUTY = re.compile(r"\W*(?:rp|idr)?\.?\s*(?:10\.?000(?:,00|,-)?|sepuluh\s+ribu)\W*(?:rupiah)?\W*", re.IGNORECASE)
"""The duty stamp of UU 10/2020 is a duty and no price."""
ONE_DAY = re.compile(r"\bpada\s+hari\s+ini\b", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.;!?])\s+(?=[A-Z(])")
SENTENCE_LIMIT = 300


@dataclass(frozen=True)
class Finding:
    """One thing the text may not say: `paragraph` counts from 1 in reading order, None where it is the whole text.

    `about` is the price found or the element missing.
    """

    code: str
    paragraph: int | None = None
    sentence: str = ""
    about: str = ""


def lint(kind: str, facts: Mapping[str, Any], reading: Reading, *, open_days: int) -> tuple[Finding, ...]:
    """List what may not stand in a text; empty when it may go out for signature.

    `open_days` is how many days the round of signatures is open. Raises `Refused("kind_unknown")`.
    """
    return (
        *_one_day(facts, reading, open_days),
        *(_prices(reading) if _carries_no_price(kind, facts) else ()),
        *(Finding("element_missing", about=element) for element in elements.missing(kind, reading)),
    )


def _carries_no_price(kind: str, facts: Mapping[str, Any]) -> bool:
    return kind in MEMORANDA or (kind == "addendum" and MEMORANDUM.match(facts["parent"]["title"]) is not None)


def _one_day(facts: Mapping[str, Any], reading: Reading, open_days: int) -> Iterator[Finding]:
    if facts.get("signing_mode") == "at_once" and open_days > 1:
        said = [(number, line.text) for number, _, line in _lines(reading) if ONE_DAY.search(line.text)]
        number, text = said[0] if said else (None, "")
        yield Finding("one_day_opening", number, text[:SENTENCE_LIMIT])


def _prices(reading: Reading) -> Iterator[Finding]:
    """Give each sentence with a price once, and each figure in a column of prices."""
    for number, annexed, line in _lines(reading):
        code = "price_in_annex" if annexed else "price_between_primaries"
        seen = set[str]()
        for match in PRICES.finditer(line.text):
            sentence = _sentence(line.text, match.start())
            if sentence not in seen and not (STAMP.search(sentence) and STAMP_DUTY.fullmatch(match[0])):
                seen.add(sentence)
                yield Finding(code, number, sentence[:SENTENCE_LIMIT], match[0].strip())
    yield from _price_columns(reading)


def _price_columns(reading: Reading) -> Iterator[Finding]:
    number = 0
    for block in reading.blocks:
        rows = block.rows if isinstance(block, Grid) else ()
        heads = block.heads if isinstance(block, Grid) else 0
        priced = {at for row in rows[:heads] for at, cell in enumerate(row) if PRICE_COLUMN.search(_joined(cell))}
        number += isinstance(block, Line)
        for place, row in enumerate(rows):
            for at, cell in enumerate(row):
                number += len(cell)
                text = _joined(cell)
                if place >= heads and at in priced and re.search(r"\d", text) and not PRICES.search(text):
                    yield Finding("price_in_annex", number, text[:SENTENCE_LIMIT], text[:SENTENCE_LIMIT])


def _lines(reading: Reading) -> Iterator[tuple[int, bool, Line]]:
    """Give each paragraph with its number and whether it stands in an annex or a table with a head."""
    number, annexed = 0, False
    for block in reading.blocks:
        if isinstance(block, Line):
            number, annexed = number + 1, annexed or block.style.startswith("Annex")
            yield number, annexed, block
            continue
        for row in block.rows:
            for cell in row:
                for line in cell:
                    number += 1
                    yield number, annexed or block.heads > 0, line


def _joined(cell: tuple[Line, ...]) -> str:
    return " ".join(line.text for line in cell)


def _sentence(text: str, at: int) -> str:
    ends = [0, *(match.end() for match in SENTENCE_END.finditer(text)), len(text)]
    start = max(end for end in ends if end <= at)
    return text[start : min(end for end in ends if end > start or end == len(text))].strip()

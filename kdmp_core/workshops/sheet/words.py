"""Clean a text of a cell, and compare names the way people do: without case, titles or punctuation."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_SPACES = re.compile(r"\s+")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_KINDS = (
    (re.compile(r"^(?:koperasi (?:desa|ds) merah putih|kop ?des(?:a)? merah putih|kop ?des|kdmp)\b"), "kdmp"),
    (re.compile(r"^(?:koperasi kelurahan merah putih|kop ?kel merah putih|kop ?kel|kkmp)\b"), "kkmp"),
)
_TITLES_BEFORE = ("h", "hj", "haji", "hajah", "drs", "dra", "ir", "dr", "prof", "kh", "ust")
_TITLES_BEHIND = (
    *("amd", "se", "sh", "si", "sp", "st", "sag", "sip", "skom", "spd", "spi", "spt", "sst", "shut", "ssos", "sthi"),
    *("mm", "mh", "mp", "ma", "mkn", "mpd", "msi", "mba", "sstp", "phd"),
)
_TITLES = frozenset(_TITLES_BEFORE + _TITLES_BEHIND)


def tidy(value: str) -> str:
    """Give a text in NFC with single spaces, as a cell shows it; spreadsheet escapes are undone first."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    return _SPACES.sub(" ", unicodedata.normalize("NFC", plain)).strip()


def bad_letters(value: str) -> bool:
    """Say whether a text holds control, direction, zero-width, private or unpaired characters."""
    return any(unicodedata.category(letter)[0] == "C" for letter in value)


def shown(value: object) -> str:
    """Give what stood in a cell for showing: without bad letters, at most 80 characters."""
    kept = "".join(letter if unicodedata.category(letter)[0] != "C" else "�" for letter in str(value)[:81])
    return kept if len(kept) <= 80 else f"{kept[:79]}…"  # noqa: PLR2004 (stated above)


def heading(value: object) -> str:
    """Give a heading for comparing: `"No. HP Ketua "` and `"no hp ketua"` give the same."""
    return " ".join(re.sub(r"[^\w&/%]+", " ", tidy(str(value)).lower()).split()) if value is not None else ""


def party_key(name: str) -> str:
    """Give a party's name for comparing: `"KDMP Cihea"` and `"Koperasi Desa Merah Putih  CIHEA"` give the same."""
    plain = heading(name)
    for prefix, kind in _KINDS:
        if prefix.search(plain):
            return f"{kind} {prefix.sub('', plain).strip()}"
    return plain


def person_key(name: str) -> str:
    """Give a person's name for comparing, without titles: `"H. Aep Solihin, A.Md."` gives `"aep solihin"`."""
    joined = re.sub(r"(?<=\w)\.(?=\w)", "", tidy(name).lower())
    words = re.sub(r"[^\w' -]+", " ", joined).split()
    return " ".join(word for word in words if word.replace("-", "") not in _TITLES) or " ".join(words)


def slug(value: str) -> str:
    """Give a text as part of a key: lower-case letters and digits joined by hyphens."""
    lowered = unicodedata.normalize("NFKD", value.lower())
    return "-".join(re.findall(r"[a-z0-9]+", lowered))[:60] or "-"


def keyed(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Give each row (what it is, all it says) a key of its own that does not depend on its place.

    What it is, when no other row is the same; else with six letters of the hash of all it says; exact doubles are
    counted on, and it does not matter which is which.
    """
    bases = Counter(base for base, _ in rows)
    keys: list[str] = []
    taken: Counter[str] = Counter()
    for base, content in rows:
        many = bases[base] > 1
        key = f"{base}~{hashlib.sha256(content.encode()).hexdigest()[:6]}" if many else base
        taken[key] += 1
        keys.append(key if taken[key] == 1 else f"{key}~{taken[key]}")
    return keys

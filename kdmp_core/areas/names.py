"""How people spell the names of areas, and how those spellings are compared."""

from __future__ import annotations

import re
import unicodedata

EVERYDAY: dict[str, tuple[str, ...]] = {
    "31": ("DKI Jakarta", "Jakarta"),
    "34": ("DI Yogyakarta", "Yogyakarta", "Jogja"),
    "19": ("Bangka Belitung", "Babel"),
    "21": ("Kepri",),
    "52": ("NTB",),
    "53": ("NTT",),
    "32.03.06": ("Bojongpicung",),
    "32.03.18": ("Pagelaran",),
    "32.03.20": ("Cibinong",),
}
"""Everyday spellings by code, where the official one is odd (domain.md §5) or nobody uses it."""

_LEVEL_WORDS = re.compile(
    r"^(?:provinsi|prov|kabupaten administrasi|kota administrasi|kabupaten|kab|kota|kecamatan|kec|distrik"
    r"|kelurahan|kel|desa adat|desa|ds|kampung|nagari|gampong)\b[.\s]*",
)


def plain(name: str) -> str:
    """Give a name for comparing: no case, accents, level word, space or punctuation.

    `"Kec. Bojong-Picung"` and `"BOJONGPICUNG"` give the same.
    """
    lowered = " ".join(unicodedata.normalize("NFKD", name).lower().split())
    return squeezed(_LEVEL_WORDS.sub("", lowered, count=1)) or squeezed(lowered)


def squeezed(lowered: str) -> str:
    """Give the letters and digits of a lower-case text, nothing else; a slash stays, it parts two names."""
    return "".join(letter for letter in lowered if letter.isalnum() or letter == "/")

"""What an agreement must say, and how its headings name it: elements are found in any text, ours or a partner's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mou_templates.clauses import ALSO
from mou_templates.kinds import kind_of
from mou_templates.reading import QUOTED, Line, lines

if TYPE_CHECKING:
    from mou_templates.reading import Reading

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "definitions": ("pengertian", "definisi", "ketentuan umum"),
    "purpose": ("maksud dan tujuan", "tujuan dan maksud", "maksud", "tujuan"),
    "object": ("objek", "obyek", "objek dan jumlah", "objek dan volume", "objek kerja sama"),
    "scope": ("ruang lingkup", "lingkup", "ruang lingkup kerja sama"),
    "implementation": ("pelaksanaan", "pelaksanaan kegiatan", "tindak lanjut"),
    "rights_duties": ("hak dan kewajiban", "hak dan kewajiban para pihak", "hak dan tanggung jawab"),
    "force_majeure": ("keadaan kahar", "keadaan memaksa", "force majeure", "kahar"),
    "disputes": ("penyelesaian perselisihan", "penyelesaian sengketa", "perselisihan"),
    "term": ("jangka waktu", "jangka waktu dan pengakhiran", "masa berlaku"),
    "correspondence": ("korespondensi", "surat-menyurat", "surat menyurat", "pemberitahuan", "penghubung"),
    "amendment": ("perubahan", "adendum", "addendum", "amandemen", "adendum dan amandemen", "perubahan dan tambahan"),
    "closing": ("penutup", "ketentuan penutup"),
    "basis": ("dasar", "dasar penyerahan"),
    "leaders": ("pimpinan", "pimpinan dan narasumber", "pimpinan rapat"),
    "attendees": ("peserta", "kehadiran"),
    "agenda": ("agenda", "acara", "susunan acara"),
    "decisions": ("kesepakatan", "keputusan", "hasil kesepakatan"),
    "goods": ("barang", "barang dan timbangan", "rincian barang"),
    "payment": ("nilai pembayaran", "pembayaran"),
    "mandate": ("khusus",),
    "changes": ("ketentuan yang diubah", "perubahan ketentuan", "pokok perubahan"),
    "effect": ("berlakunya adendum", "mulai berlaku", "saat berlaku", "keberlakuan"),
}
"""Headings of the field for each element, without "Pasal n"; longer headings that begin with one of them count, too."""

SAID: Mapping[str, re.Pattern[str]] = {
    "title": re.compile(
        r"^\s*(?:NOTA\s+KESEP|MEMORANDUM|PERJANJIAN|KESEPAKATAN\s+BERSAMA|ADD?ENDUM|AMANDEMEN|BERITA\s+ACARA|SURAT|DAFTAR)",
        re.MULTILINE,
    ),
    "place_date": re.compile(
        r"\bpada\s+hari\b|\b(?:dibuat|disusun|diberikan|bertempat)\s+di\b|^Hari\s+dan\s+tanggal\b"
        r"|^[A-Z][^\n,]{2,40},\s+(?:tanggal\s+)?(?:\d{1,2}\s+[A-Z]\w+\s+\d{4}|\.{5,})\s*$",
        re.MULTILINE,
    ),
    "attendees": re.compile(r"^Daftar ini memuat \S", re.MULTILINE),
    "parties": re.compile(
        r"\bdisebut\s+(?:juga\s+|sebagai\s+)*\W*PIHAK\b|\bbertindak\s+(?:\w+\s+){0,4}atas\s+nama\b|PEMBERI\s+KUASA"
        r"|^\s*(?:\w+\.\s*)?PIHAK\s+(?:PERTAMA|KESATU)\s*:",
        re.IGNORECASE | re.MULTILINE,
    ),
    "changes": re.compile(r"^\s*Semula\b|\bdiubah\s+sehingga\b|\bsehingga\s+(?:menjadi|berbunyi)\b", re.MULTILINE),
    "effect": re.compile(r"\b(?:[Pp]ernyataan|[Aa]dendum)\s+ini\s+(?:mulai\s+)?(?:berlaku|mengikat)\b"),
    "acceptance": re.compile(r"\bmenerima\s+seluruh\s+(?:isi|ketentuan)\b"),
    "contribution": re.compile(r"^.*\bpotensi\s+dan\s+kebutuhan\b.*\btercantum\b", re.IGNORECASE | re.MULTILINE),
    "contact": re.compile(r"^\s*Penghubung\b", re.MULTILINE),
    "closing": re.compile(r"\bDemikian\s+(?:surat\s+)?pernyataan\s+ini\b", re.IGNORECASE),
}
"""Elements that may have no heading, found by their words."""

OPENING = frozenset({"title", "place_date", "parties"})
"""Elements that stand before the first article: further on the same words say something else."""

LONGEST_HEADING = 80
ARTICLE = re.compile(r"^\s*(?:(?i:pasal)\s+\d+|[A-Z]\.\s)\s*")


FIRST = re.compile(r"^\s*(?i:pasal)\s+1\s*(?:\n|$)|^LAMPIRAN\b")


def element_of(heading: str) -> str | None:
    """Name the element that a heading ("Pasal 9 KORESPONDENSI") stands for, or None."""
    words = re.sub(r"\s+", " ", ARTICLE.sub("", heading)).strip(" .:").casefold()
    exact = next((name for name, known in HEADINGS.items() if words in known), None)
    return exact or next((name for name, known in HEADINGS.items() if words.startswith(known)), None)


def found(reading: Reading) -> frozenset[str]:
    """Give the elements that a text has, by its headings and its words."""
    text = [line for line in lines(reading.blocks) if line.text.strip() and line.style != QUOTED]
    first = next((at for at, line in enumerate(text) if FIRST.match(line.text)), len(text))
    opening, whole = ("\n".join(line.text for line in some) for some in (text[:first], text))
    said = {name for name, pattern in SAID.items() if pattern.search(opening if name in OPENING else whole)}
    named = {element for heading in headings(text) if (element := element_of(heading))}
    return frozenset(said | named)


def headings(text: list[Line]) -> Iterator[str]:
    """Give what looks like a heading: short and in capitals, alone or behind its "Pasal n"."""
    for line in text:
        bare = ARTICLE.sub("", line.text).strip()
        if bare and len(bare) <= LONGEST_HEADING and bare == bare.upper() and "\n" not in bare:
            yield bare


def missing(kind: str, reading: Reading) -> tuple[str, ...]:
    """List the mandatory elements of a kind that a text lacks, in their order; raises `Refused("kind_unknown")`."""
    present = found(reading)
    present |= {also for name, also in ALSO.get(kind, {}).items() if name in present}
    return tuple(element for element in kind_of(kind).mandatory if element not in present)

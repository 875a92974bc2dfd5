"""What an agreement must say, and how its headings name it: elements are found in any text, ours or a partner's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mou_templates.clauses import ALSO
from mou_templates.kinds import kind_of
from mou_templates.reading import Line, lines

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
}
"""Headings of the field for each element, without "Pasal n"; longer headings that begin with one of them count, too."""

SAID: Mapping[str, re.Pattern[str]] = {
    "title": re.compile(r"NOTA\s+KESEP|PERJANJIAN\s+KERJA|KESEPAKATAN\s+BERSAMA|ADENDUM|BERITA\s+ACARA|SURAT|DAFTAR"),
    "place_date": re.compile(r"pada hari|tanggal|\bdi\b.*\bpada\b", re.IGNORECASE),
    "attendees": re.compile(r"^Daftar ini memuat \S", re.MULTILINE),
    "parties": re.compile(r"PIHAK PERTAMA|PARA PIHAK|PIHAK KESATU|PEMBERI KUASA"),
}
"""Elements that have no heading, found by their words."""

LONGEST_HEADING = 80
ARTICLE = re.compile(r"^\s*(?:(?i:pasal)\s+\d+|[A-Z]\.\s)\s*")


def element_of(heading: str) -> str | None:
    """Name the element that a heading ("Pasal 9 KORESPONDENSI") stands for, or None."""
    words = re.sub(r"\s+", " ", ARTICLE.sub("", heading)).strip(" .:").casefold()
    exact = next((name for name, known in HEADINGS.items() if words in known), None)
    return exact or next((name for name, known in HEADINGS.items() if words.startswith(known)), None)


def found(reading: Reading) -> frozenset[str]:
    """Give the elements that a text has, by its headings and its words."""
    text = [line for line in lines(reading.blocks) if line.text.strip()]
    whole = "\n".join(line.text for line in text)
    said = {name for name, pattern in SAID.items() if pattern.search(whole)}
    named = {element for heading in headings(text) if (element := element_of(heading))}
    return frozenset(said | named | {ALSO[name] for name in named if name in ALSO})


def headings(text: list[Line]) -> Iterator[str]:
    """Give what looks like a heading: short and in capitals, alone or behind its "Pasal n"."""
    for line in text:
        bare = ARTICLE.sub("", line.text).strip()
        if bare and len(bare) <= LONGEST_HEADING and bare == bare.upper() and "\n" not in bare:
            yield bare


def missing(kind: str, reading: Reading) -> tuple[str, ...]:
    """List the mandatory elements of a kind that a text lacks, in their order; raises `Refused("kind_unknown")`."""
    present = found(reading)
    return tuple(element for element in kind_of(kind).mandatory if element not in present)

"""The table of areas as it lies in the package, read once and lazily.

The file holds six sections, each a little-endian length and its bytes: codes, names and postcodes (UTF-8, one a
line), a flag a row for "has a point", and latitudes and longitudes in 1/100,000 degree as differences in four byte
planes. `scripts/make_areas.py` writes it. Source: cahyadsn/wilayah, wilayah_kodepos and wilayah_boundaries (MIT).
"""

from __future__ import annotations

import lzma
import struct
import sys
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate


@dataclass(frozen=True)
class Table:
    """All areas in order of their codes; the columns have the same length. Points in 1/100,000 degree."""

    codes: list[str]
    names: list[str]
    postcodes: list[str]
    has_point: bytes
    latitudes: array[int]
    longitudes: array[int]

    def position(self, code: str) -> int | None:
        """Give the row of a code, or None."""
        row = bisect_left(self.codes, code)
        return row if row < len(self.codes) and self.codes[row] == code else None

    def below(self, code: str) -> range:
        """Give the rows of everything below a code, itself left out; `""` gives all rows."""
        if not code:
            return range(len(self.codes))
        return range(bisect_left(self.codes, f"{code}."), bisect_left(self.codes, f"{code}/"))


@cache
def table() -> Table:
    """Give the table, read from the package at the first call (about 0.2 s) and kept."""
    sections = _sections(lzma.decompress((files(__package__) / "data" / "areas.xz").read_bytes()))
    codes, names, postcodes = (section.decode().split("\n") for section in sections[:3])
    return Table(codes, names, postcodes, sections[3], _numbers(sections[4]), _numbers(sections[5]))


def _sections(body: bytes) -> list[bytes]:
    sections, start = [], 0
    while start < len(body):
        (length,) = struct.unpack_from("<I", body, start)
        sections.append(body[start + 4 : start + 4 + length])
        start += 4 + length
    return sections


def _numbers(planes: bytes) -> array[int]:
    count = len(planes) // 4
    packed = bytearray(len(planes))
    for place in range(4):
        packed[place::4] = planes[place * count : (place + 1) * count]
    steps = array("i", bytes(packed))
    if sys.byteorder == "big":
        steps.byteswap()
    return array("i", accumulate(steps))

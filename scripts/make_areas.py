"""Make `kdmp_core/areas/data/areas.xz` from the two public tables.

Usage: python scripts/make_areas.py WILAYAH.csv.gz CENTROID.csv.gz
In: `kode,nama,kodepos` and `kode,lat,lng` (five decimals). Out: one lzma file, the same bytes for the same tables.
The layout is described in `kdmp_core/areas/store.py`, which reads it.
"""

from __future__ import annotations

import csv
import gzip
import lzma
import struct
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

TARGET = Path(__file__).parent.parent / "kdmp_core" / "areas" / "data" / "areas.xz"
NO_POINT = (0, 0)


def rows_of(path: str) -> list[dict[str, str]]:
    """Give the rows of a gzipped table."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def steps(numbers: list[int]) -> Iterator[int]:
    """Give each number as its difference from the one before."""
    before = 0
    for number in numbers:
        yield number - before
        before = number


def planes(numbers: list[int]) -> bytes:
    """Give the differences as four planes of bytes, so that the high ones compress to nothing."""
    packed = struct.pack(f"<{len(numbers)}i", *steps(numbers))
    return b"".join(packed[place::4] for place in range(4))


def carried(points: list[tuple[int, int] | None]) -> list[tuple[int, int]]:
    """Repeat the point before where one is missing: no step, no bytes; the flags tell them apart."""
    filled, before = [], NO_POINT
    for point in points:
        before = point or before
        filled.append(before)
    return filled


def main(wilayah: str, centroid: str) -> None:
    """Write the file and say how large it is."""
    areas = sorted(rows_of(wilayah), key=lambda row: row["kode"])
    found = {
        row["kode"]: (int(Decimal(row["lat"]) * 100_000), int(Decimal(row["lng"]) * 100_000))
        for row in rows_of(centroid)
    }
    points = [found.get(row["kode"]) for row in areas]
    filled = carried(points)
    sections = [
        "\n".join(row["kode"] for row in areas).encode(),
        "\n".join(row["nama"] for row in areas).encode(),
        "\n".join(row["kodepos"] for row in areas).encode(),
        bytes(point is not None for point in points),
        planes([point[0] for point in filled]),
        planes([point[1] for point in filled]),
    ]
    body = b"".join(struct.pack("<I", len(section)) + section for section in sections)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(lzma.compress(body, preset=9))
    sys.stdout.write(f"{len(areas)} areas, {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])

"""A zip written by hand: fixed times, fixed order, and parts that were deflated once and are kept so.

The standard `zipfile` cannot take ready-deflated bytes; deflating the styles anew would cost more than
rendering the text. The bench measures it as `word.30`.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
VERSION, UTF8, DEFLATED, MIDNIGHT, NEW_YEAR_1980 = 20, 0x800, 8, 0, 0x21
NO_EXTRAS = (0, 0, 0, 0, 0)
"""No extra field, no comment, first disk, no attributes."""


@dataclass(frozen=True)
class Member:
    """One file of the zip, deflated: `size` is the length before, `crc` its CRC-32."""

    name: bytes
    deflated: bytes
    crc: int
    size: int

    @classmethod
    def of(cls, name: str, data: bytes, level: int = 3) -> Member:
        """Deflate `data` at `level` (1..9); 3 costs a third of 6 and is a tenth larger."""
        machine = zlib.compressobj(level, zlib.DEFLATED, -15)
        return cls(name.encode(), machine.compress(data) + machine.flush(), zlib.crc32(data), len(data))


def kept(name: str, data: bytes) -> Member:
    """Deflate a part that is used many times as small as it goes."""
    return Member.of(name, data, 9)


def pack(members: Iterable[Member]) -> bytes:
    """Write the zip; the same members give the same bytes."""
    body, directory, count, offset = [], [], 0, 0
    for member in members:
        common = (UTF8, DEFLATED, MIDNIGHT, NEW_YEAR_1980, member.crc, len(member.deflated), member.size)
        name = member.name
        head = LOCAL.pack(b"PK\x03\x04", VERSION, *common, len(name), 0) + name
        directory += [CENTRAL.pack(b"PK\x01\x02", VERSION, VERSION, *common, len(name), *NO_EXTRAS, offset), name]
        body += [head, member.deflated]
        offset += len(head) + len(member.deflated)
        count += 1
    central = b"".join(directory)
    end = END.pack(b"PK\x05\x06", 0, 0, count, count, len(central), offset, 0)
    return b"".join((*body, central, end))

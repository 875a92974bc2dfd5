"""The first floor: may these bytes be unpacked as a Word package? Nothing is unpacked before that is known.

Standard library only: a bad file never costs the import of the XML libraries.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping

from mou_templates.preflight.findings import Finding, errors, finding

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = "EncryptedPackage".encode("utf-16-le")
SHEETS = tuple(name.encode("utf-16-le") for name in ("Workbook", "PowerPoint Document"))
MOST_MEMBERS = 300
MOST_BYTES = 30 * 2**20
MOST_RATIO = 200
"""Rows repeated by hand reach 50:1; a thousand to one is what deflate can do at most."""
WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What Word writes; the other ways unpack without a bound."""
BODY, TYPES = "word/document.xml", "[Content_Types].xml"
SECRET_BIT = 1


def opened(data: bytes) -> tuple[Mapping[str, bytes], tuple[Finding, ...]]:
    """Give the members by name, or none and the errors that stop preflight here. Raises nothing."""
    if found := tuple(_first_look(data)):
        return {}, found
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            found = tuple(_listing(package.infolist()))
            members = {} if errors(found) else {entry.filename: package.read(entry) for entry in package.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError, RuntimeError, OverflowError):
        return {}, (finding("zip_broken"),)
    if not found and not {BODY, TYPES} <= members.keys():
        found = (finding("not_word"),)
    return members, found


def _first_look(data: bytes) -> Iterator[Finding]:
    if data.startswith(OLE):
        yield finding(_of_ole(data))
    elif not data.startswith(b"PK\x03\x04"):
        yield finding("not_word")
    elif len(data) > MOST_BYTES:
        yield _too_large(len(data))


def _of_ole(data: bytes) -> str:
    if LOCKED in data:
        return "password"
    return "not_word" if any(name in data for name in SHEETS) else "old_word"


def _listing(entries: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    """Judge the list of contents; what it says of sizes binds, for no more than that is ever unpacked."""
    names = Counter(entry.filename.casefold() for entry in entries)
    yield from (finding("member_twice", name=name) for name, times in names.items() if times > 1)
    if len(entries) > MOST_MEMBERS:
        yield finding("members_many", count=str(len(entries)), most=str(MOST_MEMBERS))
    if (size := sum(entry.file_size for entry in entries)) > MOST_BYTES:
        yield _too_large(size)
    for entry in entries:
        if entry.file_size > MOST_RATIO * entry.compress_size:
            yield finding("zip_bomb", name=entry.filename)
        if entry.flag_bits & SECRET_BIT:
            yield finding("password")
        elif entry.compress_type not in WAYS or ".." in entry.filename.split("/") or "\\" in entry.filename:
            yield finding("zip_broken")


def _too_large(size: int) -> Finding:
    return finding("too_large", size=f"{size / 2**20:.1f}", most=str(MOST_BYTES // 2**20))

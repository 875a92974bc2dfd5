"""Pictures that take the place of a placeholder: where a form keeps one, and what may be put there.

A picture is judged by its first bytes and never decoded here: whoever decodes it later, LibreOffice or a phone, meets
no more points than were allowed.
"""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from mou_templates.errors import Refused

PREFIX = "gambar:"
"""How the alternative text of a placeholder begins; its name stands behind."""
FRAMES = "frames"
"""The entry of the words in which the press hands the form the sizes of its pictures."""

MOST_BYTES = 1_000_000
MOST_SIDE = 4_000
MOST_DECODED = 64_000_000
MOST_SCANS = 100
WIDEST = 5_580_000
"""The width of the text, 15.5 cm, in English metric units: 360,000 to the centimetre."""

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Colour type of a PNG: samples of one point."""
DEPTHS = (1, 2, 4, 8, 16)
FRAME_HEADS = (0xC0, 0xC1, 0xC2)
"""JPEG: sequential and progressive; what Word and every browser read."""
ALONE = (0x01, *range(0xD0, 0xD9))
"""JPEG markers without a length behind them."""
SCAN, END = 0xDA, b"\xff\xd9"

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"


@dataclass(frozen=True)
class Slot:
    """A placeholder in a part of a form: the name behind `gambar:`, its media member, its key and its height."""

    name: str
    member: str
    key: str
    height: int


def slots(part: str, data: bytes, links: bytes) -> tuple[bytes, tuple[Slot, ...]]:
    """Give a part whose placeholders ask for their size, and where they are; `links` is the part's `.rels`."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    targets = {str(link.get("Id")): str(link.get("Target")) for link in etree.fromstring(links)}
    found = []
    for number, properties in enumerate(root.iter(f"{WP}docPr")):
        frame = properties.getparent()
        name = str(properties.get("descr") or "").strip()
        blip = None if frame is None else next(frame.iter(f"{A}blip"), None)
        extent = None if frame is None else frame.find(f"{WP}extent")
        if not name.startswith(PREFIX) or frame is None or blip is None or extent is None:
            continue
        member = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), targets.get(str(blip.get(EMBED)), "")))
        key = f"{posixpath.basename(part).partition('.')[0]}_{number}"
        found += [Slot(name.removeprefix(PREFIX).strip(), member.lstrip("/"), key, int(extent.get("cy") or 0))]
        for shape in (extent, *frame.iter(f"{A}ext")):
            if shape.get("cx"):  # an extension of the same name has no size
                shape.set("cx", f"{{{{ {FRAMES}.{key}.width }}}}")
                shape.set("cy", f"{{{{ {FRAMES}.{key}.height }}}}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True), tuple(found)


def swapped(kept: tuple[Slot, ...], members: Mapping[str, bytes], given: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give the media members with the pictures in their place.

    Raises `Refused`: `picture_unknown` (the form has no place of that name), `picture_format`, `picture_large`.
    """
    made: dict[str, bytes] = {}
    for name, data in given.items():
        places = {slot.member for slot in kept if slot.name == name}
        if not places:
            raise Refused("picture_unknown", name=name)
        for member in places:
            expected = _format(members.get(member, b""))
            if expected is None or _format(data) != expected:
                raise Refused("picture_format", name=name, expected=expected or "PNG, JPEG")
        made |= dict.fromkeys(places, data)
    return made


def sizes(kept: tuple[Slot, ...], given: Mapping[str, bytes]) -> dict[str, dict[str, int]]:
    """Give width and height of each frame: as high as the form drew it, as wide as the picture makes it.

    Raises `Refused` as `size_of` does.
    """
    return {
        slot.key: _fitted(slot.height, *size_of(slot.name, given[slot.name])) for slot in kept if slot.name in given
    }


def size_of(name: str, data: bytes) -> tuple[int, int]:
    """Give width and height of a PNG or JPEG in points, from its first bytes.

    Raises `Refused`: `picture_format`, and `picture_large` above 1 MB, 4,000 points a side or 64 MB of points.
    """
    if len(data) > MOST_BYTES:
        raise Refused("picture_large", name=name, size=str(len(data)), most=str(MOST_BYTES))
    try:
        width, height, bits = _png(data) if data.startswith(PNG) else _jpeg(data)
    except (struct.error, ValueError, KeyError, IndexError, StopIteration):
        raise Refused("picture_format", name=name, expected="PNG, JPEG") from None
    if max(width, height) > MOST_SIDE:
        raise Refused("picture_large", name=name, size=f"{width} x {height}", most=f"{MOST_SIDE} x {MOST_SIDE}")
    if width * height * bits > MOST_DECODED * 8:
        raise Refused("picture_large", name=name, size=str(width * height * bits // 8), most=str(MOST_DECODED))
    return width, height


def _format(data: bytes) -> str | None:
    return "PNG" if data.startswith(PNG) else "JPEG" if data.startswith(JPEG) else None


def _fitted(frame: int, width: int, height: int) -> dict[str, int]:
    wide = max(1, frame * width // height)
    if wide <= WIDEST:
        return {"width": wide, "height": frame}
    return {"width": WIDEST, "height": max(1, WIDEST * height // width)}


def _png(data: bytes) -> tuple[int, int, int]:
    """Give width, height and bits of a point; every chunk ends inside the file, and nothing stands behind the last."""
    names = [name for name, _ in _chunks(data)]
    length, name = struct.unpack_from(">I4s", data, len(PNG))
    width, height, depth, colour, packing, filtering, interlace = struct.unpack_from(">2I5B", data, len(PNG) + 8)
    whole = names[-1] == b"IEND" and b"IDAT" in names and b"acTL" not in names
    if (length, name) != (13, b"IHDR") or not whole or (packing, filtering) != (0, 0) or interlace > 1:
        raise ValueError
    if not width or not height or depth not in DEPTHS:
        raise ValueError
    return width, height, depth * CHANNELS[colour]


def _chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    at = len(PNG)
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        yield name, length
        at += length + 12
    if at != len(data):
        raise ValueError


def _jpeg(data: bytes) -> tuple[int, int, int]:
    """Give width, height and bits of a point from the frame's head; a scan may be repeated, but not without end."""
    if not data.startswith(JPEG) or not data.rstrip(b"\0").endswith(END) or data.count(b"\xff\xda") > MOST_SCANS:
        raise ValueError
    heads = [at for marker, at in _segments(data) if marker in FRAME_HEADS]
    (at,) = heads
    depth, height, width, channels = struct.unpack_from(">B2HB", data, at)
    if not width or not height or not 1 <= channels <= 4:  # noqa: PLR2004 - grey to CMYK
        raise ValueError
    return width, height, depth * channels


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Give each marker before the first scan with the place behind its length."""
    at = 2
    while True:
        if data[at] != 0xFF:  # noqa: PLR2004 - every segment begins so
            raise ValueError
        marker = data[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 - filling
            at += 1
        elif marker in ALONE:
            at += 2
        elif marker == SCAN:
            return
        else:
            yield marker, at + 4
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]

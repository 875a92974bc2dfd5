"""A logo takes the place of the form's placeholder, judged by its first bytes; nothing else of the form changes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mou_templates import reading
from mou_templates.door import Words
from mou_templates.errors import CODES, Refused
from mou_templates.examples import example_facts
from mou_templates.kinds import KINDS
from mou_templates.pictures import MOST_BYTES, PNG, size_of
from mou_templates.press import Press, shipped, shipped_form
from mou_templates.words import dress

AGREEMENTS = sorted(code for code, kind in KINDS.items() if kind.agreement)
EVERY_AGREEMENT = pytest.mark.parametrize("kind", AGREEMENTS)
MEDIA = "word/media/image1.png"


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 3, height: int = 2, depth: int = 8, colour: int = 2) -> bytes:
    head = chunk(b"IHDR", struct.pack(">2I5B", width, height, depth, colour, 0, 0, 0))
    return PNG + head + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def jpeg(width: int = 3, height: int = 2, kind: int = 0xC0) -> bytes:
    frame = bytes([0xFF, kind]) + struct.pack(">HB2HB", 17, 8, height, width, 3) + b"\1\x22\0\2\x11\1\3\x11\1"
    start = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + b"\1\1\0\0\1\0\1\0\0"
    return b"\xff\xd8" + start + frame + b"\xff\xda\0\x0c\3\1\0\2\x11\3\x11\0\x3f\0" + b"\x11" * 20 + b"\xff\xd9"


def words_of(kind: str, logo: str = "yes") -> Words:
    return dress(kind, {**example_facts(kind), "logo": logo})


def member(docx: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return package.read(name)


def form_with(changed: Callable[[str, bytes], bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(shipped_form("pks"))) as given_form, zipfile.ZipFile(stream, "w") as made:
        for name in given_form.namelist():
            made.writestr(name, changed(name, given_form.read(name)))
    return stream.getvalue()


@EVERY_AGREEMENT
def test_a_logo_stands_above_the_title_as_high_as_the_form_says_and_as_wide_as_it_is(kind: str) -> None:
    docx = reading.draft(shipped(kind), words_of(kind), {"logo": png(300, 100)}).docx
    assert member(docx, MEDIA) == png(300, 100)
    document = member(docx, "word/document.xml").decode()
    assert document.count('cx="2160000" cy="720000"') == 2
    assert document.index("<w:drawing>") < document.index('w:val="Title"')


@EVERY_AGREEMENT
def test_without_a_logo_no_picture_is_printed(kind: str) -> None:
    docx = reading.draft(shipped(kind), words_of(kind, "no")).docx
    assert b"<w:drawing>" not in member(docx, "word/document.xml")


def test_the_same_words_and_picture_give_the_same_bytes() -> None:
    docx = shipped("pks").render(words_of("pks"), {"logo": png()})
    assert docx == Press(shipped_form("pks")).render(words_of("pks"), {"logo": png()})
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        assert package.testzip() is None


def test_only_the_picture_and_its_frame_change() -> None:
    one, other = (shipped("pks").render(words_of("pks"), {"logo": png(size, 100)}) for size in (100, 200))
    with zipfile.ZipFile(io.BytesIO(one)) as first, zipfile.ZipFile(io.BytesIO(other)) as second:
        changed = [name for name in first.namelist() if first.read(name) != second.read(name)]
    assert changed == ["word/document.xml", MEDIA]


def test_a_very_wide_picture_is_no_wider_than_the_text() -> None:
    docx = shipped("pks").render(words_of("pks"), {"logo": png(4_000, 100)})
    assert b'cx="5580000" cy="139500"' in member(docx, "word/document.xml")


@pytest.mark.parametrize(
    ("logo", "pictures", "code"),
    [
        ("yes", {}, "picture_missing"),
        ("yes", None, "picture_missing"),
        ("no", {"logo": png()}, "picture_unknown"),
        ("yes", {"logo": png(), "seal": png()}, "picture_unknown"),
        ("yes", {"logo": jpeg()}, "picture_format"),
        ("yes", {"logo": b"GIF89a"}, "picture_format"),
        ("yes", {"logo": b""}, "picture_format"),
        ("yes", {"logo": png(4_001, 10)}, "picture_large"),
        ("yes", {"logo": png(4_000, 4_000, 16, 6)}, "picture_large"),
        ("yes", {"logo": png() + b"\0" * MOST_BYTES}, "picture_large"),
    ],
)
def test_a_picture_that_does_not_fit_is_refused(logo: str, pictures: dict[str, bytes] | None, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        shipped("pks").render(words_of("pks", logo), pictures)
    assert refusal.value.code == code
    assert set(refusal.value.values) == set(CODES[code])


@pytest.mark.parametrize(
    "data",
    [
        PNG,
        PNG + b"\0\0\0\x0dIHDR",
        png()[:-12],
        png() + b"PK\3\4",
        png().replace(b"IDAT", b"iDAT"),
        PNG + chunk(b"IEND", b""),
        png(0, 5),
        png(depth=3),
        png(colour=5),
        PNG + chunk(b"IHDR", struct.pack(">2I5B", 3, 2, 8, 2, 1, 0, 0)) + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        jpeg()[:-2],
        jpeg(0),
        jpeg(kind=0xC9),
        jpeg().replace(b"\xff\xda", b"\xff\xda" * 101),
        b"\xff\xd8\xff\xe0\xff\xff\xff\xd9",
    ],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="picture_format"):
        size_of("logo", data)


def measured(data: bytes) -> tuple[int, int] | str:
    try:
        return size_of("logo", data)
    except Refused as refusal:
        return refusal.code


@given(st.binary(max_size=200), st.sampled_from([b"", PNG, b"\xff\xd8\xff", png(), jpeg()]))
def test_any_bytes_are_measured_or_refused(data: bytes, before: bytes) -> None:
    answer = measured(before + data)
    assert answer in {"picture_format", "picture_large"} or all(0 < side <= 4_000 for side in answer)


@pytest.mark.parametrize("data", [jpeg(), jpeg(kind=0xC2)])
def test_a_form_with_a_jpeg_takes_a_jpeg(data: bytes) -> None:
    press = Press(form_with(lambda name, kept: jpeg() if name == MEDIA else kept))
    assert member(press.render(words_of("pks"), {"logo": data}), MEDIA) == data
    with pytest.raises(Refused, match="picture_format"):
        press.render(words_of("pks"), {"logo": png()})


def test_a_form_without_a_place_refuses_the_picture() -> None:
    plain = Press(form_with(lambda _, kept: kept.replace(b"gambar:logo", b"hiasan")))
    with pytest.raises(Refused, match="picture_unknown"):
        plain.render(words_of("pks"), {"logo": png()})
    assert plain.sampled(words_of("pks")) == (words_of("pks", "no"), {})


def test_a_sample_shows_the_placeholder_of_the_form() -> None:
    words, pictures = shipped("pks").sampled(words_of("pks"))
    assert shipped("pks").render(words, pictures)
    assert shipped("pks").sampled(words_of("pks", "no")) == (words_of("pks", "no"), {})

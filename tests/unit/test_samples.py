"""The five samples of every kind: through the door, as long as its bounds, with names as long as any may be."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest

from mou_templates import samples
from mou_templates.door import NAME_LIMIT
from mou_templates.kinds import KINDS
from mou_templates.office import OfficeFailed
from mou_templates.words import dress
from tests import builders, edited

EVERY = sorted(KINDS)


def names_in(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from names_in(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from names_in(inner, key)
    elif key == "name":
        yield value


@pytest.mark.parametrize("kind", EVERY)
def test_every_sample_of_every_kind_passes_the_door(kind: str) -> None:
    found = samples.samples(kind)
    assert [name for name, _ in found] == list(samples.SAMPLES)
    for _, facts in found:
        assert dress(kind, facts)


@pytest.mark.parametrize("kind", EVERY)
def test_lists_are_as_long_as_their_bounds_let_them(kind: str) -> None:
    for name, rows in samples.ROWS.items():
        facts = samples.sample_facts(kind, name)
        for field, (least, most) in KINDS[kind].bounds.items():
            own = KINDS[kind].example()[field]
            if isinstance(own, list):
                assert least <= len(facts[field]) <= max(min(rows, most), least, len(own)), (name, field)


def test_a_network_has_one_thirty_and_two_hundred_members() -> None:
    counts = [len(facts["members"]) for _, facts in samples.samples("mou_network")]
    assert counts[:4] == [1, 1, 30, 200]


@pytest.mark.parametrize("kind", ["mou_network", "mou_bilateral", "pks"])
def test_the_longest_names_fill_all_that_the_door_lets_in(kind: str) -> None:
    longest = set(map(len, names_in(samples.sample_facts(kind, "longest"))))
    assert max(longest) == NAME_LIMIT
    assert dress(kind, samples.sample_facts(kind, "longest"))["subject"]


class StubbornOffice:
    """A LibreOffice that gives a page of something else."""

    def to_pdf(self, docx: bytes, shorter: int = 0) -> Any:
        class Printed:
            pdf, pages = builders.blank_pdf(), 1

        return Printed()


class BrokenOffice:
    """A LibreOffice that has died each time."""

    def to_pdf(self, docx: bytes) -> Any:
        raise OfficeFailed(3)


def test_a_sample_that_the_paper_refuses_says_why() -> None:
    office: Any = StubbornOffice()
    found = samples.print_sample(edited.shipped(), edited.KIND, "one", office, "draft")
    assert (found.refused, found.pdf, found.pictures) == ("texts_differ", b"", ())


def test_trouble_of_libreoffice_is_no_refusal() -> None:
    office: Any = BrokenOffice()
    with pytest.raises(OfficeFailed):
        samples.print_sample(edited.shipped(), edited.KIND, "one", office, "draft")


def test_pictures_are_small_grey_pngs_of_the_first_pages_and_the_last() -> None:
    (picture,) = samples.pictures(builders.blank_pdf())
    assert picture.png.startswith(b"\x89PNG\r\n\x1a\n")
    at = picture.png.index(b"IDAT") + 4
    length = int.from_bytes(picture.png[at - 8 : at - 4])
    assert len(zlib.decompress(picture.png[at : at + length])) == (picture.width + 1) * picture.height
    assert [one.page for one in samples.pictures(blank_pages(20))] == [1, 2, 3, 4, 5, 6, 7, 8, 20]


def blank_pages(count: int) -> bytes:
    with pikepdf.new() as pdf:
        for _ in range(count):
            pdf.add_blank_page(page_size=(595, 842))
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()

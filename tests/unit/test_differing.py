"""What an edited template says otherwise than the one before, and that no pair of files holds it up."""

from __future__ import annotations

import random
import time

import pytest

from mou_templates import differing
from mou_templates.differing import Words
from mou_templates.errors import Refused
from tests import defects, edited


def changed(new: bytes, old: bytes | None = None) -> list[differing.Change]:
    return [one for one in differing.differences(old or edited.shipped(), new) if one.kind != "same"]


def body_of(paragraphs: list[str]) -> bytes:
    package = defects.Package(edited.shipped())
    text = package.text()
    inside = text[text.index("<w:body>") + len("<w:body>") : text.index("</w:body>")]
    package.swap(inside, "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs))
    return package.docx()


def test_a_template_does_not_differ_from_itself() -> None:
    assert not changed(edited.shipped())


def test_a_changed_word_is_marked_within_its_sentence() -> None:
    found = changed(edited.with_word("niat baik"))
    assert found
    assert {one.kind for one in found} == {"changed"}
    assert [piece for piece in found[0].words if piece.kind != "same"] == [
        Words("removed", "iktikad"),
        Words("added", "niat"),
    ]
    for one in found:
        assert one.old is not None
        assert one.new is not None
        assert "".join(piece.text for piece in one.words if piece.kind != "added") == one.old.text
        assert "".join(piece.text for piece in one.words if piece.kind != "removed") == one.new.text


def test_a_clause_more_and_a_clause_less_are_told_as_such() -> None:
    more = defects.said("PARA PIHAK bertemu setiap bulan.")(edited.shipped())
    (added,) = changed(more)
    assert (added.kind, added.new and added.new.text) == ("added", "PARA PIHAK bertemu setiap bulan.")
    (removed,) = changed(edited.shipped(), more)
    assert (removed.kind, removed.old) == ("removed", added.new)


def test_a_style_that_changed_is_told_with_its_words_unmarked() -> None:
    first = defects.swapped('<w:pStyle w:val="ClauseAlone"/>', '<w:pStyle w:val="Body"/>')
    (found,) = changed(first(edited.shipped()))
    assert found.old is not None
    assert found.new is not None
    assert (found.kind, found.old.style, found.new.style) == ("changed", "ClauseAlone", "Body")
    assert {piece.kind for piece in found.words} == {"same"}


def test_cells_and_margins_are_compared_as_well() -> None:
    texts = {one.text for one in differing.paragraphs(edited.shipped())}
    assert "{{ stamp }}" in texts
    assert any("row.potential" in text or "matrix" in text for text in texts)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7", b"PK\x03\x04" + b"\0" * 400])
def test_what_is_no_word_file_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="template_unreadable"):
        differing.differences(edited.shipped(), data)


def test_more_paragraphs_than_any_template_has_are_refused() -> None:
    with pytest.raises(Refused, match="rows_many"):
        differing.paragraphs(body_of(["Pasal"] * 3_001))


@pytest.mark.parametrize(
    "paragraphs",
    [lambda chance: [chance.choice("ab") for _ in range(2_900)], lambda chance: [_long(chance) for _ in range(50)]],
    ids=["two letters in any order", "long sentences of two words"],
)
def test_files_made_to_be_slow_are_told_apart_in_a_few_seconds(paragraphs: object) -> None:
    assert callable(paragraphs)
    one, other = (body_of(paragraphs(random.Random(seed))) for seed in (1, 2))
    began = time.monotonic()
    found = differing.differences(one, other)
    assert time.monotonic() - began < differing.SECONDS + 3
    assert any(change.kind != "same" for change in found)


def _long(chance: random.Random) -> str:
    return " ".join(chance.choice("ab") for _ in range(2_900))

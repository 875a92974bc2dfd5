"""The clause library holds every element a kind may not lack, and says only what may be said."""

from __future__ import annotations

import re

import pytest

from mou_templates import clauses
from mou_templates.clauses import Clause, Finding
from mou_templates.door import check_words
from mou_templates.facts import SigningMode
from mou_templates.kinds import KINDS

EVERY_KIND = pytest.mark.parametrize("kind", sorted(KINDS))
EVERY_AGREEMENT = pytest.mark.parametrize("kind", sorted(code for code, kind in KINDS.items() if kind.agreement))
MODES = set(SigningMode.__args__)  # type: ignore[attr-defined]


def said(clause: Clause) -> str:
    pieces = [clause.heading]
    for paragraph in clause.paragraphs:
        pieces += [paragraph.text, *paragraph.items, *(word for line in paragraph.lines for word in line)]
    return "\n".join(pieces)


def everything(kind: str) -> str:
    return "\n".join(said(clauses.library()[name]) for name in clauses.frame(kind).clauses)


@EVERY_KIND
def test_a_shipped_form_has_every_mandatory_element(kind: str) -> None:
    assert clauses.completeness(kind, clauses.frame(kind).clauses) == ()


@EVERY_KIND
def test_leaving_out_any_mandatory_element_is_found(kind: str) -> None:
    names = clauses.frame(kind).clauses
    for element in KINDS[kind].mandatory:
        kept = [name for name in names if clauses.library()[name].element not in (element, "object")]
        assert Finding("element_missing", element) in clauses.completeness(kind, kept)


def test_a_clause_of_another_kind_an_unknown_and_a_doubled_one_are_found() -> None:
    names = [*clauses.frame("pks").clauses, "roles.network", "roles.sea", "price.pks"]
    assert set(clauses.completeness("pks", names)) == {
        Finding("clause_of_other_kind", "roles.network"),
        Finding("clause_unknown", "roles.sea"),
        Finding("clause_twice", "price.pks"),
    }


@EVERY_KIND
def test_a_document_can_record_the_version_of_each_of_its_clauses(kind: str) -> None:
    versions = clauses.versions(kind)
    assert tuple(versions) == clauses.frame(kind).clauses
    assert all(version >= 1 for version in versions.values())


def test_every_clause_stands_in_a_form() -> None:
    used = {name for kind in KINDS for name in clauses.frame(kind).clauses}
    assert used == set(clauses.library())


def test_no_memorandum_names_a_selling_price() -> None:
    for kind in ("mou_network", "mou_bilateral"):
        assert "tidak menetapkan harga jual" in everything(kind)
        assert not re.search(r"Rp\d|row\.price", everything(kind))


def test_officials_review_and_are_not_parties() -> None:
    for kind in ("mou_network", "mou_bilateral"):
        assert re.search(r"Instansi pemerintah yang menelaah .* bukan pihak", everything(kind))
        assert "menyetujui" not in everything(kind)


@EVERY_AGREEMENT
def test_a_party_is_who_signs(kind: str) -> None:
    assert re.search(r"Yang menjadi pihak dalam .* adalah yang menandatanganinya", everything(kind))


@EVERY_AGREEMENT
def test_a_link_is_never_called_a_certified_signature(kind: str) -> None:
    found = re.findall(r"(\w+) tersertifikasi", everything(kind))
    assert found
    assert set(found) == {"tidak"}


def test_only_a_signing_on_one_day_says_on_this_day() -> None:
    opening = clauses.library()["opening"]
    days = {paragraph.when: "Pada hari ini" in paragraph.text for paragraph in opening.paragraphs}
    assert days == {("at_once",): True, ("over_days",): False, ("electronic",): False, ("mixed",): False}


@pytest.mark.parametrize("name", ["opening", "closing.network", "closing.bilateral", "closing.pks"])
def test_each_signing_mode_has_exactly_one_variant(name: str) -> None:
    modes = [mode for paragraph in clauses.library()[name].paragraphs for mode in paragraph.when]
    assert sorted(modes) == sorted(MODES)


def test_every_character_of_the_library_can_be_printed() -> None:
    for clause in clauses.library().values():
        for paragraph in clause.paragraphs:
            for text in (paragraph.text, paragraph.item, *paragraph.items):
                check_words({"text": text})


@EVERY_KIND
def test_cross_references_name_clauses_of_the_same_form(kind: str) -> None:
    for name in re.findall(r"%pasal:(.+?)%", everything(kind)):
        assert name in clauses.frame(kind).clauses

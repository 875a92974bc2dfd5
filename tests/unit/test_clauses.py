"""The clause library holds every element a kind may not lack, and says only what may be said."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from lxml import etree

from mou_templates import clauses, elements, reading
from mou_templates.clauses import Clause, Finding
from mou_templates.door import check_words
from mou_templates.errors import Refused
from mou_templates.facts import SigningMode
from mou_templates.kinds import KINDS
from mou_templates.press import shipped_form
from mou_templates.reading import W

EVERY_KIND = pytest.mark.parametrize("kind", sorted(KINDS))
EVERY_AGREEMENT = pytest.mark.parametrize("kind", sorted(code for code, kind in KINDS.items() if kind.agreement))
HEAD = '<w:p><w:pPr><w:pStyle w:val="Article"/></w:pPr><w:bookmarkStart w:id="15" w:name="klausul_{}"/>'
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
def test_a_form_is_known_by_its_clauses(kind: str) -> None:
    assert clauses.kind_of_form(shipped_form(kind)) == kind


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
    found = clauses.of_form(shipped_form(kind))
    assert tuple(found) == clauses.frame(kind).clauses
    assert found == {name: str(clauses.library()[name].version) for name in found}


def edited(change: Callable[[str], str], kind: str = "pks") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(shipped_form(kind))) as given, zipfile.ZipFile(stream, "w") as made:
        for name in given.namelist():
            data = given.read(name)
            if name == "word/document.xml":
                assert change(data.decode()) != data.decode()
                data = change(data.decode()).encode()
            made.writestr(name, data)
    return stream.getvalue()


def changed(template: bytes, kind: str = "pks") -> dict[str, str]:
    kept = clauses.of_form(shipped_form(kind))
    return {name: version for name, version in clauses.of_form(template).items() if kept.get(name) != version}


def test_a_clause_whose_words_staff_have_changed_is_marked() -> None:
    assert changed(edited(lambda text: text.replace("1‰ (satu permil)", "2‰ (dua permil)"))) == {"breach.pks": "1+"}


def test_a_paragraph_of_staff_inside_a_clause_marks_it() -> None:
    added = "<w:p><w:r><w:t>(4) Denda dibayar tunai.</w:t></w:r></w:p>"
    template = edited(lambda text: text.replace(HEAD.format("term_pks_1"), added + HEAD.format("term_pks_1")))
    assert changed(template) == {"breach.pks": "1+"}


def test_an_article_of_staff_is_listed_as_its_own_and_marks_no_other() -> None:
    said = ("Pasal 11</w:t><w:br/><w:t>JAMINAN", "Tanpa jaminan.")
    own = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in said)
    template = edited(lambda text: text.replace(HEAD.format("term_pks_1"), own + HEAD.format("term_pks_1")))
    assert changed(template) == {"own.1": "+"}
    assert list(clauses.of_form(template))[14:16] == ["own.1", "term.pks"]


def test_articles_that_only_moved_are_not_marked() -> None:
    assert changed(edited(lambda text: re.sub(r"Pasal (\d+)", lambda found: f"Pasal {int(found[1]) + 1}", text))) == {}


def test_a_clause_that_staff_have_taken_out_is_not_listed() -> None:
    template = edited(lambda text: text.replace("klausul_monitoring_pks_1", "catatan"))
    assert set(clauses.of_form(shipped_form("pks"))) - set(clauses.of_form(template)) == {"monitoring.pks"}


def test_a_clause_we_never_shipped_keeps_its_name_and_is_marked() -> None:
    template = edited(lambda text: text.replace("klausul_monitoring_pks_1", "klausul_lama_pks_7"))
    assert changed(template)["lama_pks"] == "7+"


@pytest.mark.parametrize("data", [b"", b"PK", shipped_form("pks")[:3000]])
def test_what_is_no_form_has_no_clauses(data: bytes) -> None:
    with pytest.raises(Refused, match="template_unreadable"):
        clauses.of_form(data)


@EVERY_AGREEMENT
def test_a_form_without_a_clause_lacks_its_element(kind: str) -> None:
    for element in KINDS[kind].mandatory:
        names = [name for name in clauses.frame(kind).clauses if provides(kind, name, element)]
        lacking = elements.missing(kind, reading.read(edited(lambda text: without(text, names), kind)))  # noqa: B023
        assert element in lacking
        assert not {*lacking} - {clauses.library()[name].element for name in names} - {element}


def provides(kind: str, name: str, element: str) -> bool:
    own = clauses.library()[name].element
    return element in (own, clauses.ALSO.get(kind, {}).get(own))


def without(text: str, names: list[str]) -> str:
    """Take the paragraphs of clauses out of a document: from their bookmark to the next one, or to what is no text."""
    body = etree.fromstring(text.encode())[0]
    marks = {clauses.bookmark(name, clauses.library()[name].version) for name in names}
    dropping = False
    for block in list(body):
        style = block.find(f"{W}pPr/{W}pStyle")
        own = {str(mark.get(f"{W}name")) for mark in block.iter(f"{W}bookmarkStart")}
        behind = block.find(f".//{W}pStyle[@{W}val='SignatureHead']") is not None
        if own or behind or (style is not None and str(style.get(f"{W}val")).startswith("Annex")):
            dropping = bool(own & marks)
        if dropping:
            body.remove(block)
    return etree.tostring(body.getparent(), encoding="unicode")


def test_every_clause_stands_in_a_form() -> None:
    used = {name for kind in KINDS for name in clauses.frame(kind).clauses}
    assert used == set(clauses.library())


def test_no_memorandum_names_a_selling_price() -> None:
    for kind in ("mou_network", "mou_bilateral", "mou_hub"):
        assert "tidak menetapkan harga jual" in everything(kind)
        assert not re.search(r"Rp\d|row\.price", everything(kind))


def test_officials_review_and_are_not_parties() -> None:
    for kind in ("mou_network", "mou_bilateral", "mou_hub"):
        assert re.search(r"Instansi pemerintah yang menelaah .* bukan pihak", everything(kind))
        assert "menyetujui" not in everything(kind)


@pytest.mark.parametrize("kind", ["mou_bilateral", "mou_hub", "mou_network", "pks"])
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


@pytest.mark.parametrize(
    "name",
    [
        *("opening", "closing.network", "closing.bilateral", "closing.pks", "opening.accession", "closing.accession"),
        "closing.addendum",
    ],
)
def test_each_signing_mode_has_exactly_one_variant(name: str) -> None:
    modes = [mode for paragraph in clauses.library()[name].paragraphs for mode in paragraph.when if "=" not in mode]
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

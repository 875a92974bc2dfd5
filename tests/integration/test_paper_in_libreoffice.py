"""Word, phone and the PDF that LibreOffice prints say the same, character by character."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mou_templates import coverage, equality, reading
from mou_templates.errors import Refused
from mou_templates.examples import example_facts, network
from mou_templates.kinds import KINDS
from mou_templates.layout import grey_square
from mou_templates.papers import addendum, supply
from mou_templates.press import shipped
from mou_templates.reading import Draft, Line
from mou_templates.words import dress

HARD = {
    "markup": 'Koperasi <Maju> & "Jaya" {{ 7 }}',
    "marks": "Kopérasi Ñandú–Çelik Ūber’s",
    "long": "Koperasi " + "Sejahtera-" * 11,
    "hyphens": "masing-masing " * 8,
}


def hard(name: str) -> dict[str, Any]:
    facts = network(3)
    for member in facts["members"]:
        member["name"] = name.strip()
    facts["counterpart"]["name"] = name.strip()
    return facts


NAME, SIGNATORY, OFFICE = (" ".join([word] * 20)[:120].strip() for word in ("Koperasi", "Kusumadinata", "Wakil"))
PAIRS = ("mou_bilateral", "mou_hub", "pks", "addendum", "accession")


def longest(facts: dict[str, Any], kind: str) -> dict[str, Any]:
    for _, party in KINDS[kind].parties(facts):
        party["name"] = NAME
        party["signatory"] = {**party["signatory"], "name": SIGNATORY, "office": OFFICE}
    return facts | {"meterai": "per_copy"}


def much() -> dict[str, Any]:
    facts = addendum.example()
    facts["changes"][0].update(old_text=["semula lama " * 160] * 3, new_text=["menjadi baru " * 150] * 3)
    return facts


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    **{code: (code, example_facts(code)) for code, kind in KINDS.items() if kind.agreement},
    **{f"longest {kind}": (kind, longest(example_facts(kind), kind)) for kind in PAIRS},
    "addendum of many": ("addendum", longest(addendum.example(30), "addendum")),
    "much addendum": ("addendum", much()),
    "maize": ("pks", supply.example("maize")),
    "logo": ("mou_hub", {**example_facts("mou_hub"), "logo": "yes", "paper": "F4"}),
    "two hundred": ("mou_network", network(200)),
    "blanks": ("mou_network", {**network(2), "dated": None, "place": None, "letter_number": None}),
    **{f"hard {name}": ("mou_network", hard(text)) for name, text in HARD.items()},
}


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Draft, bytes]]:
    """Print every case in one cold call with the Word filter forced."""
    if shutil.which("soffice") is None:
        pytest.skip("soffice is not installed")
    folder = tmp_path_factory.mktemp("papers")
    pictures = {"yes": {"logo": grey_square()}, "no": {}}
    drafts = {
        name: reading.draft(shipped(kind), dress(kind, facts), pictures[facts["logo"]])
        for name, (kind, facts) in CASES.items()
    }
    for name, draft in drafts.items():
        (folder / f"{name}.docx").write_bytes(draft.docx)
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
    command += ["--infilter=MS Word 2007 XML", "--convert-to", "pdf", "--outdir", str(folder)]
    command += [str(folder / f"{name}.docx") for name in drafts]
    for _ in range(2):  # a fresh profile may end the first start with status 81
        subprocess.run(command, check=False, capture_output=True, timeout=120)
        if all((folder / f"{name}.pdf").exists() for name in drafts):
            break
    return {name: (draft, (folder / f"{name}.pdf").read_bytes()) for name, draft in drafts.items()}


@pytest.mark.parametrize("name", sorted(CASES))
def test_word_phone_and_pdf_say_the_same(papers: dict[str, tuple[Draft, bytes]], name: str) -> None:
    draft, pdf = papers[name]
    equality.require_equal(draft.reading, reading.to_html(draft.reading), pdf)


def test_a_word_that_differs_in_the_pdf_is_named(papers: dict[str, tuple[Draft, bytes]]) -> None:
    draft, pdf = papers["pks"]
    blocks = tuple(
        Line(block.style, block.text.replace("5% (lima persen)", "9% (lima persen)"))
        if isinstance(block, Line)
        else block
        for block in draft.reading.blocks
    )
    changed = dataclasses.replace(draft.reading, blocks=blocks)
    found = equality.compare(changed, reading.to_html(changed), pdf)
    assert found is not None
    assert (found.between, found.left[0], found.right[0]) == ("docx pdf", "9", "5")


def test_a_phone_text_that_lost_a_sentence_is_refused(papers: dict[str, tuple[Draft, bytes]]) -> None:
    draft, pdf = papers["pks"]
    html = reading.to_html(draft.reading).replace("Denda tidak dikenakan dalam keadaan kahar.", "")
    with pytest.raises(Refused) as refusal:
        equality.require_equal(draft.reading, html, pdf)
    assert refusal.value.values["between"] == "docx html"
    assert refusal.value.values["left"].startswith("Dendatidakdikenakan")


def test_a_pdf_that_lost_its_last_page_is_refused(papers: dict[str, tuple[Draft, bytes]]) -> None:
    draft, _ = papers["pks"]
    other = papers["mou_bilateral"][1]
    with pytest.raises(Refused, match="texts_differ"):
        equality.require_equal(draft.reading, reading.to_html(draft.reading), other)


def test_what_is_not_a_pdf_is_refused() -> None:
    with pytest.raises(Refused, match="document_unreadable"):
        equality.pdf_pages(b"not a pdf")


def test_signature_cells_are_printed_once_each(papers: dict[str, tuple[Draft, bytes]]) -> None:
    text = "".join(equality.pdf_pages(papers["two hundred"][1]))
    assert all(text.count(f"§{number:03d}") == 1 for number in range(1, 202))


@pytest.mark.parametrize("kind", PAIRS)
def test_a_block_of_a_signature_with_the_longest_names_and_the_stamp_stay_on_one_page(
    papers: dict[str, tuple[Draft, bytes]], kind: str
) -> None:
    (page,) = [page for page in equality.pdf_pages(papers[f"longest {kind}"][1]) if "§001" in page]
    bare = equality.bare(page)
    assert [bare.count(equality.bare(text)) for text in (SIGNATORY, OFFICE)] == [2, 2]
    assert all(text in page for text in ("Demikian", "§002", "Meterai"))


def test_a_row_of_the_roster_is_never_split(papers: dict[str, tuple[Draft, bytes]]) -> None:
    pages = equality.pdf_pages(papers["addendum of many"][1])
    for page in pages[4:]:
        rows = sum(f"§{number:03d}" in page for number in range(1, 31))
        bare = equality.bare(page)
        assert rows == bare.count(equality.bare(SIGNATORY)) == bare.count("AktaPendirianNomor")


def test_the_table_of_printable_characters_is_that_of_the_installed_fonts() -> None:
    files = {pattern: coverage.font_path(pattern) for pattern in coverage.FONTS}
    if not all("Liberation" in Path(path).name for path in files.values()):
        pytest.skip("the Liberation fonts are not installed")
    assert coverage.measure() == coverage.TABLE.read_text("ascii")

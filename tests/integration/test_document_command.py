"""`kdmp document`: kinds, a data file of each, Word and PDF of it, and refusals that name their place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mou_templates import pressroom
from mou_templates.equality import bare, pdf_pages
from mou_templates.kinds import KINDS
from mou_templates.office import OfficeMissing
from workflows.command import document, main

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the record at a place where there is none, and see that none is made."""
    monkeypatch.setenv("KDMP_DATA", str(tmp_path / "nowhere"))
    return tmp_path / "nowhere"


def kdmp(*words: object) -> Result:
    return CliRunner().invoke(main, ["document", *(str(word) for word in words)])


def data_of(kind: str, folder: Path, **changes: Any) -> Path:
    given = json.loads(kdmp("example", kind).stdout)
    file = folder / "berkas.json"
    file.write_text(json.dumps({**given, **changes}), "utf-8")
    return file


def test_every_kind_is_listed_with_a_name(nowhere: Path) -> None:
    rows = json.loads(kdmp("kinds", "--json").stdout)
    assert {row["kind"]: row["agreement"] for row in rows} == {kind.code: kind.agreement for kind in KINDS.values()}
    assert "pks: Perjanjian Kerja Sama (PKS)" in kdmp("kinds").stdout
    assert not nowhere.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_every_kind_can_be_rendered_as_it_is(kind: str, tmp_path: Path, nowhere: Path) -> None:
    told = kdmp("render", kind, "--data", data_of(kind, tmp_path), "--out", tmp_path / "out", "--word-only", "--json")
    assert told.exit_code == 0, told.output
    made = json.loads(told.stdout)
    assert (made["pdf"], made["blanks"]) == (None, [])
    assert Path(made["word"]).read_bytes().startswith(b"PK")
    assert not nowhere.exists()


@pytest.mark.timeout(180)
def test_word_and_pdf_say_the_same(tmp_path: Path, nowhere: Path) -> None:
    told = kdmp("render", "mou_bilateral", "--data", data_of("mou_bilateral", tmp_path), "--out", tmp_path / "out")
    assert told.exit_code == 0, told.output
    word, pdf = tmp_path / "out" / "berkas.docx", tmp_path / "out" / "berkas.pdf"
    assert (str(word) in told.stdout, str(pdf) in told.stdout) == (True, True)
    pressroom.require_equal(word.read_bytes(), pdf.read_bytes())
    assert bare("NOTA KESEPAHAMAN") in bare("".join(pdf_pages(pdf.read_bytes())))
    assert not nowhere.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dated": "22-10-2025"}, "/dated"),
        ({"duration_months": 900}, "/duration_months"),
        ({"subject": "K\u0435rja Sama"}, "huruf bukan Latin"),
        ({"harga": 1}, "/harga"),
    ],
    ids=["day", "range", "letter", "unknown"],
)
def test_what_the_paper_refuses_is_said_with_its_place_and_makes_no_file(
    changes: dict[str, Any], said: str, tmp_path: Path
) -> None:
    file = data_of("mou_bilateral", tmp_path, **changes)
    told = kdmp("render", "mou_bilateral", "--data", file, "--out", tmp_path / "out")
    assert told.exit_code == 1
    assert said in told.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("written", ["", "[]", "{", '{"a": 1.5}', '{"a": 1, "a": 2}', "[" * 4000])
def test_a_file_that_is_no_data_is_refused_by_name(written: str, tmp_path: Path) -> None:
    file = tmp_path / "berkas.json"
    file.write_text(written, "utf-8")
    told = kdmp("render", "pks", "--data", file, "--out", tmp_path / "out")
    assert (told.exit_code, "berkas.json" in told.stderr) == (1, True)


def test_an_unknown_kind_is_refused() -> None:
    assert kdmp("example", "raja").exit_code == 1


def test_without_libreoffice_the_package_to_install_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise OfficeMissing("LibreOffice Writer", "libreoffice-writer-nogui")

    monkeypatch.setattr(document, "Office", missing)
    told = kdmp("render", "pks", "--data", data_of("pks", tmp_path), "--out", tmp_path / "out")
    assert told.exit_code == 1
    assert "libreoffice-writer-nogui" in told.stderr
    assert "--word-only" in told.stderr

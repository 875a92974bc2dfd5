"""Samples for real: the worker prints a template with LibreOffice, the doctor prints it again, the command too."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kdmp_core import store, templates
from kdmp_core.records import Role, Template
from mou_templates import samples
from mou_templates.office import OfficeFailed
from tests import builders, edited, work
from tests.builders import NOW, by_user
from workflows.command import doctor, main
from workflows.stages import owed, template
from workflows.stages.work import Tools

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def parts(tmp_path: Path, database_url: str) -> Iterator[Tools]:
    with work.open_tools(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
def office() -> None:
    if shutil.which("soffice") is None:
        pytest.skip("soffice is not installed")


class BrokenOffice:
    """A LibreOffice that has died each time."""

    def to_pdf(self, docx: bytes) -> None:
        raise OfficeFailed(3)


def uploaded(parts: Tools) -> int:
    with parts.store.write() as session:
        staff = builders.create_staff(session)
        return edited.uploaded(session, parts.files, staff.coordinator, edited.with_word("niat baik")).id


def kdmp(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.usefixtures("office")
def test_the_worker_prints_all_samples_and_the_doctor_tells_when_a_line_has_moved(
    parts: Tools, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = uploaded(parts)
    item = owed.take(parts, work.kind("template"))
    assert item is not None
    assert item.number == "mou_bilateral/1"
    done = owed.journey(parts, [work.kind("template")], item)
    assert [step.did for step in done] == [f"print_{name}" for name in samples.SAMPLES]
    assert owed.take(parts, work.kind("template")) is None
    with parts.store.read() as session:
        kept = templates.find(session, one)
        assert templates.is_printed(kept)
        assert [row["name"] for row in kept.samples] == list(samples.SAMPLES)
        for row in kept.samples:
            assert parts.files.get(row["pdf"]).startswith(b"%PDF")
            assert row["pages"] >= len(row["pictures"]) > 0
            assert parts.files.get(row["pictures"][0]["sha256"]).startswith(b"\x89PNG")
        assert len(kept.layout["pages"]) == kept.samples[2]["pages"]
    with parts.store.write() as session:
        second = builders.create_user(session, "tuti", Role.MINISTRY, area="")
        templates.publish(session, one, (), by_user(second), NOW, shipped_sha256=edited.shipped_sha256())
    monkeypatch.setenv("KDMP_DATABASE_URL", database_url)
    (same,) = doctor._templates(parts.settings, NOW)
    assert same.well
    with parts.store.write() as session:
        kept = templates.find(session, one)
        pages = json.loads(json.dumps(kept.layout["pages"]))
        pages[2][5][2] += 12
        kept.layout = {**kept.layout, "pages": pages}
    (moved,) = doctor._templates(parts.settings, NOW)
    assert not moved.well
    assert "halaman 3" in moved.sentence
    assert pages[2][5][0] in moved.sentence


def test_trouble_of_libreoffice_waits_and_is_shown(parts: Tools) -> None:
    one = uploaded(parts)
    broken = replace(parts, office=BrokenOffice)
    item = owed.take(broken, work.kind("template"))
    assert item is not None
    assert owed.attempt(broken, item).stuck == "errors.work.office_failed"
    with parts.store.read() as session:
        kept = session.get_one(Template, one)
        assert (kept.samples, kept.stuck_reason) == ([], "errors.work.office_failed")
        assert kept.due_at is not None
        assert kept.due_at > NOW


def test_a_version_that_was_taken_back_is_not_printed(parts: Tools) -> None:
    one = uploaded(parts)
    with parts.store.write() as session:
        store.locked(session, Template, one)
        user = templates.find(session, one).uploaded_by_id
        templates.withdraw(session, one, "", builders.By(builders.Actor.STAFF, user_id=user), NOW)
    assert owed.take(parts, work.kind("template")) is None
    assert template.do(parts, one).did is None


def test_check_says_every_finding_with_its_place_and_cure(tmp_path: Path) -> None:
    (tmp_path / "bersih.docx").write_bytes(edited.shipped())
    (tmp_path / "salah.docx").write_bytes(edited.with_error())
    clean, wrong = (
        kdmp("template", "check", tmp_path / name, "--kind", edited.KIND) for name in ("bersih.docx", "salah.docx")
    )
    assert (clean.exit_code, clean.output.strip()) == (0, "0 kesalahan, 0 peringatan.")
    assert wrong.exit_code == 1
    assert kdmp("template", "check", tmp_path / "salah.docx").output == wrong.output
    (tmp_path / "asing.docx").write_bytes(b"PK")
    foreign = kdmp("template", "check", tmp_path / "asing.docx")
    assert (foreign.exit_code, "Sebutkan dengan --kind" in foreign.output) == (2, True)
    assert "frist" in wrong.output
    assert "Paragraf " in wrong.output
    assert "→ " in wrong.output
    told = json.loads(kdmp("template", "check", tmp_path / "salah.docx", "--kind", edited.KIND, "--json").stdout)
    assert {"code", "level", "paragraph", "sentence", "text", "cure"} <= told["findings"][0].keys()


@pytest.mark.usefixtures("office")
def test_check_prints_the_samples_where_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDMP_DATA", str(tmp_path / "data"))
    (tmp_path / "format.docx").write_bytes(edited.with_word("niat baik"))
    words = ("template", "check", tmp_path / "format.docx", "--kind", edited.KIND, "--out", tmp_path / "out")
    told = kdmp(*words)
    assert told.exit_code == 0, told.output
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {f"{edited.KIND}-{name}.pdf" for name in samples.SAMPLES}


def test_list_says_which_version_applies(
    parts: Tools, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded(parts)
    monkeypatch.setenv("KDMP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KDMP_DATABASE_URL", database_url)
    told = {row["kind"]: row for row in json.loads(kdmp("template", "list", "--json").stdout)}
    assert (told[edited.KIND]["applies"], told[edited.KIND]["waiting"]) == (None, [1])
    assert "Menunggu orang kedua: versi 1." in kdmp("template", "list").output

"""The laws of the house: which room may know which, what no file may hold, and that every sentence exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

import kdmp_core
import workflows
from tests.source import PACKAGES, ROOT, imported, modules, text_of, tracked

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-npm.lock")

# Written so that this file does not hold what it looks for.
HOSTS = re.compile(r"py[p]i\.(?:org|python)|pythonhoste[d]\.org|npm[j]s\.(?:org|com)|deb\.debia[n]\.org|yarn[p]kg\.com")
MACHINE = re.compile(r"(?<![\w.])/(?:wor[k]|roo[t]|hom[e]/\w+|User[s]/\w+|opt/whee[l]s)/")
PROMISES = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b")
VAGUE = {"utils", "util", "helpers", "helper", "base", "services", "service", "common", "misc"}


def test_the_contracts_between_rooms_are_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.mark.parametrize(
    ("what", "pattern"),
    [("a registry's host", HOSTS), ("a folder of one machine", MACHINE), ("a promise", PROMISES)],
    ids=["host", "machine", "promise"],
)
def test_no_file_holds(what: str, pattern: re.Pattern[str]) -> None:
    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path in tracked()
        if (text := text_of(path)) is not None
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, f"{what} in\n" + "\n".join(found)


def test_no_folder_or_module_has_a_name_that_says_nothing() -> None:
    vague = [path for path in modules(*PACKAGES, "bench") if VAGUE & {*path.parts[:-1], path.stem}]
    assert not vague


def test_no_folder_of_tests_hides_a_package_of_ours() -> None:
    hiding = [path for path in (ROOT / "tests").rglob("*") if path.is_dir() and path.name in PACKAGES]
    assert not hiding


def test_the_packages_that_answer_to_our_names_are_ours() -> None:
    assert Path(workflows.__file__).parent == ROOT / "workflows"
    assert Path(kdmp_core.__file__).parent == ROOT / "kdmp_core"


def test_the_examples_are_clients_and_know_none_of_our_packages() -> None:
    knowing = {path: imported(path) & {*PACKAGES, "tests", "bench"} for path in modules("examples")}
    assert not {path: names for path, names in knowing.items() if names}


def test_the_migrations_have_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "kdmp_core" / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_every_locked_package_has_a_version_and_hashes() -> None:
    for name in LOCKS:
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8").strip())
        bare = [
            entry.splitlines()[0]
            for entry in entries
            if not entry.startswith("#")
            and not re.fullmatch(r"\S+==\S+(?: \\\n    --hash=sha256:[0-9a-f]{64})+.*", entry, re.DOTALL)
        ]
        assert not bare, name


def test_the_locks_hold_what_the_project_asks_for_and_agree() -> None:
    plain, dev = (_versions(name) for name in LOCKS[:2])
    project = PROJECT["project"]
    assert _names(project["dependencies"]) | _names(PROJECT["build-system"]["requires"]) <= plain.keys()
    assert _names(project["optional-dependencies"]["dev"]) <= dev.keys()
    assert plain.items() <= dev.items()


def test_fastapi_stays_below_the_version_that_prefect_cannot_list_its_runs_with() -> None:
    """Prefect 3.8.8 with fastapi 0.152 starts, but listing runs answers 422; nothing else would tell us."""
    assert "fastapi>=0.139,<0.151" in PROJECT["project"]["dependencies"]
    for lock in LOCKS[:2]:
        assert (0, 139) <= tuple(map(int, _versions(lock)["fastapi"].split(".")[:2])) < (0, 151)


def test_every_library_is_there_for_a_written_reason() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs" / "decisions.md").read_text("utf-8"), re.MULTILINE)
    reasoned = {_plain(name.strip()) for row in rows for name in row.split(",")}
    project = PROJECT["project"]
    asked = [*project["dependencies"], *PROJECT["build-system"]["requires"]]
    asked += [line for extra in project["optional-dependencies"].values() for line in extra]
    assert not _names(asked) - reasoned


@pytest.mark.parametrize("ci", ["true", ""])
def test_in_ci_a_test_that_is_skipped_has_failed(tmp_path: Path, ci: str) -> None:
    (tmp_path / "test_inside.py").write_text("import pytest\ndef test_it():\n    pytest.skip('no such program')\n")
    (tmp_path / "test_whole.py").write_text("import pytest\npytest.skip('no such part', allow_module_level=True)\n")
    words = [sys.executable, "-m", "pytest", "-rs", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*words, "--continue-on-collection-errors", "--rootdir", tmp_path, tmp_path],
        cwd=ROOT, env={**os.environ, "CI": ci}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "no such program" in run.stdout
    assert "no such part" in run.stdout
    assert ("1 failed, 1 error" if ci else "2 skipped") in run.stdout.splitlines()[-1]


def _names(requirements: list[str]) -> set[str]:
    return {_plain(re.split(r"[\[<>=~!; ]", line, maxsplit=1)[0]) for line in requirements}


def _versions(lock: str) -> dict[str, str]:
    pinned = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE)
    return {_plain(name): version for name, version in pinned}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

"""Set-up as a newcomer meets it: `make` alone says what there is, and a program it may not install is named."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.source import ROOT

TARGETS = ("setup", "demo", "test", "check", "bench", "up", "fmt")


def test_make_alone_says_what_there_is_to_do() -> None:
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not [name for name in TARGETS if f"make {name} " not in told]


@pytest.mark.parametrize("words", [[], ["--tests"]], ids=["product", "tests"])
def test_where_set_up_may_not_install_it_says_in_one_sentence_what_to_type(tmp_path: Path, words: list[str]) -> None:
    """The path holds only what the script reads the machine with; `id` answers as for an ordinary user."""
    for name in ("bash", "env", "readlink", "dirname"):
        (tmp_path / name).symlink_to(Path("/usr/bin") / name)
    user = tmp_path / "id"
    user.write_text("#!/bin/sh\necho 1000\n")
    user.chmod(0o755)
    run = subprocess.run(
        [tmp_path / "bash", ROOT / "scripts" / "system-packages", *words],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    (sentence,) = run.stderr.splitlines()
    assert "sudo apt-get install" in sentence
    assert "libreoffice-writer-nogui" in sentence
    assert ("chromium" in sentence) == bool(words)
    assert run.stdout == ""

"""The state machine of the lifecycle holds on today's code and finds each of the seven seeded bugs.

A seeded bug is a patch against our packages (tests/seeded_bugs). Each is applied to a copy of them, and the machine
runs on the copy in a process of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import lifecycle_machine
from tests.source import PACKAGES, ROOT

BUGS = ROOT / "tests" / "seeded_bugs"
FOUND_AS = {
    "superseded_link": "Fault: a replaced link opened the folder",
    "exact_expiry": "Fault: a signature at or after the deadline",
    "early_completion": "Fault: the round stands at signed, not at signing",
    "double_signature": "Fault: a second signature of one signatory",
    "lost_audit_row": "Fault: a refusal without its step",
    "constant_key": "Fault: the round stands at signing, not at",
    "same_person_reviews_twice": "Fault: somebody reviewed what he may not review",
}


def test_the_machine_finds_nothing_in_the_code_as_it_is() -> None:
    lifecycle_machine.run()


def test_the_seven_bugs_of_the_design_are_kept() -> None:
    assert {path.stem for path in BUGS.glob("*.patch")} == set(FOUND_AS)


@pytest.mark.parametrize("bug", sorted(FOUND_AS))
def test_the_machine_finds_the_seeded_bug(bug: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    subprocess.run(["git", "apply", "-p1", BUGS / f"{bug}.patch"], cwd=tmp_path, check=True)
    here = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "tests.lifecycle_machine"],
        cwd=tmp_path, env=here, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert FOUND_AS[bug] in run.stdout, run.stdout + run.stderr
    assert str(tmp_path) in run.stdout, "the machine did not run on the copy"
    assert run.returncode == 1

"""The runner of the bench: what it prints, what it chooses, what it does when a row fails."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import bench
from bench import Measured, ratio, row
from bench import __main__ as runner
from bench.measure import cpu_seconds
from tests.source import ROOT

FIRST_ROWS = {"word.30", "pdf.30", "seal", "match.workshop", "callback", "sign", "moves.journey"}


@pytest.fixture(autouse=True)
def rows_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROWS", {})
    monkeypatch.setattr(runner, "ROWS", bench.ROWS)
    monkeypatch.setattr(runner, "discover", lambda: None)

    @row("press.small", better="less")
    def press() -> Measured:
        return {"ours": 2, "reference": 50, "unit": "ms", "n": 30, "kb": 80}

    @row("sign", better="more")
    def sign() -> Measured:
        return {"ours": 300.0, "reference": 400, "unit": "1/s", "n": 100}


def test_a_row_is_one_json_object_with_how_many_times_better_ours_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main([]) == 0
    press, sign = map(json.loads, capsys.readouterr().out.splitlines())
    assert press == {
        "name": "press.small", "ours": 2, "reference": 50, "ratio": 25.0, "unit": "ms", "n": 30, "kb": 80,
    }  # fmt: skip
    assert sign["ratio"] == 0.75


def test_a_pattern_chooses_and_one_that_matches_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["press.*"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert runner.main(["pres"]) == 2
    assert "press.small, sign" in capsys.readouterr().err


def test_a_row_that_fails_turns_the_run_red_and_the_others_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    @row("broken")
    def broken() -> Measured:
        raise OSError("no such press")

    assert runner.main([]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["name"] for line in lines] == ["broken", "press.small", "sign"]
    assert lines[0] == {"name": "broken", "error": "OSError"}


def test_two_rows_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="sign"):
        row("sign")(dict)


def test_the_first_rows_of_the_design_are_all_there() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bench", "no such row"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    _, _, names = told.stderr.partition("there are: ")
    assert set(names.strip().split(", ")) >= FIRST_ROWS


def test_without_a_reference_there_is_no_ratio() -> None:
    assert ratio(3, None, "less") is None
    assert ratio(0, 3, "more") is None


def test_cpu_is_counted_and_sleep_is_not() -> None:
    busy = cpu_seconds(lambda: sum(range(300_000)), calls=20, turns=2)
    assert 0.0005 < busy < 1

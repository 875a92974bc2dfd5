"""How the demo ends: status 0 only when every step held, 1 with the reason when one did not."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from examples.demo import __main__ as demo
from examples.demo.house import Failed
from examples.demo.walk import NotHeld, Walk


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Run the demo with `--exit` over a walk that ends as told; give its status."""

    def run(trouble: Exception | None) -> int:
        def whole(_: object) -> None:
            if trouble is not None:
                raise trouble

        monkeypatch.setattr(sys, "argv", ["demo", "--exit"])
        monkeypatch.setattr(demo, "HERE", tmp_path / "demo")
        monkeypatch.setattr(demo, "House", lambda *_: nullcontext())
        monkeypatch.setattr(Walk, "whole", whole)
        monkeypatch.setattr(demo, "conclude", lambda _: None)
        return demo.main()

    return run


@pytest.mark.parametrize(
    "trouble",
    [
        NotHeld("a step of the system has no run that Prefect knows"),
        NotHeld("something went by the fallback"),
        Failed("kdmp up ended"),
    ],
    ids=["no run", "fallback", "a process died"],
)
def test_exit_is_red_with_its_reason_when_a_step_did_not_hold(
    ending: Any, capsys: pytest.CaptureFixture[str], trouble: Exception
) -> None:
    assert ending(trouble) == 1
    assert f"GAGAL: {trouble}" in capsys.readouterr().out


def test_exit_is_green_when_every_step_held(ending: Any) -> None:
    assert ending(None) == 0

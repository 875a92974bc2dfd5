"""Prefect's own word for what the house did: whether the flow runs that steps name are really there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import httpx

MACHINE = frozenset({"system", "clock"})


def missing_runs(data: Path, named: Iterable[str]) -> list[str]:
    """Give the flow runs that steps name and Prefect does not know; asks the server that `kdmp up` started."""
    run = json.loads((data / "run.json").read_text("utf-8"))
    secret = (data / "keys" / "prefect.key").read_text("ascii").strip()
    with httpx.Client(base_url=run["prefect"], auth=("kdmp", secret), timeout=30, trust_env=False) as prefect:
        answers = {one: prefect.get(f"/api/flow_runs/{one}") for one in sorted(set(named))}
    return [one for one, answer in answers.items() if answer.status_code != httpx.codes.OK]

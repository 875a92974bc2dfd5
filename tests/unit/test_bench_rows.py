"""The rows the bench must have by the design's table."""

from __future__ import annotations

from bench import ROWS
from bench import __main__ as runner

FIRST = ("word.30", "pdf.30", "seal", "match.workshop", "callback", "sign", "moves.journey")


def test_the_first_rows_of_the_bench_are_there() -> None:
    runner.discover()
    assert not set(FIRST) - ROWS.keys()

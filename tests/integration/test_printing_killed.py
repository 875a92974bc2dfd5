"""LibreOffice killed and stopped at random moments, shortened: `python -m bench.printing_killed` does it 200 times."""

from __future__ import annotations

from pathlib import Path

from bench import printing_killed


def test_every_document_is_right_though_libreoffice_is_killed_and_stopped_as_it_prints(tmp_path: Path) -> None:
    tally = printing_killed.run(6, 7, tmp_path)
    assert tally.wrong == []
    assert sum(tally.landed.values()) == 6
    assert min(tally.landed.values()) > 1
    assert tally.left_behind == 0
    assert tally.longest_s < 3 * printing_killed.WALL_SECONDS + 30

"""The whole line on both databases: through HTTP and the command, real flows, real LibreOffice, real seals."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from examples.demo.__main__ import free_port
from examples.demo.house import House
from examples.demo.telling import Telling
from examples.demo.walk import NotHeld, Walk
from kdmp_core.workshops import sheet
from tests.sheets import regency_sheet, workbook

REGENCY = "32.03"
COOPERATIVES = 4


def answers_for(data: bytes) -> dict[str, Any]:
    """Give answers that accept every suggestion, and an identity for every party of a sheet."""
    preview = sheet.read(data, "lembar.xlsx")
    doubtful = [row for row in preview.rows.values() if row.status is sheet.Status.DOUBTFUL]
    identity = {
        "address": "Jalan Desa No. 1",
        "office": "Ketua",
        "authority_kind": "Akta Pendirian",
        "authority_number": "12",
    }
    return {
        "register_unit": "KDKMP-UJI",
        "rows": {row.key: {"decision": "accept", "reason": "Sesuai usulan."} for row in doubtful},
        "identity": {str(party.number): identity for party in preview.parties},
    }


def small_walk(tmp_path: Path, house: House) -> Walk:
    """Give a walk over a generated sheet of another event."""
    data = workbook(regency_sheet(REGENCY, seed=1, cooperatives=COOPERATIVES))
    file = tmp_path / "lembar.xlsx"
    file.write_bytes(data)
    return Walk(house, Telling(), file, answers_for(data), tmp_path / "files")


@pytest.mark.timeout(600)
def test_a_sheet_becomes_sealed_agreements_and_a_first_delivery(database_url: str, tmp_path: Path) -> None:
    with House(tmp_path / "data", free_port(), database_url) as house:
        walk = small_walk(tmp_path, house)
        walk.whole()
    found = walk.tell.summary
    assert set(found["agreements"].values()) == {"in_force"}
    assert found["delivered_kg"] > 0
    assert len(found["provider_files"]) == 1


@pytest.mark.timeout(600)
def test_a_prefect_server_killed_on_the_way_loses_nothing_but_is_not_hidden(tmp_path: Path) -> None:
    with House(tmp_path / "data", free_port()) as house, ExitStack() as stack:
        walk = small_walk(tmp_path, house)
        stack.callback(walk.close)
        for stage in (walk.staff, walk.read_sheet, walk.check_in, walk.match, walk.review):
            stage()
        os.kill(house.processes()["prefect"], signal.SIGKILL)
        for stage in (walk.draw_up, walk.sign, walk.seal, walk.follow_up):
            stage()
        with pytest.raises(NotHeld, match=r"prefect|fallback"):
            walk.check_everything()

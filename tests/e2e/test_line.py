"""The whole line on both databases: through HTTP and the command, real flows, real LibreOffice, real seals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from examples.demo.__main__ import free_port
from examples.demo.house import House
from examples.demo.telling import Telling
from examples.demo.walk import Walk
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


@pytest.mark.timeout(600)
def test_a_sheet_becomes_sealed_agreements_and_a_first_delivery(database_url: str, tmp_path: Path) -> None:
    data = workbook(regency_sheet(REGENCY, seed=7, cooperatives=COOPERATIVES))
    file = tmp_path / "lembar.xlsx"
    file.write_bytes(data)
    tell = Telling()
    with House(tmp_path / "data", free_port(), database_url) as house:
        walk = Walk(house, tell, file, answers_for(data), tmp_path / "files")
        walk.whole()
    assert set(tell.summary["agreements"].values()) == {"in_force"}
    assert tell.summary["delivered_kg"] > 0
    assert len(tell.summary["provider_files"]) == 1

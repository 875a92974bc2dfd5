"""`kdmp verify` on a really sealed file: genuine with what is proven and what is not, and changed by one byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests import records
from tests.sealed_house import SealedHouse, open_house
from workflows.command import main

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SealedHouse]:
    folder = tmp_path_factory.mktemp("sealed")
    with open_house(folder, records.fresh(sqlite_template, folder)) as made:
        yield made


def verify(house: SealedHouse, data: bytes, file: Path, *words: str) -> Result:
    """Write bytes to a file and ask the command about it, as the operator of the house."""
    file.write_bytes(data)
    settings = house.parts.settings
    environment = {"KDMP_DATA": str(settings.data), "KDMP_DATABASE_URL": settings.database}
    return CliRunner().invoke(main, ["verify", str(file), *words], env=environment)


def test_a_sealed_file_is_genuine_and_names_what_is_proven_and_what_is_not(house: SealedHouse, tmp_path: Path) -> None:
    told = verify(house, house.sealed, tmp_path / "naskah.pdf")
    assert told.exit_code == 0, told.output
    assert "naskah.pdf" in told.output
    assert hashlib.sha256(house.signed).hexdigest() in told.output
    assert len(told.output.splitlines()) > 3


def test_the_same_as_json_for_machines(house: SealedHouse, tmp_path: Path) -> None:
    told = verify(house, house.sealed, tmp_path / "naskah.pdf", "--json")
    found = json.loads(told.stdout)
    assert (told.exit_code, found["status"]) == (0, "genuine")
    assert found["signed_sha256"] == hashlib.sha256(house.signed).hexdigest()
    assert found["signed_length"] == len(house.signed)
    assert found["not_proven"]


@pytest.mark.parametrize("place", [200, -1_500])
def test_a_file_changed_by_one_byte_is_not_genuine(house: SealedHouse, tmp_path: Path, place: int) -> None:
    changed = bytearray(house.sealed)
    changed[place] ^= 1
    told = verify(house, bytes(changed), tmp_path / "naskah.pdf", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["status"] != "genuine"


def test_the_file_before_its_seal_is_not_called_genuine(house: SealedHouse, tmp_path: Path) -> None:
    assert verify(house, house.signed, tmp_path / "naskah.pdf").exit_code == 1

"""The settings: what the first start makes, and that a trial never becomes official."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kdmp_core.errors import InvalidInput
from kdmp_core.settings import Settings


def test_the_data_folder_and_every_key_are_for_their_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    settings.prepare()
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in settings.keys.iterdir())


def test_a_second_start_keeps_every_key(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    settings.prepare()
    before = {name: settings.key(name) for name in ("link", "code", "token")}
    settings.prepare()
    assert before == {name: settings.key(name) for name in before}


def test_a_trial_folder_never_becomes_official(tmp_path: Path) -> None:
    Settings(data=tmp_path).prepare()
    with pytest.raises(InvalidInput) as refused:
        Settings(data=tmp_path, mode="official").prepare()
    assert refused.value.code == "settings.mode_changed"

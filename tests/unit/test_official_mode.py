"""Official mode: what only a trial may have keeps the house from starting."""

from __future__ import annotations

from typing import Any

import pytest

from kdmp_core.errors import InvalidInput
from kdmp_core.settings import Settings

WHOLE: dict[str, Any] = {
    "mode": "official",
    "url": "https://kdmp.contoh.id",
    "backup": "/srv/cadangan",
    "owner": "Dinas Koperasi",
}
FINE = {"seal_is_trial": False, "first_password_in_use": False}


@pytest.mark.parametrize(
    ("settings", "facts", "code"),
    [
        ({"url": "http://kdmp.contoh.id"}, {}, "settings.official_needs_https"),
        ({}, {"seal_is_trial": True}, "settings.official_needs_seal"),
        ({"backup": ""}, {}, "settings.official_needs_backup"),
        ({"owner": ""}, {}, "settings.official_needs_owner"),
        ({}, {"first_password_in_use": True}, "settings.official_needs_password"),
    ],
    ids=["plain http", "trial seal", "no backup", "no owner", "first password"],
)
def test_official_mode_refuses_to_start_with_what_only_a_trial_may_have(
    settings: dict[str, Any], facts: dict[str, bool], code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        Settings(**{**WHOLE, **settings}).check_official(**{**FINE, **facts})
    assert refused.value.code == code


def test_official_mode_starts_when_nothing_of_a_trial_is_left() -> None:
    Settings(**WHOLE).check_official(**FINE)


def test_a_trial_starts_with_all_of_it() -> None:
    Settings().check_official(seal_is_trial=True, first_password_in_use=True)

"""Defects seeded by somebody who had not seen the preflight: each is found, under a code that fits it."""

from __future__ import annotations

import pytest

from mou_templates.preflight import inspect
from mou_templates.press import shipped_form
from tests.defects import DEFECTS, Defect


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_seeded_blind_is_found(defect: Defect) -> None:
    found = {finding.code for finding in inspect(defect.make(shipped_form(defect.kind)), defect.kind)}
    assert found & defect.codes, f"{defect.name}: {sorted(found)} instead of {sorted(defect.codes)}"

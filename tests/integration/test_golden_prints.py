"""The shipped forms printed anew: every line stands where it stood, so no legal text moves unseen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mou_templates import typeset
from mou_templates.office import Office
from tests import golden


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    if shutil.which("soffice") is None:
        pytest.skip("soffice is not installed")
    folder: Path = tmp_path_factory.mktemp("golden")
    with Office(folder) as opened:
        yield opened


@pytest.mark.parametrize("kind", golden.kinds())
def test_every_line_of_a_shipped_form_stands_where_it_stood(office: Office, kind: str) -> None:
    before = typeset.of_json(golden.stored(kind))
    moved = typeset.compare(before, typeset.of_json(golden.printed(kind, office)))
    assert moved is None, f"{moved}; wanted? look at the pages, then: python -m tests.golden {kind}"

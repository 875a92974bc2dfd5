"""A record of SQLite in a folder of the test."""

from __future__ import annotations

import shutil
from pathlib import Path

NAME = "kdmp.sqlite3"


def url_in(folder: Path) -> str:
    """Give the address of the record in a folder."""
    return f"sqlite:///{folder / NAME}"


def fresh(template: Path, folder: Path) -> str:
    """Put a copy of the migrated record without a row in a folder; give its address."""
    shutil.copyfile(template, folder / NAME)
    return url_in(folder)

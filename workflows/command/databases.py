"""The two databases as a backup sees them: copied or dumped while others write, and read back into an empty place.

SQLite's online backup takes one step: in small steps it never ends under a constant writer (security.md §7).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from kdmp_core.errors import InvalidInput, Trouble
from kdmp_core.store import driver

SQLITE, POSTGRES = "record.sqlite3", "record.dump"


def copy_sqlite(source: Path, target: Path) -> Path:
    """Copy a SQLite record in one step while others write. Raises InvalidInput when there is none."""
    if not source.exists():
        raise InvalidInput("keeping.no_record")
    here, there = sqlite3.connect(source), sqlite3.connect(target)
    try:
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE")
    finally:
        there.close()
        here.close()
    return target


def dump(address: URL, target: Path) -> Path:
    """Dump a PostgreSQL record. Raises Trouble when its program is missing or refuses."""
    _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={target}", address=address)
    return target


def record_of(unpacked: Path, database_url: str) -> str:
    """Give the address of the unpacked record; a dump is first read into the (empty) database of the settings.

    Raises InvalidInput when the settings name another kind of database than the backup's, Trouble like `dump`.
    """
    dump = unpacked / POSTGRES
    if not dump.exists():
        if database_url:
            raise InvalidInput("keeping.other_database")
        (unpacked / SQLITE).rename(unpacked / "kdmp.sqlite3")
        return f"sqlite:///{unpacked / 'kdmp.sqlite3'}"
    if not database_url:
        raise InvalidInput("keeping.needs_database")
    words = ("--no-owner", "--exit-on-error", "--single-transaction", str(dump))
    _postgres("pg_restore", *words, address=make_url(driver(database_url)), named=True)
    dump.unlink()
    return database_url


def _postgres(program: str, *words: str, address: URL, named: bool = False) -> None:
    """Run one of PostgreSQL's own programs; the password goes by the environment, never on the command line."""
    found = shutil.which(program)
    if found is None:
        raise Trouble("keeping.no_postgres", program=program)
    plain = address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    target = [f"--dbname={plain}"] if named else [plain]
    secret = {"PGPASSWORD": str(address.password)} if address.password else {}
    run = subprocess.run([found, *words, *target], env={**os.environ, **secret}, capture_output=True, check=False)
    if run.returncode != 0:
        raise Trouble("keeping.postgres_refused", program=program)

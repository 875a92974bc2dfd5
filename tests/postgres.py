"""PostgreSQL for the tests: a cluster of their own, and a fresh migrated database for whoever asks.

`KDMP_TEST_POSTGRES` may name a server instead (an address whose user may create databases).
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from kdmp_core.store import driver, migrate

START_SECONDS = 30
# Nothing of a test outlives it: no need to wait for any disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}


class Missing(Exception):
    """What this machine lacks for the PostgreSQL tests, in one sentence."""


class Server:
    """A running PostgreSQL with one migrated template, from which databases are copied."""

    def __init__(self, address: URL) -> None:
        self._address = address
        self._numbers = itertools.count(1)
        self._template = f"kdmp_template_{os.getpid()}"

    @contextmanager
    def template(self) -> Iterator[None]:
        """Make the template for the time of the block."""
        self._say(f'CREATE DATABASE "{self._template}"')
        try:
            migrate(self._url(self._template))
            yield
        finally:
            self._say(f'DROP DATABASE "{self._template}" WITH (FORCE)')

    @contextmanager
    def database(self, template: str = "") -> Iterator[str]:
        """Give the address of a fresh database, dropped after the block whoever still holds it.

        With `template` it is a copy of a database that nobody holds now.
        """
        name = f"kdmp_test_{os.getpid()}_{next(self._numbers)}"
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template or self._template}"')
        try:
            yield self._url(name)
        finally:
            self._say(f'DROP DATABASE "{name}" WITH (FORCE)')

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """Give the address of a fresh database without any table."""
        name = f"kdmp_empty_{os.getpid()}_{next(self._numbers)}"
        self._say(f'CREATE DATABASE "{name}"')
        try:
            yield self._url(name)
        finally:
            self._say(f'DROP DATABASE "{name}" WITH (FORCE)')

    @staticmethod
    def name_in(url: str) -> str:
        """Give the database's name in an address."""
        return make_url(url).database or ""

    def _url(self, database: str) -> str:
        return self._address.set(database=database).render_as_string(hide_password=False)

    def _say(self, statement: str) -> None:
        plain = self._address.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def server() -> Iterator[Server]:
    """Give a server with its template. Raises Missing where this machine has none."""
    named = os.environ.get("KDMP_TEST_POSTGRES")
    if named:
        own = Server(make_url(driver(named)))
        with own.template():
            yield own
        return
    with _cluster() as address:
        own = Server(address)
        with own.template():
            yield own


@contextmanager
def _cluster() -> Iterator[URL]:
    programs = _programs()
    # A socket's path may have 107 bytes: too few for pytest's own folders.
    folder = Path(tempfile.mkdtemp(prefix="kdmp-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        made = _start(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        )
        if made.wait() != 0:
            raise Missing("PostgreSQL's initdb failed in a temporary folder")
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        running = _start([programs / "postgres", "-D", data, "-k", folder, *options])
        try:
            address = URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
            _wait_for(address, running)
            yield address
        finally:
            running.terminate()
            running.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not folders:
        raise Missing("PostgreSQL's server is not installed: scripts/system-packages --tests")
    return max(folders, key=lambda folder: (len(folder.parts), str(folder)))


def _start(words: list[str | Path]) -> subprocess.Popen[bytes]:
    # initdb and postgres refuse root: as root they are run as the user the package made.
    as_user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    try:
        return subprocess.Popen(
            words, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user
        )
    except KeyError as error:
        raise Missing("run as root, the PostgreSQL tests need the user postgres") from error


def _wait_for(address: URL, running: subprocess.Popen[bytes]) -> None:
    plain = address.set(drivername="postgresql").render_as_string()
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(plain).close()
        except psycopg.OperationalError as error:
            if running.poll() is not None or time.monotonic() > deadline:
                raise Missing("PostgreSQL did not start in a temporary folder") from error
            time.sleep(0.05)
        else:
            return

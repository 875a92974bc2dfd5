"""What all tests share: a clean environment, a fresh record on either database, and no skips in CI."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from kdmp_core.store import Store, migrate, open_store
from tests import postgres, records

_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)

KINDS = ("sqlite", "postgresql")
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

# The machine is shared: how long an example takes says nothing. In CI the same examples each time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if IN_CI else "here")


def pytest_configure() -> None:
    """Forget what the operator of this machine has set, but for what is meant for tests."""
    for name in [name for name in os.environ if name.startswith("KDMP_") and not name.startswith("KDMP_TEST_")]:
        del os.environ[name]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a record on both databases, or on those its mark `database` names."""
    if "database_kind" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("database")
        kinds = list(mark.args) if mark else list(KINDS)
        if not kinds or set(kinds) - set(KINDS):
            raise pytest.UsageError(f"{metafunc.definition.nodeid}: the mark database takes some of {KINDS}")
        metafunc.parametrize("database_kind", kinds)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI every part is there: a skipped test has failed."""
    return _no_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Likewise for a module that skips itself whole."""
    return _no_skip((yield))


def _no_skip(report: _Report) -> _Report:
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"no test may be skipped in CI, but this one was: {reason}"
    return report


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL of the tests' own; a test that needs it is skipped, with what is missing, where there is none."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgres.server())
        except postgres.Missing as missing:
            pytest.skip(str(missing))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite record without a row, to copy."""
    path = tmp_path_factory.mktemp("template") / records.NAME
    migrate(records.url_in(path.parent))
    return path


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated record: SQLite and PostgreSQL in turn."""
    if database_kind == "sqlite":
        yield records.fresh(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A fresh record, opened."""
    opened = open_store(database_url)
    yield opened
    opened.close()

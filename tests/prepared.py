"""A record made once for a module, with its folder, and copied for each of its tests: on either database.

What was made is handed out as a copy of its own, so that no test sees what another did to it.
"""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

from kdmp_core.store import Store, open_store
from tests import postgres, records

Made = TypeVar("Made")
DATA = "data"


class Prepared(Generic[Made]):
    """What `make(store, folder)` makes, once for each kind of database."""

    def __init__(self, make: Callable[[Store, Path], Made], before: pytest.TempPathFactory) -> None:
        self._make, self._before = make, before
        self._made: dict[str, tuple[Path, str, bytes]] = {}
        self._ends = ExitStack()

    def close(self) -> None:
        """Drop what was made."""
        self._ends.close()

    @contextmanager
    def copy(self, kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[Store, Path, Made]]:
        """Give a store and a folder for data with all that was made, and what was made itself."""
        if kind not in self._made:
            self._made[kind] = self._begin(kind, request)
        before, template, made = self._made[kind]
        with ExitStack() as stack:
            if kind == "sqlite":
                shutil.copytree(before, folder, dirs_exist_ok=True)
                url = records.url_in(folder)
            else:
                shutil.copytree(before / DATA, folder / DATA)
                server: postgres.Server = request.getfixturevalue("postgres_server")
                url = stack.enter_context(server.database(template))
            store = open_store(url)
            stack.callback(store.close)
            yield store, folder / DATA, pickle.loads(made)  # noqa: S301  (our own)

    def _begin(self, kind: str, request: pytest.FixtureRequest) -> tuple[Path, str, bytes]:
        before, name = self._before.mktemp("prepared"), ""
        (before / DATA).mkdir()
        if kind == "sqlite":
            url = records.fresh(request.getfixturevalue("sqlite_template"), before)
        else:
            server: postgres.Server = request.getfixturevalue("postgres_server")
            url = self._ends.enter_context(server.database())
            name = server.name_in(url)
        store = open_store(url)
        made = self._make(store, before / DATA)
        store.close()
        return before, name, pickle.dumps(made)


def prepared(make: Callable[[Store, Path], Any]) -> Any:
    """Give a fixture of a module that prepares by `make`."""

    @pytest.fixture(scope="module")
    def fixture(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Prepared[Any]]:
        if "postgresql" in _kinds(request):
            request.getfixturevalue("postgres_server")  # so that it ends after what is copied from it
        found = Prepared(make, tmp_path_factory)
        yield found
        found.close()

    return fixture


def _kinds(request: pytest.FixtureRequest) -> set[str]:
    marks = list(request.node.iter_markers("database"))
    return set(marks[0].args) if marks else {"sqlite", "postgresql"}

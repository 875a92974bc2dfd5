"""A backup taken while others write: one consistent file, whose copy proves its chains and knows every document."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kdmp_core import audit
from kdmp_core.files import Files
from kdmp_core.records import Agreement, Document
from kdmp_core.settings import Settings
from kdmp_core.store import open_store
from tests import builders, work
from workflows.command import archive

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.timeout(180)]


def test_a_backup_taken_while_others_write_is_consistent(tmp_path: Path, database_url: str) -> None:
    with work.open_tools(tmp_path, database_url) as parts:
        first = work.send_out(parts)
        begun, enough = threading.Event(), threading.Event()

        def write_on() -> None:
            while not enough.is_set():
                work.submit_another(parts, first)
                begun.set()

        writing = threading.Thread(target=write_on)
        writing.start()
        assert begun.wait(60)
        try:
            file = tmp_path / "kept.tar"
            archive.write(parts.settings, file, builders.NOW)
        finally:
            enough.set()
            writing.join()
        with parts.store.read() as session:
            in_the_end = session.query(Agreement).count()
    copy = Settings(data=tmp_path / "back")
    proof = archive.read_back(file, copy.data)
    store = open_store(copy.database)
    with store.read() as session:
        assert 2 <= proof.agreements == session.query(Agreement).count() <= in_the_end
        assert all(audit.first_broken(session, chain) is None for chain in audit.chains(session))
        files = Files(copy.documents)
        assert all(files.get(row.sha256) for row in session.query(Document))
    store.close()

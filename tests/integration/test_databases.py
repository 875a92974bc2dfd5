"""What the fixtures of the databases promise to every other test."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from kdmp_core.store import Store, migrate


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_a_migrated_record_of_its_own(store: Store, turn: int) -> None:
    assert "alembic_version" in inspect(store.engine).get_table_names()
    with store.write() as session:
        session.execute(text("CREATE TABLE left_behind (turn INTEGER)"))  # fails if the other turn's is still there
        session.execute(text("INSERT INTO left_behind VALUES (:turn)"), {"turn": turn})
    with store.read() as session:
        assert session.scalar(text("SELECT turn FROM left_behind")) == turn


def test_migrating_again_changes_nothing(database_url: str, store: Store) -> None:
    before = sorted(inspect(store.engine).get_table_names())
    migrate(database_url)
    assert sorted(inspect(store.engine).get_table_names()) == before


@pytest.mark.database("postgresql")
def test_a_mark_chooses_the_database(store: Store, database_kind: str) -> None:
    assert database_kind == store.engine.dialect.name == "postgresql"

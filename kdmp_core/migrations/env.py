"""How Alembic reaches the record: by the address given in code, with time limits on PostgreSQL."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, text

from kdmp_core.records import Base

LOCK_NUMBER = 20_251_022


def run() -> None:
    """Run the migrations over one connection; on PostgreSQL under an advisory lock and with time limits."""
    engine = create_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        postgres = connection.dialect.name == "postgresql"
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=not postgres,
            compare_type=True,
        )
        with context.begin_transaction():
            if postgres:
                connection.execute(text("SET LOCAL statement_timeout = '60s'"))
                connection.execute(text("SET LOCAL lock_timeout = '10s'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()

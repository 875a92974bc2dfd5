"""Plans side by side: which one the event goes by, and which it went by before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the record here: plans side by side. So far the newest was the event's."""
    turn = sa.Column("turn", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, server_default="0")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.add_column(turn)
    op.execute("UPDATE plans SET turn = id")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.alter_column("turn", server_default=None)

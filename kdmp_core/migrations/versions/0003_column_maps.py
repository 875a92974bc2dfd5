"""What the columns of a sheet of another shape mean, per file and per organiser."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import kdmp_core.records.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the record here: What the columns of a sheet of another shape mean, per file and per organiser."""
    op.create_table(
        "column_maps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organiser", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", kdmp_core.records.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["users.id"], name=op.f("fk_column_maps_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_maps")),
        sa.UniqueConstraint("organiser", "signature", name=op.f("uq_column_maps_organiser_signature")),
    )
    with op.batch_alter_table("column_maps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_column_maps_confirmed_by_id"), ["confirmed_by_id"], unique=False)

    with op.batch_alter_table("sheet_imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("columns", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Refuse: a downgrade is a restore of the backup taken before the upgrade."""
    raise RuntimeError("restore the backup taken before the upgrade")

"""Plans of areas: what is kept, and what is asked of the worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kdmp_core.records.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the record here: plans of areas."""
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "area_plans",
        sa.Column("id", whole, nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("inputs_sha256", sa.String(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("result_sha256", sa.String(), nullable=False),
        sa.Column("value_rupiah", whole, nullable=False),
        sa.Column("baseline_rupiah_per_kg", whole, nullable=False),
        sa.Column("gap_milli", whole, nullable=False),
        sa.Column("greedy_rupiah", whole, nullable=False),
        sa.Column("nearest_rupiah", whole, nullable=False),
        sa.Column("solver", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", whole, nullable=True),
        sa.Column("found_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_area_plans_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_plans")),
        sa.UniqueConstraint(
            "area_code", "inputs_sha256", "solver", name=op.f("uq_area_plans_area_code_inputs_sha256_solver")
        ),
    )
    op.create_index(op.f("ix_area_plans_area_code"), "area_plans", ["area_code"], unique=False)
    op.create_table(
        "area_asks",
        sa.Column("id", whole, nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("baseline_rupiah_per_kg", whole, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("refusal", sa.JSON(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", whole, nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("plan_id", whole, nullable=True),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", whole, nullable=False),
        sa.Column("stuck_reason", sa.String(), nullable=True),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("lease_until", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_area_asks_asked_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["area_plans.id"], name=op.f("fk_area_asks_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_asks")),
    )
    op.create_index(op.f("ix_area_asks_area_code"), "area_asks", ["area_code"], unique=False)
    op.create_index(op.f("ix_area_asks_due_at"), "area_asks", ["due_at"], unique=False)


def downgrade() -> None:
    """Refuse: a downgrade is a restore of the backup taken before the upgrade."""
    raise RuntimeError("restore the backup taken before the upgrade")

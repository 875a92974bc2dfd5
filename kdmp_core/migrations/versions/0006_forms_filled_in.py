"""Forms that cooperatives fill in themselves: their links, their answers, and which entries came of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kdmp_core.records.columns import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LIVE = sa.text("superseded_at IS NULL AND revoked_at IS NULL")


def number() -> sa.types.TypeEngine[int]:
    """Give the type of an id."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def moment(name: str, *, optional: bool = True) -> sa.Column[object]:
    """Give a column of an instant."""
    return sa.Column(name, UtcDateTime(timezone=True), nullable=optional)


def upgrade() -> None:
    """Bring the record here: links to forms, answers, and the entries that came of them."""
    op.create_table(
        "form_links",
        sa.Column("id", number(), nullable=False),
        sa.Column("party_id", number(), nullable=False),
        sa.Column("event_id", number(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=True),
        moment("issued_at", optional=False),
        sa.Column("issued_by_id", number(), nullable=False),
        moment("expires_at", optional=False),
        moment("superseded_at"),
        moment("revoked_at"),
        moment("opened_at"),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_form_links_party_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_form_links_event_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_form_links_issued_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_links")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_form_links_token_sha256")),
    )
    with op.batch_alter_table("form_links", schema=None) as batch_op:
        for name in ("party_id", "event_id", "issued_by_id"):
            batch_op.create_index(batch_op.f(f"ix_form_links_{name}"), [name], unique=False)
        batch_op.create_index(
            "uq_form_links_live", ["party_id", "event_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        )
    op.create_table(
        "form_answers",
        sa.Column("id", number(), nullable=False),
        sa.Column("event_id", number(), nullable=False),
        sa.Column("party_id", number(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("sent", sa.JSON(), nullable=True),
        sa.Column("sent_sha256", sa.String(), nullable=True),
        moment("sent_at"),
        sa.Column("sendings", number(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        moment("decided_at"),
        sa.Column("decided_by_id", number(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after_sha256", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_form_answers_event_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_form_answers_party_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_form_answers_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_answers")),
        sa.UniqueConstraint("event_id", "party_id", name=op.f("uq_form_answers_event_id_party_id")),
    )
    with op.batch_alter_table("form_answers", schema=None) as batch_op:
        for name in ("party_id", "decided_by_id"):
            batch_op.create_index(batch_op.f(f"ix_form_answers_{name}"), [name], unique=False)
    with op.batch_alter_table("mapping_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answer_id", number(), nullable=True))
        batch_op.create_index(batch_op.f("ix_mapping_entries_answer_id"), ["answer_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_mapping_entries_answer_id"), "form_answers", ["answer_id"], ["id"])


def downgrade() -> None:
    """Refuse: a downgrade is a restore of the backup taken before the upgrade."""
    raise RuntimeError("restore the backup taken before the upgrade")

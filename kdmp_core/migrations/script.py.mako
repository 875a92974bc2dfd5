"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import kdmp_core.records.columns
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the record here: ${message}."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Refuse: a downgrade is a restore of the backup taken before the upgrade."""
    raise RuntimeError("restore the backup taken before the upgrade")

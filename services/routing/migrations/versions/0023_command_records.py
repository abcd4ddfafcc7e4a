"""What came of other systems' commands."""

import sqlalchemy as sa
from alembic import op

from shared.database import Utc

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "command_records",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("command_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=True),
        sa.Column("crashes", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("system", "command_id", name="pk_command_records"),
    )
    op.create_index("ix_command_records_at", "command_records", ["at"])

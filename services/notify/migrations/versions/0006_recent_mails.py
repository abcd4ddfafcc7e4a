"""Mails to each recipient are counted as they are taken. On PostgreSQL in no write-ahead log, as intake's limits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, in place of the column by which they were counted; no release has used that."""
    op.create_table(
        "recent_mails",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.JSON().with_variant(ARRAY(sa.Double()), "postgresql"), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", name="pk_recent_mails"),
        prefixes=["UNLOGGED"] if op.get_bind().dialect.name == "postgresql" else [],
    )
    op.drop_index("ix_deliveries_recipient", "deliveries")
    op.drop_column("deliveries", "recipient")

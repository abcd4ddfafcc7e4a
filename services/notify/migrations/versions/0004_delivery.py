"""Indexes by which what has failed is counted and listed without reading what was delivered; a delivery's recipient."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes and the column."""
    op.add_column("deliveries", sa.Column("recipient", sa.Text()))
    op.create_index("ix_deliveries_recipient", "deliveries", ["recipient", "attempted_at"])
    failed = sa.text("state = 'failed'")
    op.create_index(
        "ix_notifications_failed", "notifications", ["ended_at"], postgresql_where=failed, sqlite_where=failed
    )
    undelivered = sa.text("state <> 'delivered'")
    op.create_index(
        "ix_notifications_undelivered",
        "notifications",
        ["municipality", "state", "occurred_at", "id"],
        postgresql_where=undelivered,
        sqlite_where=undelivered,
    )
